"""`ponplan trace`: one customer's light, element by element."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import DesignPath, Json
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from rich.console import Console

    from ponplan.topology.trace import ReceivedLight, Trace, TraceElement, TracePath

SCHEMA = "ponplan.trace/1"
NARROWEST = 140  # columns of a table that does not go to a terminal


def trace_command(
    design: DesignPath,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Id of the customer.")],
    as_json: Json = False,
) -> None:
    """Follow one customer from OLT port to terminal: losses, lengths, tubes, fibres, received power.

    Example: ponplan trace plan.gpkg customer-17
    """
    from ponplan.topology import read_network, trace_customer

    trace = trace_customer(read_network(design), customer)
    if as_json:
        print_json({"schema": SCHEMA, **asdict(trace)})
    else:
        _show(trace)


def _show(trace: Trace) -> None:
    from rich.console import Console

    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console = Console(width=NARROWEST, markup=False, highlight=False)
    talk(f"{trace.customer} {trace.name}: {trace.technology}, {len(trace.paths)} paths")
    if trace.unserved:
        talk(f"not served: {trace.unserved}")
    for path in trace.paths:
        _show_path(console, path)


def _show_path(console: Console, path: TracePath) -> None:
    from rich.table import Table

    title = f"{path.role}: {path.port} to {path.onu}, interface {path.interface}, {path.length_m:,.0f} m"
    table = Table(title=title, title_justify="left")
    for name in ("element", "id", "at or to", "what", "tube", "colour", "fibre", "m", "down dB", "up dB"):
        table.add_column(
            name, justify="right" if name in ("m", "down dB", "up dB", "fibre", "tube", "colour") else "left"
        )
    for element in path.elements:
        table.add_row(*_cells(element))
    down, up = path.light["down"], path.light["up"]
    table.add_row("total", "", "", "", "", "", "", f"{path.length_m:.1f}", _db(down), _db(up))
    console.print(table)
    for text in path.breaks:
        talk(f"broken: {text}")
    console.print(_received("down", down))
    console.print(_received("up", up))


def _cells(element: TraceElement) -> tuple[str, ...]:
    numbers = ("" if number is None else str(number) for number in (element.tube, element.colour, element.fibre))
    length = f"{element.length_m:.1f}" if element.kind == "fibre" else ""
    losses = (f"{loss:.2f}" if loss else "" for loss in (element.down_max_db, element.up_max_db))
    return (element.kind, element.id, element.node, element.description, *numbers, length, *losses)


def _db(light: ReceivedLight) -> str:
    return "?" if light.max_loss_db is None else f"{light.max_loss_db:.2f}"


def _received(word: str, light: ReceivedLight) -> str:
    if light.received_min_dbm is None:
        return f"{word}: power is not known, as the optical class or a part is not in the catalogue"
    return (
        f"{word}: receives {light.received_min_dbm:.2f} to {light.received_max_dbm:.2f} dBm"
        f" (may be {light.sensitivity_dbm:g} to {light.overload_dbm:g}); after a margin of {light.margin_db:g} dB"
        f" {light.reserve_db:.2f} dB are left"
    )
