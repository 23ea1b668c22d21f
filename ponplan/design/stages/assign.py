"""Which customer belongs to which phase of the roll-out: by column, by polygon, by density or by value."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.design.breakdown import break_down
from ponplan.errors import AreaError, Fault
from ponplan.topology.areas import owners_of, phase_key
from ponplan.topology.index import NetworkIndex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.area.table import Table
    from ponplan.topology.network import Network, NetworkCustomer

RULES = ("column", "area", "density", "value")
MONTHS = 12


def with_phases(network: Network, rule: str, *, phases: int = 3, areas: Table | None = None) -> Network:
    """Give the network with a phase for every customer.

    Parameters
    ----------
    rule
        `column`: the customers' own phases; `area`: the polygon a customer is in; `density`: serving areas with most
        customers for each unit of cost first; `value`: those with most yearly revenue for each unit of cost first.
    phases
        How many phases of about equally many customers density and value make.
    areas
        Polygons in the network's coordinate system with a column `phase`.

    Raises
    ------
    AreaError
        Customers have no phase and none can be given, or polygons have none.
    """
    if rule == "column":
        found = {customer.id: customer.phase for customer in network.customers if customer.phase}
        if not found:
            remedy = "give customers a column phase, or choose --by area, density or value"
            raise AreaError([Fault(file="customers", field="phase", problem="nobody has a phase", remedy=remedy)])
    elif rule == "area":
        found = _by_polygon(network, areas)
    else:
        found = _by_rank(network, phases, by_value=rule == "value")
    last = later_than(found.values())
    customers = tuple(replace(one, phase=found.get(one.id, last)) for one in network.customers)
    return replace(network, customers=customers)


def later_than(phases: object) -> str:
    """Give the phase of those who have none: the number after the last, or a word that sorts behind all names."""
    known = sorted({str(phase) for phase in phases}, key=phase_key)  # type: ignore[attr-defined]  # any iterable
    if not known:
        return "1"
    is_name, number, _ = phase_key(known[-1])
    return f"{known[-1]} +" if is_name else str(math.floor(number) + 1)


def yearly_revenue(network: Network, customer: NetworkCustomer) -> float:
    """Give what is left of a customer's payments each year for the access network; unknown services pay nothing."""
    services = network.catalogue.services
    return (
        MONTHS
        * network.catalogue.economics["revenue-share"].value
        * math.fsum(services[name].revenue_per_month * count for name, count in customer.services if name in services)
    )


def _by_polygon(network: Network, areas: Table | None) -> dict[str, str]:
    if areas is None or areas.geometry is None or not len(areas):
        raise AreaError([Fault(file="--areas", problem="there are no polygons", remedy="give a layer of polygons")])
    names = [str(value) if value is not None else "" for value in areas.column("phase")]
    faults = [
        areas.fault(row, "the polygon has no phase", field="phase", remedy="give it a number or a name")
        for row, name in enumerate(names)
        if not name
    ]
    if faults:
        raise AreaError(faults)
    points = shapely.points([(customer.x_m, customer.y_m) for customer in network.customers])
    inside, polygon = shapely.STRtree(areas.geometry).query(points, predicate="intersects")
    found: dict[str, str] = {}
    for row, which in zip(inside.tolist(), polygon.tolist(), strict=True):
        customer = network.customers[row].id
        if customer not in found or phase_key(names[which]) < phase_key(found[customer]):
            found[customer] = names[which]
    return found


def _by_rank(network: Network, phases: int, *, by_value: bool) -> dict[str, str]:
    """Rank serving areas by customers or revenue for each unit of their cost and fill the phases in that order."""
    owners = owners_of(NetworkIndex(network))
    costs: dict[str, float] = defaultdict(float)
    for part in break_down(network).parts:
        costs[part.area] += part.total_cost
    members: dict[str, list[NetworkCustomer]] = defaultdict(list)
    served = {customer.id: customer for customer in network.customers if not customer.unserved}
    for onu in network.onus:
        if onu.customer in served:
            members[owners.area("onus", onu.id)].append(served[onu.customer])
    worth = {
        area: sum(yearly_revenue(network, one) for one in own) if by_value else float(len(own))
        for area, own in members.items()
    }
    ranked = sorted(members, key=lambda area: (-worth[area] / max(costs[area], 0.01), area))
    sizes = np.array([len(members[area]) for area in ranked])
    middles = np.cumsum(sizes) - 0.5 * sizes
    # large areas may leave a phase without any: those that have some are numbered on without gaps
    _, places = np.unique(np.minimum(phases - 1, phases * middles // max(1, sizes.sum())), return_inverse=True)
    return {
        one.id: str(place + 1) for area, place in zip(ranked, places.tolist(), strict=True) for one in members[area]
    }


def phases_of(network: Network) -> Sequence[str]:
    """Give the phases of a network's served customers in order."""
    return sorted({one.phase for one in network.customers if not one.unserved}, key=phase_key)


def members_of(network: Network) -> Mapping[str, list[NetworkCustomer]]:
    """Give the served customers of each phase."""
    found: dict[str, list[NetworkCustomer]] = defaultdict(list)
    for customer in network.customers:
        if not customer.unserved:
            found[customer.phase].append(customer)
    return found
