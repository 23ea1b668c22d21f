"""Splice diagrams: every fibre that is joined in a closure, cabinet, room or office, with the colours it wears."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from ponplan.errors import CatalogueError, Fault
from ponplan.report.drawing.frame import BORDER_MM, TITLE_HEIGHT_MM, file_name
from ponplan.report.drawing.sheet import PAPER_MM
from ponplan.report.look import STROKES
from ponplan.topology.splicing import splice_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Colour
    from ponplan.report.drawing.frame import Set
    from ponplan.report.drawing.sheet import Sheet
    from ponplan.topology.network import Cable, Link, Node
    from ponplan.topology.survey import Survey

_ROW_MM, _LINE_MM, _HEAD_MM = 4.8, 4.0, 8.0
_TOP_MM = BORDER_MM + 4.0
_LETTER_MM = 2.4
_PAPER = "A4"
_CHIP_MM = (5.0, 2.6)
_LEFT_X, _RIGHT_X, _NOTE_X = 13.0, 108.0, 190.0


@dataclass(frozen=True, slots=True)
class End:
    """One side of a splice: a fibre of a cable, or a tail of a device, which has no fibre."""

    thing: str  # cable or device id
    fibre: int  # of a cable, from 1; of a device: its leg, input or port
    kind: str  # cable, leg, input, port


@dataclass(frozen=True, slots=True)
class Splice:
    """Two ends joined, and the link whose light passes."""

    left: End
    right: End
    link: Link


def colours_of(catalogue: Catalogue, scheme: str) -> Mapping[int, Colour]:
    """Give the colours of an order by their position.

    Raises
    ------
    CatalogueError
        The catalogue has no such order.
    """
    found = {row.position: row for row in catalogue.colours.values() if row.scheme == scheme}
    if not found:
        known = ", ".join(sorted({row.scheme for row in catalogue.colours.values()}))
        fault = Fault(
            file="colours.csv", field="scheme", value=scheme, problem="no such order of colours", limit=known
        )
        raise CatalogueError([fault])
    return found


def node_splices(survey: Survey) -> dict[str, list[Splice]]:
    """Give what is joined at every node, premises left out, in the order of cables and fibres."""
    found: dict[str, list[Splice]] = {}
    nodes = survey.index.nodes
    for link, run in zip(survey.network.links, survey.runs, strict=True):
        for node, splice in _of_link(survey, link, run.joints):
            if node in nodes and nodes[node].kind != "premises":
                found.setdefault(node, []).append(splice)
    order = {cable.id: row for row, cable in enumerate(survey.network.cables)}
    for splices in found.values():
        splices.sort(key=lambda one: (order.get(one.left.thing, -1), one.left.thing, one.left.fibre))
    return found


def _of_link(survey: Survey, link: Link, joints: Sequence[str]) -> Iterator[tuple[str, Splice]]:
    index = survey.index
    strands = [End(cable, fibre, "cable") for cable, fibre in link.strands if cable in index.cables]
    is_leg = link.from_device in index.splitters
    start = End(link.from_device, link.from_port if is_leg else 1, "leg" if is_leg else "port")
    end = End(link.to_device, link.to_port, "input")
    ends = [start, *strands, *([end] if link.to_device in index.splitters else [])]
    places = [index.device_nodes.get(link.from_device, "")]
    for junction, before, after in zip(joints, strands, strands[1:], strict=False):
        places.append(splice_node(index, junction, index.cables[before.thing], index.cables[after.thing]))
    places.append(index.device_nodes.get(link.to_device, ""))
    for place, left, right in zip(places, ends, ends[1:], strict=False):
        yield place, Splice(left, right, link)


def splice_sheets(drawn: Set, survey: Survey, *, scheme: str) -> Iterator[Sheet]:
    """Give the sheets of every node where something is joined, in the order of the file.

    Raises
    ------
    CatalogueError
        The catalogue has no such order of colours.
    """
    diagram = _Diagram(replace(drawn, paper=_PAPER), survey, colours_of(survey.catalogue, scheme))
    splices = node_splices(survey)
    number = 0
    for node in survey.network.nodes:
        if node.id in splices:
            number += 1
            yield from diagram.sheets(node, splices[node.id], number)


class _Diagram:
    """Draws nodes one after the other."""

    def __init__(self, drawn: Set, survey: Survey, colours: Mapping[int, Colour]) -> None:
        self.drawn, self.survey, self.colours = drawn, survey, colours
        self.opened: dict[str, set[int]] = {}
        for node, row in survey.opened_cables:
            self.opened.setdefault(node, set()).add(row)
        self.ending: dict[str, set[int]] = {}
        for row, cable in enumerate(survey.network.cables):
            for node in (cable.from_node, cable.to_node):
                self.ending.setdefault(node, set()).add(row)

    def sheets(self, node: Node, splices: Sequence[Splice], number: int) -> Iterator[Sheet]:
        """Draw one node on as many sheets as its splices need."""
        _ = self.drawn.words
        cables = list(self._cables(node, splices))
        space = PAPER_MM[_PAPER][1] - BORDER_MM - TITLE_HEIGHT_MM - 4.0 - _TOP_MM - _HEAD_MM
        first = max(1, int((space - _LINE_MM * len(cables)) / _ROW_MM))
        more = int(space / _ROW_MM)
        parts = [splices[:first], *(splices[at : at + more] for at in range(first, len(splices), more))]
        subject = f"{node.id} {node.name}".strip() if node.name != node.id else node.id
        for page, part in enumerate(parts, start=1):
            name = f"{file_name('splices', node.id, number)}-{page}"
            note = f"{node.kind} {node.enclosure}".strip()
            sheet = self.drawn.sheet(name, _("Splice diagram"), subject, number=page, count=len(parts), note=note)
            y = self._list(sheet, cables) if page == 1 else _TOP_MM
            self._table(sheet, y, part)
            yield sheet

    def _cables(self, node: Node, splices: Sequence[Splice]) -> Iterator[str]:
        """Tell of every cable that comes in: whether it ends here, and how many of its fibres are joined."""
        _ = self.drawn.words
        joined: dict[str, set[int]] = {}
        for splice in splices:
            for end in (splice.left, splice.right):
                if end.kind == "cable":
                    joined.setdefault(end.thing, set()).add(end.fibre)
        ending = self.ending.get(node.id, set())
        for row in sorted(ending | self.opened.get(node.id, set())):
            cable = self.survey.network.cables[row]
            kind = self.survey.catalogue.cable_types.get(cable.type)
            far = cable.to_node if cable.from_node == node.id else cable.from_node
            text = (
                _("{cable} ({type}, {role}) from {far}: ends here, {joined} of {fibres} fibres joined")
                if row in ending
                else _("{cable} ({type}, {role}): opened, {joined} of {fibres} fibres cut, the others pass uncut")
            )
            yield text.format(
                cable=cable.id,
                type=cable.type,
                role=_(cable.role),
                far=far,
                joined=len(joined.get(cable.id, ())),
                fibres=kind.fibres if kind else "?",
            )

    def _list(self, sheet: Sheet, cables: Sequence[str]) -> float:
        y = _TOP_MM
        within = sheet.width_mm - 2 * BORDER_MM - 6
        for text in cables:
            y += _LINE_MM
            sheet.text(BORDER_MM + 3, y - 1, text, _LETTER_MM, within_mm=within)
        return y

    def _table(self, sheet: Sheet, y: float, splices: Sequence[Splice]) -> None:
        _ = self.drawn.words
        for x, text in (
            (_LEFT_X, _("from the office's side")),
            (_RIGHT_X, _("outwards")),
            (_NOTE_X, _("light that passes")),
        ):
            sheet.text(x, y + _HEAD_MM - 2.6, text, _LETTER_MM, bold=True)
        rows = [(place, splice) for place, splice in enumerate(splices)]
        for side in ("left", "right"):
            for _key, group in groupby(rows, key=lambda row: getattr(row[1], side).thing):
                places = [place for place, _splice in group]
                self._bracket(sheet, side, y + _HEAD_MM, places[0], places[-1])
        for place, splice in rows:
            self._splice(sheet, y + _HEAD_MM + (place + 0.5) * _ROW_MM, splice)

    def _bracket(self, sheet: Sheet, side: str, top: float, first: int, last: int) -> None:
        """Draw one line along all fibres of a cable."""
        x = _LEFT_X - 2.0 if side == "left" else _NOTE_X - 4.0
        begin, end = top + first * _ROW_MM + 0.6, top + (last + 1) * _ROW_MM - 0.6
        sheet.rule(((x, begin), (x, end)), width_mm=0.6, colour="#55606c")

    def _splice(self, sheet: Sheet, y: float, splice: Splice) -> None:
        _ = self.drawn.words
        self._end(sheet, _LEFT_X, y, splice.left)
        self._end(sheet, _RIGHT_X, y, splice.right)
        stroke = STROKES["protecting" if splice.link.role == "protecting" else "distribution"]
        sheet.line(((_LEFT_X + 76.0, y), (_RIGHT_X - 2.0, y)), stroke)
        sheet.dot((_LEFT_X + 74.0 + _RIGHT_X) / 2, y, 0.9, fill="#1b1f24")
        way = f"{splice.link.id}: {splice.link.from_device} → {splice.link.to_device}"
        text = f"{way} ({_(splice.link.role)})" if splice.link.role != "working" else way
        sheet.text(_NOTE_X, y + 0.8, text, _LETTER_MM, within_mm=sheet.width_mm - BORDER_MM - 2 - _NOTE_X)

    def _end(self, sheet: Sheet, x: float, y: float, end: End) -> None:
        _ = self.drawn.words
        sheet.text(x, y + 0.8, end.thing, _LETTER_MM, bold=end.kind == "cable", within_mm=26.0)
        if end.kind != "cable":
            words = {"leg": _("leg {number}"), "input": _("input {number}"), "port": _("frame")}
            sheet.text(x + 27, y + 0.8, words[end.kind].format(number=end.fibre), _LETTER_MM, within_mm=46.0)
            return
        tube, fibre = self._tube(self.survey.index.cables[end.thing], end.fibre)
        self._chip(sheet, x + 27, y, tube, _("tube"))
        self._chip(sheet, x + 51, y, fibre, _("fibre"))

    def _tube(self, cable: Cable, fibre: int) -> tuple[int, int]:
        """Give tube and position in it, from 1."""
        kind = self.survey.catalogue.cable_types.get(cable.type)
        each = kind.fibres_per_tube if kind else 12
        return (fibre - 1) // each + 1, (fibre - 1) % each + 1

    def _chip(self, sheet: Sheet, x: float, y: float, number: int, word: str) -> None:
        """Draw a patch of the colour with its rings, and say number and colour in words."""
        rings, place = divmod(number - 1, len(self.colours))
        colour = self.colours[place + 1]
        sheet.box(x, y - _CHIP_MM[1] / 2, *_CHIP_MM, fill=f"#{colour.rgb}", outline="#1b1f24", pen=0.15)
        dark = int(colour.rgb[:2], 16) + int(colour.rgb[2:4], 16) + int(colour.rgb[4:], 16) < 300
        for ring in range(rings):
            at = x + 1.2 + 0.9 * ring
            ends = ((at, y - _CHIP_MM[1] / 2), (at, y + _CHIP_MM[1] / 2))
            sheet.rule(ends, width_mm=0.3, colour="#ffffff" if dark else "#1b1f24")
        said = f"{word} {number} {self.drawn.words(colour.description)}"
        sheet.text(x + _CHIP_MM[0] + 0.8, y + 0.8, said, 2.1, within_mm=17.5)
