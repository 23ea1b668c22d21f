"""Design, play, and design again with smaller splits where ports broke promises, until clean or told what remains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.simulate.network import simulate_network

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.area import Area
    from ponplan.design import Design
    from ponplan.simulate.network import NetworkResult

MOST_ROUNDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One design and what came of playing it: services, by direction, to which a promise was broken, and where."""

    max_split: int | None
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
    area: Area,
    plan: Callable[[Area], Design],
    *,
    year: int | None = None,
    seconds: float = 1.0,
    seed: int = 1,
    jobs: int = 1,
) -> Verified:
    """Plan an area by `plan`, play its busy hour, and plan again with a smaller largest split while promises break.

    Parameters
    ----------
    year
        Years of growth to play; None takes the planning horizon, for which ports are sized.
    """
    played: list[tuple[Design, NetworkResult]] = []
    rounds: list[Round] = []
    while len(rounds) < MOST_ROUNDS:
        design = plan(area)
        years = area.rules.horizon_years if year is None else year
        result = simulate_network(design.network, year=years, seconds=seconds, seed=seed, jobs=jobs, cures=False)
        hurt = [one.result for one in result.ports if one.result.broken]
        rounds.append(
            Round(
                max_split=area.rules.max_split,
                cost=design.proof.cost,
                broken=result.broken,
                ports=tuple(one.port for one in hurt),
            )
        )
        played.append((design, result))
        fullest = max((one.onus for one in hurt), default=0)
        if fullest <= 2:
            break
        # a port shares what it has among fewer: half as many as on the fullest one that failed
        limit = 1 << ((fullest - 1).bit_length() - 1)
        if area.rules.max_split is not None:
            limit = min(limit, area.rules.max_split // 2)
        if limit < 2:
            break
        area = replace(area, rules=replace(area.rules, max_split=limit))
    design, result = min(played, key=lambda pair: pair[1].broken)
    return Verified(design=design, result=result, rounds=tuple(rounds))
