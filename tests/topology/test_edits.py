"""What a planner does to a design in QGIS: every kind of edit is told of in words that lead to its cure."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pyogrio.raw
import pytest
import shapely

from ponplan.cli.check import check_command
from ponplan.topology import check_network, read_network
from ponplan.topology.drawing import check_drawing, redrawn_cables
from ponplan.topology.file.geometry import blobs, geometries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SRS = 2056


def _found(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Give what check finds: rule -> (subject, message)."""
    network = read_network(path)
    found: dict[str, list[tuple[str, str]]] = {}
    for one in (*check_network(network), *check_drawing(path, network)):
        found.setdefault(one.rule, []).append((one.subject, one.message))
    return found


def _move(path: Path, table: str, name: str, x_m: float, y_m: float) -> None:
    """Move a feature on the map, as the vertex tool or the move tool does."""
    with closing(sqlite3.connect(path)) as connection, connection:
        sql = f"SELECT geom FROM {table} WHERE id = ?"  # noqa: S608
        blob = connection.execute(sql, (name,)).fetchone()[0]
        shapes, _ = geometries([blob], kind="Point" if table == "nodes" else "LineString")
        moved = shapely.transform(shapes, lambda xy: _shifted(xy, x_m, y_m))
        sql = f"UPDATE {table} SET geom = ? WHERE id = ?"  # noqa: S608
        connection.execute(sql, (blobs(np.asarray(moved, object), srs_id=SRS)[0], name))


def _shifted(xy: np.ndarray, x_m: float, y_m: float) -> np.ndarray:
    """Shift a point, or the last vertex of a line."""
    xy = xy.copy()
    xy[-1] += (x_m, y_m)
    return xy


def _draw(path: Path, layer: str, shape: shapely.Geometry, **columns: str) -> None:
    """Add a feature through GDAL with a geometry and no more columns than named."""
    kind = {"Point": "Point", "LineString": "LineString"}[shape.geom_type]
    pyogrio.raw.write(
        path,
        np.array([shapely.to_wkb(shape)], object),
        [np.array([value], object) for value in columns.values()],
        list(columns),
        layer=layer,
        geometry_type=kind,
        crs=f"EPSG:{SRS}",
        append=True,
    )


def test_moved_cabinet(edited: Callable[..., Path]) -> None:
    """A cabinet dragged away from its junction lies apart from the routes that meet there."""
    path = edited("tiny")
    _move(path, "nodes", "cabinet", 30.0, 40.0)
    assert [name for name, _ in _found(path)["junction"]] == ["cabinet"]
    assert "50.00 m from junction" in _found(path)["junction"][0][1]


def test_redrawn_cable(edited: Callable[..., Path]) -> None:
    """A cable drawn along another way is named with how far it is off its routes and what to do."""
    path = edited("tiny")
    _move(path, "cables", "f1", 0.0, 25.0)
    ((subject, message),) = _found(path)["cable-drawn"]
    assert subject == "f1"
    assert "25.0 m off its routes" in message
    assert "--from" in message


def test_unedited_lines_are_those_of_the_routes(files: dict[str, bytes], tmp_path: Path) -> None:
    """No cable of a written design counts as redrawn."""
    for name, content in files.items():
        path = tmp_path / f"{name}.gpkg"
        path.write_bytes(content)
        assert redrawn_cables(path, read_network(path)) == {}


def test_cable_line_deleted(edited: Callable[..., Path]) -> None:
    """A cable without a line is told of."""
    path = edited("tiny", "UPDATE cables SET geom = NULL WHERE id = 'f1'")
    assert _found(path)["cable-drawn"] == [("f1", "cable f1 has no line; its routes say where it lies")]


def test_redrawn_route(edited: Callable[..., Path]) -> None:
    """A route whose line was changed is longer than it says and ends away from its junction."""
    path = edited("tiny")
    _move(path, "routes", "r-office-cabinet", 300.0, 0.0)
    found = _found(path)
    assert "r-office-cabinet" in dict(found["route-length"])
    assert "junction" in found


