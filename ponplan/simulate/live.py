"""A PON that runs: both directions carried on from one control event to the next, ONUs darkened and moved between.

`simulate_traffic` plays scenarios by it, and whoever plays faults owns one: start it, advance it, change it, count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from ponplan.errors import ScenarioError
from ponplan.framing import AtmDown, AtmUp, BurstLayout, EthernetDown, EthernetUp
from ponplan.simulate import cells, down, epon, frameline, frames, ways
from ponplan.simulate import recorder as rec
from ponplan.simulate.arrivals import NEVER
from ponplan.simulate.bare import BarePon, make_bare_pon
from ponplan.simulate.celled import make_cells, make_cells_down
from ponplan.simulate.downward import make_down
from ponplan.simulate.frame_policies import FRAME_POLICY_FUNCTIONS
from ponplan.simulate.framed import RESPONSE_NS, make_frames
from ponplan.simulate.ipact import IPACT_POLICIES
from ponplan.simulate.polled import make_epon
from ponplan.simulate.queues import HEAD, TAIL, USED_BYTES, Queues, bring_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.scenario import Scenario
    from ponplan.simulate.arrivals import Sources
    from ponplan.simulate.policies import Policy
    from ponplan.simulate.recorder import Recorder

FINISH_NS = 1_000_000  # an upstream frame that began before the end has arrived by then
PIECE_NS = 20_000_000  # both directions go hand in hand in pieces of this length
FOREVER_NS = (0, int(NEVER))
UpState = epon.EponState | frames.FrameState | cells.CellState
DownState = down.DownState | cells.CellDownState


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """How many rows of what to keep, from the end of the warm-up on."""

    packets: int = 0
    bursts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OnuCounts:
    """One direction so far, one entry per ONU.

    lost_packets
        All that were lost; `cut_packets` of them on the fibre, by darkness or a changed way, the others at full
        buffers.
    waiting_packets
        What waits, as far as arrivals were brought in: at an ONU, up to its last burst.
    first_heard_ns
        When the first burst (upstream) or packet (downstream) had been received since the ONU was last lit, or
        `listen` was called; -1 if none was.
    """

    offered_packets: NDArray[np.int64]
    offered_bytes: NDArray[np.int64]
    carried_packets: NDArray[np.int64]
    carried_bytes: NDArray[np.int64]
    lost_packets: NDArray[np.int64]
    lost_bytes: NDArray[np.int64]
    cut_packets: NDArray[np.int64]
    cut_bytes: NDArray[np.int64]
    waiting_packets: NDArray[np.int64]
    waiting_bytes: NDArray[np.int64]
    first_heard_ns: NDArray[np.int64]


def start_pon(
    scenario: Scenario,
    catalogue: Catalogue,
    *,
    policy: Policy | None = None,
    replication: int = 0,
    farthest_one_way_ns: int = 0,
) -> LivePon:
    """Give a PON at time zero, lit, with the scenario's traffic; how long it runs is up to the caller.

    Queues have room for what the scenario's `run.seconds` brings. `farthest_one_way_ns` is the longest way that
    will ever be taken: GPON and its successors equalise for it.

    Raises
    ------
    ScenarioError
        If the scenario does not fit its technology.
    """
    pon = make_bare_pon(scenario, catalogue, own_policy=policy is not None)
    return LivePon(
        pon,
        policy if policy is not None else policy_function(pon),
        replication=replication,
        farthest_one_way_ns=farthest_one_way_ns,
    )


def policy_function(pon: BarePon) -> Policy:
    """Give the shipped policy that the scenario names."""
    if not isinstance(pon.up, BurstLayout):
        return IPACT_POLICIES.get(pon.policy, IPACT_POLICIES["gated"])
    return FRAME_POLICY_FUNCTIONS[pon.policy]


class LivePon:
    """The live state of one PON; the result does not depend on the pieces in which it is advanced.

    With traffic in one direction only, only that direction moves: downstream without GATEs and map entries. The
    downstream is played up to `lag_ns` behind `now_ns`, so that whatever is cut was not yet counted as received.
    """

    def __init__(
        self,
        pon: BarePon,
        policy: Policy,
        *,
        replication: int = 0,
        window_ns: tuple[int, int] = FOREVER_NS,
        logs: Logs | None = None,
        farthest_one_way_ns: int = 0,
    ) -> None:
        logs = logs or Logs()
        self.pon, self._policy = pon, policy
        self.now_ns, self._down_ns = 0, 0
        both = bool(pon.up_traffic.feeds) and bool(pon.down_traffic.feeds)
        room = 16 * PIECE_NS // 1000 if both else 0
        up_rng, down_rng = np.random.default_rng([pon.scenario.run.seed, 2, replication]).spawn(2)
        farthest_ns = max(farthest_one_way_ns, int(pon.one_way_ns.max()))
        self.up: UpState | None = None
        self.down: DownState | None = None
        if both or not pon.down_traffic.feeds:
            self.up = _make_up(pon, up_rng, window_ns, logs, room, farthest_ns)
        if pon.down_traffic.feeds:
            self.down = _make_down(pon, down_rng, window_ns, logs, room)
        self.lag_ns = farthest_ns
        if isinstance(self.up, frames.FrameState):
            # a frame's map is known once the upstream frame it belongs to has been played
            self.lag_ns = int(self.up.line[frameline.EQUALISED_NS]) + 2 * int(self.up.line[frameline.FRAME_NS])

    def advance(self, until_ns: int) -> None:
        """Carry the PON on: every burst that has reached the OLT in full by then is done."""
        step_ns = PIECE_NS if self.up is not None and self.down is not None else max(until_ns - self.now_ns, 1)
        for piece_ns in range(self.now_ns, until_ns, step_ns):
            self.now_ns = min(piece_ns + step_ns, until_ns)
            if self.up is not None:
                advance_up(self.up, self.now_ns, self._policy)
            self._send_down(self.now_ns - self.lag_ns)

    def finish(self) -> None:
        """Do what began before now, in both directions, and bring in what arrived before now."""
        end_ns = self.now_ns
        if isinstance(self.up, epon.EponState):
            start_ns, burst_end_ns = epon.next_burst(self.up)
            if start_ns < end_ns:
                advance_up(self.up, int(burst_end_ns), self._policy)
        elif self.up is not None:
            advance_up(self.up, end_ns + FINISH_NS, self._policy)
        self._send_down(end_ns)
        for state in (self.up, self.down):
            if state is not None:
                bring_in_all(state.queues, state.sources, state.recorder, end_ns - 1)

    def go_dark(self, onu: int, *, cut_way_ns: int | None = None) -> None:
        """Switch an ONU's light off from now on; cutting the fibre so far (in time) from the OLT, or at the ONU.

        A burst that crosses the cut is lost, as is every packet downstream that has not passed it. The OLT goes on
        polling and sending.
        """
        for table, darken in ((self._up_ways, ways.darken_up), (self._down_ways, ways.darken_down)):
            if table is not None and not ways.is_dark(table[onu]):
                darken(
                    table[onu], self.now_ns, int(table[onu, ways.ONE_WAY_NS]) if cut_way_ns is None else cut_way_ns
                )

    def start_dark(self, onu: int) -> None:
        """Have an ONU dark from before time zero, until it is lit."""
        for table in (self._up_ways, self._down_ways):
            if table is not None:
                ways.darken_up(table[onu], -(10**9), 0)

    def go_lit(self, onu: int) -> None:
        """Have a dark ONU send and receive again from now on."""
        for table, light in ((self._up_ways, ways.light_up), (self._down_ways, ways.light_down)):
            if table is not None and ways.is_dark(table[onu]):
                light(table[onu], self.now_ns)

    def change_way(self, onu: int, one_way_ns: int) -> None:
        """Give an ONU another way from now on, known to the OLT at once; what is under way is lost.

        Raises
        ------
        ScenarioError
            If the way is longer than the frame is equalised for; see `start_pon`.
        """
        if isinstance(self.up, frames.FrameState | cells.CellState):
            equalised_ns = frameline.EQUALISED_NS if isinstance(self.up, frames.FrameState) else cells.EQUALISED_NS
            longest_ns = (int(self.up.line[equalised_ns]) - RESPONSE_NS) // 2
            if one_way_ns > longest_ns:
                raise ScenarioError(
                    f"ONU {onu}: a way of {one_way_ns} ns is beyond the {longest_ns} ns equalised for"
                )
        for table, change in ((self._up_ways, ways.change_up), (self._down_ways, ways.change_down)):
            if table is not None and one_way_ns != table[onu, ways.ONE_WAY_NS]:
                change(table[onu], self.now_ns, one_way_ns)

    def listen(self, onu: int) -> None:
        """Note anew when the ONU is first heard, and hears, from now on."""
        for table in (self._up_ways, self._down_ways):
            if table is not None:
                table[onu, ways.LISTEN_NS], table[onu, ways.FIRST_HEARD_NS] = self.now_ns, NEVER

    def counts_up(self) -> OnuCounts:
        """Give the upstream so far."""
        return _counts(self.pon, self.up, self.pon.up_traffic.keys)

    def counts_down(self) -> OnuCounts:
        """Give the downstream so far, `lag_ns` behind."""
        return _counts(self.pon, self.down, self.pon.down_traffic.keys)

    @property
    def _up_ways(self) -> NDArray[np.int64] | None:
        return None if self.up is None else self.up.ways

    @property
    def _down_ways(self) -> NDArray[np.int64] | None:
        return None if self.down is None else self.down.ways

    def _send_down(self, until_ns: int) -> None:
        if self.down is None or until_ns <= self._down_ns:
            return
        self._down_ns = until_ns
        if isinstance(self.down, cells.CellDownState):
            cells.advance_cells_down(self.down, until_ns)
            return
        if isinstance(self.up, epon.EponState | frames.FrameState):
            _hand_over(self.up, self.down)
        if isinstance(self.pon.down, EthernetDown):
            down.advance_ethernet_down(self.down, until_ns)
        else:
            down.advance_frames_down(self.down, until_ns)


def advance_up(up: UpState, until_ns: int, policy: Policy) -> None:
    """Carry an upstream of any kind up to a time."""
    if isinstance(up, epon.EponState):
        epon.advance_epon(up, until_ns, policy)
    elif isinstance(up, cells.CellState):
        cells.advance_cells(up, until_ns)
    else:
        frames.advance_frames(up, until_ns, policy)


def _make_up(
    pon: BarePon, rng: np.random.Generator, window_ns: tuple[int, int], logs: Logs, room: int, farthest_ns: int
) -> UpState:
    if isinstance(pon.up, EthernetUp):
        return make_epon(
            pon.scenario, pon.up, pon.up_traffic, pon.one_way_ns, rng,
            window_ns=window_ns, log_packets=logs.packets, log_bursts=logs.bursts, log_gates=room,
            down=pon.down if isinstance(pon.down, EthernetDown) else None, other_layouts=pon.other_layouts,
        )  # fmt: skip
    if isinstance(pon.up, AtmUp):
        return make_cells(
            pon.scenario, pon.up, pon.up_traffic, pon.one_way_ns, rng,
            window_ns=window_ns, log_packets=logs.packets, log_bursts=logs.bursts, farthest_ns=farthest_ns,
        )  # fmt: skip
    return make_frames(
        pon.scenario, pon.up, pon.up_traffic, pon.one_way_ns, rng,
        window_ns=window_ns, log_packets=logs.packets, log_bursts=logs.bursts, log_maps=room, farthest_ns=farthest_ns,
        tconts=pon.tconts,
    )  # fmt: skip


def _make_down(
    pon: BarePon, rng: np.random.Generator, window_ns: tuple[int, int], logs: Logs, room: int
) -> DownState:
    if isinstance(pon.down, AtmDown):
        return make_cells_down(
            pon.scenario, pon.down, pon.down_traffic, pon.one_way_ns, rng,
            window_ns=window_ns, log_packets=logs.packets,
        )  # fmt: skip
    return make_down(
        pon.scenario, pon.down, pon.down_traffic, pon.one_way_ns, rng,
        window_ns=window_ns, log_packets=logs.packets, num_control=room,
    )  # fmt: skip


def _hand_over(up: epon.EponState | frames.FrameState, lower: down.DownState) -> None:
    """Pass the upstream's GATE times or map sizes to the downstream."""
    count = frames.MAPS_LOGGED
    log = up.gates_ns if isinstance(up, epon.EponState) else up.map_entries
    new = int(up.clock[count])
    waiting = lower.control[lower.clock[down.CONTROL_DONE] : lower.clock[down.CONTROL_KNOWN]].copy()
    if waiting.size + new > lower.control.size or new == log.size:
        raise MemoryError("more grants in a piece than the downstream has room for")
    lower.control[: waiting.size] = waiting
    lower.control[waiting.size : waiting.size + new] = log[:new]
    lower.clock[down.CONTROL_DONE], lower.clock[down.CONTROL_KNOWN] = 0, waiting.size + new
    up.clock[count] = 0


