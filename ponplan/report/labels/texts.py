"""What stands on a label beside its code, and what is told of a scanned one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.report.language import mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ponplan.report.language import Words
    from ponplan.topology.survey import Survey
    from ponplan.topology.works.numbers import Resource

KINDS = {
    "office": mark("Office"),
    "olt": mark("OLT"),
    "card": mark("Card"),
    "port": mark("Port"),
    "odf": mark("Distribution frame"),
    "cabinet": mark("Cabinet"),
    "room": mark("Building room"),
    "closure": mark("Closure"),
    "cable": mark("Cable"),
    "fibre": mark("Fibre"),
    "splitter": mark("Splitter"),
    "leg": mark("Splitter leg"),
    "onu": mark("Terminal"),
}
ROLES = (mark("feeder"), mark("distribution"), mark("drop"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label: what the bar code says, and the lines for people."""

    code: str
    lines: tuple[str, ...]


class LabelTexts:
    """The words of labels of one network in one language."""

    def __init__(self, survey: Survey, resources: Sequence[Resource], say: Words) -> None:
        self._survey, self._index, self._say = survey, survey.index, say
        self._codes = {(row.kind, row.record): row.code for row in resources if row.number is None}
        self._nodes = {
            row.record: row.code for row in resources if row.kind in ("office", "odf", "cabinet", "room", "closure")
        }
        self._names = {customer.id: customer.name for customer in survey.network.customers}
        self._onus = {onu.node: onu for onu in survey.network.onus}
        self._fibres = {strand: link for link in survey.network.links for strand in link.strands}
        self._legs: Mapping[tuple[str, int], str] = {
            (link.from_device, link.from_port): link.to_device for link in survey.network.links
        }

    def labels(self, resource: Resource) -> Iterator[Label]:
        """Give the labels of a resource: of a cable one for each end, of anything else one."""
        if resource.kind != "cable":
            yield Label(code=resource.code, lines=(resource.code, *self.lines(resource)))
            return
        cable = self._index.cables[resource.record]
        ends = (self.place(cable.from_node), self.place(cable.to_node))
        kind = f"{self._say(cable.role)} {cable.type}"
        for end, (here, there) in (("A", ends), ("B", ends[::-1])):
            yield Label(
                code=f"{resource.code}/{end}",
                lines=(f"{resource.code}/{end}", here, f"→ {there}", f"{kind}, {cable.length_m:.0f} m"),
            )

    def lines(self, resource: Resource) -> tuple[str, ...]:
        """Give what a resource is and where, in lines."""
        said = self._say(KINDS[resource.kind])
        index, record = self._index, resource.record
        if resource.kind == "cable":
            cable = index.cables[record]
            way = f"{self.place(cable.from_node)} → {self.place(cable.to_node)}"
            return f"{said}, {self._say(cable.role)} {cable.type}", way, f"{cable.length_m:.1f} m"
        if resource.kind == "fibre":
            link = self._fibres.get((record, resource.number or 0))
            return f"{said} {resource.number}: {self._codes['cable', record]}", self._circuit(link.id if link else "")
        if resource.kind in ("splitter", "leg"):
            splitter = index.splitters[record]
            if resource.kind == "splitter":
                return f"{said} {splitter.type}", self.place(splitter.node), splitter.technology
            return f"{said} {resource.number}", self._device(self._legs.get((record, resource.number or 0), ""))
        if resource.kind == "onu":
            onu = index.onus[record]
            return self._names.get(onu.customer, ""), onu.type
        if resource.kind in ("olt", "card", "port"):
            return self._equipment(resource, said)
        node = index.nodes[record]
        return (f"{said} {node.name}".strip(), node.enclosure or node.id)

    def _equipment(self, resource: Resource, said: str) -> tuple[str, ...]:
        index, record = self._index, resource.record
        if resource.kind == "olt":
            return f"{said} {index.olts[record].type}", self.place(index.olts[record].node)
        if resource.kind == "card":
            card = index.cards[record]
            return f"{said} {card.type}", self._say("Slot") + f" {card.slot}"
        port = index.ports[record]
        return f"{said} {port.number}, {port.optics}", self._device(self._legs.get((record, 1), ""))

    def _circuit(self, link: str) -> str:
        return self._say("Circuit") + f" {link}" if link else self._say("dark")

    def _device(self, device: str) -> str:
        """Give the name of what hangs on a port or leg."""
        if not device:
            return self._say("free")
        onu = self._index.onus.get(device)
        if onu is not None:
            return f"→ {self._codes['onu', device]} {self._names.get(onu.customer, '')}".strip()
        return f"→ {self._codes.get(('splitter', device), device)}"

    def place(self, node: str) -> str:
        """Give what people call a node: its code, at premises the customer's terminal."""
        if node in self._nodes:
            return self._nodes[node]
        onu = self._onus.get(node)
        return self._codes["onu", onu.id] if onu is not None else node
