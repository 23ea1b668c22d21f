"""What a bill rests on: facts of the run, rules, prices, who is left out, what is relaxed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ponplan.report.language import mark
from ponplan.report.workbook import SheetColumn, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.design.breakdown import Breakdown
    from ponplan.report.language import Words
    from ponplan.report.workbook import Book
    from ponplan.topology.network import Network

COLUMNS = (
    SheetColumn(key="kind", title=mark("Kind"), width=18),
    SheetColumn(key="name", title=mark("Name"), width=42),
    SheetColumn(key="value", title=mark("Value"), width=60),
)


def write_assumptions(book: Book, network: Network, breakdown: Breakdown, say: Words) -> None:
    """Add the sheet that tells what must hold for the bill to be right."""
    write_table(book, say("Assumptions"), COLUMNS, _rows(network, breakdown, say), say)


def _rows(network: Network, breakdown: Breakdown, say: Words) -> Iterator[tuple[object, ...]]:
    _ = say
    yield _("Waste"), _("Share of the cable laid that is lost in cutting, within the slack"), breakdown.waste_share
    yield _("Spare parts"), _("Share of splitters, cards, transceivers and terminals"), breakdown.spares_share
    trust = Counter(network.catalogue.prices[line.item].trust for line in network.bill)
    for name, count in sorted(trust.items()):
        yield _("Prices"), name, _("{count} items").format(count=count)
    for name in network.rules.__dataclass_fields__:
        value = getattr(network.rules, name)
        yield _("Rule"), name, value if isinstance(value, str | int | float) else ""
    for fact, known in sorted(network.facts.items()):
        if isinstance(known, str | int | float):
            yield _("Run"), fact, known
    for relaxed in network.relaxed:
        limit = _("{value:g}, allowed {limit:g}").format(value=relaxed.value, limit=relaxed.limit)
        yield _("Relaxed"), f"{relaxed.rule}: {relaxed.subject}", limit
    for customer in network.customers:
        if customer.unserved:
            yield _("Not served"), f"{customer.id} {customer.name}".strip(), customer.unserved
