"""A PON port: its laser, whom it hears, and the rounds in which it brings terminals back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import simpy

from ponplan.failover.engines import ItuEngine
from ponplan.failover.recovery import Rounds

if TYPE_CHECKING:
    from collections.abc import Generator

    from ponplan.failover.engines import Engine
    from ponplan.failover.line import Line
    from ponplan.failover.plant import PortPlan


class Port:
    """A port in life."""

    def __init__(self, line: Line, number: int, plan: PortPlan, *, laser: bool) -> None:
        self.line, self.number, self.plan = line, number, plan
        self.laser = laser
        self.lit_ns = 0
        self.members = line.members(number)
        self.hears: set[int] = set()
        self._asked = line.env.event()
        self._rounds = Rounds(line, self)
        self._worker: simpy.Process = line.env.process(self._work())
        self._settling = False
        self._awaited: dict[int, int] = {}  # terminals whose first burst is under way, with the state they were in

    @property
    def equipment_failed(self) -> bool:
        """Whether card, chassis or office is gone, which is noticed otherwise than by silence."""
        return any(element in self.line.broken for element in self.plan.equipment)

    def misses(self, onu: int) -> None:
        """Lose a terminal whose bursts no longer arrive."""
        if onu in self.hears:
            self.hears.discard(onu)
            self.line.terminals[onu].silent()
            self.line.fell_silent(self.number)

    def grant(self, engine: Engine) -> None:
        """Give a terminal that is up its first grant."""
        self.await_burst(engine)
        self.line.env.process(self._first_burst(engine))

    def await_burst(self, engine: Engine) -> None:
        """Remember that an engine is being brought back, so that no other round asks for it."""
        self._awaited[engine.terminal.number] = engine.turn

    def _is_awaited(self, engine: Engine) -> bool:
        return self._awaited.get(engine.terminal.number) == engine.turn

    def _first_burst(self, engine: Engine) -> Generator[simpy.Event, Any, None]:
        turn = engine.turn
        yield self.line.wait("first-grant")
        if engine.is_up and engine.turn == turn and engine.port == self.number and self.laser:
            number = engine.terminal.number
            self.line.mark("first-grant", onu=number)
            self.hears.add(number)
            engine.terminal.heard(self.number)

    def returned(self, engine: Engine) -> None:
        """Grant a terminal that is back by itself, or range it first where delays are not kept."""
        if engine.terminal.keeps_context or self.line.recovery in Rounds.KEEPING:
            self.grant(engine)
        else:
            self.request()

    def request(self) -> None:
        """Ask for a round: a terminal is in step, but not in service."""
        if not self._asked.triggered:
            self._asked.succeed()

    def darken(self) -> None:
        """Switch the laser off and drop all work."""
        self.laser = False
        self.line.note_state(self.plan.id, "dark")
        if self._worker.is_alive and self._worker.target is not None:
            self._worker.interrupt()
        self.line.refresh_port(self.number)

    def light(self) -> Generator[simpy.Event, Any, None]:
        """Bring a dark standby port up: load, boot, laser; then bring terminals back when they should be in step."""
        line = self.line
        line.note_state(self.plan.id, "starting")
        steps = ["load"] if self.plan.standby == "cold" else []
        steps += ["boot"] if line.transceiver_off and self.plan.role == "trunk" else []
        for step in (*steps, "laser"):
            yield line.wait(step)
            line.mark(step, port=self.number)
        self.laser, self.lit_ns, self._settling = True, int(line.env.now), True
        line.note_state(self.plan.id, "active")
        line.refresh_port(self.number)
        yield line.env.timeout(line.durations.nominal_ns("sync"))
        line.mark("sync", port=self.number)
        self._settling = False
        self.request()

    def _work(self) -> Generator[simpy.Event, Any, None]:
        """Make rounds as long as anybody is in step and out of service."""
        while True:
            try:
                yield self._asked
                self._asked = self.line.env.event()
                yield self.line.env.timeout(0)  # whoever comes into step at this instant is in the same round
                if not self._settling:
                    yield from self._serve()
            except simpy.Interrupt:
                self._asked = self.line.env.event()

    def _serve(self) -> Generator[simpy.Event, Any, None]:
        while self.laser:
            if any(isinstance(one, ItuEngine) and self._waits(one) for one in self._in_step()):
                yield from self._rounds.recover([onu for onu in self.members if self._is_missing(onu)])
            elif any(self._is_new(one) for one in self._in_step()):
                yield self.line.env.timeout(self._until_poll_ns())
                new = [one for one in self._in_step() if self._is_new(one)]
                yield from self._rounds.activate([one.terminal.number for one in new])
            else:
                return

    def _in_step(self) -> list[Engine]:
        """Give the engines that are locked on this port and not in service over it."""
        found = (self.line.terminals[onu].engine_at(self.number) for onu in self.members if onu not in self.hears)
        return [one for one in found if one is not None and one.locked_ns is not None]

    @staticmethod
    def _is_new(engine: Engine) -> bool:
        return engine.state in {"O2", "gone"}

    def _waits(self, engine: ItuEngine) -> bool:
        """Say whether a round of messages can bring this engine back."""
        return not self._is_awaited(engine) and self._rounds.helps(engine)

    def _is_missing(self, onu: int) -> bool:
        """Say whether the OLT counts a terminal among those to bring back here."""
        terminal = self.line.terminals[onu]
        engine = terminal.engine_at(self.number)
        if onu in self.hears or (engine is not None and self._is_awaited(engine)):
            return False
        return engine is not None or not terminal.in_service

    def _until_poll_ns(self) -> int:
        period_ns = max(self.line.durations.nominal_ns("poll"), 1)
        return (self.lit_ns - int(self.line.env.now)) % period_ns
