"""What is to break in a design: a scenario file with faults, settings of protection, and how often to play."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from ponplan.scenario.pon import DbaSettings, DownstreamSettings, RunSettings, SourceSettings, TcontSettings
from ponplan.scenario.protection import FaultSettings, ProtectionSettings
from ponplan.scenario.read import checked, scenario_from_table, toml_table
from ponplan.scenario.table import Table

if TYPE_CHECKING:
    from pathlib import Path


class FaultScenario(Table):
    """Faults of a design; its own ports say how they stand by."""

    protection: ProtectionSettings = ProtectionSettings()
    fault: list[FaultSettings] = Field(default_factory=list)
    run: RunSettings = RunSettings()
    dba: DbaSettings = DbaSettings()  # these four for packets, at every terminal of every group that a fault touches
    tcont: list[TcontSettings] = Field(default_factory=list)
    source: list[SourceSettings] = Field(default_factory=list)
    downstream: DownstreamSettings = DownstreamSettings()


def read_faults(path: Path) -> FaultScenario:
    """Read a scenario for a design; of a bare PON's file only what concerns faults counts.

    Raises
    ------
    ScenarioError
        If the file cannot be read, is not TOML, or breaks a rule; every fault is listed.
    """
    table = toml_table(path)
    if "technology" in table:
        bare = scenario_from_table(table, file=str(path))
        shared = {name: getattr(bare, name) for name in FaultScenario.model_fields}
        return FaultScenario.model_construct(**shared)
    return faults_from_table(table, file=str(path))


def faults_from_table(table: dict[str, Any], *, file: str = "scenario") -> FaultScenario:
    """Check a table as TOML gives it.

    Raises
    ------
    ScenarioError
        Every fault with its field and value.
    """
    return checked(FaultScenario, table, file=file)
