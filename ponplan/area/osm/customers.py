"""Addresses, businesses and buildings as customers, each of them once, and rooms for buildings with several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.cells import text_of
from ponplan.area.coordinates import WGS84, geometries_in
from ponplan.area.model import Customer, Omission, Site
from ponplan.area.osm.merging import Candidate, merge_addresses, merge_namesakes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ponplan.area.osm.extract import Feature
    from ponplan.area.osm.mapping import CustomerRule, Customers

    ObjectArray = NDArray[np.object_]

EXAMPLES = 5
ROOM_FROM = 2  # customers in one building


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Customers, the rooms of their buildings, and what was merged or left out."""

    customers: tuple[Customer, ...]
    rooms: tuple[Site, ...]
    omissions: tuple[Omission, ...]


def find_demand(
    features: Iterable[Feature], mapping: Customers, *, clip: object, crs: str, business_only: bool
) -> Demand:
    """Find who wants service.

    An address stands for one customer, whether drawn as node, building or both; a business with an address takes
    that address's place; one without is a customer of its own. Where addresses number less than
    `mapping.buildings_below` of the buildings, every building in which nobody was found is a customer too.
    """
    inside = _inside(sorted(features, key=lambda feature: feature.id), clip)
    shapes = geometries_in(np.array([feature.shape for feature in inside], object), WGS84, crs)
    buildings = _buildings(inside, shapes, mapping)
    candidates = _candidates(inside, shapes, buildings, mapping, business_only=business_only)
    merged, addresses_merged = merge_addresses(candidates)
    merged, namesakes_merged = merge_namesakes(merged)
    omissions = [
        *_merged("addresses", addresses_merged, "drawn more than once, or the address of a business: counted once"),
        *_merged("businesses", namesakes_merged, "drawn more than once: counted once"),
    ]
    if not business_only:
        added, said = _bare_buildings(merged, buildings, mapping)
        merged, omissions = [*merged, *added], [*omissions, *said]
    customers, rooms = _in_rooms([(_customer(candidate), candidate.building) for candidate in merged], buildings)
    return Demand(customers=customers, rooms=rooms, omissions=tuple(omissions))


@dataclass(frozen=True, slots=True)
class _Buildings:
    features: list[Feature]
    shapes: ObjectArray
    lived_in: list[bool]  # somebody may live or work there, going by kind and size

    def around(self, points: ObjectArray) -> list[int]:
        """Give the smallest building around each point, -1 for none."""
        found = np.full(len(points), -1, np.int64)
        if len(self.shapes) and len(points):
            point, building = shapely.STRtree(self.shapes).query(points, predicate="within")
            order = np.lexsort((building, -shapely.area(self.shapes)[building]))
            found[point[order]] = building[order]
        answer: list[int] = found.tolist()
        return answer


def _inside(features: list[Feature], clip: object) -> list[Feature]:
    if clip is None or not features:
        return features
    centres = shapely.point_on_surface(np.array([feature.shape for feature in features], object))
    shapely.prepare(clip)
    is_inside = shapely.contains_xy(clip, shapely.get_coordinates(centres)).tolist()
    return [feature for feature, inside in zip(features, is_inside, strict=True) if inside]


def _buildings(features: list[Feature], shapes: ObjectArray, mapping: Customers) -> _Buildings:
    is_polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    rows = [
        index
        for index, feature in enumerate(features)
        if is_polygon[index] and feature.tags.get("building", "no") != "no"
    ]
    own = shapes[np.array(rows, np.int64)]
    areas_m2 = shapely.area(own).tolist()
    refused = set(mapping.no_customer_buildings)
    lived_in = [
        area_m2 >= mapping.min_building_m2 and features[row].tags["building"] not in refused
        for row, area_m2 in zip(rows, areas_m2, strict=True)
    ]
    return _Buildings([features[row] for row in rows], own, lived_in)


def _candidates(
    features: list[Feature], shapes: ObjectArray, buildings: _Buildings, mapping: Customers, *, business_only: bool
) -> list[Candidate]:
    rules = [mapping.rule_for(feature.tags) for feature in features]
    wanted = [
        index
        for index, (feature, rule) in enumerate(zip(features, rules, strict=True))
        if (rule is not None and (rule.key_account or not business_only))
        or (not business_only and mapping.is_address(feature.tags))
    ]
    points = shapely.point_on_surface(shapes[np.array(wanted, np.int64)])
    number = {feature.id: index for index, feature in enumerate(buildings.features)}
    around = buildings.around(points)
    xy_m = shapely.get_coordinates(points).tolist()
    return [
        _candidate(features[index], rules[index], (x_m, y_m), number.get(features[index].id, building), mapping)
        for index, (x_m, y_m), building in zip(wanted, xy_m, around, strict=True)
    ]


