"""Map sheets of a service area: what to build and lay where, with scale bar, legend, north and an index of sheets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.report.drawing.frame import BORDER_MM, TITLE_HEIGHT_MM, TITLE_WIDTH_MM, file_name
from ponplan.report.drawing.grid import fitting_scale, sheets_over
from ponplan.report.drawing.sheet import PAPER_MM, width_mm
from ponplan.report.language import mark
from ponplan.report.look import BLACK, BLUE, GREEN, PURPLE, STROKES, VERMILION
from ponplan.report.routes import PROTECTING_BIT, ROLE_BIT, STATE_BITS, route_bits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.report.drawing.frame import Set
    from ponplan.report.drawing.grid import Cell, Grid
    from ponplan.report.drawing.sheet import Point, Sheet
    from ponplan.topology.network import Node
    from ponplan.topology.survey import Survey

    Lines = NDArray[np.object_]

_LETTER_MM, _SMALL_MM = 2.4, 1.9
_SMOOTH_MM = 0.08
_CLOSURE_NAMES_TO = 1000  # the smallest scale at which closures are named
_MOST_NAMES = 3  # of cables on one label
LEGEND = (
    ("unused", mark("Routes not used")),
    ("new", mark("Routes to be built")),
    ("existing", mark("Routes used, there before")),
    ("feeder", mark("Feeder cables")),
    ("distribution", mark("Distribution cables")),
    ("drop", mark("Drops")),
    ("protecting", mark("Protecting paths")),
)
SYMBOLS = (
    ("office", mark("Central offices")),
    ("cabinet", mark("Cabinets and splitter places")),
    ("room", mark("Building rooms")),
    ("closure", mark("Closures")),
    ("customer", mark("Customers served")),
    ("unserved", mark("Customers not served")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """Everything on the map, once for all sheets."""

    drawn: Set
    lines: Lines
    tree: shapely.STRtree
    bits: NDArray[np.int64]
    trunks: tuple[tuple[str, ...], ...]  # feeder and distribution cables of each route
    nodes: tuple[Node, ...]
    node_tree: shapely.STRtree
    splitters: Mapping[str, str]  # what stands at a node, in words
    customers: NDArray[np.float64]
    is_served: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """A window of a sheet onto a piece of ground."""

    sheet: Sheet
    x_m: float
    y_m: float
    scale: int
    window: tuple[float, float, float, float]  # left, top, width, height on the sheet, mm

    def place(self, x_m: float, y_m: float) -> Point:
        """Give where a place stands on the sheet."""
        left, top, _width, height = self.window
        return left + (x_m - self.x_m) * 1000.0 / self.scale, top + height - (y_m - self.y_m) * 1000.0 / self.scale

    @property
    def ground(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the ground, m."""
        width_m, height_m = (side * self.scale / 1000.0 for side in self.window[2:])
        return self.x_m, self.y_m, self.x_m + width_m, self.y_m + height_m


def map_sheets(drawn: Set, survey: Survey, *, scale: int | None = None) -> Iterator[Sheet]:
    """Give an index sheet and the map sheets of every office's service area.

    Parameters
    ----------
    scale
        Denominator, the same for all; None takes the largest usual scale that needs at most 40 sheets for an area.
    """
    ground = _ground(drawn, survey)
    window = _window(drawn.paper)
    for number, (office, routes) in enumerate(sorted(_service_areas(survey).items()), start=1):
        lines = ground.lines[sorted(routes)]
        grid = sheets_over(lines, window[2:], scale=scale)
        office_node = survey.index.nodes.get(office)
        title = f"{office} {office_node.name}".strip() if office_node else office
        name = file_name("map", office, number)
        yield _index(ground, grid, lines, f"{name}-000", title)
        for cell in grid.cells:
            yield _map(ground, grid, cell, f"{name}-{cell.number:03d}", title)


def _window(paper: str) -> tuple[float, float, float, float]:
    width, height = PAPER_MM[paper]
    return BORDER_MM, BORDER_MM, width - 2 * BORDER_MM, height - 2 * BORDER_MM - TITLE_HEIGHT_MM


