"""Design, play, and design again with headroom where ports broke promises, until clean or told what remains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate.network import simulate_network
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ponplan.design import Design
    from ponplan.simulate.network import NetworkResult
    from ponplan.simulate.portplay import PortResult
    from ponplan.topology.network import Network

MOST_ROUNDS = 15
STEP = 1.2  # beyond what the customers of a port that failed may share no port of its kind again
LARGEST_SHARE = 0.95  # of a port that one customer is planned to take


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One design and what came of playing it.

    `headroom` counts the customers that were planned for with more than their load, `broken` services, by direction,
    to which a promise was broken, on `ports`.
    """

    headroom: int
    cost: float
    broken: int
    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The design of the round with the fewest broken promises, the first of equals, and every round in order."""

    design: Design
    result: NetworkResult
    rounds: tuple[Round, ...]

    @property
    def is_clean(self) -> bool:
        """Say whether every promise is kept."""
        return self.result.broken == 0


def design_verified(
    plan: Callable[[Mapping[str, float]], Design],
    *,
    year: int | None = None,
    seconds: float = 1.0,
    seed: int = 1,
    jobs: int = 1,
) -> Verified:
    """Plan by `plan`, play the busy hour, and plan again with headroom for those on ports that broke promises.

    A port that fails is not planned so again: its customers count for more than it holds, so that they share ports
    with fewer, while all others are planned as before.

    Parameters
    ----------
    plan
        Gives a design that counts the customers it is given for so many times their load.
    year
        Years of growth to play; None takes the planning horizon, for which ports are sized.
    """
    played: list[tuple[Design, NetworkResult]] = []
    rounds: list[Round] = []
    headroom: dict[str, float] = {}
    while len(rounds) < MOST_ROUNDS:
        design = plan(headroom)
        years = design.network.rules.horizon_years if year is None else year
        result = simulate_network(design.network, year=years, seconds=seconds, seed=seed, jobs=jobs, cures=False)
        hurt = [one.result for one in result.ports if one.result.broken]
        rounds.append(
            Round(
                headroom=len(headroom),
                cost=design.proof.cost,
                broken=result.broken,
                ports=tuple(one.port for one in hurt),
            )
        )
        played.append((design, result))
        wider = _wider(design.network, hurt, headroom)
        if wider == headroom:
            break
        headroom = wider
    design, result = min(played, key=lambda pair: pair[1].broken)
    return Verified(design=design, result=result, rounds=tuple(rounds))


def _wider(network: Network, hurt: Sequence[PortResult], headroom: Mapping[str, float]) -> dict[str, float]:
    """Give the headroom of the next round: customers of a port that failed do not all fit on one again."""
    survey = Survey(network)
    loads_bps = survey.port_loads_after_bps(network.rules.horizon_years)
    places = {port.id: place for place, port in enumerate(network.ports)}
    wider = dict(headroom)
    for one in hurt:
        place = places[one.port]
        if one.onus < 2 or not loads_bps[place].any():
            continue
        with np.errstate(divide="ignore"):
            over = STEP * float((survey.port_rates_bps[place] / loads_bps[place]).min())
        for customer in sorted({flow.customer for flow in one.flows}):
            wanted = max(over, STEP * headroom.get(customer, 1.0))
            wider[customer] = max(wider.get(customer, 1.0), min(wanted, _most(survey, place, customer)))
    return wider


def _most(survey: Survey, place: int, customer: str) -> float:
    """Give by how much a customer may count so that a port still holds it alone."""
    network = survey.network
    rows = [row for row, onu in enumerate(network.onus) if onu.customer == customer]
    loads_bps = survey.onu_loads_after_bps(network.rules.horizon_years)[rows].sum(axis=0)
    with np.errstate(divide="ignore"):
        return max(1.0, LARGEST_SHARE * float((survey.port_rates_bps[place] / loads_bps).min()))
