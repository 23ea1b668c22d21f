"""One plant in life: which light falls where, who is in service, and what the run writes down."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import simpy

from ponplan.failover.port import Port
from ponplan.failover.records import Journal, Mark, State
from ponplan.failover.terminal import Terminal
from ponplan.failover.trunk import Trunk

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    import numpy as np

    from ponplan.failover.durations import Durations
    from ponplan.failover.plant import Break, Plant
    from ponplan.failover.rules import SwitchRules
    from ponplan.simulate.discovery import DiscoveryTimes
    from ponplan.simulate.ranging import RangingTimes


class Line:
    """All machines of one run, and the clock they share."""

    def __init__(
        self,
        plant: Plant,
        durations: Durations,
        rules: SwitchRules,
        rng: np.random.Generator,
        times: RangingTimes | DiscoveryTimes | None,
    ) -> None:
        self.env = simpy.Environment()
        self.plant, self.durations, self.rules, self.rng = plant, durations, rules, rng
        self.times = times
        self.journal = Journal()
        self.broken: Counter[str] = Counter()
        self.restoring = 0
        self._cuts = [0] * len(plant.ways)
        self._ways_of_element: dict[str, list[int]] = {}
        self.ways_of_port: list[list[int]] = [[] for _ in plant.ports]
        self._ways_of_onu: list[list[int]] = [[] for _ in plant.onus]
        for number, way in enumerate(plant.ways):
            self.ways_of_port[way.port].append(number)
            self._ways_of_onu[way.onu].append(number)
            for element in way.elements:
                self._ways_of_element.setdefault(element, []).append(number)
        self._one_way_ns = {(way.port, way.onu): way.one_way_ns for way in plant.ways}
        self._pending = 0
        self.settled = self.env.event()
        self._start()

    def _start(self) -> None:
        plant = self.plant
        self.ports = [Port(self, number, port, laser=port.role != "trunk") for number, port in enumerate(plant.ports)]
        self.terminals = [Terminal(self, number, onu, self._lights(number)) for number, onu in enumerate(plant.onus)]
        for terminal in self.terminals:
            for engine in terminal.engines:
                if engine.is_up and engine.port is not None:
                    self.ports[engine.port].hears.add(terminal.number)
        self._trunks: dict[int, Trunk] = {}
        for number, port in enumerate(plant.ports):
            if port.role == "trunk" and port.partner is not None:
                pair = Trunk(self, port.partner, number)
                self._trunks |= {number: pair, port.partner: pair}

    # what the machines ask for

    @property
    def recovery(self) -> str:
        """How ports bring terminals back."""
        return self.rules.recovery

    @property
    def revertive(self) -> bool:
        """Whether traffic goes back to a repaired working path."""
        return self.rules.revertive

    @property
    def switch_share(self) -> float:
        """Share of silent terminals that makes an OLT switch."""
        return self.rules.switch_share

    @property
    def transceiver_off(self) -> bool:
        """Whether a standby port's transceiver has to boot."""
        return self.rules.transceiver_off

    def draw_ns(self, step: str) -> int:
        """Give the length of a step that begins now."""
        return self.durations.draw_ns(step, self.rng)

    def wait(self, step: str) -> simpy.Event:
        """Give the event of a step's end."""
        return self.env.timeout(self.durations.draw_ns(step, self.rng))

    def mark(self, step: str, *, onu: int | None = None, port: int | None = None) -> None:
        """Write that a step is over."""
        self.journal.marks.append(Mark(int(self.env.now), step, onu, port))

    def note_state(self, who: str, state: str) -> None:
        """Write that a port or terminal enters a state."""
        self.journal.states.append(State(int(self.env.now), who, state))

    def members(self, port: int) -> list[int]:
        """Give the terminals that a port can reach, in order."""
        return sorted({self.plant.ways[way].onu for way in self.ways_of_port[port]})

    def one_way_ns(self, port: int, onu: int) -> int:
        """Give the delay between a port and a terminal, 0 where there is no way."""
        return self._one_way_ns.get((port, onu), 0)

    def standby_of(self, onu: int, interface: int) -> str:
        """Say how the port behind an interface stands by; a working port knows all its terminals."""
        for number in self._ways_of_onu[onu]:
            way = self.plant.ways[number]
            if way.interface == interface:
                return self.plant.ports[way.port].standby or "hot"
        return "cold"

    def is_whole(self, way: int) -> bool:
        """Say whether nothing on a way is broken."""
        return self._cuts[way] == 0

    # light

    def _lights(self, onu: int) -> list[int | None]:
        """Give the port whose light falls into each interface of a terminal; two at once blind it."""
        ways = [(number, self.plant.ways[number]) for number in self._ways_of_onu[onu]]
        count = 1 + max((way.interface for _, way in ways), default=0)
        lights: list[int | None] = [None] * count
        for interface in range(count):
            lit = [
                way.port
                for number, way in ways
                if way.interface == interface and self._cuts[number] == 0 and self.ports[way.port].laser
            ]
            lights[interface] = lit[0] if len(lit) == 1 else None
        return lights

    def refresh_port(self, port: int) -> None:
        """Look again at the light of everybody whom a port reaches."""
        self._refresh(self.plant.ways[way].onu for way in self.ways_of_port[port])

    def _refresh(self, onus: Iterable[int]) -> None:
        for onu in sorted(set(onus)):
            terminal = self.terminals[onu]
            for interface, port in enumerate(self._lights(onu)):
                if terminal.light[interface] != port:
                    terminal.shine(interface, port)

    # what happens to the plant

    def play(self, breaks: Sequence[Break], *, until_ns: int) -> Journal:
        """Break and mend, and run until everybody who can be back is back, or until a time."""
        for one in breaks:
            self._schedule(one)
        self.env.process(self._limit(until_ns))
        self.env.run(until=self.settled)
        self.journal.close()
        return self.journal

    def _limit(self, until_ns: int) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(until_ns)
        if not self.settled.triggered:
            self.settled.succeed()

    def _schedule(self, one: Break) -> None:
        ways = [
            number for number in range(len(self.plant.ways))
            if not one.elements.isdisjoint(self.plant.ways[number].elements)
        ]  # fmt: skip
        if one.db_per_s is None:
            self._pending += 1
            self.env.process(self._suffer(one.at_ns, one.until_ns, ways, one.elements))
            return
        for way in ways:
            spare_db = self.plant.ways[way].reserve_db
            if spare_db is not None:
                at_ns = one.at_ns + round(spare_db / one.db_per_s * 1e9)
                if one.until_ns is None or at_ns < one.until_ns:
                    self._pending += 1
                    self.env.process(self._suffer(at_ns, one.until_ns, [way], frozenset()))

    def _suffer(
        self, at_ns: int, until_ns: int | None, ways: list[int], elements: frozenset[str]
    ) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(at_ns)
        self._change(ways, elements, 1)
        if until_ns is not None:
            yield self.env.timeout(until_ns - at_ns)
            self._change(ways, elements, -1)
            for trunk in dict.fromkeys(self._trunks.values()):
                trunk.mended()
        self._pending -= 1
        self.check()

    def _change(self, ways: list[int], elements: frozenset[str], by: int) -> None:
        for element in elements:
            self.broken[element] += by
        if by < 0:
            self.broken = +self.broken
        for way in ways:
            self._cuts[way] += by
        self._refresh(self.plant.ways[way].onu for way in ways)

    # what the machines report

    def fell_silent(self, port: int) -> None:
        """Tell the pair that a port belongs to that it no longer hears a terminal."""
        trunk = self._trunks.get(port)
        if trunk is not None:
            trunk.fell_silent()

    def back(self, terminal: Terminal, port: int) -> None:
        """End a terminal's outage, as its burst has arrived; the bearer network may need longer."""
        now_ns = int(self.env.now)
        olt = self.plant.ports[port].olt
        delay_ns = 0 if olt == terminal.olt else self.draw_ns("relearn")
        terminal.olt = olt
        self.journal.end(terminal.number, now_ns, now_ns + delay_ns, port=port)
        self.env.process(self._look())

    def _look(self) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(0)
        self.check()

    def check(self) -> None:
        """End the run when nothing more is to break or go back, and nobody is out who has a way."""
        if self._pending or self.restoring or self.settled.triggered:
            return
        for terminal in self.terminals:
            if not terminal.in_service and any(self.is_whole(way) for way in self._ways_of_onu[terminal.number]):
                return
        self.settled.succeed()