def _ground(drawn: Set, survey: Survey) -> _Ground:
    network, bits = survey.network, route_bits(survey)
    cables = network.cables
    trunk = [
        tuple(cables[row].id for row in survey.route_cables.get(route.id, ()) if cables[row].role != "drop")
        for route in network.routes
    ]
    nodes = tuple(node for node in network.nodes if node.kind != "premises")
    words: dict[str, list[str]] = {}
    for splitter in network.splitters:
        kind = survey.catalogue.splitters.get(splitter.type)
        ratio = f" {kind.inputs}:{kind.outputs}" if kind else ""
        words.setdefault(splitter.node, []).append(f"{splitter.id}{ratio}")
    return _Ground(
        drawn=drawn,
        lines=network.route_lines,
        tree=shapely.STRtree(network.route_lines),
        bits=np.array([bits[route.id] for route in network.routes], np.int64),
        trunks=tuple(trunk),
        nodes=nodes,
        node_tree=shapely.STRtree(shapely.points([(node.x_m, node.y_m) for node in nodes])),
        splitters={node: ", ".join(names) for node, names in words.items()},
        customers=np.array([(c.x_m, c.y_m) for c in network.customers], np.float64).reshape(-1, 2),
        is_served=np.array([not c.unserved for c in network.customers], bool),
    )


def _service_areas(survey: Survey) -> dict[str, set[int]]:
    """Give the rows of the routes that light from each office lies in."""
    network, rows = survey.network, {route.id: row for row, route in enumerate(survey.network.routes)}
    places = survey.index.device_nodes
    offices = [places.get(port.id, "") for port in network.ports]
    found: dict[str, set[int]] = {}
    arrivals = survey.arrivals
    passed = {
        (offices[port], link) for port, link in zip(arrivals.ports.tolist(), arrivals.links.tolist(), strict=True)
    }
    for office, link in sorted(passed):
        for piece in survey.runs[link].pieces:
            found.setdefault(office, set()).update(rows[name] for name in survey.routes_of(piece))
    return {office: routes for office, routes in found.items() if office and routes}


def _map(ground: _Ground, grid: Grid, cell: Cell, name: str, title: str) -> Sheet:
    _ = ground.drawn.words
    sheet = _empty(ground, name, _("Map"), title, number=cell.number, count=len(grid.cells), scale=grid.scale)
    window = _window(ground.drawn.paper)
    view = _View(sheet=sheet, x_m=cell.x_m, y_m=cell.y_m, scale=grid.scale, window=window)
    shown = _routes(ground, view, everything=True)
    _customers(ground, view)
    taken = _nodes(ground, view, everything=True)
    _cable_names(ground, view, shown, taken)
    _neighbours(ground, view, grid, cell)
    _corners(view)
    _strip(ground, view, grid, cell)
    _cover_edges(sheet, window)
    return sheet


def _index(ground: _Ground, grid: Grid, lines: Lines, name: str, title: str) -> Sheet:
    """Draw the whole area with the outlines and numbers of its sheets."""
    _ = ground.drawn.words
    window = _window(ground.drawn.paper)
    corners = [(cell.x_m, cell.y_m) for cell in grid.cells]
    boxes = [shapely.box(x, y, x + grid.width_m, y + grid.height_m) for x, y in corners]
    everything = np.array([*lines, *boxes], object)
    scale = fitting_scale(everything, window[2:])
    sheet = _empty(ground, name, _("Index of map sheets"), title, number=0, count=len(grid.cells), scale=scale)
    west, south, east, north = shapely.total_bounds(everything)
    view = _View(
        sheet=sheet,
        x_m=(west + east - window[2] * scale / 1000.0) / 2,
        y_m=(south + north - window[3] * scale / 1000.0) / 2,
        scale=scale,
        window=window,
    )
    _routes(ground, view, everything=False)
    _nodes(ground, view, everything=False)
    for cell in grid.cells:
        x, y = view.place(cell.x_m, cell.y_m + grid.height_m)
        width, height = (side * 1000.0 / scale for side in (grid.width_m, grid.height_m))
        sheet.box(x, y, width, height, pen=0.3)
        sheet.text(x + 1.2, y + 4.2, str(cell.number), min(4.0, height / 2), bold=True)
    _corners(view)
    _strip(ground, view, grid, None)
    return sheet


def _empty(ground: _Ground, name: str, kind: str, title: str, *, number: int, count: int, scale: int) -> Sheet:
    note = f"1:{scale} ({ground.drawn.paper}) · {ground.drawn.network.crs}"
    return ground.drawn.sheet(name, kind, title, number=number, count=count, note=note)


def _routes(ground: _Ground, view: _View, *, everything: bool) -> list[tuple[int, list[list[Point]]]]:
    """Draw the routes in view, those below first; give the visible pieces of each."""
    rows = np.sort(ground.tree.query(shapely.box(*view.ground), predicate="intersects"))
    pieces = [(row, _pieces(ground.lines[row], view)) for row in rows.tolist()]
    passes = [(name, STATE_BITS, number) for number, name in ((0, "unused"), (2, "existing"), (1, "new"))]
    for name, bits, value in passes:
        if everything or name != "unused":
            _strokes(ground, view, pieces, name, bits, value)
    for role in ("drop", "distribution", "feeder") if everything else ("distribution", "feeder"):
        _strokes(ground, view, pieces, role, ROLE_BIT[role], ROLE_BIT[role])
    _strokes(ground, view, pieces, "protecting", PROTECTING_BIT, PROTECTING_BIT)
    return pieces


