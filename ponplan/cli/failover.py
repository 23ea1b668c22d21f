"""`ponplan failover`: what a fault does to each customer, millisecond by millisecond."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.cluster import ClusterAddress, workers
from ponplan.cli.failover_tables import show_outages, show_pairs, show_sweep
from ponplan.cli.options import CatalogueDir, Force, Jobs, Json
from ponplan.cli.say import print_json, progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.failover.result import OutageResult
    from ponplan.failover.run import Played
    from ponplan.failover.sweep import SweepResult
    from ponplan.scenario import FaultScenario
    from ponplan.topology.network import Network

SCHEMA = "ponplan.failover/1"
SWEEP_SCHEMA = "ponplan.failover-sweep/1"
PAIR_SCHEMA = "ponplan.failover-pairs/1"


def failover_command(
    design: Annotated[Path | None, typer.Argument(metavar="[DESIGN.gpkg]", help="A design file.")] = None,
    pon: Annotated[
        Path | None,
        typer.Option("--pon", metavar="FILE.toml", help="A bare PON with its faults, instead of a design."),
    ] = None,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="S.toml", help="What breaks in the design, and when.")
    ] = None,
    every_span: Annotated[bool, typer.Option("--every-span", help="Cut every span in turn.")] = False,
    every_trench: Annotated[
        bool, typer.Option("--every-trench", help="Cut all cables of every route in turn.")
    ] = False,
    every_node: Annotated[
        bool, typer.Option("--every-node", help="Lose every office, cabinet, room and closure in turn.")
    ] = False,
    every_pair: Annotated[
        bool, typer.Option("--every-pair", help="Cut every two spans at once: who is lost?")
    ] = False,
    replications: Annotated[
        int | None, typer.Option("--replications", metavar="R", min=1, help="Runs; by default as the file says.")
    ] = None,
    packets: Annotated[
        bool, typer.Option("--packets", help="Carry the scenario's traffic through the fault: frames lost, backlog.")
    ] = False,
    timeline: Annotated[
        Path | None,
        typer.Option("--timeline", metavar="FILE", help="Picture of ports and terminals (svg, png, pdf)."),
    ] = None,
    parquet: Annotated[
        Path | None, typer.Option("--parquet", metavar="FILE", help="Table of customers or faults.")
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Map layer of a design's outages (gpkg, geojson).")
    ] = None,
    force: Force = False,
    jobs: Jobs = 1,
    cluster: ClusterAddress = None,
    catalogue_dir: CatalogueDir = None,
    as_json: Json = False,
) -> None:
    """Cut a fibre, or break a port, card or office, and see when each customer is back.

    Example: ponplan failover plan.gpkg --scenario scenarios/trunk_feeder_cut.toml --json
    """
    from ponplan.scenario import FaultScenario, read_faults

    if (design is None) == (pon is None):
        raise typer.BadParameter("give either a design or --pon")
    chosen = {"span": every_span, "trench": every_trench, "node": every_node, "pair": every_pair}
    every = [name for name, is_chosen in chosen.items() if is_chosen]
    files = Files(timeline=timeline, parquet=parquet, map_file=map_file, force=force)
    files.check(has_design=design is not None, every=every)
    if pon is not None:
        _play_pon(pon, catalogue_dir, replications, files, packets=packets, as_json=as_json)
    elif design is not None and every:
        settings = FaultScenario() if scenario is None else read_faults(scenario)
        with workers(cluster, jobs) as tasks:
            _sweep(design, settings, every[0], replications, tasks, files, as_json=as_json)
    elif design is not None and scenario is not None:
        _play_design(design, read_faults(scenario), replications, files, packets=packets, as_json=as_json)
    else:
        raise typer.BadParameter("say with --scenario what breaks, or ask for --every-span")


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is to be written beside the answer."""

    timeline: Path | None
    parquet: Path | None
    map_file: Path | None
    force: bool

    def check(self, *, has_design: bool, every: Sequence[str]) -> None:
        """Refuse what cannot be written before any work is done."""
        from ponplan.report.output import refuse

        if len(every) > 1 or (every and not has_design):
            words = "--every-span, --every-trench, --every-node and --every-pair"
            raise typer.BadParameter(f"one of {words}, with a design")
        if self.map_file is not None and (not has_design or "pair" in every):
            raise typer.BadParameter("--map needs a design, and draws customers and single faults")
        if self.timeline is not None and every:
            raise typer.BadParameter("--timeline draws one scenario")
        for path in (self.timeline, self.parquet, self.map_file):
            if path is not None:
                refuse(path, overwrite=self.force)

    def write(self, rows: Sequence[object]) -> None:
        """Write the table."""
        from ponplan.report.outage_tables import write_rows_parquet

        if self.parquet is not None:
            write_rows_parquet([asdict(row) for row in rows], self.parquet, overwrite=self.force)  # type: ignore[call-overload] # all are records

    def draw(self, played: Played) -> None:
        """Draw the group that suffers most."""
        from ponplan.report.outage_timeline import draw_timeline

        if self.timeline is not None and played.runs:
            worst = max(played.runs, key=lambda run: len(run.journals[0].outages))
            draw_timeline(worst, self.timeline, overwrite=self.force)

    def map(self, network: Network, result: OutageResult | SweepResult) -> None:
        """Write the map layer."""
        from ponplan.report.outage_map import write_outage_map

        if self.map_file is not None:
            write_outage_map(network, result, self.map_file, overwrite=self.force)


def _play_pon(
    pon: Path, catalogue_dir: Path | None, replications: int | None, files: Files, *, packets: bool, as_json: bool
) -> None:
    from ponplan.catalogue import read_catalogue
    from ponplan.failover import simulate_pon_faults
    from ponplan.scenario import read_scenario

    catalogue = read_catalogue(directory=catalogue_dir)
    played = simulate_pon_faults(read_scenario(pon), catalogue, replications=replications, packets=packets)
    _answer(played, files, as_json=as_json)


def _play_design(
    design: Path, scenario: FaultScenario, replications: int | None, files: Files, *, packets: bool, as_json: bool
) -> None:
    from ponplan.failover import simulate_network_faults
    from ponplan.topology import read_network

    network = read_network(design)
    played = simulate_network_faults(network, scenario, replications=replications, packets=packets)
    files.map(network, played.result)
    _answer(played, files, as_json=as_json)


def _answer(played: Played, files: Files, *, as_json: bool) -> None:
    files.draw(played)
    files.write(played.result.customers)
    if as_json:
        print_json({"schema": SCHEMA, **asdict(played.result)})
    else:
        show_outages(played.result)


def _sweep(
    design: Path,
    settings: FaultScenario,
    what: str,
    replications: int | None,
    jobs: int,
    files: Files,
    *,
    as_json: bool,
) -> None:
    from ponplan.failover import pair_network, sweep_network
    from ponplan.topology import read_network

    network = read_network(design)
    if what == "pair":
        pairs = pair_network(network)
        files.write(pairs.rows)
        if as_json:
            print_json({"schema": PAIR_SCHEMA, **asdict(pairs)})
        else:
            show_pairs(pairs)
        return
    count = settings.run.replications if replications is None else replications
    with progress_bar() as bar:
        task = bar.add_task(f"every {what}", total=None)
        result = sweep_network(
            network,
            settings,
            what=what,
            replications=count,
            jobs=jobs,
            on_group=lambda done, total: bar.update(task, completed=done, total=total),
        )
    files.write(result.rows)
    files.map(network, result)
    if as_json:
        print_json({"schema": SWEEP_SCHEMA, **asdict(result)})
    else:
        show_sweep(result)
