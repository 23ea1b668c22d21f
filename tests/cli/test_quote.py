"""`ponplan quote` and `ponplan cutover`: answers, exit codes, files."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from ponplan.area.coordinates import WGS84, transform_xy
from ponplan.area.model import Rules
from ponplan.cli.cutover import cutover_command
from ponplan.cli.quote import DEFAULT_MAX_DROP_M, quote_command
from ponplan.errors import AreaError, OutputError
from ponplan.topology import check_network, read_network, write_network

if TYPE_CHECKING:
    from click.testing import Result

app = typer.Typer()
app.command("quote")(quote_command)
app.command("cutover")(cutover_command)


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a splitter with four customers and four free legs."""
    path = Path(__file__).parents[1] / "topology" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tests_cli_quote_hand_made", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    file = tmp_path_factory.mktemp("quote") / "tiny.gpkg"
    write_network(module.tiny_network(), file)
    return file


def _place(design: Path, dx_m: float, dy_m: float) -> str:
    """Give the text for a place some metres off the cabinet."""
    network = read_network(design)
    cabinet = next(node for node in network.nodes if node.id == "cabinet")
    lon, lat = transform_xy(np.array([[cabinet.x_m + dx_m, cabinet.y_m + dy_m]]), network.crs, WGS84)[0].tolist()
    return f"{lon:.8f},{lat:.8f}"


def _run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_json_answer(design: Path) -> None:
    """The answer has price, light, load, fibres and lead items, and its lines add up to the price."""
    result = _run("quote", str(design), "--at", _place(design, -40, 30), "--service", "internet-100", "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["schema"], answer["accepted"]) == (0, "ponplan.quote/1", False)
    first = answer["alternatives"][0]
    assert first["kind"] == "free-leg"
    assert round(sum(line["total_cost"] for line in first["lines"]), 2) == first["price"]
    assert first["light"]["down"]["reserve_db"] > 0
    assert first["load"]["onus"] == 5
    assert first["lead_items"]
    assert first["fibres"][0]["cable"] == "f1"


def test_text_answer(design: Path) -> None:
    """People read the price, what is built and what is left of the light."""
    result = _run("quote", str(design), "--at", _place(design, -40, 30), "--service", "internet-100")
    assert result.exit_code == 0
    assert "1. " in result.stdout
    assert "light left" in result.stdout


def test_accept_writes_beside(design: Path, tmp_path: Path) -> None:
    """An accepted quote is a new, sound file; the old one keeps its bytes."""
    before, new = design.read_bytes(), tmp_path / "new.gpkg"
    result = _run(
        "quote", str(design), "--at", _place(design, -40, 30), "--service", "internet-100", "--accept", "-o", str(new)
    )
    assert result.exit_code == 0
    assert check_network(read_network(new)) == ()
    assert design.read_bytes() == before


def test_accept_in_place_wants_force(design: Path, tmp_path: Path) -> None:
    """Without -o the design itself is replaced, and only with --force."""
    copy = tmp_path / "copy.gpkg"
    copy.write_bytes(design.read_bytes())
    words = ["quote", str(copy), "--at", _place(design, -40, 30), "--service", "internet-100", "--accept"]
    assert isinstance(_run(*words).exception, OutputError)
    assert copy.read_bytes() == design.read_bytes()
    assert _run(*words, "--force").exit_code == 0
    assert len(read_network(copy).customers) == 5


def test_nothing_fits_ends_with_five(design: Path, tmp_path: Path) -> None:
    """A place too far from every route: exit code 5, the reason, and no file."""
    new = tmp_path / "new.gpkg"
    words = ["--service", "internet-100", "--max-drop", "20", "--accept", "-o", str(new), "--json"]
    result = _run("quote", str(design), "--at", _place(design, -40, 30), *words)
    assert result.exit_code == 5
    assert "limit 20 m" in json.loads(result.stdout)["refused"][0]["reason"]
    assert not new.exists()


def test_faults_are_the_inputs(design: Path) -> None:
    """A wrong place and an unknown service are two faults of the input, for exit code 3."""
    error = _run("quote", str(design), "--at", "nan,8", "--service", "teleport").exception
    assert isinstance(error, AreaError)
    assert (len(error.faults), error.exit_code) == (2, 3)


def test_output_wants_accept(design: Path, tmp_path: Path) -> None:
    """Naming a file without accepting is wrong usage."""
    result = _run("quote", str(design), "--at", "9,47", "-o", str(tmp_path / "new.gpkg"))
    assert result.exit_code == 2


def test_drop_limit_is_the_rules() -> None:
    """The option's default is the area rules' own."""
    assert Rules().max_drop_m == DEFAULT_MAX_DROP_M


def test_cutover_table(design: Path, tmp_path: Path) -> None:
    """The plan is a table with a row for each thing to do, and says how many fibres come free."""
    today, table = tmp_path / "today.csv", tmp_path / "cutover.csv"
    today.write_text("customer,cable,fibre\nc1,old,1\nc2,old,2\n", encoding="utf-8")
    result = _run("cutover", str(design), "--existing", str(today), "-o", str(table), "--json")
    answer = json.loads(result.stdout)
    assert (answer["customers_moved"], answer["fibres_freed"], answer["customers_interrupted"]) == (2, 2, [])
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("step,action,customer")
    assert lines[2].startswith("1,move,c1,")


def test_cutover_of_strangers_writes_nothing(design: Path, tmp_path: Path) -> None:
    """A customer that the design does not know is a fault, and there is no table."""
    today, table = tmp_path / "today.csv", tmp_path / "cutover.csv"
    today.write_text("customer,cable,fibre\nnobody,old,1\n", encoding="utf-8")
    result = _run("cutover", str(design), "--existing", str(today), "-o", str(table))
    assert isinstance(result.exception, AreaError)
    assert not table.exists()
