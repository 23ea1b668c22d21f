"""Faults on a bare PON: played as often as asked, measured, judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.failover.bare import bare_plant
from ponplan.failover.cure import find_cures
from ponplan.failover.durations import Durations
from ponplan.failover.faults import bare_breaks
from ponplan.failover.measure import customer_outages, longest_ms, longest_outage, outage_steps, summary_ms
from ponplan.failover.play import activation_times, generator_of, play_faults
from ponplan.failover.result import Basis, OutageResult
from ponplan.failover.rules import switch_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.failover.plant import Break, Plant
    from ponplan.failover.records import Journal
    from ponplan.scenario import ProtectionSettings, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A plant with what broke on it and what every run wrote down."""

    plant: Plant
    breaks: tuple[Break, ...]
    journals: tuple[Journal, ...]
    result: OutageResult


def simulate_pon_faults(
    scenario: Scenario, catalogue: Catalogue, *, replications: int | None = None, cures: bool = True
) -> Played:
    """Play the faults of a bare PON.

    Parameters
    ----------
    replications
        How often; by default as the scenario says.
    cures
        Whether to try which settings would help customers whose outage is too long.

    Raises
    ------
    ScenarioError
        The scenario does not fit its technology, or nothing breaks.
    """
    plant = bare_plant(scenario, catalogue)
    breaks = bare_breaks(plant, scenario.fault)
    count = scenario.run.replications if replications is None else replications
    journals = play_runs(plant, breaks, catalogue, scenario.protection, seed=scenario.run.seed, replications=count)
    promise_ms = scenario.protection.promise_ms if scenario.protection.scheme != "none" else None
    result = judge(plant, journals, catalogue, scenario.protection, scenario.run.seed, promise_ms)
    if cures:
        result = find_cures(result, scenario, lambda other: _judged(other, catalogue, min(count, 20)))
    return Played(plant=plant, breaks=breaks, journals=journals, result=result)


def _judged(scenario: Scenario, catalogue: Catalogue, replications: int) -> OutageResult:
    return simulate_pon_faults(scenario, catalogue, replications=replications, cures=False).result


def play_runs(
    plant: Plant,
    breaks: Sequence[Break],
    catalogue: Catalogue,
    settings: ProtectionSettings,
    *,
    seed: int,
    replications: int,
) -> tuple[Journal, ...]:
    """Play one plant as often as asked, each time with a generator of its own."""
    durations = Durations.of(catalogue, plant.family, settings)
    rules, times = switch_rules(settings, plant.family), activation_times(catalogue, plant.technology)
    return tuple(
        play_faults(plant, breaks, durations, rules, times, generator_of(seed, number))
        for number in range(replications)
    )


def judge(
    plant: Plant,
    journals: tuple[Journal, ...],
    catalogue: Catalogue,
    settings: ProtectionSettings,
    seed: int,
    promise_ms: float | None,
) -> OutageResult:
    """Turn what runs wrote down into figures and verdicts."""
    outages_ms = longest_ms(journals, len(plant.onus), service=False)
    promises = dict.fromkeys((onu.customer for onu in plant.onus), promise_ms)
    customers = customer_outages(plant, journals, promises)
    longest = longest_outage(journals[0])
    verdicts = Counter(
        name
        for one in customers
        for name in ("affected", "lost", "within_50_ms", "within_100_ms")
        if getattr(one, name)
    )
    return OutageResult(
        technology=plant.technology,
        family=plant.family,
        scheme=plant.scheme,
        standby=settings.standby if plant.scheme != "none" else "",
        recovery=switch_rules(settings, plant.family).recovery,
        replications=len(journals),
        seed=seed,
        customers_total=len(customers),
        customers_affected=verdicts["affected"],
        customers_lost=verdicts["lost"],
        customers_over_100_ms=len(customers) - verdicts["within_100_ms"],
        customers_over_50_ms=len(customers) - verdicts["within_50_ms"],
        outage_ms=summary_ms(outages_ms),
        steps=outage_steps(plant, journals[0], longest) if longest is not None else (),
        customers=customers,
        rests_on=_basis(plant, journals, catalogue, settings),
    )


def _basis(
    plant: Plant, journals: Sequence[Journal], catalogue: Catalogue, settings: ProtectionSettings
) -> tuple[Basis, ...]:
    """Give the durations that the runs met, with where each comes from."""
    met = {_TIMING.get(mark.step, mark.step) for journal in journals[:1] for mark in journal.marks}
    if "ranging" in met:
        met |= {"window", "response"}
    if met & {"popup", "ranging", "message"}:
        met |= {"message", "processing"}
    if "activation" in met:
        met |= {"poll"}
    own = settings.durations()
    found = []
    for row in catalogue.timings.values():
        if row.family != plant.family or row.step not in met:
            continue
        if row.step in own:
            value = own[row.step]
            shown = value if isinstance(value, float | int) else value.model_dump(exclude_none=True)
            found.append(Basis(step=row.step, value_ms=shown, source="the scenario", trust="given"))
        else:
            found.append(Basis(step=row.step, value_ms=row.value_ms, source=row.source, trust=row.trust))
    return tuple(found)


_TIMING = {"popup": "message", "deactivate": "message", "offset": "message", "drift-guard": "onu-guard"}
