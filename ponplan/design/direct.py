"""Customers with a direct fibre: from which office, over which transceiver, and what any plan for them costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.chassis import cards_for, chassis_for
from ponplan.design.covers import cheapest_cover
from ponplan.design.optics import ON_PORT, PathShape, passage_fits
from ponplan.design.planes import optics_for
from ponplan.design.prices import unit_cost
from ponplan.design.refused import NotDirect
from ponplan.design.standing.relief import Relief
from ponplan.errors import CatalogueError, Fault
from ponplan.topology.load import usable_rates_bps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue.model import OltOptics
    from ponplan.design.draft import Draft
    from ponplan.design.problem import PlanProblem
    from ponplan.design.trench import Trunk

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectGround:
    """Everybody, and those of them with a direct fibre; `rows` are their positions in the problem of all."""

    whole: PlanProblem
    problem: PlanProblem
    rows: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectPlan:
    """The office and the transceiver of each customer with a direct fibre."""

    ground: DirectGround
    offices: IntArray  # (c,) indexes into the problem's offices
    optics: tuple[OltOptics, ...]

    @property
    def problem(self) -> PlanProblem:
        """Give the problem of these customers alone."""
        return self.ground.problem


def direct_ground(problem: PlanProblem) -> DirectGround | None:
    """Give the customers with a direct fibre; None where there are none.

    Raises
    ------
    CatalogueError
        When nothing that lights one may be used in design.
    """
    is_direct = problem.is_direct
    if not is_direct.any():
        return None
    own = problem.only(is_direct)
    for technology in sorted(set(own.technologies.tolist())):
        _refuse_without_equipment(own, technology)
    return DirectGround(whole=problem, problem=own, rows=np.flatnonzero(is_direct))


def _refuse_without_equipment(problem: PlanProblem, technology: str) -> None:
    needed = {
        "transceiver of an allowed optical class": optics_for(problem, problem.catalogue.technologies[technology]),
        "line card": cards_for(problem, technology),
        "shelf": chassis_for(problem, takes="direct"),
    }
    for what, rows in needed.items():
        if not rows:
            raise CatalogueError([Fault(file="catalogue", problem=f"{technology} has no {what} allowed in design")])


def decide_direct(ground: DirectGround, trunk: Trunk, joints: IntArray) -> DirectPlan:
    """Choose for each customer the office on whose routes it lies, and the cheapest transceiver that fits.

    Parameters
    ----------
    joints
        (c,) how many splices between cables each customer's light is expected to meet.

    Raises
    ------
    NotDirect
        When no transceiver reaches somebody, or none carries what somebody needs; by positions in the whole problem.
    """
    problem = ground.problem
    offices = trunk.office_of(problem.access, problem.offices)
    lengths_m = trunk.tree.distances_m(problem.access, problem.offices[offices])
    lengths_m = lengths_m + problem.graph.lengths_m[problem.drop_edges]
    optics: list[OltOptics] = []
    refused: dict[int, str] = {}
    for member, (length_m, met) in enumerate(zip(lengths_m.tolist(), joints.tolist(), strict=True)):
        shape = PathShape(length_m=length_m, joints=met)
        chosen, reason = _transceiver(problem, member, shape)
        if chosen is None:
            refused[int(ground.rows[member])] = reason
        else:
            optics.append(chosen)
    if refused:
        raise NotDirect(refused)
    return DirectPlan(ground=ground, offices=offices, optics=tuple(optics))


def _transceiver(problem: PlanProblem, member: int, shape: PathShape) -> tuple[OltOptics | None, str]:
    """Give the cheapest transceiver for a customer; if there is none, the reason."""
    technology = problem.catalogue.technologies[str(problem.technologies[member])]
    load_bps = np.array([problem.down_bps[member], problem.up_bps[member]])
    rates_bps = np.zeros(2)
    for row, _ in optics_for(problem, technology):
        group = problem.catalogue.optical_classes[row.optical_class]
        if not passage_fits(problem, technology, group, ON_PORT, [shape]):
            continue
        rates_bps = np.array(usable_rates_bps(problem.catalogue, technology, group, num_onus=1))
        if np.all(load_bps <= rates_bps):
            return row, ""
    if rates_bps.any():
        down, up = (load_bps / 1e6).tolist()
        return None, (
            f"needs {down:.0f} Mbit/s down and {up:.0f} up at the horizon; "
            f"a {technology.id} port carries {rates_bps.min() / 1e6:.0f}"
        )
    return None, (
        f"{shape.length_m:.0f} m of fibre without a splitter are outside reach or light budget, too weak or too"
        f" strong, of every {technology.id} transceiver allowed"
    )


def joints_met(direct: DirectPlan, draft: Draft) -> IntArray:
    """Give how many cable-to-cable splices each customer's light meets."""
    met = {link.to_device: max(len(link.strands) - 1, 0) for link in draft.links}
    customers = [direct.problem.customers[row] for row in direct.problem.served.tolist()]
    return np.array([met[f"ONU-{customer.id}"] for customer in customers], np.int64)


