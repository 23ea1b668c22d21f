"""What is to be tried: traffic, allocation, run length and seed, read from TOML and checked."""

from ponplan.scenario.pon import (
    DbaSettings,
    DownstreamSettings,
    RunSettings,
    Scenario,
    SourceSettings,
    TcontSettings,
)
from ponplan.scenario.read import read_scenario, scenario_from_table

__all__ = [
    "DbaSettings",
    "DownstreamSettings",
    "RunSettings",
    "Scenario",
    "SourceSettings",
    "TcontSettings",
    "read_scenario",
    "scenario_from_table",
]
