"""What splitters, ports, cards, chassis, terminals and their splices cost at least, wherever they stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bearer.bound import far_bound, near_bounds, needs_of_bearers
from ponplan.design.bearer.joint import Shelving, joint_bound
from ponplan.design.bus.places import taps_for
from ponplan.design.chassis import cards_for, chassis_for
from ponplan.design.covers import cheapest_cover, cheapest_two, cover_of_cascades, cover_of_many
from ponplan.design.onus import pick_onus
from ponplan.design.prices import unit_cost
from ponplan.design.shares import shared_prices
from ponplan.design.standing.relief import Relief

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplittersBound:
    """Least cost of a plane's splitters beside the least ports.

    Parameters
    ----------
    spare
        (most,) what a port with just 1, 2, ... customers costs at least beyond what they have to pay of `cost`.
    """

    cost: float
    spare: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentBound:
    """Least cost of what every plan needs wherever it stands, by part of the bill."""

    passive: float
    active: float
    splicing: float


def equipment_bound(problem: PlanProblem, planes: Sequence[Plane], *, is_joint: bool = True) -> EquipmentBound:
    """Give the cheapest splitters, ports, cards, chassis and splices for all planes, and everybody's terminals.

    Parameters
    ----------
    is_joint
        False where a plan's bearer lacks ports or capacity, so that chassis and switches need not fit each other.
    """
    catalogue = problem.catalogue
    splice_cost, ends = unit_cost(catalogue, "splice"), catalogue.terminations
    relief = Relief(problem)
    num_ports = [relief.need(plane)[1] for plane in planes]
    passive = active = 0.0
    for plane, count in zip(planes, num_ports, strict=True):
        dark = relief.dark_ports(plane.technology.id, plane.bearer)
        active += max(0, count - dark) * _port_cost(problem, plane)
        passive += splitters_bound(problem, plane).cost
    onus = pick_onus(problem)
    work = unit_cost(catalogue, "drop-connection") + unit_cost(catalogue, "onu-commissioning")
    active += sum(unit_cost(catalogue, onu) + work for onu in onus.values())
    tails = (_least_splices(problem, "output") + ends["onu"].splices) * splice_cost
    return EquipmentBound(
        passive=passive,
        active=active + shelves_bound(problem, planes, num_ports, is_joint=is_joint) + far_bound(problem),
        splicing=sum(len(plane.members) for plane in planes) * tails + sum(num_ports) * _feeder_ends_cost(problem),
    )


def splitters_bound(problem: PlanProblem, plane: Plane) -> SplittersBound:
    """Give what splitters cost at least beside the least number of ports.

    Either the splitters alone are covered, at least one for each port; or splitters and ports together, of which the
    least ports are counted elsewhere. Where every splitter needs a port of its own they are covered with it, by
    number or by customers' loads; where splitters may hang on splitters, each with the leg that it takes or with a
    port. The highest holds.
    """
    relief = Relief(problem)
    count, least = relief.need(plane)
    units = _units(problem, plane)
    legs, costs = [size for size, _ in units], [cost for _, cost in units]
    nothing = np.zeros(plane.most_customers)
    alone = cheapest_cover(legs, costs, count)[0]
    alone = max(alone, cover_of_many(legs, costs, count, at_least=least))
    if relief.dark_ports(plane.technology.id, plane.bearer):
        return SplittersBound(cost=alone, spare=nothing)
    port_cost = _port_cost(problem, plane) + _feeder_ends_cost(problem)
    if problem.area.rules.cascades:
        splice_cost = unit_cost(problem.catalogue, "splice")
        joining = min(port_cost, splice_cost * sum(_least_splices(problem, end) for end in ("input", "output")))
        prices = [price + joining for price in costs]
        together = cover_of_cascades(legs, prices, count, roots=least, root_cost=port_cost - joining)
        return SplittersBound(cost=max(alone, together - least * joining), spare=nothing)
    prices = [price + port_cost for price in costs]
    together = max(cheapest_cover(legs, prices, count)[0], cover_of_many(legs, prices, count, at_least=least))
    known = SplittersBound(cost=max(alone, together - least * port_cost), spare=nothing)
    if count < len(plane.members):
        return known
    loads_bps = np.stack([problem.down_bps[plane.members], problem.up_bps[plane.members]], axis=1)
    shared = shared_prices(loads_bps, plane.most_rates_bps, legs, prices)
    by_load = SplittersBound(cost=shared.cost - least * port_cost, spare=shared.spare)
    return by_load if by_load.cost >= known.cost else known


def _units(problem: PlanProblem, plane: Plane) -> list[tuple[int, float]]:
    """Give how many customers each kind of splitter serves at most, and what it costs with its work."""
    units = [
        (min(row.outputs, plane.most_customers), cost)
        for row, cost in zip(plane.splitters, plane.splitter_costs, strict=True)
    ]
    work = unit_cost(problem.catalogue, "splitter-installation")
    units += [
        (min(row.outputs, plane.most_customers), unit_cost(problem.catalogue, row.id) + work)
        for row in taps_for(problem)
    ]
    return units


def _least_splices(problem: PlanProblem, end: str) -> int:
    """Give the fewest splices at the input or output of anything that divides light."""
    ends = problem.catalogue.terminations
    least = ends[f"splitter-{end}"].splices
    return min(least, ends[f"tap-{end}"].splices) if f"tap-{end}" in ends and taps_for(problem) else least


def _port_cost(problem: PlanProblem, plane: Plane) -> float:
    return plane.optics_costs[0] + unit_cost(problem.catalogue, "pon-port-commissioning")


def _feeder_ends_cost(problem: PlanProblem) -> float:
    """Give what patching and splicing a feeder at both ends costs."""
    ends = problem.catalogue.terminations
    splices = ends["olt"].splices + _least_splices(problem, "input")
    return splices * unit_cost(problem.catalogue, "splice") + unit_cost(problem.catalogue, "odf-port")


def lone_costs(problem: PlanProblem, planes: Sequence[Plane], groups: Sequence[IntArray]) -> FloatArray:
    """Give (groups,) what a splitter for some of a group alone costs at least beyond its customers' prices.

    Parameters
    ----------
    groups
        Of each: the customers (positions in `served`) that nobody else shares a splitter with.
    """
    spares = [splitters_bound(problem, plane).spare for plane in planes]
    plane_of = np.zeros(len(problem.served), np.int64)
    for number, plane in enumerate(planes):
        plane_of[plane.members] = number
    costs = np.zeros(len(groups))
    for row, group in enumerate(groups):
        counts = np.bincount(plane_of[group], minlength=len(planes))
        costs[row] = min(spares[number][: counts[number]].min() for number in np.flatnonzero(counts))
    return costs


def shelves_bound(
    problem: PlanProblem,
    planes: Sequence[Plane],
    num_ports: Sequence[int],
    *,
    apart: frozenset[tuple[str, str]] = frozenset(),
    is_joint: bool = True,
) -> float:
    """Give the cheapest cards, chassis, uplinks, elements and ways onwards for the ports of each bearer.

    Planes that only a class's rules keep apart have their ports on the same cards.

    Parameters
    ----------
    apart
        Technologies and bearers of which two ports are on different cards.
    is_joint
        False to weigh cards, chassis, uplinks and elements one by one only.
    """
    relief, near, needs = Relief(problem), near_bounds(problem), needs_of_bearers(problem)
    ports_of: dict[str, Counter[str]] = {bearer: Counter() for bearer in near}
    for plane, count in zip(planes, num_ports, strict=True):
        ports_of.setdefault(plane.bearer, Counter())[plane.technology.id] += count
    # a rule that wants ports in two chassis wants two chassis
    are_two = problem.area.rules.protection_ports in ("olts", "offices")
    total = 0.0
    for bearer, ports in ports_of.items():
        spots = {one: relief.dark_ports(one, bearer) + relief.free_spots(one, bearer) for one in ports}
        shelving = Shelving(
            ports={one: max(0, count - spots[one]) for one, count in ports.items()},
            cards={one: 2 * ((one, bearer) in apart) for one in ports},
            chassis=2 * (are_two and any(own == bearer for _, own in apart)),
        )
        cost = _apart_bound(problem, shelving, relief.free_slots(bearer)) + near.get(bearer, 0.0)
        # direct fibres of IP pass no switch; those of MSTP share the multiplexers, out of shelves of their own
        is_own = bearer == "ip" or not np.any(problem.is_direct & (problem.bearers == bearer))
        if is_joint and bearer in needs and is_own:
            cost = max(cost, joint_bound(problem, needs[bearer], shelving))
        total += cost
    return total


def _apart_bound(problem: PlanProblem, shelving: Shelving, free_slots: int) -> float:
    """Give the cheapest cards for the ports of one bearer, and chassis for as few cards as there can be."""
    catalogue, cost, num_cards = problem.catalogue, 0.0, 0
    for technology, count in shelving.ports.items():
        rows, least = cards_for(problem, technology), shelving.cards[technology]
        sizes, costs = [row.ports for row in rows], [unit_cost(catalogue, row.id) for row in rows]
        cost += (cheapest_two if least else _cheapest)(sizes, costs, count)
        num_cards += max(least, -(-count // max(sizes)))
    chassis = chassis_for(problem)
    sizes, costs = [row.card_slots for row in chassis], [unit_cost(catalogue, row.id) for row in chassis]
    return cost + (cheapest_two if shelving.chassis else _cheapest)(sizes, costs, max(0, num_cards - free_slots))


def _cheapest(sizes: Sequence[int], costs: Sequence[float], need: int) -> float:
    return cheapest_cover(sizes, costs, need)[0]
