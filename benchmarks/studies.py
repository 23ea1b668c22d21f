"""Studies over the scenarios: each plays a family of runs, draws one picture and prints what it found as a JSON line.

python benchmarks/studies.py [NAME ...] [--output docs/studies] [--quick]
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ponplan import design_network, read_area
from ponplan.catalogue import read_catalogue
from ponplan.report.traffic_plots import save_figure
from ponplan.scenario import Scenario, read_scenario, scenario_from_table
from ponplan.simulate import simulate_network, simulate_traffic
from ponplan.simulate.bare import make_bare_pon
from ponplan.simulate.live import policy_function
from ponplan.simulate.run import play_once
from ponplan.simulate.wander import SAMPLE_S, interval_steps, limit_us, mtie_us
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.simulate.promises import FlowResult

ROOT = Path(__file__).resolve().parents[1]
FEW = 60  # customers in a short run of the bank district
Curve = tuple[list[float], list[float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Curves by name, and what the axes are."""

    curves: dict[str, Curve]
    across: str
    up: str
    is_log: bool = False
    is_log_across: bool = False


def main(arguments: Sequence[str]) -> None:
    """Play, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*STUDIES, []], help="studies; all by default")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "studies")
    parser.add_argument("--quick", action="store_true", help="a tenth of the time and half of the points")
    options = parser.parse_args(arguments)
    catalogue = read_catalogue()
    options.output.mkdir(parents=True, exist_ok=True)
    for name in options.names or STUDIES:
        study = STUDIES[name](catalogue, 0.1 if options.quick else 1.0)
        print(json.dumps({"study": name, "across": study.across, "up": study.up, "curves": study.curves}), flush=True)
        draw(study, options.output / f"{name}.svg")


def draw(study: Study, path: Path) -> None:
    """Draw the curves."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name, (values, heights) in study.curves.items():
        axes.plot(
            values, [float("nan") if height is None else height for height in heights], marker="o", ms=4, label=name
        )
    axes.set(xlabel=study.across, ylabel=study.up)
    if study.is_log_across:
        axes.set_xscale("log")
    if study.is_log:
        axes.set_yscale("log")
    else:
        axes.set_ylim(0, None)
    axes.grid(visible=True, alpha=0.3)
    axes.legend(fontsize="small")
    save_figure(figure, path)


def changed(scenario: Scenario, seconds: float, **dba: object) -> Scenario:
    """Give a scenario for another time, one replication, with other grant settings."""
    run = scenario.run.model_copy(update={"seconds": seconds, "warmup_seconds": seconds / 5, "replications": 1})
    return scenario.model_copy(update={"run": run, "dba": scenario.dba.model_copy(update=dba)})


def with_load(scenario: Scenario, load: float) -> Scenario:
    """Give a scenario whose loads are others."""
    sources = [one if one.load is None else one.model_copy(update={"load": load}) for one in scenario.source]
    return scenario.model_copy(update={"source": sources})


def grid(low: float, high: float, points: int, scale: float) -> list[float]:
    """Give evenly spaced values, half as many for a quick look."""
    points = points if scale == 1.0 else (points + 1) // 2
    return [round(low + (high - low) * k / (points - 1), 4) for k in range(points)]


def ipact(catalogue: Catalogue, scale: float) -> Study:
    """IPACT's disciplines: mean delay against load."""
    base = read_scenario(ROOT / "scenarios" / "ipact_limited.toml")
    loads = grid(0.1, 1.0, 10, scale)
    curves = {}
    for policy in ("fixed", "limited", "gated", "constant-credit", "linear-credit", "elastic"):
        runs = [
            simulate_traffic(with_load(changed(base, 2 * scale, policy=policy), load), catalogue) for load in loads
        ]
        curves[policy] = (loads, [run.upstream.delay_us.mean / 1e3 for run in runs])
    return Study(curves=curves, across="offered load", up="mean delay / ms", is_log=True)


def efficiency(catalogue: Catalogue, scale: float) -> Study:
    """EPON against GPON: what gets through at most, by frame size, 16 ONUs."""
    sizes = [64, 128, 256, 512, 1024, 1518] if scale == 1.0 else [64, 512, 1518]
    curves: dict[str, Curve] = {}
    for technology, dba in (("epon", {"policy": "limited"}), ("gpon", {"policy": "reference"})):
        for way in ("down", "up"):
            carried = [saturated_mbps(catalogue, technology, dba, way, size, scale) for size in sizes]
            curves[f"{technology} {way}"] = (list(map(float, sizes)), carried)
            curves[f"{technology} {way}, trimodal"] = (
                [529.8], [saturated_mbps(catalogue, technology, dba, way, "trimodal", scale)]
            )  # fmt: skip
    return Study(curves=curves, across="frame / bytes", up="carried / Mbit/s")


