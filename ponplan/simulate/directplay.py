"""Play a direct fibre: both directions are streams of frames that nothing but each other makes wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.framing import direct_layout
from ponplan.framing.items import ItemTable
from ponplan.scenario import Scenario
from ponplan.scenario.pon import DownstreamSettings, RunSettings
from ponplan.simulate.demand import BOTH, make_flow_traffic
from ponplan.simulate.directions import bring_in_all
from ponplan.simulate.down import DownState, advance_ethernet_down
from ponplan.simulate.downward import make_down
from ponplan.simulate.uses import stream_uses
from ponplan.units import FIBRE_NS_PER_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.framing import EthernetDown
    from ponplan.simulate.ports import PortPlan
    from ponplan.simulate.recorder import Recorder


class LiveDirect:
    """The live state of one direct fibre; a direction without traffic has none."""

    def __init__(self, plan: PortPlan, *, window_ns: tuple[int, int]) -> None:
        self._layout: EthernetDown = direct_layout(ItemTable(plan.technology.id, plan.frame_items))
        self._now_ns = 0
        scenario = Scenario(
            technology=plan.technology.id,
            onus=len(plan.onus),
            distance_km=0.0,
            downstream=DownstreamSettings(scheduler="priority"),
            run=RunSettings(seconds=plan.seconds, seed=plan.seed),
        )
        one_way_ns = np.rint(np.array(plan.lengths_m) * FIBRE_NS_PER_M).astype(np.int64)
        up_rng, down_rng = np.random.default_rng([plan.seed, 2, plan.number]).spawn(2)
        self.queues: dict[str, tuple[int, ...]] = {}
        self._states: dict[str, DownState] = {}
        for way, rng in zip(BOTH, (up_rng, down_rng), strict=True):
            traffic, self.queues[way] = make_flow_traffic(
                plan.flows,
                way,
                num_onus=len(plan.onus),
                mac_bps=float(self._layout.line.mac_bps),
                seconds=plan.seconds,
                has_tconts=False,
                loop_hz=plan.loop_hz,
            )
            if traffic.feeds:
                self._states[way] = make_down(scenario, self._layout, traffic, one_way_ns, rng, window_ns=window_ns)

    def advance(self, until_ns: int) -> None:
        """Send everything that starts before a time."""
        self._now_ns = until_ns
        for state in self._states.values():
            advance_ethernet_down(state, until_ns)

    def finish(self) -> None:
        """Bring in what arrived before now."""
        for state in self._states.values():
            bring_in_all(state.queues, state.sources, state.recorder, self._now_ns - 1)

    @property
    def recorders(self) -> Mapping[str, Recorder | None]:
        """What was noted of each direction."""
        return {way: self._states[way].recorder if way in self._states else None for way in BOTH}

    def uses(self, way: str) -> dict[str, float]:
        """Give what the line was used for, in nanoseconds."""
        return stream_uses(self._layout, self._states[way]) if way in self._states else {}
