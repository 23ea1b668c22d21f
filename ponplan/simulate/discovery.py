"""Activation of EPON (MPCP discovery): discovery GATE, REGISTER_REQ, REGISTER and GATE, REGISTER_ACK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ponplan.simulate.activation import Answer, Diary, Fibre, heard, random_delay_ns

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import numpy as np
    import simpy

    from ponplan.framing import EthernetUp
    from ponplan.framing.items import ItemTable


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryTimes:
    """The times of the protocol."""

    window_ns: int
    interval_ns: int
    processing_ns: int
    message_ns: int
    burst_ns: int  # one message with laser, gain and clock around it


def discovery_times(items: ItemTable, layout: EthernetUp) -> DiscoveryTimes:
    """Read the times from the catalogue's frame items."""
    message_bytes = layout.line.line_bytes(layout.line.message_bytes)
    message_ns = -(-message_bytes * 8_000_000_000 // layout.line.mac_bps)
    return DiscoveryTimes(
        window_ns=items["discovery_window"],
        interval_ns=items["discovery_interval"],
        processing_ns=items["mpcp_processing"],
        message_ns=message_ns,
        burst_ns=message_ns + layout.guard_ns,
    )


class DiscoveryOlt:
    """The OLT's part: a discovery window every interval, answered at random instants by unregistered ONUs."""

    def __init__(self, fibre: Fibre, times: DiscoveryTimes, rng: np.random.Generator) -> None:
        self._fibre, self._times, self._rng = fibre, times, rng

    def activate(
        self, env: simpy.Environment, diary: Diary, onus: Sequence[int] | None = None
    ) -> Generator[simpy.Event, Any, None]:
        """Register every ONU (or the given ones); all are switched on at the start."""
        times = self._times
        unknown = list(range(self._fibre.num_onus) if onus is None else onus)
        while unknown:
            opened_ns = env.now
            answers = [self._answer(env, onu) for onu in unknown]
            alone, collided = heard(answers)
            yield env.timeout(times.message_ns + times.processing_ns + times.window_ns)
            for answer in collided:
                diary.note(env, answer.onu, "collided")
            for answer in alone:
                unknown.remove(answer.onu)
                # the timestamp in REGISTER_REQ is the ONU's clock, which lags one way behind the OLT's
                local_ns = answer.sent_ns - self._fibre.one_way_ns(answer.onu)
                diary.note(env, answer.onu, "ranged", answer.start_ns - local_ns)
                env.process(self._register(env, diary, answer.onu))
            yield env.timeout(max(times.interval_ns - (env.now - opened_ns), 0))

    def _register(self, env: simpy.Environment, diary: Diary, onu: int) -> Generator[simpy.Event, Any, None]:
        """Send REGISTER and a GATE; the ONU's REGISTER_ACK makes it operational."""
        times = self._times
        there_ns = 2 * times.message_ns + self._fibre.one_way_ns(onu)
        yield env.timeout(there_ns)
        diary.note(env, onu, "registered")
        yield env.timeout(times.processing_ns + times.burst_ns + self._fibre.one_way_ns(onu))
        diary.note(env, onu, "operational")

    def _answer(self, env: simpy.Environment, onu: int) -> Answer:
        times, one_way_ns = self._times, self._fibre.one_way_ns(onu)
        latest_ns = max(times.window_ns - 2 * one_way_ns - times.burst_ns, 0)
        wait_ns = random_delay_ns(self._rng, latest_ns)
        sent_ns = int(env.now) + times.message_ns + times.processing_ns + one_way_ns + wait_ns
        return self._fibre.answer(onu, sent_ns=sent_ns, burst_ns=times.burst_ns)