def saturated_mbps(
    catalogue: Catalogue, technology: str, dba: dict[str, object], way: str, size: object, scale: float
) -> float:
    """Give what one direction carries at most while the other one is half full."""
    other = {"direction": "up" if way == "down" else "down", "load": 0.5}
    table = {
        "technology": technology,
        "onus": 16,
        "distance_km": 10.0,
        "dba": dba,
        "source": [{"direction": way, "load": 1.2, "packet_bytes": size, "buffer_bytes": 500_000}, other],
        "run": {"seconds": 0.5 * max(scale, 0.2)},
    }
    result = simulate_traffic(scenario_from_table(table), catalogue)
    one = result.downstream if way == "down" else result.upstream
    return one.carried * one.mac_rate_bps / 1e6


def intervals(catalogue: Catalogue, scale: float) -> Study:
    """Compare the reference model with service intervals: mean delay against load on GPON."""
    loads = grid(0.1, 0.9, 9, scale)
    curves = {}
    for policy in ("reference", "giant"):
        runs = []
        for load in loads:
            table = {
                "technology": "gpon",
                "onus": 16,
                "distance_km": (0.5, 20.0),
                "dba": {"policy": policy},
                "tcont": [{"type": 3, "assured_mbps": 20.0, "max_mbps": 600.0}, {"type": 4, "max_mbps": 600.0}],
                "source": [
                    {"load": load / 2, "packet_bytes": "trimodal", "tcont": tcont, "buffer_bytes": 1_000_000}
                    for tcont in (0, 1)
                ],
                "run": {"seconds": 0.5 * scale},
            }
            runs.append(simulate_traffic(scenario_from_table(table), catalogue))
        for place, kind in ((0, "assured"), (1, "best effort")):
            delays = [run.upstream.classes[place].mean_delay_us / 1e3 for run in runs]
            curves[f"{policy}, {kind}"] = (loads, delays)
    return Study(curves=curves, across="offered load", up="mean delay / ms", is_log=True)


def busy_hour(catalogue: Catalogue, scale: float) -> Study:
    """XGS-PON's busy hour: delay of 99 % by T-CONT, upstream, as its loads are scaled."""
    base = changed(read_scenario(ROOT / "scenarios" / "xgs_busy_hour.toml"), 0.25 * scale)
    factors = grid(0.4, 1.3, 7, scale)
    curves: dict[str, Curve] = {}
    runs = []
    for factor in factors:
        sources = [one.model_copy(update=scaled(one, factor)) for one in base.source]
        runs.append(simulate_traffic(base.model_copy(update={"source": sources}), catalogue).upstream)
    for place, group in enumerate(runs[0].classes):
        delays = [
            None if run.classes[place].p99_delay_us is None else run.classes[place].p99_delay_us / 1e3 for run in runs
        ]
        curves[f"T-CONT {group.tcont}"] = (factors, delays)
    return Study(curves=curves, across="times the busy hour's load", up="99 % delay / ms", is_log=True)


def scaled(source: object, factor: float) -> dict[str, float]:
    """Give a source's load or rate times a factor."""
    name = "load" if source.load is not None else "rate_mbps"  # type: ignore[attr-defined]
    value = getattr(source, name)
    return {} if value is None else {name: value * factor}


def e1(catalogue: Catalogue, scale: float) -> Study:
    """E1 over GPON and over EPON: end to end upstream with its jitter buffer, beside more and more data."""
    loads = grid(0.1, 0.8, 8, scale)
    curves = {}
    for technology in ("gpon", "epon"):
        base = changed(read_scenario(ROOT / "scenarios" / f"e1_over_{technology}.toml"), 0.5 * scale)
        runs = [simulate_traffic(with_load(base, load), catalogue).upstream for load in loads]
        for field, words in (("end_to_end_us", "end to end"), ("jitter_buffer_us", "jitter buffer")):
            worst = [max(getattr(row, field) for row in run.circuits) / 1e3 for run in runs]
            curves[f"{technology}, {words}"] = (loads, worst)
    return Study(curves=curves, across="load of data beside", up="worst of 16 ONUs / ms")


def wander(catalogue: Catalogue, scale: float) -> Study:
    """Recover E1 clocks over GPON, APON and EPON: how far the worst one moves over longer and longer intervals."""
    limits = tuple(catalogue.wander_limits.values())
    curves: dict[str, Curve] = {}
    for technology in ("gpon", "apon", "epon"):
        base = changed(read_scenario(ROOT / "scenarios" / f"e1_over_{technology}.toml"), 60 * scale)
        pon = make_bare_pon(base, catalogue)
        up = play_once(pon, policy_function(pon), 0)[0]
        phases_us = [phase_us for own in up.phases_us.values() for phase_us in own]
        steps = [step for step in interval_steps(phases_us[0].size) if step * SAMPLE_S > 0.05]
        curves[f"E1 over {technology}"] = (
            [step * SAMPLE_S for step in steps],
            [max(mtie_us(phase_us, step) for phase_us in phases_us) for step in steps],
        )
    intervals_s = max((values for values, _ in curves.values()), key=len)
    curves["limit (G.8261 case 1)"] = (intervals_s, [limit_us(limits, interval_s) for interval_s in intervals_s])
    return Study(
        curves=curves, across="observation interval / s", up="worst MTIE / us", is_log=True, is_log_across=True
    )


