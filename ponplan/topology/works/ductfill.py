"""What lies in each duct, and how full it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ponplan.topology.ducts import fill_share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.catalogue.model import DuctType
    from ponplan.topology.network import Route
    from ponplan.topology.survey import Survey


class FilledDuct(NamedTuple):
    """One duct of one route with its cables."""

    route: str
    state: str
    surface: str
    length_m: float
    duct: str
    bore: int  # from 1
    inner_mm: float
    outer_mm: float
    cables: str  # ids, separated by spaces
    num_cables: int
    fill_percent: float
    max_fill_percent: float
    max_cables: int


def duct_fill(survey: Survey) -> Iterator[FilledDuct]:
    """Give every duct that holds a cable, cables put in thickest first, each into the first duct with room."""
    ducts = survey.catalogue.duct_types
    for route in survey.network.routes:
        rows = survey.route_cables.get(route.id, [])
        if route.duct in ducts and rows and route.state != "unused":
            yield from _ducts_of(survey, route, ducts[route.duct], rows)


def _ducts_of(survey: Survey, route: Route, duct: DuctType, rows: list[int]) -> Iterator[FilledDuct]:
    types, cables = survey.catalogue.cable_types, survey.network.cables
    sizes_mm = {row: types[cables[row].type].diameter_mm for row in rows if cables[row].type in types}
    bores: list[list[int]] = []
    for row in sorted(sizes_mm, key=lambda row: (-sizes_mm[row], row)):
        for held in bores:
            filled = fill_share([sizes_mm[other] for other in (*held, row)], duct, bores=1)
            if len(held) < duct.max_cables and filled <= duct.max_fill * (1.0 + 1e-9):
                held.append(row)
                break
        else:
            bores.append([row])
    for bore, held in enumerate(bores, start=1):
        yield FilledDuct(
            route.id,
            route.state,
            route.surface,
            route.length_m,
            duct.id,
            bore,
            duct.inner_mm,
            duct.outer_mm,
            " ".join(cables[row].id for row in held),
            len(held),
            round(100.0 * fill_share([sizes_mm[row] for row in held], duct, bores=1), 2),
            round(100.0 * duct.max_fill, 2),
            duct.max_cables,
        )
