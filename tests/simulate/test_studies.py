"""Studies: each is played in short, and what its page says of it holds."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.catalogue import Catalogue

ROOT = Path(__file__).parents[2]
QUICK = 0.1


@pytest.fixture(scope="module")
def studies() -> ModuleType:
    """Load the studies."""
    specification = importlib.util.spec_from_file_location("ponplan_studies", ROOT / "benchmarks" / "studies.py")
    module = importlib.util.module_from_spec(specification)
    sys.modules["ponplan_studies"] = module
    specification.loader.exec_module(module)
    return module


def heights(study: object) -> dict[str, list[float]]:
    """Give the curves' values."""
    return {name: values for name, (_, values) in study.curves.items()}


def test_fixed_slots_wait_longest_at_low_load(studies: ModuleType, catalogue: Catalogue):
    """At a tenth of the load fixed slots take three times as long as grants on request, and never less than gated."""
    found = heights(studies.ipact(catalogue, QUICK))
    assert found["fixed"][0] > 3 * found["limited"][0]
    assert all(gated <= fixed for gated, fixed in zip(found["gated"], found["fixed"], strict=True))


def test_gpon_carries_more_of_its_rate(studies: ModuleType, catalogue: Catalogue):
    """GPON's shares of 2.488 and 1.244 Gbit/s are above EPON's of 1 Gbit/s for every frame size."""
    found = heights(studies.efficiency(catalogue, QUICK))
    for way, rate in (("down", 2488.32), ("up", 1244.16)):
        for epon, gpon in zip(found[f"epon {way}"], found[f"gpon {way}"], strict=True):
            assert gpon / rate > epon / 1000.0


def test_intervals_add_delay(studies: ModuleType, catalogue: Catalogue):
    """Service intervals are slower than the reference model at every load."""
    found = heights(studies.intervals(catalogue, QUICK))
    for kind in ("assured", "best effort"):
        pairs = zip(found[f"reference, {kind}"], found[f"giant, {kind}"], strict=True)
        assert all(reference < giant for reference, giant in pairs)


def test_best_effort_gives_way_in_the_busy_hour(studies: ModuleType, catalogue: Catalogue):
    """Overloaded by a third, best effort waits longer than every other T-CONT."""
    found = heights(studies.busy_hour(catalogue, QUICK))
    last = {name: values[-1] for name, values in found.items()}
    assert max(last, key=last.get) == "T-CONT 3"


def test_e1_is_steadier_over_gpon(studies: ModuleType, catalogue: Catalogue):
    """Over GPON half a millisecond whatever the load, over EPON more than packing's whole one."""
    found = heights(studies.e1(catalogue, QUICK))
    assert max(found["gpon, end to end"]) < 0.5
    assert min(found["epon, end to end"]) > 1.0
    assert max(found["gpon, jitter buffer"]) < min(found["epon, jitter buffer"])


def test_clocks_stand_still_where_the_pon_is_synchronous(studies: ModuleType, catalogue: Catalogue):
    """Over GPON and APON recovered clocks keep to the limit at every interval, over EPON they do not at all."""
    found = heights(studies.wander(catalogue, QUICK))
    limit = found.pop("limit (G.8261 case 1)")
    kept = {
        name: all(value <= most for value, most in zip(values, limit, strict=False) if most is not None)
        for name, values in found.items()
    }
    assert kept == {"E1 over gpon": True, "E1 over apon": True, "E1 over epon": False}


def test_the_bank_district_wants_gpon(studies: ModuleType, catalogue: Catalogue):
    """On GPON and MSTP nothing uses up its promise in any year; on EPON clocks or delays do by year ten."""
    found = heights(studies.bank(catalogue, QUICK))
    assert max(max(values) for name, values in found.items() if name.startswith("gpon")) < 1.0
    for kind in ("E1 delay", "E1 wander", "other delay"):
        assert all(one < other for one, other in zip(found[f"gpon, {kind}"], found[f"epon, {kind}"], strict=True))
    assert max(found["epon, other delay"]) > 1.0


def test_moved_onus_take_from_nobody(studies: ModuleType, catalogue: Catalogue):
    """Each ONU that moves to 10G adds its gain; those at 1G keep what they had, within five per cent."""
    found = heights(studies.beside(catalogue, QUICK))
    assert found["all ONUs"] == sorted(found["all ONUs"])
    slow = [value for value in found["each 1G ONU"] if value is not None]
    assert slow[-1] == pytest.approx(slow[0], rel=0.05)


def test_packets_break_promises_before_arithmetic_says_full(studies: ModuleType, catalogue: Catalogue):
    """In no year are fewer ports hurt than arithmetic calls full, and in year ten some are."""
    found = heights(studies.growth(catalogue, QUICK))
    played, full = found["a promise broken, played"], found["full by `check`'s arithmetic"]
    assert all(one >= other for one, other in zip(played, full, strict=True))
    assert played[-1] > 0


def test_the_program_draws_and_tells(studies: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """One picture and one line for each study asked for."""
    studies.main(["e1", "--quick", "--output", str(tmp_path)])
    assert json.loads(capsys.readouterr().out)["study"] == "e1"
    assert (tmp_path / "e1.svg").stat().st_size > 5_000


def test_every_study_is_shown(studies: ModuleType):
    """The page shows each study's picture, and the picture is there."""
    page = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
    for name in studies.STUDIES:
        assert f"studies/{name}.svg" in page
        assert (ROOT / "docs" / "studies" / f"{name}.svg").exists()
