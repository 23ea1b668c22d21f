"""How ONUs come up, told by SimPy: fibre, messages, records; what the two families of protocol share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import simpy

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationRecord:
    """Something that happened to an ONU; `value_ns` is a measured round trip or an equalisation delay."""

    time_ns: int
    onu: int
    event: str  # synchronised, answered, collided, identified, ranged, registered, operational
    value_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A burst that an ONU sent into a window: where it starts and ends at the OLT."""

    onu: int
    sent_ns: int
    start_ns: int
    end_ns: int


class Diary:
    """Records in order of time, written by every process of a run."""

    __slots__ = ("_records",)

    def __init__(self) -> None:
        self._records: list[ActivationRecord] = []

    def note(self, env: simpy.Environment, onu: int, event: str, value_ns: int | None = None) -> None:
        """Write that something happens now."""
        self._records.append(ActivationRecord(time_ns=int(env.now), onu=onu, event=event, value_ns=value_ns))

    @property
    def records(self) -> tuple[ActivationRecord, ...]:
        """Everything so far."""
        return tuple(self._records)


class Fibre:
    """The fibre between OLT and ONUs: each has its own delay, answers of one window may collide at the OLT."""

    __slots__ = ("_one_way_ns",)

    def __init__(self, one_way_ns: Sequence[int]) -> None:
        self._one_way_ns = [int(delay_ns) for delay_ns in one_way_ns]

    @property
    def num_onus(self) -> int:
        """ONUs on the fibre."""
        return len(self._one_way_ns)

    def one_way_ns(self, onu: int) -> int:
        """Give an ONU's delay."""
        return self._one_way_ns[onu]

    def answer(self, onu: int, *, sent_ns: int, burst_ns: int) -> Answer:
        """Carry an ONU's burst to the OLT."""
        start_ns = sent_ns + self._one_way_ns[onu]
        return Answer(onu=onu, sent_ns=sent_ns, start_ns=start_ns, end_ns=start_ns + burst_ns)


def heard(answers: Sequence[Answer]) -> tuple[list[Answer], list[Answer]]:
    """Split a window's answers into those that reached the OLT alone and those that overlapped another."""
    alone: list[Answer] = []
    collided: list[Answer] = []
    for one in sorted(answers, key=lambda answer: (answer.start_ns, answer.onu)):
        overlaps = any(
            other is not one and other.start_ns < one.end_ns and one.start_ns < other.end_ns for other in answers
        )
        (collided if overlaps else alone).append(one)
    return alone, collided


def operational_ns(records: Sequence[ActivationRecord]) -> dict[int, int]:
    """Give when each ONU became operational; ONUs that did not are missing."""
    return {record.onu: record.time_ns for record in records if record.event == "operational"}


def play_activation(process: Any, *, until_ns: int) -> tuple[ActivationRecord, ...]:  # noqa: ANN401 - a generator function
    """Run an activation process, given as a function of (environment, diary), and give its records."""
    env, diary = simpy.Environment(), Diary()
    env.process(process(env, diary))
    env.run(until=until_ns)
    return diary.records


def random_delay_ns(rng: np.random.Generator, longest_ns: int) -> int:
    """Draw a delay from zero to the longest, both included."""
    return int(rng.integers(0, longest_ns + 1))
