"""How much cheaper the least-cost plan is than one by rule of thumb: a row for each area, in Markdown.

    python benchmarks/thumb.py [AREA ...]

Without arguments: the towns of ../shared/data where it is there, two invented towns, and one town with other prices.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ponplan.area import import_osm, read_area
from ponplan.area.generate import generate_area
from ponplan.catalogue import read_catalogue
from ponplan.design import design_network
from ponplan.design.thumb.plan import design_by_thumb
from ponplan.topology import check_network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue

MAP = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "area" / "liechtenstein.osm.pbf"
TOWNS = (
    "Vaduz", "Schaan", "Balzers", "Triesen", "Eschen", "Mauren", "Triesenberg", "Ruggell", "Gamprin", "Schellenberg",
    "Planken",
)  # fmt: skip
INVENTED = (("mixed-town", 1500, 7), ("business-town", 600, 7))
CHEAPER = 0.2  # of what digging costs, in the other price book


def main(arguments: list[str]) -> None:
    """Measure the areas named, or the usual ones."""
    sys.stdout.write("| area | customers served | by rule of thumb | gap | least cost | gap | cheaper by | s |\n")
    sys.stdout.write("|---|---|---|---|---|---|---|---|\n")
    for name, area, catalogue in _named(arguments) if arguments else _usual():
        sys.stdout.write(measure(name, area, catalogue) + "\n")
        sys.stdout.flush()


def _named(folders: list[str]) -> Iterator[tuple[str, Area, Catalogue]]:
    for folder in folders:
        yield Path(folder).name, read_area(Path(folder)), read_catalogue()


def _usual() -> Iterator[tuple[str, Area, Catalogue]]:
    catalogue = read_catalogue()
    areas = [
        (f"{kind} {count}, seed {seed}", generate_area(kind, customers=count, seed=seed))
        for kind, count, seed in INVENTED
    ]
    for name, area in areas:
        yield name, area, catalogue
    if not MAP.exists():
        return
    for town in TOWNS:
        yield town, import_osm(MAP, place=town), catalogue
    yield (
        f"{TOWNS[0]}, digging at {100 * CHEAPER:g} %",
        import_osm(MAP, place=TOWNS[0]),
        digging_at(catalogue, CHEAPER),
    )


def digging_at(catalogue: Catalogue, share: float) -> Catalogue:
    """Give the catalogue with another price for trenches and ducts."""
    prices = {
        item: replace(row, material_cost=row.material_cost * share, labour_cost=row.labour_cost * share)
        if row.section in ("trench", "duct")
        else row
        for item, row in catalogue.prices.items()
    }
    return replace(catalogue, prices=prices)


def measure(name: str, area: Area, catalogue: Catalogue) -> str:
    """Give the row of one area; seconds are processor time of both plans."""
    started = time.process_time()
    thumb = design_by_thumb(area, catalogue=catalogue)
    best = design_network(area, catalogue=catalogue)
    seconds = time.process_time() - started
    for design in (thumb, best):
        broken = check_network(design.network)
        if broken:
            sys.exit(f"{name}: {len(broken)} rules broken, such as {broken[0].message}")
    served = [design.network.facts["customers_served"] for design in (thumb, best)]
    cheaper = 100.0 * (thumb.proof.cost - best.proof.cost) / thumb.proof.cost
    told = f"{served[0]:,}" if served[0] == served[1] else f"{served[0]:,} and {served[1]:,}"
    return (
        f"| {name} | {told} | {thumb.proof.cost:,.0f} | {thumb.proof.gap_percent:.2f} % | {best.proof.cost:,.0f} "
        f"| {best.proof.gap_percent:.2f} % | {cheaper:.1f} % | {seconds:.0f} |"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