def _strokes(
    ground: _Ground,
    view: _View,
    pieces: Sequence[tuple[int, list[list[Point]]]],
    name: str,
    bits: int,
    value: int,
) -> None:
    for row, parts in pieces:
        if ground.bits[row] & bits == value:
            for points in parts:
                view.sheet.line(points, STROKES[name])


def _pieces(line: object, view: _View) -> list[list[Point]]:
    """Cut a line to the window and bring it onto the sheet."""
    seen = shapely.simplify(shapely.clip_by_rect(line, *view.ground), _SMOOTH_MM * view.scale / 1000.0)
    parts = shapely.get_parts(seen)
    return [
        [view.place(x, y) for x, y in shapely.get_coordinates(part).tolist()]
        for part in parts
        if shapely.get_num_coordinates(part) > 1
    ]


def _customers(ground: _Ground, view: _View) -> None:
    west, south, east, north = view.ground
    x, y = ground.customers[:, 0], ground.customers[:, 1]
    for row in np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north)).tolist():
        _symbol(view.sheet, "customer" if ground.is_served[row] else "unserved", view.place(x[row], y[row]))


def _nodes(ground: _Ground, view: _View, *, everything: bool) -> list[tuple[float, float, float, float]]:
    """Draw places and their names; give the rectangles that are taken by them."""
    order = {"closure": 0, "room": 1, "cabinet": 2, "office": 3}
    rows = ground.node_tree.query(shapely.box(*view.ground)).tolist() if ground.nodes else []
    taken: list[tuple[float, float, float, float]] = []
    for row in sorted(rows, key=lambda row: (order.get(ground.nodes[row].kind, 0), row)):
        node = ground.nodes[row]
        if not everything and node.kind == "closure":
            continue
        _symbol(view.sheet, _kind(ground, node), view.place(node.x_m, node.y_m))
    for row in sorted(rows, key=lambda row: (-order.get(ground.nodes[row].kind, 0), row)):
        node = ground.nodes[row]
        if _is_named(ground, node, view.scale, everything=everything):
            _name(ground, view, node, taken)
    return taken


def _kind(ground: _Ground, node: Node) -> str:
    return "cabinet" if node.kind == "closure" and node.id in ground.splitters else node.kind


def _is_named(ground: _Ground, node: Node, scale: int, *, everything: bool) -> bool:
    if _kind(ground, node) != "closure":
        return everything or node.kind == "office"
    return everything and scale <= _CLOSURE_NAMES_TO


def _name(ground: _Ground, view: _View, node: Node, taken: list[tuple[float, float, float, float]]) -> None:
    """Write a node's name beside it, where there is room; its splitters in a second line."""
    is_closure = _kind(ground, node) == "closure"
    size = _SMALL_MM if is_closure else _LETTER_MM
    text = node.id if is_closure or node.name in ("", node.id) else f"{node.id} {node.name}"
    lines = [text, *([ground.splitters[node.id]] if node.id in ground.splitters else [])]
    x, y = view.place(node.x_m, node.y_m)
    width = min(50.0, max(width_mm(line, size) for line in lines))
    height = 1.2 * size * len(lines)
    for left, top in (
        (x + 2.2, y - height - 0.6),
        (x + 2.2, y + 0.8),
        (x - 2.2 - width, y - height - 0.6),
        (x - 2.2 - width, y + 0.8),
        (x - width / 2, y - height - 2.0),
        (x - width / 2, y + 2.0),
    ):
        spot = (left, top, left + width, top + height)
        if _is_free(spot, taken, view.window):
            taken.append(spot)
            for number, line in enumerate(lines):
                baseline = top + size * (0.95 + 1.2 * number)
                view.sheet.text(
                    left, baseline, line, size, bold=not is_closure and number == 0, within_mm=50.0, halo=True
                )
            return


def _is_free(
    spot: tuple[float, float, float, float],
    taken: Sequence[tuple[float, float, float, float]],
    window: tuple[float, float, float, float],
) -> bool:
    left, top, right, bottom = spot
    if left < window[0] + 1 or top < window[1] + 1 or right > window[0] + window[2] - 1:
        return False
    if bottom > window[1] + window[3] - 1:
        return False
    return all(right < a or left > c or bottom < b or top > d for a, b, c, d in taken)


