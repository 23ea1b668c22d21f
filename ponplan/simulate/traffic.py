"""Turn a scenario's sources into the queues and arrays that kernels run on."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import Fault, ScenarioError
from ponplan.framing import IPACT_TRIMODAL, size_table
from ponplan.framing.sizes import mean_bytes
from ponplan.scenario.traces import read_trace
from ponplan.simulate import arrivals
from ponplan.simulate.arrivals import NEVER, Sources, start_sources
from ponplan.simulate.draws import stream_states
from ponplan.simulate.queues import Queues, look_ahead, make_queues
from ponplan.simulate.watch import NOWHERE
from ponplan.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.scenario import Scenario, SourceSettings

NO_LIMIT = 2**60
_KINDS = {
    "cbr": arrivals.CBR,
    "poisson": arrivals.POISSON,
    "pareto": arrivals.PARETO,
    "trace": arrivals.TRACE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueKey:
    """Which traffic a queue holds; queues are numbered in this order."""

    onu: int
    tcont: int
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """One direction's queues, and what it takes to make a fresh set of sources for them."""

    keys: tuple[QueueKey, ...]
    buffer_bytes: NDArray[np.int64]
    feeds: tuple[tuple[int, SourceSettings], ...]  # (queue, source), in order of queue
    traces: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]
    mac_bps: float
    seconds: float
    num_onus: int
    aal1_queues: tuple[int, ...] = ()  # those that hold circuits' cells
    by_queue: bool = False  # keep a distribution of delays for every queue instead of every class
    count_at: int = NOWHERE  # note bytes in short steps of time when packets arrive, or are delivered
    circuit_queues: Mapping[int, tuple[int, float]] = field(default_factory=dict)  # their E1, ns between packets
    loop_hz: float = 1.0  # of the loops that recover their clocks

    @property
    def classes(self) -> tuple[tuple[int, int], ...]:
        """Pairs of T-CONT and priority that occur; the class of a queue is the place of its pair."""
        return tuple(sorted({(key.tcont, key.priority) for key in self.keys}))

    @property
    def queue_class(self) -> NDArray[np.int64]:
        """The class of each queue."""
        if self.by_queue:
            return np.arange(len(self.keys))
        place = {pair: number for number, pair in enumerate(self.classes)}
        return np.array([place[key.tcont, key.priority] for key in self.keys], np.int64)

    @property
    def offered_bps(self) -> float:
        """Mean rate of all sources but traces."""
        return sum(self.rate_bps(source) for _, source in self.feeds)

    def rate_bps(self, source: SourceSettings) -> float:
        """Give the mean rate of a source at one ONU."""
        if source.kind == "trace":
            times, sizes = self.traces[str(source.file)]
            return float(sizes.sum()) * 8e9 / max(float(times[-1]), 1.0)
        if source.rate_mbps is not None:
            return source.rate_mbps * 1e6
        num = self.num_onus if source.onus is None else len(source.onus)
        return float(source.load or 0.0) * self.mac_bps / num


def make_traffic(scenario: Scenario, direction: str, *, mac_bps: float, num_tconts: int) -> Traffic:
    """Give the direction's traffic; every ONU has at least one queue in each T-CONT.

    Raises
    ------
    ScenarioError
        If a trace file is at fault.
    """
    sources = [source for source in scenario.source if source.direction == direction]
    wanted: dict[tuple[int, int, int], list[SourceSettings]] = {}
    for onu in range(scenario.onus):
        for tcont in range(num_tconts):
            wanted.setdefault((onu, tcont, 0), [])
    for source in sources:
        for onu in source.onus if source.onus is not None else range(scenario.onus):
            wanted.setdefault((onu, source.tcont if direction == "up" else 0, source.priority), []).append(source)
    ordered = sorted(wanted)
    files = {str(source.file) for source in sources if source.kind == "trace"}
    return Traffic(
        keys=tuple(QueueKey(onu=onu, tcont=tcont, priority=priority) for onu, tcont, priority in ordered),
        buffer_bytes=np.array([_buffer(wanted[key]) for key in ordered], np.int64),
        feeds=tuple((q, source) for q, key in enumerate(ordered) for source in wanted[key]),
        traces={file: read_trace(Path(file)) for file in sorted(files)},
        mac_bps=mac_bps,
        seconds=scenario.run.seconds,
        num_onus=scenario.onus,
    )


def _buffer(sources: list[SourceSettings]) -> int:
    """Give the smallest buffer that a queue's sources name."""
    return min((source.buffer_bytes for source in sources if source.buffer_bytes is not None), default=NO_LIMIT)


def sizes_of(source: SourceSettings) -> tuple[tuple[int, float], ...]:
    """Give a source's packet sizes with their shares."""
    given = IPACT_TRIMODAL if source.packet_bytes == "trimodal" else source.packet_bytes
    return size_table(given)


