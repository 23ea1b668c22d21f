"""What customers' services send over a PON: flows with rates and promises, and T-CONTs or priorities for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ponplan.framing import IPACT_TRIMODAL
from ponplan.framing.circuits import EMULATED_FRAMES
from ponplan.framing.sizes import mean_bytes
from ponplan.scenario import SourceSettings
from ponplan.simulate.circuits import Packing, pack
from ponplan.simulate.flowtconts import tcont_types
from ponplan.simulate.traffic import QueueKey, Traffic
from ponplan.simulate.watch import AT_ARRIVAL, AT_DELIVERY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue.model import Service, Technology

HURST = 0.8  # of each bursty customer: Leland et al. 1994 find 0.7 to 0.9
BURST_PACKETS = 20.0
BUFFER_SECONDS = 0.05  # at peak rate, a customary switch buffer
LEAST_BUFFER_BYTES = 64_000
BOTH = ("up", "down")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One service of one customer at one terminal, in both directions; rates are those of all it has of it.

    `mean_bps` is what `check` reckons for the busy hour: committed, and the part of the peak above it divided by
    the area's oversubscription.
    """

    customer: str
    service: str
    onu: int  # place on its port
    tcont_type: int
    committed_bps: dict[str, float]
    peak_bps: dict[str, float]
    mean_bps: dict[str, float]
    streams: int
    packet_bytes: int | None
    is_bursty: bool
    max_delay_ms: float
    max_loss: float
    buffer_factor: float = 1.0
    packing: Packing | None = None  # of circuits

    @property
    def packing_ms(self) -> float | None:
        """Time to fill a packet of circuits; None for other services."""
        return None if self.packing is None else self.packing.interval_ns / 1e6

    @property
    def mean_packet_bytes(self) -> float:
        """Mean over packets."""
        return float(self.packet_bytes or mean_bytes(IPACT_TRIMODAL))


def make_flow(
    service: Service,
    technology: Technology,
    *,
    customer: str,
    onu: int,
    count: float,
    factor: float,
    oversubscription: float,
) -> Flow:
    """Give the flow of so many of a service, its rates grown by a factor; circuits as the technology carries them."""
    scale, packet_bytes, packing = count * factor, service.packet_bytes, None
    committed = {"up": service.committed_up_bps * scale, "down": service.committed_down_bps * scale}
    peak = {"up": service.peak_up_bps * scale, "down": service.peak_down_bps * scale}
    if service.e1_circuits:
        packing = pack(technology, circuits=service.e1_circuits * scale, frames=EMULATED_FRAMES)
        packet_bytes = packing.packet_bytes
        committed = peak = dict.fromkeys(BOTH, packing.rate_mbps * 1e6)
    return Flow(
        customer=customer,
        service=service.id,
        onu=onu,
        tcont_type=service.tcont_type,
        committed_bps=committed,
        peak_bps=peak,
        mean_bps={way: committed[way] + max(0.0, peak[way] - committed[way]) / oversubscription for way in BOTH},
        streams=max(1, round(count)),
        packet_bytes=packet_bytes,
        packing=packing,
        is_bursty=service.traffic == "bursty",
        max_delay_ms=service.max_delay_ms,
        max_loss=service.max_loss,
    )


def source_of(flow: Flow, way: str) -> SourceSettings:
    """Give the source that sends a flow: evenly, or as an aggregate of on-off streams at the peak rate of one."""
    rate_mbps, peak_mbps = flow.mean_bps[way] / 1e6, flow.peak_bps[way] / flow.streams / 1e6
    packets: int | Literal["trimodal"] = flow.packet_bytes or "trimodal"
    buffer_bytes = round(
        max(LEAST_BUFFER_BYTES, flow.peak_bps[way] * BUFFER_SECONDS / 8) * flow.buffer_factor
    )  # fmt: skip
    if flow.is_bursty and rate_mbps < 0.99 * flow.streams * peak_mbps:
        return SourceSettings(
            kind="pareto", rate_mbps=rate_mbps, peak_mbps=peak_mbps, streams=min(flow.streams, 1024), hurst=HURST,
            mean_burst_packets=BURST_PACKETS, packet_bytes=packets, buffer_bytes=buffer_bytes,
        )  # fmt: skip
    return SourceSettings(kind="cbr", rate_mbps=rate_mbps, packet_bytes=packets, buffer_bytes=buffer_bytes)


def make_flow_traffic(
    flows: Sequence[Flow],
    way: str,
    *,
    num_onus: int,
    mac_bps: float,
    seconds: float,
    has_tconts: bool,
    loop_hz: float,
) -> tuple[Traffic, tuple[int, ...]]:
    """Give one direction's queues, one for each flow, and the queue of each flow.

    In a T-CONT, or at an LLID, the flow with the tighter promise goes first, of equals the smaller.
    """
    types = tcont_types(flows, num_onus)
    urgency = [(flow.onu, flow.tcont_type, flow.max_delay_ms, flow.mean_bps[way]) for flow in flows]
    ranked = sorted(range(len(flows)), key=lambda f: (urgency[f], f))
    ranks: dict[tuple[int, int], int] = {}
    keys: list[tuple[int, int, int, int]] = []
    for f in ranked:
        flow = flows[f]
        tcont = types[flow.onu].index(flow.tcont_type) if has_tconts else 0
        rank = ranks.get((flow.onu, tcont), 0)
        ranks[flow.onu, tcont] = rank + 1
        keys.append((flow.onu, tcont, rank, f))
    keys += [
        (onu, tcont, 0, -1)
        for onu in range(num_onus)
        for tcont in range(len(types[onu]) if has_tconts else 1)
        if (onu, tcont) not in ranks
    ]
    keys.sort()
    place = {f: q for q, (_, _, _, f) in enumerate(keys) if f >= 0}
    feeds = [(q, source_of(flows[f], way)) for f, q in place.items() if flows[f].mean_bps[way] > 0.0]
    sources = dict(feeds)
    packed = {q: packing for f, q in sorted(place.items()) if q in sources and (packing := flows[f].packing)}
    traffic = Traffic(
        keys=tuple(
            # downstream the OLT's priorities hold across terminals, so they follow the type
            QueueKey(onu=onu, tcont=tcont, priority=rank if way == "up" or f < 0 else flows[f].tcont_type - 1)
            for onu, tcont, rank, f in keys
        ),
        buffer_bytes=np.array([_buffer(sources.get(q)) for q in range(len(keys))], np.int64),
        feeds=tuple(sorted(feeds, key=lambda feed: feed[0])),
        traces={},
        mac_bps=mac_bps,
        seconds=seconds,
        num_onus=num_onus,
        by_queue=True,
        count_at=AT_DELIVERY if way == "up" else AT_ARRIVAL,
        aal1_queues=tuple(sorted(q for q, packing in packed.items() if packing.is_aal1)),
        circuit_queues={q: (packing.packets, packing.interval_ns / packing.packets) for q, packing in packed.items()},
        loop_hz=loop_hz,
    )
    return traffic, tuple(place[f] for f in range(len(flows)))


def _buffer(source: SourceSettings | None) -> int:
    """Give a queue's room; one that nothing feeds has the least."""
    return LEAST_BUFFER_BYTES if source is None or source.buffer_bytes is None else source.buffer_bytes
