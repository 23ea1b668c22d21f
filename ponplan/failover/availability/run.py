"""Availability of a design: exact for every customer, and years played with the switchovers of the machines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.failover.availability.doubling import Doubling
from ponplan.failover.availability.elements import FailingElement, failing_elements
from ponplan.failover.availability.exact import TerminalWays
from ponplan.failover.availability.montecarlo import GroupYears, Years, play_years
from ponplan.failover.availability.result import (
    CLASSES,
    MINUTES_PER_YEAR,
    AvailabilityResult,
    CustomerAvailability,
    ElementBlame,
    ServiceVerdict,
)
from ponplan.failover.groups import Groups
from ponplan.failover.plant import ways_by_terminal
from ponplan.failover.subjects import Subjects
from ponplan.failover.sweep import Fate, GroupTask, group_fates, group_task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ponplan.scenario import FaultScenario
    from ponplan.topology.network import Network, NetworkCustomer

SHOWN_ELEMENTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAnswer:
    """One group: elements by number, and for each terminal its ways, switchovers and played years."""

    task: GroupTask
    elements: tuple[FailingElement, ...]
    terminals: tuple[TerminalWays, ...]
    fates: Mapping[int, Fate]
    years: Years | None


def network_availability(
    network: Network,
    scenario: FaultScenario,
    *,
    years: float = 0.0,
    jobs: int = 1,
    on_group: Callable[[int, int], None] | None = None,
) -> AvailabilityResult:
    """Give every customer's downtime per year.

    Parameters
    ----------
    scenario
        Settings of protection, which the simulated switchovers obey, and the seed.
    years
        How long to play, 0 for the exact figures alone.
    jobs
        Processes; the result is the same for any number.

    Raises
    ------
    CatalogueError
        The catalogue has no failure rate of something in the design.
    """
    groups = Groups(network)
    elements = failing_elements(groups, Subjects(groups))
    work = _work(groups, scenario, elements)
    answers = _answers(work, years, scenario.protection.revertive, jobs, on_group)
    return _result(groups, scenario, answers, years)


def _work(
    groups: Groups, scenario: FaultScenario, elements: Sequence[FailingElement]
) -> list[tuple[GroupTask, tuple[FailingElement, ...]]]:
    """Give each group's task with the elements that touch it."""
    mine: dict[int, list[FailingElement]] = {group: [] for group in range(len(groups))}
    for element in elements:
        for group in sorted({groups.group_of_path(path) for one in element.taken for path in groups.paths_with(one)}):
            mine[group].append(element)
    return [
        (group_task(groups, group, scenario, [(number, one.taken) for number, one in enumerate(own)]), tuple(own))
        for group, own in mine.items()
        if own
    ]


def _answers(
    work: Sequence[tuple[GroupTask, tuple[FailingElement, ...]]],
    years: float,
    revertive: bool,  # noqa: FBT001 - one of several plain settings handed through
    jobs: int,
    on_group: Callable[[int, int], None] | None,
) -> list[GroupAnswer]:
    if jobs == 1:
        answers = []
        for number, (task, own) in enumerate(work):
            answers.append(answer_group(task, own, years, number, revertive=revertive))
            if on_group is not None:
                on_group(number + 1, len(work))
        return answers
    from joblib import Parallel, delayed

    todo = (
        delayed(answer_group)(task, own, years, number, revertive=revertive)
        for number, (task, own) in enumerate(work)
    )
    return list(Parallel(n_jobs=jobs)(todo))


def answer_group(
    task: GroupTask, elements: tuple[FailingElement, ...], years: float, number: int, *, revertive: bool
) -> GroupAnswer:
    """Answer for one group; its random numbers depend on seed and group alone."""
    plant = task.plant
    breaks = tuple(
        tuple(way for way, one in enumerate(plant.ways) if not element.taken.isdisjoint(one.elements))
        for element in elements
    )
    of_way: list[set[int]] = [set() for _ in plant.ways]
    for element, ways in enumerate(breaks):
        for way in ways:
            of_way[way].add(element)
    working = [plant.ports[way.port].role == "working" for way in plant.ways]
    order = [sorted(ways, key=lambda way: not working[way]) for ways in ways_by_terminal(plant.ways, len(plant.onus))]
    terminals = tuple(
        TerminalWays(elements=elements, ways=tuple(frozenset(of_way[way]) for way in ways)) for ways in order
    )
    fates = group_fates(task)[0] if any(len(ways) > 1 for ways in order) else {}
    played = None
    if years > 0:
        group = GroupYears(
            elements=elements,
            breaks=breaks,
            onu_of_way=tuple(way.onu for way in plant.ways),
            num_onus=len(plant.onus),
            switch_ms={
                (element, onu): outage_ms
                for element, fate in fates.items()
                for onu, outage_ms in fate.items()
                if np.isfinite(outage_ms)
            },
            revertive=revertive,
        )
        played = play_years(group, years=years, rng=np.random.default_rng([task.seed, 4, number]))
    return GroupAnswer(task=task, elements=elements, terminals=terminals, fates=fates, years=played)


