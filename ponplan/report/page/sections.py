"""The page's sections as values and charts, each from the network, its facts or a result."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ponplan.report.language import mark
from ponplan.report.page.charts import Bar, Chart, Series, bars, curves, histogram
from ponplan.topology.reserves import onu_reserves_db, port_fill_by_year

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.report.language import Words
    from ponplan.topology.network import Network
    from ponplan.topology.survey import Survey

SECTIONS = {
    "trench": mark("Trenches and surfaces"),
    "duct": mark("Ducts"),
    "cable": mark("Cables"),
    "splicing": mark("Splicing and termination"),
    "passive": mark("Splitters, cabinets, closures"),
    "active": mark("Office equipment"),
    "customer": mark("Customers' terminals and connection"),
}
PARTS = {
    "trench": mark("Trenches and ducts"),
    "cable": mark("Cables and splicing"),
    "passive": mark("Splitters and enclosures"),
    "active": mark("Active equipment"),
}
DIRECTION_WORDS = (mark("downstream"), mark("upstream"))
BIN_DB = 1.0
MOST_BINS = 24
WORST_SHOWN = 10
FULL = 1.0  # share of a port's usable rate


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One section of the bill, or the whole."""

    label: str
    cost: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstTerminal:
    """A terminal with little light left."""

    onu: str
    customer: str
    name: str
    down_db: float
    up_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FillYear:
    """How full the ports are after some years, in the fuller direction."""

    year: int
    median: float
    most: float
    over: int  # ports that no longer carry their load


