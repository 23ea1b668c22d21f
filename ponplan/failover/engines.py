"""Protocol engines of a terminal's interface: GPON, XG(S)-PON (G.984.3 clause 10), EPON (MPCP), direct fibre."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from ponplan.failover.line import Line
    from ponplan.failover.terminal import Terminal


POPUP_FAMILIES = ("apon", "gpon")  # whose terminals leave O6 only when told to


class Engine(ABC):
    """What all families share: light comes and goes, and an engine locks on it after a while."""

    UP = "O5"

    def __init__(self, line: Line, terminal: Terminal, port: int | None) -> None:
        self.line, self.terminal = line, terminal
        self.port = port  # whose light falls in
        self.locked_ns: int | None = 0 if port is not None else None
        self.state = self.UP if port is not None else "O1"
        self.turn = 0  # counts changes of state, so that timers of an earlier one know that they are late
        self.glow = 0  # counts changes of light, likewise

    @property
    def is_up(self) -> bool:
        """Whether the OLT may grant this engine."""
        return self.state == self.UP and self.locked_ns is not None

    def enter(self, state: str) -> None:
        """Change state; timers of the old one lapse."""
        self.state = state
        self.turn += 1
        self.line.note_state(self.terminal.plan.id, state)

    def sees(self, port: int | None) -> None:
        """Light of a port falls in, or none."""
        if port == self.port:
            return
        before, self.port, self.locked_ns = self.port, port, None
        if before is not None:
            self.line.ports[before].misses(self.terminal.number)
            self.darken()
        self.glow += 1
        if port is not None:
            self.line.env.process(self._lock(port, self.glow))

    def _lock(self, port: int, glow: int) -> Generator[simpy.Event, Any, None]:
        yield self.line.wait("sync")
        if glow == self.glow:
            self.locked_ns = int(self.line.env.now)
            self.locked(port)

    @abstractmethod
    def darken(self) -> None:
        """React to the loss of light."""

    @abstractmethod
    def locked(self, port: int) -> None:
        """React to being in step with a port's downstream again."""

    @abstractmethod
    def forget(self) -> None:
        """Start anew, as on a PON that knows nothing of this terminal."""

    @abstractmethod
    def activated(self, port: int) -> None:
        """Take the end of an activation, if light and state are still those it began in."""


class ItuEngine(Engine):
    """O1 to O6; POPUP brings GPON back from O6, XG(S)-PON returns by itself."""

    def __init__(self, line: Line, terminal: Terminal, port: int | None) -> None:
        super().__init__(line, terminal, port)
        self.returns = line.plant.family not in POPUP_FAMILIES

    def darken(self) -> None:
        """Fall into O6 and start TO2; from states of activation start anew."""
        if self.state == "O5":
            self.enter("O6")
            self.line.env.process(self._expire("to2", self.turn))
        elif self.state in {"O2", "O4"}:
            self.enter("O1")

    def _expire(self, timer: str, begun: int) -> Generator[simpy.Event, Any, None]:
        """TO2 ends the wait in O6, TO1 that in O4; neither stops when light comes back."""
        yield self.line.wait(timer)
        if self.turn == begun:
            self.line.mark(timer, onu=self.terminal.number)
            self.forget()

    def forget(self) -> None:
        """Start anew in O1."""
        self.enter("O1")
        if self.locked_ns is not None and self.port is not None:
            self._ask(self.port)

    def locked(self, port: int) -> None:
        """Return to O5 where the protocol does so by itself, else wait for the OLT."""
        if self.state == "O6" and (self.returns or self.terminal.keeps_context):
            self.enter("O5")
            self.line.ports[port].returned(self)
        elif self.state == "O1":
            self._ask(port)
        else:
            self.line.ports[port].request()

    def _ask(self, port: int) -> None:
        self.enter("O2")
        self.line.ports[port].request()

    def hears(self, message: str, port: int, last_copy_ns: int) -> bool:
        """Take a POPUP or Deactivate if in step before its last copy; say whether it made a difference."""
        if self.port != port or self.locked_ns is None or self.locked_ns > last_copy_ns:
            return False
        if message == "deactivate" and self.state in {"O5", "O6"}:
            self.forget()
        elif self.state != "O6":
            return False
        elif message == "broadcast-popup":
            self.enter("O4")
            self.line.env.process(self._expire("to1", self.turn))
        else:
            self.enter("O5")
        return True

    def answers(self, port: int) -> bool:
        """Say whether a ranging request reaches this engine in a state in which it answers."""
        return self.port == port and self.locked_ns is not None and self.state in {"O4", "O5"}

    def ranged(self, port: int) -> bool:
        """Take an equalisation delay; say whether this terminal was waiting for it."""
        if not self.answers(port):
            return False
        if self.state == "O4":
            self.enter("O5")
        return True

    def activated(self, port: int) -> None:
        """Enter O5 if still in the state and light in which activation began."""
        if self.state == "O2" and self.port == port and self.locked_ns is not None:
            self.enter("O5")
            self.line.mark("activation", onu=self.terminal.number)
            self.line.ports[port].grant(self)


