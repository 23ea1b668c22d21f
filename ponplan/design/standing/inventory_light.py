"""Listed splitters, and the fibres that join them to listed ports over listed cables."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.area.plant.consistency import splitter_type_of
from ponplan.design.standing.inventory_boxes import with_boxes
from ponplan.design.standing.inventory_shelves import with_chassis, with_optics, with_uplinks
from ponplan.errors import Fault
from ponplan.topology.network import Link, Splitter
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.area.model import Area
    from ponplan.area.plant.model import PlantSplitter
    from ponplan.topology.network import Network


def lit_network(network: Network, area: Area, faults: list[Fault]) -> Network:
    """Give the network of listed cables and boxes with its light; what cannot be joined is added to `faults`."""
    splitters = tuple(_splitter(network, one, area) for one in area.plant.splitters)
    network = replace(network, splitters=splitters)
    network = with_chassis(network, area)
    links = list(_Feeders(network, area, faults).links())
    if faults:
        return network
    network = _without_own(replace(network, links=tuple(links)))
    faults.extend(_torn(network))
    return with_boxes(with_uplinks(with_optics(network, area)), area)


def _splitter(network: Network, listed: PlantSplitter, area: Area) -> Splitter:
    kind = splitter_type_of(listed.type, network.catalogue)
    assert kind is not None  # noqa: S101 - the lists have been judged
    technology = next(port.technology for port in area.plant.ports if port.id == listed.port)
    return Splitter(
        id=listed.id,
        node=listed.place,
        type=kind.id,
        stage=1,
        technology=technology,
        state="existing",
        taken=listed.taken,
    )


class _Feeders:
    """Fibres from ports to splitters: those that the list names, else lit ones that lead there."""

    def __init__(self, network: Network, area: Area, faults: list[Fault]) -> None:
        self._network, self._area, self._faults = network, area, faults
        self._nodes = {node.id: node for node in network.nodes}
        self._named = {strand for splitter in area.plant.splitters for strand in splitter.feeder}
        self._tracks = {cable.id: track for cable, track in zip(network.cables, Survey(network).tracks, strict=True)}
        self._given: set[tuple[str, int]] = set()

    def links(self) -> Iterator[Link]:
        """Give the link into every splitter that has one."""
        only = self._area.offices[0].id
        ports = {port.id: port for port in self._area.plant.ports}
        for number, splitter in enumerate(self._area.plant.splitters, start=1):
            office = ports[splitter.port].office or only
            strands = splitter.feeder or self._found(office, splitter)
            if strands is not None:
                yield Link(
                    id=f"LP{number:05d}",
                    role="working",
                    from_device=splitter.port,
                    from_port=1,
                    to_device=splitter.id,
                    to_port=1,
                    strands=tuple(strands),
                    state="existing",
                )

    def _found(self, office: str, splitter: PlantSplitter) -> list[tuple[str, int]] | None:
        """Look for a way over listed cables, fewest first; take a fibre of each, and give them."""
        start, end = self._nodes[office].junction, self._nodes[splitter.place].junction
        if start == end:
            return []
        waiting: deque[tuple[str, ...]] = deque(
            (cable.id,) for cable in self._network.cables if self._fibre(cable.id) and self._passes(cable.id, start)
        )
        seen = {way[0] for way in waiting}
        while waiting:
            way = waiting.popleft()
            if end in self._tracks[way[-1]].junctions:
                strands = [(name, self._fibre(name)) for name in way]
                self._given.update(strands)
                return strands
            ends = {self._tracks[way[-1]].junctions[0], self._tracks[way[-1]].junctions[-1]}
            for cable in self._network.cables:
                if cable.id not in seen and self._fibre(cable.id) and ends & set(self._tracks[cable.id].junctions):
                    seen.add(cable.id)
                    waiting.append((*way, cable.id))
        problem = f"no listed cable with a lit fibre leads from office {office} to {splitter.place}"
        remedy = "list the cables between them, or name the fibres in the column feeder, e.g. C1:3 C2:5"
        self._faults.append(
            Fault(file="plant_splitters", row=splitter.id, field="feeder", problem=problem, remedy=remedy)
        )
        return None

    def _passes(self, cable: str, junction: str) -> bool:
        return junction in self._tracks[cable].junctions

    def _fibre(self, name: str) -> int:
        """Give the lowest lit fibre that feeds no other splitter; a sound one if none is told; 0 for none."""
        cable = next(one for one in self._network.cables if one.id == name)
        count = self._network.catalogue.cable_types[cable.type].fibres
        lit = cable.taken or [fibre for fibre in range(1, count + 1) if fibre not in cable.faulty]
        used = self._given | self._named
        return next((fibre for fibre in lit if (name, fibre) not in used), 0)


def _without_own(network: Network) -> Network:
    """Give the network with the fibres that feed its splitters off the lists of others'."""
    own: dict[str, set[int]] = defaultdict(set)
    for link in network.links:
        for cable, fibre in link.strands:
            own[cable].add(fibre)
    cables = tuple(
        replace(cable, taken=tuple(fibre for fibre in cable.taken if fibre not in own[cable.id]))
        if cable.id in own
        else cable
        for cable in network.cables
    )
    return replace(network, cables=cables)


def _torn(network: Network) -> Iterator[Fault]:
    """Complain about feeders whose fibres do not lead from port to splitter."""
    for link, run in zip(network.links, Survey(network).runs, strict=True):
        for text in run.breaks:
            remedy = "mend the fibres in the column feeder, or where the cables end"
            yield Fault(file="plant_splitters", row=link.to_device, field="feeder", problem=text, remedy=remedy)
