"""What a design has left for one more customer: legs, fibres, room in enclosures, free ports."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ponplan.design.standing.known import known_rules
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ponplan.topology.network import Network, Node, OltPort

PLENTY = 1_000_000  # where nothing limits
TRUNK_ROLES = ("feeder", "distribution")


class Plant:
    """A network as a place to build on; each look-up is made when first asked for."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.catalogue = network.catalogue
        self.survey = Survey(network)
        self.index = self.survey.index
        self.rules = known_rules(network)

    @cached_property
    def used_fibres(self) -> Mapping[str, set[int]]:
        """Fibres of each cable that some link lights."""
        used: dict[str, set[int]] = defaultdict(set)
        for link in self.network.links:
            for cable, fibre in link.strands:
                used[cable].add(fibre)
        return used

    @cached_property
    def node_cables(self) -> Mapping[str, set[int]]:
        """Rows of the cables that end at each node or are opened there."""
        found: dict[str, set[int]] = defaultdict(set)
        for row, cable in enumerate(self.network.cables):
            found[cable.from_node].add(row)
            found[cable.to_node].add(row)
        for node, row in self.survey.opened_cables:
            found[node].add(row)
        return found

    @cached_property
    def node_splitters(self) -> Mapping[str, list[str]]:
        """Splitters in each node."""
        found: dict[str, list[str]] = defaultdict(list)
        for splitter in self.network.splitters:
            found[splitter.node].append(splitter.id)
        return found

    @cached_property
    def junction_cables(self) -> Mapping[str, list[int]]:
        """Rows of the trunk cables with a fibre to spare that pass each junction."""
        found: dict[str, list[int]] = defaultdict(list)
        for row, cable in enumerate(self.network.cables):
            if cable.role in TRUNK_ROLES and self.free_fibres(row):
                for junction in dict.fromkeys(self.survey.tracks[row].junctions):
                    found[junction].append(row)
        return found

    def free_fibres(self, row: int) -> list[int]:
        """Give the dark, sound fibres of a cable that may still be lit with the spare share kept, lowest first."""
        cable = self.network.cables[row]
        kind = self.catalogue.cable_types.get(cable.type)
        if kind is None or self.survey.tracks[row].gap:
            return []
        used = self.used_fibres.get(cable.id, set())
        lost = {*used, *cable.faulty, *cable.taken}
        dark = [fibre for fibre in range(1, kind.fibres + 1) if fibre not in lost]
        share, more = self.network.rules.spare_fibres, 0
        while more < len(dark) and len(dark) - more - 1 >= math.ceil((len(used) + more + 1) * share - 1e-9):
            more += 1
        return dark[:more]

    def fibres_left(self, node: str) -> int:
        """Give how many more splices and fibre ends a node holds."""
        kind = self.catalogue.enclosures.get(self.index.nodes[node].enclosure)
        return PLENTY if kind is None else kind.fibres - self.survey.node_fibres[node]

    def cables_left(self, node: str) -> int:
        """Give how many more cables may enter a node."""
        kind = self.catalogue.enclosures.get(self.index.nodes[node].enclosure)
        return PLENTY if kind is None else kind.cables - len(self.node_cables.get(node, ()))

    def slots_left(self, node: str) -> int:
        """Give how many more splitters a node takes."""
        kind = self.catalogue.enclosures.get(self.index.nodes[node].enclosure)
        return 0 if kind is None else kind.splitter_slots - len(self.node_splitters.get(node, ()))

    def free_legs(self, splitter: str) -> list[int]:
        """Give the legs of a splitter that nothing leaves by."""
        kind = self.catalogue.splitters.get(self.index.splitters[splitter].type)
        taken = {self.network.links[row].from_port for row in self.index.links_from.get(splitter, ())}
        taken.update(self.index.splitters[splitter].taken)
        return [] if kind is None else [leg for leg in range(1, kind.outputs + 1) if leg not in taken]

    def is_dark(self, port: OltPort) -> bool:
        """Say whether a working port waits for a splitter."""
        return port.role == "working" and not port.taken_onus and not self.index.links_from.get(port.id)

    @cached_property
    def splitter_ports(self) -> Mapping[str, list[int]]:
        """Rows of the ports whose light reaches each splitter, working ones first."""
        arrivals = self.survey.arrivals
        found: dict[str, list[int]] = defaultdict(list)
        order = sorted(range(len(arrivals.devices)), key=lambda row: (not arrivals.working[row], row))
        for row in order:
            if arrivals.devices[row] in self.index.splitters:
                found[arrivals.devices[row]].append(int(arrivals.ports[row]))
        return found

    def bearer_of(self, port_row: int) -> str:
        """Give the bearer network behind a port, empty if it is not known."""
        card = self.index.cards.get(self.network.ports[port_row].card)
        olt = self.index.olts.get(card.olt) if card else None
        return olt.bearer if olt else ""

    @cached_property
    def offices(self) -> tuple[Node, ...]:
        """Central offices."""
        return tuple(node for node in self.network.nodes if node.kind == "office")

    def frames_at(self, office: Node) -> list[str]:
        """Give the frames of an office on which feeder fibres end; the office itself where there are none."""
        kinds = self.catalogue.enclosures
        frames = [
            node.id
            for node in self.index.nodes_at[office.junction]
            if node.enclosure in kinds and kinds[node.enclosure].kind == "odf"
        ]
        return frames or [office.id]

    def office_of(self, frame: str) -> Node:
        """Give the office in which a frame is; the office itself may be named."""
        return next(office for office in self.offices if frame == office.id or frame in self.frames_at(office))

    @cached_property
    def route_rows(self) -> Mapping[str, int]:
        """Row of each route."""
        return {route.id: row for row, route in enumerate(self.network.routes)}

    @cached_property
    def rows(self) -> Mapping[str, Mapping[str, int]]:
        """Rows by id of nodes, customers, terminals, splitters and ports."""
        tables = ("nodes", "customers", "onus", "splitters", "ports")
        return {name: {one.id: row for row, one in enumerate(getattr(self.network, name))} for name in tables}

    def chosen(self, table: str, names: Iterable[str]) -> tuple[Any, ...]:
        """Give the records of a table with these ids, in the table's order; names of nothing are passed over."""
        known, records = self.rows[table], getattr(self.network, table)
        return tuple(records[row] for row in sorted(known[name] for name in names if name in known))

    @cached_property
    def _junction_ends(self) -> Mapping[str, tuple[int, int]]:
        """Of each junction: a route that ends there, and which of its points."""
        found: dict[str, tuple[int, int]] = {}
        for row, route in enumerate(self.network.routes):
            found.setdefault(route.from_junction, (row, 0))
            found.setdefault(route.to_junction, (row, -1))
        return found

    def junction_xy_m(self, junction: str) -> tuple[float, float]:
        """Give a junction's coordinates: those of a node there, else of a route's end."""
        for node in self.index.nodes_at.get(junction, ()):
            return node.x_m, node.y_m
        row, end = self._junction_ends[junction]
        x_m, y_m = self.network.route_lines[row].coords[end][:2]
        return float(x_m), float(y_m)

    @cached_property
    def street_junctions(self) -> tuple[str, ...]:
        """Junctions where streets begin, end or cross: where a cabinet may be set up."""
        found = dict.fromkeys(
            junction
            for route in self.network.routes
            if route.kind == "route" and not route.risk_groups
            for junction in (route.from_junction, route.to_junction)
        )
        return tuple(found)

    @cached_property
    def risky_routes(self) -> frozenset[str]:
        """Routes listed as not keeping a rule: their records are left as they are."""
        return frozenset(entry.subject for entry in self.network.relaxed)

    @cached_property
    def taken_ids(self) -> Counter[str]:
        """Every id in use."""
        tables = (
            "nodes", "routes", "cables", "olts", "cards", "ports", "uplinks", "splitters", "onus", "links",
            "bearer_elements", "bearer_links",
        )  # fmt: skip
        return Counter(record.id for table in tables for record in getattr(self.network, table))

    def fresh_id(self, wanted: str) -> str:
        """Give an id that is not in use, like the one wanted, and take it."""
        name, number = wanted, 1
        while self.taken_ids[name]:
            number += 1
            name = f"{wanted}-{number}"
        return name
