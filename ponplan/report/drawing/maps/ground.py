"""What is on the map, once for all sheets, and the window through which a sheet shows a piece of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.report.drawing.frame import BORDER_MM, TITLE_HEIGHT_MM
from ponplan.report.drawing.sheet import PAPER_MM
from ponplan.report.routes import route_bits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.report.drawing.frame import Set
    from ponplan.report.drawing.sheet import Point, Sheet
    from ponplan.topology.network import Node
    from ponplan.topology.survey import Survey

    Lines = NDArray[np.object_]
    Window = tuple[float, float, float, float]  # left, top, width, height on the sheet, mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
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
class View:
    """A window of a sheet onto a piece of ground."""

    sheet: Sheet
    x_m: float
    y_m: float
    scale: int
    window: Window

    def place(self, x_m: float, y_m: float) -> Point:
        """Give where a place stands on the sheet."""
        left, top, _width, height = self.window
        return left + (x_m - self.x_m) * 1000.0 / self.scale, top + height - (y_m - self.y_m) * 1000.0 / self.scale

    @property
    def ground(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the ground, m."""
        width_m, height_m = (side * self.scale / 1000.0 for side in self.window[2:])
        return self.x_m, self.y_m, self.x_m + width_m, self.y_m + height_m


def window_on(paper: str) -> Window:
    """Give where on a paper the map is."""
    width, height = PAPER_MM[paper]
    return BORDER_MM, BORDER_MM, width - 2 * BORDER_MM, height - 2 * BORDER_MM - TITLE_HEIGHT_MM


def ground_of(drawn: Set, survey: Survey) -> Ground:
    """Gather what is on the map of a network."""
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
    return Ground(
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
