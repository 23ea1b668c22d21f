"""T-CONTs for what customers' services send: how much each is guaranteed, and what gives way if that is too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.framing import IPACT_TRIMODAL
from ponplan.scenario import TcontSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.framing import BurstLayout
    from ponplan.simulate.demand import Flow

FIXED_TYPE = 1
USABLE_SHARE = 0.98  # of what a frame holds beside the bursts' own needs: the rest finds stray reports room


@dataclass(slots=True)
class _Rates:
    """What one T-CONT is to be guaranteed, in order of importance, and its peak; bit/s."""

    fixed_bps: float = 0.0
    carrying_bps: float = 0.0  # committed rates and their headers
    prompting_bps: float = 0.0  # rounded reports, and what keeps delays short
    peak_bps: float = 0.0


def tcont_types(flows: Sequence[Flow], num_onus: int) -> list[list[int]]:
    """Give the T-CONT types that each ONU needs, in order; best effort where it has no service."""
    kinds: list[set[int]] = [set() for _ in range(num_onus)]
    for flow in flows:
        kinds[flow.onu].add(flow.tcont_type)
    return [sorted(own) or [4] for own in kinds]


def make_tconts(flows: Sequence[Flow], num_onus: int, layout: BurstLayout) -> tuple[tuple[TcontSettings, ...], ...]:
    """Give each ONU one T-CONT of each type it needs, with the rates of its flows and what carries them.

    Guarantees that together exceed the frame are lowered: first what makes assured bandwidth prompt, then what
    carries it, fixed bandwidth last; and assured T-CONTs may then have what others leave (type 3).
    """
    types = tcont_types(flows, num_onus)
    rates = {(onu, kind): _Rates() for onu in range(num_onus) for kind in types[onu]}
    for flow in flows:
        _add(rates[flow.onu, flow.tcont_type], flow, layout)
    left = USABLE_SHARE * _room_bps(rates, types, layout)
    shares = []
    for level in ("fixed_bps", "carrying_bps", "prompting_bps"):
        wanted = sum(getattr(own, level) for own in rates.values())
        shares.append(min(1.0, left / wanted) if wanted > 0.0 else 1.0)
        left = max(left - wanted, 0.0)
    return tuple(tuple(_tcont(kind, rates[onu, kind], shares) for kind in types[onu]) for onu in range(num_onus))


def _room_bps(rates: dict[tuple[int, int], _Rates], types: Sequence[Sequence[int]], layout: BurstLayout) -> float:
    """Give what a frame holds for T-CONTs when every ONU with fixed bandwidth sends in it."""
    onus = {onu for (onu, _), own in rates.items() if own.fixed_bps > 0.0} or {0}
    coded_bytes = layout.frame_bytes - len(onus) * (layout.uncoded_bytes + layout.grant_unit_bytes - 1)
    reports = sum(len(types[onu]) for onu in onus) * layout.report_bytes
    heads = len(onus) * (layout.header_bytes + layout.trailer_bytes)
    return (layout.code.data_bytes(coded_bytes) - heads - reports) * 8e9 / layout.frame_ns


def _add(rates: _Rates, flow: Flow, layout: BurstLayout) -> None:
    """Add a flow to its T-CONT.

    Fixed bandwidth is granted in every frame: each grant begins with a header, as does each packet in it. Other
    grants answer a report, rounded up to its unit and with a header more in case a frame is cut; there is at most one
    for a packet and one for a frame of the PON. Since they grow only while something is known to wait, they need room
    to send the longest frame in half the promised delay on top.
    """
    header, size, committed_bps = _header_bytes(layout), flow.mean_packet_bytes, flow.committed_bps["up"]
    rates.peak_bps += flow.peak_bps["up"] * (1.0 + 2.0 * header / size)
    if committed_bps <= 0.0 or flow.tcont_type not in {1, 2, 3}:
        return
    per_frame = committed_bps * layout.frame_ns / 8e9
    longest = flow.packet_bytes or max(size for size, _ in IPACT_TRIMODAL)
    prompt_bps = (longest + 2 * header) * 8e3 / (0.5 * flow.max_delay_ms)
    if flow.tcont_type == FIXED_TYPE:
        rates.fixed_bps += max(committed_bps * (1.0 + header / per_frame + header / size), prompt_bps)
        return
    asked = (header + layout.report_unit_bytes) / max(per_frame, size)
    rates.carrying_bps += committed_bps * (1.0 + header / size)
    rates.prompting_bps += committed_bps * asked + prompt_bps


def _header_bytes(layout: BurstLayout) -> int:
    """Give what a fragment costs at most: its header and padding."""
    return layout.encapsulation.header_bytes + layout.encapsulation.align_bytes - 1


def _tcont(kind: int, rates: _Rates, shares: Sequence[float]) -> TcontSettings:
    """Give a T-CONT; one that guarantees nothing is best effort."""
    wanted = (rates.fixed_bps, rates.carrying_bps, rates.prompting_bps)
    guaranteed_mbps = sum(share * rate for share, rate in zip(shares, wanted, strict=True)) / 1e6
    most = min(max(rates.peak_bps, *wanted, sum(wanted)) / 1e6, 1e6)
    if guaranteed_mbps <= 0.0:
        return TcontSettings(type=4, max_mbps=most or None)
    if kind == FIXED_TYPE:
        return TcontSettings(type=1, fixed_mbps=guaranteed_mbps, max_mbps=guaranteed_mbps)
    if kind == 2 and guaranteed_mbps * 1e6 < 0.999 * sum(wanted):
        kind = 3
    return TcontSettings(type=kind, assured_mbps=guaranteed_mbps, max_mbps=most)