def make_sources(traffic: Traffic, rng: np.random.Generator) -> tuple[Queues, Sources]:
    """Give empty queues and sources set to their first packets, all draws seeded from `rng`.

    Raises
    ------
    ScenarioError
        If an on-off source is asked for more than its streams can send.
    """
    num = len(traffic.feeds)
    first = np.searchsorted([q for q, _ in traffic.feeds], np.arange(len(traffic.keys) + 1)).astype(np.int64)
    ints = np.zeros((num, arrivals.SOURCE_INTS), np.int64)
    reals = np.zeros((num, arrivals.SOURCE_REALS), np.float64)
    bytes_column: list[int] = []
    cumulative_column: list[float] = []
    trace_from = _trace_offsets(traffic)
    for s, (_, source) in enumerate(traffic.feeds):
        ints[s, arrivals.KIND] = _KINDS[source.kind]
        if source.kind == "trace":
            _set_trace(ints[s], reals[s], source, traffic, trace_from)
            continue
        table = sizes_of(source)
        ints[s, arrivals.SIZES_FROM] = len(bytes_column)
        bytes_column += [size for size, _ in table]
        cumulative_column += list(np.cumsum([share for _, share in table]))
        ints[s, arrivals.SIZES_TO] = len(bytes_column)
        _set_rate(ints[s], reals[s], source, rate_bps=traffic.rate_bps(source), mean=mean_bytes(table))
    width = int(ints[:, arrivals.STREAMS].max(initial=0)) or 1
    sources = Sources(
        first=first,
        next_ns=np.full(num, NEVER),
        ints=ints,
        reals=reals,
        draws=stream_states(rng, max(num, 1)),
        size_bytes=np.array(bytes_column or [0], np.int64),
        size_cumulative=np.array(cumulative_column or [1.0], np.float64),
        stream_ns=np.zeros((num, width)),
        stream_on_ns=np.zeros((num, width)),
        stream_bytes=np.zeros((num, width), np.int64),
        trace_ns=np.concatenate([times for times, _ in traffic.traces.values()] or [np.zeros(1, np.int64)]),
        trace_bytes=np.concatenate([sizes for _, sizes in traffic.traces.values()] or [np.zeros(1, np.int64)]),
        ahead=np.zeros((num, arrivals.BLOCK), np.int64),
        gaps=np.zeros(arrivals.BLOCK),
    )
    start_sources(sources)
    queues = make_queues(traffic.buffer_bytes, capacity_packets=_capacity(traffic))
    for q in range(len(traffic.keys)):
        look_ahead(queues, sources, q)
    return queues, sources


def _trace_offsets(traffic: Traffic) -> dict[str, int]:
    offsets, total = {}, 0
    for file, (times, _) in traffic.traces.items():
        offsets[file] = total
        total += times.size
    return offsets


def _set_trace(
    ints: NDArray[np.int64],
    reals: NDArray[np.float64],
    source: SourceSettings,
    traffic: Traffic,
    offsets: dict[str, int],
) -> None:
    times, _ = traffic.traces[str(source.file)]
    start = offsets[str(source.file)]
    ints[arrivals.CURSOR] = ints[arrivals.LOOP_FROM] = start
    ints[arrivals.TRACE_END] = start + times.size
    # a repeated trace leaves its mean gap between its last packet and its first
    reals[arrivals.LOOP_NS] = times[-1] + times[-1] / max(times.size - 1, 1) if source.loop else 0.0


def _set_rate(
    ints: NDArray[np.int64],
    reals: NDArray[np.float64],
    source: SourceSettings,
    *,
    rate_bps: float,
    mean: float,
) -> None:
    reals[arrivals.PACKET_GAP_NS] = mean * 8e9 / rate_bps
    reals[arrivals.BYTE_NS] = 8e9 / rate_bps
    if source.kind != "pareto":
        return
    on_ns, off_ns, shape = on_off_periods_ns(source, rate_bps=rate_bps, mean=mean)
    ints[arrivals.STREAMS] = source.streams
    reals[arrivals.BYTE_NS] = 8e3 / source.peak_mbps
    reals[arrivals.SHAPE] = shape
    reals[arrivals.ON_NS], reals[arrivals.OFF_NS] = on_ns, off_ns


def on_off_periods_ns(source: SourceSettings, *, rate_bps: float, mean: float) -> tuple[float, float, float]:
    """Give the shortest on and off periods of an on-off source's streams, and the shape of both.

    Parameters
    ----------
    mean
        Mean packet size in bytes.

    Raises
    ------
    ScenarioError
        If the source is asked for more than its streams can send.
    """
    shape = 3.0 - 2.0 * source.hurst  # Taqqu, Willinger, Sherman 1997: H = (3 - shape) / 2
    busy = rate_bps / (source.streams * source.peak_mbps * 1e6)
    if busy >= 1.0:
        limit = f"rate below {source.streams} streams x {source.peak_mbps:g} Mbit/s"
        problem = "an on-off source cannot send so much"
        raise ScenarioError(
            [Fault(file="scenario", field="source", problem=problem, value=rate_bps / 1e6, limit=limit)]
        )
    mean_on_ns = source.mean_burst_packets * mean * 8e3 / source.peak_mbps
    smallest = (shape - 1.0) / shape  # smallest over mean of a Pareto draw
    return mean_on_ns * smallest, mean_on_ns * (1.0 - busy) / busy * smallest, shape


def _capacity(traffic: Traffic) -> int:
    """Give how many packets a queue may have to hold: what its buffer takes, or what a run can bring."""
    most = 1
    feeding = max(Counter(q for q, _ in traffic.feeds).values(), default=0)
    for q, source in traffic.feeds:
        smallest, brought = _smallest_and_brought(traffic, source, feeding)
        fits = int(traffic.buffer_bytes[q]) // smallest + 2
        most = max(most, min(fits, brought))
    return most + 1024


def _smallest_and_brought(traffic: Traffic, source: SourceSettings, feeding: int) -> tuple[int, int]:
    """Give a source's smallest packet, and what so many sources like it can bring."""
    if source.kind == "trace":
        times, sizes = traffic.traces[str(source.file)]
        loops = math.ceil(traffic.seconds * NS_PER_S / max(int(times[-1]), 1)) + 1 if source.loop else 1
        return int(sizes.min()), feeding * int(times.size) * min(loops, 10**6)
    table = sizes_of(source)
    packets = traffic.seconds * traffic.rate_bps(source) / 8 / mean_bytes(table)
    bursty = 4 if source.kind == "pareto" else 1
    return min(size for size, _ in table), feeding * bursty * int(packets * 1.2 + 50_000)