@njit(cache=True)
def bring_in_all(queues: Queues, sources: Sources, recorder: Recorder, until_ns: int) -> None:
    """Put what has arrived by a time into all queues."""
    for q in range(queues.next_ns.size):
        bring_in(queues, sources, recorder, q, until_ns)


def _counts(pon: BarePon, state: UpState | DownState | None, keys: tuple[object, ...]) -> OnuCounts:
    num = pon.scenario.onus
    per_onu = np.zeros((num, rec.NUM_COUNTS + 2), np.int64)
    heard_ns = np.full(num, -1)
    if state is not None:
        ints = state.queues.ints
        waiting = np.column_stack([ints[:, TAIL] - ints[:, HEAD], ints[:, USED_BYTES]])
        onus = [key.onu for key in keys]  # type: ignore[attr-defined]
        np.add.at(per_onu, onus, np.column_stack([state.recorder.counts, waiting]))
        first_ns = state.ways[:, ways.FIRST_HEARD_NS]
        heard_ns = np.where(first_ns == NEVER, -1, first_ns)
    return OnuCounts(
        offered_packets=per_onu[:, rec.OFFERED_PACKETS],
        offered_bytes=per_onu[:, rec.OFFERED_BYTES],
        carried_packets=per_onu[:, rec.CARRIED_PACKETS],
        carried_bytes=per_onu[:, rec.CARRIED_BYTES],
        lost_packets=per_onu[:, rec.LOST_PACKETS],
        lost_bytes=per_onu[:, rec.LOST_BYTES],
        cut_packets=per_onu[:, rec.BROKEN_PACKETS],
        cut_bytes=per_onu[:, rec.BROKEN_BYTES],
        waiting_packets=per_onu[:, -2],
        waiting_bytes=per_onu[:, -1],
        first_heard_ns=heard_ns,
    )
