"""Recorded traffic: CSV and captures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dpkt
import pytest

from ponplan.errors import ScenarioError
from ponplan.scenario.traces import read_trace

if TYPE_CHECKING:
    from pathlib import Path


def test_csv_times_start_at_the_first_packet(tmp_path: Path):
    """Times become nanoseconds after the first packet."""
    path = tmp_path / "trace.csv"
    path.write_text("time_s,bytes\n10.0,64\n10.000001,1518\n10.5,64\n")
    times, sizes = read_trace(path)
    assert times.tolist() == [0, 1000, 500_000_000]
    assert sizes.tolist() == [64, 1518, 64]


def test_every_bad_row_is_named(tmp_path: Path):
    """Rows that are no packets are listed by number."""
    path = tmp_path / "trace.csv"
    path.write_text("time_s,bytes\n1,64\nx,64\n2,0\ninf,64\n")
    with pytest.raises(ScenarioError) as caught:
        read_trace(path)
    assert [fault.row for fault in caught.value.faults] == [3, 4, 5]


def test_time_must_not_run_backwards(tmp_path: Path):
    """An earlier packet after a later one is refused with its row."""
    path = tmp_path / "trace.csv"
    path.write_text("time_s,bytes\n1,64\n3,64\n2,64\n")
    with pytest.raises(ScenarioError, match="row 3: time runs backwards"):
        read_trace(path)


@pytest.mark.parametrize("text", ["", "time_s,bytes\n", "seconds,length\n1,64\n"])
def test_empty_or_headless_files_are_refused(tmp_path: Path, text: str):
    """Without packets or the two columns there is nothing to play."""
    path = tmp_path / "trace.csv"
    path.write_text(text)
    with pytest.raises(ScenarioError):
        read_trace(path)


def test_captures_gain_what_a_wire_adds(tmp_path: Path):
    """Captured frames get four bytes of FCS and at least 64 in all."""
    path = tmp_path / "trace.pcap"
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        writer.writepkt(b"\0" * 42, ts=100.0)
        writer.writepkt(b"\0" * 1000, ts=100.25)
    times, sizes = read_trace(path)
    assert times.tolist() == [0, 250_000_000]
    assert sizes.tolist() == [64, 1004]


def test_broken_captures_are_refused(tmp_path: Path):
    """A capture that stops in its header is an input fault."""
    path = tmp_path / "trace.pcap"
    path.write_bytes(bytes.fromhex("d4c3b2a1") + b"\0\0")
    with pytest.raises(ScenarioError, match="capture"):
        read_trace(path)
