"""What the documents show runs."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan.scenario import read_scenario, scenario_from_table
from ponplan.simulate import simulate_traffic
from ponplan.simulate.policies import policy_from_file

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "simulate.md").read_text(encoding="utf-8")


def block(language: str):
    """Give the first code block of a language."""
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL).group(1)


def shortened(scenario: object):
    """Give the same scenario for a twentieth of its time."""
    seconds = scenario.run.seconds / 20
    run = scenario.run.model_copy(update={"seconds": seconds, "warmup_seconds": seconds / 5, "replications": 1})
    return scenario.model_copy(update={"run": run})


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda path: path.stem)
def test_every_scenario_runs(catalogue: Catalogue, path: Path):
    """Each shipped bare PON carries traffic."""
    if "technology" not in path.read_text(encoding="utf-8").split("[", 1)[0]:
        pytest.skip("not a bare PON")
    result = simulate_traffic(shortened(read_scenario(path)), catalogue)
    assert result.upstream.carried > 0.05


def test_every_bare_pon_is_listed():
    """The list of scenarios names each file."""
    page = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "scenarios").glob("*.toml"):
        assert path.name in page


def test_the_example_file_is_a_scenario(catalogue: Catalogue, tmp_path: Path):
    """The TOML of the page is read and played."""
    path = tmp_path / "pon.toml"
    path.write_text(block("toml"), encoding="utf-8")
    assert simulate_traffic(shortened(read_scenario(path)), catalogue).upstream.carried > 0.5


def test_the_example_policy_runs(catalogue: Catalogue, tmp_path: Path):
    """The policy of the page, from a file outside the package, carries what is offered and waits longer."""
    path = tmp_path / "half.py"
    path.write_text(block("python"), encoding="utf-8")
    scenario = scenario_from_table(
        {
            "technology": "epon",
            "onus": 4,
            "distance_km": 10,
            "dba": {"policy": "gated"},
            "source": [{"load": 0.5}],
            "run": {"seconds": 0.5},
        }
    )
    own = simulate_traffic(scenario, catalogue, policy=policy_from_file(f"{path}:half")).upstream
    gated = simulate_traffic(scenario, catalogue).upstream
    assert own.carried == pytest.approx(gated.carried, rel=0.01)
    assert own.delay_us.mean >= gated.delay_us.mean


def test_every_field_is_explained():
    """The page names every field that a scenario may have."""
    from ponplan.scenario import Scenario
    from ponplan.scenario.pon import DbaSettings, DownstreamSettings, RunSettings, SourceSettings, TcontSettings

    for table in (Scenario, DbaSettings, DownstreamSettings, RunSettings, SourceSettings, TcontSettings):
        for field in table.model_fields:
            assert field in PAGE, field


def test_the_example_of_a_live_pon_runs():
    """What the page types is answered as it says."""
    example = doctest.DocTestParser().get_doctest(block("pycon"), {}, "simulate.md", None, 0)
    runner = doctest.DocTestRunner()
    runner.run(example)
    assert runner.summarize().failed == 0