def _cable_names(
    ground: _Ground,
    view: _View,
    pieces: Sequence[tuple[int, list[list[Point]]]],
    taken: list[tuple[float, float, float, float]],
) -> None:
    """Name the trunk cables once for each bundle of them, at its longest stretch in view, where there is room."""
    longest: dict[tuple[str, ...], tuple[float, list[Point]]] = {}
    for row, parts in pieces:
        bundle = ground.trunks[row]
        for points in parts if bundle else ():
            length = sum(math.dist(a, b) for a, b in pairwise(points))
            if length > longest.get(bundle, (0.0, []))[0]:
                longest[bundle] = length, points
    for bundle, (length, points) in sorted(longest.items(), key=lambda item: (-item[1][0], item[0])):
        text = " ".join(bundle[:_MOST_NAMES]) + (
            f" +{len(bundle) - _MOST_NAMES}" if len(bundle) > _MOST_NAMES else ""
        )
        width = width_mm(text, _SMALL_MM)
        if length < 0.4 * width:
            continue
        (ax, ay), (bx, by) = _middle(points)
        x, y = (ax + bx) / 2 + 1.0, (ay + by) / 2 - 0.8
        spot = (x, y - _SMALL_MM, x + width, y + 0.4)
        if _is_free(spot, taken, view.window):
            taken.append(spot)
            view.sheet.text(x, y, text, _SMALL_MM, colour=BLUE, halo=True)


def _middle(points: Sequence[Point]) -> tuple[Point, Point]:
    """Give the two points around the middle of a line."""
    place = max(0, len(points) // 2 - 1)
    return points[place], points[place + 1]


def _neighbours(ground: _Ground, view: _View, grid: Grid, cell: Cell) -> None:
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


def _corners(view: _View) -> None:
    """Write the coordinates of the corners south-west and north-east."""
    west, south, east, north = view.ground
    left, top, width, height = view.window
    view.sheet.text(left + 1.2, top + height - 1.4, f"{west:.0f} / {south:.0f}", _SMALL_MM, colour="#55606c")
    view.sheet.text(
        left + width - 1.2, top + 2.6, f"{east:.0f} / {north:.0f}", _SMALL_MM, anchor="end", colour="#55606c"
    )


def _cover_edges(sheet: Sheet, window: tuple[float, float, float, float]) -> None:
    """Draw the window's outline over whatever touches it."""
    sheet.box(*window, pen=0.4)


def _strip(ground: _Ground, view: _View, grid: Grid, cell: Cell | None) -> None:
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


def _scale_bar(view: _View, x: float, y: float) -> None:
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


def _north(ground: _Ground, sheet: Sheet, x: float, y: float) -> None:
    sheet.polygon(((x, y), (x + 2.6, y + 10), (x, y + 7.8)), fill=BLACK)
    sheet.polygon(((x, y), (x - 2.6, y + 10), (x, y + 7.8)), fill="#ffffff", outline=BLACK)
    sheet.text(x, y + 13.4, "N", 3.0, anchor="middle", bold=True)
    sheet.text(x, y + 16.4, ground.drawn.words("grid"), _SMALL_MM, anchor="middle")


def _legend(ground: _Ground, sheet: Sheet, x: float, y: float, room: float) -> None:
    _ = ground.drawn.words
    column = room / 3
    for number, (name, text) in enumerate((*LEGEND, *SYMBOLS)):
        left, height = x + (number % 3) * column, y + (number // 3) * 3.7
        if name in STROKES:
            sheet.line(((left, height), (left + 8, height)), STROKES[name])
        else:
            _symbol(sheet, name, (left + 4, height))
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


def _symbol(sheet: Sheet, kind: str, at: Point) -> None:
    """Draw a place: its shape tells its kind as its colour does."""
    x, y = at
    if kind == "office":
        corners = [(10 * (k % 2 == 0) + 4.6 * (k % 2), -math.pi / 2 + k * math.pi / 5) for k in range(10)]
        points = [(x + 0.3 * far * math.cos(angle), y + 0.3 * far * math.sin(angle)) for far, angle in corners]
        sheet.polygon(points, fill=VERMILION, outline=BLACK)
    elif kind == "cabinet":
        sheet.box(x - 1.5, y - 1.5, 3.0, 3.0, fill=BLUE, outline=BLACK, pen=0.2)
    elif kind == "room":
        sheet.polygon(((x, y - 1.9), (x + 1.9, y), (x, y + 1.9), (x - 1.9, y)), fill=PURPLE, outline=BLACK)
    elif kind == "closure":
        sheet.dot(x, y, 0.7, fill="#ffffff", outline=BLACK)
    elif kind == "unserved":
        for sign in (1, -1):
            sheet.rule(((x - 1.2, y - 1.2 * sign), (x + 1.2, y + 1.2 * sign)), width_mm=0.5, colour="#c01818")
    else:
        sheet.dot(x, y, 0.5, fill=GREEN)
