"""Read recorded traffic: CSV with time and bytes, or pcap through dpkt."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import Fault, ScenarioError
from ponplan.units import NS_PER_S

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FCS_BYTES = 4
SHORTEST_FRAME_BYTES = 64
_PCAP_MAGIC = {bytes.fromhex(word) for word in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "0a0d0d0a")}


def read_trace(path: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give arrival times from the first packet on, in nanoseconds, and frame sizes in bytes.

    A CSV file has a header with `time_s` and `bytes` (frame with FCS). A pcap or pcapng capture holds frames
    without FCS and padding, so four bytes are added and short frames are filled to 64.

    Raises
    ------
    ScenarioError
        If the file cannot be read, a row is not a time and a size, or time runs backwards; every bad row is listed.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ScenarioError([Fault(file=str(path), problem=f"cannot be read: {error.strerror}")]) from error
    times, sizes = _from_pcap(path, raw) if raw[:4] in _PCAP_MAGIC else _from_csv(path, raw)
    if times.size == 0:
        raise ScenarioError([Fault(file=str(path), problem="holds no packet")])
    backwards = np.flatnonzero(np.diff(times) < 0)
    if backwards.size:
        raise ScenarioError(
            [Fault(file=str(path), row=int(k) + 2, problem="time runs backwards here") for k in backwards]
        )
    return times - times[0], sizes


def _from_csv(path: Path, raw: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    faults: list[Fault] = []
    times: list[int] = []
    sizes: list[int] = []
    try:
        rows = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
        missing = {"time_s", "bytes"} - set(rows.fieldnames or ())
    except UnicodeDecodeError as error:
        raise ScenarioError([Fault(file=str(path), problem=f"is neither pcap nor UTF-8 CSV: {error}")]) from error
    if missing:
        remedy = "give a header row with time_s and bytes"
        raise ScenarioError([Fault(file=str(path), row=1, problem="columns are missing", remedy=remedy)])
    for number, row in enumerate(rows, start=2):
        try:
            seconds, size = float(row["time_s"]), int(row["bytes"])
        except (TypeError, ValueError):
            faults.append(Fault(file=str(path), row=number, problem="is not a time and a size", value=str(row)))
            continue
        if not math.isfinite(seconds) or not 1 <= size <= 65535:
            limit = "a finite time and 1 to 65535 bytes"
            faults.append(Fault(file=str(path), row=number, problem="out of range", value=row, limit=limit))
            continue
        times.append(round(seconds * NS_PER_S))
        sizes.append(size)
    if faults:
        raise ScenarioError(faults)
    return np.array(times, np.int64), np.array(sizes, np.int64)


def _from_pcap(path: Path, raw: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    import dpkt  # only this reader needs it

    try:
        packets = list(dpkt.pcap.UniversalReader(io.BytesIO(raw)))
    except (ValueError, dpkt.UnpackError) as error:
        raise ScenarioError([Fault(file=str(path), problem=f"is not a readable capture: {error}")]) from error
    times = np.array([round(seconds * NS_PER_S) for seconds, _ in packets], np.int64)
    sizes = np.array([max(len(frame) + FCS_BYTES, SHORTEST_FRAME_BYTES) for _, frame in packets], np.int64)
    return times, sizes
