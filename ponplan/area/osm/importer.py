"""An area made from an OpenStreetMap file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.area.cells import text_of
from ponplan.area.coordinates import WGS84, transform_xy, utm_crs
from ponplan.area.model import Area, Omission
from ponplan.area.osm.customers import find_demand
from ponplan.area.osm.extract import read_extract
from ponplan.area.osm.mapping import OsmMapping, read_mapping
from ponplan.area.osm.places import choose_clip
from ponplan.area.osm.streets import build_streets
from ponplan.area.siting import metres_to_routes, with_offices_and_cabinets
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from ponplan.area.osm.extract import Extract
    from ponplan.area.osm.places import Clip

EXAMPLES = 5


def import_osm(
    file: str | Path,
    *,
    place: str | None = None,
    bbox: tuple[float, float, float, float] | None = None,
    customers: str = "all",
    central_office: tuple[float, float] | None = None,
    mapping: str | Path | None = None,
) -> Area:
    """Make an area from an OpenStreetMap file (.osm, .osm.gz, .osm.bz2, .osm.pbf).

    Parameters
    ----------
    place, bbox
        Only what lies within the boundary of this name, or within west, south, east, north; not both.
    customers
        `all`: addresses, and businesses without one; `business`: offices, shops, banks and public bodies.
    central_office
        Longitude and latitude; else a tagged exchange, else the best crossing.
    mapping
        A mapping file instead of the one that ponplan ships.

    Raises
    ------
    AreaError
        With every fault of the file, the mapping or the arguments; or nothing to plan was found.
    """
    _check_arguments(place, bbox, customers, central_office)
    rules = read_mapping(mapping)
    extract = read_extract(Path(file), rules)
    chosen = choose_clip(Path(file), extract, place=place, bbox=bbox)
    clip = chosen.shape
    crs = utm_crs(*_middle(extract, clip, file=Path(file).name))
    streets = build_streets(extract.ways, rules.streets, clip=clip, crs=crs)
    demand = find_demand(
        extract.features.values(), rules.customers, clip=clip, crs=crs, business_only=customers == "business"
    )
    _refuse_empty(Path(file).name, len(streets.routes), len(demand.customers))
    area = Area(
        name=chosen.name or Path(file).name.partition(".")[0],
        crs=crs,
        offices=(),
        customers=demand.customers,
        sites=demand.rooms,
        routes=streets.routes,
        omissions=(*_closed(chosen), *streets.omissions, *demand.omissions, *_unusable(extract, rules)),
    )
    offices = _offices(extract, rules, clip, crs, central_office)
    near = [office for office in offices if metres_to_routes(area, office[2:]) <= area.rules.max_drop_m]
    if central_office is not None and not near:
        raise AreaError([_far_office(central_office, metres_to_routes(area, offices[0][2:]), area)])
    return with_offices_and_cabinets(area, office_xy_m=near)


def _far_office(central_office: tuple[float, float], distance_m: float, area: Area) -> Fault:
    return Fault(
        file="--central-office",
        value=central_office,
        problem=f"the central office is too far from the connected routes: {distance_m:.0f} m",
        limit=f"{area.rules.max_drop_m:g} m",
        remedy="give longitude first, then latitude; or a place nearer to a street",
    )


def _check_arguments(
    place: str | None,
    bbox: tuple[float, float, float, float] | None,
    customers: str,
    central_office: tuple[float, float] | None,
) -> None:
    faults = []
    if place is not None and bbox is not None:
        faults.append(Fault(file="--place", problem="give a place or a box, not both"))
    if customers not in {"all", "business"}:
        faults.append(Fault(file="--customers", problem="unknown choice", value=customers, limit="all, business"))
    if central_office is not None and not (abs(central_office[0]) <= 180 and abs(central_office[1]) <= 90):
        limit = "longitude, latitude in degrees"
        faults.append(Fault(file="--central-office", problem="no place on earth", value=central_office, limit=limit))
    if faults:
        raise AreaError(faults)


def _middle(extract: Extract, clip: object, *, file: str) -> tuple[float, float]:
    if clip is not None:
        west, south, east, north = shapely.bounds(clip).tolist()
    elif extract.ways:
        lonlat = np.concatenate([way.lonlat for way in extract.ways])
        (west, south), (east, north) = lonlat.min(axis=0).tolist(), lonlat.max(axis=0).tolist()
    else:
        raise AreaError([Fault(file=file, problem="there are no streets in the file")])
    return (west + east) / 2, (south + north) / 2


def _refuse_empty(file: str, num_routes: int, num_customers: int) -> None:
    faults = []
    if not num_routes:
        faults.append(Fault(file=file, problem="no usable streets were found", remedy="choose a larger place or box"))
    if not num_customers:
        remedy = "choose a larger place, or --customers all"
        faults.append(Fault(file=file, problem="no customers were found", remedy=remedy))
    if faults:
        raise AreaError(faults)


def _offices(
    extract: Extract,
    rules: OsmMapping,
    clip: object,
    crs: str,
    given: tuple[float, float] | None,
) -> list[tuple[str, str, float, float]]:
    if given is not None:
        names, lonlat = [("co-1", "as given")], [given]
    else:
        tagged = [f for f in extract.features.values() if any(rule.fits(f.tags) for rule in rules.offices.rule)]
        inside = [(f, shapely.point_on_surface(f.shape)) for f in sorted(tagged, key=lambda f: f.id)]
        inside = [(f, point) for f, point in inside if clip is None or shapely.contains(clip, point)]
        names = [(f"co-{f.id}", text_of(f.tags.get("name", "tagged as telephone exchange"))) for f, _ in inside]
        lonlat = [(point.x, point.y) for _, point in inside]
    xy_m = transform_xy(np.array(lonlat, np.float64).reshape(-1, 2), WGS84, crs).tolist()
    return [(name, title, x_m, y_m) for (name, title), (x_m, y_m) in zip(names, xy_m, strict=True)]


def _closed(clip: Clip) -> list[Omission]:
    """Say that a part of the boundary was guessed."""
    if not clip.closed_m:
        return []
    reason = f"{clip.closed_m:.0f} m of the boundary of {clip.name} are not in the file and were taken for straight"
    return [Omission(what="stretches of boundary", count=1, reason=reason)]


def _unusable(extract: Extract, rules: OsmMapping) -> list[Omission]:
    """Name what the file mentions but does not hold completely, in the whole file."""
    lost = [
        name
        for name, tags in extract.shapeless.items()
        if rules.customers.is_address(tags) or rules.customers.rule_for(tags) is not None
    ]
    lines = [f.id for f in extract.features.values() if "addr:interpolation" in f.tags]
    found = [
        ("addresses and businesses", lost, "the file holds no complete outline of them"),
        ("rows of interpolated addresses", lines, "only addresses that stand on their own are taken"),
        ("streets", extract.clipped_ways, "cut at the edge of the file; the part inside was taken"),
    ]
    return [
        Omission(what=what, count=len(ids), reason=reason, examples=tuple(ids[:EXAMPLES]))
        for what, ids, reason in found
        if ids
    ]
