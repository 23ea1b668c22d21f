"""Everything that check, trace and the columns for people measure on one network, each measured once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.index import NetworkIndex
from ponplan.topology.light import DIRECTIONS, Direction, PathLoss, fibre_attenuation, leg_attenuation, margin_db
from ponplan.topology.load import load_bps, usable_rates_bps
from ponplan.topology.paths import Arrivals, follow_light
from ponplan.topology.runs import Piece, Run, link_runs
from ponplan.topology.tracks import Track, cable_tracks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Termination
    from ponplan.topology.network import Cable, Link, Network, Onu

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLight:
    """What light meets in each link, the leg it leaves a splitter by included; nan where the catalogue has no row.

    `lengths_m` is (links, fibre types) with the types named in `fibres`, the rest (links,).
    """

    fibres: tuple[str, ...]
    lengths_m: FloatArray
    splices: FloatArray
    connectors: FloatArray
    leg_max_db: FloatArray
    leg_typical_db: FloatArray
    split: FloatArray  # legs of the balanced splitter it leaves; 1 for ports and taps


@dataclass(frozen=True, slots=True, kw_only=True)
class OnuPaths:
    """n paths from a port to a terminal: where they begin and end, how long they are, what they lose."""

    arrivals: IntArray  # index into the arrivals
    onus: IntArray  # row of the terminal
    ports: IntArray  # row of the port
    interfaces: IntArray
    working: NDArray[np.bool_]
    lengths_m: FloatArray
    splits: FloatArray
    margins_db: FloatArray
    loss: Mapping[Direction, PathLoss]


class Survey:
    """A network with its measurements, each taken when first asked for."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.index = NetworkIndex(network)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of the network."""
        return self.network.catalogue

    @cached_property
    def tracks(self) -> list[Track]:
        """The track of every cable."""
        return cable_tracks(self.index)

    @cached_property
    def runs(self) -> list[Run]:
        """The run of every link."""
        return link_runs(self.index, self.tracks)

    @cached_property
    def arrivals(self) -> Arrivals:
        """Every arrival of light."""
        return follow_light(self.index)

    @cached_property
    def customer_onus(self) -> Mapping[str, list[Onu]]:
        """Terminals of each customer that has any."""
        found: dict[str, list[Onu]] = {}
        for onu in self.network.onus:
            found.setdefault(onu.customer, []).append(onu)
        return found

    @cached_property
    def joints(self) -> list[tuple[str, int, int]]:
        """Every splice between two cables at a known node: the node, and the rows of both cables."""
        cables = self.network.cables
        found = []
        for run in self.runs:
            for junction, before, after in zip(run.joints, run.pieces, run.pieces[1:], strict=False):
                pair = (cables[before.cable], cables[after.cable])
                node = self.node_at(junction, *pair)
                if node:
                    found.append((node, before.cable, after.cable))
        return found

    def node_at(self, junction: str, before: Cable, after: Cable) -> str:
        """Give the node that holds a splice: one where both cables end, else one where either does, else any."""
        here = [node.id for node in self.index.nodes_at.get(junction, ())]
        ends, next_ends = {before.from_node, before.to_node}, {after.from_node, after.to_node}
        for wanted in (ends & next_ends, next_ends, ends):
            for node in here:
                if node in wanted:
                    return node
        return here[0] if here else ""

    def routes_of(self, piece: Piece) -> list[str]:
        """Give the known routes that a lit stretch of cable lies in."""
        low, high = sorted((piece.enter_m, piece.leave_m))
        at_m = self.tracks[piece.cable].at_m
        known = [name for name in self.network.cables[piece.cable].routes if name in self.index.routes]
        return [
            name for name, begin, end in zip(known, at_m[:-1], at_m[1:], strict=True) if begin < high and end > low
        ]

    @cached_property
    def node_fibres(self) -> Counter[str]:
        """Splices between cables and fibre ends at splitters and frames, by node."""
        counts = Counter(node for node, _, _ in self.joints)
        splitters, cables = self.index.splitters, self.index.cables
        for link in self.network.links:
            start, end = splitters.get(link.from_device), splitters.get(link.to_device)
            if start is not None:
                counts[start.node] += 1
            elif link.strands and link.strands[0][0] in cables:
                # a port's fibre ends on the frame where its first cable begins
                counts[self._frame(link, cables[link.strands[0][0]])] += 1
            if end is not None:
                counts[end.node] += 1
        return counts

    def _frame(self, link: Link, cable: Cable) -> str:
        office = self.index.device_junctions.get(link.from_device)
        node = self.index.nodes.get(cable.from_node)
        return cable.from_node if node is not None and node.junction == office else cable.to_node

    @cached_property
    def opened_cables(self) -> set[tuple[str, int]]:
        """Nodes and rows of the cables that are opened there for a splice."""
        return {(node, row) for node, *rows in self.joints for row in rows}

    @cached_property
    def route_cables(self) -> Mapping[str, list[int]]:
        """Rows of the cables in each route that has any."""
        found: dict[str, list[int]] = {}
        for row, cable in enumerate(self.network.cables):
            for route in cable.routes:
                found.setdefault(route, []).append(row)
        return found

    def ends(self, link: Link) -> tuple[Termination, Termination]:
        """Give the terminations at both ends of a link."""
        rows = self.catalogue.terminations
        start = "splitter-output" if link.from_device in self.index.splitters else "olt"
        end = "splitter-input" if link.to_device in self.index.splitters else "onu"
        return rows[start], rows[end]

    def splices(self, link: Link) -> int:
        """Give the splices of a link: between its strands and at both ends."""
        start, end = self.ends(link)
        return max(0, len(link.strands) - 1) + start.splices + end.splices

    @cached_property
    def link_light(self) -> LinkLight:
        """What light meets in each link."""
        links, types = self.network.links, self.catalogue.cable_types
        kinds = [types[cable.type].fibre if cable.type in types else "" for cable in self.network.cables]
        fibres = tuple(sorted(set(kinds)))
        number = {fibre: column for column, fibre in enumerate(fibres)}
        lengths_m = np.zeros((len(links), len(fibres)))
        lit = [
            (row, number[kinds[piece.cable]], piece.length_m)
            for row, run in enumerate(self.runs)
            for piece in run.pieces
        ]
        if lit:
            rows, columns, metres = zip(*lit, strict=True)
            np.add.at(lengths_m, (list(rows), list(columns)), list(metres))
        legs = np.array([self._leg(link) for link in links], np.float64).reshape(-1, 3)
        ends = [self.ends(link) for link in links]
        return LinkLight(
            fibres=fibres,
            lengths_m=lengths_m,
            splices=np.array([self.splices(link) for link in links], np.float64),
            connectors=np.array([start.connectors + end.connectors for start, end in ends], np.float64),
            leg_max_db=legs[:, 0],
            leg_typical_db=legs[:, 1],
            split=legs[:, 2],
        )

    def _leg(self, link: Link) -> tuple[float, float, float]:
        splitter = self.index.splitters.get(link.from_device)
        if splitter is None:
            return 0.0, 0.0, 1.0
        kind = self.catalogue.splitters.get(splitter.type)
        if kind is None:
            return np.nan, np.nan, 1.0
        loss = leg_attenuation(kind, link.from_port)
        return loss.max_db, loss.typical_db, float(kind.outputs) if kind.kind == "balanced" else 1.0

    @cached_property
    def onu_paths(self) -> OnuPaths:
        """Every path from a port to a terminal."""
        arrivals, light = self.arrivals, self.link_light
        rows = {onu.id: row for row, onu in enumerate(self.network.onus)}
        reached = np.array([rows.get(device, -1) for device in arrivals.devices], np.int64)
        chosen = np.flatnonzero(reached >= 0)
        lengths_m = arrivals.accumulate(light.lengths_m)[chosen]
        total_m = lengths_m.sum(axis=1)
        links = self.network.links
        return OnuPaths(
            arrivals=chosen,
            onus=reached[chosen],
            ports=arrivals.ports[chosen],
            interfaces=np.array([links[row].to_port for row in arrivals.links[chosen].tolist()], np.int64),
            working=arrivals.working[chosen],
            lengths_m=total_m,
            splits=np.exp2(arrivals.accumulate(np.log2(light.split))[chosen]).round(),
            margins_db=margin_db(self.catalogue, total_m),
            loss={direction: self._loss(direction, chosen, lengths_m, reached[chosen]) for direction in DIRECTIONS},
        )

    def _loss(self, direction: Direction, chosen: IntArray, lengths_m: FloatArray, onus: IntArray) -> PathLoss:
        arrivals, light, losses = self.arrivals, self.link_light, self.catalogue.losses
        worst, typical = self._per_m(direction)
        ports = arrivals.ports[chosen]
        max_db = (lengths_m * worst[ports]).sum(axis=1)
        typical_db = (lengths_m * typical[ports]).sum(axis=1)
        for counts, row in ((light.splices, losses["splice"]), (light.connectors, losses["connector"])):
            met = arrivals.accumulate(counts)[chosen]
            max_db += met * row.max_loss_db
            typical_db += met * row.typical_loss_db
        kinds = [self.catalogue.onus.get(onu.type) for onu in self.network.onus]
        switched = np.array([kind is not None and kind.optical_switch for kind in kinds], bool)[onus]
        max_db += arrivals.accumulate(light.leg_max_db)[chosen] + switched * losses["onu-switch"].max_loss_db
        typical_db += arrivals.accumulate(light.leg_typical_db)[chosen]
        typical_db += switched * losses["onu-switch"].typical_loss_db
        return PathLoss(max_db=max_db, typical_db=typical_db)

    def _per_m(self, direction: Direction) -> tuple[FloatArray, FloatArray]:
        """Give the largest and typical loss per metre of each fibre type at each port's wavelength."""
        fibres = self.link_light.fibres
        rows: dict[str, list[tuple[float, float]]] = {}
        for port in self.network.ports:
            if port.technology in rows:
                continue
            technology = self.catalogue.technologies.get(port.technology)
            found = []
            for fibre in fibres:
                if technology is None or not fibre:
                    found.append((np.nan, np.nan))
                    continue
                loss = fibre_attenuation(self.catalogue, technology, fibre, direction)
                found.append((loss.max_db / 1000.0, loss.typical_db / 1000.0))
            rows[port.technology] = found
        values = np.array([rows[port.technology] for port in self.network.ports], np.float64)
        values = values.reshape(len(self.network.ports), len(fibres), 2)
        return values[:, :, 0], values[:, :, 1]

    @cached_property
    def onu_loads_bps(self) -> FloatArray:
        """(onus, 2) load of each terminal now; a customer's load is shared evenly by the customer's terminals."""
        if not self.network.rules.oversubscription > 0:
            return np.full((len(self.network.onus), 2), np.nan)
        customers = {customer.id: customer for customer in self.network.customers}
        count: dict[str, int] = {}
        for onu in self.network.onus:
            count[onu.customer] = count.get(onu.customer, 0) + 1
        known = self.catalogue.services
        known_loads: dict[object, tuple[float, float]] = {}
        loads = np.zeros((len(self.network.onus), 2))
        for row, onu in enumerate(self.network.onus):
            customer = customers.get(onu.customer)
            if customer is None or any(name not in known for name, _ in customer.services):
                continue
            if customer.services not in known_loads:
                rate = load_bps(customer, self.catalogue, self.network.rules.oversubscription)
                known_loads[customer.services] = rate
            loads[row] = known_loads[customer.services]
            loads[row] /= count[onu.customer]
        return loads

    @cached_property
    def port_onus(self) -> IntArray:
        """(ports,) terminals on the working paths of each port."""
        paths = self.onu_paths
        return np.bincount(paths.ports[paths.working], minlength=len(self.network.ports))

    @cached_property
    def port_loads_bps(self) -> FloatArray:
        """(ports, 2) busy-hour load of each port now, downstream and upstream, working paths only."""
        paths, loads = self.onu_paths, np.zeros((len(self.network.ports), 2))
        np.add.at(loads, paths.ports[paths.working], self.onu_loads_bps[paths.onus[paths.working]])
        return loads

    @cached_property
    def port_rates_bps(self) -> FloatArray:
        """(ports, 2) usable rate of each port with its terminals; nan where the catalogue has no row."""
        rates = np.full((len(self.network.ports), 2), np.nan)
        known: dict[tuple[str, str, int], tuple[float, float]] = {}
        for row, port in enumerate(self.network.ports):
            technology = self.catalogue.technologies.get(port.technology)
            if technology is None:
                continue
            group, num_onus = self.index.optical_class(port), int(self.port_onus[row])
            key = (port.technology, port.optics, num_onus)
            if key not in known:
                known[key] = usable_rates_bps(self.catalogue, technology, group, num_onus=num_onus)
            rates[row] = known[key]
        return rates
