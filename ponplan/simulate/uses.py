"""What a line was used for: payload, guard, headers, parity, idle and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.framing import EthernetDown
from ponplan.simulate import cells, epon, frames

if TYPE_CHECKING:
    from ponplan.simulate.bare import BarePon
    from ponplan.simulate.directions import DownState, UpState
    from ponplan.simulate.down import DownState as DownStream


def cycles(up: UpState) -> tuple[int, int, int]:
    """Give the number of polling cycles, their sum and the longest, in nanoseconds."""
    number, total_ns, longest_ns = (int(value) for value in up.bursts.cycles)
    return number, total_ns, longest_ns


def up_uses(up: UpState) -> dict[str, float]:
    """Give what the upstream line was used for: nanoseconds (EPON) or bytes (frames)."""
    totals = [float(value) for value in up.totals]
    if isinstance(up, epon.EponState):
        return {
            "payload": totals[epon.PAYLOAD_NS],
            "guard": totals[epon.GUARD_SUM_NS],
            "headers": totals[epon.HEADER_NS],
            "fec": totals[epon.FEC_NS],
            "idle": totals[epon.IDLE_NS],
            "report": totals[epon.REPORT_NS],
        }
    if isinstance(up, cells.CellState):
        return _cell_uses(totals)
    used = sum(totals[use] for use in (frames.PAYLOAD, frames.HEADERS, frames.FEC, frames.REPORTS, frames.GUARD))
    return {
        "payload": totals[frames.PAYLOAD],
        "guard": totals[frames.GUARD],
        "headers": totals[frames.HEADERS],
        "fec": totals[frames.FEC],
        "idle": totals[frames.IDLE] - used,
        "report": totals[frames.REPORTS],
    }


def _cell_uses(totals: list[float]) -> dict[str, float]:
    """Give the bytes of a line of cells by use; management cells count as report."""
    payload, headers, guard, control, whole = totals
    idle = whole - payload - headers - guard - control
    return {"payload": payload, "guard": guard, "headers": headers, "fec": 0.0, "idle": idle, "report": control}


def down_uses(pon: BarePon, lower: DownState) -> dict[str, float]:
    """Give what the downstream line was used for; GATEs count as report, frame headers and maps as headers."""
    if isinstance(lower, cells.CellDownState):
        return _cell_uses([float(value) for value in lower.totals])
    if isinstance(pon.down, EthernetDown):
        return stream_uses(pon.down, lower)
    payload, headers, fec, control, total = (float(value) for value in lower.totals)
    idle = total - payload - headers - fec - control
    return {"payload": payload, "guard": 0.0, "headers": headers + control, "fec": fec, "idle": idle, "report": 0.0}


def stream_uses(layout: EthernetDown, lower: DownStream) -> dict[str, float]:
    """Give the nanoseconds of a stream of Ethernet frames by use; GATEs count as report."""
    payload, headers, _, control, _ = (float(value) for value in lower.totals)
    window_ns = lower.recorder.window_ns
    code, whole_ns = layout.line.stream_code, float(window_ns[1] - window_ns[0])
    fec = whole_ns * code.parity_bytes / code.codeword_bytes
    idle = whole_ns - payload - headers - control - fec
    return {"payload": payload, "guard": 0.0, "headers": headers, "fec": fec, "idle": idle, "report": control}
