"""The plants that stand side by side: a plane per technology and bearer, with what it may use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.prices import unit_cost
from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.catalogue.model import OltOptics, OpticalClass, Splitter, Technology
    from ponplan.design.problem import PlanProblem


@dataclass(frozen=True)
class Plane:
    """The plant of one technology toward one bearer network; customers of different bearers share no port.

    Parameters
    ----------
    members
        Positions of its customers in the problem's `served`.
    splitters
        Balanced ones with one input, by ascending number of legs, none beyond the split limit.
    optics
        Transceivers that may be used, cheapest first.
    port_cost
        OLT port with its share of card and chassis, patching and splices at both ends of the feeder; no transceiver.
    """

    technology: Technology
    bearer: str
    members: NDArray[np.int64]
    splitters: tuple[Splitter, ...]
    optics: tuple[OltOptics, ...]
    classes: tuple[OpticalClass, ...]
    optics_costs: tuple[float, ...]
    splitter_costs: tuple[float, ...]
    port_cost: float

    @cached_property
    def max_legs(self) -> int:
        """Legs of the largest splitter."""
        return self.splitters[-1].outputs


def planes_of(problem: PlanProblem) -> list[Plane]:
    """Give a plane for every technology and bearer that some served customer needs, in the catalogue's order.

    Raises
    ------
    CatalogueError
        When a technology has no splitter, transceiver or card that may be used in design.
    """
    used = sorted(set(zip(problem.technologies.tolist(), problem.bearers.tolist(), strict=True)))
    rows = problem.catalogue.technologies
    order = {technology: place for place, technology in enumerate(rows)}
    used.sort(key=lambda pair: (order[pair[0]], pair[1]))
    return [_plane(problem, rows[technology], bearer) for technology, bearer in used]


def _plane(problem: PlanProblem, technology: Technology, bearer: str) -> Plane:
    catalogue, rules = problem.catalogue, problem.area.rules
    limit = min(technology.max_split, rules.max_split or technology.max_split)
    splitters = sorted(
        (
            row
            for row in catalogue.splitters.values()
            if row.kind == "balanced" and row.inputs == 1 and row.allowed_in_design and row.outputs <= limit
        ),
        key=lambda row: row.outputs,
    )
    optics = _optics(problem, technology)
    if not splitters or not optics:
        missing = "splitter" if not splitters else "transceiver of an allowed optical class"
        raise CatalogueError([Fault(file="catalogue", problem=f"{technology.id} has no {missing} allowed in design")])
    return Plane(
        technology=technology,
        bearer=bearer,
        members=np.flatnonzero((problem.technologies == technology.id) & (problem.bearers == bearer)),
        splitters=tuple(splitters),
        optics=tuple(row for row, _ in optics),
        classes=tuple(catalogue.optical_classes[row.optical_class] for row, _ in optics),
        optics_costs=tuple(cost for _, cost in optics),
        splitter_costs=tuple(
            unit_cost(catalogue, row.id) + unit_cost(catalogue, "splitter-installation") for row in splitters
        ),
        port_cost=_port_cost(problem, technology),
    )


def _optics(problem: PlanProblem, technology: Technology) -> list[tuple[OltOptics, float]]:
    catalogue = problem.catalogue
    wanted = problem.area.rules.technology_optics.get(technology.id)
    rows = [
        (row, unit_cost(catalogue, row.id))
        for row in catalogue.olt_optics.values()
        if row.allowed_in_design and technology.id in catalogue.optical_classes[row.optical_class].technologies
    ]
    allowed = [
        (row, cost)
        for row, cost in rows
        if catalogue.optical_classes[row.optical_class].allowed_in_design and wanted in (None, row.optical_class)
    ]
    return sorted(allowed, key=lambda entry: (entry[1], entry[0].id))


def _port_cost(problem: PlanProblem, technology: Technology) -> float:
    catalogue = problem.catalogue
    cards = [
        (unit_cost(catalogue, row.id) / row.ports, row)
        for row in catalogue.olt_cards.values()
        if row.technology == technology.id and row.allowed_in_design
    ]
    chassis = [
        unit_cost(catalogue, row.id) / row.card_slots
        for row in catalogue.olt_chassis.values()
        if row.allowed_in_design
    ]
    if not cards or not chassis:
        problem_text = f"{technology.id} has no OLT card or chassis allowed in design"
        raise CatalogueError([Fault(file="catalogue", problem=problem_text)])
    card_share, card = min(cards, key=lambda entry: (entry[0], entry[1].id))
    ends = catalogue.terminations["olt"].splices + catalogue.terminations["splitter-input"].splices
    work = ends * unit_cost(catalogue, "splice") + unit_cost(catalogue, "pon-port-commissioning")
    return card_share + min(chassis) / card.ports + unit_cost(catalogue, "odf-port") + work
