"""Customers in their buildings: class, services, name, place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.area.generate.buildings import share_out
from ponplan.area.generate.naming import customer_name
from ponplan.area.generate.streets import CM
from ponplan.area.model import Customer, Site

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.generate.buildings import Stock
    from ponplan.area.generate.kinds import Kind
    from ponplan.area.generate.plots import Plots

    IntArray = NDArray[np.int64]
    Services = tuple[tuple[str, int], ...]

SPREAD_M = 4.0  # of tenants around the middle of their building
GIGABIT = "10g-epon-10-10"  # the only sort of EPON that carries a 1000M leased line

# what is bought instead of the class's own services, and by which share of the class
ORDERS: dict[str, tuple[tuple[float, Services], ...]] = {
    "ordinary": (
        (0.10, (("ethernet-10m", 1), ("internet-100", 1))),
        (0.06, (("internet-300", 1), ("vpn", 1), ("voice", 4))),
        (0.05, (("internet-100", 1), ("office-automation", 1), ("video-conference", 1))),
        (0.03, (("ethernet-100m", 1), ("voice", 8))),
    ),
    "public": (
        (0.20, (("internet-100", 1), ("office-automation", 1), ("video-surveillance", 3))),
        (0.15, (("internet-300", 1), ("vpn", 1), ("video-conference", 2))),
    ),
    "finance": (
        (0.25, (("e1", 4), ("ethernet-10m", 1))),
        (0.10, (("e1", 8), ("ethernet-10m", 2), ("voice", 4))),
        (0.05, (("e1", 16), ("ethernet-100m", 1))),
    ),
    "residential": ((0.25, (("internet-50", 1), ("voice", 1))), (0.10, (("internet-300", 1), ("iptv", 1)))),
}
GIGABIT_ORDER: Services = (("ethernet-1000m", 1),)


def rooms_of(stock: Stock, plots: Plots, names: list[str]) -> tuple[tuple[Site, ...], list[str | None]]:
    """Give the telecom rooms, and for every building the id of its room if it has one."""
    sites: list[Site] = []
    ids: list[str | None] = []
    for building, ((x_m, y_m), street, house) in enumerate(
        zip(plots.xy_m.tolist(), plots.street.tolist(), plots.house.tolist(), strict=True)
    ):
        if not stock.of(building).room:
            ids.append(None)
            continue
        room = f"ROOM{len(sites) + 1:04d}"
        ids.append(room)
        sites.append(Site(id=room, name=f"{names[street]} {house}", kind="room", x_m=x_m, y_m=y_m))
    return tuple(sites), ids


def customers_of(
    stock: Stock, plots: Plots, rooms: list[str | None], names: list[str], kind: Kind, rng: np.random.Generator
) -> tuple[Customer, ...]:
    """Give the tenants of all buildings, in order of buildings."""
    owner = np.repeat(np.arange(len(stock.types)), stock.tenants)
    classes = _classes(stock, owner, rng)
    services, is_gigabit = _services(classes, kind, rng)
    floors = _floors(stock, owner, rng)
    xy_m = _positions(stock, plots, owner, rng)
    chinese = rng.permutation(len(owner)) < round(kind.chinese_names * len(owner))
    words = rng.integers(0, 1 << 20, len(owner))
    flat = np.arange(len(owner)) - (np.cumsum(stock.tenants) - stock.tenants)[owner] + 1
    addresses = [
        f"{names[street]} {house}" for street, house in zip(plots.street.tolist(), plots.house.tolist(), strict=True)
    ]
    width = len(str(len(owner)))
    important = _important(classes, kind)
    customers = []
    for row, building in enumerate(owner.tolist()):
        address = addresses[building]
        dwelling = f"{address}/{flat[row]}" if stock.tenants[building] > 1 else address
        customers.append(
            Customer(
                id=f"C{row + 1:0{width}d}",
                name=customer_name(
                    classes[row],
                    chinese=bool(chinese[row]),
                    address=dwelling,
                    number=row + 1,
                    word=int(words[row]),
                ),
                x_m=float(xy_m[row, 0]),
                y_m=float(xy_m[row, 1]),
                customer_class=classes[row],
                services=services[row],
                technology=GIGABIT if is_gigabit[row] else None,
                protection=stock.of(building).protection,
                room=rooms[building],
                account_tier="important" if row in important else "",
                attributes={"address": dwelling, "building": stock.of(building).name, "floor": int(floors[row])},
            )
        )
    return tuple(customers)


def _important(classes: list[str], kind: Kind) -> set[int]:
    """Give the public bodies that are important accounts: one in so many, from the first on."""
    public = [row for row, name in enumerate(classes) if name == "public"]
    return set(public[:: kind.important]) if kind.important else set()


def _classes(stock: Stock, owner: IntArray, rng: np.random.Generator) -> list[str]:
    """Share each type's tenants out over its classes, exactly."""
    classes = np.empty(len(owner), "U16")
    for number, (building, _) in enumerate(stock.kind.buildings):
        tenants = np.flatnonzero(stock.types[owner] == number)
        names, shares = zip(*building.classes, strict=True)
        classes[tenants] = rng.permutation(np.repeat(names, share_out(len(tenants), shares)))
    listed: list[str] = classes.tolist()
    return listed


def _services(classes: list[str], kind: Kind, rng: np.random.Generator) -> tuple[list[Services], NDArray[np.bool_]]:
    """Give orders to exact shares of each class; everybody else has the class's own services."""
    services: list[Services] = [()] * len(classes)
    is_gigabit = np.zeros(len(classes), bool)
    of_class = np.array(classes)
    for name in sorted(set(classes)):
        orders = list(kind.orders.get(name, ORDERS[name]))
        if name == "ordinary":
            orders.append((kind.gigabit, GIGABIT_ORDER))
        shares = [share for share, _ in orders]
        members = rng.permutation(np.flatnonzero(of_class == name))
        counts = share_out(len(members), [*shares, 1.0 - sum(shares)])
        chosen = np.repeat(np.arange(len(counts)), counts)
        for member, order in zip(members.tolist(), chosen.tolist(), strict=True):
            if order < len(orders):
                services[member] = orders[order][1]
                is_gigabit[member] = orders[order][1] is GIGABIT_ORDER
    return services, is_gigabit


def _floors(stock: Stock, owner: IntArray, rng: np.random.Generator) -> IntArray:
    """Spread the tenants of each building over its floors."""
    highest = np.array([building.floors for building, _ in stock.kind.buildings])[stock.types[owner]]
    floors: IntArray = rng.integers(0, highest)
    return floors


def _positions(stock: Stock, plots: Plots, owner: IntArray, rng: np.random.Generator) -> NDArray[np.float64]:
    """Give tenants places in their building; who is alone is in the middle."""
    shared = (stock.tenants[owner] > 1)[:, None]
    offset = np.where(shared, rng.uniform(-SPREAD_M, SPREAD_M, (len(owner), 2)), 0.0)
    return np.round(plots.xy_m[owner] + offset, CM)
