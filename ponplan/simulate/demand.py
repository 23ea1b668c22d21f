"""What customers' services send over a PON: flows with rates and promises, and T-CONTs or priorities for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ponplan.framing import IPACT_TRIMODAL
from ponplan.framing.sizes import mean_bytes
from ponplan.scenario import SourceSettings, TcontSettings
from ponplan.simulate.circuits import E1_BPS, Packing, pack
from ponplan.simulate.traffic import QueueKey, Traffic
from ponplan.simulate.watch import AT_ARRIVAL, AT_DELIVERY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue.model import Service, Technology
    from ponplan.framing import BurstLayout

HURST = 0.8  # of each bursty customer: Leland et al. 1994 find 0.7 to 0.9
BURST_PACKETS = 20.0
BUFFER_SECONDS = 0.05  # at peak rate, a customary switch buffer
LEAST_BUFFER_BYTES = 64_000
EMULATED_FRAMES = 8  # E1 frames in a packet of circuit emulation, the usual millisecond
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
    if service.e1_circuits:
        packing = pack(technology, circuits=max(1, round(service.e1_circuits * count)), frames=EMULATED_FRAMES)
        packet_bytes = packing.packet_bytes
        # the packets' rate, pseudowire headers included, in the place of the circuits'
        scale *= packing.rate_mbps * 1e6 / (packing.circuits * E1_BPS)
    committed = {"up": service.committed_up_bps * scale, "down": service.committed_down_bps * scale}
    peak = {"up": service.peak_up_bps * scale, "down": service.peak_down_bps * scale}
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


def tcont_types(flows: Sequence[Flow], num_onus: int) -> list[list[int]]:
    """Give the T-CONT types that each ONU needs, in order; best effort where it has no service."""
    kinds: list[set[int]] = [set() for _ in range(num_onus)]
    for flow in flows:
        kinds[flow.onu].add(flow.tcont_type)
    return [sorted(own) or [4] for own in kinds]


def make_tconts(flows: Sequence[Flow], num_onus: int, layout: BurstLayout) -> tuple[tuple[TcontSettings, ...], ...]:
    """Give each ONU one T-CONT of each type it needs, with the rates of its flows and what carries them.

    Guaranteed rates that together exceed the frame are all lowered by the same share.
    """
    types = tcont_types(flows, num_onus)
    rates = {(onu, kind): [0.0, 0.0] for onu in range(num_onus) for kind in types[onu]}
    for flow in flows:
        own = rates[flow.onu, flow.tcont_type]
        own[0] += guaranteed_bps(flow, layout)
        own[1] += flow.peak_bps["up"] * (1.0 + 2.0 * _header_bytes(layout) / flow.mean_packet_bytes)
    capacity_bps = layout.code.data_bytes(layout.frame_bytes) * 8e9 / layout.frame_ns
    guaranteed = sum(own[0] for (_, kind), own in rates.items() if kind in {1, 2, 3})
    fits = min(1.0, 0.98 * capacity_bps / guaranteed) if guaranteed > 0 else 1.0
    return tuple(
        tuple(_tcont(kind, rates[onu, kind][0] * fits / 1e6, rates[onu, kind][1] / 1e6) for kind in types[onu])
        for onu in range(num_onus)
    )


def guaranteed_bps(flow: Flow, layout: BurstLayout) -> float:
    """Give the T-CONT rate that carries a flow's committed rate and keeps its promised delay.

    Fixed bandwidth is granted in every frame: each grant begins with a header, as does each packet in it. Other
    grants answer a report, rounded up to its unit and with a header more in case a frame is cut; there is at most one
    for a packet and one for a frame of the PON. Since they grow only while something is known to wait, they need room
    to send the longest frame in half the promised delay on top.
    """
    committed_bps = flow.committed_bps["up"]
    if committed_bps <= 0.0:
        return 0.0
    header, size = _header_bytes(layout), flow.mean_packet_bytes
    per_frame = committed_bps * layout.frame_ns / 8e9
    longest = flow.packet_bytes or max(size for size, _ in IPACT_TRIMODAL)
    prompt_bps = (longest + 2 * header) * 8e3 / (0.5 * flow.max_delay_ms)
    if flow.tcont_type == 1:
        return max(committed_bps * (1.0 + header / per_frame + header / size), prompt_bps)
    asked = (header + layout.report_unit_bytes) / max(per_frame, size)
    return committed_bps * (1.0 + header / size + asked) + prompt_bps


def _header_bytes(layout: BurstLayout) -> int:
    """Give what a fragment costs at most: its header and padding."""
    return layout.encapsulation.header_bytes + layout.encapsulation.align_bytes - 1


def _tcont(kind: int, guaranteed_mbps: float, peak_mbps: float) -> TcontSettings:
    """Give a T-CONT; one that guarantees nothing is best effort."""
    most = min(max(peak_mbps, guaranteed_mbps), 1e6)
    if guaranteed_mbps <= 0.0:
        return TcontSettings(type=4, max_mbps=most or None)
    if kind == 1:
        return TcontSettings(type=1, fixed_mbps=guaranteed_mbps, max_mbps=guaranteed_mbps)
    if kind == 4:
        return TcontSettings(type=4, max_mbps=most)
    return TcontSettings(type=kind, assured_mbps=guaranteed_mbps, max_mbps=most)


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
        circuit_queues={
            q: (packing.packets, packing.packet_bytes * 8e3 / (sources[q].rate_mbps or 1.0))
            for q, packing in packed.items()
        },
        loop_hz=loop_hz,
    )
    return traffic, tuple(place[f] for f in range(len(flows)))


def _buffer(source: SourceSettings | None) -> int:
    """Give a queue's room; one that nothing feeds has the least."""
    return LEAST_BUFFER_BYTES if source is None or source.buffer_bytes is None else source.buffer_bytes
