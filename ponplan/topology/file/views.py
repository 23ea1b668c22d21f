"""Views of the design file that put equipment on the map: at the place of the node it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.topology.file.geopackage import enter_bounds, register
from ponplan.topology.file.schema import NODES, OLTS, SPLITTERS

if TYPE_CHECKING:
    import sqlite3

    from ponplan.topology.file.schema import FileTable


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """Rows of `table`, each at the place of its column `node`."""

    name: str
    meaning: str
    table: FileTable

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, without key and geometry: those of the table."""
        return tuple(column.name for column in self.table.columns)


VIEWS = (
    MapView(name="splitters_map", meaning="Splitters and taps at the places of their nodes", table=SPLITTERS),
    MapView(name="olts_map", meaning="Chassis at the places of their offices", table=OLTS),
)


def write_views(connection: sqlite3.Connection, *, srs_id: int) -> None:
    """Create the views as layers; the first column is the key, under the name by which GDAL knows it in a view."""
    for view in VIEWS:
        columns = "".join(f', s."{name}"' for name in view.columns)
        connection.execute(
            f'CREATE VIEW "{view.name}" AS SELECT s.fid AS OGC_FID, n.geom AS geom{columns} '  # noqa: S608 - our schema
            f'FROM "{view.table.name}" s JOIN "{NODES.name}" n ON n.id = s.node'
        )
        register(connection, view.name, kind="features", meaning=view.meaning, srs_id=srs_id)
        row = (view.name, "geom", "POINT", srs_id)
        connection.execute("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", row)
        bounds = connection.execute(
            "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", (NODES.name,)
        ).fetchone()
        enter_bounds(connection, view.name, bounds)
