"""What must agree between the lists of plant, the area and the catalogue."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ponplan.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.area.model import Area
    from ponplan.area.plant.model import PlantBox, PlantCable, PlantPort, PlantSplitter
    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import CableType, Splitter

ENCLOSURE_KINDS = {"cabinet": "cabinet", "room": "room-box", "closure": "closure"}


def plant_faults(area: Area, catalogue: Catalogue, *, files: Mapping[str, str] | None = None) -> list[Fault]:
    """Find everything in an area's plant that names what is not there, or more than there is.

    Parameters
    ----------
    files
        How the user calls each layer (`plant_cables` ...); those not named are called by the layer.
    """
    judge = _Judge(area, catalogue, files or {})
    plant = area.plant
    return [
        *judge.shared_ids(),
        *(fault for cable in plant.cables for fault in judge.of_cable(cable)),
        *(fault for box in plant.boxes for fault in judge.of_box(box)),
        *(fault for splitter in plant.splitters for fault in judge.of_splitter(splitter)),
        *(fault for port in plant.ports for fault in judge.of_port(port)),
        *judge.shared_ports(),
        *judge.shared_fibres(),
    ]


def cable_type_of(cable: PlantCable, catalogue: Catalogue) -> CableType | None:
    """Give a cable's type: the one it names, else the smallest trunk cable with enough fibres."""
    if cable.type:
        return catalogue.cable_types.get(cable.type)
    rows = [row for row in catalogue.cable_types.values() if row.role == "trunk" and row.fibres >= cable.fibres]
    return min(rows, key=lambda row: (row.fibres, row.id), default=None)


def splitter_type_of(text: str, catalogue: Catalogue) -> Splitter | None:
    """Give a balanced splitter by its catalogue id or by a ratio such as 1:32, 2x16 or 32."""
    if text in catalogue.splitters:
        return catalogue.splitters[text]
    match = re.fullmatch(r"\D*?(?:([12])\s*[:：x×*/比]\s*)?(\d{1,3})\D*", text.casefold())
    if match is None:
        return None
    wanted = (int(match[1] or 1), int(match[2]))
    rows = catalogue.splitters.values()
    return next((row for row in rows if row.kind == "balanced" and (row.inputs, row.outputs) == wanted), None)


