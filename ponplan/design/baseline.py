"""Yesterday's way for comparison: a fibre of its own from the office to every customer, and what lights it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.draft import boxes_of, enclosure_for
from ponplan.design.prices import build_costs_per_m, installed_cost, unit_cost
from ponplan.topology.ducts import bores_needed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import CableType
    from ponplan.design.prices import CablePrices
    from ponplan.design.problem import PlanProblem
    from ponplan.design.tree import RootedTree
    from ponplan.topology.network import NetworkCustomer

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassBaseline:
    """What the customers of one class would take; routes shared with others are shared out by fibres."""

    baseline: str  # ip-switch, msap, pdh-modem
    customers: int
    fibres: int  # from the office
    fibre_km: float
    rack_units: float  # in the office
    office_power_w: float
    customer_power_w: float
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PointToPoint:
    """What a fibre per customer would take; the classes add up to the whole."""

    fibre_km: float
    duct_bores_km: float
    cost_total: float
    fibres_per_customer: int
    fibres: int
    duct_fill_percent: float  # of the section of all ducts, by length
    duct_fill_most_percent: float  # in the fullest stretch
    rack_units: float
    power_w: float  # at both ends
    by_class: Mapping[str, ClassBaseline]

    def as_facts(self) -> dict[str, object]:
        """Give everything as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shares:
    """Sums over stretches: by class, and of ducts."""

    fibre_m: FloatArray  # (classes,)
    cost: FloatArray  # (classes,)
    bore_m: float
    filled_m: float  # share of section times metres of bore
    fullest: float


def point_to_point(
    problem: PlanProblem, tree: RootedTree, cables: CablePrices, *, fibres_per_customer: int = 1
) -> PointToPoint:
    """Price dedicated fibres from the office to each customer over the opened routes.

    Every segment gets the cheapest cables that hold its fibres, side by side; all fibres end on frames in the office;
    closures, splices and the equipment at both ends are those of the customer's class. A customer with more E1 than
    the class's modem has ports gets several modems, each with fibres of its own.

    Parameters
    ----------
    fibres_per_customer
        Fibres that one terminal uses: 1 with both directions on one fibre, 2 with a fibre for each.
    """
    catalogue, customers = problem.catalogue, [problem.customers[row] for row in problem.served.tolist()]
    names = sorted({customer.customer_class for customer in customers})
    groups = np.array([names.index(customer.customer_class) for customer in customers], np.int64)
    sets = np.array([terminals_needed(catalogue, customer) for customer in customers], np.int64)
    fibres = sets * fibres_per_customer
    on_edge, at_office = _fibres_per_edge(problem, tree, fibres, groups, len(names))
    shares = _shares(problem, cables, on_edge)
    cost = (
        shares.cost
        + sum(_frame_costs(catalogue, row) for row in at_office)
        + np.bincount(groups, _own_costs(problem, sets, fibres), len(names))
    )
    cost += _closure_costs(problem, fibres, groups, len(names))
    rounded = _rounded_to(cost, 2)
    by_class = {}
    for number, name in enumerate(names):
        mine = groups == number
        units = int(sets[mine].sum())
        baseline = catalogue.customer_classes[name].point_to_point_baseline
        by_class[name] = ClassBaseline(
            baseline=baseline,
            customers=int(mine.sum()),
            fibres=int(fibres[mine].sum()),
            fibre_km=round(float(shares.fibre_m[number]) / 1000.0, 3),
            rack_units=round(units * _per_set(catalogue, baseline, "office", "rack_units"), 2),
            office_power_w=round(units * _per_set(catalogue, baseline, "office", "power_w"), 1),
            customer_power_w=round(units * _per_set(catalogue, baseline, "customer", "power_w"), 1),
            cost=rounded[number],
        )
    parts = by_class.values()
    return PointToPoint(
        fibre_km=round(float(shares.fibre_m.sum()) / 1000.0, 3),
        duct_bores_km=round(shares.bore_m / 1000.0, 3),
        cost_total=round(math.fsum(part.cost for part in parts), 2),
        fibres_per_customer=fibres_per_customer,
        fibres=int(fibres.sum()),
        duct_fill_percent=round(100.0 * shares.filled_m / shares.bore_m, 2) if shares.bore_m else 0.0,
        duct_fill_most_percent=round(100.0 * shares.fullest, 2),
        rack_units=round(math.fsum(part.rack_units for part in parts), 2),
        power_w=round(math.fsum(part.office_power_w + part.customer_power_w for part in parts), 1),
        by_class=by_class,
    )


