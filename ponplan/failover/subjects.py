"""What can fail in a network, by kind and id, and which elements of ways each takes with it."""

from __future__ import annotations

import difflib
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from ponplan.errors import Fault, ScenarioError
from ponplan.topology.splicing import splice_node

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ponplan.failover.groups import Groups
    from ponplan.topology.network import Link
    from ponplan.topology.runs import Piece

Taken = frozenset[str]
CABLE_ROLES = {"feeder-cut": "feeder", "distribution-cut": "distribution", "drop-cut": "drop"}


class Subjects:
    """Everything in a network that can fail; each kind maps ids to the elements that go with it."""

    def __init__(self, groups: Groups) -> None:
        self._groups, self._survey = groups, groups.survey
        self._network = groups.network

    def taken(self, what: str, subject: str) -> Taken:
        """Give the elements that fail with one thing.

        Raises
        ------
        ScenarioError
            There is no such thing in the design.
        """
        known = self.of(what)
        if subject in known:
            return known[subject]
        near = difflib.get_close_matches(subject, known, n=3)
        raise ScenarioError(
            [
                Fault(
                    file="scenario",
                    field="fault.subject",
                    problem=f"the design has no such {what}",
                    value=subject,
                    limit=f"such as {', '.join(near or list(known)[:5])}" if known else None,
                )
            ]
        )

    def of(self, what: str) -> Mapping[str, Taken]:
        """Give all things of one kind of fault."""
        kinds: dict[str, Callable[[], Mapping[str, Taken]]] = {
            "span": lambda: self.cables | self.spans,
            "feeder-cut": lambda: self._cables_of("feeder"),
            "distribution-cut": lambda: self._cables_of("distribution"),
            "drop-cut": lambda: self._cables_of("drop"),
            "fading": lambda: self.cables | self.spans,
            "trench": lambda: self.trenches,
            "duct": lambda: self.trenches,
            "node": lambda: self.nodes,
            "cabinet": lambda: self._nodes_of("cabinet", "room"),
            "office": lambda: self._nodes_of("office"),
            "splitter": lambda: self.splitters,
            "port": lambda: {port.id: frozenset((f"port:{port.id}",)) for port in self._network.ports},
            "card": lambda: {card.id: frozenset((f"card:{card.id}",)) for card in self._network.cards},
            "chassis": lambda: {olt.id: frozenset((f"chassis:{olt.id}",)) for olt in self._network.olts},
            "onu": lambda: {onu.id: frozenset((f"onu:{onu.id}",)) for onu in self._network.onus},
        }
        return kinds[what]()

    @cached_property
    def _stretches(self) -> dict[str, tuple[Taken, float, float]]:
        """Spans with what they take, and where in their cable they begin and end."""
        lit: list[list[tuple[float, float, int]]] = [[] for _ in self._network.cables]
        for row, run in enumerate(self._survey.runs):
            for piece in run.pieces:
                low, high = sorted((piece.enter_m, piece.leave_m))
                lit[piece.cable].append((low, high, row))
        found: dict[str, tuple[Taken, float, float]] = {}
        for cable, pieces in zip(self._network.cables, lit, strict=True):
            stretches = _stretches(pieces)
            for number, (links, begin_m, end_m) in enumerate(stretches, start=1):
                name = cable.id if len(stretches) == 1 else f"{cable.id}/{number}"
                found[name] = frozenset(f"link:{row}" for row in links), begin_m, end_m
        return found

    @cached_property
    def spans(self) -> dict[str, Taken]:
        """Stretches of cable whose fibres light the same links: `CABLE`, or `CABLE/1` and on from its beginning."""
        return {name: taken for name, (taken, _, _) in self._stretches.items()}

    @cached_property
    def span_places_m(self) -> dict[str, tuple[float, float]]:
        """Metres from its cable's beginning where each span begins and ends; nothing of it is lit elsewhere."""
        return {name: (begin_m, end_m) for name, (_, begin_m, end_m) in self._stretches.items()}

    @cached_property
    def cables(self) -> dict[str, Taken]:
        """Cables with everything that is lit anywhere in them."""
        found: dict[str, set[str]] = {cable.id: set() for cable in self._network.cables}
        for row, run in enumerate(self._survey.runs):
            for piece in run.pieces:
                found[self._network.cables[piece.cable].id].add(f"link:{row}")
        return {name: frozenset(links) for name, links in found.items()}

    @cached_property
    def trenches(self) -> dict[str, Taken]:
        """Routes with everything that lies in them; records do not tell the bores of one route apart."""
        found: dict[str, set[str]] = {}
        for row, run in enumerate(self._survey.runs):
            for piece in run.pieces:
                for route in self._survey.routes_of(piece):
                    found.setdefault(route, set()).add(f"link:{row}")
        return {name: frozenset(links) for name, links in found.items()}

    @cached_property
    def splitters(self) -> dict[str, Taken]:
        """Splitters with the links into them, through which all light comes."""
        into = self._survey.index.links_into
        return {
            splitter.id: frozenset(f"link:{row}" for row in into.get(splitter.id, ()))
            for splitter in self._network.splitters
        }

    @cached_property
    def nodes(self) -> dict[str, Taken]:
        """Nodes with all equipment in them, all splices and all cables that end there."""
        found: dict[str, set[str]] = {node.id: set() for node in self._network.nodes}
        for olt in self._network.olts:
            found.setdefault(olt.node, set()).add(f"office:{olt.node}")
        for splitter in self._network.splitters:
            found.setdefault(splitter.node, set()).update(self.splitters[splitter.id])
        for onu in self._network.onus:
            found.setdefault(onu.node, set()).add(f"onu:{onu.id}")
        cables = self._network.cables
        for row, run in enumerate(self._survey.runs):
            touched = {
                name for piece in run.pieces for name in (cables[piece.cable].from_node, cables[piece.cable].to_node)
            }
            for joint, before, after in zip(run.joints, run.pieces, run.pieces[1:], strict=False):
                touched.add(splice_node(self._survey.index, joint, cables[before.cable], cables[after.cable]))
            for name in touched - {""}:
                if self._passes(row, name):
                    found.setdefault(name, set()).add(f"link:{row}")
        return {name: frozenset(taken) for name, taken in found.items()}

    def _passes(self, row: int, node: str) -> bool:
        """Say whether a link's light is at a node: it begins, ends, or changes cables there."""
        index, link, run = self._survey.index, self._network.links[row], self._survey.runs[row]
        junction = index.nodes[node].junction if node in index.nodes else ""
        ends = (index.device_junctions.get(link.from_device), index.device_junctions.get(link.to_device))
        return junction in ends or junction in run.joints

    def _cables_of(self, role: str) -> Mapping[str, Taken]:
        """Give the cables of a role, and their spans; feeder fibres may ride in distribution cables."""
        roles = {cable.id: {cable.role} for cable in self._network.cables}
        for link, run in zip(self._network.links, self._survey.runs, strict=True):
            for piece in run.pieces:
                roles[self._network.cables[piece.cable].id].add(self._role(link, piece))
        both = self.cables | self.spans
        return {
            name: links
            for name, links in both.items()
            if role in roles[name.rsplit("/", 1)[0] if name not in roles else name]
        }

    def _role(self, link: Link, piece: Piece) -> str:
        """Give what a fibre is where it lies: whatever a port lights is feeder as far as the drop."""
        role = self._network.cables[piece.cable].role
        return role if role == "drop" or link.from_device not in self._survey.index.ports else "feeder"

    def _nodes_of(self, *kinds: str) -> Mapping[str, Taken]:
        return {node.id: self.nodes[node.id] for node in self._network.nodes if node.kind in kinds}

    # what fails unless a subject is named

    def default(self, what: str) -> str:
        """Give the thing of a kind that belongs to the working port with most terminals, the first of equals.

        Raises
        ------
        ScenarioError
            The design has nothing of this kind there.
        """
        path, port = self._first_path()
        if path is not None and port is not None:
            found = self._on_path(what, path, port)
            if found is not None:
                return found
        problem = f"the design has no {what} at its largest port"
        raise ScenarioError([Fault(file="scenario", field="fault.what", problem=problem, remedy="name a subject")])

    def _first_path(self) -> tuple[int | None, int | None]:
        counts = self._survey.port_onus
        paths = self._survey.onu_paths
        if not len(paths.onus) or not counts.size:
            return None, None
        port = int(counts.argmax())
        mine = [path for path in range(len(paths.onus)) if paths.ports[path] == port and paths.working[path]]
        return (mine[0], port) if mine else (None, None)

    def _on_path(self, what: str, path: int, row: int) -> str | None:
        network, port = self._network, self._network.ports[row]
        links = self._groups.path_links[path]
        if what == "port":
            return port.id
        if what == "card":
            return port.card
        card = self._survey.index.cards.get(port.card)
        if what == "chassis":
            return card.olt if card is not None else None
        if what == "office":
            return self._survey.index.device_nodes.get(port.id)
        if what == "onu":
            return network.onus[int(self._survey.onu_paths.onus[path])].id
        splitters = [network.links[link].to_device for link in links[:-1]]
        if what == "splitter":
            return splitters[0] if splitters else None
        if what in ("cabinet", "node"):
            return self._survey.index.device_nodes.get(splitters[0]) if splitters else None
        return self._stretch_on(what, links)

    def _stretch_on(self, what: str, links: tuple[int, ...]) -> str | None:
        """Give the first span (or trench) on a path; of a cut by role, where the light's fibre is of that role."""
        cables = self._network.cables
        if what in ("trench", "duct"):
            pieces = [piece for link in links for piece in self._survey.runs[link].pieces]
            return next((route for piece in pieces for route in self._survey.routes_of(piece)), None)
        role = CABLE_ROLES.get(what)
        for link in links:
            for piece in self._survey.runs[link].pieces:
                cable = cables[piece.cable]
                if role is None or self._role(self._network.links[link], piece) == role:
                    named = [name for name in (cable.id, f"{cable.id}/1") if name in self.spans]
                    return next((name for name in named if f"link:{link}" in self.spans[name]), cable.id)
        return None


def _stretches(pieces: list[tuple[float, float, int]]) -> list[tuple[frozenset[int], float, float]]:
    """Give the links of each stretch between places where lit fibres begin or end, with its ends in metres."""
    edges = sorted({edge for low, high, _ in pieces for edge in (low, high)})
    found: list[tuple[frozenset[int], float, float]] = []
    for low, high in pairwise(edges):
        links = frozenset(row for begin, end, row in pieces if begin < high and end > low)
        if found and found[-1][0] == links:
            found[-1] = (links, found[-1][1], high)
        else:
            found.append((links, low, high))
    return found or [(frozenset(row for _, _, row in pieces), 0.0, 0.0)]
