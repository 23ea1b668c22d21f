"""Writes the page: one file that opens offline, asks nobody for anything and shows every name as text."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import ponplan
from ponplan.report.language import words
from ponplan.report.output import refuse, whole_file
from ponplan.report.page import assets, playing, sections, whole, why
from ponplan.report.page.mapdata import map_data
from ponplan.report.page.outages import outage_tables
from ponplan.report.page.results import of_schema
from ponplan.report.page.scriptwords import script_words
from ponplan.topology.check import check_network
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ponplan.report.language import Words
    from ponplan.report.page.results import Result
    from ponplan.topology.network import Network


def write_report(
    network: Network,
    target: Path,
    *,
    source: Path | None = None,
    results: Sequence[Result] = (),
    variants: Sequence[tuple[str, Network]] = (),
    language: str = "en",
    overwrite: bool = False,
) -> None:
    """Write one page about a design.

    Parameters
    ----------
    source
        The design file, whose name and hash the page tells.
    results
        Answers of other commands to show.
    variants
        Other designs to compare with, each with the name it is shown by.

    Raises
    ------
    OutputError
        When the file exists and may not be replaced, or its folder does not.
    CatalogueError
        The catalogue in the design lacks a figure of light or load.
    """
    refuse(target, overwrite=overwrite)
    page = render_report(network, source=source, results=results, variants=variants, language=language)
    with whole_file(target, overwrite=overwrite) as beside:
        beside.write_text(page, encoding="utf-8", newline="\n")


def render_report(
    network: Network,
    *,
    source: Path | None = None,
    results: Sequence[Result] = (),
    variants: Sequence[tuple[str, Network]] = (),
    language: str = "en",
) -> str:
    """Give the page as HTML; see `write_report`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    _ = words(language)
    survey = Survey(network)
    environment = Environment(
        loader=PackageLoader("ponplan.report.page", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _
    environment.filters["number"] = _number
    scripts = [assets.without_map_reference(assets.leaflet("leaflet.js")), assets.own("page.js")]
    styles = [assets.without_urls(assets.leaflet("leaflet.css")), assets.own("page.css")]
    data = {"map": map_data(survey), "words": script_words(_)}
    return environment.get_template("page.html").render(
        **_context(survey, source, results, variants, _),
        language={"en": "en", "zh": "zh-CN"}[language],
        policy=assets.content_policy(scripts, styles),
        scripts=scripts,
        styles=styles,
        data=assets.as_json(data),
    )


def _context(
    survey: Survey,
    source: Path | None,
    results: Sequence[Result],
    variants: Sequence[tuple[str, Network]],
    _: Words,
) -> dict[str, Any]:
    network = survey.network
    facts = network.facts
    served = sum(not customer.unserved for customer in network.customers)
    costs = sections.cost_lines(network, _)
    years = sections.fill_years(survey)
    compared = [(name, other.facts) for name, other in variants]
    compared += [(result.file, result.answer) for result in of_schema(results, "ponplan.design/1")]
    violations = [violation for violation in check_network(network) if not violation.relaxed]
    return {
        "network": network,
        "facts": facts,
        "currency": network.catalogue.currency,
        "served": served,
        "cost_total": sum(line.cost for line in costs),
        "violations": violations,
        "unserved": [customer for customer in network.customers if customer.unserved],
        "placeholder_share": sections.price_trust(network),
        "costs": costs,
        "cost_chart": sections.cost_chart(costs, network.catalogue.currency, _),
        "bound_chart": sections.bound_chart(facts, _),
        "gap_table": why.gap_table(network, _),
        "limit_tables": why.limit_tables(network, _),
        "margin_charts": sections.margin_charts(survey, _),
        "worst": sections.worst_terminals(survey),
        "years": years,
        "fill_chart": sections.fill_chart(years, _),
        "split_chart": sections.split_chart(survey, _),
        "equipment": sections.equipment_counts(network),
        "point_to_point": playing.point_to_point_table(facts, served, _),
        "variants": playing.variant_table(facts, compared, _) if compared else None,
        "outages": outage_tables(results, _) + whole.fault_tables(results, _) + whole.availability_tables(results, _),
        "traffic": whole.played_tables(results, _) + playing.traffic_tables(results, _),
        "run_facts": _run_facts(network, source, _),
    }


def _run_facts(network: Network, source: Path | None, _: Words) -> list[tuple[str, str]]:
    facts, rules = network.facts, network.rules
    rows: list[tuple[str, object]] = [
        (_("designed with ponplan"), facts.get("version")),
        (_("report written with ponplan"), ponplan.__version__),
        (_("hash of area, rules and catalogue"), facts.get("input_hash")),
        (_("seed"), facts.get("seed")),
        (_("coordinate system"), network.crs),
        (_("technologies"), ", ".join(sorted({port.technology for port in network.ports}))),
        (_("fibre"), rules.fibre),
        (_("largest split"), rules.max_split if rules.max_split is not None else _("the technology's own")),
        (_("spare fibres"), f"{rules.spare_fibres:.0%}"),
        (_("cable slack"), f"{rules.cable_slack:.0%}"),
        (_("oversubscription"), f"{rules.oversubscription:g}"),
        (_("growth per year"), f"{rules.growth_per_year:.1%}"),
        (_("horizon, years"), rules.horizon_years),
    ]
    if source is not None:
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        rows = [(_("design file"), source.name), (_("its SHA-256"), digest), *rows]
    return [(label, "–" if value is None else str(value)) for label, value in rows]


def _number(value: object, digits: int = 0) -> str:
    return f"{value:,.{digits}f}" if sections.is_number(value) else "–"
