"""Small charts as SVG that takes its colours from the page's style, so that it follows light, dark and print."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDTH = 460
_ROW = 30
_LABEL_CHARACTER = 7.2  # width of a letter at the size of the style
_PLOT_HEIGHT = 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 12, 42


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing with its title."""

    title: str
    svg: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its length, what stands at its end, and a second length to compare with, if any."""

    label: str
    value: float
    text: str
    below: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a chart; None leaves a gap."""

    label: str
    values: Sequence[float | None]


def bars(rows: Sequence[Bar], *, title: str) -> Chart:
    """Draw horizontal bars with their labels above them; `below` is a thinner bar under the first."""
    most = max((max(row.value, row.below or 0.0) for row in rows), default=0.0) or 1.0
    paired = any(row.below is not None for row in rows)
    step = _ROW + 12 + 8 * paired
    parts: list[Markup] = []
    for number, row in enumerate(rows):
        y = number * step + 14
        parts.append(_text(0, y, row.label, "label"))
        parts.append(_text(WIDTH, y, row.text, "value"))
        parts.append(_rect(0, y + 6, max(1.0, row.value / most * WIDTH), 13, "s0"))
        if row.below is not None:
            parts.append(_rect(0, y + 20, max(1.0, row.below / most * WIDTH), 6, "s1"))
    return _svg(parts, len(rows) * step + 4, title)


def histogram(counts: Sequence[int], starts: Sequence[float], width: float, *, title: str, axis: str) -> Chart:
    """Draw counts per bin; bins below zero are told apart."""
    most = max(counts, default=0) or 1
    inner = WIDTH - _LEFT - _RIGHT
    each = inner / max(len(counts), 1)
    parts = list(_grid(_ticks(0.0, float(most), whole=True), 0.0, float(most)))
    for number, (count, start) in enumerate(zip(counts, starts, strict=True)):
        height = count / most * _PLOT_HEIGHT
        kind = "bad" if start < 0.0 else "s0"
        parts.append(_rect(_LEFT + number * each + 1, _TOP + _PLOT_HEIGHT - height, each - 2, height, kind))
    shown = max(1, math.ceil(len(starts) / 9))
    edges = [*starts, starts[-1] + width] if starts else []
    parts += [
        _text(_LEFT + number * each, _TOP + _PLOT_HEIGHT + 16, f"{edges[number]:g}", "tick")
        for number in range(0, len(edges), shown)
    ]
    parts.append(_text(_LEFT + inner / 2, _TOP + _PLOT_HEIGHT + 34, axis, "axis"))
    return _svg(parts, _TOP + _PLOT_HEIGHT + _BOTTOM, title)


def curves(
    xs: Sequence[float],
    series: Sequence[Series],
    *,
    title: str,
    axis: str,
    limit: float | None = None,
    logarithmic: bool = False,
) -> Chart:
    """Draw lines over common x values, a dashed line at `limit`, and what each line is below the chart."""
    known = [v for one in series for v in one.values if v is not None and (v > 0 or not logarithmic)]
    top = max([*known, limit or 0.0], default=1.0) or 1.0
    bottom = 10.0 ** math.floor(math.log10(min(known))) if logarithmic and known else 0.0
    top = 10.0 ** math.ceil(math.log10(top)) if logarithmic else top * 1.05
    ticks = _decades(bottom, top) if logarithmic and known else _ticks(0.0, top)
    first, last = (xs[0], xs[-1]) if xs else (0.0, 1.0)
    inner = WIDTH - _LEFT - _RIGHT

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - first) / (last - first) if last > first else 0.5
        return _LEFT + across * inner, _height(y, bottom, top)

    parts = list(_grid(ticks, bottom, top))
    if limit is not None:
        y = _height(limit, bottom, top)
        parts.append(_line([(_LEFT, y), (WIDTH - _RIGHT, y)], "limit"))
    for number, one in enumerate(series):
        for run in _runs(xs, one.values, logarithmic=logarithmic):
            parts.append(_line([place(x, y) for x, y in run], f"line c{number}"))
            parts += [_marker(*place(x, y), number) for x, y in run]
    for x in _x_ticks(xs):
        parts.append(_text(place(x, top)[0], _TOP + _PLOT_HEIGHT + 16, f"{x:g}", "tick"))
    parts.append(_text(_LEFT + inner / 2, _TOP + _PLOT_HEIGHT + 34, axis, "axis"))
    height = _TOP + _PLOT_HEIGHT + _BOTTOM
    for number, one in enumerate(series):
        y = height + 16 + 20 * number
        parts.append(_line([(_LEFT, y - 4), (_LEFT + 26, y - 4)], f"line c{number}"))
        parts.append(_marker(_LEFT + 13, y - 4, number))
        parts.append(_text(_LEFT + 34, y, one.label, "label"))
    return _svg(parts, height + 8 + 20 * len(series), title)


