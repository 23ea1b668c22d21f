"""How a port brings terminals back: POPUP messages, ranging one by one or in a pipeline, activation anew.

Messages and windows follow G.984.3 (01/2014) clauses 9.2, 10.2 to 10.4 and Annex D.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import simpy

from ponplan.failover.engines import POPUP_FAMILIES, ItuEngine
from ponplan.simulate.activation import Diary, Fibre
from ponplan.simulate.discovery import DiscoveryOlt, DiscoveryTimes
from ponplan.simulate.ranging import RangingOlt

if TYPE_CHECKING:
    from collections.abc import Generator

    from ponplan.failover.line import Line
    from ponplan.failover.port import Port

    Steps = Generator[simpy.Event, Any, None]

COPIES = 3  # of each message, one a frame
ATTEMPTS = 2  # of ranging; the second failure gives a terminal up (G.984.3 10.3.4)
RANGING = ("ranging-pipelined", "ranging-serial")


class Rounds:
    """What one port does in a round; terminals that it cannot reach cost time, as the OLT cannot know."""

    KEEPING = (
        "resync",
        "common-offset",
        "holdover",
        "re-registration",
        "swift-popup",
        "directed-popup",
        "pre-ranged",
    )

    def __init__(self, line: Line, port: Port) -> None:
        self.line, self.port = line, port

    def helps(self, engine: ItuEngine) -> bool:
        """Say whether a message can bring an engine in this state back."""
        recovery, popup = self.line.recovery, self.line.plant.family in POPUP_FAMILIES
        if recovery == "reactivation":
            return not popup and engine.state == "O5"  # where POPUP is: the terminal's own TO2 ends the wait
        if recovery in RANGING:
            return engine.state in {"O6", "O4", "O5"}
        return engine.state == "O6"

    def recover(self, onus: list[int]) -> Steps:
        """Make one round."""
        recovery = self.line.recovery
        if recovery == "directed-popup":
            yield from self._direct(onus)
        elif recovery in RANGING:
            yield from self._range(onus, pipelined=recovery == "ranging-pipelined")
        elif recovery == "reactivation":
            yield from self._tell("deactivate", onus, mark="deactivate")
        else:
            popped = yield from self._tell("swift-popup", onus, mark="popup")
            if recovery == "common-offset":
                yield from self._message(1, "offset")
            yield self.line.wait("processing")
            self.line.mark("processing", port=self.port.number)
            for engine in popped:
                self.port.grant(engine)

    def activate(self, onus: list[int]) -> Steps:
        """Discover and range terminals that have lost everything, by the protocol's own windows."""
        line = self.line
        fibre = Fibre([line.one_way_ns(self.port.number, onu) for onu in range(len(line.terminals))])
        times = line.times
        olt: DiscoveryOlt | RangingOlt
        if isinstance(times, DiscoveryTimes):
            olt = DiscoveryOlt(fibre, times, line.rng)
        else:
            assert times is not None  # noqa: S101 - a direct fibre asks for no activation
            olt = RangingOlt(fibre, times, line.rng)
        yield from olt.activate(line.env, _Board(line, self.port.number), onus)

    def _message(self, copies: int, mark: str) -> Steps:
        yield self.line.env.timeout(self.line.draw_ns("message") * copies // COPIES)
        self.line.mark(mark, port=self.port.number)

    def _tell(self, message: str, onus: list[int], *, mark: str) -> Generator[simpy.Event, Any, list[ItuEngine]]:
        """Broadcast a message; give the engines that took it."""
        length_ns = self.line.draw_ns("message")
        yield self.line.env.timeout(length_ns)
        self.line.mark(mark, port=self.port.number)
        last_copy_ns = int(self.line.env.now) - length_ns // COPIES
        engines = [self._engine(onu) for onu in onus]
        return [one for one in engines if one is not None and one.hears(message, self.port.number, last_copy_ns)]

    def _engine(self, onu: int) -> ItuEngine | None:
        engine = self.line.terminals[onu].engine_at(self.port.number)
        return engine if isinstance(engine, ItuEngine) else None

    def _direct(self, onus: list[int]) -> Steps:
        """Send each terminal a POPUP of its own; its processing runs beside the next one's message."""
        for onu in onus:
            length_ns = self.line.draw_ns("message")
            yield self.line.env.timeout(length_ns)
            last_copy_ns = int(self.line.env.now) - length_ns // COPIES
            engine = self._engine(onu)
            if engine is not None and engine.hears("directed-popup", self.port.number, last_copy_ns):
                self.line.mark("popup", onu=onu)
                self.line.env.process(self._act(engine, "processing"))

    def _act(self, engine: ItuEngine, mark: str) -> Steps:
        self.port.await_burst(engine)
        yield self.line.wait("processing")
        self.line.mark(mark, onu=engine.terminal.number)
        self.port.grant(engine)

    def _range(self, onus: list[int], *, pipelined: bool) -> Steps:
        if self.line.plant.family in POPUP_FAMILIES:
            yield from self._tell("broadcast-popup", onus, mark="popup")
            yield self.line.wait("processing")
            self.line.mark("processing", port=self.port.number)
        yield from self._pipeline(onus) if pipelined else self._serially(onus)

    def _serially(self, onus: list[int]) -> Steps:
        """Range one by one: quiet window, response, message, processing (the strictly serial case)."""
        for onu in onus:
            if not (yield from self._ask(onu, lead="window")):
                continue
            yield self.line.wait("message")
            engine = self._engine(onu)
            if engine is None or not engine.ranged(self.port.number):
                continue
            self.port.await_burst(engine)
            yield self.line.wait("processing")
            self.line.mark("ranging", onu=onu)
            self.port.grant(engine)

    def _ask(self, onu: int, *, lead: str) -> Generator[simpy.Event, Any, bool]:
        """Ask for a ranging response, twice at most."""
        for _ in range(ATTEMPTS):
            yield self.line.wait(lead)
            yield self.line.wait("response")
            engine = self._engine(onu)
            if engine is not None and engine.answers(self.port.number):
                return True
        return False

    def _pipeline(self, onus: list[int]) -> Steps:
        """Open windows back to back, prepared ahead; send each delay as soon as its response is in."""
        answers: simpy.Store = simpy.Store(self.line.env)
        asking = self.line.env.process(self._ask_all(onus, answers))
        try:
            while (onu := (yield answers.get())) is not None:
                yield self.line.wait("message")
                engine = self._engine(onu)
                if engine is not None and engine.ranged(self.port.number):
                    self.line.env.process(self._act(engine, "ranging"))
        except simpy.Interrupt:
            if asking.is_alive:
                asking.interrupt()
            raise

    def _ask_all(self, onus: list[int], answers: simpy.Store) -> Steps:
        try:
            last: simpy.Process | None = None
            for onu in onus:
                last = self.line.env.process(self._hear(onu, answers))
                yield self.line.wait("window")
                engine = self._engine(onu)
                if engine is None or not engine.answers(self.port.number):
                    last = self.line.env.process(self._hear(onu, answers))
                    yield self.line.wait("window")
            if last is not None and last.is_alive:
                yield last
            yield answers.put(None)
        except simpy.Interrupt:
            return

    def _hear(self, onu: int, answers: simpy.Store) -> Steps:
        yield self.line.wait("response")
        engine = self._engine(onu)
        if engine is not None and engine.answers(self.port.number):
            yield answers.put(onu)


class _Board(Diary):
    """A diary that tells the engines when their activation is over."""

    __slots__ = ("_line", "_port")

    def __init__(self, line: Line, port: int) -> None:
        super().__init__()
        self._line, self._port = line, port

    def note(self, env: simpy.Environment, onu: int, event: str, value_ns: int | None = None) -> None:
        super().note(env, onu, event, value_ns)
        if event == "operational":
            engine = self._line.terminals[onu].engine_at(self._port)
            if engine is not None:
                engine.activated(self._port)
