"""Scenario files: what is taken, and what is said about what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.errors import ScenarioError
from ponplan.scenario import Scenario, read_scenario, scenario_from_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = 'technology = "epon"\nonus = 4\ndistance_km = 5\n[[source]]\nload = 0.5\n'


@pytest.fixture
def write(tmp_path: Path) -> Callable:
    """Write a scenario file."""

    def put(text: str) -> Path:
        path = tmp_path / "pon.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return put


def test_the_least_file(write: Callable):
    """Technology, ONUs, a distance and a source are enough; the rest has defaults."""
    scenario = read_scenario(write(GOOD))
    assert scenario.dba.max_grant_bytes is None  # depends on the line rate
    assert scenario.run.replications == 1
    assert scenario.warmup_seconds == pytest.approx(0.1)


def test_whole_numbers_may_stand_for_real_ones(write: Callable):
    """`load = 1` and `seconds = 2` are numbers like any other."""
    scenario = read_scenario(write(GOOD.replace("0.5", "1") + "[run]\nseconds = 2\n"))
    assert scenario.source[0].load == 1.0
    assert scenario.run.seconds == 2.0


def test_sizes_as_a_table(write: Callable):
    """Packet sizes are pairs of bytes and weight."""
    scenario = read_scenario(write(GOOD + "packet_bytes = [[64, 7], [1518, 1.5]]\n"))
    assert scenario.source[0].packet_bytes == [(64, 7.0), (1518, 1.5)]


BROKEN = {
    "onus = 0": ("onus = 4", "onus = 0", "onus", "greater than or equal to 1"),
    "unknown field": ("onus = 4", "onus = 4\nonions = 3", "onions", "no such field"),
    "text for a number": ("load = 0.5", 'load = "0.5"', "source[1].load", "valid number"),
    "true for a number": ("load = 0.5", "load = true", "source[1].load", "valid number"),
    "infinite": ("load = 0.5", "load = inf", "source[1].load", "finite"),
    "both rates": ("load = 0.5", "load = 0.5\nrate_mbps = 3", "source[1]", "either load or rate_mbps"),
    "no rate": ("load = 0.5", "", "source[1]", "either load or rate_mbps"),
    "range backwards": ("= 5", "= [9, 2]", "file", "not a range"),
    "no distance": ("distance_km = 5", "", "file", "distances_km"),
    "wrong count": ("distance_km = 5", "distances_km = [1, 2]", "file", "2 entries for 4 ONUs"),
    "unknown onu": ("load = 0.5", "load = 0.5\nonus = [7]", "file", "stay below 4"),
    "unknown tcont": ("load = 0.5", "load = 0.5\ntcont = 2", "file", "tcont 2 is not described"),
    "no weights": ("load = 0.5", "load = 0.5\npacket_bytes = [[64, 0]]", "source[1]", "add up to nothing"),
    "trace without file": ("load = 0.5", 'kind = "trace"', "source[1]", "needs file"),
    "warm-up too long": ("[[source]]", "[run]\nwarmup_seconds = 5\n[[source]]", "file", "leaves nothing"),
}


@pytest.mark.parametrize("mistake", list(BROKEN))
def test_each_mistake_is_named(write: Callable, mistake: str):
    """The complaint names file, field and what is wrong."""
    old, new, field, words = BROKEN[mistake]
    with pytest.raises(ScenarioError) as caught:
        read_scenario(write(GOOD.replace(old, new)))
    told = [fault for fault in caught.value.faults if fault.field == field]
    assert told, str(caught.value)
    assert words in str(caught.value)
    assert "pon.toml" in str(caught.value)


def test_all_mistakes_at_once(write: Callable):
    """Three mistakes give three faults."""
    text = GOOD.replace("onus = 4", "onus = 0\ncolour = 1").replace("load = 0.5", "load = -1")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(write(text))
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize(
    ("tcont", "words"),
    [
        ({"type": 1}, "type 1 needs fixed"),
        ({"type": 2, "assured_mbps": 5, "fixed_mbps": 1}, "no fixed bandwidth"),
        ({"type": 4, "assured_mbps": 5}, "no assured bandwidth"),
        ({"type": 3, "assured_mbps": 50, "max_mbps": 5}, "below"),
    ],
)
def test_tconts_keep_their_type(tcont: dict[str, object], words: str):
    """T-CONT descriptors that G.984.3 Table 7-1 does not know are refused."""
    table = {"technology": "gpon", "onus": 2, "distance_km": 1, "tcont": [tcont]}
    with pytest.raises(ScenarioError, match=words):
        scenario_from_table(table)


def test_not_toml(write: Callable):
    """Text that is not TOML is an input fault."""
    with pytest.raises(ScenarioError, match="is not TOML"):
        read_scenario(write("technology: epon"))


def test_missing_file(tmp_path: Path):
    """A missing file is an input fault."""
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_scenario(tmp_path / "nowhere.toml")


def test_what_a_scenario_says_can_be_read_again():
    """Dumping and checking again changes nothing."""
    table = {"technology": "gpon", "onus": 3, "distance_km": [1, 2], "source": [{"load": 0.3}]}
    scenario = scenario_from_table(table)
    assert Scenario.model_validate(scenario.model_dump()) == scenario
