"""`ponplan quote`: one more customer on a finished design, with price, light, load and alternatives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import DesignPath, Force, Json
from ponplan.cli.say import print_json, talk

if TYPE_CHECKING:
    from ponplan.design.quote import Alternative, Quote
    from ponplan.topology import Network

DEFAULT_MAX_DROP_M = 300.0  # the rule's own default; a test holds them together


def quote_command(
    design: DesignPath,
    at: Annotated[str, typer.Option("--at", metavar="LON,LAT", help="Where: longitude and latitude in degrees.")],
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service", metavar="S[:N]", help="What is bought, N of it; repeat. Else the class's services."
        ),
    ] = None,
    customer_class: Annotated[
        str | None, typer.Option("--class", metavar="CLASS", help="Customer class; else the design's most frequent.")
    ] = None,
    protection: Annotated[
        str | None, typer.Option("--protection", metavar="P", help="none, trunk or full; else the class's.")
    ] = None,
    technology: Annotated[
        str | None,
        typer.Option("--technology", metavar="T", help="direct-1g, gpon...; else that of tier or class here."),
    ] = None,
    tier: Annotated[str, typer.Option("--tier", metavar="TIER", help="Account tier, such as important.")] = "",
    identity: Annotated[str | None, typer.Option("--id", metavar="ID", help="Id of the new customer.")] = None,
    max_drop: Annotated[
        float, typer.Option("--max-drop", metavar="M", min=0.0, help="Longest drop and way to a route, in metres.")
    ] = DEFAULT_MAX_DROP_M,
    accept: Annotated[bool, typer.Option("--accept", help="Write a design with the cheapest alternative.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="NEW.gpkg", help="Design file to write with --accept.")
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Price one more customer on a finished design: nearest free leg or new build, light, load, what takes long.

    The design stays as it is unless --accept is given, with -o for a new file or --force to replace it. Ends with
    exit code 5 if nothing fits, with the reasons.

    Example: ponplan quote plan.gpkg --at 11.58,48.14 --service internet-100 --service voice
    """
    from ponplan.design.quote import quote_customer
    from ponplan.design.quote.answer import quote_answer
    from ponplan.topology import read_network

    target = _target(design, output, accept=accept, force=force)
    network = read_network(design)
    quote = quote_customer(
        network,
        at=at,
        services=service or (),
        customer_class=customer_class,
        protection=protection,
        technology=technology,
        account_tier=tier,
        identity=identity,
        max_drop_m=max_drop,
    )
    if target is not None and quote.alternatives:
        _write(network, quote, target, overwrite=force)
    written = str(target) if target is not None and quote.alternatives else None
    if as_json:
        print_json(quote_answer(network, quote, written=written))
    else:
        _tell(network, quote, written)
    if not quote.alternatives:
        raise typer.Exit(5)


def _target(design: Path, output: Path | None, *, accept: bool, force: bool) -> Path | None:
    """Give the file to write, refused before any work is done; None if nothing is to be written."""
    from ponplan.report.output import refuse

    if not accept:
        if output is not None:
            raise typer.BadParameter("goes with --accept", param_hint="-o")
        return None
    target = output or design
    refuse(target, overwrite=force)
    return target


def _write(network: Network, quote: Quote, target: Path, *, overwrite: bool) -> None:
    from ponplan.design.quote import accept_quote
    from ponplan.topology import write_network

    write_network(accept_quote(network, quote.alternatives[0]), target, overwrite=overwrite)


def _tell(network: Network, quote: Quote, written: str | None) -> None:
    customer, currency = quote.customer, network.catalogue.currency
    services = ", ".join(f"{count} x {name}" for name, count in customer.services)
    talk(f"{customer.id}: {customer.customer_class}, {customer.technology}, {customer.protection}; {services}")
    for number, one in enumerate(quote.alternatives, start=1):
        typer.echo(f"{number}. {one.price:,.2f} {currency}: {_headline(one)}")
        for line in _details(one):
            typer.echo(f"   {line}")
    for refusal in quote.refusals:
        what = f"{refusal.kind} {refusal.host}".strip()
        talk(f"refused: {refusal.reason}" if refusal.kind == "any" else f"refused: {what}: {refusal.reason}")
    if written is not None:
        talk(f"the first is accepted; written to {written}")


def _headline(one: Alternative) -> str:
    where = {
        "free-leg": f"leg {one.leg} of {one.splitter} in {one.host}",
        "new-splitter": f"new splitter {one.splitter} in {one.host}",
        "new-cabinet": f"new cabinet {one.host} with splitter {one.splitter}",
        "two-ways": f"protected, by leg {one.leg} of {one.splitter} in {one.host} and another way",
        "direct": f"a fibre of its own from {one.host}",
    }
    return f"{where[one.kind]}, port {one.port}, {one.path.length_m:,.0f} m of fibre"


def _details(one: Alternative) -> list[str]:
    down, up, load = one.path.light["down"], one.path.light["up"], one.load
    trench = ", ".join(f"{metres:,.1f} m {surface}" for surface, metres in one.trench_m.items())
    cables = ", ".join(f"{cable.length_m:,.1f} m {cable.type}" for cable in one.change.cables)
    fibres = ", ".join(
        f"{element.id} tube {element.tube} fibre {element.fibre}" for element in one.path.elements if element.fibre
    )
    nodes = [f"{node.enclosure} {node.id}" for node in one.change.nodes if node.enclosure]
    nodes += [f"{node.id} becomes a {node.enclosure}" for node in one.change.replaced_nodes.values()]
    lines = [
        f"to build: {trench or 'no trench'}; {cables or 'no cable'}",
        *([f"enclosures: {', '.join(nodes)}"] if nodes else []),
        f"fibres: {fibres}",
        f"light left: down {down.reserve_db} dB, up {up.reserve_db} dB after a margin of {down.margin_db:g} dB",
        f"port with it: down {load.down_now_percent} %, up {load.up_now_percent} %; in year {load.horizon_years}:"
        f" down {load.down_horizon_percent} %, up {load.up_horizon_percent} %",
    ]
    if one.leads:
        items = "; ".join(f"{item.quantity:g} {item.unit} {item.what} ({item.why})" for item in one.leads)
        lines.append(f"takes longest: {items}")
    lines += [
        f"both ways share all the same: {row.rule.removeprefix('disjoint-')} {row.value:g}"
        for row in one.change.relaxed
    ]
    if one.dearer:
        lines.append(one.dearer)
    return lines
