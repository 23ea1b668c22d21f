"""Single-line diagrams: one port with all it feeds, on as many sheets as its terminals need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.report.drawing.frame import BORDER_MM, TITLE_HEIGHT_MM, TITLE_WIDTH_MM, file_name
from ponplan.report.drawing.sheet import PAPER_MM
from ponplan.report.drawing.tree import Trees, pages
from ponplan.report.look import STROKES
from ponplan.topology.light import DIRECTIONS, leg_attenuation
from ponplan.topology.reserves import path_reserves_db

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ponplan.report.drawing.frame import Set
    from ponplan.report.drawing.sheet import Sheet
    from ponplan.report.drawing.tree import Branch, Stretch
    from ponplan.report.look import Stroke
    from ponplan.topology.network import NetworkCustomer, OltPort
    from ponplan.topology.survey import Survey

_ROW_MM, _LINE_MM, _HEAD_MM = 5.2, 3.8, 8.0
_TOP_MM = BORDER_MM + 5.0
_LETTER_MM, _SMALL_MM = 2.4, 2.1
_GAP_MM = 6.0  # between the columns of the tree
_SOFT = "#55606c"
# share of the table's width by column: leg, fibres, length, loss, terminal, customer, length, loss, reserve
_COLUMNS = (0.035, 0.30, 0.055, 0.075, 0.125, 0.19, 0.06, 0.08, 0.08)
_TREE_SHARE = 0.26  # of the sheet's width
_MOST_TREE_SHARE = 0.42


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Where things stand on one sheet."""

    sheet: Sheet
    rows: dict[int, float]  # y of each leaf shown, by identity
    step_mm: float  # from one stage to the next
    table_x: float
    edges: tuple[float, ...]  # of the table's columns


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """What all diagrams of a network look things up in."""

    survey: Survey
    trees: Trees
    reserves: list[list[float]]  # of each path, down and up
    customers: Mapping[str, NetworkCustomer]


def single_line_sheets(drawn: Set, survey: Survey) -> Iterator[Sheet]:
    """Give the sheets of every port that feeds something of its own.

    A protecting port whose light comes to the splitter of its partner stands on the partner's sheets.
    """
    measured = _Measured(
        survey=survey,
        trees=Trees(survey),
        reserves=path_reserves_db(survey).tolist(),
        customers={customer.id: customer for customer in survey.network.customers},
    )
    number = 0
    for row, port in enumerate(survey.network.ports):
        branches = measured.trees.of_port(row)
        if not branches or (port.role == "protecting" and _is_shared(survey, port, branches)):
            continue
        number += 1
        yield from _Diagram(drawn, measured, row, branches).sheets(number)


def _is_shared(survey: Survey, port: OltPort, branches: Sequence[Branch]) -> bool:
    """Tell whether every splitter a protecting port feeds first is fed by its partner too."""
    into = survey.index.links_into
    firsts = [branch.stretch.link.to_device for branch in branches]
    return all(
        any(survey.network.links[link].from_device == port.partner for link in into.get(first, ()))
        for first in firsts
    )


