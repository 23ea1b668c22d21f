"""A terminal: one engine on one fibre, one engine behind an optical switch, or two engines on two fibres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ponplan.failover.engines import DirectEngine, Engine, EponEngine, ItuEngine

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from ponplan.failover.line import Line
    from ponplan.failover.plant import OnuPlan

ENGINES: dict[str, type[Engine]] = {"epon": EponEngine, "direct": DirectEngine}  # of other families: G.984.3's


class Terminal:
    """A customer's terminal in life."""

    def __init__(self, line: Line, number: int, plan: OnuPlan, ports: list[int | None]) -> None:
        self.line, self.number, self.plan = line, number, plan
        self.light = list(ports)  # by interface: the port whose light falls in
        self.selected = 0
        self.keeps_context = False  # whether the port on the selected side has this terminal's delay at hand
        make = ENGINES.get(line.plant.family, ItuEngine)
        count = len(ports) if plan.reach == "two-interfaces" else 1
        self.engines: list[Engine] = [make(line, self, ports[number]) for number in range(count)]
        self.in_service = ports[0] is not None
        self.olt = "" if ports[0] is None else line.plant.ports[ports[0]].olt  # where the bearer network finds it
        self._watching = False

    def shine(self, interface: int, port: int | None) -> None:
        """Light on an interface changes."""
        self.light[interface] = port
        if self.plan.reach == "two-interfaces":
            self.engines[interface].sees(port)
        elif interface == self.selected:
            self.engines[0].sees(port)
        if self.plan.reach != "single":
            self.watch()

    def engine_at(self, port: int) -> Engine | None:
        """Give the engine that a port's light falls into."""
        for engine in self.engines:
            if engine.port == port:
                return engine
        return None

    def silent(self) -> None:
        """Its traffic stops."""
        if self.in_service:
            self.in_service = False
            self.line.journal.begin(self.number, int(self.line.env.now))
        if self.plan.reach != "single":
            self.watch()

    def heard(self, port: int) -> None:
        """Its burst reaches a port: traffic flows again if this is the interface in use."""
        interface = self.selected if len(self.engines) > 1 else 0
        if not self.in_service and self.engines[interface].port == port:
            self.line.back(self, port)
            self.in_service = True

    @property
    def _is_dark(self) -> bool:
        return self.light[self.selected] is None

    def watch(self) -> None:
        """Look after the selected side if it is dark, once at a time."""
        if self._is_dark and not self._watching:
            self._watching = True
            self.line.env.process(self._move())

    def _move(self) -> Generator[simpy.Event, Any, None]:
        """Wait for detection and hold-off, then take the other side; if that is dark too, look again later."""
        for step in ("detect", "decide"):
            yield self.line.wait(step)
            if not self._is_dark:
                self._watching = False
                return
            self.line.mark(step, onu=self.number)
        yield from self.take(1 - self.selected)
        if self._is_dark:
            yield self.line.wait("hunt")
        self._watching = False
        self.watch()

    def take(self, interface: int) -> Generator[simpy.Event, Any, None]:
        """Move to an interface: by the optical switch, or by choosing the other engine."""
        if len(self.engines) > 1:
            yield self.line.wait("select")
            self.selected = interface
            self.line.mark("select", onu=self.number)
            engine = self.engines[interface]
            if engine.is_up and engine.port is not None:
                if self.in_service:
                    self.silent()
                self.line.ports[engine.port].grant(engine)
            return
        engine = self.engines[0]
        engine.sees(None)
        self.silent()
        yield self.line.wait("onu-switch")
        self.selected = interface
        self.line.mark("onu-switch", onu=self.number)
        standby = self.line.standby_of(self.number, interface)
        self.keeps_context = standby == "hot"
        if standby == "cold":
            engine.forget()
        engine.sees(self.light[interface])
