"""`ponplan availability`: minutes without service in a year, and because of what."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.cluster import ClusterAddress, workers
from ponplan.cli.options import DesignPath, Force, Jobs, Json, Seed
from ponplan.cli.say import print_json, progress_bar, talk

if TYPE_CHECKING:
    from ponplan.failover.availability.result import AvailabilityResult

SCHEMA = "ponplan.availability/1"
SHOWN = 20


def availability_command(
    design: DesignPath,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="S.toml", help="Settings of protection for the switchovers.")
    ] = None,
    years: Annotated[
        float, typer.Option("--years", metavar="Y", min=0.0, help="Play so many years beside the exact figures.")
    ] = 0.0,
    parquet: Annotated[Path | None, typer.Option("--parquet", metavar="FILE", help="Table of customers.")] = None,
    force: Force = False,
    seed: Seed = 1,
    jobs: Jobs = 1,
    cluster: ClusterAddress = None,
    as_json: Json = False,
) -> None:
    """Give every customer's downtime per year, which elements cause it, and what doubling them would cost.

    Example: ponplan availability plan.gpkg --years 1000 --json
    """
    from ponplan.failover import network_availability
    from ponplan.report.outage_tables import write_rows_parquet
    from ponplan.report.output import refuse
    from ponplan.scenario import FaultScenario, read_faults
    from ponplan.topology import read_network

    if parquet is not None:
        refuse(parquet, overwrite=force)
    settings = FaultScenario() if scenario is None else read_faults(scenario)
    settings = settings.model_copy(update={"run": settings.run.model_copy(update={"seed": seed})})
    with progress_bar() as bar, workers(cluster, jobs) as tasks:
        task = bar.add_task("availability", total=None)
        result = network_availability(
            read_network(design),
            settings,
            years=years,
            jobs=tasks,
            on_group=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if parquet is not None:
        write_rows_parquet([asdict(row) for row in result.customers], parquet, overwrite=force)
    if as_json:
        print_json({"schema": SCHEMA, **asdict(result)})
    else:
        _show(result)


def _show(result: AvailabilityResult) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, highlight=False)
    console = console if console.is_terminal else Console(width=140, markup=False, highlight=False)
    talk(
        f"{result.customers_total:,} customers, on average {result.downtime_mean_min:,.1f} min a year out, "
        f"at most {result.downtime_max_min:,.1f}; {result.services_broken:,} services below their promise"
    )
    kept = (("99.9", result.meets_999), ("99.99", result.meets_9999), ("99.999", result.meets_99999))
    talk(", ".join(f"{name} % is kept for {number:,}" for name, number in kept))
    table = Table(title=f"worst customers, at most {SHOWN}", title_justify="left")
    for name in (
        "customer",
        "protection",
        "min a year",
        "played",
        "availability",
        "switchovers a year",
        "worst element",
    ):
        table.add_column(name)
    for row in result.customers[:SHOWN]:
        played = "-" if row.montecarlo_min is None else f"{row.montecarlo_min:,.1f} +- {row.ci95_min:,.1f}"
        worst = f"{row.worst_element} ({row.worst_element_min:,.1f} min)"
        cells = (f"{row.downtime_min:,.2f}", played, f"{row.availability:.6%}", f"{row.switchovers:.4f}", worst)
        table.add_row(row.id, row.protection, *cells)
    console.print(table)
    table = Table(title=f"elements that hurt most, at most {SHOWN}", title_justify="left")
    for name in (
        "element",
        "customers",
        "customer minutes a year",
        f"the same again, {result.currency}",
        "per minute",
    ):
        table.add_column(name, justify="left" if name == "element" else "right")
    for element in result.elements[:SHOWN]:
        cost = "-" if element.protect_cost is None else f"{element.protect_cost:,.0f}"
        rate = "-" if element.cost_per_customer_minute is None else f"{element.cost_per_customer_minute:,.2f}"
        table.add_row(element.name, f"{element.customers:,}", f"{element.customer_minutes:,.1f}", cost, rate)
    console.print(table)
