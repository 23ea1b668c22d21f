"""GPON and XG(S)-PON upstream, packet by packet in SimPy, written for being read: imports nothing of the kernels.

The allocation rule is handed over as a plain Python function; everything around it is told again here: when
reports are known, how grants are packed into the frame, what an ONU sends when. Times are integer nanoseconds. At
equal times arrivals come first.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import simpy
from simpy.events import URGENT

if TYPE_CHECKING:
    from collections.abc import Callable

FRAME_NS = 125_000
NEVER = 2**62


@dataclass(frozen=True, kw_only=True)
class Line:
    """The numbers of one system's upstream frame."""

    frame_bytes: int
    unit: int
    uncoded: int
    header: int
    trailer: int
    report: int
    report_unit: int
    fragment_header: int
    align: int
    fragment_max: int
    word: int
    parity: int
    nonlinear: bool
    equalised_ns: int
    processing_ns: int
    poll_frames: int
    poll_idle: bool

    def coded(self, data: int):
        """Give a burst's coded bytes."""
        return data + -(-data // (self.word - self.parity)) * self.parity

    def data(self, coded: int):
        """Give the data that fits into coded bytes."""
        full, rest = divmod(coded, self.word)
        return full * (self.word - self.parity) + max(rest - self.parity, 0)

    def moment(self, byte: int):
        """Give when a byte begins, from the frame's start, to the nearest nanosecond."""
        return (2 * byte * FRAME_NS + self.frame_bytes) // (2 * self.frame_bytes)

    def begins(self, first_byte: int, offset: int):
        """Give when a data offset begins."""
        return self.moment(first_byte + offset + offset // (self.word - self.parity) * self.parity)

    def is_from(self, first_byte: int, offset: int, within_ns: int):
        """Say whether a data offset begins at or after a time from the frame's start, not rounded."""
        byte = first_byte + offset + offset // (self.word - self.parity) * self.parity
        return byte * FRAME_NS >= within_ns * self.frame_bytes

    def ended(self, first_byte: int, offset: int):
        """Give when the data before an offset has been sent."""
        return self.moment(first_byte + offset + (offset - 1) // (self.word - self.parity) * self.parity)

    def decoded(self, waiting: int):
        """Give what the OLT reads from a report (G.984.3 Table 8-1, top of each bin)."""
        units = -(-waiting // self.report_unit)
        if self.nonlinear:
            bins = [(128, 1), (256, 2), (512, 8), (1024, 32), (2048, 128), (4096, 512), (8192, 2048)]
            step = next((step for top, step in bins if units < top), None)
            units = 8191 if step is None else units // step * step + step - 1
        return units * self.report_unit


@dataclass
class Queue:
    """One priority of one allocation."""

    buffer_bytes: int
    packets: deque = field(default_factory=deque)
    used: int = 0
    sent_of_first: int = 0
    first_began_ns: int = 0
    broken: bool = False


class Pon:
    """The upstream of one PON."""

    def __init__(
        self,
        line: object,
        *,
        policy: Callable,
        allocs_of_onu: object,
        queues_of_alloc: object,
        buffers: object,
        arrivals: object,
        ways: object,
        tables: object,
    ) -> None:
        self.env = simpy.Environment()
        self.line, self.policy = line, policy
        self.allocs_of_onu, self.queues_of_alloc = allocs_of_onu, queues_of_alloc
        self.queues = [Queue(buffer) for buffer in buffers]
        self.ways = ways
        self.settings, self.memory, self.policy_line, self.owner = tables
        num = len(queues_of_alloc)
        self.reported = np.zeros(num, np.int64)
        self.received, self.granted = np.full(num, -1), np.zeros(num, np.int64)
        self.granted_sum, self.line_sum, self.sdu_sum = [0] * num, [0] * num, [0] * num
        self.last_poll = [-1] * num
        self.told = {}  # frame: list of (alloc, report, granted before)
        self.filled = {}  # frame: list of (alloc, granted, line bytes, payload bytes)
        self.delivered, self.bursts, self.cut = [], [], []
        for number, packets in enumerate(arrivals):
            self.env.process(self.source(number, packets))
        self.env.process(self.olt())

    def source(self, number: int, packets: object):
        """Bring packets to a queue at their times, ahead of everything else that happens then."""
        for time_ns, size in packets:
            arrival = self.env.event()
            arrival._ok, arrival._value = True, None
            self.env.schedule(arrival, priority=URGENT, delay=time_ns - self.env.now)
            yield arrival
            queue = self.queues[number]
            if queue.used + size <= queue.buffer_bytes:
                queue.packets.append((time_ns, size))
                queue.used += size

    def olt(self):
        """Every 125 us: heed reports, decide, send the map."""
        frame, first_onu, heeded = 0, 0, 0
        while True:
            while (heeded + 1) * FRAME_NS + self.line.equalised_ns + self.line.processing_ns <= self.env.now:
                self.heed(heeded)
                heeded += 1
            grants = np.zeros(len(self.queues_of_alloc), np.int64)
            self.policy_line[5] = frame
            self.policy(
                -1, self.env.now, self.reported, self.received, self.granted, self.owner, self.settings,
                self.memory, self.policy_line, grants,
            )  # fmt: skip
            first_onu = self.pack(frame, first_onu, grants)
            frame += 1
            yield self.env.timeout(FRAME_NS)

    def heed(self, frame: int):
        """Take in one upstream frame's reports."""
        for alloc, given, used, payload in self.filled.get(frame, []):
            self.received[alloc], self.granted[alloc] = used, given
            self.line_sum[alloc] += used
            self.sdu_sum[alloc] += payload
        for alloc, report, granted_before in self.told.get(frame, []):
            waiting = report
            if waiting > 0:
                ratio = 1 + self.line.fragment_header / 64
                if self.sdu_sum[alloc]:
                    ratio = self.line_sum[alloc] / self.sdu_sum[alloc]
                waiting = math.ceil(report * ratio) + self.line.fragment_header
            self.reported[alloc] = max(waiting - (self.granted_sum[alloc] - granted_before), 0)

    def pack(self, frame: int, first_onu: int, grants: object):
        """Place bursts in the frame, the due ones first; give who goes first next time."""
        line, num_onus = self.line, len(self.allocs_of_onu)
        order = [(first_onu + step) % num_onus for step in range(num_onus)]
        due = [onu for onu in order if self.is_due(onu, frame, grants)]
        idle = [onu for onu in order if onu not in due] if line.poll_idle else []
        position, next_first = 0, (first_onu + 1) % num_onus
        for onu in due + idle:
            allocs = self.allocs_of_onu[onu]
            fixed = line.header + line.trailer + len(allocs) * line.report
            free = (line.frame_bytes - position) // line.unit * line.unit
            room = line.data(free - line.uncoded) - fixed
            if room < 0:
                if onu in due:
                    next_first = onu
                break
            for alloc in allocs:
                grants[alloc] = min(grants[alloc], room)
                room -= grants[alloc]
            data = fixed + sum(int(grants[alloc]) for alloc in allocs)
            size = -(-(line.uncoded + line.coded(data)) // line.unit) * line.unit
            self.env.process(self.burst(onu, frame, position, size, [int(grants[alloc]) for alloc in allocs]))
            position += size
        return next_first

    def is_due(self, onu: int, frame: int, grants: object):
        """Say whether an ONU was granted something or not heard for too long."""
        allocs = self.allocs_of_onu[onu]
        silent = frame - self.last_poll[allocs[0]] >= self.line.poll_frames
        return silent or any(grants[alloc] > 0 for alloc in allocs)

    def burst(self, onu: int, frame: int, start_byte: int, size: int, grants: object):
        """Book the grants, then send report and fragments, allocation by allocation."""
        line = self.line
        at_olt_ns = frame * FRAME_NS + line.equalised_ns
        start_ns, end_ns = at_olt_ns + line.moment(start_byte), at_olt_ns + line.moment(start_byte + size)
        self.bursts.append((onu, start_ns, end_ns))
        first_byte = start_byte + line.uncoded
        offset = line.header
        before = []
        for alloc, grant in zip(self.allocs_of_onu[onu], grants, strict=True):
            before.append(self.granted_sum[alloc])
            self.granted_sum[alloc] += grant
            self.reported[alloc] = max(self.reported[alloc] - grant, 0)
            self.last_poll[alloc] = frame
        piece = self.ways[onu].sending(start_ns)
        if piece is None:
            return
        frame_ns = at_olt_ns - piece.way_ns
        stop_ns = self.ways[onu].broken(start_ns - piece.way_ns, end_ns)
        lost = stop_ns < NEVER
        for alloc, grant, booked in zip(self.allocs_of_onu[onu], grants, before, strict=True):
            yield self.env.timeout(frame_ns + line.begins(first_byte, offset) - self.env.now)
            mine = [self.queues[q] for q in self.queues_of_alloc[alloc]]
            waiting = sum(queue.used - queue.sent_of_first for queue in mine)
            if not lost:
                self.told.setdefault(frame, []).append((alloc, line.decoded(waiting), booked))
            if grant > 0:
                begin, end = offset + line.report, offset + line.report + grant
                while (
                    lost
                    and end > begin
                    and line.is_from(first_byte, end - 1, min(stop_ns, end_ns - piece.way_ns) - frame_ns)
                ):
                    end -= 1
                payload, used = yield from self.fill(alloc, piece.way_ns, frame_ns, first_byte, begin, end, lost)
                if not lost:
                    self.filled.setdefault(frame, []).append((alloc, grant, used, payload))
            offset += line.report + grant

    def fill(
        self, alloc: int, way_ns: int, frame_ns: int, first_byte: int, position: int, end: int, lost: object
    ):  # fmt: skip
        """Send what waited when the report was written; give payload and line bytes."""
        line, told_ns = self.line, self.env.now
        payload = used = 0
        while end - position > line.fragment_header:
            waiting = [q for q in self.queues_of_alloc[alloc] if self.queues[q].packets]
            number = next((q for q in waiting if self.queues[q].packets[0][0] <= told_ns), None)
            if number is None:
                break
            queue = self.queues[number]
            arrival_ns, size = queue.packets[0]
            left = size - queue.sent_of_first
            room = min(end - position - line.fragment_header, line.fragment_max)
            padded = -(-left // line.align) * line.align
            if queue.sent_of_first == 0:
                queue.first_began_ns = frame_ns + line.begins(first_byte, position)
            if padded > room:
                part = room // line.align * line.align
                if part == 0:
                    break
                queue.sent_of_first += part
                queue.broken |= lost
                position, payload, used = (
                    position + line.fragment_header + part, payload + part, used + line.fragment_header + part,
                )  # fmt: skip
                continue
            last_bit_ns = frame_ns + line.ended(first_byte, position + line.fragment_header + left)
            yield self.env.timeout(last_bit_ns - self.env.now)
            queue.packets.popleft()
            queue.used -= size
            queue.sent_of_first = 0
            if lost or queue.broken:
                self.cut.append((number, last_bit_ns, size))
            else:
                self.delivered.append((number, arrival_ns, queue.first_began_ns, last_bit_ns + way_ns, size))
            queue.broken = False
            position += line.fragment_header + padded
            payload, used = payload + left, used + line.fragment_header + padded
        return payload, used

    def run(self, until_ns: int):
        """Play up to a time."""
        self.env.run(until=until_ns)
        return self