def direct_limits_m(problem: PlanProblem) -> FloatArray:
    """Give (c,) how long each fibre may be at most, over all transceivers allowed."""
    classes, rows = problem.catalogue.optical_classes, problem.catalogue.technologies
    reach_m = {
        name: max(
            min(rows[name].max_reach_m, classes[row.optical_class].max_reach_m)
            for row, _ in optics_for(problem, rows[name])
        )
        for name in sorted(set(problem.technologies.tolist()))
    }
    return np.array([reach_m[name] for name in problem.technologies.tolist()], np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectBound:
    """Least cost of direct fibres by part of the bill, terminals and digging left out."""

    cable: float = 0.0  # fibre, splices, frame ports
    active: float = 0.0  # transceivers, line cards, shelves


def direct_bound(problem: PlanProblem, office_m: FloatArray, *, fibre_cost_per_m: float) -> DirectBound:
    """Bound what customers with direct fibres cost beside trench, terminals and drops.

    Beside kept plant its dark ports, free places on cards and free slots cost nothing, nor does fibre where dark ones
    lie; every link is new, with its splices and its port on a frame.

    Parameters
    ----------
    problem
        Theirs alone.
    office_m
        (n,) least metres of paid fibre from each junction to an office.
    fibre_cost_per_m
        v of a line F + v n that lies under the price of cable for every number n of fibres, those of others included.
    """
    if not len(problem.served):
        return DirectBound()
    catalogue, ends = problem.catalogue, problem.catalogue.terminations
    splices = len(problem.served) * (ends["olt"].splices + ends["onu"].splices)
    splices += int((~np.isin(problem.access, problem.offices)).sum())  # where the drop begins
    fibre = fibre_cost_per_m * float(office_m[problem.access].sum())
    frames = len(problem.served) * unit_cost(catalogue, "odf-port")
    return DirectBound(
        cable=fibre + splices * unit_cost(catalogue, "splice") + frames,
        active=_equipment_cost(problem),
    )


def _equipment_cost(problem: PlanProblem) -> float:
    relief, found, needs = Relief(problem), 0.0, dict[tuple[str, str], int]()
    work = unit_cost(problem.catalogue, "pon-port-commissioning")
    keys = list(zip(problem.bearers.tolist(), problem.technologies.tolist(), strict=True))
    for bearer, name in sorted(set(keys)):
        technology = problem.catalogue.technologies[name]
        ports = max(0, keys.count((bearer, name)) - relief.dark_ports(name, bearer))
        needs[bearer, name] = max(0, ports - relief.free_spots(name, bearer))
        found += ports * (optics_for(problem, technology)[0][1] + work)
    return found + _shelves_cost(problem, relief, needs)


def _shelves_cost(problem: PlanProblem, relief: Relief, needs: Mapping[tuple[str, str], int]) -> float:
    """Give the cheapest cards for the ports of each technology and bearer, and shelves for each bearer's cards."""
    catalogue, total = problem.catalogue, 0.0
    shelves = chassis_for(problem, takes="direct")
    for bearer in sorted(set(problem.bearers.tolist())):
        cards = 0
        for technology, ports in ((name, count) for (own, name), count in needs.items() if own == bearer):
            rows = cards_for(problem, technology)
            total += _cover([row.ports for row in rows], [unit_cost(catalogue, row.id) for row in rows], ports)
            cards += -(-ports // max(row.ports for row in rows))
        cards = max(0, cards - relief.free_slots(bearer, takes="direct"))
        total += _cover([row.card_slots for row in shelves], [unit_cost(catalogue, row.id) for row in shelves], cards)
    return total


def _cover(sizes: Sequence[int], costs: Sequence[float], need: int) -> float:
    return cheapest_cover(sizes, costs, need)[0]
