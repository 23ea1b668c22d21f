"""APON, cell by cell in SimPy, written for being read: imports nothing of the kernels.

Upstream the slots' owners take turns as a table says; downstream one process sends, a management cell first in
every 28 slots. Times are integer nanoseconds. At equal times arrivals come first.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import simpy
from simpy.events import URGENT

if TYPE_CHECKING:
    from collections.abc import Iterator

CELL, LEAD, SPACING = 53, 3, 28
EQUALISED_NS = 236_000
NEVER = 2**62


@dataclass
class Queue:
    """Packets of one priority of one ONU."""

    onu: int
    priority: int
    buffer_bytes: int
    packets: deque = field(default_factory=deque)
    used: int = 0
    cells_sent: int = 0
    began_ns: int = 0
    broken: bool = False
    is_aal1: bool = False


def num_cells(queue: Queue) -> int:
    """Give the cells of a queue's first packet: LLC/SNAP 10 bytes, AAL5 trailer 8, or an AAL1 header of 1; of 48."""
    return -(-(queue.packets[0][1] + (1 if queue.is_aal1 else 18)) // 48)


class Apon:
    """One direction."""

    def __init__(
        self, line_bps: int, queues: list[Queue], arrivals: list[list[tuple[int, int]]], ways: object
    ) -> None:
        self.env = simpy.Environment()
        self.byte_ns = Fraction(8_000_000_000, line_bps)
        self.queues, self.ways = queues, ways
        self.delivered, self.cut = [], []
        for queue, packets in zip(queues, arrivals, strict=True):
            self.env.process(self.source(queue, packets))

    def moment(self, num_bytes: int) -> int:
        """Give when a byte begins, to the nearest nanosecond."""
        return int(num_bytes * self.byte_ns + Fraction(1, 2))

    def source(self, queue: Queue, packets: list[tuple[int, int]]) -> Iterator[simpy.Event]:
        """Bring packets at their times, ahead of everything else that happens then."""
        for time_ns, size in packets:
            arrival = self.env.event()
            arrival._ok, arrival._value = True, None
            self.env.schedule(arrival, priority=URGENT, delay=time_ns - self.env.now)
            yield arrival
            if queue.used + size <= queue.buffer_bytes:
                queue.packets.append((time_ns, size))
                queue.used += size

    def finish(self, queue: Queue) -> tuple[int, int, int]:
        """Take a packet out whose last cell has been sent."""
        arrival_ns, size = queue.packets.popleft()
        queue.used -= size
        queue.cells_sent = 0
        return arrival_ns, queue.began_ns, size

    def upstream(self, owners: list[int], until_ns: int) -> None:
        """Start every slot's life."""
        slot = 0
        while self.moment(slot * (LEAD + CELL)) + EQUALISED_NS < until_ns:
            self.env.process(self.slot(slot, owners[slot % len(owners)]))
            slot += 1

    def slot(self, slot: int, onu: int) -> Iterator[simpy.Event]:
        """Send one cell of the first queue that waits when the cell begins."""
        start_ns = EQUALISED_NS + self.moment(slot * (LEAD + CELL))
        begin_ns = EQUALISED_NS + self.moment(slot * (LEAD + CELL) + LEAD)
        end_ns = EQUALISED_NS + self.moment((slot + 1) * (LEAD + CELL))
        piece = self.ways[onu].sending(start_ns)
        if piece is None:
            return
        way_ns = piece.way_ns
        stop_ns = self.ways[onu].broken(start_ns - way_ns, end_ns)
        if stop_ns <= begin_ns - way_ns:
            return
        yield self.env.timeout(begin_ns - way_ns - self.env.now)
        waiting = [queue for queue in self.queues if queue.onu == onu and queue.packets]
        if not waiting:
            return
        queue = min(waiting, key=lambda queue: queue.priority)
        if queue.cells_sent == 0:
            queue.began_ns = self.env.now
        queue.cells_sent += 1
        queue.broken |= stop_ns < NEVER
        number = self.queues.index(queue)
        yield self.env.timeout(end_ns - way_ns - self.env.now)
        if queue.cells_sent == num_cells(queue):
            arrival_ns, began_ns, size = self.finish(queue)
            if queue.broken:
                self.cut.append((number, end_ns, size))
            else:
                self.delivered.append((number, arrival_ns, began_ns, end_ns, size))
            queue.broken = False

    def downstream(self) -> Iterator[simpy.Event]:
        """Send cell after cell; a packet's cells follow one another, the oldest of the highest priority first."""
        slot, current = 0, None
        while True:
            yield self.env.timeout(self.moment(slot * CELL) - self.env.now)
            slot += 1
            waiting = [queue for queue in self.queues if queue.packets]
            if (slot - 1) % SPACING == 0 or not (current or waiting):
                continue
            if current is None:
                current = min(waiting, key=lambda queue: (queue.priority, queue.packets[0][0]))
                current.began_ns = self.env.now
            current.cells_sent += 1
            if current.cells_sent == num_cells(current):
                end_ns = self.moment(slot * CELL)
                yield self.env.timeout(end_ns - self.env.now)
                number = self.queues.index(current)
                arrival_ns, began_ns, size = self.finish(current)
                arrives_ns = self.ways[current.onu].arrives(began_ns, end_ns)
                if arrives_ns is None:
                    self.cut.append((number, end_ns, size))
                else:
                    self.delivered.append((number, arrival_ns, began_ns, arrives_ns, size))
                current = None
