"""From a kind, a number of customers and a seed to an area."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.area.generate.buildings import draw_stock, place_stock
from ponplan.area.generate.customers import customers_of, rooms_of
from ponplan.area.generate.kinds import KINDS
from ponplan.area.generate.layouts import draw_streets
from ponplan.area.generate.naming import street_names
from ponplan.area.generate.places import cabinets_of, offices_of
from ponplan.area.generate.plant import plant_of
from ponplan.area.generate.plots import lay_out_plots
from ponplan.area.generate.streets import draw_bends, draw_lines
from ponplan.area.generate.surfaces import routes_of
from ponplan.area.model import Area
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.area.generate.kinds import Kind
    from ponplan.area.generate.plots import Plots
    from ponplan.area.generate.streets import Bends, Streets

MOST_CUSTOMERS = 200_000
VILLAGE = 40  # buildings: the smallest thing worth calling a district
SIDES = 2  # of a street
LONGER = 1.2  # streets, when too few plots fit along them
SPARE_PLOTS = 1.05


def generate_area(kind: str, *, customers: int | None = None, seed: int = 0, name: str | None = None) -> Area:
    """Invent an area of a kind, connected, with exactly as many customers as asked for.

    Streets are grids of unequal blocks, turned, thinned out and bent; buildings stand back from both sides of them.
    The same kind, number and seed give the same area.

    Parameters
    ----------
    kind
        One of `KINDS`.
    customers
        None takes the kind's own number.
    name
        Of the area; None takes the kind's title.

    Raises
    ------
    AreaError
        There is no such kind, or the number of customers is out of range.
    """
    made_of = _kind(kind)
    total = made_of.customers if customers is None else customers
    _refuse_count(made_of, kind, total)
    streams = [np.random.default_rng([seed, made_of.number, stage]) for stage in range(6)]
    stock = draw_stock(made_of, total, streams[0])
    bends = draw_bends(made_of.origin_m, streams[1])
    streets, lines, plots = _streets_for(made_of, len(stock.types), bends, seed)
    centres_m = bends(streets.centres_m)
    stock, built, free = place_stock(stock, plots, centres_m, streams[2])
    names = street_names(int(streets.street.max()) + 1, made_of.layout)
    rooms, room_ids = rooms_of(stock, built, names)
    area = Area(
        name=name or made_of.title,
        crs=made_of.crs,
        offices=offices_of(free, centres_m, total, made_of),
        customers=customers_of(stock, built, room_ids, names, made_of, streams[3]),
        sites=(*rooms, *cabinets_of(streets, lines, bends, made_of, streams[4])),
        routes=routes_of(streets, lines, made_of, streams[5]),
        rules=made_of.rules,
    )
    return replace(area, plant=plant_of(area, made_of, np.random.default_rng([seed, made_of.number, 7])))


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        fault = Fault(file="generate", field="kind", value=kind, problem="no such kind", limit=", ".join(KINDS))
        raise AreaError([fault])
    return KINDS[kind]


def _refuse_count(made_of: Kind, kind: str, customers: int) -> None:
    least = min(building.tenants[0] for building, _ in made_of.buildings)
    if not least <= customers <= MOST_CUSTOMERS:
        limit = f"{least} to {MOST_CUSTOMERS}"
        problem = f"{kind} cannot have so many customers"
        raise AreaError([Fault(file="generate", field="customers", value=customers, problem=problem, limit=limit)])


def _streets_for(kind: Kind, buildings: int, bends: Bends, seed: int) -> tuple[Streets, NDArray[np.object_], Plots]:
    """Draw streets, longer each time, until there is a plot for every building and some to spare."""
    districts = max(round(np.sqrt(buildings / VILLAGE)), 1)  # larger areas have more and larger ones
    needed = SPARE_PLOTS * buildings + districts
    length_m = needed / kind.occupied * kind.plot_pitch_m / SIDES
    while True:
        rng = np.random.default_rng([seed, kind.number, 6])
        streets = draw_streets(kind, length_m=length_m, districts=districts, rng=rng)
        lines = draw_lines(streets, bends)
        plots = lay_out_plots(streets, lines, kind, rng)
        if len(plots.house) >= needed:
            return streets, lines, plots
        length_m *= LONGER