def terminals_needed(catalogue: Catalogue, customer: NetworkCustomer) -> int:
    """Give how many point-to-point terminals carry a customer's E1 circuits; one where the terminal has no E1."""
    baseline = catalogue.customer_classes[customer.customer_class].point_to_point_baseline
    ports = _per_set(catalogue, baseline, "customer", "e1_ports")
    circuits = sum(catalogue.services[name].e1_circuits * count for name, count in customer.services)
    return max(1, math.ceil(circuits / ports)) if ports else 1


def _per_set(catalogue: Catalogue, baseline: str, end: str, what: str) -> float:
    """Give the sum of a figure over the equipment at one end of one connection."""
    rows = (row for row in catalogue.point_to_point.values() if row.baseline == baseline and row.end == end)
    return float(sum(getattr(row, what) for row in rows))


def _fibres_per_edge(
    problem: PlanProblem, tree: RootedTree, fibres: IntArray, groups: IntArray, num_groups: int
) -> tuple[IntArray, IntArray]:
    """Count the fibres of each class over every edge of the tree (edges, classes), and at every office likewise."""
    below = np.zeros((len(tree.parents), num_groups), np.int64)
    np.add.at(below, (problem.premises, groups), fibres)
    on_edge = np.zeros((len(problem.graph.tails) + len(problem.offices), num_groups), np.int64)
    for junction in tree.order[:0:-1].tolist():
        on_edge[tree.parent_edges[junction]] = below[junction]
        below[tree.parents[junction]] += below[junction]
    return on_edge[: len(problem.graph.tails)], on_edge[len(problem.graph.tails) :]


def _shares(problem: PlanProblem, cables: CablePrices, on_edge: IntArray) -> _Shares:
    """Price every stretch with its trench, ducts and trunk cables, and share it out by fibres."""
    graph, catalogue, rules = problem.graph, problem.catalogue, problem.area.rules
    counts = on_edge.sum(axis=1)
    duct, duct_cost = catalogue.duct_types[rules.duct], unit_cost(catalogue, rules.duct)
    per_m = build_costs_per_m(catalogue, rules)
    mixes: dict[int, tuple[list[CableType], float]] = {}
    cost = np.zeros(on_edge.shape[1])
    bore_m, filled_m, fullest = 0.0, 0.0, 0.0
    for edge in np.flatnonzero(counts).tolist():
        length_m, surface, count = float(graph.lengths_m[edge]), graph.surfaces[edge], int(counts[edge])
        if graph.kinds[edge] in ("drop", "indoor"):
            cost += length_m * unit_cost(catalogue, surface) * on_edge[edge] / count
            continue
        if count not in mixes:
            mixes[count] = _cable_mix(cables, count)
        mix, cable_cost = mixes[count]
        each = per_m[surface] + cable_cost
        method = catalogue.surfaces[surface].method
        if method in ("trench", "existing-duct"):
            bores = bores_needed([row.diameter_mm for row in mix], duct)
            assert bores is not None  # noqa: S101 - only cables that enter the duct are laid
            fill = sum(row.diameter_mm**2 for row in mix) / (bores * duct.inner_mm**2)
            bore_m, filled_m, fullest = (
                bore_m + bores * length_m,
                filled_m + fill * bores * length_m,
                max(fullest, fill),
            )
            each += (bores - 1) * duct_cost * (method == "trench")
        cost += length_m * each * on_edge[edge] / count
    fibre_m = (on_edge * graph.lengths_m[:, None]).sum(axis=0)
    return _Shares(fibre_m=fibre_m, cost=cost, bore_m=bore_m, filled_m=filled_m, fullest=fullest)


