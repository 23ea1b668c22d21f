"""Customers on free legs of kept splitters: whom it pays to connect there, over dark fibres as far as these lead."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.assignments import bound_customers
from ponplan.design.prices import unit_cost
from ponplan.design.pricing import cable_floor_costs, opening_costs
from ponplan.design.problem import sharing_of
from ponplan.design.standing.dark import DarkFibres
from ponplan.optimise.graph import SparseGraph
from ponplan.optimise.nearest import nearest_sources

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from numpy.typing import NDArray

    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.prices import Line
    from ponplan.design.problem import PlanProblem
    from ponplan.design.standing.standing import Standing

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

EXITS_LOOKED_AT = 12  # nearest ones of each customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A place where new cable may go on: a kept splitter's own node, or a junction that its dark fibres pass."""

    host: str
    junction: int
    cables: tuple[int, ...]  # rows of the kept cables whose dark fibre leads here, in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A customer's leg, and the exit from which new cable leads on."""

    member: int
    splitter: str
    number: int
    exit: Exit


def all_exits(problem: PlanProblem, standing: Standing, dark: DarkFibres) -> list[Exit]:
    """Give every exit of every kept splitter that has a free leg."""
    index_of = {name: index for index, name in enumerate(problem.graph.junction_ids)}
    plant, found = standing.plant, []
    for host, splitters in sorted(plant.node_splitters.items()):
        junction = plant.index.nodes[host].junction
        if junction not in index_of or not any(plant.free_legs(name) for name in splitters):
            continue
        if plant.cables_left(host) >= 1:
            found.append(Exit(host=host, junction=index_of[junction], cables=()))
        reached = {junction}
        for rows, entered in dark.ways_from([host]):
            for name in plant.survey.tracks[rows[-1]].junctions[entered + 1 :]:
                if name in index_of and name not in reached:
                    reached.add(name)
                    found.append(Exit(host=host, junction=index_of[name], cables=rows))
    return found


def choose_legs(
    problem: PlanProblem,
    planes: Sequence[Plane],
    places: Sequence[Place],
    graph: SparseGraph,
    *,
    worth: float,
    refused: Container[int],
) -> list[Leg]:
    """Give the legs that it pays to use; those first that save most.

    Parameters
    ----------
    graph
        As `price_graph` gives it.
    worth
        Which share of a new splitter with its port a customer without a free leg is taken to cost.
    refused
        Customers who must not be put on a free leg.
    """
    standing = problem.standing
    assert standing is not None  # noqa: S101 - nothing calls this without kept plant
    dark = DarkFibres(standing)
    exits = all_exits(problem, standing, dark)
    if not exits:
        return []
    closure = _closure_cost(problem)
    offsets = np.array([closure if one.cables else 0.0 for one in exits])
    junctions = np.array([one.junction for one in exits], np.int64)
    labels, costs = nearest_sources(graph, junctions, width=min(EXITS_LOOKED_AT, len(exits)), offsets=offsets)
    limits = _alternatives(problem, planes, places, graph, worth)
    picking = _Picking(problem, planes, standing, dark)
    bound = set(bound_customers(problem).tolist())
    rows, ranks = np.nonzero(labels[problem.access] >= 0)
    order = np.argsort(costs[problem.access[rows], ranks] - limits[rows], kind="stable")
    for member, rank in zip(rows[order].tolist(), ranks[order].tolist(), strict=True):
        cost = float(costs[problem.access[member], rank])
        if (
            member not in refused
            and member not in bound
            and problem.protections[member] == "none"
            and not problem.is_direct[member]
            and cost < limits[member]
        ):
            picking.try_on(member, exits[int(labels[problem.access[member], rank])])
    return picking.legs


def price_graph(problem: PlanProblem, line: Line, dug: IntArray) -> SparseGraph:
    """Give what laying one more fibre costs on each segment; segments that are dug in any case are open."""
    graph = problem.graph
    trunk = np.isin(graph.kinds, ["route", "lead-in"])
    opening = opening_costs(problem)
    opening[dug] = 0.0
    costs = opening + cable_floor_costs(problem, line.fixed) + line.slope * graph.lengths_m
    return SparseGraph.from_edges(len(graph.junction_ids), graph.tails[trunk], graph.heads[trunk], costs[trunk])


