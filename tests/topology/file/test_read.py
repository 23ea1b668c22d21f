"""Design files that are broken, cut short, foreign or newer are refused in plain words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest

from ponplan.errors import CatalogueError, DesignFileError
from ponplan.topology import check_network, read_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _refusal(path: Path) -> str:
    with pytest.raises(DesignFileError) as caught:
        read_network(path)
    assert caught.value.faults
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is named with the system's reason."""
    assert "nowhere.gpkg" in _refusal(tmp_path / "nowhere.gpkg")


def test_folder_is_refused(tmp_path: Path) -> None:
    """A folder is no design file."""
    assert "cannot be read" in _refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"id,name\n" * 1000, b"SQLite format 3\x00"])
def test_other_content_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is no SQLite file at all is refused as such."""
    path = tmp_path / "plan.gpkg"
    path.write_bytes(content)
    assert "not a GeoPackage" in _refusal(path)


def test_plain_sqlite_file_is_refused(tmp_path: Path) -> None:
    """An SQLite file without the GeoPackage mark is refused as such."""
    path = tmp_path / "plan.gpkg"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE links (id)")
    assert "not a GeoPackage" in _refusal(path)


def test_foreign_geopackage_is_refused(tmp_path: Path, edited: Callable[..., Path]) -> None:
    """Another program's GeoPackage is refused as such."""
    table = pyogrio.raw.read(edited("tiny"), layer="routes", columns=["id"])
    path = tmp_path / "roads.gpkg"
    pyogrio.raw.write(path, table[2], table[3], ["id"], geometry_type="LineString", crs="EPSG:2056", driver="GPKG")
    assert "no design file" in _refusal(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_truncated_file_is_refused(tmp_path: Path, files: dict[str, bytes], share: float) -> None:
    """A file that lost its end is refused as cut short."""
    path = tmp_path / "cut.gpkg"
    path.write_bytes(files["tiny"][: int(len(files["tiny"]) * share)])
    assert "cut short" in _refusal(path)


def test_newer_schema_is_refused(edited: Callable[..., Path]) -> None:
    """A file of a later schema version is refused with both versions and the advice to update."""
    text = _refusal(edited("tiny", "PRAGMA user_version = 10202"))
    assert "newer ponplan (schema 2; this program knows 1)" in text
    assert "update ponplan" in text


@pytest.mark.parametrize("version", [0, 1, 99, 10200])
def test_unknown_schema_is_refused(edited: Callable[..., Path], version: int) -> None:
    """A schema number that was never given out is refused."""
    assert "does not know" in _refusal(edited("tiny", f"PRAGMA user_version = {version}"))


WRONG = [
    ("ALTER TABLE routes RENAME TO roads", "(routes): table is missing"),
    ("ALTER TABLE cables DROP COLUMN slack_m", "(cables): columns are missing: slack_m"),
    (
        "UPDATE routes SET length_m = 'long' WHERE fid = 2",
        "(routes), row 2, field length_m: value is of the wrong kind",
    ),
    ("UPDATE cards SET slot = 1.5", "(cards), row 1, field slot: value is of the wrong kind (found 1.5)"),
    (
        "UPDATE nodes SET locked = 7 WHERE fid = 3",
        "(nodes), row 3, field locked: value is of the wrong kind (found 7)",
    ),
    ("UPDATE links SET strands = 'f1' WHERE fid = 1", "(links), row 1, field strands: value is of the wrong kind"),
    (
        "UPDATE links SET strands = 'f1:one' WHERE fid = 1",
        "field strands: value is of the wrong kind (found 'f1:one')",
    ),
    ("UPDATE cables SET faulty = '1;2' WHERE fid = 1", "(cables), row 1, field faulty: value is of the wrong kind"),
    ("UPDATE customers SET services = 'internet-100' WHERE fid = 1", "field services: value is of the wrong kind"),
    ("UPDATE customers SET attributes = '{' WHERE fid = 2", "(customers), row 2, field attributes"),
    (
        "UPDATE customers SET attributes = '[1]' WHERE fid = 2",
        "(customers), row 2, field attributes: not a JSON object",
    ),
    ("UPDATE facts SET value = 'NaN'", "(facts), row 1, field value: value is of the wrong kind"),
    ("UPDATE routes SET geom = x'00' WHERE fid = 4", "(routes), row 4, field geom: geometry cannot be used"),
    ("UPDATE routes SET geom = (SELECT geom FROM nodes) WHERE fid = 4", "field geom: geometry cannot be used"),
    ("UPDATE nodes SET geom = 'here' WHERE fid = 1", "(nodes), row 1, field geom: geometry cannot be used"),
    ("DELETE FROM plan", "(plan): must have exactly one row"),
    ("INSERT INTO plan (name, crs) VALUES ('b', 'EPSG:2056')", "(plan): must have exactly one row"),
    ("DELETE FROM rules", "(rules): must have exactly one row"),
    (
        "UPDATE catalogue SET csv = replace(csv, char(10) || 'splice,', char(10) || 'slice,') WHERE name = 'losses'",
        "(catalogue): table losses has no row splice",
    ),
    ("UPDATE catalogue SET csv = 'nonsense' WHERE name = 'losses'", "losses.csv"),
]


@pytest.mark.parametrize(("statement", "text"), WRONG)
def test_wrong_value_is_named_with_its_place(edited: Callable[..., Path], statement: str, text: str) -> None:
    """A missing table or column, or a value of the wrong kind, is told with table, row and field."""
    assert text in _refusal(edited("tiny", statement))


def test_all_faults_are_told_at_once(edited: Callable[..., Path]) -> None:
    """Faults in several tables are told together."""
    with pytest.raises(DesignFileError) as caught:
        read_network(edited("tiny", "UPDATE cards SET slot = 'x'", "UPDATE routes SET length_m = 'y'"))
    assert len(caught.value.faults) == 1 + 5


def test_many_faults_of_one_column_are_counted(edited: Callable[..., Path]) -> None:
    """A column with hundreds of faults shows the first ones and the number of the rest."""
    copies = (
        'INSERT INTO uplinks (id, olt, number, rate_bps, "to", role) WITH RECURSIVE n(i) AS'
        " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT 'u' || i, 'olt', 'first', 1, '', '' FROM n"
    )
    assert "80 more values are wrong" in _refusal(edited("tiny", copies))


def test_damaged_bytes_never_give_a_traceback(tmp_path: Path, files: dict[str, bytes]) -> None:
    """Whatever bytes of a file are hurt, it is read, or refused as a fault of the input."""
    rng = np.random.default_rng(7)
    path = tmp_path / "hurt.gpkg"
    refused = 0
    for _ in range(150):
        content = np.frombuffer(files["tiny"], np.uint8).copy()
        page = rng.integers(0, len(content) - 200)
        content[page : page + rng.integers(1, 200)] = rng.integers(0, 256)
        path.write_bytes(content.tobytes())
        try:
            check_network(read_network(path))
        except (CatalogueError, DesignFileError):
            refused += 1
    assert refused > 10


def test_qgis_style_blobs_are_read(edited: Callable[..., Path], files: dict[str, bytes]) -> None:
    """Geometry that another program wrote, with an envelope before it, is read the same."""
    path = edited("tiny")
    with closing(sqlite3.connect(path)) as connection, connection:
        for fid, blob in connection.execute("SELECT fid, geom FROM routes").fetchall():
            with_envelope = blob[:3] + bytes([blob[3] | 0b10]) + blob[4:8] + bytes(32) + blob[8:]
            connection.execute("UPDATE routes SET geom = ? WHERE fid = ?", (with_envelope, fid))
    assert check_network(read_network(path)) == ()
