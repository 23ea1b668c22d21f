"""`ponplan load`: what every PON port carries from now to the horizon, when it is full and what cures it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import DesignPath, Json
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.topology.cures import Cure, Relief
    from ponplan.topology.loadreport import PortYears

SCHEMA = "ponplan.load/1"
SHOWN = 40  # ports on the terminal, the fullest first


def load_command(
    design: DesignPath,
    years: Annotated[
        int | None, typer.Option("--years", metavar="N", min=0, max=50, help="Years to look ahead; else the horizon.")
    ] = None,
    expected: Annotated[
        bool, typer.Option("--expected", help="Count customers by their class's take-up instead of all of them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tell each PON port's busy-hour load by year, the year it is full, and which technology beside it cures that.

    A technology cures a direction if its wavelengths lie apart or it sends faster in the time they share. Whether
    the light of every customer reaches it is not judged here.

    Example: ponplan load plan.gpkg --years 15
    """
    from ponplan.topology import read_network
    from ponplan.topology.loadreport import load_by_year

    ports = load_by_year(read_network(design), years=years, expected=expected)
    if as_json:
        print_json({"schema": SCHEMA, "expected": expected, "ports": [_as_json(port) for port in ports]})
        return
    ranked = sorted(ports, key=lambda port: -max(port.percent["down"][-1], port.percent["up"][-1]))
    for port in ranked[:SHOWN]:
        typer.echo(_line(port))
    if len(ranked) > SHOWN:
        talk(f"{len(ranked) - SHOWN} more ports with less load (--json lists all)")
    full = sum(any(year is not None for year in port.full.values()) for port in ports)
    talk(f"{len(ports)} ports, {full} of them full by year {len(ports[0].percent['down']) - 1 if ports else 0}")


def _line(port: PortYears) -> str:
    parts = []
    for way in ("down", "up"):
        first, last = port.percent[way][0], port.percent[way][-1]
        since = "" if port.full[way] is None else f", full in year {port.full[way]}"
        parts.append(f"{way} {first:.1f} % now, {last:.1f} % in year {len(port.percent[way]) - 1}{since}")
    cures = "; ".join(text for text in map(_cure, port.cures) if text)
    told = f"{port.port} {port.technology}, {port.onus} terminals: {'; '.join(parts)}"
    return f"{told}; {cures}" if cures else told


def _cure(cure: Cure) -> str:
    if not cure.directions:
        return ""
    moves = (f"{way} (move {100.0 * (getattr(cure, way).move_share or 0.0):.0f} %)" for way in cure.directions)
    return f"{cure.technology} cures {' and '.join(moves)}"


def _as_json(port: PortYears) -> dict[str, object]:
    return {
        "port": port.port,
        "technology": port.technology,
        "onus": port.onus,
        "rate_bps": port.rate_bps,
        "percent": {way: _finite(values) for way, values in port.percent.items()},
        "full_year": port.full,
        "cures": [
            {
                "technology": cure.technology,
                "directions": list(cure.directions),
                "down": _relief(cure.down),
                "up": _relief(cure.up),
            }
            for cure in port.cures
        ],
    }


def _relief(relief: Relief) -> dict[str, object]:
    share = relief.move_share
    return {"by": relief.by, "move_percent": None if share is None else round(100.0 * share, 2)}


def _finite(values: Sequence[float]) -> list[float | None]:
    return [value if value - value == 0.0 else None for value in values]  # what has grown beyond all numbers is null
