"""EPON upstream, packet by packet in SimPy, written for being read: imports nothing of the kernels.

One process per ONU sends what it is told to; the OLT reacts to REPORTs. Times are integer nanoseconds. At equal
times arrivals come first.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import simpy
from simpy.events import URGENT

QUANTUM_NS = 16
PREAMBLE, GAP = 8, 12
CREDIT_BYTES, CREDIT_FACTOR = 1538, 1.2


def whole(value: int, unit: int):
    """Round up to whole units."""
    return -(-value // unit) * unit


@dataclass(frozen=True, kw_only=True)
class Line:
    """One ONU's line: bytes a nanosecond, a code over the stream or around each frame, the gap before its bursts."""

    byte_ns: tuple[int, int]
    word: int
    parity: int
    frame_word: int
    frame_parity: int
    frame_marks: int
    lead: int
    tail: int
    guard_ns: int
    gate_ns: int

    def ns(self, num_bytes: int):
        """Give how long bytes last, to the nearest nanosecond."""
        num, den = self.byte_ns
        return (2 * num_bytes * num + den) // (2 * den)

    def frame(self, size: int):
        """Give what a frame takes: preamble, gap, and its own code."""
        words = -(-(size + PREAMBLE) // self.frame_word) if self.frame_parity else 0
        return PREAMBLE + size + GAP + words * self.frame_parity + self.frame_marks

    @property
    def message(self):
        """Give what a REPORT takes."""
        return self.frame(64)

    @property
    def quantum(self):
        """Give the bytes of a time quantum."""
        return QUANTUM_NS * self.byte_ns[1] // self.byte_ns[0]

    def begins_ns(self, offset: int):
        """Give when a byte of a burst begins."""
        return self.ns(self.lead + offset + offset // self.word * self.parity)

    def ended_ns(self, offset: int):
        """Give when the bytes before an offset have been sent."""
        return self.ns(self.lead + offset + (offset - 1) // self.word * self.parity)

    def burst_ns(self, num_bytes: int):
        """Give how long a burst lasts, in whole quanta."""
        return whole(
            self.ns(self.lead + num_bytes + -(-num_bytes // self.word) * self.parity + self.tail), QUANTUM_NS
        )


@dataclass
class Queue:
    """One priority of one ONU."""

    buffer_bytes: int
    packets: deque = field(default_factory=deque)
    used_bytes: int = 0


@dataclass
class Trace:
    """Everything that happened: delivered packets, lost packets, bursts at the OLT."""

    delivered: list = field(default_factory=list)  # (queue, arrival, start, finish, bytes)
    lost: list = field(default_factory=list)  # (queue, arrival, bytes)
    cut: list = field(default_factory=list)  # (queue, arrival, bytes)
    bursts: list = field(default_factory=list)  # (onu, start, end)


class Pon:
    """The whole upstream: ONUs with queues, and the OLT's calendar."""

    def __init__(
        self,
        *,
        policy: str,
        one_way_ns: object,
        queues_of_onu: object,
        buffers: object,
        arrivals: object,
        lines: list[Line],
        max_grant: int,
        processing_ns: int,
        ways: object,
        changes: object,
    ) -> None:
        self.env = simpy.Environment()
        self.policy, self.one_way_ns, self.ways = policy, one_way_ns, ways
        self.queues_of_onu = queues_of_onu
        self.queues = [Queue(buffer) for buffer in buffers]
        self.lines, self.max_grant, self.processing_ns = lines, max_grant, processing_ns
        self.overhead = max(line.message for line in lines)
        self.trace = Trace()
        self.calendar_end_ns = -lines[0].guard_ns
        self.last_grant = [0] * len(one_way_ns)
        self.known = [
            [(-1, one_way_ns[onu])] + [(time, value) for time, kind, value in events if kind == "way"]
            for onu, events in enumerate(changes)
        ]
        for number, packets in enumerate(arrivals):
            self.env.process(self.source(number, packets))
        for onu in range(len(one_way_ns)):
            self.send_gate(onu, lines[onu].message)

    def source(self, number: int, packets: object):
        """Bring packets to a queue at their times, ahead of everything else that happens then."""
        for time_ns, size in packets:
            arrival = self.env.event()
            arrival._ok, arrival._value = True, None
            self.env.schedule(arrival, priority=URGENT, delay=time_ns - self.env.now)
            yield arrival
            queue = self.queues[number]
            if queue.used_bytes + size > queue.buffer_bytes:
                self.trace.lost.append((number, time_ns, size))
                continue
            queue.packets.append((time_ns, size))
            queue.used_bytes += size

    def send_gate(self, onu: int, num_bytes: int):
        """Put the ONU's next burst into the calendar and tell it."""
        line = self.lines[onu]
        quanta_bytes = whole(max(num_bytes, line.message), line.quantum)
        round_trip_ns = 2 * self.way_known_ns(onu)
        heard_ns = self.env.now + line.gate_ns + self.processing_ns
        earliest_ns = max(heard_ns, self.calendar_end_ns + line.guard_ns - round_trip_ns)
        local_start_ns = whole(earliest_ns, QUANTUM_NS)
        start_ns = local_start_ns + round_trip_ns
        self.calendar_end_ns = start_ns + line.burst_ns(quanta_bytes)
        self.last_grant[onu] = quanta_bytes
        self.env.process(self.burst(onu, start_ns, quanta_bytes))

    def burst(self, onu: int, start_ns: object, num_bytes: int):
        """Send frames that wait at its beginning, then the REPORT; the OLT hears all of it one way later."""
        line = self.lines[onu]
        end_ns = start_ns + line.burst_ns(num_bytes)
        piece = self.ways[onu].sending(start_ns)
        reported = None
        if piece is not None:
            sent_ns = start_ns - piece.way_ns
            yield self.env.timeout(sent_ns - self.env.now)
            stop_ns = self.ways[onu].broken(sent_ns, end_ns)
            room = num_bytes - line.message
            frames = yield from self.frames(onu, room, stop_ns)
            yield self.env.timeout(max(sent_ns + line.begins_ns(room) - self.env.now, 0))
            if self.ways[onu].broken(sent_ns, end_ns) == 2**62:
                mine = [self.queues[q] for q in self.queues_of_onu[onu]]
                reported = whole(sum(line.frame(size) for queue in mine for _, size in queue.packets), line.quantum)
                self.trace.delivered += [(*frame[:3], frame[3] + piece.way_ns, frame[4]) for frame in frames]
            else:
                self.trace.cut += [(frame[0], frame[1], frame[4]) for frame in frames]
        yield self.env.timeout(end_ns - self.env.now)
        self.trace.bursts.append((onu, start_ns, self.env.now))
        self.send_gate(onu, line.message if reported is None else self.grant(onu, reported))

    def frames(self, onu: int, room: int, stop_ns: int):
        """Send what waited when the burst began and give it; from `stop_ns` on nothing is begun."""
        line, sent_ns, frames, position = self.lines[onu], self.env.now, [], 0
        while room - position >= line.message and sent_ns + line.begins_ns(position) < stop_ns:
            number = next((q for q in self.queues_of_onu[onu] if self.waited_since(q) <= sent_ns), None)
            if number is None:
                break
            queue = self.queues[number]
            arrival_ns, size = queue.packets[0]
            if position + line.frame(size) > room:
                break
            begin_ns = sent_ns + line.begins_ns(position)
            yield self.env.timeout(sent_ns + line.ended_ns(position + PREAMBLE + size) - self.env.now)
            queue.packets.popleft()
            queue.used_bytes -= size
            frames.append((number, arrival_ns, begin_ns, self.env.now, size))
            position += line.frame(size)
        return frames

    def way_known_ns(self, onu: int):
        """Give the way that the OLT reckons with: it learns of a change at once, as `known` tells."""
        return next(way_ns for time_ns, way_ns in reversed(self.known[onu]) if time_ns < self.env.now or time_ns < 0)

    def waited_since(self, number: int):
        """Give when the first packet of a queue arrived; never, if it is empty."""
        packets = self.queues[number].packets
        return packets[0][0] if packets else float("inf")

    def grant(self, onu: int, reported: int):
        """Size the next grant by the discipline's rule (Kramer, Mukherjee, Pesavento 2002)."""
        wanted = reported + self.overhead
        if self.policy in ("fixed", "static"):
            return self.max_grant
        if self.policy == "gated":
            return wanted
        if self.policy == "limited":
            return min(wanted, self.max_grant)
        if self.policy == "constant-credit":
            return min(wanted + CREDIT_BYTES, self.max_grant)
        if self.policy == "linear-credit":
            return min(int(reported * CREDIT_FACTOR) + self.overhead, self.max_grant)
        others = sum(self.last_grant) - self.last_grant[onu]
        return min(wanted, max(len(self.last_grant) * self.max_grant - others, 0))

    def run(self, until_ns: int):
        """Play up to a time and give what happened."""
        self.env.run(until=until_ns)
        return self.trace
