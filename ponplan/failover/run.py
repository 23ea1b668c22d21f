"""Faults on a bare PON: played as often as asked, measured, judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.failover.bare import bare_plant
from ponplan.failover.cure import Patient, find_cures
from ponplan.failover.durations import NS_PER_MS, Durations
from ponplan.failover.faults import bare_breaks, bare_faults, told
from ponplan.failover.packets import play_packets
from ponplan.failover.play import activation_times, generator_of, play_faults
from ponplan.failover.rules import switch_rules
from ponplan.failover.verdict import GroupRun, Judge

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.failover.plant import Break, Plant
    from ponplan.failover.result import CustomerOutage, OutageResult, PacketOutage
    from ponplan.scenario import ProtectionSettings, Scenario

CURE_REPLICATIONS = 20  # a cure is tried with at most so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The verdict, and the runs of every group that a fault touched."""

    result: OutageResult
    runs: tuple[GroupRun, ...]


def simulate_pon_faults(
    scenario: Scenario,
    catalogue: Catalogue,
    *,
    replications: int | None = None,
    cures: bool = True,
    packets: bool = False,
) -> Played:
    """Play the faults of a bare PON.

    Parameters
    ----------
    replications
        How often; by default as the scenario says.
    cures
        Whether to try which settings would help customers whose outage is too long.
    packets
        Whether to carry the scenario's traffic through the first replication.

    Raises
    ------
    ScenarioError
        The scenario does not fit its technology, or what is to break is not there.
    """
    count = scenario.run.replications if replications is None else replications
    run = _play(scenario, catalogue, count)
    judge = _judge(scenario, catalogue, run, count)
    result = judge.judge([run], all_customers=True)
    if cures:
        patient = Patient.of(result, scenario.protection, families=(run.plant.family,), can_rebuild=True)
        few = min(count, CURE_REPLICATIONS)

        def tried(settings: ProtectionSettings) -> Sequence[CustomerOutage]:
            other = scenario.model_copy(update={"protection": settings})
            again = _play(other, catalogue, few)
            return _judge(other, catalogue, again, few).customers([again])

        result = find_cures(result, patient, tried)
    if packets:
        e1 = {
            onu: 1
            for source in scenario.source
            if source.kind == "cbr"
            for onu in source.onus or range(scenario.onus)
        }
        hold_ms = e1_hold_ms(catalogue, run.plant, scenario.protection)
        found = play_packets(scenario, catalogue, run.plant, run.journals[0], e1_hold_ms=hold_ms, e1=e1)
        result = with_packets(result, found)
    return Played(result=result, runs=(run,))


def e1_hold_ms(catalogue: Catalogue, plant: Plant, settings: ProtectionSettings) -> float:
    """Give the longest interruption that E1 circuits outlast."""
    return Durations.of(catalogue, plant.family, settings).nominal_ns("e1-hold") / NS_PER_MS


def with_packets(
    result: OutageResult, found: Sequence[PacketOutage], *, unplayed: Collection[str] = ()
) -> OutageResult:
    """Give a result that says what each customer's packets suffered; None for terminals whose are not played."""
    lost = {one.onu: one.up_frames_lost + one.down_frames_lost for one in found}
    customers = tuple(
        replace(one, frames_lost=None if one.onu in unplayed else lost.get(one.onu, 0)) for one in result.customers
    )
    return replace(result, customers=customers, packets=tuple(found))


def _play(scenario: Scenario, catalogue: Catalogue, replications: int) -> GroupRun:
    plant = bare_plant(scenario, catalogue)
    return play_group(
        plant,
        bare_breaks(plant, bare_faults(scenario)),
        catalogue,
        scenario.protection,
        seed=scenario.run.seed,
        replications=replications,
    )


def _judge(scenario: Scenario, catalogue: Catalogue, run: GroupRun, replications: int) -> Judge:
    protected = scenario.protection.scheme != "none"
    promises = dict.fromkeys((onu.customer for onu in run.plant.onus), scenario.protection.promise_ms)
    return Judge(
        catalogue=catalogue,
        settings=scenario.protection,
        seed=scenario.run.seed,
        replications=replications,
        promises_ms=promises if protected else {},
        customers_total=scenario.onus,
        faults=tuple(told(fault) for fault in bare_faults(scenario)),
    )


def play_group(
    plant: Plant,
    breaks: Sequence[Break],
    catalogue: Catalogue,
    settings: ProtectionSettings,
    *,
    seed: int,
    replications: int,
    lenient: bool = False,
) -> GroupRun:
    """Play one plant as often as asked, each time with a generator of its own.

    Parameters
    ----------
    lenient
        Take a family's default where it has no such recovery as the settings name, instead of refusing.
    """
    durations = Durations.of(catalogue, plant.family, settings)
    rules = switch_rules(settings, plant.family, standby=plant.standby, lenient=lenient)
    times = activation_times(catalogue, plant.technology)
    journals = tuple(
        play_faults(plant, breaks, durations, rules, times, generator_of(seed, number))
        for number in range(replications)
    )
    return GroupRun(plant=plant, breaks=tuple(breaks), rules=rules, journals=journals)


def with_standby(plant: Plant, standby: str) -> Plant:
    """Give the same plant with other standby ports."""
    ports = tuple(port if port.role == "working" else replace(port, standby=standby) for port in plant.ports)
    return replace(plant, ports=ports)
