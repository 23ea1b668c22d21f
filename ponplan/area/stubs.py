"""The short ways off the routes: lead-ins to offices and sites, drops to premises, indoor runs from rooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.area.model import Area, Customer

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

ON_ROUTE_M = 1.0  # offices and sites closer than this to their junction stand on it
APART_M = 0.001  # premises exactly on a junction are put this far east, so that a drop has a direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Everybody who looks for a route: all offices, all sites, then the customers without a room."""

    xy_m: FloatArray  # (points, 2)
    customers: IntArray  # index into area.customers of the last ones

    def customer_points(self) -> slice:
        """Give the rows that are customers."""
        return slice(len(self.xy_m) - len(self.customers), len(self.xy_m))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stubs:
    """Segments that begin on a junction and end on a new one of their own."""

    segment_ids: tuple[str, ...]
    kinds: NDArray[np.str_]
    surfaces: tuple[str, ...]
    ends: IntArray  # (stubs, 2) junctions
    starts_xy_m: FloatArray  # (stubs, 2)
    new_xy_m: FloatArray  # (stubs, 2) coordinates of the new junctions, one per stub
    new_names: tuple[str, ...]
    office_junctions: IntArray
    site_junctions: IntArray
    customer_junctions: IntArray
    second_offices: IntArray
    second_sites: IntArray
    second_premises: IntArray

    @property
    def lengths_m(self) -> FloatArray:
        """Length of each stub, a straight line."""
        lengths: FloatArray = np.hypot(*(self.new_xy_m - self.starts_xy_m).T)
        return lengths

    def lines(self) -> NDArray[np.object_]:
        """Give shapely LineStrings."""
        return np.asarray(shapely.linestrings(np.stack([self.starts_xy_m, self.new_xy_m], axis=1)), object)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondWays:
    """Rows of offices, sites and customers with the junction where their second way begins, -1 for none.

    `indoor` are customers who have it through their room.
    """

    offices: tuple[tuple[int, int], ...]
    sites: tuple[tuple[int, int], ...]
    customers: tuple[tuple[int, int], ...]
    indoor: tuple[int, ...]


def point_table(area: Area) -> Points:
    """List everybody who looks for a route."""
    roomless = [index for index, customer in enumerate(area.customers) if customer.room is None]
    places = [(office.x_m, office.y_m) for office in area.offices]
    places.extend((site.x_m, site.y_m) for site in area.sites)
    places.extend((area.customers[index].x_m, area.customers[index].y_m) for index in roomless)
    return Points(xy_m=np.array(places, np.float64).reshape(-1, 2), customers=np.array(roomless, np.int64))


def attach_stubs(
    area: Area,
    points: Points,
    junctions: IntArray,
    junction_xy_m: FloatArray,
    *,
    again: SecondWays | None = None,
) -> Stubs:
    """Build everybody's way from the junction on the route (-1: none) to where they are, and second ways if asked."""
    growing, again = _Growing(area, junction_xy_m), again or SecondWays(offices=(), sites=(), customers=(), indoor=())
    num_offices = len(area.offices)
    names = [f"office/{office.id}" for office in area.offices] + [f"site/{site.id}" for site in area.sites]
    # a way in twice ends twice at the place itself, even where a street ends at the door
    rows = [(0, *one) for one in again.offices] + [(num_offices, *one) for one in again.sites]
    doubled = {first + row for first, row, start in rows if start >= 0}
    ends = [
        growing.lead_in(name, junction, xy_m, is_doubled=row in doubled)
        for row, (name, junction, xy_m) in enumerate(
            zip(names, junctions.tolist(), points.xy_m.tolist(), strict=False)
        )
    ]
    rooms = dict(zip((site.id for site in area.sites), ends[num_offices:], strict=True))
    starts = np.array(
        [-1 if customer.room is None else rooms[customer.room] for customer in area.customers], np.int64
    )
    starts[points.customers] = junctions[points.customer_points()]
    customers = growing.premises(area.customers, starts)
    second = _grow_again(area, growing, again)
    return growing.finished(ends[:num_offices], ends[num_offices:], customers, second)


def _grow_again(area: Area, growing: _Growing, again: SecondWays) -> tuple[list[int], list[int], list[int]]:
    """Build second ways; each ends on a junction of its own at the same place as the first, so that none is passed.

    Who is in a building room gets a second indoor run as well, from where the room's second way ends.
    """
    offices, sites = [-1] * len(area.offices), [-1] * len(area.sites)
    customers = [-1] * len(area.customers)
    for row, start in again.offices:
        office = area.offices[row]
        offices[row] = growing.again(f"office/{office.id}", "lead-in", start, (office.x_m, office.y_m))
    for row, start in again.sites:
        site = area.sites[row]
        sites[row] = growing.again(f"site/{site.id}", "lead-in", start, (site.x_m, site.y_m))
    for row, start in again.customers:
        customer = area.customers[row]
        customers[row] = growing.again(f"premises/{customer.id}", "drop", start, (customer.x_m, customer.y_m))
    row_of = {site.id: row for row, site in enumerate(area.sites)}
    for row in again.indoor:
        customer = area.customers[row]
        start = sites[row_of[customer.room or ""]]
        customers[row] = growing.again(f"premises/{customer.id}", "indoor", start, (customer.x_m, customer.y_m))
    return offices, sites, customers


