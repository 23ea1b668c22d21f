"""The records of a network while it is being put together."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.newrecords import NewRecords
from ponplan.design.prices import installed_cost
from ponplan.topology.network import Cable, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Enclosure
    from ponplan.design.problem import PlanProblem

    Boxes = Sequence[tuple[Enclosure, float]]


@dataclass(slots=True)
class Draft(NewRecords):
    """Lists that the steps of the assembly add to, in file order."""

    problem: PlanProblem
    has_full_bearer: bool = False  # some element or chassis of the bearer lacks ports or capacity
    diameters_mm: dict[int, list[float]] = field(default_factory=dict)  # segment -> those of the cables in it
    last_numbers: Counter[str] = field(default_factory=Counter)  # of each prefix
    entered: dict[str, tuple[int, int]] = field(default_factory=dict)  # kept closure -> fibres and cables put into it
    is_without_hosts: bool = False  # whether no splitters are set up
    suffix: str = ""  # behind the names of second drops
    boxes: dict[str, Boxes] = field(default_factory=dict)  # of each kind asked for, cheapest first
    rooms: dict[int, str] = field(init=False)  # site of the building room at a junction

    def __post_init__(self) -> None:
        junctions = self.problem.graph.site_junctions.tolist()
        sites = zip(junctions, self.problem.area.sites, strict=True)
        self.rooms = {junction: site.id for junction, site in sites if site.kind == "room"}
        second = zip(self.problem.graph.second_sites.tolist(), self.problem.area.sites, strict=False)
        self.rooms |= {junction: site.id for junction, site in second if junction >= 0}

    def next_id(self, prefix: str, *, digits: int = 5) -> str:
        """Give the next number behind a prefix."""
        while True:
            self.last_numbers[prefix] += 1
            identity = f"{prefix}{self.last_numbers[prefix]:0{digits}d}"
            if self.fresh(identity) == identity:
                return identity

    def fresh(self, wanted: str) -> str:
        """Give an id like the one wanted that no kept record has."""
        standing = self.problem.standing
        return wanted if standing is None else standing.fresh(wanted)

    def boxes_of(self, kind: str) -> Boxes:
        """Give the enclosures of a kind with what each costs, cheapest first; they are asked for very often."""
        if kind not in self.boxes:
            self.boxes[kind] = boxes_of(self.problem.catalogue, kind)
        return self.boxes[kind]

    def add_node(
        self,
        identity: str,
        kind: str,
        junction: int,
        *,
        enclosure: Enclosure | None = None,
        name: str = "",
        site: str = "",
        state: str = "new",
    ) -> str:
        """Add a node at a junction and give its id."""
        graph = self.problem.graph
        self.nodes.append(
            Node(
                id=identity,
                kind=kind,
                junction=graph.junction_ids[junction],
                x_m=round(float(graph.junction_x_m[junction]), 3),
                y_m=round(float(graph.junction_y_m[junction]), 3),
                enclosure=enclosure.id if enclosure else "",
                name=name,
                site=site,
                state=state,
            )
        )
        return identity

    def add_cable(
        self, role: str, cable_type: str, from_node: str, to_node: str, edges: Sequence[int], identity: str
    ) -> str:
        """Add a cable over these segments and give its id."""
        problem = self.problem
        length_m = round(float(np.sum(problem.graph.lengths_m[list(edges)])), 3)
        self.cables.append(
            Cable(
                id=identity,
                role=role,
                type=cable_type,
                from_node=from_node,
                to_node=to_node,
                routes=tuple(problem.graph.segment_ids[edge] for edge in edges),
                length_m=length_m,
                # rounded up, so that no cable is shorter than the rule wants
                slack_m=math.ceil(length_m * problem.area.rules.cable_slack * 1000.0 - 1e-6) / 1000.0,
            )
        )
        for edge in edges:
            self.diameters_mm.setdefault(edge, []).append(problem.catalogue.cable_types[cable_type].diameter_mm)
        return identity


def pick_enclosure(draft: Draft, kind: str, *, fibres: int, splitters: int, cables: int) -> tuple[Enclosure, bool]:
    """Give the cheapest enclosure of a kind that holds so much; else the roomiest, and False."""
    return _cheapest(draft.boxes_of(kind), fibres=fibres, splitters=splitters, cables=cables)


def holds(row: Enclosure, *, fibres: int, splitters: int, cables: int) -> bool:
    """Say whether an enclosure takes so many fibres, splitters and cables."""
    return row.fibres >= fibres and row.splitter_slots >= splitters and row.cables >= cables


def enclosure_for(
    catalogue: Catalogue, kind: str, *, fibres: int, splitters: int, cables: int
) -> tuple[Enclosure, bool]:
    """Give the cheapest enclosure of a kind in a catalogue that holds so much; else the roomiest, and False."""
    return _cheapest(boxes_of(catalogue, kind), fibres=fibres, splitters=splitters, cables=cables)


def boxes_of(catalogue: Catalogue, kind: str) -> Boxes:
    """Give the enclosures of a kind that may be used, and what each costs with its work, cheapest first."""
    rows = [row for row in catalogue.enclosures.values() if row.kind == kind and row.allowed_in_design]
    boxes = [(row, installed_cost(catalogue, row)) for row in rows]
    return sorted(boxes, key=lambda box: (box[1], box[0].id))


def _cheapest(boxes: Boxes, *, fibres: int, splitters: int, cables: int) -> tuple[Enclosure, bool]:
    for row, _ in boxes:
        if holds(row, fibres=fibres, splitters=splitters, cables=cables):
            return row, True
    return max((row for row, _ in boxes), key=lambda row: (row.cables, row.fibres, row.id)), False
