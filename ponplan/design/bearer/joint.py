"""What cards, chassis, uplinks, elements and ways onwards of one bearer cost at least when they must fit each other.

A small program over numbers of things of each type, as if they all stood in one office: cards have slots in chassis,
chassis uplinks for the load without the fastest of each, elements ports for these uplinks and trunks for the load.
Every plan that keeps the rules gives numbers that fit, its offices added up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.bearer.bundles import ETHERNET_BPS, optics_of
from ponplan.design.bearer.offices import METRO, role_of
from ponplan.design.chassis import cards_for, chassis_for
from ponplan.design.prices import unit_cost
from ponplan.optimise.milp import CutProgram, SolverFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ponplan.catalogue.model import BearerElement
    from ponplan.design.bearer.needs import OltNeed
    from ponplan.design.problem import PlanProblem

MAX_NODES = 2_000
_GBPS = 1e9
_TOLERANCE = 1e-6  # of a load in Gbit/s

_Terms = list[tuple[int, float]]  # columns with their factors
_Links = list[tuple[int, int]]  # rates with their columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelving:
    """What goes into the chassis of one bearer: ports and least cards of each technology, and least chassis."""

    ports: Mapping[str, int]
    cards: Mapping[str, int]
    chassis: int = 0


@dataclass(slots=True)
class _Program:
    """Columns of whole numbers up to `most` each, and rows that want so much at least, as they come.

    HiGHS 1.15 calls far too dear answers optimal where whole numbers have no upper bound.
    """

    most: float
    costs: list[float] = field(default_factory=list)
    rows: list[tuple[_Terms, float]] = field(default_factory=list)

    def column(self, cost: float) -> int:
        self.costs.append(cost)
        return len(self.costs) - 1

    def at_least(self, terms: Iterable[tuple[int, float]], low: float = 0.0) -> None:
        self.rows.append((list(terms), low))

    def bound(self) -> float:
        """Give what the best numbers cost at least; nothing where none fit."""
        program = CutProgram(np.array(self.costs), np.full(len(self.costs), self.most))
        for terms, low in self.rows:
            columns, factors = zip(*terms, strict=True) if terms else ((), ())
            program.add(np.array(columns, np.int64), np.array(factors, np.float64), low, np.inf)
        try:
            return max(0.0, program.solve(max_nodes=MAX_NODES).bound)
        except SolverFailure:  # no chassis or element holds it: the plan lists what it breaks
            return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bundles:
    """Links out of things of one type, each bundle with its fastest link to spare."""

    begun: _Terms  # a column for each rate of the fastest link
    carrying: _Links
    links: _Links  # the spare ones too


def joint_bound(problem: PlanProblem, need: OltNeed, shelving: Shelving) -> float:
    """Give the least cost of what stands between ports and the network behind the office; 0 if nothing fits.

    Parameters
    ----------
    need
        Of all customers of the bearer together, none of whom is on kept plant or has a direct fibre.
    """
    program = _Program(most=_most_of_one(need, shelving))
    uplinks = _chassis(problem, program, need, shelving)
    if problem.area.rules.bearer != "uplinks":
        _elements(problem, program, need, uplinks)
    return program.bound()


def _most_of_one(need: OltNeed, shelving: Shelving) -> float:
    """Give more than the least set has of anything: a thing for each port, Gbit/s and VC-12, and its spare links."""
    load_bps = math.fsum([need.load_bps, *need.edges_bps.values()])
    things = sum(shelving.ports.values()) + sum(shelving.cards.values()) + shelving.chassis + need.vc12
    return 10.0 + 4.0 * (things + math.ceil(load_bps / _GBPS))


def _chassis(problem: PlanProblem, program: _Program, need: OltNeed, shelving: Shelving) -> _Links:
    """Let cards fit into chassis whose uplinks carry the load; give the uplinks."""
    cards: list[int] = []
    for technology, count in shelving.ports.items():
        rows = cards_for(problem, technology)
        own = [program.column(unit_cost(problem.catalogue, row.id)) for row in rows]
        program.at_least([(card, row.ports) for card, row in zip(own, rows, strict=True)], count)
        program.at_least([(card, 1.0) for card in own], shelving.cards[technology])
        cards += own
    ends = 1 if problem.area.rules.bearer == "uplinks" else 2
    slots: _Terms = [(card, -1.0) for card in cards]
    chassis, carrying, links = [], [], []
    for row in chassis_for(problem):
        one = program.column(unit_cost(problem.catalogue, row.id))
        bundles = _bundles(problem, program, one, row.uplink_bps, row.uplink_ports, ends=ends)
        program.at_least([*bundles.begun, (one, -1.0)])
        chassis.append(one)
        slots.append((one, row.card_slots))
        carrying += bundles.carrying
        links += bundles.links
    program.at_least(slots)
    program.at_least([(one, 1.0) for one in chassis], shelving.chassis)
    _carry(program, carrying, need.load_bps)
    return links


def _elements(problem: PlanProblem, program: _Program, need: OltNeed, uplinks: _Links) -> None:
    """Let elements have ports for all uplinks, and put through and hand on what these bring."""
    catalogue, role = problem.catalogue, role_of(problem, need.bearer)
    rows = [row for row in catalogue.bearer_elements.values() if row.role == role and row.allowed_in_design]
    work = unit_cost(catalogue, "bearer-commissioning")
    elements = [program.column(unit_cost(catalogue, row.id) + work) for row in rows]
    for rate_bps in ETHERNET_BPS:
        ports = [
            (one, row.access_ports) for one, row in zip(elements, rows, strict=True) if row.access_bps >= rate_bps
        ]
        program.at_least([*ports, *((link, -1.0) for rate, link in uplinks if rate >= rate_bps)])
    if role == "aggregation-switch":
        _trunks(problem, program, need, list(zip(elements, rows, strict=True)))
        return
    if role == "multiplexer":
        program.at_least([(one, row.vc12) for one, row in zip(elements, rows, strict=True)], max(1, need.vc12))
    if role == "multiplexer" or problem.area.rules.bearer == "office":
        for one in elements:  # a ring that closes through what is there already enters each station from two sides
            program.costs[one] += 2.0 * least_ring_end(problem, rows)


def _trunks(
    problem: PlanProblem, program: _Program, need: OltNeed, elements: Sequence[tuple[int, BearerElement]]
) -> None:
    """Let switches have a bundle each at least, and bundles toward each service edge for what goes there."""
    is_metro = problem.area.rules.bearer == "metro"
    loads_bps = need.edges_bps if is_metro else {METRO: need.load_bps}
    carrying: dict[str, _Links] = {edge: [] for edge in loads_bps}
    for one, row in elements:
        begun: _Terms = []
        ports: _Terms = [(one, row.trunk_ports)]
        for own in carrying.values():
            bundles = _bundles(problem, program, one, row.trunk_bps, row.trunk_ports, ends=2 if is_metro else 1)
            begun += bundles.begun
            ports += [(link, -1.0) for _, link in bundles.links]
            own += bundles.carrying
        program.at_least([*begun, (one, -1.0)])
        program.at_least(ports)
    for edge, own in carrying.items():
        _carry(program, own, loads_bps[edge])


def _bundles(
    problem: PlanProblem, program: _Program, thing: int, fastest_bps: int, ports: int, *, ends: int
) -> _Bundles:
    """Give a bundle at most out of each thing with so many ports of this rate, by the rate of the link to spare."""
    optics = [(rate, optics_of(problem.catalogue, rate)) for rate in ETHERNET_BPS if rate <= fastest_bps]
    costs = [(rate, ends * unit_cost(problem.catalogue, name)) for rate, name in optics if name is not None]
    begun: _Terms = []
    carrying, spare = [], []
    for number, (fastest, price) in enumerate(costs, start=1):
        one = program.column(price)
        own = [(rate, program.column(cost)) for rate, cost in costs[:number]]
        program.at_least([*((link, 1.0) for _, link in own), (one, -1.0)])
        program.at_least([(one, ports - 1.0), *((link, -1.0) for _, link in own)])
        begun.append((one, 1.0))
        spare.append((fastest, one))
        carrying += own
    program.at_least([(thing, 1.0), *((one, -1.0) for one, _ in begun)])
    return _Bundles(begun=begun, carrying=carrying, links=[*spare, *carrying])


def _carry(program: _Program, carrying: _Links, load_bps: float) -> None:
    program.at_least([(link, rate / _GBPS) for rate, link in carrying], load_bps / _GBPS - _TOLERANCE)


def least_ring_end(problem: PlanProblem, rows: Iterable[BearerElement]) -> float:
    """Give the cheapest transceiver of a ring's line."""
    optics = [optics_of(problem.catalogue, row.trunk_bps) for row in rows]
    return min((unit_cost(problem.catalogue, name) for name in optics if name is not None), default=0.0)
