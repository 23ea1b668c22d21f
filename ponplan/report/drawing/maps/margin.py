"""What stands around a map: scale bar, north, legend, its neighbours, and where it lies in the whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ponplan.report.drawing.frame import BORDER_MM, TITLE_HEIGHT_MM, TITLE_WIDTH_MM
from ponplan.report.drawing.maps.symbols import SYMBOLS, draw_symbol
from ponplan.report.language import mark
from ponplan.report.look import BLACK, BLUE, STROKES

if TYPE_CHECKING:
    from ponplan.report.drawing.grid import Cell, Grid
    from ponplan.report.drawing.maps.ground import Ground, View
    from ponplan.report.drawing.sheet import Sheet

_LETTER_MM, _SMALL_MM = 2.4, 1.9
LEGEND = (
    ("unused", mark("Routes not used")),
    ("new", mark("Routes to be built")),
    ("existing", mark("Routes used, there before")),
    ("feeder", mark("Feeder cables")),
    ("distribution", mark("Distribution cables")),
    ("drop", mark("Drops")),
    ("protecting", mark("Protecting paths")),
)


def draw_neighbours(ground: Ground, view: View, grid: Grid, cell: Cell) -> None:
    """Say at each edge which sheet goes on."""
    _ = ground.drawn.words
    left, top, width, height = view.window
    for dx, dy, x, y, anchor in (
        (-1, 0, left + 1.5, top + height / 2, "start"),
        (1, 0, left + width - 1.5, top + height / 2, "end"),
        (0, 1, left + width / 2, top + 3.6, "middle"),
        (0, -1, left + width / 2, top + height - 1.6, "middle"),
    ):
        other = grid.at(cell.column + dx, cell.row + dy)
        if other is not None:
            text = _("sheet {number}").format(number=other.number)
            view.sheet.text(x, y, text, 2.8, anchor=anchor, bold=True, colour="#55606c")  # type: ignore[arg-type]


def draw_corners(view: View) -> None:
    """Write the coordinates of the corners south-west and north-east."""
    west, south, east, north = view.ground
    left, top, width, height = view.window
    view.sheet.text(left + 1.2, top + height - 1.4, f"{west:.0f} / {south:.0f}", _SMALL_MM, colour="#55606c")
    view.sheet.text(
        left + width - 1.2, top + 2.6, f"{east:.0f} / {north:.0f}", _SMALL_MM, anchor="end", colour="#55606c"
    )


def draw_strip(ground: Ground, view: View, grid: Grid, cell: Cell | None) -> None:
    """Draw what stands below the map: scale bar, north, legend, and where this sheet lies."""
    sheet = view.sheet
    top = sheet.height_mm - BORDER_MM - TITLE_HEIGHT_MM
    room = sheet.width_mm - 2 * BORDER_MM - TITLE_WIDTH_MM
    sheet.box(BORDER_MM, top, room, TITLE_HEIGHT_MM, fill="#ffffff", pen=0.4)
    _scale_bar(view, BORDER_MM + 4, top + 7)
    _north(ground, sheet, BORDER_MM + 74, top + 3)
    _legend(ground, sheet, BORDER_MM + 84, top + 3.6, room - 84 - 34)
    if cell is not None:
        _place_in_grid(sheet, grid, cell, BORDER_MM + room - 32, top + 1.5, 30.0, TITLE_HEIGHT_MM - 3.0)


def _scale_bar(view: View, x: float, y: float) -> None:
    """Draw four equal steps of a round length, about 50 mm in all, and say the scale."""
    step_m = 10.0 ** math.floor(math.log10(50.0 * view.scale / 4000.0))
    step_m = max(step_m * factor for factor in (1, 2, 5) if step_m * factor <= 50.0 * view.scale / 4000.0)
    step_mm = step_m * 1000.0 / view.scale
    for number in range(4):
        fill = BLACK if number % 2 == 0 else "#ffffff"
        view.sheet.box(x + number * step_mm, y, step_mm, 1.8, fill=fill, pen=0.2)
    for number in (0, 2, 4):
        text = f"{number * step_m:g}" + (" m" if number == 4 else "")
        view.sheet.text(x + number * step_mm, y - 1.2, text, _LETTER_MM, anchor="middle")
    view.sheet.text(x, y + 6.4, f"1:{view.scale}", 3.2, bold=True)


def _north(ground: Ground, sheet: Sheet, x: float, y: float) -> None:
    sheet.polygon(((x, y), (x + 2.6, y + 10), (x, y + 7.8)), fill=BLACK)
    sheet.polygon(((x, y), (x - 2.6, y + 10), (x, y + 7.8)), fill="#ffffff", outline=BLACK)
    sheet.text(x, y + 13.4, "N", 3.0, anchor="middle", bold=True)
    sheet.text(x, y + 16.4, ground.drawn.words("grid"), _SMALL_MM, anchor="middle")


def _legend(ground: Ground, sheet: Sheet, x: float, y: float, room: float) -> None:
    _ = ground.drawn.words
    column = room / 3
    for number, (name, text) in enumerate((*LEGEND, *SYMBOLS)):
        left, height = x + (number % 3) * column, y + (number // 3) * 3.7
        if name in STROKES:
            sheet.line(((left, height), (left + 8, height)), STROKES[name])
        else:
            draw_symbol(sheet, name, (left + 4, height))
        sheet.text(left + 10, height + 0.8, _(text), 2.1, within_mm=column - 11)


def _place_in_grid(sheet: Sheet, grid: Grid, cell: Cell, x: float, y: float, width: float, height: float) -> None:
    """Draw the grid small, this sheet filled."""
    columns = max(one.column for one in grid.cells) + 1
    rows = max(one.row for one in grid.cells) + 1
    step = min(width / columns, height / rows * grid.width_m / grid.height_m)
    high = step * grid.height_m / grid.width_m
    for one in grid.cells:
        fill = BLUE if one.number == cell.number else "#eef1f4"
        sheet.box(x + one.column * step, y + (rows - 1 - one.row) * high, step, high, fill=fill, pen=0.1)
