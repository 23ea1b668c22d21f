"""That what protects and what is protected come no nearer to each other when cables are merged.

Ports and their partners are kept apart with all that only one of them lights: a cut that took the working leg of one
customer and the protecting leg of another would leave their common ports no side to choose.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ponplan.design.sheaths.prices import BothSheaths, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ponplan.design.sheaths.merging import Merger
    from ponplan.design.sheaths.plant import Plant, Sheath, Way
    from ponplan.topology.survey import Survey

Side = tuple[int, bool]  # the number of a pair of ports, and whether it is the protecting one
Sides = Counter[tuple[str, Side]]  # of nodes


class Apart:
    """Which side of a pair of ports the links of a plan are on, and the nodes where those are spliced or split."""

    def __init__(self, survey: Survey, plant: Plant) -> None:
        self.plant = plant
        self.sides: dict[int, list[Side]] = defaultdict(list)
        self.at_nodes: Sides = Counter()
        # a duct less may be one that kept two ways apart where they have to go through one street
        self.shared_routes = {entry.thing for entry in survey.network.exposures if entry.kind == "trench"}
        lit = _lit_by_port(survey)
        hosts = {splitter.id: splitter.node for splitter in survey.network.splitters}
        for pair, (working, protecting) in enumerate(_partners(survey)):
            for is_protecting, links in (
                (False, lit[working] - lit[protecting]),
                (True, lit[protecting] - lit[working]),
            ):
                for row in sorted(links):
                    self.sides[row].append((pair, is_protecting))
            reached = [
                {plant.links[row].to_device for row in lit[port]} & hosts.keys() for port in (working, protecting)
            ]
            for is_protecting, splitters in ((False, reached[0] - reached[1]), (True, reached[1] - reached[0])):
                self.at_nodes.update((hosts[splitter], (pair, is_protecting)) for splitter in sorted(splitters))
        for row in self.sides:
            self.at_nodes.update(self._joints(row, plant.ways[row], plant.sheaths))

    def stays(self, merger: Merger) -> bool:
        """Say whether no pair comes to share a cable or a node that it did not share before."""
        if not any(row in self.sides for row in merger.ways):
            return True
        plant = self.plant
        old = replaced(merger, plant)
        if any(route in self.shared_routes for key in old for route in plant.sheaths[key].routes):
            return False
        before = set().union(*(self._both_in(plant.sheaths[key].riders) for key in old))
        if any(not self._both_in(sheath.riders) <= before for sheath in merger.sheaths.values()):
            return False
        gone, come = self._moved(merger)
        return all(self._is_free(node, side, gone, come) for node, side in come)

    def _is_free(self, node: str, side: Side, gone: Sides, come: Sides) -> bool:
        """Say whether a splice of one side may come to a node: the other is not there, or both were before."""
        other = (node, (side[0], not side[1]))
        there = self.at_nodes[other] - gone[other] + come[other] > 0
        return not there or (self.at_nodes[node, side] > 0 and self.at_nodes[other] > 0)

    def use(self, merger: Merger) -> None:
        """Carry a merger out."""
        gone, come = self._moved(merger)
        self.at_nodes.subtract(gone)
        self.at_nodes.update(come)

    def _moved(self, merger: Merger) -> tuple[Sides, Sides]:
        """Give the splices of either side that go from nodes, and those that come."""
        plant = self.plant
        sheaths = BothSheaths(merger.sheaths, plant.sheaths)
        gone: Sides = Counter()
        come: Sides = Counter()
        for row, way in merger.ways.items():
            if row in self.sides:
                gone.update(self._joints(row, plant.ways[row], plant.sheaths))
                come.update(self._joints(row, way, sheaths))
        return gone, come

    def _joints(self, row: int, way: Way, sheaths: Mapping[int, Sheath]) -> Iterator[tuple[str, Side]]:
        for node, _, splices in self.plant.needs(row, way, sheaths):
            for side in self.sides[row] if splices else ():
                yield node, side

    def _both_in(self, riders: Iterable[int]) -> set[int]:
        """Give the pairs of ports of which both sides are among some links."""
        sides = {side for row in riders for side in self.sides.get(row, ())}
        return {pair for pair, is_protecting in sides if (pair, not is_protecting) in sides}


def _partners(survey: Survey) -> Iterator[tuple[int, int]]:
    """Give the rows of each working port and the one that stands by for it."""
    rows = {port.id: row for row, port in enumerate(survey.network.ports)}
    for row, port in enumerate(survey.network.ports):
        if port.role == "protecting" and port.partner in rows:
            yield rows[port.partner], row


def _lit_by_port(survey: Survey) -> Mapping[int, set[int]]:
    """Give the links that each port lights."""
    lit: dict[int, set[int]] = defaultdict(set)
    arrivals = survey.arrivals
    for port, link in zip(arrivals.ports.tolist(), arrivals.links.tolist(), strict=True):
        lit[port].add(link)
    return lit
