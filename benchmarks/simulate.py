"""Speed of the packet kernels on one core, compiling apart: a JSON line each; cost against load, ONUs and duration.

    python benchmarks/simulate.py [--plot FILE]
    python benchmarks/simulate.py --design DESIGN.gpkg [--year N] [--jobs N]

Every figure counts process CPU time of whole runs: traffic, allocation and full statistics included.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import sys
import time
from pathlib import Path

import joblib

from ponplan.catalogue import Catalogue, read_catalogue
from ponplan.report.traffic_plots import save_figure
from ponplan.scenario import scenario_from_table
from ponplan.simulate import TrafficResult, simulate_network, simulate_traffic
from ponplan.topology import read_network
from ponplan.topology.survey import Survey

REPEATS = 3
WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)  # of children: the largest one


def main(arguments: list[str]) -> None:
    """Measure, print, and draw if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plot", type=Path, help="picture of cost against load, ONUs and duration")
    parser.add_argument("--design", type=Path, help="play one second of every port of this design instead")
    parser.add_argument("--year", type=int, default=0, help="years of growth of the design")
    parser.add_argument("--jobs", type=int, default=1, help="processes to play the design with")
    options = parser.parse_args(arguments)
    if options.design is not None:
        play_design(options.design, year=options.year, jobs=options.jobs)
        return
    catalogue = read_catalogue()
    say("gated-epon", best(catalogue, gated_epon()), target_packets_per_cpu_s=20e6)
    say("gated-epon-near", best(catalogue, gated_epon(distance_km=0.0)), target_packets_per_cpu_s=20e6)
    say("xgs-64x4", best(catalogue, xgs()), target_simulated_s_per_cpu_s=10, gate_simulated_s_per_cpu_s=5)
    curves = {
        "load": [(load, gated_epon(load=load)) for load in (0.1, 0.3, 0.5, 0.7, 0.9)],
        "onus": [(onus, gated_epon(onus=onus)) for onus in (4, 8, 16, 32, 64)],
        "seconds": [(seconds, gated_epon(seconds=seconds)) for seconds in (1.0, 2.0, 4.0, 8.0, 16.0)],
    }
    costs = {field: [(value, best(catalogue, table)) for value, table in curve] for field, curve in curves.items()}
    for field, curve in costs.items():
        for value, result in curve:
            say(f"gated-epon-{field}", result, **{field: value})
    if options.plot is not None:
        draw(costs, options.plot)


def play_design(path: Path, *, year: int, jobs: int) -> None:
    """Play one second of a design and print one line; cures are left out, and kernels compiled before."""
    network = read_network(path)
    simulate_network(network, seconds=0.02, jobs=jobs, cures=False)
    began, cpu_began = time.perf_counter(), cpu_seconds()
    result = simulate_network(network, year=year, jobs=jobs, cures=False)
    wall_s, own_s = time.perf_counter() - began, cpu_seconds() - cpu_began
    joblib.externals.loky.get_reusable_executor().shutdown()  # so that the workers' time and memory can be read
    survey = Survey(network)
    overloaded = (survey.port_loads_after_bps(year) > survey.port_rates_bps).any(axis=1)
    line = {
        "benchmark": "design",
        "year": year,
        "jobs": jobs,
        "ports": len(result.ports),
        "packets": result.packets,
        "wall_seconds": round(wall_s, 2),
        "cpu_seconds": round(own_s + children_seconds(), 2),
        "load_average": round(os.getloadavg()[0], 1),
        "peak_memory_mb": round(sum(resource.getrusage(who).ru_maxrss for who in WHO[: 1 + (jobs > 1)]) / 1e3),
        "broken_services": result.broken,
        "ports_with_a_broken_promise": sum(one.result.broken > 0 for one in result.ports),
        "ports_full_by_check": int(overloaded.sum()),
        "ports_above_95_percent_played": sum(
            one.result.up.is_full or one.result.down.is_full for one in result.ports
        ),
    }
    for way in ("up", "down"):
        directions = [getattr(one.result, way) for one in result.ports]
        reckoned = sum(one.reckoned_bps for one in directions)
        width = math.sqrt(sum(one.offered_ci95_bps**2 for one in directions))
        line[f"offered_over_check_{way}"] = round(sum(one.offered_bps for one in directions) / reckoned, 4)
        line[f"ci95_{way}"] = round(width / reckoned, 4)
        line[f"agree_{way}"] = sum(one.agrees for one in directions)
    print(json.dumps(line), flush=True)


