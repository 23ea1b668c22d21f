"""Every bundled fault scenario does what its first line says, on a bare PON and on a design."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ponplan.failover import simulate_network_faults, simulate_pon_faults
from ponplan.scenario import read_faults, read_scenario

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue
    from ponplan.topology.network import Network

ROOT = Path(__file__).parents[2]
PATHS = [
    path for path in sorted((ROOT / "scenarios").glob("*.toml")) if "[[fault]]" in path.read_text(encoding="utf-8")
]
# affected, lost, out for more than 100 ms
VERDICTS = {
    "cabinet_lost": (8, 0, 0),
    "card_lost": (32, 0, 0),
    "chassis_lost": (32, 32, 32),
    "cold_serial_ranging": (64, 0, 5),
    "distribution_cut": (8, 8, 8),
    "double_fault": (32, 0, 8),
    "drop_cut": (1, 0, 0),
    "duct_cut": (32, 0, 0),
    "epon_drift_guard": (32, 0, 0),
    "epon_trunk_feeder_cut": (32, 0, 0),
    "fading": (32, 0, 15),
    "flapping": (32, 0, 0),
    "full_feeder_cut": (32, 0, 0),
    "node_lost": (32, 0, 0),
    "office_lost": (32, 0, 0),
    "onu_lost": (1, 0, 1),
    "port_lost": (32, 0, 0),
    "repair_and_revert": (32, 0, 0),
    "span_cut": (32, 0, 0),
    "splitter_lost": (32, 32, 32),
    "to2_expired": (32, 0, 32),
    "transceiver_boots": (32, 0, 32),
    "trench_cut": (32, 0, 0),
    "trunk_feeder_cut": (32, 0, 0),
    "xgs_trunk_feeder_cut": (64, 0, 0),
}
REASONS = {"cold_serial_ranging": "ranging", "transceiver_boots": "boot", "to2_expired": "decide"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_verdict(catalogue: Catalogue, path: Path):
    """Who is touched, who is lost, who is late."""
    result = simulate_pon_faults(read_scenario(path), catalogue, cures=False).result
    found = (result.customers_affected, result.customers_lost, result.customers_over_100_ms)
    assert found == VERDICTS[path.stem]


@pytest.mark.parametrize("name", REASONS)
def test_failures_say_why_and_what_would_help(catalogue: Catalogue, name: str):
    """Where 100 ms are missed, the dominating step is named, and a setting that was tried and helps."""
    result = simulate_pon_faults(read_scenario(ROOT / "scenarios" / f"{name}.toml"), catalogue).result
    late = [one for one in result.customers if not one.within_100_ms]
    assert {one.dominating_step for one in late} == {REASONS[name]}
    assert all(one.cure for one in late)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_same_file_serves_a_design(district: Network, path: Path):
    """Faults without a subject find one in any design that has such a thing."""
    result = simulate_network_faults(district, read_faults(path), replications=1, cures=False).result
    assert len(result.faults) >= 1
    assert result.customers_affected >= 1
