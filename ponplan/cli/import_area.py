"""`ponplan import`: areas made from maps and tables."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import Force, Json
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from ponplan.area import Area

SHOWN = 10  # customers out of reach that are named on the terminal; --json names all


class Wanted(StrEnum):
    """Who becomes a customer."""

    ALL = "all"
    BUSINESS = "business"


AreaOut = Annotated[Path, typer.Option("--output", "-o", metavar="AREA", help="Area folder to write.")]


def import_osm_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .osm, .osm.gz, .osm.bz2 or .osm.pbf file.")],
    output: AreaOut,
    place: Annotated[
        str | None, typer.Option("--place", metavar="NAME", help="Only within the boundary of this name.")
    ] = None,
    bbox: Annotated[
        str | None, typer.Option("--bbox", metavar="W,S,E,N", help="Only within this box, in degrees.")
    ] = None,
    customers: Annotated[
        Wanted,
        typer.Option(
            "--customers", help="all: addresses, and businesses without one; business: offices, shops, public bodies."
        ),
    ] = Wanted.ALL,
    central_office: Annotated[
        str | None,
        typer.Option(
            "--central-office",
            metavar="LON,LAT",
            help="Where OLTs stand; else a tagged exchange or the best crossing.",
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="M.toml", help="What tags mean, instead of ponplan's own mapping."),
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Make an area from an OpenStreetMap file: streets, customers, building rooms, cabinets, central office.

    Example: ponplan import osm town.osm.pbf -o town --place Vaduz
    """
    from ponplan.area import import_osm, write_area
    from ponplan.area.folder import refuse_target

    if place is not None and bbox is not None:
        raise typer.BadParameter("give --place or --bbox, not both")
    box = _numbers(bbox, 4, "--bbox")
    office = _numbers(central_office, 2, "--central-office")
    refuse_target(output, force=force)
    area = import_osm(
        file,
        place=place,
        bbox=(box[0], box[1], box[2], box[3]) if box else None,
        customers=customers.value,
        central_office=(office[0], office[1]) if office else None,
        mapping=mapping,
    )
    write_area(area, output, force=force)
    _answer(area, output, as_json=as_json)


def _answer(area: Area, output: Path, *, as_json: bool) -> None:
    from ponplan.area.summary import summarise_area

    summary = summarise_area(area)
    if as_json:
        print_json(summary)
    else:
        _tell(area, summary)
        talk(f"written to {output}")


def _tell(area: Area, summary: dict[str, object]) -> None:
    classes, sites = summary["customers_by_class"], summary["sites_by_kind"]
    talk(f"{area.name}: {summary['customers_total']} customers ({_counts(classes)}) in {area.crs}")
    talk(f"{summary['customers_in_rooms']} of them hang on building rooms; candidate sites: {_counts(sites)}")
    talk(f"{summary['routes']} routes of {summary['route_km']} km: {_counts(summary['route_km_by_surface'], ' km')}")
    for office in area.offices:
        talk(f"central office {office.id} ({office.name}){'' if office.allowed else ': not allowed'}")
    for omission in area.omissions:
        examples = f" ({', '.join(omission.examples)} ...)" if omission.examples else ""
        talk(f"left out or merged: {omission.count} {omission.what}: {omission.reason}{examples}")
    far = summary["customers_out_of_reach"]
    assert isinstance(far, list)  # noqa: S101  # tells the type checker what the summary holds
    for row in far[:SHOWN]:
        talk(f"out of reach: customer {row['id']}: {row['reason']}")
    if len(far) > SHOWN:
        talk(f"out of reach: {len(far) - SHOWN} more customers; --json names them all")


def _counts(counts: object, unit: str = "") -> str:
    assert isinstance(counts, dict)  # noqa: S101  # as above
    return ", ".join(f"{number}{unit} {name}" for name, number in counts.items()) or "none"


def _numbers(text: str | None, count: int, option: str) -> list[float] | None:
    """Read numbers separated by commas."""
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(abs(number) <= 180 for number in numbers):
        raise typer.BadParameter(f"give {count} numbers in degrees separated by commas", param_hint=option)
    return numbers