class _Judge:
    """Every record of plant held to what is known."""

    def __init__(self, area: Area, catalogue: Catalogue, files: Mapping[str, str]) -> None:
        self._area, self._catalogue, self._files = area, catalogue, files
        self._offices = {office.id for office in area.offices}
        self._boxes = {box.id: box for box in area.plant.boxes}
        self._cables = {cable.id: cable for cable in area.plant.cables}
        self._ports = {port.id: port for port in area.plant.ports}

    def shared_ids(self) -> Iterator[Fault]:
        """Find boxes called like an office, and splitters called like a port."""
        for layer, names, others, word in (
            ("plant_boxes", self._boxes, self._offices, "a central office"),
            ("plant_splitters", [s.id for s in self._area.plant.splitters], self._ports.keys(), "a PON port"),
        ):
            for name in names:
                if name in others:
                    remedy = "give each an id of its own"
                    yield self._fault(layer, name, "id", name, f"{word} has the same id", remedy=remedy)

    def of_cable(self, cable: PlantCable) -> Iterator[Fault]:
        """Judge a cable's ends, type and fibres."""
        layer = "plant_cables"
        for field, end in (("from_place", cable.from_place), ("to_place", cable.to_place)):
            if end and end not in self._offices and end not in self._boxes:
                limit = "an office, cabinet, room or closure of the lists"
                yield self._fault(layer, cable.id, field, end, "the cable's end is not listed", limit=limit)
        if cable.line is None and not (cable.from_place and cable.to_place):
            remedy = "draw the cable, or name the places at both ends"
            yield self._fault(layer, cable.id, "geometry", None, "nobody knows where the cable lies", remedy=remedy)
        elif cable.from_place and cable.from_place == cable.to_place:
            yield self._fault(layer, cable.id, "to_place", cable.to_place, "the cable ends where it begins")
        kind = cable_type_of(cable, self._catalogue)
        if kind is None:
            most = max(row.fibres for row in self._catalogue.cable_types.values())
            limit = f"cable types of the catalogue, or up to {most} fibres"
            value = cable.type or cable.fibres
            yield self._fault(layer, cable.id, "type", value, "no such cable in the catalogue", limit=limit)
            return
        count = cable.fibres or kind.fibres
        if count > kind.fibres:
            problem = f"a {kind.id} has fewer fibres"
            yield self._fault(layer, cable.id, "fibres", count, problem, limit=str(kind.fibres))
        for field, numbers in (("taken", cable.taken), ("faulty", cable.faulty)):
            beyond = [number for number in numbers if number > count]
            if beyond:
                problem = "the cable has no such fibre"
                yield self._fault(layer, cable.id, field, beyond[0], problem, limit=f"1 to {count}")
        both = sorted(set(cable.taken) & set(cable.faulty))
        if both:
            problem = "the fibre is said to be in use and faulty"
            yield self._fault(layer, cable.id, "faulty", both[0], problem, remedy="strike it from one of the lists")

    def of_box(self, box: PlantBox) -> Iterator[Fault]:
        """Judge a box's enclosure and its free ports."""
        if not box.enclosure:
            return
        row = self._catalogue.enclosures.get(box.enclosure)
        if row is None or row.kind != ENCLOSURE_KINDS[box.kind]:
            known = [e.id for e in self._catalogue.enclosures.values() if e.kind == ENCLOSURE_KINDS[box.kind]]
            problem = f"no such {box.kind} in the catalogue"
            yield self._fault("plant_boxes", box.id, "enclosure", box.enclosure, problem, limit=", ".join(known))
        elif box.free_ports is not None and box.free_ports > row.fibres:
            problem = f"a {row.id} has fewer places for fibres"
            limit = str(row.fibres)
            yield self._fault("plant_boxes", box.id, "free_ports", box.free_ports, problem, limit=limit)

    def of_splitter(self, splitter: PlantSplitter) -> Iterator[Fault]:
        """Judge a splitter's place, ratio, legs, port and feeder."""
        layer = "plant_splitters"
        if splitter.place not in self._boxes:
            limit = "a cabinet, room or closure of the lists"
            yield self._fault(layer, splitter.id, "place", splitter.place, "the place is not listed", limit=limit)
        if splitter.port not in self._ports:
            limit = "a PON port of the lists"
            yield self._fault(layer, splitter.id, "port", splitter.port, "the port is not listed", limit=limit)
        kind = splitter_type_of(splitter.type, self._catalogue)
        if kind is None:
            known = ", ".join(row.id for row in self._catalogue.splitters.values() if row.kind == "balanced")
            yield self._fault(
                layer, splitter.id, "type", splitter.type, "no such splitter in the catalogue", limit=known
            )
        elif splitter.taken and splitter.taken[-1] > kind.outputs:
            problem = "the splitter has no such leg"
            yield self._fault(layer, splitter.id, "taken", splitter.taken[-1], problem, limit=f"1 to {kind.outputs}")
        for cable, fibre in splitter.feeder:
            if cable not in self._cables:
                problem, limit = "the feeder's cable is not listed", "a cable of the lists"
                yield self._fault(layer, splitter.id, "feeder", cable, problem, limit=limit)
                continue
            one = self._cables[cable]
            row = cable_type_of(one, self._catalogue)
            if row is not None and fibre > (one.fibres or row.fibres):
                problem = f"cable {cable} has no such fibre"
                yield self._fault(
                    layer, splitter.id, "feeder", fibre, problem, limit=f"1 to {one.fibres or row.fibres}"
                )
            elif fibre in one.faulty:
                yield self._fault(layer, splitter.id, "feeder", fibre, f"this fibre of cable {cable} is faulty")

    def of_port(self, port: PlantPort) -> Iterator[Fault]:
        """Judge a port's office, technology, transceiver and place in the chassis."""
        layer = "plant_ports"
        if port.office and port.office not in self._offices:
            limit = ", ".join(sorted(self._offices))
            yield self._fault(layer, port.id, "office", port.office, "no such central office", limit=limit)
        elif not port.office and len(self._offices) > 1:
            problem, limit = "in which central office is it?", ", ".join(sorted(self._offices))
            yield self._fault(layer, port.id, "office", None, problem, limit=limit)
        technologies = self._catalogue.technologies
        if port.technology not in technologies:
            limit = ", ".join(technologies)
            yield self._fault(layer, port.id, "technology", port.technology, "no such technology", limit=limit)
            return
        most = technologies[port.technology].max_split
        if port.onus > most:
            problem = f"{port.technology} has fewer terminals on a port"
            yield self._fault(layer, port.id, "onus", port.onus, problem, limit=str(most))
        if port.optics:
            fitting = [
                row.id
                for row in self._catalogue.olt_optics.values()
                if port.technology in self._catalogue.optical_classes[row.optical_class].technologies
            ]
            if port.optics not in fitting:
                problem = f"no such transceiver for {port.technology}"
                limit = ", ".join(fitting)
                yield self._fault(layer, port.id, "optics", port.optics, problem, limit=limit)
        sizes = [row.ports for row in self._catalogue.olt_cards.values() if row.technology == port.technology]
        if not sizes:
            problem = "the catalogue has no card of this technology"
            yield self._fault(layer, port.id, "technology", port.technology, problem)
        elif port.number is not None and not 1 <= port.number <= max(sizes):
            problem, limit = "no card has such a port", f"1 to {max(sizes)}"
            yield self._fault(layer, port.id, "number", port.number, problem, limit=limit)
        slots = max((row.card_slots for row in self._catalogue.olt_chassis.values()), default=0)
        if port.card is not None and not 1 <= port.card <= slots:
            problem, limit = "no chassis has such a slot", f"1 to {slots}"
            yield self._fault(layer, port.id, "card", port.card, problem, limit=limit)

    def shared_ports(self) -> Iterator[Fault]:
        """Find ports that feed two splitters, and places on a card that two ports claim."""
        fed = Counter(splitter.port for splitter in self._area.plant.splitters)
        for splitter in self._area.plant.splitters:
            if fed[splitter.port] > 1:
                problem = f"{fed[splitter.port]} splitters are fed from this port"
                remedy = "list the splitter that the port's fibre reaches; those behind it are its taken legs"
                yield self._fault("plant_splitters", splitter.id, "port", splitter.port, problem, remedy=remedy)
        spots = Counter((p.office, p.olt, p.card, p.number) for p in self._ports.values())
        for port in self._ports.values():
            if port.number is not None and spots[port.office, port.olt, port.card, port.number] > 1:
                problem, remedy = "two ports have this number", "tell them apart by chassis, slot or number"
                yield self._fault("plant_ports", port.id, "number", port.number, problem, remedy=remedy)

    def shared_fibres(self) -> Iterator[Fault]:
        """Find fibres that feed two splitters."""
        uses = Counter(strand for splitter in self._area.plant.splitters for strand in splitter.feeder)
        for splitter in self._area.plant.splitters:
            for cable, fibre in splitter.feeder:
                if uses[cable, fibre] > 1:
                    problem = "this fibre feeds another splitter too"
                    yield self._fault("plant_splitters", splitter.id, "feeder", f"{cable}:{fibre}", problem)

    def _fault(
        self,
        layer: str,
        row: str,
        field: str,
        value: object,
        problem: str,
        *,
        limit: str | None = None,
        remedy: str | None = None,
    ) -> Fault:
        file = self._files.get(layer, layer)
        return Fault(file=file, row=row, field=field, value=value, problem=problem, limit=limit, remedy=remedy)
