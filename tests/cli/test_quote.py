"""`ponplan quote` and `ponplan cutover`: answers, exit codes, files."""

from __future__ import annotations

import bisect
import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from ponplan.area.coordinates import WGS84, transform_xy
from ponplan.area.model import Rules
from ponplan.cli.cutover import cutover_command
from ponplan.cli.design import design_command
from ponplan.cli.generate import generate_command
from ponplan.cli.quote import DEFAULT_MAX_DROP_M, quote_command
from ponplan.errors import AreaError, OutputError
from ponplan.topology import check_network, read_network, write_network
from ponplan.topology.rules import bearer
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from click.testing import Result

    from ponplan.topology import Network

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


def test_full_multiplexer_is_told_in_the_quote(tmp_path: Path) -> None:
    """E1 for which the office's multiplexer has no VC-12 left are refused at once, not offered and then refused."""
    town = typer.Typer()
    town.command("design")(design_command)
    town.command("generate")(generate_command)
    area, plan = str(tmp_path / "banks"), tmp_path / "plan.gpkg"
    assert CliRunner().invoke(town, ["generate", "bank-district", "--customers", "6", "-o", area]).exit_code == 0
    assert CliRunner().invoke(town, ["design", area, "-o", str(plan), "--effort", "quick"]).exit_code == 0
    network = read_network(plan)
    full = next(one for one in network.bearer_elements if one.bearer == "mstp")

    def crowded(count: int) -> Network:
        """Give the design with so many E1 of one bank."""
        crowd = replace(network.customers[0], services=(("e1", count),))
        return replace(network, customers=(crowd, *network.customers[1:]))

    def is_too_much(count: int) -> bool:
        """Whether the bearer does not carry so many."""
        return any(True for rule in bearer.RULES for _ in rule.find(Survey(crowded(count))))

    most = bisect.bisect_left(range(5000), 1, key=is_too_much) - 1
    write_network(crowded(most), plan, overwrite=True)
    host = next(node for node in network.nodes if node.id == network.splitters[0].node)
    lon, lat = transform_xy(np.array([[host.x_m + 15.0, host.y_m + 5.0]]), network.crs, WGS84)[0].tolist()
    wish = ["--at", f"{lon:.8f},{lat:.8f}", "--class", "finance", "--service", "e1:2", "--protection", "none"]
    result = CliRunner().invoke(app, ["quote", str(plan), *wish, "--json"])
    assert result.exit_code == 5
    answer = json.loads(result.stdout)
    assert answer["alternatives"] == []
    assert any(full.id in one["reason"] for one in answer["refused"])