def bank(catalogue: Catalogue, scale: float) -> Study:
    """Play the bank district on GPON and on EPON, both with MSTP: what the worst service uses of what is promised."""
    area = read_area(ROOT / "topologies" / "bank-district")
    if scale < 1.0:
        area = replace(area, customers=area.customers[:FEW])
    years = [0, 2, 4, 6, 8, 10] if scale == 1.0 else [0, 10]
    effort = "normal" if scale == 1.0 else "quick"
    curves: dict[str, Curve] = {}
    for technology in ("gpon", "epon"):
        rules = replace(area.rules, class_technology={"finance": technology})
        network = design_network(replace(area, rules=rules), catalogue=catalogue, seed=1, effort=effort).network
        for words in ("E1 delay", "E1 wander", "other delay"):
            curves[f"{technology}, {words}"] = (list(map(float, years)), [])
        for year in years:
            result = simulate_network(network, year=year, seconds=max(scale, 0.2), cures=False)
            flows = [flow for one in result.ports for flow in one.result.flows]
            circuits = [flow for flow in flows if flow.circuit_delay_ms is not None]
            others = [flow for flow in flows if flow.circuit_delay_ms is None]
            for words, worst in (
                ("E1 delay", max(used_delay(flow) for flow in circuits)),
                ("E1 wander", max(flow.wander_share or 0.0 for flow in circuits)),
                ("other delay", max(used_delay(flow) for flow in others)),
            ):
                curves[f"{technology}, {words}"][1].append(worst)
    return Study(curves=curves, across="year", up="share of what is promised or allowed, worst service", is_log=True)


def used_delay(flow: FlowResult) -> float:
    """Give how much of its promised delay a service takes, end to end."""
    return (flow.end_to_end_ms or 0.0) / flow.promised_delay_ms


def beside(catalogue: Catalogue, scale: float) -> Study:
    """10G beside 1G: what an upstream carries at most as ONUs move from 1G to 10G."""
    moved = [0, 2, 4, 6, 8, 10, 12, 14, 16] if scale == 1.0 else [0, 8, 16]
    curves: dict[str, Curve] = {"all ONUs": ([], []), "each 10G ONU": ([], []), "each 1G ONU": ([], [])}
    for fast in moved:
        slow = list(range(fast, 16))
        table = {
            "technology": "10g-epon-10-10" if fast else "epon",
            "onus": 16,
            "distance_km": 5.0,
            "source": [{"rate_mbps": 1000.0, "packet_bytes": "trimodal", "buffer_bytes": 1_000_000}],
            "coexist": [{"technology": "epon", "onus": slow}] if fast and slow else [],
            "run": {"seconds": 0.3 * max(scale, 0.2)},
        }
        up = simulate_traffic(scenario_from_table(table), catalogue).upstream
        rates = [group.carried * up.mac_rate_bps / 1e6 for group in up.onus]
        for name, value in (
            ("all ONUs", sum(rates)),
            ("each 10G ONU", sum(rates[:fast]) / fast if fast else None),
            ("each 1G ONU", sum(rates[fast:]) / len(slow) if slow else None),
        ):
            curves[name][0].append(float(fast))
            curves[name][1].append(value)
    return Study(curves=curves, across="ONUs at 10 Gbit/s, of 16", up="carried upstream / Mbit/s", is_log=True)


def growth(catalogue: Catalogue, scale: float) -> Study:
    """Growth to year ten and beyond: ports of a town with a broken promise, and ports that arithmetic calls full."""
    area = read_area(ROOT / "topologies" / "mixed-town")
    network = design_network(area, catalogue=catalogue, seed=1).network
    survey = Survey(network)
    years = [0, 2, 4, 6, 8, 10, 12, 15] if scale == 1.0 else [0, 10]
    broken: list[float | None] = []
    full: list[float | None] = []
    for year in years:
        result = simulate_network(network, year=year, seconds=0.5 * max(scale, 0.2), cures=False)
        broken.append(float(sum(one.result.broken > 0 for one in result.ports)))
        full.append(float(((survey.port_loads_after_bps(year) > survey.port_rates_bps).any(axis=1)).sum()))
    values = [float(year) for year in years]
    curves = {"a promise broken, played": (values, broken), "full by `check`'s arithmetic": (values, full)}
    return Study(curves=curves, across="year", up=f"ports of {len(survey.port_rates_bps)}")


STUDIES: dict[str, Callable[[Catalogue, float], Study]] = {
    "ipact": ipact,
    "efficiency": efficiency,
    "intervals": intervals,
    "busy-hour": busy_hour,
    "e1": e1,
    "wander": wander,
    "bank": bank,
    "beside": beside,
    "growth": growth,
}

if __name__ == "__main__":
    main(sys.argv[1:])
