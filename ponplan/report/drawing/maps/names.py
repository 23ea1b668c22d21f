"""Names of places and cables on a map, each where there is room for it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from ponplan.report.drawing.maps.layers import kind_of
from ponplan.report.drawing.sheet import width_mm
from ponplan.report.look import BLUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.report.drawing.maps.ground import Ground, View, Window
    from ponplan.report.drawing.maps.layers import Piece
    from ponplan.report.drawing.sheet import Point
    from ponplan.topology.network import Node

    Spot = tuple[float, float, float, float]  # left, top, right, bottom on the sheet, mm

_LETTER_MM, _SMALL_MM = 2.4, 1.9
_CLOSURE_NAMES_TO = 1000  # the smallest scale at which closures are named
_MOST_NAMES = 3  # of cables on one label


def name_nodes(ground: Ground, view: View, nodes: Sequence[Node]) -> list[Spot]:
    """Name places, the last first, where there is room; give the rectangles that are taken by names."""
    taken: list[Spot] = []
    for node in reversed(nodes):
        if kind_of(ground, node) != "closure" or view.scale <= _CLOSURE_NAMES_TO:
            _name(ground, view, node, taken)
    return taken


def _name(ground: Ground, view: View, node: Node, taken: list[Spot]) -> None:
    """Write a node's name beside it, where there is room; its splitters in a second line."""
    is_closure = kind_of(ground, node) == "closure"
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
    spot: Spot,
    taken: Sequence[Spot],
    window: Window,
) -> bool:
    left, top, right, bottom = spot
    if left < window[0] + 1 or top < window[1] + 1 or right > window[0] + window[2] - 1:
        return False
    if bottom > window[1] + window[3] - 1:
        return False
    return all(right < a or left > c or bottom < b or top > d for a, b, c, d in taken)


def name_cables(
    ground: Ground,
    view: View,
    pieces: Sequence[Piece],
    taken: list[Spot],
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