class _Diagram:
    """One port's sheets in the making."""

    def __init__(self, drawn: Set, measured: _Measured, row: int, branches: Sequence[Branch]) -> None:
        self.drawn, self.measured, self.row, self.branches = drawn, measured, row, branches
        self.survey = measured.survey
        self.port = self.survey.network.ports[row]
        self.leaves = [leaf for branch in branches for leaf in branch.leaves()]
        self.depth = max(branch.depth() for branch in branches)

    def sheets(self, number: int) -> Iterator[Sheet]:
        """Draw as many sheets as the terminals need; each shows the port and the splitters on the way."""
        _ = self.drawn.words
        paper_mm = PAPER_MM[self.drawn.paper]
        bottom = paper_mm[1] - BORDER_MM - TITLE_HEIGHT_MM - 4.0
        parts = pages(self.leaves, (bottom - _TOP_MM - _HEAD_MM, _ROW_MM, _LINE_MM), self.branches)
        for page, part in enumerate(parts, start=1):
            name = f"{file_name('pon', self.port.id, number)}-{page}"
            note = _("{count} terminals").format(count=sum(leaf.path is not None for leaf in self.leaves))
            sheet = self.drawn.sheet(
                name, _("Single-line diagram"), self.port.id, number=page, count=len(parts), note=note
            )
            self._page(sheet, [self.leaves[place] for place in part])
            yield sheet

    def _page(self, sheet: Sheet, shown: Sequence[Branch]) -> None:
        keep = {id(leaf) for leaf in shown}
        inner = [one for branch in self.branches for one in branch.inner() if _has(one, keep)]
        y = self._links(sheet, inner)
        left, right = BORDER_MM + 3.0, sheet.width_mm - BORDER_MM - 3.0
        share = min(_MOST_TREE_SHARE, _TREE_SHARE + 0.05 * max(0, self.depth - 1))
        table_x = left + share * (right - left)
        edges = [table_x]
        for column in _COLUMNS:
            edges.append(edges[-1] + column * (right - table_x))
        plot = _Plot(
            sheet=sheet,
            rows={id(leaf): y + _HEAD_MM + (place + 0.5) * _ROW_MM for place, leaf in enumerate(shown)},
            step_mm=(table_x - left) / (self.depth + 1),
            table_x=table_x,
            edges=tuple(edges),
        )
        self._heading(plot, y)
        for leaf in shown:
            self._leaf(plot, leaf)
        self._tree(plot)
        self._legend(sheet)

    def _links(self, sheet: Sheet, inner: Sequence[Branch]) -> float:
        """List the links between port and splitters; give the y below them."""
        y = _TOP_MM
        within = sheet.width_mm - 2 * BORDER_MM - 6
        for one in inner:
            for stretch, role in ((one.stretch, ""), *self._other_feeds(one)):
                y += _LINE_MM
                sheet.text(BORDER_MM + 3, y - 1, self._link_text(stretch, role), _LETTER_MM, within_mm=within)
        return y

    def _other_feeds(self, branch: Branch) -> Iterator[tuple[Stretch, str]]:
        """Give the links that come to a splitter from elsewhere: its protecting feeders."""
        for row in self.survey.index.links_into.get(branch.stretch.link.to_device, ()):
            link = self.survey.network.links[row]
            if link.id != branch.stretch.link.id:
                yield self.measured.trees.stretch(row, self.row), self.drawn.words(link.role)

    def _link_text(self, stretch: Stretch, role: str) -> str:
        _, link = self.drawn.words, stretch.link
        text = _("{link}: {start} to {end}, {length} m, {splices} splices, {down} / {up} dB: {way}").format(
            link=link.id,
            start=link.from_device,
            end=self._named(link.to_device),
            length=f"{stretch.length_m:.1f}",
            splices=stretch.splices,
            down=f"{stretch.down_db:.2f}",
            up=f"{stretch.up_db:.2f}",
            way=stretch.way or _("inside the place"),
        )
        return f"({role}) {text}" if role else text

    def _named(self, device: str) -> str:
        """Give a device's id, a tap's with its type: boxes in a long row have no room for it."""
        splitter = self.survey.index.splitters.get(device)
        kind = None if splitter is None else self.survey.catalogue.splitters.get(splitter.type)
        return f"{device} ({kind.id})" if kind is not None and kind.kind == "tap" else device

    def _heading(self, plot: _Plot, y: float) -> None:
        _ = self.drawn.words
        names = (
            _("leg"),
            _("cable:fibre, length"),
            _("m"),
            _("link, dB"),
            _("terminal"),
            _("customer"),
            _("total, m"),
            _("loss, dB"),
            _("reserve, dB"),
        )
        for place, name in enumerate(names):
            self._cell(plot, place, y + _HEAD_MM - 2.2, name, bold=True)
        plot.sheet.rule(((plot.table_x, y + _HEAD_MM - 0.8), (plot.edges[-1], y + _HEAD_MM - 0.8)), width_mm=0.3)

    def _cell(self, plot: _Plot, place: int, y: float, text: str, *, bold: bool = False) -> None:
        is_number = place in (2, 3, 6, 7, 8)
        begin, end = plot.edges[place] + 1.0, plot.edges[place + 1] - (1.8 if is_number else 1.0)
        plot.sheet.text(
            end if is_number else begin,
            y,
            text,
            _LETTER_MM,
            anchor="end" if is_number else "start",
            bold=bold,
            within_mm=end - begin + 1.6,
        )

    def _leaf(self, plot: _Plot, leaf: Branch) -> None:
        y, stretch = plot.rows[id(leaf)] + 0.9, leaf.stretch
        cells = [
            str(stretch.link.from_port),
            stretch.way,
            f"{stretch.length_m:.1f}",
            f"{stretch.down_db:.2f} / {stretch.up_db:.2f}",
            *(self._terminal(leaf) if leaf.path is not None else [self.drawn.words("no terminal"), "", "", "", ""]),
        ]
        for place, text in enumerate(cells):
            self._cell(plot, place, y, text)
        edge = plot.rows[id(leaf)] + _ROW_MM / 2
        plot.sheet.rule(((plot.table_x, edge), (plot.edges[-1], edge)), width_mm=0.08, colour="#c3c9d0")

    def _terminal(self, leaf: Branch) -> list[str]:
        survey, paths = self.survey, self.survey.onu_paths
        assert leaf.path is not None  # noqa: S101 - asked for terminals only
        onu = survey.network.onus[paths.onus[leaf.path]]
        customer = self.measured.customers.get(onu.customer)
        down, up = (paths.loss[way].max_db[leaf.path] for way in DIRECTIONS)
        left = self.measured.reserves[leaf.path]
        return [
            onu.id,
            f"{onu.customer} {customer.name if customer else ''}".strip(),
            f"{paths.lengths_m[leaf.path]:.1f}",
            f"{down:.2f} / {up:.2f}",
            f"{left[0]:.2f} / {left[1]:.2f}",
        ]

    def _tree(self, plot: _Plot) -> None:
        """Draw port, splitters and the lines between them, each in the middle of what it feeds on this sheet."""
        found = [(self._branch(plot, branch, 1), branch) for branch in self.branches]
        shown = [(y, branch) for y, branch in found if y is not None]
        heights = [y for y, _branch in shown]
        x, y = plot.table_x - (self.depth + 1) * plot.step_mm, (heights[0] + heights[-1]) / 2
        right = x + plot.step_mm
        ends = [(y, plot.table_x if branch.path is not None else right) for y, branch in shown]
        self._fan(plot, right - _GAP_MM, y, ends, stroke=STROKES["feeder"])
        card = self.survey.index.cards.get(self.port.card)
        lines = [self.port.id, self.port.optics, f"{card.olt} / {card.slot} / {self.port.number}" if card else ""]
        room = (heights[-1] - heights[0]) + _ROW_MM
        self._box(plot, x, y, plot.step_mm - _GAP_MM, max(room, 14.0), lines, colour=STROKES["feeder"].colour)

    def _branch(self, plot: _Plot, branch: Branch, stage: int) -> float | None:
        """Draw what is behind a device and the device itself; give its y, None if nothing of it is on the sheet."""
        if branch.path is not None:
            return plot.rows.get(id(branch))
        if not branch.behind:
            y = plot.rows.get(id(branch))
            if y is not None:
                self._splitter(plot, branch, stage, y, _ROW_MM)
            return y
        found = [(one, self._branch(plot, one, stage + 1)) for one in branch.behind]
        shown = [(y, one) for one, y in found if y is not None]
        if not shown:
            return None
        x = plot.table_x - (self.depth + 1 - stage) * plot.step_mm
        first, last = shown[0][0], shown[-1][0]
        y = (first + last) / 2
        ends = [(end, plot.table_x if one.path is not None else x + plot.step_mm) for end, one in shown]
        self._fan(plot, x + plot.step_mm - _GAP_MM, y, ends, stroke=STROKES["distribution"])
        self._splitter(plot, branch, stage, y, last - first + _ROW_MM)
        return y

    def _fan(self, plot: _Plot, x: float, y: float, ends: Sequence[tuple[float, float]], *, stroke: Stroke) -> None:
        """Draw the lines from a device's right edge to all that it feeds."""
        bus = x + _GAP_MM / 2
        plot.sheet.line(((x, y), (bus, y)), stroke)
        plot.sheet.line(((bus, ends[0][0]), (bus, ends[-1][0])), stroke)
        for height, end in ends:
            plot.sheet.line(((bus, height), (end, height)), stroke)

    def _splitter(self, plot: _Plot, branch: Branch, stage: int, y: float, room_mm: float) -> None:
        _, index = self.drawn.words, self.survey.index
        splitter = index.splitters[branch.stretch.link.to_device]
        kind = self.survey.catalogue.splitters.get(splitter.type)
        node = index.nodes.get(splitter.node)
        used = len(index.links_from.get(splitter.id, ()))
        lines = [splitter.id, splitter.type, f"{node.id} {node.name}".strip() if node else splitter.node]
        if kind is not None:
            legs = sorted({one.stretch.link.from_port for one in branch.behind}) or [1]
            losses = sorted({f"{leg_attenuation(kind, leg).max_db:.2f}" for leg in legs})
            ratio = f"{kind.inputs}:{kind.outputs}"
            lines = [f"{splitter.id}  {ratio}", f"{'/'.join(losses)} dB", *lines[2:]]
            lines.append(_("{used} of {legs} legs used").format(used=used, legs=kind.outputs))
        x = plot.table_x - (self.depth + 1 - stage) * plot.step_mm
        self._box(plot, x, y, plot.step_mm - _GAP_MM, room_mm, lines, colour=STROKES["distribution"].colour)
        if any(True for _other in self._other_feeds(branch)):
            low = y + min(room_mm - 0.8, 14.0) / 2 - 1.2
            plot.sheet.line(((x - _GAP_MM / 2, low), (x, low)), STROKES["protecting"])

    def _box(
        self, plot: _Plot, x: float, y: float, width: float, room_mm: float, lines: Sequence[str], *, colour: str
    ) -> None:
        """Draw a device with as many lines of text as fit."""
        height = min(room_mm - 0.8, 2.0 + 3.0 * len(lines))
        plot.sheet.box(x, y - height / 2, width, height, fill="#ffffff", outline=colour, pen=0.4)
        fitting = max(1, int((height - 1.0) / 3.0))
        for place, text in enumerate(lines[:fitting]):
            baseline = y - 1.5 * min(fitting, len(lines)) + 3.0 * place + 2.3
            size = _LETTER_MM if place == 0 else _SMALL_MM
            plot.sheet.text(x + 1, baseline, text, size, bold=place == 0, within_mm=width - 1.4)

    def _legend(self, sheet: Sheet) -> None:
        _ = self.drawn.words
        y = sheet.height_mm - BORDER_MM - 10.0
        lines = (
            _("Losses are the largest ones, downstream / upstream; the reserve is left after loss and margin."),
            _("Links in words: cable:fibre, metres lit. A dashed stub is a protecting feeder, listed above."),
        )
        within = sheet.width_mm - 2 * BORDER_MM - TITLE_WIDTH_MM - 8
        for place, text in enumerate(lines):
            sheet.text(BORDER_MM + 3, y + 4.0 * place, text, _SMALL_MM + 0.2, colour=_SOFT, within_mm=within)


def _has(branch: Branch, keep: set[int]) -> bool:
    """Tell whether a branch has an end that is drawn."""
    return any(id(leaf) in keep for leaf in branch.leaves())
