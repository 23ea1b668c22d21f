"""`ponplan report` from the command line."""

import json
from pathlib import Path

from typer.testing import CliRunner

from ponplan.cli.app import app


def test_a_page_with_results_and_a_variant(town: Path, tmp_path: Path):
    """Every option at once gives a page that shows what each brought."""
    sweep = {"schema": "ponplan.simulate-sweep/1", "field": "load", "points": []}
    results = tmp_path / "sweep.json"
    results.write_text(json.dumps(sweep), encoding="utf-8")
    target = tmp_path / "report.html"
    arguments = ["report", str(town), "--results", str(results), "--variant", str(town), "-o", str(target)]
    ran = CliRunner().invoke(app, [*arguments, "--json"])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert told["schema"] == "ponplan.report/1"
    assert told["bytes"] == target.stat().st_size
    page = target.read_text(encoding="utf-8")
    assert "Sweep of load: sweep.json" in page
    assert page.count("town.gpkg") >= 2
    assert "(+0.0 %)" in page