def test_length_overtyped(edited: Callable[..., Path]) -> None:
    """A length typed over in the attribute table is not that of the routes."""
    path = edited("tiny", "UPDATE cables SET length_m = 900 WHERE id = 'f1'")
    assert "is said to be 900.000 m long; its routes are 1000.000 m" in _found(path)["cable-length"][0][1]


def test_splitter_moved_to_another_node(edited: Callable[..., Path]) -> None:
    """A splitter put into another node leaves its fibres behind."""
    path = edited("tiny", "UPDATE splitters SET node = 'home1' WHERE id = 's1'")
    assert any("s1" in message for _, message in _found(path)["continuity"])


def test_splitter_moved_out_of_reach(edited: Callable[..., Path]) -> None:
    """Routes drawn so far that light does not come through break the light budget and the reach."""
    path = edited(
        "tiny",
        "UPDATE routes SET length_m = 45000 WHERE id = 'r-office-cabinet'",
        "UPDATE cables SET length_m = 45000 WHERE id = 'f1'",
    )
    assert {"reach", "route-length"} <= set(_found(path))


def test_splitter_exchanged_for_one_too_large(edited: Callable[..., Path]) -> None:
    """A splitter exchanged for a larger one darkens everybody behind it."""
    path = edited("tiny", "UPDATE splitters SET type = 'splitter-1x64' WHERE id = 's1'")
    assert {"light-down", "light-up", "split"} & set(_found(path))


@pytest.mark.parametrize(
    ("table", "name", "rule"),
    [
        ("nodes", "cabinet", "dangling-reference"),
        ("cables", "f1", "dangling-reference"),
        ("splitters", "s1", "dangling-reference"),
    ],
)
def test_deleted_feature(edited: Callable[..., Path], table: str, name: str, rule: str) -> None:
    """What hangs on a deleted feature is named."""
    path = edited("tiny", f"DELETE FROM {table} WHERE id = '{name}'")  # noqa: S608
    assert any(name in message for _, message in _found(path)[rule])


def test_locked_set_in_the_table(edited: Callable[..., Path]) -> None:
    """Setting `locked` changes nothing that is checked, and is read."""
    path = edited("tiny", "UPDATE nodes SET locked = 1 WHERE id = 'cabinet'", "UPDATE cables SET locked = 1")
    assert _found(path) == {}
    network = read_network(path)
    assert [node.id for node in network.nodes if node.locked] == ["cabinet"]
    assert all(cable.locked for cable in network.cables)


def test_point_drawn_by_hand(edited: Callable[..., Path]) -> None:
    """A point drawn in the layer of nodes with nothing but its place is told of once, with what to do."""
    path = edited("tiny")
    _draw(path, "nodes", shapely.Point(2_757_010.0, 1_221_010.0))
    found = _found(path)
    assert set(found) == {"record-id"}
    ((subject, message),) = found["record-id"]
    count = len(read_network(path).nodes)
    assert subject == f"nodes {count}"
    assert "at 2757010.0, 1221010.0 has no id" in message
    assert "--from" in message


@pytest.mark.parametrize("layer", ["routes", "cables"])
def test_line_drawn_by_hand(edited: Callable[..., Path], layer: str) -> None:
    """A line drawn in the layer of routes or cables is told of once, with what to do."""
    path = edited("tiny")
    _draw(path, layer, shapely.LineString([(2_757_000.0, 1_221_000.0), (2_757_000.0, 1_221_300.0)]))
    found = _found(path)
    assert set(found) - {"bill-quantity"} == {"record-id"}
    assert len(found["record-id"]) == 1


def test_customer_drawn_by_hand(edited: Callable[..., Path]) -> None:
    """A customer drawn in the design belongs into the area, and the message says so."""
    path = edited("tiny")
    _draw(path, "customers", shapely.Point(2_757_010.0, 1_221_010.0), name="New shop")
    assert "draw new customers in the area" in _found(path)["record-id"][0][1]


def test_command_tells_of_redrawn_cables(edited: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    """`ponplan check` ends with 4 for a redrawn cable."""
    import typer

    path = edited("tiny")
    _move(path, "cables", "f1", 0.0, 25.0)
    with pytest.raises(typer.Exit) as ended:
        check_command(path)
    assert ended.value.exit_code == 4
    assert "cable-drawn f1" in capsys.readouterr().out
