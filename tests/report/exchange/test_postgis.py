"""PostGIS: a real server, loaded, read back, loaded again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psycopg
import pytest
import shapely
from typer.testing import CliRunner

from ponplan.cli.app import app
from ponplan.errors import DesignFileError, OutputError
from ponplan.report.exchange.formats import export_network, import_network
from ponplan.report.exchange.postgis import read_postgis, write_postgis
from ponplan.topology.network import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def database(program: Callable[[str], Path]) -> Iterator[str]:
    """Start a server of our own that only a socket reaches, and give its address."""
    programs = program("/usr/lib/postgresql/15/bin/initdb").parent
    program("/usr/share/postgresql/15/extension/postgis.control")
    user = "postgres" if os.getuid() == 0 else None  # a server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="ponplan-pg-"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder)

    run(str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "planner", "-E", "UTF8", "--no-sync")
    settings = f"-c listen_addresses='' -c fsync=off -k {folder}"
    run(str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", settings, "start")
    try:
        address = f"postgresql://planner@/postgres?host={folder}"
        with psycopg.connect(address) as connection:
            connection.execute("CREATE EXTENSION postgis")
        yield address
    finally:
        run(str(programs / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("which", ["network", "hostile"])
def test_reads_back_exactly(which: str, request: pytest.FixtureRequest, database: str) -> None:
    """Every record and every coordinate comes back equal, bit for bit."""
    network: Network = request.getfixturevalue(which)
    answer = write_postgis(network, database, schema=f"trip_{which}")
    back = read_postgis(database, schema=f"trip_{which}")
    for name in Network.__dataclass_fields__:
        if name != "route_lines":
            assert getattr(back, name) == getattr(network, name), name
    np.testing.assert_array_equal(
        shapely.get_coordinates(back.route_lines), shapely.get_coordinates(network.route_lines)
    )
    assert answer.losses == ()
    assert answer.rows["customers"] == len(network.customers)


def test_loading_again_changes_nothing(network: Network, database: str) -> None:
    """The second load needs permission and leaves the same rows in the same order."""

    def rows() -> list[tuple[object, ...]]:
        with psycopg.connect(database) as connection:
            return connection.execute("SELECT * FROM twice.links ORDER BY fid").fetchall()

    write_postgis(network, database, schema="twice")
    first = rows()
    with pytest.raises(OutputError, match="exists already"):
        write_postgis(network, database, schema="twice")
    write_postgis(network, database, schema="twice", overwrite=True)
    assert rows() == first
    assert len(first) == len(network.links)


def test_the_database_knows_places_and_meanings(network: Network, database: str) -> None:
    """Lengths measured by PostGIS are the plan's; columns carry their meaning; geometries are indexed."""
    write_postgis(network, database, schema="known")
    with psycopg.connect(database) as connection:
        query = "SELECT id, ST_Length(geom), ST_SRID(geom) FROM known.routes"
        measured = {row[0]: row[1:] for row in connection.execute(query)}
        meaning = connection.execute("SELECT col_description('known.routes'::regclass, 3)").fetchone()
        indexes = connection.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'known'").fetchall()
    for route in network.routes:
        assert measured[route.id][0] == pytest.approx(route.length_m, abs=0.01)
        assert measured[route.id][1] == 4547
    assert meaning is not None
    assert "junction" in str(meaning[0])
    assert sum("USING gist" in row[0] for row in indexes) == 4


def test_a_foreign_schema_is_never_replaced(network: Network, database: str) -> None:
    """A schema that ponplan did not make stays, even with permission to replace."""
    with psycopg.connect(database) as connection:
        connection.execute("CREATE SCHEMA theirs")
        connection.execute("CREATE TABLE theirs.nodes (id text)")
    with pytest.raises(OutputError, match="not made by ponplan"):
        write_postgis(network, database, schema="theirs", overwrite=True)
    with pytest.raises(DesignFileError, match="holds no design"):
        read_postgis(database, schema="theirs")
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM theirs.nodes").fetchone() == (0,)


def test_a_load_that_fails_leaves_nothing(network: Network, database: str) -> None:
    """One value that the database refuses undoes the whole load."""
    broken = replace(network, bill=(replace(network.bill[0], description="no\x00zero"), *network.bill[1:]))
    with pytest.raises(OutputError, match="refuses"):
        write_postgis(broken, database, schema="half")
    with pytest.raises(DesignFileError, match="no such schema"):
        read_postgis(database, schema="half")


def test_edits_in_the_database_are_checked(network: Network, database: str) -> None:
    """A value that an editor emptied is told with table, row and field."""
    write_postgis(network, database, schema="edited")
    with psycopg.connect(database) as connection:
        connection.execute("ALTER TABLE edited.cables ALTER COLUMN role DROP NOT NULL")
        connection.execute("UPDATE edited.cables SET role = NULL WHERE fid = 3")
    with pytest.raises(DesignFileError) as wrong:
        read_postgis(database, schema="edited")
    assert [(fault.row, fault.field) for fault in wrong.value.faults] == [(3, "role")]


def test_the_commands_load_and_read(design: Path, database: str, tmp_path: Path) -> None:
    """`export` into a schema and `import design` out of it give a design that `check` finds sound."""
    runner = CliRunner()
    result = runner.invoke(app, ["export", str(design), "-o", database, "--schema", "town plan"])
    assert result.exit_code == 0, result.output
    again = str(tmp_path / "again.gpkg")
    result = runner.invoke(app, ["import", "design", database, "--schema", "town plan", "-o", again])
    assert result.exit_code == 0, result.output
    assert Path(again).read_bytes() == design.read_bytes()


def test_no_database_no_password_in_the_complaint(network: Network) -> None:
    """A server that is not there is named as such, without the address and its password."""
    address = "postgresql://planner:secret@127.0.0.1:1/none"
    with pytest.raises(OutputError) as refused:
        export_network(network, address, ())
    with pytest.raises(DesignFileError):
        import_network(address)
    assert "secret" not in str(refused.value)
