"""What is to be tried: traffic, allocation, faults, run length and seed, read from TOML and checked."""

from ponplan.scenario.faults import FaultScenario, faults_from_table, read_faults
from ponplan.scenario.pon import (
    DbaSettings,
    DownstreamSettings,
    RunSettings,
    Scenario,
    SourceSettings,
    TcontSettings,
)
from ponplan.scenario.protection import FaultSettings, ProtectionSettings, Spread
from ponplan.scenario.read import read_scenario, scenario_from_table

__all__ = [
    "DbaSettings",
    "DownstreamSettings",
    "FaultScenario",
    "FaultSettings",
    "ProtectionSettings",
    "RunSettings",
    "Scenario",
    "SourceSettings",
    "Spread",
    "TcontSettings",
    "faults_from_table",
    "read_faults",
    "read_scenario",
    "scenario_from_table",
]
