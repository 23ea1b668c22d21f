"""`ponplan generate`: an invented area of some kind and size."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import Force, Json, Seed
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ponplan.area import Area

SCHEMA = "ponplan.generate/1"


class KindName(StrEnum):
    """Kinds of area, as the command line offers them; a test holds them to those of `ponplan.area.generate`."""

    BUSINESS_TOWN = "business-town"
    BANK_DISTRICT = "bank-district"
    ROAD_BUS = "road-bus"
    STAR_CAMPUS = "star-campus"
    HIGH_RISE = "high-rise"
    INDUSTRIAL_PARK = "industrial-park"
    APON_LEGACY = "apon-legacy"
    MIXED_TOWN = "mixed-town"


def generate_command(
    kind: Annotated[KindName, typer.Argument(metavar="KIND", help=f"One of {', '.join(KindName)}.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="AREA", help="Area folder to write.")],
    customers: Annotated[
        int | None, typer.Option("--customers", metavar="N", min=1, help="How many; else the kind's own number.")
    ] = None,
    seed: Seed = 0,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Invent an area to try things on: streets, buildings, customers, cabinets, a central office.

    The same kind, number of customers and seed give the same files.

    Example: ponplan generate mixed-town -o town --customers 1000
    """
    from ponplan.area import write_area
    from ponplan.area.folder import refuse_target
    from ponplan.area.generate import generate_area

    refuse_target(output, force=force)
    area = generate_area(kind.value, customers=customers, seed=seed)
    write_area(area, output, force=force)
    if as_json:
        print_json(_answer(area, kind.value, seed))
    else:
        _tell(area, output)


def _answer(area: Area, kind: str, seed: int) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "kind": kind,
        "seed": seed,
        "name": area.name,
        "crs": area.crs,
        "customers_total": len(area.customers),
        "customers_by_class": _counted(customer.customer_class for customer in area.customers),
        "customers_in_rooms": sum(customer.room is not None for customer in area.customers),
        "sites_by_kind": _counted(site.kind for site in area.sites),
        "offices": len(area.offices),
        "routes": len(area.routes),
        "route_km": round(sum(route.line.length for route in area.routes) / 1000, 3),
    }


def _tell(area: Area, output: Path) -> None:
    classes = _counted(customer.customer_class for customer in area.customers)
    sites = _counted(site.kind for site in area.sites)
    route_km = sum(route.line.length for route in area.routes) / 1000
    talk(f"{area.name}: {len(area.customers)} customers ({_listed(classes)}) in {area.crs}")
    talk(f"candidate sites: {_listed(sites)}; central offices: {len(area.offices)}; {route_km:.1f} km of routes")
    talk(f"written to {output}")


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "none"