class EponEngine(Engine):
    """Registered, held over without light, or gone; a step of the timestamp beyond the guard deregisters."""

    UP = "registered"

    def __init__(self, line: Line, terminal: Terminal, port: int | None) -> None:
        super().__init__(line, terminal, port)
        self.state = self.UP if port is not None else "gone"
        self._base: int | None = port  # the port that its clock follows

    def darken(self) -> None:
        """Hold the registration over for a while."""
        if self.state == self.UP:
            self.enter("held")
            self.line.env.process(self._expire(self.turn))

    def _expire(self, begun: int) -> Generator[simpy.Event, Any, None]:
        yield self.line.wait("holdover")
        if self.turn == begun:
            self.line.mark("holdover", onu=self.terminal.number)
            self.forget()

    def forget(self) -> None:
        """Lose the registration."""
        self.enter("gone")
        if self.locked_ns is not None and self.port is not None:
            self.line.ports[self.port].request()

    def locked(self, port: int) -> None:
        """Keep the registration if the clock did not step too far."""
        if self.state == "held" and self._keeps_time(port):
            self.enter(self.UP)
            self._base = port
            self.line.ports[port].returned(self)
        else:
            if self.state == "held":
                self.line.mark("drift-guard", onu=self.terminal.number)
            self.forget()

    def _keeps_time(self, port: int) -> bool:
        """Judge the step of the timestamps from the port before to this one, once each way (IEEE 802.3 clause 64)."""
        line = self.line
        if self._base is None or (line.recovery == "re-registration" and port != self._base):
            return False
        if line.recovery == "common-offset" or self.terminal.keeps_context:
            return True
        step_ns = abs(line.one_way_ns(port, self.terminal.number) - line.one_way_ns(self._base, self.terminal.number))
        guards = line.durations
        return step_ns <= guards.nominal_ns("onu-guard") and 2 * step_ns <= guards.nominal_ns("olt-guard")

    def activated(self, port: int) -> None:
        """Take a new registration."""
        if self.state == "gone" and self.port == port and self.locked_ns is not None:
            self.enter(self.UP)
            self._base = port
            self.line.mark("activation", onu=self.terminal.number)
            self.line.ports[port].grant(self)


class DirectEngine(Engine):
    """A link of its own: up while there is light and both ends agree, else down; nobody is asked."""

    UP = "active"

    def __init__(self, line: Line, terminal: Terminal, port: int | None) -> None:
        super().__init__(line, terminal, port)
        self.state = self.UP if port is not None else "dark"

    def darken(self) -> None:
        """Go down with the light."""
        self.enter("dark")

    def locked(self, port: int) -> None:
        """Come up as soon as both ends have agreed."""
        self.enter(self.UP)
        self.line.mark("link-up", onu=self.terminal.number)
        self.line.ports[port].grant(self)

    def forget(self) -> None:
        """Remember nothing, as ever."""

    def activated(self, port: int) -> None:
        """Need no activation."""