def cpu_seconds() -> float:
    """Give the processor time of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def children_seconds() -> float:
    """Give the processor time of workers that have ended, loading and compiling included."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def gated_epon(
    *, load: float = 0.9, onus: int = 16, seconds: float = 20.0, distance_km: object = (0.5, 20.0)
) -> dict[str, object]:
    """Describe gated EPON with 1250-byte Poisson traffic."""
    return {
        "technology": "epon",
        "onus": onus,
        "distance_km": distance_km,
        "dba": {"policy": "gated", "guard_us": 5.0},
        "source": [{"kind": "poisson", "load": load, "packet_bytes": 1250, "buffer_bytes": 10_000_000}],
        "run": {"seconds": seconds, "warmup_seconds": 0.1, "seed": 1},
    }


def xgs(*, seconds: float = 5.0) -> dict[str, object]:
    """Describe XGS-PON with 64 ONUs, four T-CONTs each, mixed sizes, load 0.9, the reference policy."""
    sources = [
        {"load": 0.225, "packet_bytes": "trimodal", "tcont": tcont, "buffer_bytes": 1_000_000} for tcont in range(4)
    ]
    tconts = [
        {"type": 2, "assured_mbps": 40.0},
        {"type": 3, "assured_mbps": 20.0, "max_mbps": 1000.0},
        {"type": 4, "weight": 2.0},
        {"type": 4},
    ]
    return {
        "technology": "xgs-pon",
        "onus": 64,
        "distance_km": (0.5, 20.0),
        "dba": {"policy": "reference"},
        "tcont": tconts,
        "source": sources,
        "run": {"seconds": seconds, "warmup_seconds": 0.5, "seed": 1},
    }


def best(catalogue: Catalogue, table: dict[str, object]) -> TrafficResult:
    """Give the fastest of some runs, the first of which may have compiled."""
    scenario = scenario_from_table(table)
    runs = [simulate_traffic(scenario, catalogue) for _ in range(REPEATS)]
    return min(runs, key=lambda result: result.cpu_seconds)


def packets_of(result: TrafficResult) -> float:
    """Give the packets of the whole run, warm-up included."""
    up = result.upstream
    return 0.0 if up is None else up.offered * up.mac_rate_bps * result.seconds / 8 / mean_bytes(result)


def mean_bytes(result: TrafficResult) -> float:
    """Give the mean frame size that was offered."""
    up = result.upstream
    measured_s = result.seconds - (0.1 if result.technology == "epon" else 0.5)
    return 1.0 if up is None else up.offered * up.mac_rate_bps * measured_s / 8 / max(up.packets_offered, 1)


def say(name: str, result: TrafficResult, **more: float) -> None:
    """Print one line."""
    packets = packets_of(result)
    up = result.upstream
    line = {
        "benchmark": name,
        "cpu_seconds": round(result.cpu_seconds, 4),
        "packets": round(packets),
        "packets_per_cpu_s": round(packets / result.cpu_seconds),
        "simulated_s_per_cpu_s": round(result.seconds / result.cpu_seconds, 2),
        "carried": None if up is None else round(up.carried, 4),
        "mean_delay_us": None if up is None or up.delay_us.mean is None else round(up.delay_us.mean, 1),
        **more,
    }
    print(json.dumps(line), flush=True)


def draw(costs: dict[str, list[tuple[float, TrafficResult]]], path: Path) -> None:
    """Draw CPU seconds against each field."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.5), layout="constrained")
    for axes, (field, curve) in zip(figure.subplots(1, len(costs)), costs.items(), strict=True):
        axes.plot([value for value, _ in curve], [result.cpu_seconds for _, result in curve], marker="o")
        axes.set(xlabel=field, ylabel="CPU seconds", ylim=(0, None))
        axes.grid(visible=True, alpha=0.3)
    save_figure(figure, path)


if __name__ == "__main__":
    main(sys.argv[1:])
