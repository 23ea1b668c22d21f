"""EPON upstream, packet by packet in SimPy, written for being read: imports nothing of the kernels.

One process per ONU sends what it is told to; the OLT reacts to REPORTs. Times are integer nanoseconds. At equal
times arrivals come first.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import simpy
from simpy.events import URGENT

BYTE_NS = 8
QUANTUM_NS = 16
MESSAGE_BYTES = 84  # GATE or REPORT of 64 bytes, preamble 8, gap 12
PREAMBLE, GAP = 8, 12
CREDIT_BYTES, CREDIT_FACTOR = 1538, 1.2


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
        guard_ns: int,
        max_grant: int,
        processing_ns: int,
        ways: object,
        changes: object,
    ) -> None:
        self.env = simpy.Environment()
        self.policy, self.one_way_ns, self.ways = policy, one_way_ns, ways
        self.queues_of_onu = queues_of_onu
        self.queues = [Queue(buffer) for buffer in buffers]
        self.guard_ns, self.max_grant, self.processing_ns = guard_ns, max_grant, processing_ns
        self.trace = Trace()
        self.calendar_end_ns = -guard_ns
        self.last_grant = [0] * len(one_way_ns)
        self.known = [
            [(-1, one_way_ns[onu])] + [(time, value) for time, kind, value in events if kind == "way"]
            for onu, events in enumerate(changes)
        ]
        for number, packets in enumerate(arrivals):
            self.env.process(self.source(number, packets))
        for onu in range(len(one_way_ns)):
            self.send_gate(onu, MESSAGE_BYTES)

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
        quanta_bytes = -(-max(num_bytes, MESSAGE_BYTES) // 2) * 2
        round_trip_ns = 2 * self.way_known_ns(onu)
        heard_ns = self.env.now + MESSAGE_BYTES * BYTE_NS + self.processing_ns
        earliest_ns = max(heard_ns, self.calendar_end_ns + self.guard_ns - round_trip_ns)
        local_start_ns = -(-earliest_ns // QUANTUM_NS) * QUANTUM_NS
        start_ns = local_start_ns + round_trip_ns
        self.calendar_end_ns = start_ns + quanta_bytes * BYTE_NS
        self.last_grant[onu] = quanta_bytes
        self.env.process(self.burst(onu, start_ns, quanta_bytes))

    def burst(self, onu: int, start_ns: object, num_bytes: int):
        """Send frames that wait at its beginning, then the REPORT; the OLT hears all of it one way later."""
        end_ns = start_ns + num_bytes * BYTE_NS
        piece = self.ways[onu].sending(start_ns)
        reported = None
        if piece is not None:
            sent_ns = start_ns - piece.way_ns
            yield self.env.timeout(sent_ns - self.env.now)
            stop_ns = self.ways[onu].broken(sent_ns, end_ns)
            data_end_ns = sent_ns + (num_bytes - MESSAGE_BYTES) * BYTE_NS
            frames = yield from self.frames(onu, data_end_ns, stop_ns)
            yield self.env.timeout(data_end_ns - self.env.now)
            if self.ways[onu].broken(sent_ns, end_ns) == 2**62:
                mine = [self.queues[q] for q in self.queues_of_onu[onu]]
                waiting = sum(queue.used_bytes + len(queue.packets) * (PREAMBLE + GAP) for queue in mine)
                reported = -(-waiting // 2) * 2
                self.trace.delivered += [(*frame[:3], frame[3] + piece.way_ns, frame[4]) for frame in frames]
            else:
                self.trace.cut += [(frame[0], frame[1], frame[4]) for frame in frames]
        yield self.env.timeout(end_ns - self.env.now)
        self.trace.bursts.append((onu, start_ns, self.env.now))
        self.send_gate(onu, MESSAGE_BYTES if reported is None else self.grant(onu, reported))

    def frames(self, onu: int, data_end_ns: int, stop_ns: int):
        """Send what waited when the burst began and give it; from `stop_ns` on nothing is begun."""
        sent_ns, frames = self.env.now, []
        while data_end_ns - self.env.now >= MESSAGE_BYTES * BYTE_NS and self.env.now < stop_ns:
            number = next((q for q in self.queues_of_onu[onu] if self.waited_since(q) <= sent_ns), None)
            if number is None:
                break
            queue = self.queues[number]
            arrival_ns, size = queue.packets[0]
            if self.env.now + (PREAMBLE + size + GAP) * BYTE_NS > data_end_ns:
                break
            begin_ns = self.env.now
            yield self.env.timeout((PREAMBLE + size) * BYTE_NS)
            queue.packets.popleft()
            queue.used_bytes -= size
            frames.append((number, arrival_ns, begin_ns, self.env.now, size))
            yield self.env.timeout(GAP * BYTE_NS)
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
        wanted = reported + MESSAGE_BYTES
        if self.policy in ("fixed", "static"):
            return self.max_grant
        if self.policy == "gated":
            return wanted
        if self.policy == "limited":
            return min(wanted, self.max_grant)
        if self.policy == "constant-credit":
            return min(wanted + CREDIT_BYTES, self.max_grant)
        if self.policy == "linear-credit":
            return min(int(reported * CREDIT_FACTOR) + MESSAGE_BYTES, self.max_grant)
        others = sum(self.last_grant) - self.last_grant[onu]
        return min(wanted, max(len(self.last_grant) * self.max_grant - others, 0))

    def run(self, until_ns: int):
        """Play up to a time and give what happened."""
        self.env.run(until=until_ns)
        return self.trace
