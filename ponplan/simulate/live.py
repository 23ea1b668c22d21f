"""A PON that runs: both directions carried on from one control event to the next, ONUs darkened and moved between.

`simulate_traffic` plays scenarios by it, and whoever plays faults owns one: start it, advance it, change it, count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import ScenarioError
from ponplan.framing import BurstLayout
from ponplan.simulate import cells, epon, frameline, frames, ways
from ponplan.simulate.arrivals import NEVER
from ponplan.simulate.bare import BarePon, make_bare_pon
from ponplan.simulate.directions import Logs, advance_down, advance_up, bring_in_all, make_lower, make_up
from ponplan.simulate.frame_policies import FRAME_POLICY_FUNCTIONS
from ponplan.simulate.framed import RESPONSE_NS
from ponplan.simulate.ipact import IPACT_POLICIES
from ponplan.simulate.onucounts import OnuCounts, onu_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.scenario import Scenario
    from ponplan.simulate.directions import DownState, UpState
    from ponplan.simulate.policies import Policy

FINISH_NS = 1_000_000  # an upstream frame that began before the end has arrived by then
PIECE_NS = 20_000_000  # both directions go hand in hand in pieces of this length
FOREVER_NS = (0, int(NEVER))


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
            self.up = make_up(pon, up_rng, window_ns, logs, room, farthest_ns)
        if pon.down_traffic.feeds:
            self.down = make_lower(pon, down_rng, window_ns, logs, room)
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
        return onu_counts(self.pon, self.up, self.pon.up_traffic.keys)

    def counts_down(self) -> OnuCounts:
        """Give the downstream so far, `lag_ns` behind."""
        return onu_counts(self.pon, self.down, self.pon.down_traffic.keys)

    @property
    def _up_ways(self) -> NDArray[np.int64] | None:
        return None if self.up is None else self.up.ways

    @property
    def _down_ways(self) -> NDArray[np.int64] | None:
        return None if self.down is None else self.down.ways

    def _send_down(self, until_ns: int) -> None:
        if self.down is not None and until_ns > self._down_ns:
            self._down_ns = until_ns
            advance_down(self.pon, self.up, self.down, until_ns)
