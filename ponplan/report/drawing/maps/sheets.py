"""Map sheets of a service area: what to build and lay where, on as many sheets as its scale needs, with an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.report.drawing.frame import file_name
from ponplan.report.drawing.grid import fitting_scale, sheets_over
from ponplan.report.drawing.maps.ground import View, ground_of, window_on
from ponplan.report.drawing.maps.layers import draw_customers, draw_nodes, draw_routes
from ponplan.report.drawing.maps.margin import draw_corners, draw_neighbours, draw_strip
from ponplan.report.drawing.maps.names import name_cables, name_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.report.drawing.frame import Set
    from ponplan.report.drawing.grid import Cell, Grid
    from ponplan.report.drawing.maps.ground import Ground, Lines
    from ponplan.report.drawing.sheet import Sheet
    from ponplan.topology.survey import Survey


def map_sheets(drawn: Set, survey: Survey, *, scale: int | None = None) -> Iterator[Sheet]:
    """Give an index sheet and the map sheets of every office's service area.

    Parameters
    ----------
    scale
        Denominator, the same for all; None takes the largest usual scale that needs at most 40 sheets for an area.
    """
    ground = ground_of(drawn, survey)
    window = window_on(drawn.paper)
    for number, (office, routes) in enumerate(sorted(_service_areas(survey).items()), start=1):
        lines = ground.lines[sorted(routes)]
        grid = sheets_over(lines, window[2:], scale=scale)
        office_node = survey.index.nodes.get(office)
        title = f"{office} {office_node.name}".strip() if office_node else office
        name = file_name("map", office, number)
        yield _index(ground, grid, lines, f"{name}-000", title)
        for cell in grid.cells:
            yield _map(ground, grid, cell, f"{name}-{cell.number:03d}", title)


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


def _map(ground: Ground, grid: Grid, cell: Cell, name: str, title: str) -> Sheet:
    _ = ground.drawn.words
    sheet = _empty(ground, name, _("Map"), title, number=cell.number, count=len(grid.cells), scale=grid.scale)
    window = window_on(ground.drawn.paper)
    view = View(sheet=sheet, x_m=cell.x_m, y_m=cell.y_m, scale=grid.scale, window=window)
    shown = draw_routes(ground, view, everything=True)
    draw_customers(ground, view)
    taken = name_nodes(ground, view, draw_nodes(ground, view, everything=True))
    name_cables(ground, view, shown, taken)
    draw_neighbours(ground, view, grid, cell)
    draw_corners(view)
    draw_strip(ground, view, grid, cell)
    sheet.box(*window, pen=0.4)  # over whatever touches it
    return sheet


def _index(ground: Ground, grid: Grid, lines: Lines, name: str, title: str) -> Sheet:
    """Draw the whole area with the outlines and numbers of its sheets."""
    _ = ground.drawn.words
    window = window_on(ground.drawn.paper)
    corners = [(cell.x_m, cell.y_m) for cell in grid.cells]
    boxes = [shapely.box(x, y, x + grid.width_m, y + grid.height_m) for x, y in corners]
    everything = np.array([*lines, *boxes], object)
    scale = fitting_scale(everything, window[2:])
    sheet = _empty(ground, name, _("Index of map sheets"), title, number=0, count=len(grid.cells), scale=scale)
    west, south, east, north = shapely.total_bounds(everything)
    view = View(
        sheet=sheet,
        x_m=(west + east - window[2] * scale / 1000.0) / 2,
        y_m=(south + north - window[3] * scale / 1000.0) / 2,
        scale=scale,
        window=window,
    )
    draw_routes(ground, view, everything=False)
    places = draw_nodes(ground, view, everything=False)
    name_nodes(ground, view, [node for node in places if node.kind == "office"])
    for cell in grid.cells:
        x, y = view.place(cell.x_m, cell.y_m + grid.height_m)
        width, height = (side * 1000.0 / scale for side in (grid.width_m, grid.height_m))
        sheet.box(x, y, width, height, pen=0.3)
        sheet.text(x + 1.2, y + 4.2, str(cell.number), min(4.0, height / 2), bold=True)
    draw_corners(view)
    draw_strip(ground, view, grid, None)
    return sheet


def _empty(ground: Ground, name: str, kind: str, title: str, *, number: int, count: int, scale: int) -> Sheet:
    note = f"1:{scale} ({ground.drawn.paper}) · {ground.drawn.network.crs}"
    return ground.drawn.sheet(name, kind, title, number=number, count=count, note=note)