class _Growing:
    """Stubs under construction; each method gives the junction at which its owner ends up, -1 for nowhere."""

    def __init__(self, area: Area, junction_xy_m: FloatArray) -> None:
        self._rules = area.rules
        self._xy_m: list[list[float]] = junction_xy_m.tolist()
        self._num_old = len(self._xy_m)
        self._ids: list[str] = []
        self._kinds: list[str] = []
        self._surfaces: list[str] = []
        self._starts: list[int] = []
        self._names: list[str] = []

    def lead_in(self, name: str, start: int, xy_m: tuple[float, float], *, is_doubled: bool) -> int:
        """Go from the route to an office or site, if that is off the route or has a second way in."""
        distance_m = np.hypot(xy_m[0] - self._xy_m[start][0], xy_m[1] - self._xy_m[start][1])
        if start < 0 or (distance_m <= ON_ROUTE_M and not is_doubled):
            return start
        return self._grow(name, "lead-in", start, xy_m)

    def premises(self, customers: Sequence[Customer], starts: IntArray) -> IntArray:
        """Go to all customers' premises: by a drop from the route, indoors from a building's room."""
        ends = np.full(len(customers), -1, np.int64)
        rows = np.flatnonzero(starts >= 0)
        ends[rows] = len(self._xy_m) + np.arange(len(rows))
        owners = [customers[row] for row in rows.tolist()]
        start_xy_m = np.array(self._xy_m, np.float64).reshape(-1, 2)[starts[rows]]
        xy_m = np.array([(owner.x_m, owner.y_m) for owner in owners], np.float64).reshape(-1, 2)
        at_junction = (np.abs(xy_m - start_xy_m) < APART_M).all(axis=1)
        xy_m[at_junction] = start_xy_m[at_junction] + (APART_M, 0.0)
        kinds = ["drop" if owner.room is None else "indoor" for owner in owners]
        self._ids += [f"{kind}/{owner.id}" for kind, owner in zip(kinds, owners, strict=True)]
        self._kinds += kinds
        self._surfaces += [self._surface(kind) for kind in kinds]
        self._starts += starts[rows].tolist()
        self._names += [f"premises/{owner.id}" for owner in owners]
        self._xy_m += xy_m.tolist()
        return ends

    def again(self, name: str, kind: str, start: int, xy_m: tuple[float, float]) -> int:
        """Go a second way to where somebody is, to a second junction of the same name."""
        if start < 0:
            return -1
        return self._grow(name, kind, start, xy_m, suffix="/2")

    def _grow(self, name: str, kind: str, start: int, xy_m: tuple[float, float], *, suffix: str = "") -> int:
        x_m, y_m = xy_m
        start_x_m, start_y_m = self._xy_m[start]
        if abs(x_m - start_x_m) < APART_M and abs(y_m - start_y_m) < APART_M:
            x_m, y_m = start_x_m + APART_M, start_y_m
        owner = name if kind == "lead-in" else name.removeprefix("premises/")
        self._ids.append(f"{kind}/{owner}{suffix}")
        self._kinds.append(kind)
        self._surfaces.append(self._surface(kind))
        self._starts.append(start)
        self._names.append(name)
        self._xy_m.append([x_m, y_m])
        return len(self._xy_m) - 1

    def _surface(self, kind: str) -> str:
        return self._rules.indoor_surface if kind == "indoor" else self._rules.lead_in_surface

    def finished(
        self,
        offices: list[int],
        sites: list[int],
        customers: IntArray,
        second: tuple[list[int], list[int], list[int]],
    ) -> Stubs:
        """Turn the rows into arrays."""
        xy_m = np.array(self._xy_m, np.float64).reshape(-1, 2)
        start_junctions = np.array(self._starts, np.int64)
        new_junctions = np.arange(self._num_old, len(self._xy_m))
        return Stubs(
            segment_ids=tuple(self._ids),
            kinds=np.array(self._kinds, dtype="U7"),
            surfaces=tuple(self._surfaces),
            ends=np.stack([start_junctions, new_junctions], axis=1),
            starts_xy_m=xy_m[start_junctions],
            new_xy_m=xy_m[self._num_old :],
            new_names=tuple(self._names),
            office_junctions=np.array(offices, np.int64),
            site_junctions=np.array(sites, np.int64),
            customer_junctions=customers,
            second_offices=np.array(second[0], np.int64),
            second_sites=np.array(second[1], np.int64),
            second_premises=np.array(second[2], np.int64),
        )
