"""How far from the optimum a plan can be at most, in all and by part of the bill."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bearer.bound import bearer_bound, bearer_suffices
from ponplan.design.bill import bill_of
from ponplan.design.equipment import EquipmentBound, equipment_bound
from ponplan.design.layers import Planned, layers_bound
from ponplan.design.onus import pick_onus
from ponplan.design.planes import planes_at_least
from ponplan.design.prices import cheapest_drop, unit_cost
from ponplan.design.pricing import cable_floor_costs, opening_costs
from ponplan.design.protection.bound import second_bound
from ponplan.design.protection.legs import with_second_legs
from ponplan.design.protection.streets import streets_bound
from ponplan.optimise.progress import gap_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.design.bound import LocationBound
    from ponplan.design.layers import Trenching
    from ponplan.design.prices import CablePrices, Line
    from ponplan.design.problem import PlanProblem
    from ponplan.optimise.stop import Stop
    from ponplan.topology.network import BillLine, Network

PART_OF_SECTION = {
    "trench": "trench",
    "duct": "trench",
    "cable": "cable",
    "splicing": "cable",
    "passive": "passive",
    "active": "active",
    "customer": "active",
}
PARTS = ("trench", "cable", "passive", "active")
_CENT = 0.005  # what rounding may take off a line of a bill
_ARITHMETIC = 1e-6  # of the cost: how far floating-point sums may lift a tight bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Cost and bound of one part of the bill.

    Only the sum of the bounds is proved: a relaxation that prices several parts together is shared out over them as
    its own solution is composed.
    """

    cost: float
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A plan's cost against what no permitted plan can undercut."""

    cost: float
    bound: float
    unavoidable: float  # terminals, connections, drops and the least bearer: in every plan
    parts: Mapping[str, Part]

    @property
    def gap_percent(self) -> float:
        """Give 100 (cost - bound) / cost."""
        return gap_percent(self.cost, self.bound)

    @property
    def gap_avoidable_percent(self) -> float:
        """Give the gap in per cent of the cost that a plan could avoid at all."""
        # no plan is below what is unavoidable; a cent may be, because a bill is rounded and this is not
        cost, bound = (max(0.0, total - self.unavoidable) for total in (self.cost, self.bound))
        return gap_percent(cost, bound)


def prove(
    problem: PlanProblem,
    cables: CablePrices,
    trenching: Trenching | None,
    network: Network,
    *,
    stop: Stop,
    rng: np.random.Generator,
    is_attempt: bool = False,
) -> Proof:
    """Bound the cost of every permitted plan for the served customers.

    Parameters
    ----------
    trenching
        None where the plan rests on several trees; they are then told from the network's new routes.
    is_attempt
        Whether the problem has other prices than the plan will be proved with: the plan may then undercut the bound.
    """
    planes = planes_at_least(problem)
    legs, planes_of_legs = with_second_legs(problem, planes, network)
    plan = Planned(
        problem=problem, legs=legs, planes=planes_of_legs, cables=cables, trenching=trenching, network=network
    )
    layers = layers_bound(plan, stop=stop, rng=rng)
    trench, line = layers.trench, layers.line
    equipment = equipment_bound(problem, planes, is_joint=bearer_suffices(network))
    costs = costs_by_part(network.bill)
    second = second_bound(problem, network)
    trench += _apart_bound(problem, network, line, trench + layers.steps + second.trench + second.drops)
    bounds = _bounds_by_part(problem, _opened(problem, trenching, network), trench, layers.location, equipment, line)
    kept = _kept_costs(problem)
    bounds = {name: bounds[name] + kept[name] + second.of_part(name) for name in PARTS}
    bounds["cable"] += layers.steps + layers.direct.cable
    bounds["active"] += layers.direct.active
    # no bill has more lines than the price book, and each is rounded to the cent
    bounds["active"] -= _CENT * len(problem.catalogue.prices)
    cost = round(sum(costs.values()), 2)
    return Proof(
        cost=cost,
        bound=_believed(sum(bounds.values()), cost, is_told=not (is_attempt or network.relaxed)),
        unavoidable=_unavoidable(problem) + sum(kept.values()),
        parts={name: Part(cost=round(costs[name], 2), bound=bounds[name]) for name in PARTS},
    )


