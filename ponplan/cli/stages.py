"""`ponplan stages`: a design built in phases, with the bill of each, ten years of costs, and when it pays."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import DesignPath, Force, Json, Lang, Language
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from ponplan.area.table import Table
    from ponplan.design.stages.plan import Stages

SCHEMA = "ponplan.stages/1"


class By(StrEnum):
    """What decides in which phase a customer is connected."""

    COLUMN = "column"
    AREA = "area"
    DENSITY = "density"
    VALUE = "value"


def stages_command(
    design: DesignPath,
    by: Annotated[
        By,
        typer.Option(
            "--by",
            help="column: customers' own phases; area: polygons; density, value: best serving areas for their cost.",
        ),
    ] = By.COLUMN,
    areas: Annotated[
        Path | None, typer.Option("--areas", metavar="FILE", help="Polygons with a column phase, for --by area.")
    ] = None,
    phases: Annotated[
        int, typer.Option("--phases", metavar="N", min=1, max=50, help="Phases that density and value make.")
    ] = 3,
    years: Annotated[int, typer.Option("--years", metavar="N", min=1, max=50, help="Years to look at.")] = 10,
    every: Annotated[
        int, typer.Option("--every", metavar="N", min=0, max=10, help="Years from one phase to the next.")
    ] = 1,
    take_up: Annotated[
        str | None,
        typer.Option(
            "--take-up", metavar="NOW,LATER", help="Share of customers connected at first and at the horizon."
        ),
    ] = None,
    discount: Annotated[
        float | None, typer.Option("--discount", metavar="RATE", min=0.0, max=1.0, help="Else the catalogue's.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="STAGES.xlsx", help="Workbook (.xlsx) or .csv to write.")
    ] = None,
    language: Lang = Language.EN,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Build a design in phases: dig once, a bill for each phase, yearly costs and revenue, the year it pays back.

    Example: ponplan stages plan.gpkg --by value --phases 4 --take-up 0.3,0.8 -o stages.xlsx
    """
    from ponplan.design.stages.assign import with_phases
    from ponplan.design.stages.plan import stage
    from ponplan.report.stages import write_stages
    from ponplan.topology import read_network

    shares = _shares(take_up)
    network = read_network(design)
    phased = with_phases(network, by.value, phases=phases, areas=_polygons(areas, network.crs))
    found = stage(phased, years=years, years_between=every, take_up=shares, discount_rate=discount)
    if output is not None:
        write_stages(found, output, currency=network.catalogue.currency, language=language.value, overwrite=force)
    if as_json:
        print_json(_answer(found, network.catalogue.currency))
    else:
        _tell(found, network.catalogue.currency)
        if output is not None:
            talk(f"written to {output}")


def _shares(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        first, last = (float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter("give two shares such as 0.3,0.8", param_hint="--take-up") from error
    if not (0.0 <= first <= 1.0 and 0.0 <= last <= 1.0):
        raise typer.BadParameter("shares are from 0 to 1", param_hint="--take-up")
    return first, last


def _polygons(path: Path | None, crs: str) -> Table | None:
    if path is None:
        return None
    from ponplan.area.coordinates import table_in
    from ponplan.area.geopackage import layer_kinds, read_layer

    layer = next(iter(layer_kinds(path)))
    return table_in(read_layer(path, layer), crs)


def _answer(found: Stages, currency: str) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "currency": currency,
        "discount_rate": found.discount_rate,
        "phases": [
            {
                "phase": phase.phase,
                "year": phase.year,
                "customers": phase.customers,
                "cost": phase.cost,
                "passing_cost": phase.passing_cost,
                "connecting_cost": phase.connecting_cost,
                "trench_m": round(phase.trench_m, 3),
            }
            for phase in found.phases
        ],
        "years": [{name: getattr(row, name) for name in row.__dataclass_fields__} for row in found.years],
        "whole_cost": found.whole_cost,
        "net_present_value": found.net_present_value,
        "payback_year": found.payback_year,
        "payback_year_discounted": found.payback_year_discounted,
    }


def _tell(found: Stages, currency: str) -> None:
    for phase in found.phases:
        typer.echo(
            f"phase {phase.phase}, year {phase.year}: {phase.customers} customers, {phase.cost:,.2f} {currency}"
            f" ({phase.connecting_cost:,.2f} of it to connect them), {phase.trench_m / 1000:.2f} km of trench"
        )
    for row in found.years:
        typer.echo(
            f"year {row.year}: capital {row.capital_cost:,.0f}, connections {row.connection_cost:,.0f}, running"
            f" {row.running_cost:,.0f}, replacement {row.replacement_cost:,.0f}, revenue {row.revenue:,.0f},"
            f" so far {row.cumulative:,.0f}"
        )
    pays = "it does not pay back" if found.payback_year is None else f"it pays back in year {found.payback_year}"
    talk(
        f"{len(found.years)} years cost {found.whole_cost:,.2f} {currency}; {pays}; net present value"
        f" {found.net_present_value:,.2f} at {100 * found.discount_rate:g} %"
    )
