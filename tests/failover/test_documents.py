"""The page about faults names every field, and its file is played."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ponplan.failover import simulate_pon_faults
from ponplan.failover.rules import ALLOWED
from ponplan.scenario import FaultSettings, ProtectionSettings, read_scenario
from ponplan.scenario.protection import RECOVERIES, WHATS, Spread

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue

PAGE = (Path(__file__).parents[2] / "docs" / "failover.md").read_text(encoding="utf-8")


def test_every_field_is_explained():
    """Fields, kinds of faults, recoveries and spreads all stand on the page."""
    for table in (ProtectionSettings, FaultSettings, Spread):
        for field in table.model_fields:
            assert field in PAGE, field
    for word in (*WHATS, *RECOVERIES):
        assert word in PAGE, word


def test_every_recovery_belongs_to_a_family():
    """No name that nothing obeys."""
    assert {name for names in ALLOWED.values() for name in names} == set(RECOVERIES)


def test_the_example_file_is_played(catalogue: Catalogue, tmp_path: Path):
    """The TOML of the page breaks a feeder and everybody is back."""
    path = tmp_path / "pon.toml"
    path.write_text(re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL).group(1), encoding="utf-8")
    result = simulate_pon_faults(read_scenario(path), catalogue, replications=3).result
    assert (result.customers_affected, result.customers_lost) == (32, 0)


def test_the_catalogue_has_every_duration(catalogue: Catalogue):
    """Every duration of a scenario is a row of the catalogue for each family that can use it."""
    steps = {name[:-3].replace("_", "-") for name in ProtectionSettings.model_fields if name.endswith("_ms")}
    rows = {(row.family, row.step) for row in catalogue.timings.values()}
    assert {step for _, step in rows} == steps - {"promise"}
    assert len(rows) == len(catalogue.timings)
