"""Faults on a design: who is touched, group by group, and how each comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.errors import Fault, ScenarioError
from ponplan.failover.cure import Patient, find_cures
from ponplan.failover.faults import breaks_of, told
from ponplan.failover.groups import Groups
from ponplan.failover.packets import group_scenario, play_packets
from ponplan.failover.run import CURE_REPLICATIONS, Played, e1_hold_ms, play_group, with_packets, with_standby
from ponplan.failover.subjects import Subjects
from ponplan.failover.verdict import Judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.failover.plant import Break
    from ponplan.failover.result import CustomerOutage, PacketOutage
    from ponplan.failover.verdict import GroupRun
    from ponplan.scenario import FaultScenario, ProtectionSettings
    from ponplan.topology.network import Network


def simulate_network_faults(
    network: Network,
    scenario: FaultScenario,
    *,
    replications: int | None = None,
    cures: bool = True,
    packets: bool = False,
) -> Played:
    """Play the faults of a scenario on a design; only groups of ports that a fault touches are played.

    The design's own ports say how they stand by; the scenario's `scheme` and `standby` do not count.
    Packets, if asked for, are those of the scenario's sources at every terminal of a group.

    Raises
    ------
    ScenarioError
        Nothing breaks, or a subject is not in the design; every fault is listed.
    """
    if not scenario.fault:
        problem, remedy = "nothing breaks", 'add [[fault]] with at_ms and what = "feeder-cut"'
        raise ScenarioError([Fault(file="scenario", field="fault", problem=problem, remedy=remedy)])
    groups = Groups(network)
    breaks, faults = _breaks(groups, scenario)
    count = scenario.run.replications if replications is None else replications
    touched = touched_groups(groups, breaks)

    def play(settings: ProtectionSettings, number: int, standby: str | None) -> list[GroupRun]:
        plants = [groups.plant(group) for group in touched]
        if standby is not None:
            plants = [with_standby(plant, standby) for plant in plants]
        return [
            play_group(
                plant,
                breaks,
                network.catalogue,
                settings,
                seed=scenario.run.seed,
                replications=number,
                lenient=True,
            )
            for plant in plants
        ]

    runs = play(scenario.protection, count, None)
    judge = Judge(
        catalogue=network.catalogue,
        settings=scenario.protection,
        seed=scenario.run.seed,
        replications=count,
        promises_ms=promises_ms(network, scenario.protection),
        customers_total=len(network.onus),
        faults=faults,
    )
    result = judge.judge(runs, all_customers=False)
    if cures and result.customers_over_100_ms:
        families = tuple(sorted({run.plant.family for run in runs}))
        standbys = {run.plant.standby for run in runs} - {""}
        base = scenario.protection.model_copy(update={"standby": min(standbys, default="hot")})
        patient = Patient.of(result, base, families=families, can_rebuild=False)

        def tried(settings: ProtectionSettings) -> Sequence[CustomerOutage]:
            standby = None if settings.standby == base.standby else settings.standby
            return judge.customers(play(settings, min(count, CURE_REPLICATIONS), standby))

        result = find_cures(result, patient, tried)
    if packets:
        direct = [run for run in runs if run.plant.family == "direct"]
        found = [one for run in runs if run not in direct for one in _packets(network, scenario, run)]
        unplayed = {onu.id for run in direct for onu in run.plant.onus}
        result = with_packets(result, found, unplayed=unplayed)
    return Played(result=result, runs=tuple(runs))


def _packets(network: Network, scenario: FaultScenario, run: GroupRun) -> Sequence[PacketOutage]:
    """Carry the scenario's traffic through the first replication of one group."""
    services = network.catalogue.services
    circuits = {
        one.id: sum(services[name].e1_circuits * count for name, count in one.services if name in services)
        for one in network.customers
    }
    e1 = {onu: circuits.get(plan.customer, 0) for onu, plan in enumerate(run.plant.onus)}
    bare = group_scenario(run.plant, scenario)
    hold_ms = e1_hold_ms(network.catalogue, run.plant, scenario.protection)
    return play_packets(bare, network.catalogue, run.plant, run.journals[0], e1_hold_ms=hold_ms, e1=e1)


def promises_ms(network: Network, settings: ProtectionSettings) -> dict[str, float]:
    """Give what customers with protection are promised; the others are promised nothing."""
    return {one.id: settings.promise_ms for one in network.customers if one.protection != "none"}


def touched_groups(groups: Groups, breaks: Sequence[Break]) -> list[int]:
    """Give the groups that any break takes an element of, in order."""
    elements = {element for one in breaks for element in one.elements}
    found = {groups.group_of_path(path) for element in elements for path in groups.paths_with(element)}
    return sorted(found)


def _breaks(groups: Groups, scenario: FaultScenario) -> tuple[tuple[Break, ...], tuple[dict[str, object], ...]]:
    """Give what breaks when, and each fault with its subject, looked up or by default."""
    subjects = Subjects(groups)
    breaks: list[Break] = []
    faults = []
    wrong: list[Fault] = []
    for fault in scenario.fault:
        try:
            subject = fault.subject or subjects.default(fault.what)
            breaks += breaks_of(fault, subjects.taken(fault.what, subject))
            faults.append(told(fault, subject=subject))
        except ScenarioError as error:
            wrong += error.faults
    if wrong:
        raise ScenarioError(wrong)
    return tuple(breaks), tuple(faults)
