"""The command line as a whole: every command explained, documented, quick to answer, and exact in its exit codes."""

import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from ponplan.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PONPLAN = Path(sys.executable).with_name("ponplan")


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PONPLAN, *map(str, arguments)], capture_output=True, text=True, check=False)


def _commands() -> list[tuple[str, typer.core.TyperCommand]]:
    group = typer.main.get_command(app)
    found = []
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found += [(f"{name} {inner}", leaf) for inner, leaf in command.commands.items()]
        else:
            found.append((name, command))
    return found


@pytest.mark.parametrize(("name", "command"), _commands(), ids=[name for name, _ in _commands()])
def test_every_command_is_explained(name: str, command: typer.core.TyperCommand):
    """One line of help, an example, `--json`, and a mention in the README."""
    assert command.help, f"{name} has no help"
    assert f"Example: ponplan {name}" in command.help
    assert any("--json" in parameter.opts for parameter in command.params)
    assert f"ponplan {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_names_no_command_that_does_not_exist():
    """What the README shows can be typed."""
    known = {name.split()[0] for name, _ in _commands()}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^\s*(?:\| `)?ponplan (\w+)", text, flags=re.MULTILINE))
    assert shown <= known


def test_help_answers_quickly():
    """`ponplan --help` takes less than 0.4 s of a processor, the best of five runs."""
    taken = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert _run("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(taken) < 0.4


def test_help_imports_nothing_heavy():
    """What only some commands need is not loaded for help."""
    heavy = ("numpy", "scipy", "numba", "shapely", "matplotlib", "networkx")
    script = f"import sys; import ponplan.cli.app; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_command_is_wrong_usage():
    """Without a command there is help and exit code 2."""
    assert _run().returncode == 2


def test_wrong_input_is_exit_code_3(tmp_path: Path):
    """A design file that is none is the input's fault, told in one line, without a traceback."""
    broken = tmp_path / "broken.gpkg"
    broken.write_text("not a database", encoding="utf-8")
    done = _run("check", broken)
    assert done.returncode == 3
    assert "broken.gpkg" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_area_is_exit_code_3_and_leaves_no_file(tmp_path: Path):
    """Nothing half-written remains."""
    done = _run("design", tmp_path / "nowhere", "-o", tmp_path / "plan.gpkg")
    assert done.returncode == 3
    assert "nowhere" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def designed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """Design the bundled town, once."""
    target = tmp_path_factory.mktemp("town") / "plan.gpkg"
    done = _run("design", ROOT / "topologies" / "mixed-town", "-o", target, "--json")
    assert done.returncode == 0, done.stderr
    return target, json.loads(done.stdout)


def test_design_answers_with_the_promised_fields(designed: tuple[Path, dict[str, object]]):
    """The fields that machines rely on stand at the top level."""
    _, answer = designed
    promised = {
        "schema", "customers_total", "customers_served", "unserved", "relaxed", "exposed", "cost_total", "cost_bound",
        "gap_percent", "gap_avoidable_percent", "parts", "seconds", "fibre_km", "trench_km", "duct_km", "olt_ports",
        "splitters", "point_to_point",
    }  # fmt: skip
    assert promised <= set(answer)
    assert answer["schema"] == "ponplan.design/1"
    assert set(answer["parts"]) == {"trench", "cable", "passive", "active"}
    assert answer["cost_bound"] <= answer["cost_total"]


def test_the_design_is_clean(designed: tuple[Path, dict[str, object]]):
    """`check` finds nothing in what `design` wrote."""
    done = _run("check", designed[0], "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["violations"] == []


def test_the_bill_adds_up_to_the_cost(designed: tuple[Path, dict[str, object]], tmp_path: Path):
    """BOM and design agree to the cent."""
    target, answer = designed
    done = _run("bom", target, "-o", tmp_path / "bom.csv", "--json")
    assert json.loads(done.stdout)["cost_total"] == answer["cost_total"]
    assert (tmp_path / "bom.csv").exists()


def test_nothing_is_overwritten_silently(designed: tuple[Path, dict[str, object]]):
    """An existing design is kept unless --force is said."""
    done = _run("design", ROOT / "topologies" / "mixed-town", "-o", designed[0])
    assert done.returncode == 3
    assert "--force" in done.stderr


def test_one_and_two_jobs_give_the_same_bytes(designed: tuple[Path, dict[str, object]], tmp_path: Path):
    """The design file does not depend on the number of processes."""
    again = tmp_path / "plan.gpkg"
    done = _run("design", ROOT / "topologies" / "mixed-town", "-o", again, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert again.read_bytes() == designed[0].read_bytes()
