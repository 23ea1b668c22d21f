"""Tasks of one design: same answers in the same order on any number of processes, and an end when it is asked for."""

from __future__ import annotations

import math
import signal
import time

import pytest

from ponplan.design.effort import Halt
from ponplan.design.side_by_side import side_by_side
from ponplan.optimise.stop import Asked

JOBS = (1, 2)


@pytest.mark.parametrize("jobs", JOBS)
def test_answers_come_in_the_order_of_the_items(jobs: int):
    """Whoever is done first, answers stand where their items stood."""
    assert list(side_by_side(math.factorial, [9, 2, 5, 0], jobs=jobs)) == [362_880, 2, 120, 1]


@pytest.mark.parametrize("jobs", JOBS)
def test_nothing_is_begun_when_it_is_over_but_the_first(jobs: int):
    """Somebody asked before it began: the first answer is given, so that there is one."""
    halt = Halt(asked=Asked(asked=True))
    assert list(side_by_side(math.factorial, [4, 5, 6], jobs=jobs, halt=halt)) == [24]


@pytest.mark.parametrize("jobs", JOBS)
def test_what_was_begun_is_given_when_somebody_asks(jobs: int):
    """Somebody asks while the second of twenty items is made: a few were begun by then, the rest is left."""
    asked = Asked()
    num_found = 0
    for _ in side_by_side(time.sleep, [0.0] + [0.5] * 19, jobs=jobs, halt=Halt(asked=asked)):
        num_found += 1
        asked.asked = True
    assert 1 <= num_found < 10


def test_processes_begin_deaf_to_ctrl_c():
    """A terminal sends Ctrl-C to all processes: those at work, however early, go on; this one hears it."""
    usual = signal.getsignal(signal.SIGINT)
    assert list(side_by_side(signal.getsignal, [signal.SIGINT] * 2, jobs=2)) == [signal.SIG_IGN] * 2
    assert signal.getsignal(signal.SIGINT) == usual
