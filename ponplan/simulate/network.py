"""Play every port of a design side by side; the answer does not depend on how many processes play."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.simulate.bearer import Section, bearer_sections
from ponplan.simulate.bearercure import cure_bearer
from ponplan.simulate.bearerway import BearerWays
from ponplan.simulate.cures import OtherTechnology, cure_port
from ponplan.simulate.endtoend import with_bearer
from ponplan.simulate.portplay import PortResult, play_port
from ponplan.simulate.ports import PortPlan, port_plans
from ponplan.simulate.throughs import Through, throughs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ponplan.scenario.pon import DbaSettings
    from ponplan.simulate.cures import PortCure
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedPort:
    """A port as it did, and where promises were broken, what was tried to cure it."""

    result: PortResult
    cure: PortCure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkResult:
    """Every port of a design in one busy hour, circuits between customers, and the links behind the OLTs."""

    design: str
    year: int
    seconds: float
    seed: int
    ports: tuple[PlayedPort, ...]
    circuits: tuple[Through, ...] = ()
    bearer: tuple[Section, ...] = ()
    bearer_cure: str | None = None  # links that keep what the bearer breaks; None: nothing is broken, or no cure

    @property
    def packets(self) -> int:
        """Packets carried in both directions."""
        return sum(port.result.up.packets + port.result.down.packets for port in self.ports)

    @property
    def broken(self) -> int:
        """Services, by direction, to which a promise was broken."""
        return sum(port.result.broken for port in self.ports)


def simulate_network(
    network: Network,
    *,
    year: int = 0,
    seconds: float = 1.0,
    seed: int = 1,
    jobs: int = 1,
    dba: DbaSettings | None = None,
    cures: bool = True,
    on_port: Callable[[PlayedPort], None] | None = None,
) -> NetworkResult:
    """Play a design's busy hour, every port for so many seconds.

    Parameters
    ----------
    network
        The design; services, growth, fibre lengths and ports come from it.
    year
        Years of growth, 0 is now.
    jobs
        Processes; each port has random streams of its own, so the answer is the same.
    dba
        Grant settings for every port; default: those of each technology.
    cures
        Try what cures broken promises, by playing it.
    on_port
        Called with each port as it is done, in the order of the design.

    Raises
    ------
    ScenarioError
        If the design cannot be played.
    """
    plans = port_plans(network, year=year, seconds=seconds, seed=seed, dba=dba)
    played = []
    for one in _played(plans, jobs, cures=cures, network=network):
        played.append(one)
        if on_port is not None:
            on_port(one)
    sections = bearer_sections(network, [one.result for one in played])
    ways = BearerWays(network=network, sections=sections)
    results = with_bearer(network, [one.result for one in played], ways)
    return NetworkResult(
        design=network.name,
        year=year,
        seconds=seconds,
        seed=seed,
        ports=tuple(replace(one, result=result) for one, result in zip(played, results, strict=True)),
        circuits=throughs(network, results, ways),
        bearer=sections,
        bearer_cure=cure_bearer(network, [one.result for one in played], sections) if cures else None,
    )


def _played(plans: tuple[PortPlan, ...], jobs: int, *, cures: bool, network: Network) -> Iterator[PlayedPort]:
    technologies = {plan.technology.id for plan in plans}
    others = {name: _other_technologies(network, name) for name in technologies} if cures else {}
    tasks = [(plan, others.get(plan.technology.id)) for plan in plans]
    if jobs > 1 and len(plans) > 1:
        from joblib import Parallel, delayed

        workers = Parallel(n_jobs=min(jobs, len(plans)), return_as="generator")
        yield from workers(delayed(_play)(*task) for task in tasks)
        return
    for task in tasks:
        yield _play(*task)


def _play(plan: PortPlan, others: tuple[OtherTechnology, ...] | None) -> PlayedPort:
    result = play_port(plan)
    wanted = others is not None and result.broken > 0
    return PlayedPort(result=result, cure=cure_port(plan, result, others or ()) if wanted else None)


def _other_technologies(network: Network, name: str) -> tuple[OtherTechnology, ...]:
    """Give the faster technologies that may share the fibre, or take its place on a direct one, the slowest first."""
    catalogue = network.catalogue
    own = catalogue.technologies[name]
    faster = [catalogue.technologies[other] for other in own.coexists_with if other in catalogue.technologies]
    if own.is_direct:
        faster = [row for row in catalogue.technologies.values() if row.is_direct]
    return tuple(
        OtherTechnology(
            technology=row,
            frame_items={key: item for key, item in catalogue.frame_items.items() if item.technology == row.id},
        )
        for row in sorted(faster, key=lambda row: (row.up_line_bps, row.down_line_bps, row.id))
        if row.allowed_in_design and row.down_line_bps > own.down_line_bps
    )
