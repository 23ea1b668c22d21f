"""Writes a bill: the ending of the file chooses the format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.breakdown import USUAL_WASTE, Breakdown, break_down
from ponplan.design.comparison import compare_bills
from ponplan.design.percustomer import per_customer
from ponplan.report.bom.difference import KEYS as DIFFERENCE_KEYS
from ponplan.report.bom.difference import difference_rows
from ponplan.report.bom.table import KEYS, bill_rows
from ponplan.report.delimited import write_rows
from ponplan.report.language import words
from ponplan.report.output import refuse
from ponplan.topology.capacity import spare_capacity

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.report.language import Words
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class BillOptions:
    """What a bill shows beside the design: language, shares of waste and spare parts, another design, a template."""

    language: str = "en"
    waste: float = USUAL_WASTE
    spares: float = 0.0
    against: Network | None = None
    template: Path | None = None


def write_bom(
    network: Network, target: Path, *, options: BillOptions | None = None, overwrite: bool = False
) -> Breakdown:
    """Write the network's bill, .csv or else .xlsx, and give its parts.

    A CSV file against another design has the differences in a second file, `<name>-difference.csv`.

    Raises
    ------
    OutputError
        A file exists and may not be replaced, or its folder does not.
    TemplateError
        The template has no heading that names columns of the bill, or is no workbook.
    CatalogueError
        The two designs are in different currencies.
    """
    options = options or BillOptions()
    breakdown = break_down(network, waste=options.waste, spares=options.spares)
    say = words(options.language)
    if target.suffix.lower() == ".csv":
        _write_csv(network, target, breakdown, options, say, overwrite=overwrite)
    elif options.template is not None:
        from ponplan.report.bom.template import fill_template

        fill_template(options.template, target, breakdown, say, overwrite=overwrite)
    else:
        _write_workbook(network, target, breakdown, options, say, overwrite=overwrite)
    return breakdown


def _write_csv(
    network: Network, target: Path, breakdown: Breakdown, options: BillOptions, say: Words, *, overwrite: bool
) -> None:
    second = target.with_name(f"{target.stem}-difference.csv")
    if options.against is not None:
        refuse(second, overwrite=overwrite)
    write_rows(target, KEYS, bill_rows(breakdown, say), overwrite=overwrite)
    if options.against is not None:
        rows = difference_rows(compare_bills(network, options.against), say)
        write_rows(second, DIFFERENCE_KEYS, rows, overwrite=overwrite)


def _write_workbook(
    network: Network, target: Path, breakdown: Breakdown, options: BillOptions, say: Words, *, overwrite: bool
) -> None:
    from ponplan.report.bom.assumptions import write_assumptions
    from ponplan.report.bom.difference import write_difference
    from ponplan.report.bom.lines import write_bill, write_items, write_prices
    from ponplan.report.bom.summary import write_summary
    from ponplan.report.workbook import workbook

    title = say("Bill of materials: {name}").format(name=network.name)
    with workbook(target, title=title, overwrite=overwrite) as book:
        place = write_bill(book, breakdown, say)
        write_items(book, network.bill, breakdown, place, say)
        write_prices(book, network.catalogue, breakdown, say)
        customers = per_customer(network, breakdown)
        spare = spare_capacity(network)
        write_summary(book, breakdown, customers, spare, place, network.catalogue.currency, say)
        write_assumptions(book, network, breakdown, say)
        if options.against is not None:
            write_difference(book, compare_bills(network, options.against), say)