def is_number(value: object) -> bool:
    """Tell a number from a truth value, a text or nothing."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def cost_lines(network: Network, _: Words) -> list[CostLine]:
    """Give the bill by section, in the order of building."""
    costs: dict[str, list[float]] = {}
    for line in network.bill:
        costs.setdefault(line.section, []).append(line.total_cost)
    total = math.fsum(line.total_cost for line in network.bill)
    order = [*SECTIONS, *(name for name in costs if name not in SECTIONS)]
    return [
        CostLine(label=_(SECTIONS.get(name, name)), cost=math.fsum(costs[name]), share=_share(costs[name], total))
        for name in order
        if name in costs
    ]


def _share(costs: Sequence[float], total: float) -> float:
    return math.fsum(costs) / total if total else 0.0


def cost_chart(lines: Sequence[CostLine], currency: str, _: Words) -> Chart:
    """Draw the cost of each section."""
    rows = [
        Bar(label=line.label, value=line.cost, text=f"{currency} {line.cost:,.0f} · {line.share:.1%}")
        for line in lines
    ]
    return bars(rows, title=_("Cost by section"))


def bound_chart(facts: Mapping[str, Any], _: Words) -> Chart | None:
    """Draw cost and bound of each part; None where the design has no proved bound."""
    parts = facts.get("parts")
    if not isinstance(parts, dict) or not is_number(facts.get("cost_bound")):
        return None
    rows = [
        Bar(
            label=_(label),
            value=parts[name]["cost"],
            text=f"{parts[name]['cost']:,.0f} / {parts[name]['bound']:,.0f}",
            below=parts[name]["bound"],
        )
        for name, label in PARTS.items()
        if name in parts
    ]
    return bars(rows, title=_("Cost and bound by part"))


def margin_charts(survey: Survey, _: Words) -> list[Chart]:
    """Draw the worst reserve of every terminal, downstream and upstream."""
    reserves = onu_reserves_db(survey)
    charts = []
    for column, direction in enumerate(DIRECTION_WORDS):
        values = reserves[:, column][np.isfinite(reserves[:, column])]
        counts, starts, width = _bins(values)
        title = _("Terminals by least reserve, {direction}").format(direction=_(direction))
        charts.append(histogram(counts, starts, width, title=title, axis=_("dB left after loss and margin")))
    return charts


def _bins(values: NDArray[np.float64]) -> tuple[list[int], list[float], float]:
    """Give counts in whole decibels, wider where there would be too many bins."""
    if len(values) == 0:
        return [], [], BIN_DB
    low, high = math.floor(values.min()), math.floor(values.max()) + 1
    width = BIN_DB * max(1, math.ceil((high - low) / MOST_BINS))
    low = math.floor(low / width) * width
    edges = np.arange(low, high + width, width)
    counts, _edges = np.histogram(values, edges)
    return counts.tolist(), edges[:-1].tolist(), width


def worst_terminals(survey: Survey) -> list[WorstTerminal]:
    """Give the terminals with the least light left in either direction."""
    network, reserves = survey.network, onu_reserves_db(survey)
    least = np.where(np.isfinite(reserves), reserves, np.inf).min(axis=1, initial=np.inf)
    names = {customer.id: customer.name for customer in network.customers}
    return [
        WorstTerminal(
            onu=network.onus[row].id,
            customer=network.onus[row].customer,
            name=names.get(network.onus[row].customer, ""),
            down_db=float(reserves[row, 0]),
            up_db=float(reserves[row, 1]),
        )
        for row in np.argsort(least, kind="stable")[:WORST_SHOWN].tolist()
        if np.isfinite(least[row])
    ]


def fill_years(survey: Survey) -> list[FillYear]:
    """Give how full the ports with terminals are, now and after each year."""
    fill = port_fill_by_year(survey)
    with_terminals = survey.port_onus > 0
    if not with_terminals.any():
        return []
    fullest = fill[:, with_terminals].max(axis=2)
    return [
        FillYear(
            year=year,
            median=float(np.nanmedian(row)),
            most=float(np.nanmax(row)),
            over=int((row > FULL).sum()),
        )
        for year, row in enumerate(fullest)
        if np.isfinite(row).any()
    ]


def fill_chart(years: Sequence[FillYear], _: Words) -> Chart:
    """Draw the fullest and the median port from year to year."""
    series = (
        Series(label=_("fullest port"), values=[100.0 * year.most for year in years]),
        Series(label=_("median port"), values=[100.0 * year.median for year in years]),
    )
    xs = [float(year.year) for year in years]
    return curves(xs, series, title=_("Busy-hour load of ports in per cent"), axis=_("years from now"), limit=100.0)


def split_chart(survey: Survey, _: Words) -> Chart:
    """Draw how many terminals the working ports have."""
    onus = survey.port_onus[survey.port_onus > 0]
    step = 8 if len(onus) == 0 or onus.max() <= 64 else 16
    edges = np.arange(0, (int(onus.max()) if len(onus) else 0) + step + 1, step)
    counts, _edges = np.histogram(onus, edges + 1)
    starts = [float(edge + 1) for edge in edges[:-1].tolist()]
    return histogram(
        counts.tolist(), starts, float(step), title=_("Ports by number of terminals"), axis=_("terminals on a port")
    )


def price_trust(network: Network) -> float:
    """Give the share of the cost whose prices are placeholders."""
    prices = network.catalogue.prices
    total = math.fsum(line.total_cost for line in network.bill)
    weak = (
        line.total_cost
        for line in network.bill
        if line.item in prices and prices[line.item].trust in ("illustrative", "unverified")
    )
    return math.fsum(weak) / total if total else 0.0


def equipment_counts(network: Network) -> list[tuple[str, str, int]]:
    """Give kind, catalogue id and number of what stands in the network."""
    counts: Counter[tuple[str, str]] = Counter()
    for kind, records in (
        ("olt", network.olts),
        ("card", network.cards),
        ("splitter", network.splitters),
        ("onu", network.onus),
        ("cable", network.cables),
    ):
        counts.update((kind, record.type) for record in records)
    counts.update(("enclosure", node.enclosure) for node in network.nodes if node.enclosure)
    return [(kind, name, number) for (kind, name), number in sorted(counts.items())]
