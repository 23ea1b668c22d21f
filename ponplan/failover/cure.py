"""Which setting would bring a customer's outage within the limit: tried on the same fault before it is claimed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ponplan.failover.rules import ALLOWED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ponplan.failover.result import CustomerOutage, OutageResult
    from ponplan.scenario import ProtectionSettings

# slowest first
QUICKER = {
    "gpon": ("reactivation", "ranging-serial", "ranging-pipelined", "directed-popup", "swift-popup"),
    "apon": ("reactivation", "ranging-serial", "directed-popup"),
    "xgpon": ("reactivation", "ranging-serial", "ranging-pipelined", "resync"),
    "ngpon": ("reactivation", "ranging-serial", "ranging-pipelined", "resync"),
    "epon": ("re-registration", "holdover", "common-offset"),
    "direct": ("link-up",),
}
OF_RECOVERY = (
    "popup", "ranging", "activation", "to2", "drift-guard", "holdover", "processing", "deactivate", "to1",
    "first-grant",
)  # fmt: skip
Change = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What there is to change: settings as they are, and what they meant."""

    settings: ProtectionSettings
    schemes: frozenset[str]
    standbys: frozenset[str]
    recoveries: frozenset[str]
    families: tuple[str, ...]
    dominating: frozenset[str]  # steps that take most of a late customer's time
    can_rebuild: bool  # whether other fibre can be tried too

    @classmethod
    def of(
        cls, result: OutageResult, settings: ProtectionSettings, *, families: Sequence[str], can_rebuild: bool
    ) -> Patient:
        """Read from a result what its late customers suffer from."""
        return cls(
            settings=settings,
            schemes=frozenset(result.scheme.split(", ")),
            standbys=frozenset(result.standby.split(", ")) - {""},
            recoveries=frozenset(result.recovery.split(", ")),
            families=tuple(families),
            dominating=frozenset(one.dominating_step or "" for one in result.customers if not is_in_time(one)),
            can_rebuild=can_rebuild,
        )


def find_cures(
    result: OutageResult, patient: Patient, tried: Callable[[ProtectionSettings], Sequence[CustomerOutage]]
) -> OutageResult:
    """Try one setting after the other, those of a dominating step first, until every late customer has a cure.

    Parameters
    ----------
    tried
        Plays the same faults with other settings and gives all customers.
    """
    late = {one.onu for one in result.customers if not is_in_time(one)}
    cures: dict[str, str] = {}
    rows = []
    for change in _changes(patient):
        if len(cures) == len(late):
            break
        customers = tried(patient.settings.model_copy(update=change))
        text = ", ".join(f"{name} = {_shown(value)}" for name, value in change.items())
        helped = [one.onu for one in customers if one.onu in late and one.onu not in cures and is_in_time(one)]
        cures |= dict.fromkeys(helped, text)
        outages = [one.outage_max_ms for one in customers if one.affected]
        known = [value for value in outages if value is not None]
        longest_ms = max(known, default=0.0) if len(known) == len(outages) else None
        rows.append({"setting": text, "customers_helped": len(helped), "outage_max_ms": longest_ms})
    return replace(
        result, customers=tuple(replace(one, cure=cures.get(one.onu)) for one in result.customers), cures=tuple(rows)
    )


def is_in_time(customer: CustomerOutage) -> bool:
    """Judge against the promise, or against 100 ms where there is none."""
    return customer.within_100_ms if customer.within_promise is None else customer.within_promise


def _changes(patient: Patient) -> Iterator[Change]:
    """Give settings to try: those of a dominating step first, then the others, all together, and more fibre."""
    single = [*_own_durations(patient.settings), *_quicker(patient)]
    single.sort(key=lambda pair: patient.dominating.isdisjoint(pair[0]))
    yield from (change for _, change in single)
    if len(single) > 1:
        yield {name: value for _, change in single for name, value in change.items()}
    if not patient.can_rebuild:
        return
    if "none" in patient.schemes:
        yield {"scheme": "trunk"}
    if "full" not in patient.schemes:
        yield {"scheme": "full", "standby": "hot", "recovery": None}
    elif not patient.settings.dual_parented:
        yield {"dual_parented": True}


def _own_durations(settings: ProtectionSettings) -> Iterator[tuple[tuple[str, ...], Change]]:
    """Give the scenario's own durations put back to what equipment usually takes."""
    for step in ("laser", "sync", "first_grant", "onu_switch", "detect", "equipment_detect"):
        if getattr(settings, f"{step}_ms") is not None:
            yield (step.replace("_", "-"),), {f"{step}_ms": None}
    if settings.decide_ms is not None:
        yield ("decide",), {"decide_ms": 0.0}
    if settings.transceiver_off:
        yield ("boot",), {"transceiver_off": False}


def _quicker(patient: Patient) -> Iterator[tuple[tuple[str, ...], Change]]:
    """Give quicker recoveries, and a standby that knows its terminals."""
    if "trunk" in patient.schemes:
        for family in patient.families:
            order = QUICKER[family]
            now = [order.index(name) for name in patient.recoveries if name in order and name in ALLOWED[family]]
            for name in order[min(now, default=len(order)) + 1 :]:
                yield OF_RECOVERY, {"recovery": name}
    if patient.schemes & {"trunk", "full"} and patient.standbys - {"hot"}:
        yield OF_RECOVERY, {"standby": "hot", "recovery": None}


def _shown(value: object) -> str:
    if value is None:
        return "the default"
    return str(value).lower() if isinstance(value, bool) else f"{value}"
