"""The packet plane through a fault: the kernels go on while terminals fall dark, come back and change their way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import Fault, ScenarioError
from ponplan.failover.result import PacketOutage
from ponplan.scenario import Scenario
from ponplan.simulate.live import start_pon
from ponplan.units import FIBRE_NS_PER_M

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.failover.plant import Plant
    from ponplan.failover.records import Journal, Outage
    from ponplan.scenario import FaultScenario
    from ponplan.simulate.live import LivePon

NS_PER_MS = 1_000_000
SETTLE_NS = 100 * NS_PER_MS  # traffic runs at least so long before the first outage
STEP_NS = NS_PER_MS // 2  # how finely the draining of queues is watched
WATCH_NS = 2_000 * NS_PER_MS  # how long


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Frames and bytes lost so far, each (terminals,), and what waits upstream."""

    up_frames: NDArray[np.int64]
    up_bytes: NDArray[np.int64]
    down_frames: NDArray[np.int64]
    down_bytes: NDArray[np.int64]
    waiting_bytes: NDArray[np.int64]

    @classmethod
    def of(cls, live: LivePon) -> Tally:
        """Count now."""
        up, down = live.counts_up(), live.counts_down()
        return cls(
            up_frames=up.lost_packets.copy(),
            up_bytes=up.lost_bytes.copy(),
            down_frames=down.lost_packets.copy(),
            down_bytes=down.lost_bytes.copy(),
            waiting_bytes=up.waiting_bytes.copy(),
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """A terminal falls dark, or is back on a way of some length."""

    time_ns: int
    onu: int
    one_way_ns: int | None  # None: dark


def play_packets(
    scenario: Scenario,
    catalogue: Catalogue,
    plant: Plant,
    journal: Journal,
    *,
    e1_hold_ms: float,
    e1: Mapping[int, int],
) -> tuple[PacketOutage, ...]:
    """Carry a scenario's traffic through what one run of the machines wrote down; give everybody who was out.

    Parameters
    ----------
    e1
        E1 circuits by terminal.

    Raises
    ------
    ScenarioError
        There is no traffic, or packets of this technology are not simulated.
    """
    if not scenario.source:
        problem, remedy = "no traffic to play", "add [[source]]"
        raise ScenarioError([Fault(file="scenario", field="source", problem=problem, remedy=remedy)])
    turns, shift_ns = _turns(plant, journal)
    if not turns:
        return ()
    end_ns = turns[-1].time_ns + WATCH_NS
    run = scenario.run.model_copy(update={"seconds": end_ns / 1e9 + 0.1})
    longest_ns = max(way.one_way_ns for way in plant.ways)
    live = start_pon(scenario.model_copy(update={"run": run}), catalogue, farthest_one_way_ns=longest_ns)
    usual_bytes = _usual(live, turns[0].time_ns)
    before = Tally.of(live)
    watch = Watch(live, usual_bytes)
    for turn in turns:
        watch.advance(turn.time_ns)
        watch.turn(turn)
    watch.advance(end_ns, until_drained=True)
    first_ns = live.counts_up().first_heard_ns - shift_ns
    after = Tally.of(live)
    found = []
    for onu in sorted({turn.onu for turn in turns}):
        mine = [outage for outage in journal.outages if outage.onu == onu]
        found.append(
            PacketOutage(
                onu=plant.onus[onu].id,
                outage_ms=None
                if mine[-1].end_ns is None
                else round(int(first_ns[onu] - mine[-1].start_ns) / NS_PER_MS, 6),
                up_frames_lost=int(after.up_frames[onu] - before.up_frames[onu]),
                up_bytes_lost=int(after.up_bytes[onu] - before.up_bytes[onu]),
                down_frames_lost=int(after.down_frames[onu] - before.down_frames[onu]),
                down_bytes_lost=int(after.down_bytes[onu] - before.down_bytes[onu]),
                backlog_bytes=watch.backlog_bytes.get(onu, 0),
                drain_ms=watch.drained_ms.get(onu),
                e1=_circuits(mine, e1_hold_ms) if e1.get(onu) else "",
            )
        )
    return tuple(found)


def _circuits(outages: Sequence[Outage], hold_ms: float) -> str:
    """Say what becomes of E1 circuits: they outlast every interruption, or are dropped by one."""
    lengths_ms = [None if one.service_ns is None else (one.service_ns - one.start_ns) / NS_PER_MS for one in outages]
    return "held" if all(length is not None and length <= hold_ms for length in lengths_ms) else "dropped"


def _turns(plant: Plant, journal: Journal) -> tuple[list[Turn], int]:
    """Give what happens to terminals in order of time, late enough for traffic to have settled, and by how much."""
    one_way_ns = {(way.port, way.onu): way.one_way_ns for way in plant.ways}
    turns = []
    for outage in journal.outages:
        turns.append(Turn(outage.start_ns, outage.onu, None))
        if outage.end_ns is not None and outage.port is not None:
            # it sends so that its first burst arrives when the machines say it does, or in the next cycle
            way_ns = one_way_ns[outage.port, outage.onu]
            turns.append(Turn(outage.end_ns - way_ns, outage.onu, way_ns))
    shift_ns = max(SETTLE_NS - min((turn.time_ns for turn in turns), default=0), 0)
    moved = [Turn(turn.time_ns + shift_ns, turn.onu, turn.one_way_ns) for turn in turns]
    return sorted(moved, key=lambda turn: (turn.time_ns, turn.onu)), shift_ns


def _usual(live: LivePon, until_ns: int) -> NDArray[np.int64]:
    """Run up to the first turn; give the most that waited at each terminal in the second half of that time."""
    most = np.zeros(live.counts_up().waiting_bytes.size, np.int64)
    for time_ns in np.linspace(until_ns // 2, until_ns, 50).astype(np.int64).tolist():
        live.advance(time_ns)
        most = np.maximum(most, live.counts_up().waiting_bytes)
    return most


class Watch:
    """Carries packets on and looks every half millisecond whether those who are back have emptied their queues."""

    def __init__(self, live: LivePon, usual_bytes: NDArray[np.int64]) -> None:
        self._live, self._usual_bytes = live, usual_bytes
        self._back_ns: dict[int, int] = {}  # who is back and still has more waiting than usual
        self.backlog_bytes: dict[int, int] = {}
        self.drained_ms: dict[int, float] = {}

    def turn(self, turn: Turn) -> None:
        """Darken a terminal, or light it on its way."""
        live = self._live
        if turn.one_way_ns is None:
            live.go_dark(turn.onu, cut_way_ns=0)
            self._back_ns.pop(turn.onu, None)
            self.drained_ms.pop(turn.onu, None)
            return
        waiting = int(live.counts_up().waiting_bytes[turn.onu])
        self.backlog_bytes[turn.onu] = max(self.backlog_bytes.get(turn.onu, 0), waiting)
        live.change_way(turn.onu, turn.one_way_ns)
        live.go_lit(turn.onu)
        self._back_ns[turn.onu] = turn.time_ns

    def advance(self, until_ns: int, *, until_drained: bool = False) -> None:
        """Carry on to a time, or until everybody who is back has drained."""
        live = self._live
        while self._back_ns and live.now_ns < until_ns:
            live.advance(min(live.now_ns + STEP_NS, until_ns))
            up = live.counts_up()
            for onu, back_ns in list(self._back_ns.items()):
                if up.first_heard_ns[onu] >= 0 and up.waiting_bytes[onu] <= self._usual_bytes[onu]:
                    self.drained_ms[onu] = (live.now_ns - back_ns) / NS_PER_MS
                    del self._back_ns[onu]
        if not until_drained:
            live.advance(until_ns)


def group_scenario(plant: Plant, scenario: FaultScenario) -> Scenario:
    """Give a group of a design as a bare PON that carries a fault scenario's traffic at every terminal."""
    lengths: dict[int, float] = {}
    for way in plant.ways:
        lengths.setdefault(way.onu, way.one_way_ns / FIBRE_NS_PER_M / 1000.0)
    everywhere = [source.model_copy(update={"onus": None}) for source in scenario.source]
    return Scenario(
        technology=plant.technology,
        onus=len(plant.onus),
        distances_km=[lengths[onu] for onu in range(len(plant.onus))],
        dba=scenario.dba,
        tcont=[tcont.model_copy(update={"onus": None}) for tcont in scenario.tcont],
        source=everywhere,
        downstream=scenario.downstream,
        run=scenario.run,
    )