def timeline(rows: Sequence[Bar], *, title: str, axis: str) -> Chart:
    """Draw one bar for each stretch of time, from `below` to `value`, each on a row of its own."""
    top = max((row.value for row in rows), default=0.0) or 1.0
    height = 26 * len(rows)
    inner = WIDTH - 2 * _RIGHT
    parts = []
    for tick in _ticks(0.0, top):
        x = _RIGHT + tick / top * inner
        parts.append(_line([(x, 0), (x, height + 4)], "grid"))
        parts.append(_text(x, height + 20, f"{tick:g}", "tick"))
    for number, row in enumerate(rows):
        start = (row.below or 0.0) / top * inner
        end = row.value / top * inner
        parts.append(_rect(_RIGHT + start, number * 26 + 15, max(1.5, end - start), 9, f"f{number % 7}"))
        is_late = start > inner / 2
        x = _RIGHT + (end if is_late else start)
        parts.append(_text(x, number * 26 + 11, f"{row.label} · {row.text}", "value" if is_late else "label"))
    parts.append(_text(WIDTH / 2, height + 38, axis, "axis"))
    return _svg(parts, height + 46, title)


def _runs(
    xs: Sequence[float], ys: Sequence[float | None], *, logarithmic: bool
) -> Iterator[list[tuple[float, float]]]:
    """Give the stretches of a line without gaps."""
    run: list[tuple[float, float]] = []
    for x, y in zip(xs, ys, strict=True):
        if y is None or (logarithmic and y <= 0.0):
            if run:
                yield run
            run = []
        else:
            run.append((x, y))
    if run:
        yield run


def _height(value: float, bottom: float, top: float) -> float:
    """Give the y of a value; the axis is logarithmic where it does not begin at nothing."""
    if bottom > 0.0:
        share = math.log(max(value, bottom) / bottom) / math.log(top / bottom) if top > bottom else 0.5
    else:
        share = value / top
    return _TOP + _PLOT_HEIGHT * (1.0 - share)


def _grid(ticks: Iterable[float], bottom: float, top: float) -> Iterator[Markup]:
    for tick in ticks:
        y = _height(tick, bottom, top)
        yield _line([(_LEFT, y), (WIDTH - _RIGHT, y)], "grid")
        yield _text(_LEFT - 6, y + 4, _short(tick), "y")


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 10 * size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _ticks(bottom: float, top: float, *, whole: bool = False) -> list[float]:
    """Give about five round numbers from bottom to top."""
    rough = max((top - bottom) / 4.0, 1e-9)
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough)
    if whole:
        step = max(1.0, math.ceil(step))
    return [round(bottom + number * step, 9) for number in range(int((top - bottom) / step + 1e-9) + 1)]


def _decades(bottom: float, top: float) -> list[float]:
    low, high = round(math.log10(bottom)), round(math.log10(top))
    return [10.0**power for power in range(low, high + 1)]


def _x_ticks(xs: Sequence[float]) -> list[float]:
    step = max(1, math.ceil(len(xs) / 11))
    return list(xs[::step])


def _svg(parts: Iterable[Markup], height: float, title: str) -> Chart:
    svg = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, _number(height), title, Markup("").join(parts)
    )
    return Chart(title=title, svg=svg)


def _text(x: float, y: float, text: str, kind: str) -> Markup:
    return Markup('<text x="{}" y="{}" class="{}">{}</text>').format(_number(x), _number(y), kind, text)


def _rect(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>').format(
        _number(x), _number(y), _number(max(width, 0.0)), _number(max(height, 0.0)), kind
    )


def _line(points: Iterable[tuple[float, float]], kind: str) -> Markup:
    way = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
    return Markup('<polyline points="{}" class="{}"/>').format(way, kind)


def _marker(x: float, y: float, number: int) -> Markup:
    """Give a mark whose shape tells the line: circle, square, diamond, triangle, and again."""
    shape = number % 4
    if shape == 0:
        return Markup('<circle cx="{}" cy="{}" r="3.2" class="mark c{}"/>').format(_number(x), _number(y), number)
    corners = (
        ((-3, -3), (3, -3), (3, 3), (-3, 3)),
        ((0, -4.5), (4.5, 0), (0, 4.5), (-4.5, 0)),
        ((0, -4), (4, 3.5), (-4, 3.5)),
    )[shape - 1]
    way = " ".join(f"{_number(x + dx)},{_number(y + dy)}" for dx, dy in corners)
    return Markup('<polygon points="{}" class="mark c{}"/>').format(way, number)


def _number(value: float) -> str:
    return escape(f"{value:.1f}".removesuffix(".0"))