def _result(
    groups: Groups, scenario: FaultScenario, answers: Sequence[GroupAnswer], years: float
) -> AvailabilityResult:
    network = groups.network
    customers = {one.id: one for one in network.customers}
    rows: list[CustomerAvailability] = []
    blame: Counter[str] = Counter()
    touched: Counter[str] = Counter()
    known: dict[str, FailingElement] = {}
    for answer in answers:
        known |= {element.name: element for element in answer.elements}
        for onu, terminal in enumerate(answer.terminals):
            shares = terminal.blame()
            for number, share in shares.items():
                name = answer.elements[number].name
                blame[name] += share * MINUTES_PER_YEAR  # type: ignore[assignment] # counters add floats too
                touched[name] += share > 0
            rows.append(_row(network, customers, answer, onu, shares))
    rows.sort(key=lambda row: (-row.downtime_min, row.onu))
    doubling = Doubling(groups)
    worst = sorted(blame, key=lambda name: (-blame[name], name))[:SHOWN_ELEMENTS]
    downtimes = [row.downtime_min for row in rows]
    return AvailabilityResult(
        customers_total=len(rows),
        years=years,
        seed=scenario.run.seed,
        downtime_mean_min=round(sum(downtimes) / max(len(downtimes), 1), 6),
        downtime_max_min=max(downtimes, default=0.0),
        meets_999=sum(row.meets_999 for row in rows),
        meets_9999=sum(row.meets_9999 for row in rows),
        meets_99999=sum(row.meets_99999 for row in rows),
        services_broken=sum(not service.kept for row in rows for service in row.services),
        currency=network.catalogue.currency,
        customers=tuple(rows),
        elements=tuple(
            _blamed(known[name], blame[name], touched[name], doubling.cost(known[name])) for name in worst
        ),
        rests_on=tuple(
            {
                "element": row.element,
                "failures_per_year": row.failures_per_year,
                "per": row.unit,
                "repair_h": row.repair_h,
                "source": row.source,
                "trust": row.trust,
            }
            for row in network.catalogue.reliability.values()
            if row.element in {element.kind for element in known.values()}
        ),
    )


def _row(
    network: Network,
    customers: Mapping[str, NetworkCustomer],
    answer: GroupAnswer,
    onu: int,
    shares: Mapping[int, float],
) -> CustomerAvailability:
    plan, terminal = answer.task.plant.onus[onu], answer.terminals[onu]
    customer = customers.get(plan.customer)
    availability = 1.0 - terminal.unavailability
    switchovers = terminal.switchovers_per_year()
    switch_ms = sum(
        rate * answer.fates.get(number, {}).get(onu, 0.0)
        for number, rate in switchovers.items()
        if np.isfinite(answer.fates.get(number, {}).get(onu, 0.0))
    )
    worst = max(shares, key=lambda number: (shares[number], -number), default=None)
    meets = [availability >= limit for limit in CLASSES]
    years = answer.years
    return CustomerAvailability(
        id=plan.customer,
        onu=plan.id,
        protection=customer.protection if customer is not None else "none",
        ways=len(terminal.ways),
        availability=round(availability, 12),
        downtime_min=round(terminal.unavailability * MINUTES_PER_YEAR, 6),
        single_min=round(terminal.single * MINUTES_PER_YEAR, 6),
        double_min=round(terminal.double * MINUTES_PER_YEAR, 6),
        switchovers=round(sum(switchovers.values()), 9),
        switchover_ms=round(switch_ms, 6),
        montecarlo_min=None if years is None else round(float(years.mean_minutes()[onu]), 6),
        ci95_min=None if years is None else round(float(years.half_width_minutes()[onu]), 6),
        meets_999=meets[0],
        meets_9999=meets[1],
        meets_99999=meets[2],
        services=_services(network, customer, availability),
        worst_element="" if worst is None else answer.elements[worst].name,
        worst_element_min=0.0 if worst is None else round(shares[worst] * MINUTES_PER_YEAR, 6),
    )


def _services(network: Network, customer: NetworkCustomer | None, availability: float) -> tuple[ServiceVerdict, ...]:
    services = network.catalogue.services
    return tuple(
        ServiceVerdict(
            service=name, promised=services[name].availability, kept=availability >= services[name].availability
        )
        for name, _ in (customer.services if customer is not None else ())
        if name in services
    )


def _blamed(element: FailingElement, minutes: float, customers: int, cost: float | None) -> ElementBlame:
    return ElementBlame(
        name=element.name,
        kind=element.kind,
        id=element.id,
        length_m=element.length_m,
        failures_per_year=round(element.failures_per_year, 9),
        repair_h=element.repair_h,
        customers=customers,
        customer_minutes=round(minutes, 6),
        protect_cost=cost,
        cost_per_customer_minute=None if cost is None or minutes <= 0 else round(cost / minutes, 4),
    )
