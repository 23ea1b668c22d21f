"""Speed of faults: replications of a trunk switchover, and every span of a design: a JSON line each.

    python benchmarks/failover.py [DESIGN.gpkg] [--jobs N]

Without a design only the switchovers are measured. Seconds are wall time and processor time of this process.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from ponplan import read_catalogue, read_network
from ponplan.failover import network_availability, simulate_pon_faults, sweep_network
from ponplan.scenario import faults_from_table, scenario_from_table

RECOVERIES = ("swift-popup", "directed-popup", "ranging-pipelined", "ranging-serial", "reactivation")
REPLICATIONS = 1000


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("design", type=Path, nargs="?", help="a design file, such as one of 300 PONs")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    catalogue = read_catalogue()
    for recovery in RECOVERIES:
        table = {
            "technology": "gpon",
            "onus": 64,
            "distance_km": 10.0,
            "protection": {"scheme": "trunk", "recovery": recovery, "decide_ms": {"uniform": [0.0, 20.0]}},
            "fault": [{"what": "feeder-cut", "at_ms": 100.0}],
        }
        scenario, clock = scenario_from_table(table), Clock()
        result = simulate_pon_faults(scenario, catalogue, replications=REPLICATIONS, cures=False).result
        clock.say(f"trunk-64-{recovery}", replications=REPLICATIONS, outage_p99_ms=result.outage_ms["p99"])
    if options.design is not None:
        measure_design(options.design, options.jobs)


def measure_design(path: Path, jobs: int) -> None:
    """Measure sweeps and availability of one design."""
    network, settings = read_network(path), faults_from_table({})
    ports = sum(port.role == "working" for port in network.ports)
    for what in ("span", "trench", "node"):
        clock = Clock()
        result = sweep_network(network, settings, what=what, jobs=jobs)
        clock.say(
            f"every-{what}", ports=ports, customers=result.customers_total, faults=result.faults,
            fates_played=result.played, jobs=jobs,
        )  # fmt: skip
    clock = Clock()
    found = network_availability(network, settings, years=100.0, jobs=jobs)
    clock.say("availability", ports=ports, customers=found.customers_total, years=100, jobs=jobs)


class Clock:
    """Time since it was made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def say(self, name: str, **facts: object) -> None:
        """Print one line."""
        seconds = {
            "seconds": round(time.perf_counter() - self._wall, 2),
            "processor_seconds": round(time.process_time() - self._processor, 2),
        }
        print(json.dumps({"name": name, **facts, **seconds}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
