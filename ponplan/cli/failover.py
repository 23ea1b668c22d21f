"""`ponplan failover`: what a fault does to each customer, millisecond by millisecond."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import CatalogueDir, Json
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from ponplan.failover.result import CustomerOutage, OutageResult

SCHEMA = "ponplan.failover/1"
SHOWN = 20


def failover_command(
    design: Annotated[Path | None, typer.Argument(metavar="[DESIGN.gpkg]", help="A design file.")] = None,
    pon: Annotated[
        Path | None,
        typer.Option("--pon", metavar="FILE.toml", help="A bare PON with its faults, instead of a design."),
    ] = None,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="S.toml", help="What breaks in the design, and when.")
    ] = None,
    replications: Annotated[
        int | None, typer.Option("--replications", metavar="R", min=1, help="Runs; by default as the file says.")
    ] = None,
    catalogue_dir: CatalogueDir = None,
    as_json: Json = False,
) -> None:
    """Cut a fibre, or break a port, card or office, and see when each customer is back.

    Example: ponplan failover plan.gpkg --scenario scenarios/trunk_feeder_cut.toml --json
    """
    from ponplan.catalogue import read_catalogue
    from ponplan.failover import simulate_network_faults, simulate_pon_faults
    from ponplan.scenario import read_faults, read_scenario
    from ponplan.topology import read_network

    if (design is None) == (pon is None):
        raise typer.BadParameter("give either a design or --pon")
    if pon is not None:
        catalogue = read_catalogue(directory=catalogue_dir)
        played = simulate_pon_faults(read_scenario(pon), catalogue, replications=replications)
    elif design is not None and scenario is not None:
        played = simulate_network_faults(read_network(design), read_faults(scenario), replications=replications)
    else:
        raise typer.BadParameter("say with --scenario what breaks")
    if as_json:
        print_json({"schema": SCHEMA, **asdict(played.result)})
    else:
        _show(played.result)


def _show(result: OutageResult) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, highlight=False)
    title = f"{result.technology}, {result.scheme} protection, {result.standby or 'no'} standby, {result.recovery}"
    table = Table(title=title, title_justify="left", show_header=False)
    for name, value in result.outage_ms.items():
        table.add_row(f"outage {name}", _ms(value))
    for name in ("total", "affected", "lost", "over_100_ms", "over_50_ms"):
        table.add_row(f"customers {name.replace('_', ' ')}", str(getattr(result, f"customers_{name}")))
    console.print(table)
    steps = Table(title="steps of the longest outage that ended", title_justify="left")
    for name in ("step", "from", "to"):
        steps.add_column(name, justify="left" if name == "step" else "right")
    for step in result.steps:
        steps.add_row(step.name, _ms(step.from_ms), _ms(step.to_ms))
    console.print(steps)
    worst = sorted(result.customers, key=_order)[:SHOWN]
    console.print(_customers([one for one in worst if one.affected]))
    for basis in result.rests_on:
        if basis.trust in {"unverified", "illustrative"}:
            talk(f"{basis.step} = {basis.value_ms} ms is {basis.trust}: {basis.source}")


def _customers(customers: list[CustomerOutage]):  # type: ignore[no-untyped-def] # noqa: ANN202 - rich is loaded late
    from rich.table import Table

    table = Table(title=f"worst customers, at most {SHOWN}", title_justify="left")
    for name in ("customer", "outage", "with relearning", "longest step", "within promise", "what would cure it"):
        table.add_column(name)
    for one in customers:
        kept = "-" if one.within_promise is None else "yes" if one.within_promise else "no"
        outage = "lost" if one.lost else _ms(one.outage_max_ms)
        table.add_row(one.id, outage, _ms(one.service_outage_ms), one.dominating_step or "", kept, one.cure or "")
    return table


def _order(customer: CustomerOutage) -> tuple[bool, float, str]:
    return not customer.lost, -(customer.service_outage_ms or 0.0), customer.id


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.3f} ms"
