"""Load the slow models, and build kernel states from the same plain lists of packets."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ponplan.catalogue import read_catalogue
from ponplan.scenario import SourceSettings, scenario_from_table
from ponplan.simulate.bare import make_bare_pon
from ponplan.simulate.traffic import QueueKey, Traffic

if TYPE_CHECKING:
    from types import ModuleType

    from ponplan.catalogue import Catalogue

HERE = Path(__file__).parent


def _load(name: str) -> object:
    specification = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def epon_model():
    """Load the slow EPON model."""
    return _load("epon_model")


@pytest.fixture(scope="session")
def cell_model():
    """Load the slow APON model."""
    return _load("cell_model")


@pytest.fixture(scope="session")
def frame_model():
    """Load the slow model of the 125 us systems."""
    return _load("frame_model")


@pytest.fixture(scope="session")
def timeline_model() -> ModuleType:
    """Load what happens to fibres."""
    return _load("timeline_model")


@pytest.fixture(scope="session")
def random_timelines(timeline_model: ModuleType):
    """Draw what happens to each ONU's fibre; give the timelines and all events in order of time."""

    def draw(rng: np.random.Generator, one_way_ns: object, *, until_ns: int, farthest_ns: int) -> object:
        per_onu = [
            timeline_model.random_events(rng, int(way), until_ns=until_ns, farthest_ns=farthest_ns)
            for way in one_way_ns
        ]
        timelines = [
            timeline_model.Timeline(int(way), events) for way, events in zip(one_way_ns, per_onu, strict=True)
        ]
        merged = sorted(
            (time, onu, kind, value) for onu, events in enumerate(per_onu) for time, kind, value in events
        )
        return timelines, merged

    return draw


@pytest.fixture(scope="session")
def down_model() -> ModuleType:
    """Load the slow downstream model."""
    return _load("down_model")


@pytest.fixture(scope="session")
def catalogue():
    """Read the shipped catalogue."""
    return read_catalogue()


@pytest.fixture(scope="session")
def traffic_from_lists():
    """Make traffic whose sources are given lists of (time, bytes), one list per queue key."""

    def make(keys: object, buffers: object, arrivals: object, *, num_onus: int) -> object:
        traces = {
            str(q): (np.array([t for t, _ in packets], np.int64), np.array([b for _, b in packets], np.int64))
            for q, packets in enumerate(arrivals)
            if packets
        }
        feeds = tuple((int(q), SourceSettings(kind="trace", file=q)) for q in traces)
        return Traffic(
            keys=tuple(QueueKey(onu=onu, tcont=tcont, priority=priority) for onu, tcont, priority in keys),
            buffer_bytes=np.array(buffers, np.int64),
            feeds=feeds,
            traces=traces,
            mac_bps=1e9,
            seconds=1.0,
            num_onus=num_onus,
        )

    return make


@pytest.fixture(scope="session")
def bare_pon(catalogue: Catalogue):
    """Make a PON ready to run from a scenario table."""

    def make(**table: object) -> object:
        return make_bare_pon(scenario_from_table(table), catalogue)

    return make


@pytest.fixture(scope="session")
def random_arrivals():
    """Draw bursty packets for each queue: clumps at equal times, long gaps, all frame sizes."""

    def draw(rng: np.random.Generator, num_queues: int, *, until_ns: int, mean_gap_ns: int) -> object:
        arrivals = []
        for _ in range(num_queues):
            gaps = rng.exponential(mean_gap_ns, 4000) * rng.choice([0.0, 0.3, 2.0], 4000)
            times = np.cumsum(gaps).astype(np.int64)
            times = times[times < until_ns]
            sizes = rng.choice([64, 65, 594, 1250, 1518], times.size)
            arrivals.append([(int(t), int(b)) for t, b in zip(times, sizes, strict=True)])
        return arrivals

    return draw
