"""`ponplan explain`: why here and not there, what limits a port, what a rule costs, where the gap sits."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ponplan.cli.options import DesignPath, Jobs, Json, Lang, Language
from ponplan.cli.say import print_json, progress_bar, talk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ponplan.area.model import Area
    from ponplan.design.explain.replan import Replanning
    from ponplan.report.language import Words
    from ponplan.topology.network import Network

SCHEMA = "ponplan.explain/1"

Answer = tuple[str, Any, "Iterator[str]"]  # its key in JSON, its value, and its sentences


def explain_command(
    design: DesignPath,
    site: Annotated[
        str | None,
        typer.Option("--site", metavar="ID", help="Why a splitter stands here: site, cabinet or splitter."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="ID", help="With --site: why not there? A site, cabinet or junction."),
    ] = None,
    port: Annotated[str | None, typer.Option("--port", metavar="ID", help="What limits this PON port.")] = None,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="ID", help="Why this customer is served from its place.")
    ] = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="What each rule costs: plan the area again without it. Needs --area.")
    ] = False,
    gap: Annotated[bool, typer.Option("--gap", help="Where the gap between cost and bound sits.")] = False,
    area: Annotated[
        Path | None,
        typer.Option(
            "--area", metavar="AREA", help="The design's area: for --rules, and where customers are protected."
        ),
    ] = None,
    jobs: Jobs = 1,
    language: Lang = Language.EN,
    as_json: Json = False,
) -> None:
    """Say why a design is as it is; without an option: its gap, its places and what stops its ports.

    Places are compared by laying the whole network out again and writing its bill: what moving a cabinet or doing
    without it would really cost. A rule's price is stated with what the gaps leave open.

    Example: ponplan explain plan.gpkg --site cabinet-12 --to cabinet-7
    """
    from ponplan.area import read_area
    from ponplan.report.language import words
    from ponplan.topology import read_network

    if to is not None and site is None:
        raise typer.BadParameter("goes with --site", param_hint="--to")
    if rules and area is None:
        raise typer.BadParameter("is needed with --rules", param_hint="--area")
    network, _ = read_network(design), words(language.value)
    given = None if area is None else read_area(area)
    answers: list[Answer] = []
    with progress_bar() as progress:
        task = progress.add_task("reading", total=None)

        def tell(text: str) -> None:
            progress.update(task, description=text)

        if site is not None or customer is not None:
            answers += _of_places(network, given, site, to, customer, jobs, tell, _)
        if port is not None:
            answers.append(_of_port(network, port, _))
        if rules and given is not None:
            answers.append(_of_rules(network, given, jobs, tell, _))
        if gap:
            answers.append(_of_gap(network, _))
        if not answers:
            answers.append(_overview(network, _))
    if as_json:
        print_json({"schema": SCHEMA, "currency": network.catalogue.currency, **{key: v for key, v, _ in answers}})
        return
    for _key, _value, lines in answers:
        for line in lines:
            typer.echo(line)


def told(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Give a record's fields and what follows from them as plain values."""
    if is_dataclass(value):
        names = [field.name for field in fields(value)]
        names += [name for name, entry in vars(type(value)).items() if isinstance(entry, property)]
        return {name: told(getattr(value, name)) for name in names}
    if isinstance(value, tuple | list):
        return [told(entry) for entry in value]
    return {name: told(entry) for name, entry in value.items()} if isinstance(value, dict) else value


def _of_places(
    network: Network,
    area: Area | None,
    site: str | None,
    to: str | None,
    customer: str | None,
    jobs: int,
    tell: Callable[[str], None],
    _: Words,
) -> Iterator[Answer]:
    from ponplan.design.explain.customers import describe_customer, explain_customer, find_customer
    from ponplan.design.explain.replan import take_up
    from ponplan.design.explain.sites import describe_site, explain_site, find_site
    from ponplan.errors import DesignFileError
    from ponplan.report.explain import customer_lines, site_lines

    place = None if site is None else find_site(network, site)
    if customer is not None:
        find_customer(network, customer)
    currency = network.catalogue.currency
    try:
        replanning = take_up(network, area=area, tell=tell)
    except DesignFileError as error:
        if to is not None:
            raise
        if place is not None:
            why = describe_site(network, place, unpriced=str(error))
            yield "site", told(why), site_lines(why, currency, _)
        if customer is not None:
            reason = describe_customer(network, customer, unpriced=str(error))
            yield "customer", told(reason), customer_lines(reason, currency, _)
        return
    _say_if_other(replanning, network, _)
    yield "laid_out_again", {"cost": replanning.cost, "is_exact": replanning.is_exact}, iter(())
    tell("pricing alternatives")
    if place is not None:
        why = explain_site(replanning, place, to=to, jobs=jobs)
        yield "site", told(why), site_lines(why, currency, _)
    if customer is not None:
        reason = explain_customer(replanning, customer, jobs=jobs)
        yield "customer", told(reason), customer_lines(reason, currency, _)


def _say_if_other(replanning: Replanning, network: Network, _: Words) -> None:
    """Say it where the design laid out again has another bill than the file's."""
    if not replanning.is_exact:
        text = _("laid out again, the design costs {cost} instead of {own}; alternatives are compared with that")
        own = network.facts.get("cost_total")
        talk(text.format(cost=f"{replanning.cost:,.2f}", own=own if own is None else f"{own:,.2f}"))


def _of_port(network: Network, wanted: str, _: Words) -> Answer:
    from ponplan.design.explain.ports import port_limits
    from ponplan.errors import DesignFileError, Fault
    from ponplan.report.explain import port_lines

    for one in port_limits(network):
        if one.port == wanted:
            return "port", told(one), port_lines(one, _)
    raise DesignFileError(
        [Fault(file=network.name, field="port", value=wanted, problem="no such port lights a terminal")]
    )


def _of_rules(network: Network, area: Area, jobs: int, tell: Callable[[str], None], _: Words) -> Answer:
    from ponplan.design.explain.rules import price_rules
    from ponplan.report.explain import rule_lines

    found = price_rules(network, area, jobs=jobs, tell=tell)
    return "rules", told(found), rule_lines(found, network.catalogue.currency, _)


def _of_gap(network: Network, _: Words) -> Answer:
    from ponplan.design.explain.gap import explain_gap
    from ponplan.report.explain import gap_lines

    found = explain_gap(network)
    return "gap", told(found), gap_lines(found, network.catalogue.currency, _)


def _overview(network: Network, _: Words) -> Answer:
    from ponplan.design.explain.overview import explain_design
    from ponplan.report.explain import overview_lines

    found = explain_design(network)
    return "overview", told(found), overview_lines(found, network.catalogue.currency, _)
