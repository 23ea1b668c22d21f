"""That what protects and what is protected come no nearer to each other when cables are merged."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ponplan.design.sheaths.prices import BothSheaths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.design.sheaths.merging import Merger
    from ponplan.design.sheaths.plant import Plant, Sheath, Way
    from ponplan.topology.survey import Survey


class Apart:
    """The pairs of working and protecting paths of a plan, as their links come to lie in other cables."""

    def __init__(self, survey: Survey, plant: Plant) -> None:
        self.plant = plant
        self.pairs = [(pair.working, pair.protecting) for pair in survey.path_pairs]
        self.pairs_of: dict[int, list[int]] = defaultdict(list)
        for number, pair in enumerate(self.pairs):
            for row in dict.fromkeys((*pair[0], *pair[1])):
                self.pairs_of[row].append(number)
        # a duct less may be one that kept two ways apart where they have to go through one street
        self.shared_routes = {entry.thing for entry in survey.network.exposures if entry.kind == "trench"}

    def stays(self, merger: Merger) -> bool:
        """Say whether no pair comes to share a cable, or a node where it is spliced, that it did not share."""
        touched = dict.fromkeys(number for row in merger.ways for number in self.pairs_of.get(row, ()))
        if not touched:
            return True
        if self.shared_routes and any(
            route in self.shared_routes for key in merger.gone for route in self.plant.sheaths[key].routes
        ):
            return False
        old, new = self.plant.sheaths, BothSheaths(merger.sheaths, self.plant.sheaths)
        for number in touched:
            if self._num_shared(number, merger.ways, new) > self._num_shared(number, {}, old):
                return False
        return True

    def _num_shared(self, number: int, ways: Mapping[int, Way], sheaths: Mapping[int, Sheath]) -> int:
        """Give how many cables and nodes both paths of a pair use."""
        (one, nodes), (other, other_nodes) = (self._things(rows, ways, sheaths) for rows in self.pairs[number])
        return len(one & other) + len(nodes & other_nodes)

    def _things(
        self, rows: tuple[int, ...], ways: Mapping[int, Way], sheaths: Mapping[int, Sheath]
    ) -> tuple[set[int], set[str]]:
        cables: set[int] = set()
        nodes: set[str] = set()
        for row in rows:
            way = ways.get(row, self.plant.ways[row])
            cables.update(key for key, _, _ in way)
            nodes.update(node for node, _, fibres in self.plant.needs(row, way, sheaths) if fibres)
        return cables, nodes