def _alternatives(
    problem: PlanProblem, planes: Sequence[Plane], places: Sequence[Place], graph: SparseGraph, worth: float
) -> FloatArray:
    """Give (c,) what each customer is taken to cost on a new splitter."""
    junctions = np.array([place.junction for place in places], np.int64)
    _, costs = nearest_sources(graph, junctions, width=1)
    found: FloatArray = costs[problem.access, 0].copy()
    for plane in planes:
        whole = plane.port_cost + plane.optics_costs[0] + min(plane.splitter_costs)
        found[plane.members] += worth * whole
    return found


def _closure_cost(problem: PlanProblem) -> float:
    rows = [r for r in problem.catalogue.enclosures.values() if r.kind == "closure" and r.allowed_in_design]
    return min((unit_cost(problem.catalogue, row.id) for row in rows), default=0.0)


class _Picking:
    """Legs, fibres and loads while customers are put on free legs."""

    def __init__(self, problem: PlanProblem, planes: Sequence[Plane], standing: Standing, dark: DarkFibres) -> None:
        self.legs: list[Leg] = []
        self._problem = problem
        self._standing = standing
        self._dark = dark
        self._plane = {member: plane for plane in planes for member in plane.members.tolist()}
        self._done: set[int] = set()
        plant = standing.plant
        self._free = {one.id: plant.free_legs(one.id) for one in standing.network.splitters}
        self._taken: Counter[tuple[int, ...]] = Counter()  # fibres of each cable by its row, as a tuple of one
        self._in_node: Counter[str] = Counter()
        self._port_loads = plant.survey.port_loads_after_bps(standing.rules.horizon_years).copy()
        self._port_onus = plant.survey.port_onus.astype(int).copy()
        self._sharing = self._sharing_of_ports()

    def try_on(self, member: int, exit_: Exit) -> None:
        """Put a customer on a leg behind an exit if there is one left for it."""
        plant = self._standing.plant
        if member in self._done or member not in self._plane:  # hung already, or on direct fibre
            return
        if any(self._dark.left(row) - self._taken[row,] < 1 for row in exit_.cables):
            return
        if plant.fibres_left(exit_.host) - self._in_node[exit_.host] < 1:
            return
        for splitter in plant.node_splitters[exit_.host]:
            if self._free[splitter] and self._fits(member, splitter):
                number = self._free[splitter].pop(0)
                self.legs.append(Leg(member=member, splitter=splitter, number=number, exit=exit_))
                self._done.add(member)
                self._in_node[exit_.host] += 1
                self._taken.update((row,) for row in exit_.cables)
                for port in plant.splitter_ports[splitter]:
                    self._port_loads[port] += self._load(member)
                    self._port_onus[port] += 1
                    self._sharing[port] = str(self._problem.sharing[member])
                return

    def _fits(self, member: int, splitter: str) -> bool:
        """Say whether every port behind a splitter may and can carry one more customer of this plane."""
        problem, plant, plane = self._problem, self._standing.plant, self._plane[member]
        ports = plant.splitter_ports.get(splitter, ())
        if plant.index.splitters[splitter].technology != plane.technology.id or not ports:
            return False
        for port in ports:
            onus = int(self._port_onus[port]) + 1
            if plant.bearer_of(port) != plane.bearer or onus > len(plane.rates_bps):
                return False
            if self._sharing[port] not in ("", str(problem.sharing[member])):
                return False
            if np.any(self._port_loads[port] + self._load(member) > plane.rates_bps[onus - 1]):
                return False
        return True

    def _load(self, member: int) -> FloatArray:
        return np.array([self._problem.down_bps[member], self._problem.up_bps[member]])

    def _sharing_of_ports(self) -> list[str]:
        """Give with whom the customers of each port share; empty where there are none or none with rules."""
        words: dict[int, str] = defaultdict(str)
        paths = self._standing.plant.survey.onu_paths
        network = self._standing.network
        customers = {customer.id: customer for customer in network.customers}
        for onu, port in zip(paths.onus.tolist(), paths.ports.tolist(), strict=True):
            words[port] = sharing_of(customers[network.onus[onu].customer], self._standing.rules)
        return [words[port] for port in range(len(network.ports))]
