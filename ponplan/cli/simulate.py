"""`ponplan simulate`: packets over a PON."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.cluster import ClusterAddress, workers
from ponplan.cli.options import CatalogueDir, Force, Jobs, Json, Seed
from ponplan.cli.play import PlayOptions, play_design
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue
    from ponplan.scenario import Scenario
    from ponplan.simulate.policies import Policy
    from ponplan.simulate.result import DirectionResult, TrafficResult
    from ponplan.simulate.sweep import SweepPoint

SCHEMA = "ponplan.simulate/1"
SWEEP_SCHEMA = "ponplan.simulate-sweep/1"
GANTT_BURSTS = 400


def simulate_command(
    design: Annotated[
        Path | None, typer.Argument(metavar="[DESIGN.gpkg]", help="A design, every port of which is played.")
    ] = None,
    pon: Annotated[
        Path | None, typer.Option("--pon", metavar="FILE.toml", help="Or a bare PON with its traffic.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="Of a design: services as .parquet, .gpkg or .geojson."),
    ] = None,
    year: Annotated[int, typer.Option("--year", metavar="N", min=0, max=50, help="Years of growth.")] = 0,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="S", min=0.01, max=3600, help="Busy-hour time of each port.")
    ] = 1.0,
    seed: Seed = 1,
    jobs: Jobs = 1,
    cluster: ClusterAddress = None,
    cures: Annotated[bool, typer.Option(help="Play what may cure broken promises.")] = True,
    sweep: Annotated[
        str | None, typer.Option("--sweep", metavar="FIELD=FROM:TO:STEP", help="Play a range of any number.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Picture of the sweep or the ports (svg, png, pdf).")
    ] = None,
    gantt: Annotated[
        Path | None, typer.Option("--gantt", metavar="FILE", help="Picture of the first bursts after warm-up.")
    ] = None,
    parquet: Annotated[
        Path | None, typer.Option("--parquet", metavar="FILE", help="Table by port, ONU and class.")
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="FILE.py:NAME", help="Your own allocation policy; runs that file."),
    ] = None,
    force: Force = False,
    catalogue_dir: CatalogueDir = None,
    as_json: Json = False,
) -> None:
    """Play packets over a PON, or over every port of a design in its busy hour: what is kept of what was promised.

    Example: ponplan simulate plan.gpkg --year 10 --jobs 2 -o played.gpkg
    """
    if (design is None) == (pon is None):
        raise typer.BadParameter("give either a design or --pon FILE.toml")
    if design is not None:
        for name, given in (("--sweep", sweep), ("--gantt", gantt), ("--parquet", parquet), ("--policy", policy)):
            if given is not None:
                raise typer.BadParameter(f"{name} belongs to --pon")
        with workers(cluster, jobs) as tasks:
            play = PlayOptions(year=year, seconds=seconds, seed=seed, jobs=tasks, cures=cures)
            play_design(design, play, output=output, plot=plot, force=force, as_json=as_json)
        return
    if output is not None:
        raise typer.BadParameter("--output belongs to a design; a bare PON has --parquet")
    if plot is not None and sweep is None:
        raise typer.BadParameter("--plot draws a sweep; give --sweep too")
    _bare(pon, catalogue_dir, sweep, policy, plot, gantt, parquet, as_json=as_json)  # type: ignore[arg-type] # one is given


def _bare(
    pon: Path,
    catalogue_dir: Path | None,
    sweep: str | None,
    policy: str | None,
    plot: Path | None,
    gantt: Path | None,
    parquet: Path | None,
    *,
    as_json: bool,
) -> None:
    from ponplan.catalogue import read_catalogue
    from ponplan.scenario import read_scenario
    from ponplan.simulate.policies import policy_from_file

    scenario, catalogue = read_scenario(pon), read_catalogue(directory=catalogue_dir)
    own = None if policy is None else policy_from_file(policy)
    if sweep is not None:
        _sweep(scenario, catalogue, sweep, own, plot, parquet, as_json=as_json)
    else:
        _single(scenario, catalogue, own, parquet, as_json=as_json)
    if gantt is not None:
        _draw_bursts(scenario, catalogue, own, gantt)


def _single(
    scenario: Scenario, catalogue: Catalogue, policy: Policy | None, parquet: Path | None, *, as_json: bool
) -> None:
    from ponplan.report.traffic_tables import write_traffic_parquet
    from ponplan.simulate import simulate_traffic

    result = simulate_traffic(scenario, catalogue, policy=policy)
    if parquet is not None:
        write_traffic_parquet([(None, result)], parquet)
    if as_json:
        print_json({"schema": SCHEMA, **asdict(result)})
        return
    for one in (result, *result.coexisting):
        for name, direction in (("upstream", one.upstream), ("downstream", one.downstream)):
            if direction is not None:
                _show(f"{one.technology} {name}, {one.policy}", direction)
    talk(f"{result.cpu_seconds:.2f} s of processor time")


def _sweep(
    scenario: Scenario,
    catalogue: Catalogue,
    text: str,
    policy: Policy | None,
    plot: Path | None,
    parquet: Path | None,
    *,
    as_json: bool,
) -> None:
    from ponplan.report.traffic_plots import plot_sweep
    from ponplan.report.traffic_tables import write_traffic_parquet
    from ponplan.simulate.sweep import parse_sweep, rows_of, sweep_traffic

    sweep = parse_sweep(text)
    points = sweep_traffic(scenario, catalogue, sweep, policy=policy, on_point=_tell_point)
    if plot is not None:
        plot_sweep(rows_of(points), plot, field=sweep.field)
    if parquet is not None:
        write_traffic_parquet([(point.value, point.result) for point in points], parquet)
    if as_json:
        answers = [{"value": point.value, **asdict(point.result)} for point in points]
        cpu_seconds = sum(point.result.cpu_seconds for point in points)
        answer = {"schema": SWEEP_SCHEMA, "field": sweep.field, "cpu_seconds": cpu_seconds, "points": answers}
        print_json(answer)
    else:
        _show_sweep(sweep.field, rows_of(points))


def _draw_bursts(scenario: Scenario, catalogue: Catalogue, policy: Policy | None, path: Path) -> None:
    from ponplan.report.traffic_plots import plot_bursts
    from ponplan.simulate import Logs, record_traffic

    recorded = record_traffic(scenario, catalogue, logs=Logs(bursts=GANTT_BURSTS), policy=policy)
    plot_bursts(recorded.bursts, path, num_onus=scenario.onus)


def _tell_point(point: SweepPoint) -> None:
    result: TrafficResult = point.result
    talk(f"{point.value:g}: {result.cpu_seconds:.2f} s of processor time")


def _show(title: str, result: DirectionResult) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", show_header=False)
    delay = result.delay_us
    table.add_row("offered, carried, lost", f"{result.offered:.4f}  {result.carried:.4f}  {result.lost:.4f}")
    table.add_row("packets", f"{result.packets:,}")
    table.add_row("mean delay", f"{_us(delay.mean)} +- {_us(delay.ci95)}")
    table.add_row(
        "p50, p99, p99.9, longest", "  ".join(_us(v) for v in (delay.p50, delay.p99, delay.p999, delay.max))
    )
    table.add_row("until sent", _us(result.queueing_delay_us.mean))
    if result.cycle_us is not None:
        table.add_row("cycle mean, longest", f"{_us(result.cycle_us['mean'])}  {_us(result.cycle_us['max'])}")
    table.add_row("payload", f"{result.payload:.2%}")
    for use, share in result.overhead.items():
        table.add_row(use, f"{share:.2%}")
    Console(markup=False, highlight=False).print(table)


def _show_sweep(field: str, rows: list) -> None:  # type: ignore[type-arg]
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for name in (field, "direction", "offered", "carried", "lost", "mean", "p99", "longest"):
        table.add_column(name, justify="left" if name == "direction" else "right")
    for row in rows:
        shares = [f"{row[name]:.4f}" for name in ("offered", "carried", "lost")]
        delays = [_us(row[f"delay_{name}_us"]) for name in ("mean", "p99", "max")]
        table.add_row(f"{row['value']:g}", row["direction"], *shares, *delays)
    Console(markup=False, highlight=False).print(table)


def _us(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f} us"
