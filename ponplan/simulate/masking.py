"""Activation of APON (G.983.1 clause 8.4): serial numbers found by a tree of masks, then ranging one by one.

The OLT sends a mask of so many bits and opens a window; every unknown ONU whose serial number ends so answers, with
no random delay. Where answers collide, both masks that are a bit longer follow; an ONU that was heard alone is given
its number and ranged at once. The tree ends, so that two ONUs at the same distance are told apart too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ponplan.simulate.activation import heard
from ponplan.simulate.ranging import RangingOlt, RangingTimes

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import simpy

    from ponplan.framing import AtmDown, AtmUp
    from ponplan.framing.items import ItemTable
    from ponplan.simulate.activation import Diary

SERIAL_BITS = 63  # a serial number has 64; one bit fewer fits a signed integer


def masking_times(items: ItemTable, up: AtmUp, down: AtmDown) -> RangingTimes:
    """Read the times from the catalogue's frame items; messages ride in management cells, one each."""
    slot_ns = down.adaptation.cell_bytes * 8e9 / down.line_bps
    frame_ns = round(down.slots * slot_ns)
    burst_bytes = up.adaptation.cell_bytes + up.slot_overhead_bytes
    return RangingTimes(
        frame_ns=frame_ns,
        sync_ns=items["sync_frames"] * frame_ns,
        response_ns=items["onu_response"],
        serial_window_ns=items["ranging_window"],  # nobody waits at random
        serial_random_ns=0,
        ranging_window_ns=items["ranging_window"],
        message_ns=round(items["ploam_copies"] * down.ploam_spacing_slots * slot_ns),
        processing_ns=items["ploam_processing"],
        equalised_ns=items["equalised_round_trip"],
        burst_ns=-(-burst_bytes * 8_000_000_000 // up.line_bps),
    )


class MaskingOlt(RangingOlt):
    """The OLT's part: a walk through the tree of masks, the shorter one of two first."""

    def activate(
        self, env: simpy.Environment, diary: Diary, onus: Sequence[int] | None = None
    ) -> Generator[simpy.Event, Any, None]:
        """Bring every ONU (or the given ones) up from darkness; all are switched on at the start."""
        times = self._times
        yield env.timeout(times.sync_ns + times.message_ns + times.processing_ns)
        unknown = list(range(self._fibre.num_onus) if onus is None else onus)
        serials = {onu: int(self._rng.integers(0, 1 << SERIAL_BITS)) for onu in unknown}
        for onu in unknown:
            diary.note(env, onu, "synchronised")
        masks = [(0, 0)]  # bits and what they are
        while masks and unknown:
            bits, ending = masks.pop()
            yield env.timeout(times.message_ns + times.processing_ns)
            asked = [onu for onu in unknown if serials[onu] & ((1 << bits) - 1) == ending]
            alone, collided = heard([self._answer(env, onu, random=False) for onu in asked])
            yield env.timeout(self._round_ns(times.serial_window_ns))
            for answer in collided:
                diary.note(env, answer.onu, "collided")
            if collided and bits < SERIAL_BITS:
                masks += [(bits + 1, ending | 1 << bits), (bits + 1, ending)]
            for answer in alone:
                diary.note(env, answer.onu, "identified")
                unknown.remove(answer.onu)
                yield env.timeout(times.message_ns + times.processing_ns)
                yield from self.range_onu(env, diary, answer.onu)
