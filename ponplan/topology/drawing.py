"""Cables whose line in a design file is not that of their routes: somebody has redrawn them on the map."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ponplan.errors import DesignFileError, Fault
from ponplan.topology.file.geometry import cable_lines, geometries
from ponplan.topology.file.opening import open_design
from ponplan.topology.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shapely import LineString

    from ponplan.topology.network import Network

RULE = "cable-drawn"
TOLERANCE_M = 0.05  # how far a line may be off its routes before it counts as redrawn


def redrawn_cables(path: Path, network: Network) -> Mapping[str, tuple[LineString | None, float]]:
    """Give the cables that a design file draws elsewhere than their routes lie: the line, and by how many metres.

    The line is None, and the distance infinite, where it is missing or no plain line.

    Raises
    ------
    DesignFileError
        The file is missing, broken or no design file.
    """
    try:
        with closing(open_design(path)) as connection:
            rows = connection.execute("SELECT id, geom FROM cables ORDER BY fid").fetchall()
    except sqlite3.Error as error:
        raise DesignFileError([Fault(file=str(path), problem=f"the file is broken: {error}")]) from error
    drawn, broken = geometries([blob for _, blob in rows], kind="LineString")
    drawn[broken] = None
    junctions = {node.id: node.junction for node in network.nodes}
    starts = [junctions.get(cable.from_node) for cable in network.cables]
    along = cable_lines(network.cables, network.routes, network.route_lines, starts)
    off_m = np.zeros(len(along))
    differ = ~shapely.equals_exact(drawn, along, tolerance=TOLERANCE_M) & ~shapely.is_missing(along)
    off_m[differ] = np.nan_to_num(shapely.hausdorff_distance(drawn[differ], along[differ]), nan=np.inf)
    return {
        network.cables[row].id: (drawn[row], float(off_m[row]))
        for row in np.flatnonzero(off_m > TOLERANCE_M).tolist()
        if network.cables[row].id
    }


def check_drawing(path: Path, network: Network) -> tuple[Violation, ...]:
    """Give a violation for every cable that is drawn elsewhere than its routes lie."""
    return tuple(
        Violation(
            rule=RULE,
            subject=name,
            value=round(off_m, 3) if line is not None else None,
            limit=TOLERANCE_M,
            message=_message(name, line, off_m),
        )
        for name, (line, off_m) in redrawn_cables(path, network).items()
    )


def _message(name: str, line: LineString | None, off_m: float) -> str:
    if line is None:
        return f"cable {name} has no line; its routes say where it lies"
    return (
        f"cable {name} is drawn up to {off_m:.1f} m off its routes, which are what counts: lock it and run"
        " `ponplan design AREA --from` with this file to lay it where it is drawn, or draw it back"
    )