def _believed(bound: float, cost: float, *, is_told: bool) -> float:
    """Give a bound as it may be shown; one that a plan within the rules undercuts is told of and proves nothing."""
    if is_told and bound > cost * (1.0 + _ARITHMETIC):
        text = f"the bound {bound:.2f} is above the cost {cost:.2f}: a fault of ponplan, no gap is proved; report it"
        warnings.warn(text, RuntimeWarning, stacklevel=3)
        return 0.0
    return min(max(0.0, bound), cost)


def first_bound(problem: PlanProblem, trenching: Trenching) -> float:
    """Give what is known of the bound before there is a plan: the digging and the least equipment.

    Nothing where the digging was not for everybody from nowhere.
    """
    if problem.standing is not None or np.any(problem.protections == "full"):
        return 0.0
    equipment = equipment_bound(problem, planes_at_least(problem))
    known = equipment.passive + equipment.active + equipment.splicing - _CENT * len(problem.catalogue.prices)
    return max(0.0, trenching.solution.bound) + known


def prove_kept(network: Network) -> Proof:
    """Give the proof of a network that is nothing but kept plant: it costs what it must."""
    costs = costs_by_part(network.bill)
    cost = round(sum(costs.values()), 2)
    parts = {name: Part(cost=round(costs[name], 2), bound=costs[name]) for name in PARTS}
    return Proof(cost=cost, bound=cost, unavoidable=cost, parts=parts)


def _kept_costs(problem: PlanProblem) -> dict[str, float]:
    """Give what the kept records cost that are not built yet: every plan pays it."""
    return costs_by_part(() if problem.standing is None else bill_of(problem.standing.network))


def _opened(problem: PlanProblem, trenching: Trenching | None, network: Network) -> NDArray[np.int64]:
    """Give the segments that the plan opens."""
    if trenching is not None:
        return trenching.solution.edges[trenching.solution.edges < len(problem.graph.tails)]
    new = {route.id for route in network.routes if route.state == "new"}
    return np.array([edge for edge, name in enumerate(problem.graph.segment_ids) if name in new], np.int64)


def _apart_bound(problem: PlanProblem, network: Network, line: Line, otherwise: float) -> float:
    """Give by how much two ways apart to everybody fully protected raise the bound of the trench side."""
    if problem.standing is not None or not np.any(problem.protections == "full"):
        return 0.0
    return max(0.0, streets_bound(problem, network, line) - otherwise)


def costs_by_part(bill: Sequence[BillLine]) -> dict[str, float]:
    """Give what the lines of a bill cost together, part by part."""
    costs = dict.fromkeys(PARTS, 0.0)
    for line in bill:
        costs[PART_OF_SECTION[line.section]] += line.total_cost
    return costs


def _bounds_by_part(
    problem: PlanProblem,
    edges: NDArray[np.int64],
    trench: float,
    location: LocationBound,
    equipment: EquipmentBound,
    line: Line,
) -> dict[str, float]:
    opened = float(opening_costs(problem)[edges].sum())
    floors = float(cable_floor_costs(problem, line.fixed)[edges].sum())
    share = opened / (opened + floors) if opened + floors > 0.0 else 0.0
    return {
        "trench": share * trench,
        "cable": (1.0 - share) * trench + location.cable + equipment.splicing,
        "passive": location.passive + equipment.passive,
        "active": equipment.active,
    }


def _unavoidable(problem: PlanProblem) -> float:
    """Give what terminals, their connection, the drops and the bearer cost in every plan at least."""
    catalogue = problem.catalogue
    work = unit_cost(catalogue, "drop-connection") + unit_cost(catalogue, "onu-commissioning")
    terminals = sum(unit_cost(catalogue, onu) + work for onu in pick_onus(problem).values())
    drops = problem.drop_edges
    cable = unit_cost(catalogue, cheapest_drop(catalogue).id) * (1.0 + problem.area.rules.cable_slack)
    return (
        terminals
        + bearer_bound(problem)
        + float(opening_costs(problem)[drops].sum() + cable * problem.graph.lengths_m[drops].sum())
    )
