"""EPON and 10G-EPON: Ethernet frames with preamble and gap, GATE down, REPORT up, no fragmentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.framing.codes import NO_CODE, BlockCode
from ponplan.framing.sizes import mean_bytes, mean_remainder_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.framing.items import ItemTable


@dataclass(frozen=True, slots=True, kw_only=True)
class EthernetLine:
    """What a frame costs on the line of one direction.

    `frame_code` codes each frame by itself (1G, optional), `stream_code` the whole stream (10G, always).
    """

    mac_bps: int
    preamble_bytes: int
    gap_bytes: int
    message_bytes: int  # every GATE and REPORT
    frame_code: BlockCode
    frame_code_marks_bytes: int
    stream_code: BlockCode

    def line_bytes(self, frame_bytes: int) -> int:
        """Give the bytes a frame takes before stream coding, preamble and gap included."""
        coded = self.frame_code.coded_bytes(frame_bytes + self.preamble_bytes)
        return coded + self.frame_code_marks_bytes + self.gap_bytes

    @property
    def data_bps(self) -> float:
        """MAC rate left by stream coding."""
        code = self.stream_code
        return self.mac_bps * (code.codeword_bytes - code.parity_bytes) / code.codeword_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EthernetDown:
    """Downstream: a stream of frames, among them one GATE per upstream burst."""

    line: EthernetLine
    cycle_ns: int

    def usable_bps(self, sizes: Sequence[tuple[int, float]], *, bursts_per_frame: int) -> float:
        """Give the Ethernet rate with so many GATEs in each polling cycle."""
        gates_bps = bursts_per_frame * self.line.line_bytes(self.line.message_bytes) * 8e9 / self.cycle_ns
        line_bytes = sum(self.line.line_bytes(size) * share for size, share in sizes)
        return max(self.line.data_bps - gates_bps, 0.0) * mean_bytes(sizes) / line_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EthernetUp:
    """Upstream: bursts of whole frames that end with a REPORT, in a polling cycle of `cycle_ns`."""

    line: EthernetLine
    time_quantum_ns: int
    cycle_ns: int
    guard_ns: int  # whole gap between two bursts: laser off and on, gain and clock settling, alignment
    burst_marks_bytes: int

    def burst_bytes(self, *, bursts_per_frame: int) -> int:
        """Give the line bytes for data in each of equal bursts, REPORT and burst marks taken off."""
        slot_ns = self.cycle_ns // bursts_per_frame - self.guard_ns
        slot_ns -= slot_ns % self.time_quantum_ns
        raw = max(slot_ns, 0) * self.line.mac_bps // 8_000_000_000 - self.burst_marks_bytes
        data = self.line.stream_code.data_bytes(raw)
        return max(data - self.line.line_bytes(self.line.message_bytes), 0)

    def usable_bps(self, sizes: Sequence[tuple[int, float]], *, bursts_per_frame: int) -> float:
        """Give the Ethernet rate when every burst is full but for the frame that no longer fits.

        A single size is counted exactly; a mix by the mean remainder (pon_facts F8).
        """
        table = [(self.line.line_bytes(size), share) for size, share in sizes]
        room = self.burst_bytes(bursts_per_frame=bursts_per_frame)
        unused = room % table[0][0] if len(table) == 1 else mean_remainder_bytes(table)
        filled = max(room - unused, 0.0) * mean_bytes(sizes) / mean_bytes(table)
        return bursts_per_frame * filled * 8e9 / self.cycle_ns


def ethernet_line(items: ItemTable, direction: str, *, fec: bool) -> EthernetLine:
    """Read the line's integers; a 10G direction is coded as a stream, a 1G one frame by frame if asked."""

    def own(item: str) -> str:
        return f"{direction}_{item}" if f"{direction}_{item}" in items else item

    stream, marks = NO_CODE, 0
    frame_code = NO_CODE
    if own("stream_fec_data") in items:
        data, parity = items[own("stream_fec_data")], items[own("stream_fec_parity")]
        stream = BlockCode(codeword_bytes=data + parity, parity_bytes=parity)
    elif fec:
        data, parity = items[own("frame_fec_data")], items[own("frame_fec_parity")]
        frame_code = BlockCode(codeword_bytes=data + parity, parity_bytes=parity)
        marks = items[own("frame_fec_marks")]
    return EthernetLine(
        mac_bps=items[own("mac_rate")],
        preamble_bytes=items["preamble"],
        gap_bytes=items["interframe_gap"],
        message_bytes=items["report"],
        frame_code=frame_code,
        frame_code_marks_bytes=marks,
        stream_code=stream,
    )


def ethernet_down(items: ItemTable, *, fec: bool) -> EthernetDown:
    """Read the downstream integers."""
    return EthernetDown(line=ethernet_line(items, "down", fec=fec), cycle_ns=items["cycle"])


def ethernet_up(items: ItemTable, *, fec: bool) -> EthernetUp:
    """Read the upstream integers."""
    gap = ["laser_off", "laser_on", "receiver_settling", "clock_recovery", "code_group_alignment"]
    return EthernetUp(
        line=ethernet_line(items, "up", fec=fec),
        time_quantum_ns=items["time_quantum"],
        cycle_ns=items["cycle"],
        guard_ns=sum(items.get(part, 0) for part in gap),
        burst_marks_bytes=items.get("up_burst_marks", 0),
    )
