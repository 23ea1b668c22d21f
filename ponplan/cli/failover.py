"""`ponplan failover`: what a fault does to each customer, millisecond by millisecond."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.failover_tables import show_outages, show_pairs, show_sweep
from ponplan.cli.options import CatalogueDir, Jobs, Json
from ponplan.cli.say import print_json, progress_bar

if TYPE_CHECKING:
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
    jobs: Jobs = 1,
    catalogue_dir: CatalogueDir = None,
    as_json: Json = False,
) -> None:
    """Cut a fibre, or break a port, card or office, and see when each customer is back.

    Example: ponplan failover plan.gpkg --scenario scenarios/trunk_feeder_cut.toml --json
    """
    from ponplan.catalogue import read_catalogue
    from ponplan.failover import simulate_network_faults, simulate_pon_faults
    from ponplan.scenario import FaultScenario, read_faults, read_scenario
    from ponplan.topology import read_network

    if (design is None) == (pon is None):
        raise typer.BadParameter("give either a design or --pon")
    chosen = {"span": every_span, "trench": every_trench, "node": every_node, "pair": every_pair}
    every = [name for name, is_chosen in chosen.items() if is_chosen]
    if len(every) > 1 or (every and design is None):
        raise typer.BadParameter("one of --every-span, --every-trench, --every-node and --every-pair, with a design")
    if design is None:
        catalogue = read_catalogue(directory=catalogue_dir)
        played = simulate_pon_faults(read_scenario(pon), catalogue, replications=replications, packets=packets)  # type: ignore[arg-type] # one is given
    elif every:
        settings = FaultScenario() if scenario is None else read_faults(scenario)
        _sweep(read_network(design), settings, every[0], replications, jobs, as_json=as_json)
        return
    elif scenario is not None:
        played = simulate_network_faults(
            read_network(design), read_faults(scenario), replications=replications, packets=packets
        )
    else:
        raise typer.BadParameter("say with --scenario what breaks, or ask for --every-span")
    if as_json:
        print_json({"schema": SCHEMA, **asdict(played.result)})
    else:
        show_outages(played.result)


def _sweep(
    network: Network, settings: FaultScenario, what: str, replications: int | None, jobs: int, *, as_json: bool
) -> None:
    from ponplan.failover import pair_network, sweep_network

    if what == "pair":
        pairs = pair_network(network)
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
    if as_json:
        print_json({"schema": SWEEP_SCHEMA, **asdict(result)})
    else:
        show_sweep(result)
