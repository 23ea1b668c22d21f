"""How equipment is set to switch: chosen by the scenario, or by what a standby can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.errors import Fault, ScenarioError

if TYPE_CHECKING:
    from ponplan.scenario import ProtectionSettings

ALLOWED = {
    "gpon": (
        "swift-popup", "directed-popup", "pre-ranged", "common-offset", "ranging-pipelined", "ranging-serial",
        "reactivation",
    ),
    "apon": ("directed-popup", "ranging-serial", "reactivation"),
    "xgpon": ("resync", "common-offset", "ranging-pipelined", "ranging-serial", "reactivation"),
    "ngpon": ("resync", "common-offset", "ranging-pipelined", "ranging-serial", "reactivation"),
    "epon": ("holdover", "common-offset", "re-registration"),
    "direct": ("link-up",),
}  # fmt: skip
DEFAULT = {
    "gpon": {"hot": "swift-popup", "warm": "ranging-pipelined", "cold": "ranging-serial"},
    "apon": {"hot": "directed-popup", "warm": "ranging-serial", "cold": "reactivation"},
    "xgpon": {"hot": "resync", "warm": "ranging-pipelined", "cold": "ranging-serial"},
    "ngpon": {"hot": "resync", "warm": "ranging-pipelined", "cold": "ranging-serial"},
    "epon": {"hot": "common-offset", "warm": "holdover", "cold": "re-registration"},
    "direct": {"hot": "link-up", "warm": "link-up", "cold": "link-up"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchRules:
    """What ports and terminals are set to do."""

    recovery: str
    revertive: bool = False
    switch_share: float = 1.0
    transceiver_off: bool = False


def switch_rules(
    settings: ProtectionSettings, family: str, *, standby: str = "", lenient: bool = False
) -> SwitchRules:
    """Give the rules of a scenario for one family of technologies.

    Parameters
    ----------
    standby
        How the protecting port stands by, which decides on the recovery if the settings do not.
    lenient
        Take the default instead of refusing a recovery that this family does not have.

    Raises
    ------
    ScenarioError
        The family has no such recovery, or its protection is not known.
    """
    if family not in ALLOWED:
        problem = "switchovers of this family of technologies are not known"
        raise ScenarioError([Fault(file="scenario", field="technology", problem=problem, value=family)])
    default = DEFAULT[family][standby or "hot"]
    recovery = settings.recovery or default
    if lenient and recovery not in ALLOWED[family]:
        recovery = default
    if recovery not in ALLOWED[family]:
        fault = Fault(
            file="scenario",
            field="protection.recovery",
            problem=f"technologies of the family {family} have no such recovery",
            value=recovery,
            limit=", ".join(ALLOWED[family]),
        )
        raise ScenarioError([fault])
    return SwitchRules(
        recovery=recovery,
        revertive=settings.revertive,
        switch_share=settings.switch_share,
        transceiver_off=settings.transceiver_off,
    )
