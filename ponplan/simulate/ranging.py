"""Activation of GPON and XG(S)-PON (G.984.3 clause 10): serial numbers, ONU-ID, ranging, equalisation delay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ponplan.simulate.activation import Answer, Diary, Fibre, heard, random_delay_ns

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import numpy as np
    import simpy

    from ponplan.framing import BurstLayout
    from ponplan.framing.items import ItemTable


@dataclass(frozen=True, slots=True, kw_only=True)
class RangingTimes:
    """The times of the protocol."""

    frame_ns: int
    sync_ns: int
    response_ns: int
    serial_window_ns: int
    serial_random_ns: int
    ranging_window_ns: int
    message_ns: int  # all copies of one message, one a frame
    processing_ns: int
    equalised_ns: int
    burst_ns: int  # one PLOAM message with its overhead


def ranging_times(items: ItemTable, layout: BurstLayout) -> RangingTimes:
    """Read the times from the catalogue's frame items."""
    burst_bytes = layout.uncoded_bytes + layout.header_bytes + layout.ploam_bytes + layout.trailer_bytes
    return RangingTimes(
        frame_ns=layout.frame_ns,
        sync_ns=items["sync_frames"] * layout.frame_ns,
        response_ns=items["onu_response"],
        serial_window_ns=items["serial_window"],
        serial_random_ns=items["serial_random"],
        ranging_window_ns=items["ranging_window"],
        message_ns=items["ploam_copies"] * layout.frame_ns,
        processing_ns=items["ploam_processing"],
        equalised_ns=items["equalised_round_trip"],
        burst_ns=-(-burst_bytes * layout.frame_ns // layout.frame_bytes),
    )


class RangingOlt:
    """The OLT's part: serial-number rounds until a round brings nobody new, then ranging one by one.

    Overheads are announced first. ONUs that collided answer again in the next round with new random delays.
    """

    def __init__(self, fibre: Fibre, times: RangingTimes, rng: np.random.Generator) -> None:
        self._fibre, self._times, self._rng = fibre, times, rng

    def activate(
        self, env: simpy.Environment, diary: Diary, onus: Sequence[int] | None = None
    ) -> Generator[simpy.Event, Any, None]:
        """Bring every ONU (or the given ones) up from darkness; all are switched on at the start."""
        times = self._times
        yield env.timeout(times.sync_ns + times.message_ns + times.processing_ns)
        unknown = list(range(self._fibre.num_onus) if onus is None else onus)
        for onu in unknown:
            diary.note(env, onu, "synchronised")
        while unknown:
            alone, collided = heard([self._answer(env, onu, random=True) for onu in unknown])
            yield env.timeout(self._round_ns(times.serial_window_ns))
            for answer in collided:
                diary.note(env, answer.onu, "collided")
            for answer in alone:
                diary.note(env, answer.onu, "identified")
                unknown.remove(answer.onu)
            if alone:
                # Assign_ONU-ID of each, one after the other; the last one's processing covers the others'
                yield env.timeout(times.message_ns * len(alone) + times.processing_ns)
            for answer in alone:
                yield from self.range_onu(env, diary, answer.onu)

    def range_onu(self, env: simpy.Environment, diary: Diary, onu: int) -> Generator[simpy.Event, Any, None]:
        """Measure one ONU's round trip and tell it its equalisation delay; other code re-ranges by this too."""
        times = self._times
        asked_ns = int(env.now)
        answer = self._answer(env, onu, random=False)
        yield env.timeout(self._round_ns(times.ranging_window_ns))
        round_trip_ns = answer.start_ns - asked_ns
        equalisation_ns = times.equalised_ns - round_trip_ns
        diary.note(env, onu, "ranged", round_trip_ns)
        yield env.timeout(times.message_ns + times.processing_ns)
        diary.note(env, onu, "operational", equalisation_ns)

    def _answer(self, env: simpy.Environment, onu: int, *, random: bool) -> Answer:
        wait_ns = random_delay_ns(self._rng, self._times.serial_random_ns) if random else 0
        sent_ns = int(env.now) + self._fibre.one_way_ns(onu) + self._times.response_ns + wait_ns
        return self._fibre.answer(onu, sent_ns=sent_ns, burst_ns=self._times.burst_ns)

    def _round_ns(self, window_ns: int) -> int:
        """Give when a window is over: it opens after the shortest response and closes in whole frames."""
        over_ns = self._times.response_ns + window_ns + self._times.burst_ns
        return -(-over_ns // self._times.frame_ns) * self._times.frame_ns
