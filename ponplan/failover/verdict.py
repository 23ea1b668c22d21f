"""What runs wrote down, turned into figures and verdicts for all customers together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.failover.measure import customer_outages, longest_ms, longest_outage, outage_steps, summary_ms
from ponplan.failover.result import Basis, OutageResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.failover.plant import Break, Plant
    from ponplan.failover.records import Journal, Outage
    from ponplan.failover.result import CustomerOutage, Step
    from ponplan.failover.rules import SwitchRules
    from ponplan.scenario import ProtectionSettings

TIMING_OF_MARK = {"popup": "message", "deactivate": "message", "offset": "message", "drift-guard": "onu-guard"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRun:
    """One plant with what broke on it and what every replication wrote down."""

    plant: Plant
    breaks: tuple[Break, ...]
    rules: SwitchRules
    journals: tuple[Journal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What verdicts need beside the runs themselves."""

    catalogue: Catalogue
    settings: ProtectionSettings
    seed: int
    replications: int
    promises_ms: Mapping[str, float]  # by customer; nothing is promised to those left out
    customers_total: int
    faults: tuple[Mapping[str, object], ...]

    def judge(self, runs: Sequence[GroupRun], *, all_customers: bool) -> OutageResult:
        """Give figures and verdicts; customers that no fault touches are listed only if asked for."""
        rows = [row for run in runs for row in customer_outages(run.plant, run.journals, self.promises_ms)]
        touched = [row for row in rows if row.affected]
        lengths = [longest_ms(run.journals, len(run.plant.onus), service=False) for run in runs]
        affected = [part[:, part.max(axis=0) > 0] for part in lengths]
        plants = [run.plant for run in runs]
        return OutageResult(
            technology=_joined(plant.technology for plant in plants),
            scheme=_joined(plant.scheme for plant in plants),
            standby=_joined(plant.standby for plant in plants),
            recovery=_joined(run.rules.recovery for run in runs),
            replications=self.replications,
            seed=self.seed,
            faults=self.faults,
            customers_total=self.customers_total,
            customers_affected=len(touched),
            customers_lost=sum(row.lost for row in touched),
            customers_over_100_ms=sum(not row.within_100_ms for row in touched),
            customers_over_50_ms=sum(not row.within_50_ms for row in touched),
            promises_broken=sum(row.within_promise is False for row in touched),
            outage_ms=summary_ms(np.concatenate([part.ravel() for part in affected] or [np.zeros(0)])),
            steps=_longest_steps(runs),
            customers=tuple(rows if all_customers else touched),
            rests_on=tuple(basis for family in _families(runs) for basis in self._basis(family, runs)),
        )

    def customers(self, runs: Sequence[GroupRun]) -> list[CustomerOutage]:
        """Give the rows of all customers of these groups."""
        return [row for run in runs for row in customer_outages(run.plant, run.journals, self.promises_ms)]

    def _basis(self, family: str, runs: Sequence[GroupRun]) -> Iterable[Basis]:
        """Give the durations that the runs of one family met, with where each comes from."""
        own = self.settings.durations()
        met = {
            TIMING_OF_MARK.get(mark.step, mark.step)
            for run in runs
            for journal in run.journals[:1]
            for mark in journal.marks
            if run.plant.family == family
        }
        for trigger, needs in (
            ("ranging", {"window", "response"}),
            ("message", {"processing"}),
            ("activation", {"poll"}),
        ):
            met |= needs if trigger in met else set()
        for row in self.catalogue.timings.values():
            if row.family != family or row.step not in met:
                continue
            value, source, trust = row.value_ms, row.source, row.trust
            if row.step in own:
                given = own[row.step]
                shown = given if isinstance(given, float | int) else given.model_dump(exclude_none=True)
                yield Basis(family=family, step=row.step, value_ms=shown, source="the scenario", trust="given")
            else:
                yield Basis(family=family, step=row.step, value_ms=value, source=source, trust=trust)


def _longest_steps(runs: Sequence[GroupRun]) -> tuple[Step, ...]:
    best: tuple[int, GroupRun, Outage] | None = None
    for run in runs:
        outage = longest_outage(run.journals[0])
        if outage is not None:
            length_ns = (outage.service_ns or 0) - outage.start_ns
            if best is None or length_ns > best[0]:
                best = (length_ns, run, outage)
    return () if best is None else outage_steps(best[1].plant, best[1].journals[0], best[2])


def _families(runs: Sequence[GroupRun]) -> list[str]:
    return sorted({run.plant.family for run in runs})


def _joined(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words) - {""}))
