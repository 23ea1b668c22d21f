"""Downstream of one PON, packet by packet in SimPy, written for being read: imports nothing of the kernels.

One process sends: Ethernet frames among GATEs, or fragments between the headers and maps of 125 us frames. Times are
integer nanoseconds. At equal times arrivals come first.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import simpy
from simpy.events import URGENT

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAME_NS = 125_000
NEVER = 2**62


@dataclass
class Queue:
    """Packets of one priority for one ONU."""

    onu: int
    priority: int
    buffer_bytes: int
    packets: deque = field(default_factory=deque)
    used: int = 0


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How the OLT chooses: fifo, priority or weighted; shaping as a bucket per ONU."""

    scheduler: str
    weights: list[float]
    byte_ns: float
    burst_ns: float


class Olt:
    """Queues, the scheduler, and what was delivered."""

    def __init__(
        self, rules: Rules, queues: list[Queue], arrivals: list[list[tuple[int, int]]], ways: list[object]
    ) -> None:
        self.env = simpy.Environment()
        self.rules, self.queues, self.ways = rules, queues, ways
        self.tag = [0.0] * len(ways)
        self.shaped_ns = [0.0] * len(ways)
        self.virtual = 0.0
        self.delivered, self.cut = [], []
        self.arrived = self.env.event()
        for number, packets in enumerate(arrivals):
            self.env.process(self.source(number, packets))

    def source(self, number: int, packets: list[tuple[int, int]]) -> Iterator[simpy.Event]:
        """Bring packets to a queue at their times, ahead of everything else that happens then."""
        queue = self.queues[number]
        for time_ns, size in packets:
            arrival = self.env.event()
            arrival._ok, arrival._value = True, None
            self.env.schedule(arrival, priority=URGENT, delay=time_ns - self.env.now)
            yield arrival
            if queue.used + size > queue.buffer_bytes:
                continue
            if not queue.packets:
                self.tag[queue.onu] = max(self.tag[queue.onu], self.virtual)
            queue.packets.append((time_ns, size))
            queue.used += size
            woken, self.arrived = self.arrived, self.env.event()
            woken.succeed()

    def choose(self) -> tuple[int | None, int]:
        """Give the queue to serve now, and when a shaped ONU is next free."""
        best, released_ns = None, NEVER
        for number, queue in enumerate(self.queues):
            if not queue.packets:
                continue
            free_ns = math.ceil(self.shaped_ns[queue.onu] - self.rules.burst_ns)
            if free_ns > self.env.now:
                released_ns = min(released_ns, free_ns)
                continue
            tag = self.tag[queue.onu] if self.rules.scheduler == "weighted" else 0.0
            priority = 0 if self.rules.scheduler == "fifo" else queue.priority
            best = min(best or (math.inf,), (tag, priority, queue.packets[0][0], number))
        return None if best is None else best[3], released_ns

    def charge(self, number: int) -> None:
        """Book the packet that is about to be sent."""
        queue = self.queues[number]
        size = queue.packets[0][1]
        self.virtual = max(self.virtual, self.tag[queue.onu])
        self.tag[queue.onu] += size / self.rules.weights[queue.onu]
        begun_ns = max(self.shaped_ns[queue.onu], float(self.env.now))
        self.shaped_ns[queue.onu] = begun_ns + size * self.rules.byte_ns

    def deliver(self, number: int, begun_ns: int) -> None:
        """Take the packet whose last bit leaves now out of its queue."""
        queue = self.queues[number]
        arrival_ns, size = queue.packets.popleft()
        queue.used -= size
        arrives_ns = self.ways[queue.onu].arrives(begun_ns, self.env.now)
        if arrives_ns is None:
            self.cut.append((number, self.env.now, size))
        else:
            self.delivered.append((number, arrival_ns, begun_ns, arrives_ns, size))

    def until(self, time_ns: int) -> simpy.Event:
        """Give an event at a time."""
        return self.env.timeout(time_ns - self.env.now)

    def ethernet(self, line: dict[str, int], gates_ns: list[int]) -> Iterator[simpy.Event]:
        """Send frames; GATEs that are due go first. A coded stream runs on through idle time from time zero."""
        gates, base_ns, position = deque(gates_ns), 0, 0

        def frame(size: int) -> int:
            words = -(-(size + 8) // line["frame_word"]) if line["frame_parity"] else 0
            return 8 + size + 12 + words * line["frame_parity"] + line["frame_marks"]

        def ns(on_line: int) -> int:
            return base_ns + (2 * on_line * 8 + line["gbps"]) // (2 * line["gbps"])

        def begins(offset: int) -> int:
            return ns(offset + offset // line["word"] * line["parity"])

        while True:
            yield self.until(begins(position))
            if gates and gates[0] <= self.env.now:
                gates.popleft()
                position += frame(64)
                continue
            number, released_ns = self.choose()
            if number is None:
                soonest_ns = min(released_ns, gates[0] if gates else NEVER)
                waits = self.arrived if soonest_ns == NEVER else self.arrived | self.until(soonest_ns)
                yield waits
                if line["parity"] == 0:
                    base_ns, position = self.env.now, 0
                else:
                    # the next byte that begins from now on, not rounded; the first guess is a word too low
                    words = self.env.now * line["gbps"] // 8 // (line["word"] + line["parity"])
                    position = max(position, (words - 1) * line["word"])
                    while (position + position // line["word"] * line["parity"]) * 8 < self.env.now * line["gbps"]:
                        position += 1
                continue
            begun_ns, size = self.env.now, self.queues[number].packets[0][1]
            self.charge(number)
            last = position + 8 + size
            yield self.until(ns(last + (last - 1) // line["word"] * line["parity"]))
            self.deliver(number, begun_ns)
            position += frame(size)

    def frames(self, line: dict[str, int], entries: list[int]) -> Iterator[simpy.Event]:
        """Send fragments; a frame's header and map go first, its trailer last."""
        data_word = line["word"] - line["parity"]

        def begins(frame: int, offset: int) -> int:
            byte = line["uncoded"] + offset + offset // data_word * line["parity"]
            return frame * FRAME_NS + (2 * byte * FRAME_NS + line["bytes"]) // (2 * line["bytes"])

        def ended(frame: int, offset: int) -> int:
            byte = line["uncoded"] + offset + (offset - 1) // data_word * line["parity"]
            return frame * FRAME_NS + (2 * byte * FRAME_NS + line["bytes"]) // (2 * line["bytes"])

        frame, unfinished, sent, begun_ns = -1, None, 0, 0
        end = line["data"] - line["trailer"]
        offset = end
        while True:
            if offset + line["fragment_header"] >= end:
                frame += 1
                offset = line["header"] + line["entry"] * (entries[frame] if frame < len(entries) else 0)
            yield self.until(max(begins(frame, offset), self.env.now))
            number, released_ns = (unfinished, NEVER) if unfinished is not None else self.choose()
            if number is None:
                over = self.until(max((frame + 1) * FRAME_NS, self.env.now))
                waits = self.arrived | over
                if released_ns < (frame + 1) * FRAME_NS:
                    waits |= self.until(released_ns)
                yield waits
                # the next byte that begins from now on
                offset += 1
                while offset < end and begins(frame, offset) < self.env.now:
                    offset += 1
                continue
            left = self.queues[number].packets[0][1] - (0 if unfinished is None else sent)
            padded = -(-left // line["align"]) * line["align"]
            room = min(end - offset - line["fragment_header"], line["fragment_max"])
            part = room // line["align"] * line["align"]
            if padded > room and part == 0:
                offset = end
                continue
            if unfinished is None:
                begun_ns, sent = self.env.now, 0
                self.charge(number)
            if padded > room:
                sent, unfinished = sent + part, number
                offset += line["fragment_header"] + part
                continue
            last = offset + line["fragment_header"] + left
            yield self.until(ended(frame, last))
            self.deliver(number, begun_ns)
            unfinished = None
            offset += line["fragment_header"] + padded
