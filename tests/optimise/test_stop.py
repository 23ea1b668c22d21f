"""Stop rules and the incumbent they end."""

from __future__ import annotations

import math

import pytest

from ponplan.optimise.incumbent import Incumbent
from ponplan.optimise.progress import Progress, gap_percent
from ponplan.optimise.stop import AnyOf, Asked, MaxGap, MaxSeconds, MaxWork


def _progress(work: int = 0, cost: float = math.inf, bound: float = -math.inf) -> Progress:
    return Progress(work=work, cost=cost, bound=bound)


def test_work_is_shared_out() -> None:
    """Half the work is half the budget; no budget is used up at once."""
    assert MaxWork(200).share(_progress(work=100)) == 0.5
    assert MaxWork(0).share(_progress()) == 1.0


def test_seconds_count_from_the_rule_on() -> None:
    """The clock starts when the rule is made."""
    readings = iter([10.0, 12.5])
    assert MaxSeconds(5.0, clock=lambda: next(readings)).share(_progress()) == 0.5


def test_gap_ends_when_reached() -> None:
    """A gap rule ends once the gap is reached, not before."""
    assert MaxGap(1.0).share(_progress(cost=100.0, bound=98.0)) == 0.0
    assert MaxGap(2.0).share(_progress(cost=100.0, bound=98.0)) == 1.0


def test_first_rule_ends() -> None:
    """Of several rules the one furthest on counts, and a request ends all."""
    asked = Asked()
    rule = AnyOf((MaxWork(100), asked))
    assert rule.share(_progress(work=30)) == 0.3
    asked.asked = True
    assert rule.share(_progress(work=30)) == 1.0


@pytest.mark.parametrize(
    ("cost", "bound", "gap"),
    [(100.0, 90.0, 10.0), (0.0, 0.0, 0.0), (5.0, 6.0, 0.0), (math.inf, 1.0, math.inf), (0.0, -1.0, math.inf)],
)
def test_gap_is_a_share_of_the_cost(cost: float, bound: float, gap: float) -> None:
    """The gap is 100 (cost - bound) / cost, 0 when they meet and inf when unknown."""
    assert gap_percent(cost, bound) == gap


def test_incumbent_keeps_the_best_and_tells_each_change_once() -> None:
    """Worse solutions and lower bounds are passed over, and observers hear of each change."""
    told: list[tuple[float, float, str | None]] = []
    incumbent: Incumbent[str] = Incumbent(
        MaxWork(100), [lambda progress, best: told.append((progress.cost, progress.bound, best))]
    )
    assert incumbent.offer(9.0, "nine")
    assert not incumbent.offer(9.0, "another nine")
    assert incumbent.raise_bound(3.0)
    assert not incumbent.raise_bound(2.0)
    assert told == [(9.0, -math.inf, "nine"), (9.0, 3.0, "nine")]


def test_incumbent_is_over_when_work_or_gap_is_used_up() -> None:
    """A search ends at its budget, or at once when cost and bound meet."""
    incumbent: Incumbent[str] = Incumbent(MaxWork(100))
    incumbent.spend(99)
    assert not incumbent.is_over()
    incumbent.spend(1)
    assert incumbent.is_over()
    closed: Incumbent[str] = Incumbent(MaxWork(100))
    closed.offer(2.0, "two")
    closed.raise_bound(2.0)
    assert closed.is_over()
