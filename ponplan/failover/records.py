"""What a run of the state machines writes down: marks on the way back, and states over time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of a step; steps of a port hold for all its terminals."""

    time_ns: int
    step: str
    onu: int | None
    port: int | None


@dataclass(frozen=True, slots=True)
class State:
    """A port or terminal enters a state."""

    time_ns: int
    who: str
    state: str


@dataclass(frozen=True, slots=True)
class Outage:
    """A terminal without service; `end_ns` is None while the run saw no end.

    `service_ns` is when the bearer network finds the customer again, `end_ns` when the OLT hears the first burst.
    """

    onu: int
    start_ns: int
    end_ns: int | None
    service_ns: int | None
    port: int | None = None  # that hears it again


class Journal:
    """Everything that a run writes down, in order of time."""

    __slots__ = ("_open", "marks", "outages", "states")

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.states: list[State] = []
        self.outages: list[Outage] = []
        self._open: dict[int, int] = {}

    def begin(self, onu: int, time_ns: int) -> None:
        """Write that a terminal goes out of service."""
        self._open.setdefault(onu, time_ns)

    def end(self, onu: int, time_ns: int, service_ns: int, *, port: int) -> None:
        """Write that a terminal is back."""
        start_ns = self._open.pop(onu, None)
        if start_ns is not None:
            self.outages.append(Outage(onu, start_ns, time_ns, service_ns, port))

    def close(self) -> None:
        """Write down what is still out at the end."""
        self.outages += [Outage(onu, start_ns, None, None) for onu, start_ns in sorted(self._open.items())]
        self._open.clear()
