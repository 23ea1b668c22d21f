"""What is drawn on the ground: routes below, then customers, then the places of equipment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.report.drawing.maps.symbols import draw_symbol
from ponplan.report.look import STROKES
from ponplan.report.routes import PROTECTING_BIT, ROLE_BIT, STATE_BITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.report.drawing.maps.ground import Ground, View
    from ponplan.report.drawing.sheet import Point
    from ponplan.topology.network import Node

    Piece = tuple[int, list[list[Point]]]  # row of a route, and what is seen of it

_SMOOTH_MM = 0.08
_WEIGHTS = {"closure": 0, "room": 1, "cabinet": 2, "office": 3}


def draw_routes(ground: Ground, view: View, *, everything: bool) -> list[Piece]:
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
    ground: Ground,
    view: View,
    pieces: Sequence[Piece],
    name: str,
    bits: int,
    value: int,
) -> None:
    for row, parts in pieces:
        if ground.bits[row] & bits == value:
            for points in parts:
                view.sheet.line(points, STROKES[name])


def _pieces(line: object, view: View) -> list[list[Point]]:
    """Cut a line to the window and bring it onto the sheet."""
    seen = shapely.simplify(shapely.clip_by_rect(line, *view.ground), _SMOOTH_MM * view.scale / 1000.0)
    parts = shapely.get_parts(seen)
    return [
        [view.place(x, y) for x, y in shapely.get_coordinates(part).tolist()]
        for part in parts
        if shapely.get_num_coordinates(part) > 1
    ]


def draw_customers(ground: Ground, view: View) -> None:
    """Draw the customers in view."""
    west, south, east, north = view.ground
    x, y = ground.customers[:, 0], ground.customers[:, 1]
    for row in np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north)).tolist():
        draw_symbol(view.sheet, "customer" if ground.is_served[row] else "unserved", view.place(x[row], y[row]))


def draw_nodes(ground: Ground, view: View, *, everything: bool) -> list[Node]:
    """Draw the places in view, the weightiest last and so above the others; give them in that order."""
    rows = ground.node_tree.query(shapely.box(*view.ground)).tolist() if ground.nodes else []
    nodes = [ground.nodes[row] for row in sorted(rows)]
    seen = [node for node in nodes if everything or node.kind != "closure"]
    seen.sort(key=lambda node: _WEIGHTS.get(node.kind, 0))
    for node in seen:
        draw_symbol(view.sheet, kind_of(ground, node), view.place(node.x_m, node.y_m))
    return seen


def kind_of(ground: Ground, node: Node) -> str:
    """Give what a place is drawn as: a closure with a splitter in it stands for a cabinet."""
    return "cabinet" if node.kind == "closure" and node.id in ground.splitters else node.kind