def _candidate(
    feature: Feature, rule: CustomerRule | None, xy_m: tuple[float, float], building: int, mapping: Customers
) -> Candidate:
    tags = feature.tags
    number = next((tags[key] for key in mapping.address_keys if key in tags), "")
    street = next((tags[key] for key in mapping.street_keys if key in tags), "") if number else ""
    return Candidate(
        id=feature.id,
        tags=tags,
        name=tags.get("name", tags.get("operator", "")) if rule else "",
        street=street,
        number=number,
        x_m=xy_m[0],
        y_m=xy_m[1],
        customer_class=rule.customer_class if rule else mapping.address_class,
        services=tuple(rule.services) if rule else (),
        kind=rule.matched(tags) if rule else "",
        building=building,
        is_building=building >= 0 and feature.shape.geom_type != "Point",
    )


def _bare_buildings(
    found: list[Candidate], buildings: _Buildings, mapping: Customers
) -> tuple[list[Candidate], list[Omission]]:
    """Add buildings in which nobody was found, if there are too few addresses to go by."""
    num_addresses = sum(1 for candidate in found if candidate.number)
    num_buildings = sum(buildings.lived_in)
    if num_addresses >= mapping.buildings_below * num_buildings:
        return [], []
    taken = {candidate.building for candidate in found}
    rows = [index for index, lived in enumerate(buildings.lived_in) if lived and index not in taken]
    points = shapely.point_on_surface(buildings.shapes[np.array(rows, np.int64)])
    added = [
        replace(
            _candidate(buildings.features[row], None, (x_m, y_m), row, mapping),
            customer_class=mapping.building_class,
            kind=f"building={buildings.features[row].tags['building']}",
        )
        for row, (x_m, y_m) in zip(rows, shapely.get_coordinates(points).tolist(), strict=True)
    ]
    reason = f"only {num_addresses} addresses for {num_buildings} buildings: these buildings were taken as customers"
    return added, _merged("addresses missing", [candidate.id for candidate in added], reason)


def _customer(candidate: Candidate) -> Customer:
    tags = candidate.tags
    address = f"{candidate.street} {candidate.number}".strip()
    attributes = {
        "address": address,
        "city": tags.get("addr:city", ""),
        "postcode": tags.get("addr:postcode", ""),
        "osm_kind": candidate.kind,
    }
    counts: dict[str, int] = {}
    for service in candidate.services:
        counts[service] = counts.get(service, 0) + 1
    return Customer(
        id=candidate.id,
        name=text_of(candidate.name or address),
        x_m=round(candidate.x_m, 3),
        y_m=round(candidate.y_m, 3),
        customer_class=candidate.customer_class,
        services=tuple(counts.items()),
        attributes={key: text_of(value) for key, value in attributes.items() if value},
    )


def _in_rooms(
    customers: Sequence[tuple[Customer, int]], buildings: _Buildings
) -> tuple[tuple[Customer, ...], tuple[Site, ...]]:
    """Give every building with several customers a room, and its customers to that room."""
    counts = np.bincount([building + 1 for _, building in customers], minlength=1)[1:]
    shared = np.flatnonzero(counts >= ROOM_FROM)
    centres = shapely.get_coordinates(shapely.point_on_surface(buildings.shapes[shared])).tolist()
    rooms = {}
    for building, (x_m, y_m) in zip(shared.tolist(), centres, strict=True):
        feature = buildings.features[building]
        name = text_of(feature.tags.get("name", ""))
        rooms[building] = Site(id=f"room-{feature.id}", name=name, kind="room", x_m=round(x_m, 3), y_m=round(y_m, 3))
    placed = tuple(
        replace(customer, room=rooms[building].id) if building in rooms else customer
        for customer, building in customers
    )
    return placed, tuple(rooms.values())


def _merged(what: str, ids: Sequence[str], reason: str) -> list[Omission]:
    return [Omission(what=what, count=len(ids), reason=reason, examples=tuple(ids[:EXAMPLES]))] if ids else []
