"""Random small areas and random price books, to set plans and bounds against exact optima."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from shapely import LineString

from ponplan.area.model import Area, ClassRule, Customer, Office, Route, Rules, Site
from ponplan.area.plant.model import AreaPlant, PlantBox, PlantCable, PlantPort, PlantSplitter
from ponplan.catalogue import Catalogue, read_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

SURFACES = ("asphalt", "pavement", "grass", "existing-duct", "aerial", "drilled")
CLASSES = ("ordinary", "finance", "residential")


def random_area(seed: int) -> Area:
    """Give a few streets with customers, sites and offices on and beside them."""
    rng = np.random.default_rng([seed, 11])
    corners = rng.uniform(0.0, 600.0, (int(rng.integers(4, 10)), 2))
    routes = _streets(rng, corners)
    sites = _sites(rng, corners)
    return Area(
        name=f"random {seed}",
        crs="EPSG:32632",
        offices=tuple(_office(rng, corners, i) for i in range(int(rng.integers(1, 4)))),
        customers=_customers(rng, routes, [site for site in sites if site.kind == "room"]),
        sites=sites,
        routes=routes,
        rules=Rules(
            max_split=int(rng.integers(2, 9)),
            splitters_in_office=bool(rng.random() < 0.4),
            spare_fibres=float(rng.choice([0.0, 0.2, 1.0, 3.0])),
            cable_slack=float(rng.choice([0.0, 0.03, 0.2])),
            oversubscription=float(rng.choice([20.0, 1.0])),
        ),
    )


def _streets(rng: np.random.Generator, corners: np.ndarray) -> tuple[Route, ...]:
    pairs = {(int(rng.integers(corner)), corner) for corner in range(1, len(corners))}
    for _ in range(int(rng.integers(0, 4))):
        low, high = sorted(rng.choice(len(corners), 2, replace=False).tolist())
        pairs.add((low, high))
    return tuple(
        Route(
            id=f"r{i}",
            surface=str(rng.choice(SURFACES)),
            line=LineString([corners[a], corners[b]]),
            free_bores=int(rng.integers(0, 3)) if rng.random() < 0.2 else None,
        )
        for i, (a, b) in enumerate(sorted(pairs))
    )


def _spot(rng: np.random.Generator, corners: np.ndarray, *, off: float) -> tuple[float, float]:
    """Give a corner, or with probability `off` a point beside it."""
    x, y = corners[int(rng.integers(len(corners)))]
    if rng.random() < off:
        x, y = x + rng.uniform(5.0, 25.0), y + rng.uniform(5.0, 25.0)
    return float(x), float(y)


def _office(rng: np.random.Generator, corners: np.ndarray, index: int) -> Office:
    x, y = _spot(rng, corners, off=0.3)
    return Office(id=f"CO{index}", name="", x_m=x, y_m=y)


def _sites(rng: np.random.Generator, corners: np.ndarray) -> tuple[Site, ...]:
    sites = []
    has_cabinet = rng.random() < 0.9  # without any, every crossing is a place
    for index in range(int(rng.integers(1, 5))):
        kind = "cabinet" if has_cabinet and (index == 0 or rng.random() < 0.5) else "room"
        x, y = _spot(rng, corners, off=0.5)
        existing, given = bool(rng.random() < 0.15), rng.random() < 0.25
        sizes = ("cabinet-96", "cabinet-144") if kind == "cabinet" else ("room-box-16", "room-box-72")
        sites.append(
            Site(
                id=f"s{index}",
                name="",
                kind=kind,
                x_m=x,
                y_m=y,
                enclosure=str(rng.choice(sizes)) if given else None,
                existing=existing,
            )
        )
    return tuple(sites)


def _customers(rng: np.random.Generator, routes: tuple[Route, ...], rooms: list[Site]) -> tuple[Customer, ...]:
    customers: list[Customer] = []
    count = int(rng.integers(2, 8))
    at: tuple[float, float] = (0.0, 0.0)
    for index in range(count):
        room = rooms[int(rng.integers(len(rooms)))] if rooms and rng.random() < 0.3 else None
        if room is not None:
            x, y = room.x_m + 3.0, room.y_m + 4.0 + index
        elif index and rng.random() < 0.4 and at != (0.0, 0.0):
            x, y = at[0] + 0.1, at[1] + 0.1  # at the same junction as the last one
        else:
            line = routes[int(rng.integers(len(routes)))].line
            point = line.interpolate(float(rng.choice([0.0, rng.random(), 1.0])), normalized=True)
            x, y = at = (point.x + rng.uniform(-20.0, 20.0), point.y + rng.uniform(-20.0, 20.0))
        customers.append(
            Customer(
                id=f"c{index}",
                name="",
                x_m=x,
                y_m=y,
                customer_class=str(rng.choice(CLASSES)),
                room=room.id if room else None,
            )
        )
    return tuple(customers)


def random_catalogue(seed: int) -> Catalogue:
    """Give the shipped catalogue with other prices and, now and then, small or odd enclosures.

    Every tenth is as shipped. Of the others a third has ground for nothing and a third cheap ground, so that not
    digging alone decides.
    """
    rng = np.random.default_rng([seed, 13])
    if seed % 10 == 0:
        return read_catalogue()
    tables = read_catalogue().to_tables()
    ground = (1.0, 0.01, 0.0)[seed % 3]
    tables["prices"] = _changed(tables["prices"], lambda row: _reprice(rng, row, ground))
    if rng.random() < 0.5:
        tables["enclosures"] = _changed(tables["enclosures"], lambda row: _resize(rng, row))
    return Catalogue.from_tables(tables)


def _changed(text: str, change: Callable[[dict[str, str]], dict[str, str]]) -> str:
    rows = list(csv.DictReader(io.StringIO(text)))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows([change(row) for row in rows])
    return out.getvalue()


def _reprice(rng: np.random.Generator, row: dict[str, str], ground: float) -> dict[str, str]:
    draw = rng.random()
    factor = 0.0 if draw < 0.08 else 1.0 if draw < 0.2 else float(10.0 ** rng.uniform(-2.0, 2.0))
    if row["section"] in ("trench", "duct"):
        factor *= ground
    costs = {name: f"{float(row[name]) * factor:.4f}" for name in ("material_cost", "labour_cost")}
    return row | costs


def _resize(rng: np.random.Generator, row: dict[str, str]) -> dict[str, str]:
    if row["kind"] not in ("cabinet", "room-box"):
        return row
    return row | {"fibres": str(rng.integers(4, 16)), "splitter_slots": str(rng.integers(1, 5)), "cables": "40"}


def with_two_stages(area: Area) -> Area:
    """Give the same area where two splitter stages are permitted."""
    return replace(area, rules=replace(area.rules, stages=2))


def with_class_rules(area: Area, seed: int) -> Area:
    """Give the same area where some classes have rules of their own."""
    rng = np.random.default_rng([seed, 17])
    splits = (None, None, 2, 4)
    rules = {
        name: ClassRule(
            max_split=splits[int(rng.integers(len(splits)))],
            own_port=bool(rng.random() < 0.25),
            apart=bool(rng.random() < 0.4),
            growth_per_year=float(rng.choice([0.0, 0.2])) if rng.random() < 0.5 else None,
        )
        for name in CLASSES
        if rng.random() < 0.8
    }
    one_technology = {} if rng.random() < 0.5 else {"finance": "epon"}
    return replace(area, rules=replace(area.rules, class_rules=rules, class_technology=one_technology))


def with_direct(area: Area, seed: int) -> Area:
    """Give the same area where some customers, now and then all, have a direct fibre."""
    rng = np.random.default_rng([seed, 31])
    share = float(rng.choice([0.3, 0.6, 1.0]))
    return replace(
        area,
        customers=tuple(
            replace(one, technology=str(rng.choice(["direct-1g", "direct-10g"])) if rng.random() < share else None)
            for one in area.customers
        ),
    )


def with_locks(area: Area, seed: int) -> Area:
    """Give the same area with some of its cabinet sites locked and one route forbidden that only closes a ring."""
    rng = np.random.default_rng([seed, 17])
    sites = tuple(replace(s, locked=s.kind == "cabinet" and bool(rng.random() < 0.6)) for s in area.sites)
    groups = {point: number for number, point in enumerate({p for r in area.routes for p in r.line.coords})}
    rings = []
    for row, route in enumerate(area.routes):
        here, there = groups[route.line.coords[0]], groups[route.line.coords[-1]]
        rings += [row] if here == there else []
        groups = {point: here if group == there else group for point, group in groups.items()}
    chosen = int(rng.choice(rings)) if rings else -1
    routes = tuple(replace(route, forbidden=row == chosen) for row, route in enumerate(area.routes))
    return replace(area, sites=sites, routes=routes)


def random_dead_ends(seed: int) -> Area:
    """Give a street with an office and dead ends off it, two of which are now and then joined behind.

    So many fibres are kept dark that cables are full at 1, 2, 3, 6, 9 lit ones.
    """
    rng = np.random.default_rng([seed, 19])
    feet_m = np.cumsum(rng.uniform(40.0, 200.0, int(rng.integers(1, 4))))
    lines = [LineString([(0.0, 0.0), *((x, 0.0) for x in feet_m)])]
    ends = [(float(x), float(rng.uniform(60.0, 400.0))) for x in feet_m]
    lines += [LineString([(x, 0.0), (x, y)]) for x, y in ends]
    if len(ends) > 1 and rng.random() < 0.5:
        lines.append(LineString(ends[:2]))
    surfaces = rng.choice(SURFACES, len(lines))
    routes = tuple(
        Route(id=f"r{i}", surface=str(s), line=line) for i, (s, line) in enumerate(zip(surfaces, lines, strict=True))
    )
    customers = []
    for end, (x, y) in enumerate(ends):
        for index in range(int(rng.integers(1, 5))):
            at_m = float(rng.uniform(0.3, 1.0)) * y
            customers.append(
                Customer(id=f"c{end}-{index}", name="", x_m=x + 6.0, y_m=at_m, customer_class="ordinary")
            )
    spots = [(0.0, 0.0), *ends, *((float(x), 0.0) for x in feet_m)]
    chosen = rng.choice(len(spots), int(rng.integers(1, 3)), replace=False)
    sites = tuple(
        Site(id=f"s{i}", name="", x_m=spots[spot][0], y_m=spots[spot][1], kind="cabinet")
        for i, spot in enumerate(chosen.tolist())
    )
    return Area(
        name=f"dead ends {seed}",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=tuple(customers),
        sites=sites,
        routes=routes,
        rules=Rules(max_split=16, spare_fibres=3.0, splitters_in_office=bool(rng.random() < 0.5)),
    )


def lattice(seed: int, *, most: int = 7) -> Area:
    """Give blocks of streets, most of one length and in free ducts, so that nearly every way has one as good."""
    rng = np.random.default_rng([seed, 29])
    columns, rows = [(2, 2), (3, 2), (4, 2), (3, 3)][int(rng.integers(0, 4))]
    size_m, is_uneven = float(rng.uniform(80.0, 300.0)), bool(rng.random() < 0.5)
    shift_m = rng.uniform(-0.2, 0.2, (columns, rows, 2)) * size_m * is_uneven
    at = {
        (i, j): (i * size_m + float(shift_m[i, j, 0]), j * size_m + float(shift_m[i, j, 1]))
        for i in range(columns)
        for j in range(rows)
    }
    pairs = [((i, j), (i + 1, j)) for i in range(columns - 1) for j in range(rows)]
    pairs += [((i, j), (i, j + 1)) for i in range(columns) for j in range(rows - 1)]
    in_ducts = bool(rng.random() < 0.7)
    routes = tuple(
        Route(id=f"r{k}", surface="asphalt", line=LineString([at[a], at[b]]), free_bores=2 if in_ducts else None)
        for k, (a, b) in enumerate(pairs)
    )
    customers = []
    for number in range(int(rng.integers(3, most + 1))):
        a, b = pairs[int(rng.integers(0, len(pairs)))]
        part = [0.0, float(rng.uniform(0.2, 0.8))][int(rng.random() < 0.6)]
        x_m, y_m = (p + part * (q - p) for p, q in zip(at[a], at[b], strict=True))
        customers.append(Customer(id=f"c{number}", name="", x_m=x_m + 3.0, y_m=y_m + 4.0, customer_class="ordinary"))
    corners = [at[key] for key in sorted(at)]
    sites = tuple(
        Site(id=f"s{k}", name="", x_m=corners[spot][0], y_m=corners[spot][1], kind="cabinet")
        for k, spot in enumerate(rng.choice(len(corners), int(rng.integers(1, 4)), replace=False).tolist())
    )
    office = corners[int(rng.integers(0, len(corners)))]
    return Area(
        name=f"lattice {seed}",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=office[0], y_m=office[1]),),
        customers=tuple(customers),
        sites=sites,
        routes=routes,
        rules=Rules(max_split=16, spare_fibres=3.0, splitters_in_office=bool(rng.random() < 0.5)),
    )


def with_dear_cables(catalogue: Catalogue, seed: int) -> Catalogue:
    """Give the catalogue with trunk cables many times as dear."""
    factor = float(10.0 ** np.random.default_rng([seed, 23]).uniform(0.0, 2.0))
    prices = dict(catalogue.prices)
    for row in catalogue.cable_types.values():
        if row.role == "trunk":
            price = prices[row.id]
            prices[row.id] = replace(
                price, material_cost=price.material_cost * factor, labour_cost=price.labour_cost * factor
            )
    return replace(catalogue, prices=prices)


def with_stepped_cables(catalogue: Catalogue, seed: int) -> Catalogue:
    """Give the catalogue with dear trunk cables, whose price grows less and less with their fibres, by the by."""
    rng = np.random.default_rng([seed, 31])
    scale, power = float(10.0 ** rng.uniform(0.0, 1.5)), float(rng.uniform(0.3, 0.95))
    prices = dict(catalogue.prices)
    for row in catalogue.cable_types.values():
        if row.role == "trunk":
            cost = scale * row.fibres**power * float(rng.uniform(0.9, 1.1))
            prices[row.id] = replace(prices[row.id], material_cost=cost, labour_cost=0.0)
    return replace(catalogue, prices=prices)


def forks(seed: int) -> Area:
    """Give a street that parts into two or three, customers at their ends, and cabinets there and at the fork."""
    rng = np.random.default_rng([seed, 19])
    fork = (float(rng.uniform(100.0, 400.0)), 0.0)
    angles = rng.permutation([-1.2, -0.4, 0.5, 1.3])[: int(rng.integers(2, 4))]
    lengths_m = rng.uniform(120.0, 500.0, len(angles))
    ends = [
        (fork[0] + m * float(np.cos(a)), m * float(np.sin(a)))
        for a, m in zip(angles.tolist(), lengths_m.tolist(), strict=True)
    ]
    lines = [LineString([(0.0, 0.0), fork]), *(LineString([fork, end]) for end in ends)]
    counts = rng.integers(2, 5, len(ends)).tolist()
    at = [end for end, count in zip(ends, counts, strict=True) for _ in range(count)]
    return Area(
        name=f"fork {seed}",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=tuple(
            Customer(id=f"c{i}", name="", x_m=x + 4.0 + i, y_m=y + 9.0, customer_class="ordinary")
            for i, (x, y) in enumerate(at)
        ),
        sites=tuple(
            Site(id=f"s{i}", name="", kind="cabinet", x_m=x, y_m=y, existing=bool(rng.random() < 0.8))
            for i, (x, y) in enumerate([fork, *ends])
        ),
        routes=tuple(Route(id=f"r{i}", surface=str(rng.choice(SURFACES)), line=line) for i, line in enumerate(lines)),
        rules=Rules(
            stages=2,
            max_split=int(rng.choice([8, 16, 32])),
            splitters_in_office=bool(rng.random() < 0.3),
            spare_fibres=float(rng.choice([1.0, 3.0])),
        ),
    )


def roads(seed: int) -> Area:
    """Give a road with a few houses along it and a cabinet somewhere on it, where taps are permitted."""
    rng = np.random.default_rng([seed, 29])
    length_m = float(rng.uniform(400.0, 1500.0))
    along_m = np.sort(rng.uniform(0.1, 1.0, int(rng.integers(3, 5)))) * length_m
    customers = tuple(
        Customer(id=f"c{i}", name="", x_m=float(x), y_m=9.0, customer_class="ordinary") for i, x in enumerate(along_m)
    )
    site = Site(id="s", name="", kind="cabinet", x_m=float(rng.uniform(0.0, length_m)), y_m=0.0)
    return Area(
        name=f"road {seed}",
        crs="EPSG:32632",
        offices=(Office(id="CO", name="", x_m=0.0, y_m=0.0),),
        customers=customers,
        sites=(site,),
        routes=(Route(id="r", surface="aerial", line=LineString([(0.0, 0.0), (length_m, 0.0)])),),
        rules=Rules(taps=True, max_split=8, spare_fibres=float(rng.choice([0.2, 1.0, 3.0]))),
    )


def with_dear_ports(catalogue: Catalogue, seed: int) -> Catalogue:
    """Give a catalogue in which ports, or cables, cost many times what they do, and cabinets little."""
    rng = np.random.default_rng([seed, 23])
    ports, cables = ((30.0, 5.0), (5.0, 30.0), (10.0, 10.0))[int(rng.integers(3))]
    factors = {"active": ports, "cable": cables, "passive": 0.2, "trench": 0.05, "duct": 0.05}
    prices = {
        item: replace(
            row,
            material_cost=row.material_cost * factors.get(row.section, 1.0),
            labour_cost=row.labour_cost * factors.get(row.section, 1.0),
        )
        for item, row in catalogue.prices.items()
    }
    return replace(catalogue, prices=prices)


def with_plant(area: Area, seed: int) -> Area:
    """Give the same area where an office lights one cabinet, or two in a row; some fibres and legs are free."""
    rng = np.random.default_rng([seed, 31])
    ends = np.unique([xy for route in area.routes for xy in route.line.coords], axis=0)
    host = area.offices[int(rng.integers(len(area.offices)))]
    ends = ends[np.hypot(ends[:, 0] - host.x_m, ends[:, 1] - host.y_m) > 40.0]  # 36 m at most from its corner
    places = ends[rng.choice(len(ends), 2, replace=False)]
    sizes = ("cabinet-96", "cabinet-144", "")
    boxes = tuple(
        PlantBox(
            id=f"K{n}",
            kind="cabinet",
            x_m=float(x),
            y_m=float(y),
            enclosure=str(rng.choice(sizes, p=(0.4, 0.4, 0.2))),
        )
        for n, (x, y) in enumerate(places[: int(rng.integers(1, 3))])
    )
    begins = (host.id, "K0")
    cables = tuple(_plant_cable(rng, f"P{n}", begins[n], box.id) for n, box in enumerate(boxes))
    ports = tuple(PlantPort(id=f"port{n}", technology="epon", office=host.id, olt="OLT-A") for n in range(2))
    splitters: tuple[PlantSplitter, ...] = ()
    lit = [fibre for fibre in range(1, cables[0].fibres + 1) if fibre not in cables[0].faulty]
    if rng.random() < 0.7:
        taken = tuple(leg for leg in (1, 2) if rng.random() < 0.5)
        feeder = (("P0", lit[0]),)
        splitters = (PlantSplitter(id="S0", place="K0", type="1:2", port="port0", taken=taken, feeder=feeder),)
        ports = (replace(ports[0], onus=len(taken), down_bps=1e6 * len(taken), up_bps=1e6 * len(taken)), ports[1])
        cables = (replace(cables[0], taken=tuple({*cables[0].taken, lit[0]})), *cables[1:])
    plant = AreaPlant(cables=cables, boxes=boxes, splitters=splitters, ports=ports)
    rules = replace(area.rules, max_split=max(2, area.rules.max_split or 2))
    return replace(area, plant=plant, rules=rules)


def _plant_cable(rng: np.random.Generator, name: str, begin: str, end: str) -> PlantCable:
    count = int(rng.choice([4, 8, 12]))
    state = rng.choice(3, count, p=(0.5, 0.3, 0.2))
    taken, faulty = (tuple((np.flatnonzero(state == word) + 1).tolist()) for word in (1, 2))
    return PlantCable(id=name, fibres=count, from_place=begin, to_place=end, taken=taken, faulty=faulty[: count - 2])
