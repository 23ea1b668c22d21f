"""`ponplan area` and `ponplan new`: what is in an area, and an empty one to fill in."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ponplan.cli.options import AreaPath, CatalogueDir, Force, Json
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ponplan.area import Area

SHOWN = 10  # customers out of reach that are named on the terminal; --json names all


def new_area_command(
    area: Annotated[Path, typer.Argument(metavar="AREA", help="Area folder to write.")],
    crs: Annotated[
        str | None, typer.Option("--crs", metavar="EPSG:N", help="A metric coordinate system to plan in.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="LON,LAT", help="Where the central office stands, in degrees.")
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make an empty area with comments beside every rule, to be filled in by hand and in a GIS.

    Example: ponplan new town --at 9.52,47.14
    """
    from ponplan.area import write_area
    from ponplan.area.blank import blank_area

    content = blank_area(name=area.name, crs=crs, at=lonlat(at, "--at"))
    write_area(content, area, force=force)
    if as_json:
        print_json({"schema": "ponplan.new/1", "area": str(area), "crs": content.crs})
    talk(f"written to {area}, planned in {content.crs}")
    talk("draw customers, sites and routes in area.gpkg; offices and rules stand in area.toml")


def show_area_command(area: AreaPath, catalogue: CatalogueDir = None, as_json: Json = False) -> None:
    """Show what is in an area, and what looks suspicious.

    Example: ponplan area town
    """
    from ponplan.area import read_area
    from ponplan.area.summary import summarise_area
    from ponplan.area.suspicious import find_suspicious

    content = read_area(area)
    found = find_suspicious(content, catalogue=catalogue)
    summary = summarise_area(content)
    if as_json:
        print_json({**summary, "suspicious": [dataclasses.asdict(suspicion) for suspicion in found]})
        return
    tell_area(content, summary, say=typer.echo)
    for suspicion in found:
        count = f"{suspicion.count} " if suspicion.count else ""
        typer.echo(f"suspicious: {count}{suspicion.what}{_examples(suspicion.examples)}; {suspicion.advice}")
    if not found:
        typer.echo("nothing looks suspicious")


def tell_area(area: Area, summary: Mapping[str, Any], *, say: Callable[[str], None]) -> None:
    """Say in a few lines what is in an area, what is missing, and who is out of reach."""
    classes, sites = _counts(summary["customers_by_class"]), _counts(summary["sites_by_kind"])
    say(f"{area.name}: {summary['customers_total']} customers ({classes}) in {area.crs}")
    say(f"{summary['customers_in_rooms']} of them hang on building rooms; candidate sites: {sites}")
    say(f"{summary['routes']} routes of {summary['route_km']} km: {_counts(summary['route_km_by_surface'], ' km')}")
    if area.plant:
        _tell_plant(summary["plant"], say)
    for office in area.offices:
        say(f"central office {office.id} ({office.name}){'' if office.allowed else ': not allowed'}")
    for omission in area.omissions:
        say(f"left out or merged: {omission.count} {omission.what}: {omission.reason}{_examples(omission.examples)}")
    far = summary["customers_out_of_reach"]
    for row in far[:SHOWN]:
        say(f"out of reach: customer {row['id']}: {row['reason']}")
    if len(far) > SHOWN:
        say(f"out of reach: {len(far) - SHOWN} more customers; --json names them all")


def _tell_plant(plant: Mapping[str, Any], say: Callable[[str], None]) -> None:
    """Say what stands already and how much of it is free."""
    boxes = _counts(plant["boxes_by_kind"])
    fibres = f"{plant['fibres_free']} of {plant['fibres']} fibres free, {plant['fibres_faulty']} faulty"
    say(f"existing: {plant['cables']} cables ({fibres}); {boxes}")
    say(
        f"existing: {plant['splitters']} splitters with {plant['legs_free']} free legs; {plant['ports']} PON ports,"
        f" {plant['ports_idle']} idle, with {plant['terminals_of_others']} terminals of others"
    )


def lonlat(text: str | None, option: str) -> tuple[float, float] | None:
    """Read longitude and latitude from an option."""
    numbers = degrees(text, 2, option)
    return (numbers[0], numbers[1]) if numbers else None


def degrees(text: str | None, count: int, option: str) -> list[float] | None:
    """Read numbers of degrees separated by commas from an option."""
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(abs(number) <= 180 for number in numbers):
        raise typer.BadParameter(f"give {count} numbers in degrees separated by commas", param_hint=option)
    return numbers


def _counts(counts: Mapping[str, float], unit: str = "") -> str:
    return ", ".join(f"{number}{unit} {name}" for name, number in counts.items()) or "none"


def _examples(examples: tuple[str, ...]) -> str:
    return f" ({', '.join(examples)} ...)" if examples else ""
