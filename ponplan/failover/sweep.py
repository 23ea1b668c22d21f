"""Every span, trench or node of a design broken in turn: customers of the same fate are played once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.failover.durations import Durations
from ponplan.failover.groups import Groups
from ponplan.failover.measure import finite, longest_ms
from ponplan.failover.plant import Break, broken_ways, ways_by_terminal
from ponplan.failover.play import activation_times, generator_of, play_faults
from ponplan.failover.rules import switch_rules
from ponplan.failover.subjects import Subjects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ponplan.failover.plant import Plant
    from ponplan.failover.rules import SwitchRules
    from ponplan.scenario import FaultScenario
    from ponplan.simulate.discovery import DiscoveryTimes
    from ponplan.simulate.ranging import RangingTimes
    from ponplan.topology.network import Network

EVERY = {"span": "spans", "trench": "trenches", "node": "nodes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRow:
    """What one fault does: customers by id."""

    what: str
    subject: str
    customers_affected: int
    customers_lost: int
    customers_over_100_ms: int  # the lost ones too
    customers_over_50_ms: int
    outage_max_ms: float | None  # of those that come back
    lost: tuple[str, ...]
    late: tuple[str, ...]  # come back after more than 100 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerWorst:
    """A customer over all faults of a sweep."""

    id: str
    onu: str
    protection: str
    faults_affecting: int
    faults_losing: int
    outage_max_ms: float | None  # of faults that it comes back from; None if there are none
    worst_subject: str | None  # of those
    within_100_ms: bool  # survives every single fault within 100 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """Everything about a sweep over single faults."""

    what: str
    faults: int
    groups: int
    played: int  # different fates that had to be played
    replications: int
    customers_total: int
    customers_never_over_100_ms: int
    rows: tuple[SweepRow, ...]
    customers: tuple[CustomerWorst, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTask:
    """One group with the faults that touch it; small enough to travel to another process."""

    plant: Plant
    durations: Durations
    rules: SwitchRules
    times: RangingTimes | DiscoveryTimes | None
    faults: tuple[tuple[int, frozenset[str]], ...]  # number of the fault, elements it takes
    seed: int
    replications: int


Fate = dict[int, float]  # outage in ms by number of the terminal; infinity if lost


def sweep_network(
    network: Network,
    scenario: FaultScenario,
    *,
    what: str,
    replications: int = 1,
    jobs: int = 1,
    on_group: Callable[[int, int], None] | None = None,
) -> SweepResult:
    """Break every thing of one kind in turn.

    Parameters
    ----------
    what
        span, trench or node (without premises).
    jobs
        Processes; the result is the same for any number.
    on_group
        Told how many groups are done, and of how many.

    Raises
    ------
    ScenarioError
        The network's technology has no switchovers that are known.
    """
    groups = Groups(network)
    things = _things(Subjects(groups), network, what)
    tasks = _tasks(groups, scenario, list(things.values()), replications)
    answers = _work(tasks, jobs, on_group)
    fates: list[dict[str, float]] = [{} for _ in things]
    for task, (found, _) in zip(tasks, answers, strict=True):
        for number, fate in found.items():
            fates[number].update({task.plant.onus[onu].id: outage_ms for onu, outage_ms in fate.items()})
    customer_of = {onu.id: onu.customer for onu in network.onus}
    rows = tuple(_row(what, name, fate, customer_of) for name, fate in zip(things, fates, strict=True))
    customers = _worst(network, list(things), fates)
    return SweepResult(
        what=what,
        faults=len(things),
        groups=len(tasks),
        played=sum(played for _, played in answers),
        replications=replications,
        customers_total=len(network.onus),
        customers_never_over_100_ms=sum(one.within_100_ms for one in customers),
        rows=rows,
        customers=customers,
    )


def _things(subjects: Subjects, network: Network, what: str) -> Mapping[str, frozenset[str]]:
    if what == "span":
        return subjects.spans
    if what == "trench":
        return subjects.trenches
    premises = {node.id for node in network.nodes if node.kind == "premises"}
    return {name: taken for name, taken in subjects.nodes.items() if name not in premises}


def _tasks(
    groups: Groups, scenario: FaultScenario, things: Sequence[frozenset[str]], replications: int
) -> list[GroupTask]:
    by_group: dict[int, list[tuple[int, frozenset[str]]]] = {}
    for number, taken in enumerate(things):
        for group in sorted({groups.group_of_path(path) for element in taken for path in groups.paths_with(element)}):
            by_group.setdefault(group, []).append((number, taken))
    return [
        group_task(groups, group, scenario, faults, replications=replications)
        for group, faults in sorted(by_group.items())
    ]


def group_task(
    groups: Groups,
    group: int,
    scenario: FaultScenario,
    faults: Sequence[tuple[int, frozenset[str]]],
    *,
    replications: int = 1,
) -> GroupTask:
    """Give the task of one group with numbered faults."""
    plant = groups.plant(group)
    own = frozenset().union(*(way.elements for way in plant.ways))
    return GroupTask(
        plant=plant,
        durations=Durations.of(groups.network.catalogue, plant.family, scenario.protection),
        rules=switch_rules(scenario.protection, plant.family, standby=plant.standby, lenient=True),
        times=activation_times(groups.network.catalogue, plant.technology),
        faults=tuple((number, taken & own) for number, taken in faults),
        seed=scenario.run.seed,
        replications=replications,
    )


def _work(
    tasks: Sequence[GroupTask], jobs: int, on_group: Callable[[int, int], None] | None
) -> list[tuple[dict[int, Fate], int]]:
    if jobs == 1:
        answers = []
        for done, task in enumerate(tasks, start=1):
            answers.append(group_fates(task))
            if on_group is not None:
                on_group(done, len(tasks))
        return answers
    from joblib import Parallel, delayed

    return list(Parallel(n_jobs=jobs)(delayed(group_fates)(task) for task in tasks))


def group_fates(task: GroupTask) -> tuple[dict[int, Fate], int]:
    """Give the fate of everybody affected, by fault, and how many different fates had to be played."""
    plant = task.plant
    ways = ways_by_terminal(plant.ways, len(plant.onus))
    working = [{way for way in mine if plant.ports[plant.ways[way].port].role == "working"} for mine in ways]
    equipment = frozenset().union(*(port.equipment for port in plant.ports))
    known: dict[tuple[frozenset[int], frozenset[str]], Fate] = {}
    found: dict[int, Fate] = {}
    played = 0
    for number, taken in task.faults:
        broken = frozenset(broken_ways(plant, taken))
        key = (broken, taken & equipment)
        if key not in known:
            affected = [onu for onu, mine in enumerate(working) if mine and mine <= broken]
            saved = [onu for onu in affected if not broken.issuperset(ways[onu])]
            if saved:
                known[key] = _played(task, taken)
                played += 1
            else:
                known[key] = dict.fromkeys(affected, np.inf)
        if known[key]:
            found[number] = known[key]
    return found, played


def _played(task: GroupTask, taken: frozenset[str]) -> Fate:
    """Play one fault at time zero as often as asked; give the longest outage of everybody affected."""
    one = Break(at_ns=0, until_ns=None, elements=taken)
    journals = [
        play_faults(task.plant, [one], task.durations, task.rules, task.times, generator_of(task.seed, number))
        for number in range(task.replications)
    ]
    worst = longest_ms(journals, len(task.plant.onus), service=True).max(axis=0)
    return {int(onu): float(worst[onu]) for onu in np.flatnonzero(worst > 0)}


def _row(what: str, subject: str, fate: Mapping[str, float], customer_of: Mapping[str, str]) -> SweepRow:
    back = [outage_ms for outage_ms in fate.values() if np.isfinite(outage_ms)]
    lost = [customer_of[onu] for onu, outage_ms in fate.items() if not np.isfinite(outage_ms)]
    late = [customer_of[onu] for onu, outage_ms in fate.items() if 100.0 < outage_ms < np.inf]
    return SweepRow(
        what=what,
        subject=subject,
        customers_affected=len(fate),
        customers_lost=len(lost),
        customers_over_100_ms=len(lost) + len(late),
        customers_over_50_ms=sum(outage_ms > 50.0 for outage_ms in fate.values()),
        outage_max_ms=finite(max(back)) if back else None,
        lost=tuple(sorted(lost)),
        late=tuple(sorted(late)),
    )


def _worst(network: Network, names: Sequence[str], fates: Sequence[Mapping[str, float]]) -> tuple[CustomerWorst, ...]:
    affecting: Counter[str] = Counter()
    losing: Counter[str] = Counter()
    longest: dict[str, tuple[float, str]] = {}
    for name, fate in zip(names, fates, strict=True):
        for onu, outage_ms in fate.items():
            affecting[onu] += 1
            if not np.isfinite(outage_ms):
                losing[onu] += 1
            elif onu not in longest or outage_ms > longest[onu][0]:
                longest[onu] = (outage_ms, name)
    protection = {one.id: one.protection for one in network.customers}
    return tuple(
        CustomerWorst(
            id=onu.customer,
            onu=onu.id,
            protection=protection.get(onu.customer, "none"),
            faults_affecting=affecting[onu.id],
            faults_losing=losing[onu.id],
            outage_max_ms=finite(longest[onu.id][0]) if onu.id in longest else None,
            worst_subject=longest[onu.id][1] if onu.id in longest else None,
            within_100_ms=not losing[onu.id] and longest.get(onu.id, (0.0, ""))[0] <= 100.0,
        )
        for onu in network.onus
    )
