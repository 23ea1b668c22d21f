"""`ponplan design --from`: a design edited as QGIS would edit it comes back clean."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyogrio.raw
import pytest
import shapely
import typer
from typer.testing import CliRunner

from ponplan.area import read_area, write_area
from ponplan.area.plant.model import AreaPlant
from ponplan.cli.check import check_command
from ponplan.cli.design import design_command
from ponplan.cli.generate import generate_command
from ponplan.errors import DesignFileError
from ponplan.topology import read_network
from ponplan.topology.file.geometry import blobs

if TYPE_CHECKING:
    from click.testing import Result

app = typer.Typer()
app.command("design")(design_command)
app.command("check")(check_command)
app.command("generate")(generate_command)
EXAMPLE = Path(__file__).resolve().parents[2] / "topologies" / "industrial-park"


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a small area and its design."""
    from dataclasses import replace

    folder = tmp_path_factory.mktemp("from")
    area = read_area(EXAMPLE)
    sites = tuple(replace(site, existing=False) for site in area.sites)
    write_area(
        replace(area, customers=area.customers[:30], sites=sites, circuits=(), plant=AreaPlant()), folder / "area"
    )
    assert _run("design", folder / "area", "-o", folder / "plan.gpkg", "--effort", "quick").exit_code == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """Give a copy of it to edit."""
    shutil.copytree(made, tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture(scope="module")
def with_plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a small park in which plant stands, and its design."""
    folder = tmp_path_factory.mktemp("plant")
    assert _run("generate", "industrial-park", "--customers", "40", "-o", folder / "area").exit_code == 0
    assert _run("design", folder / "area", "-o", folder / "plan.gpkg", "--effort", "quick").exit_code == 0
    return folder


@pytest.fixture
def park(with_plant: Path, tmp_path: Path) -> Path:
    """Give a copy of it to edit."""
    shutil.copytree(with_plant, tmp_path / "here")
    return tmp_path / "here"


def _again(folder: Path, *options: str) -> dict[str, object]:
    result = _run(
        "design", folder / "area", "--from", folder / "plan.gpkg", "-o", folder / "new.gpkg", "--json",
        "--effort", "quick", *options,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert _run("check", folder / "new.gpkg").exit_code == 0
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def _edit(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql, values)


def test_built_design_without_changes_costs_nothing(folder: Path) -> None:
    """The same area on its own built design: nothing is added, removed or charged."""
    answer = _again(folder, "--built")
    assert answer["cost_total"] == 0.0
    assert answer["from"]["added"] == answer["from"]["removed"] == {}


def test_cabinet_dragged_and_locked(folder: Path) -> None:
    """A cabinet dragged in QGIS fails the check, and is used at its new place by the next design."""
    network = read_network(folder / "plan.gpkg")
    host = next(node for node in network.nodes if node.id == network.splitters[0].node)
    point = np.array([shapely.Point(host.x_m + 30.0, host.y_m)], object)
    sql = "UPDATE nodes SET geom = ?, locked = 1 WHERE id = ?"
    _edit(folder / "plan.gpkg", sql, blobs(point, srs_id=int(network.crs.split(":")[1]))[0], host.id)
    assert _run("check", folder / "plan.gpkg").exit_code == 4
    answer = _again(folder)
    assert answer["from"]["adopted"] == [f"{host.id} was moved by 30.0 m and is used there"]
    new = next(node for node in read_network(folder / "new.gpkg").nodes if node.id == host.id)
    assert (new.x_m, new.y_m) == pytest.approx((host.x_m + 30.0, host.y_m), abs=1.0)


def test_point_drawn_with_a_gis(folder: Path) -> None:
    """A point added through GDAL with only its geometry is taken over as a cabinet."""
    network = read_network(folder / "plan.gpkg")
    office = next(node for node in network.nodes if node.kind == "office")
    point = shapely.to_wkb(shapely.Point(office.x_m + 40.0, office.y_m + 15.0))
    pyogrio.raw.write(
        folder / "plan.gpkg", np.array([point], object), [], [], layer="nodes", geometry_type="Point",
        crs=network.crs, append=True,
    )  # fmt: skip
    assert "record-id" in _run("check", folder / "plan.gpkg").output
    answer = _again(folder)
    assert "is used as drawn-1" in answer["from"]["adopted"][0]


@pytest.mark.parametrize("area", ["folder", "park"])
def test_cable_redrawn_along_another_street(area: str, request: pytest.FixtureRequest) -> None:
    """A locked cable drawn along other routes is laid there, with plant beside it and without."""
    folder: Path = request.getfixturevalue(area)
    network = read_network(folder / "plan.gpkg")
    cable, line = _detour(network)
    drawn = blobs(np.array([line], object), srs_id=int(network.crs.split(":")[1]))[0]
    _edit(folder / "plan.gpkg", "UPDATE cables SET geom = ?, locked = 1 WHERE id = ?", drawn, cable)
    assert "cable-drawn" in _run("check", folder / "plan.gpkg").output
    answer = _again(folder)
    assert answer["from"]["adopted"][0].startswith(f"cable {cable} lies where it was drawn")
    again = next(one for one in read_network(folder / "new.gpkg").cables if one.id == cable)
    assert again.length_m == pytest.approx(line.length, abs=0.5)


def _detour(network: object) -> tuple[str, shapely.LineString]:
    """Give a feeder and the line of another way between its ends, over routes that its first one is not among."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    lines = {route.id: line for route, line in zip(network.routes, network.route_lines, strict=True)}
    streets = [route for route in network.routes if route.kind in ("route", "lead-in")]
    names = sorted({name for route in streets for name in (route.from_junction, route.to_junction)})
    number = {name: index for index, name in enumerate(names)}
    nodes = {node.id: node.junction for node in network.nodes}
    for cable in network.cables:
        if cable.role == "drop" or cable.state == "existing":
            continue
        for barred in cable.routes:
            rest = [route for route in streets if not lines[route.id].equals(lines[barred])]
            ends = [(number[route.from_junction], number[route.to_junction]) for route in rest]
            matrix = coo_array(
                ([route.length_m for route in rest], tuple(zip(*ends, strict=True))), shape=(len(names),) * 2
            ).tocsr()
            start, end = number[nodes[cable.from_node]], number[nodes[cable.to_node]]
            found, before = dijkstra(matrix, directed=False, indices=start, return_predecessors=True)
            if not np.isfinite(found[end]) or start == end:
                continue
            points: list[tuple[float, float]] = []
            here = end
            while here != start:
                ahead = int(before[here])
                route = min(
                    (one for one, pair in zip(rest, ends, strict=True) if set(pair) == {here, ahead}),
                    key=lambda one: one.length_m,
                )
                coords = list(lines[route.id].coords)
                points += coords if number[route.from_junction] == here else coords[::-1]
                here = ahead
            return cable.id, shapely.LineString(points[::-1])
    raise AssertionError("no cable has another way")


def test_plant_in_the_area_is_used(folder: Path) -> None:
    """A design of what stands, put into the area's folder as plant.gpkg, makes planning cheaper than without it."""
    whole = read_area(EXAMPLE)
    (folder / "area" / "area.gpkg").unlink()
    (folder / "area" / "area.toml").unlink()
    from dataclasses import replace

    write_area(
        replace(whole, customers=whole.customers[:36], circuits=(), plant=AreaPlant()), folder / "area", force=True
    )
    without = _run("design", folder / "area", "-o", folder / "alone.gpkg", "--json", "--effort", "quick")
    shutil.copy(folder / "plan.gpkg", folder / "area" / "plant.gpkg")
    used = _run("design", folder / "area", "-o", folder / "new.gpkg", "--json", "--effort", "quick")
    assert json.loads(used.stdout)["cost_total"] < 0.5 * json.loads(without.stdout)["cost_total"]
    assert _run("check", folder / "new.gpkg").exit_code == 0


def test_new_splitter_moved_to_an_unused_cabinet(park: Path) -> None:
    """A locked splitter that is given another cabinet stands there afterwards, although plant would do without it."""
    network = read_network(park / "plan.gpkg")
    splitter = next(one for one in network.splitters if one.state == "new")
    used = {node.site for node in network.nodes}
    site = next(one for one in read_area(park / "area").sites if one.kind == "cabinet" and one.id not in used)
    _edit(park / "plan.gpkg", "UPDATE splitters SET node = ?, locked = 1 WHERE id = ?", site.id, splitter.id)
    assert "dangling-reference" in _run("check", park / "plan.gpkg").output
    answer = _again(park)
    assert answer["from"]["adopted"] == [f"splitter {splitter.id} was moved to site {site.id} and is used there"]
    again = read_network(park / "new.gpkg")
    found = next(one for one in again.splitters if one.id == splitter.id)
    assert next(node for node in again.nodes if node.id == found.node).site == site.id
    assert found.type == splitter.type


def test_splitter_that_stands_cannot_be_moved(park: Path) -> None:
    """A built splitter put into another cabinet by hand is refused, and nothing is written."""
    _edit(park / "plan.gpkg", "UPDATE splitters SET node = 'CAB003' WHERE state = 'existing'")
    result = _run("design", park / "area", "--from", park / "plan.gpkg", "-o", park / "new.gpkg")
    assert isinstance(result.exception, DesignFileError)
    assert "the splitter is kept (existing), but its node CAB003 does not exist" in str(result.exception)
    assert not (park / "new.gpkg").exists()


def test_fibres_that_stand_turn_out_faulty(park: Path) -> None:
    """A fault entered on lit fibres of a standing cable fails the check; the next design goes round them."""
    network = read_network(park / "plan.gpkg")
    standing = {cable.id for cable in network.cables if cable.state == "existing" and cable.role == "distribution"}
    name, fibre = min(strand for link in network.links for strand in link.strands if strand[0] in standing)
    _edit(park / "plan.gpkg", "UPDATE cables SET faulty = ? WHERE id = ?", str(fibre), name)
    assert "fibre-faulty" in _run("check", park / "plan.gpkg").output
    _again(park)
    again = read_network(park / "new.gpkg")
    assert (name, fibre) not in {strand for link in again.links for strand in link.strands}


def test_everything_locked_beside_plant(park: Path) -> None:
    """With all cables and splitters locked the bill stays as it is."""
    for sql in ("UPDATE cables SET locked = 1", "UPDATE splitters SET locked = 1"):
        _edit(park / "plan.gpkg", sql)
    answer = _again(park)
    assert answer["from"]["cost_change"] == 0.0
    assert answer["from"]["customers_rerouted"] == []


def test_built_needs_from(folder: Path) -> None:
    """`--built` alone says nothing and is refused."""
    assert _run("design", folder / "area", "-o", folder / "x.gpkg", "--built").exit_code == 2


@pytest.fixture(scope="module")
def with_banks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a small bank district, fully protected and on MSTP, and its design."""
    folder = tmp_path_factory.mktemp("banks")
    assert _run("generate", "bank-district", "--customers", "12", "--seed", "7", "-o", folder / "area").exit_code == 0
    assert _run("design", folder / "area", "-o", folder / "plan.gpkg", "--effort", "quick").exit_code == 0
    return folder


@pytest.fixture
def banks(with_banks: Path, tmp_path: Path) -> Path:
    """Give a copy of it to edit."""
    shutil.copytree(with_banks, tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize(
    ("town", "role"), [("folder", "feeder"), ("park", "distribution"), ("banks", ""), ("banks", "feeder")]
)
def test_never_dearer_than_the_design_it_comes_from(town: str, role: str, request: pytest.FixtureRequest) -> None:
    """With nothing changed, or one cable locked, the plan costs no more than before, and its gap is no wider."""
    folder: Path = request.getfixturevalue(town)
    network = read_network(folder / "plan.gpkg")
    names = sorted(one.id for one in network.cables if one.role == role and one.state == "new")
    for name in names[:1]:
        _edit(folder / "plan.gpkg", "UPDATE cables SET locked = 1 WHERE id = ?", name)
    answer = _again(folder)
    assert answer["cost_total"] <= network.facts["cost_total"]
    assert answer["from"]["cost_change"] <= 0.0
    assert answer["cost_bound"] >= network.facts["cost_bound"] - 0.02  # parts are rounded one by one


EDITS = {
    "splitter moved": (
        "UPDATE splitters SET node = (SELECT id FROM nodes WHERE kind = 'closure') WHERE rowid = 1",
        "continuity",
    ),
    "splitter on a site": ("UPDATE splitters SET node = 'CAB999' WHERE rowid = 1", "dangling-reference"),
    "ratio halved": ("UPDATE splitters SET type = 'splitter-1x2'", "splitter-leg"),
    "ratio raised": ("UPDATE splitters SET type = 'splitter-1x64' WHERE rowid = 1", "bill-quantity"),
    "splitter deleted": ("DELETE FROM splitters WHERE rowid = 1", "dangling-reference"),
    "splitter copied": ("UPDATE splitters SET id = (SELECT min(id) FROM splitters)", "duplicate-id"),
    "trunk deleted": ("DELETE FROM cables WHERE role = 'feeder'", "dangling-reference"),
    "drop deleted": (
        "DELETE FROM cables WHERE id = (SELECT min(id) FROM cables WHERE role = 'drop')",
        "trench-empty",
    ),
    "cable of another size": ("UPDATE cables SET type = 'drop-1' WHERE role = 'feeder'", "fibre-exists"),
    "cable led elsewhere": (
        "UPDATE cables SET to_node = (SELECT max(id) FROM nodes WHERE kind = 'premises') WHERE role = 'feeder'",
        "cable-path",
    ),
    "routes emptied": ("UPDATE cables SET routes = '' WHERE role = 'feeder'", "cable-path"),
    "line of a cable gone": ("UPDATE cables SET geom = NULL WHERE role = 'feeder'", "cable-drawn"),
    "node deleted": ("DELETE FROM nodes WHERE kind IN ('cabinet', 'room')", "dangling-reference"),
    "box exchanged": ("UPDATE nodes SET enclosure = 'drop-closure-1' WHERE kind = 'room'", "enclosure-capacity"),
    "point drawn": ("INSERT INTO nodes (geom) SELECT geom FROM nodes WHERE rowid = 1", "record-id"),
    "route opened": (
        "UPDATE routes SET state = 'new' WHERE rowid = (SELECT min(rowid) FROM routes WHERE state = 'unused')",
        "trench-empty",
    ),
    "cable called existing": ("UPDATE cables SET state = 'existing' WHERE role = 'feeder'", "bill-quantity"),
    "word of nobody": ("UPDATE cables SET state = 'Bestand' WHERE role = 'feeder'", "word"),
    "protection promised": ("UPDATE customers SET protection = 'full' WHERE rowid = 1", "protection"),
    "terminal exchanged": ("UPDATE onus SET type = 'onu-gpon-4e1' WHERE rowid = 1", "technology"),
}


@pytest.mark.parametrize("name", EDITS)
def test_check_finds_what_an_edit_broke(name: str, folder: Path) -> None:
    """Each kind of edit breaks a rule that names it, and is told as an edit where it is one of the plan."""
    sql, rule = EDITS[name]
    _edit(folder / "plan.gpkg", sql)
    result = _run("check", folder / "plan.gpkg", "--json")
    assert result.exit_code == 4
    answer = json.loads(result.stdout)
    assert rule in {one["rule"] for one in answer["violations"]}
    if name not in ("drop deleted", "line of a cable gone", "point drawn", "cable called existing", "word of nobody"):
        assert answer["edited"] != []


def test_edits_that_are_not_locked_are_told(folder: Path) -> None:
    """Nothing is dropped silently: a moved splitter, dragged premises, a locked street and a customer are named."""
    network = read_network(folder / "plan.gpkg")
    splitter, other = network.splitters[0], network.splitters[-1]
    assert splitter.node != other.node
    _edit(folder / "plan.gpkg", "UPDATE splitters SET node = ? WHERE id = ?", other.node, splitter.id)
    unused = next(one.id for one in network.routes if one.state == "unused" and one.kind == "route")
    _edit(folder / "plan.gpkg", "UPDATE routes SET locked = 'yes' WHERE id = ?", unused)
    _edit(folder / "plan.gpkg", "UPDATE customers SET protection = 'full' WHERE id = ?", network.customers[0].id)
    premises = next(node for node in network.nodes if node.kind == "premises")
    point = np.array([shapely.Point(premises.x_m + 30.0, premises.y_m)], object)
    _edit(
        folder / "plan.gpkg", "UPDATE nodes SET geom = ? WHERE id = ?",
        blobs(point, srs_id=int(network.crs.split(":")[1]))[0], premises.id,
    )  # fmt: skip
    answer = _again(folder)
    told = {(one["table"], one["row"], one["field"]) for one in answer["from"]["not_kept"]}
    assert told == {
        ("splitters", splitter.id, "node"),
        ("routes", unused, "locked"),
        ("customers", network.customers[0].id, ""),
        ("nodes", premises.id, "geom"),
    }


def test_lock_may_be_a_word(folder: Path) -> None:
    """`TRUE`, `yes` and `x` lock as 1 does; another word is a fault with file, layer, row, field, value, limit."""
    for word in ("TRUE", "yes", "x", "1", 1.0):
        _edit(folder / "plan.gpkg", "UPDATE splitters SET locked = ?", word)
        assert all(one.locked for one in read_network(folder / "plan.gpkg").splitters)
    _edit(folder / "plan.gpkg", "UPDATE splitters SET locked = 'perhaps' WHERE rowid = 2")
    result = _run("check", folder / "plan.gpkg")
    assert result.exception is not None
    assert "plan.gpkg (splitters), row 2, field locked" in str(result.exception)
    assert "found 'perhaps'" in str(result.exception)


def test_edits_that_cannot_be_followed_are_all_told_at_once(folder: Path) -> None:
    """Locked records without a place, and words and types of nobody, are faults with file, layer, row and remedy."""
    network = read_network(folder / "plan.gpkg")
    closure = next(node.id for node in network.nodes if node.kind == "closure")
    first, second = network.splitters[:2]
    feeder = next(cable.id for cable in network.cables if cable.role == "feeder")
    _edit(folder / "plan.gpkg", "UPDATE splitters SET node = ?, locked = 1 WHERE id = ?", closure, first.id)
    _edit(folder / "plan.gpkg", "UPDATE splitters SET node = 'NOWHERE', locked = 1 WHERE id = ?", second.id)
    _edit(folder / "plan.gpkg", "UPDATE cables SET to_node = 'GONE', locked = 1 WHERE id = ?", feeder)
    text = _refused(folder)
    for row, field, value in (
        (first.id, "node", closure),
        (second.id, "node", "NOWHERE"),
        (feeder, "to_node", "GONE"),
    ):
        assert f"row {row}, field {field}" in text
        assert f"(found {value!r})" in text
    assert text.count("plan.gpkg (") == text.count("or unlock it") == 3
    _edit(folder / "plan.gpkg", "UPDATE splitters SET type = '1:32' WHERE id = ?", first.id)
    _edit(folder / "plan.gpkg", "UPDATE cables SET state = 'Bestand' WHERE id = ?", feeder)
    text = _refused(folder)
    assert f"plan.gpkg (splitters), row {first.id}, field type" in text
    assert "found '1:32'" in text
    assert "allowed: new, existing" in text


def _refused(folder: Path) -> str:
    result = _run("design", folder / "area", "--from", folder / "plan.gpkg", "-o", folder / "new.gpkg")
    assert isinstance(result.exception, DesignFileError)
    assert not (folder / "new.gpkg").exists()
    return str(result.exception)