def _cable_mix(cables: CablePrices, count: int) -> tuple[list[CableType], float]:
    """Give cables for so many fibres, full ones of the largest and the cheapest for the rest, and a metre's cost."""
    full, rest = divmod(count, int(cables.usable[-1]))
    chosen = [len(cables.usable) - 1] * full
    if rest:
        fitting = np.flatnonzero(cables.usable >= rest)
        chosen.append(int(fitting[np.argmin(cables.cost_per_m[fitting])]))
    return [cables.types[index] for index in chosen], float(sum(cables.cost_per_m[index] for index in chosen))


def _frame_costs(catalogue: Catalogue, fibres: IntArray) -> FloatArray:
    """Give (classes,) the frames on which an office's fibres end, full large ones and the cheapest for the rest."""
    total = int(fibres.sum())
    if not total:
        return np.zeros(len(fibres))
    largest = max(row.fibres for row, _ in boxes_of(catalogue, "odf"))
    sizes = [largest] * (total // largest) + [total % largest] * (total % largest > 0)
    frames = [enclosure_for(catalogue, "odf", fibres=size, splitters=0, cables=1)[0] for size in sizes]
    return np.asarray(sum(installed_cost(catalogue, row) for row in frames) * fibres / total, np.float64)


def _own_costs(problem: PlanProblem, sets: IntArray, fibres: IntArray) -> FloatArray:
    """Give (c,) ports, terminals, splices, frame ports, drop and work of each customer."""
    catalogue = problem.catalogue
    ends = catalogue.terminations["olt"].splices + catalogue.terminations["onu"].splices
    per_fibre = (ends + 1) * unit_cost(catalogue, "splice") + unit_cost(catalogue, "odf-port")
    drop_m = problem.graph.lengths_m[problem.drop_edges] * (1.0 + problem.area.rules.cable_slack)
    drop_per_m = {count: _drop_cost_per_m(catalogue, count) for count in set(fibres.tolist())}
    costs = fibres * per_fibre + drop_m * np.array([drop_per_m[count] for count in fibres.tolist()], np.float64)
    equipment = [_set_cost(catalogue, problem.customers[row].customer_class) for row in problem.served.tolist()]
    costs += sets * (np.array(equipment, np.float64) + unit_cost(catalogue, "p2p-commissioning"))
    return np.asarray(costs + unit_cost(catalogue, "drop-connection"), np.float64)


def _set_cost(catalogue: Catalogue, customer_class: str) -> float:
    baseline = catalogue.customer_classes[customer_class].point_to_point_baseline
    rows = (row for row in catalogue.point_to_point.values() if row.baseline == baseline)
    return sum(unit_cost(catalogue, row.id) for row in rows)


def _drop_cost_per_m(catalogue: Catalogue, fibres: int) -> float:
    """Give what drop cables with so many fibres cost per metre: one cable that holds them, or several of a kind."""
    rows = [row for row in catalogue.cable_types.values() if row.role == "drop" and row.allowed_in_design]
    return min((-(-fibres // row.fibres) * unit_cost(catalogue, row.id) for row in rows), default=0.0)


def _closure_costs(problem: PlanProblem, fibres: IntArray, groups: IntArray, num_groups: int) -> FloatArray:
    """Give (classes,) the closures where drops begin, each shared out by the fibres spliced in it."""
    splices: Counter[int] = Counter()
    drops = Counter(problem.access.tolist())
    for junction, count in zip(problem.access.tolist(), fibres.tolist(), strict=True):
        splices[junction] += count
    price = {
        junction: installed_cost(
            problem.catalogue,
            enclosure_for(
                problem.catalogue, "closure", fibres=splices[junction], splitters=0, cables=drops[junction] + 2
            )[0],
        )
        for junction in splices
    }
    each = [
        price[junction] * count / splices[junction]
        for junction, count in zip(problem.access.tolist(), fibres.tolist(), strict=True)
    ]
    return np.asarray(np.bincount(groups, np.array(each, np.float64), num_groups), np.float64)


def _rounded_to(values: Sequence[float] | FloatArray, digits: int) -> list[float]:
    """Round numbers so that they add up to their rounded sum: the last takes what is left over."""
    rounded = [round(float(value), digits) for value in values]
    if rounded:
        rounded[-1] = round(round(math.fsum(values), digits) - math.fsum(rounded[:-1]), digits)
    return rounded
