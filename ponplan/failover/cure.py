"""Which setting would bring a customer's outage within the limit: tried on the same fault before it is claimed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ponplan.failover.result import CustomerOutage, OutageResult
    from ponplan.scenario import Scenario

QUICKER = {
    "gpon": ("ranging-pipelined", "directed-popup", "swift-popup"),
    "xgpon": ("ranging-pipelined", "resync"),
    "ngpon": ("ranging-pipelined", "resync"),
    "epon": ("holdover", "common-offset"),
}
OF_RECOVERY = ("popup", "ranging", "activation", "to2", "drift-guard", "holdover", "processing", "deactivate", "to1")
Change = dict[str, Any]


def find_cures(result: OutageResult, scenario: Scenario, judged: Callable[[Scenario], OutageResult]) -> OutageResult:
    """Try one setting after the other, those of the dominating step first, until every late customer has a cure.

    Parameters
    ----------
    judged
        Plays the same faults with other settings.
    """
    late = {one.onu: one for one in result.customers if not is_in_time(one)}
    cures: dict[str, str] = {}
    tried = []
    for change in _changes(scenario, result, {one.dominating_step for one in late.values()}):
        if len(cures) == len(late):
            break
        other = judged(scenario.model_copy(update={"protection": scenario.protection.model_copy(update=change)}))
        text = ", ".join(f"{name} = {_shown(value)}" for name, value in change.items())
        helped = [one.onu for one in other.customers if one.onu in late and one.onu not in cures and is_in_time(one)]
        cures |= dict.fromkeys(helped, text)
        tried.append({"setting": text, "customers_helped": len(helped), "outage_ms": dict(other.outage_ms)})
    customers = tuple(replace(one, cure=cures.get(one.onu)) for one in result.customers)
    return replace(result, customers=customers, cures=tuple(tried))


def is_in_time(customer: CustomerOutage) -> bool:
    """Judge against the promise, or against 100 ms where there is none."""
    return customer.within_100_ms if customer.within_promise is None else customer.within_promise


def _changes(scenario: Scenario, result: OutageResult, dominating: set[str | None]) -> Iterator[Change]:
    """Give settings to try: those of a dominating step first, then the others, all together, and more fibre."""
    settings = scenario.protection
    single: list[tuple[tuple[str, ...], Change]] = [
        ((step.replace("_", "-"),), {f"{step}_ms": None})
        for step in ("laser", "sync", "first_grant", "onu_switch")
        if getattr(settings, f"{step}_ms") is not None
    ]
    if settings.decide_ms is not None:
        single.append((("decide",), {"decide_ms": 0.0}))
    if settings.transceiver_off:
        single.append((("boot",), {"transceiver_off": False}))
    quicker = QUICKER[result.family]
    rest = quicker[quicker.index(result.recovery) + 1 :] if result.recovery in quicker else quicker
    if settings.scheme == "trunk":
        single += [(OF_RECOVERY, {"recovery": name}) for name in rest]
    if settings.scheme == "full" and settings.standby != "hot":
        single.append((OF_RECOVERY, {"standby": "hot", "recovery": None}))
    single.sort(key=lambda pair: dominating.isdisjoint(pair[0]))
    yield from (change for _, change in single)
    if len(single) > 1:
        yield {name: value for _, change in single for name, value in change.items()}
    if settings.scheme == "none":
        yield {"scheme": "trunk"}
    if settings.scheme != "full":
        yield {"scheme": "full", "standby": "hot", "recovery": None}
    if not settings.dual_parented and settings.scheme == "full":
        yield {"dual_parented": True}


def _shown(value: object) -> str:
    if value is None:
        return "the default"
    return str(value).lower() if isinstance(value, bool) else f"{value}"
