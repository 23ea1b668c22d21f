"""`ponplan catalogue`: what is in the catalogue, for people, machines and spreadsheets."""

from __future__ import annotations

import dataclasses
import difflib
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ponplan.cli.options import CatalogueDir, Json, PricesFile
from ponplan.cli.say import print_json

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from ponplan.catalogue import Catalogue, Column

SCHEMA = "ponplan.catalogue/1"


def catalogue_command(
    table: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="Table to show; without it the tables are listed.")
    ] = None,
    json: Json = False,
    csv: Annotated[
        bool, typer.Option("--csv", help="The table as CSV on stdout, to be changed and given to --catalogue.")
    ] = False,
    catalogue: CatalogueDir = None,
    prices: PricesFile = None,
) -> None:
    """Show what the catalogue holds: technologies, optics, equipment, cables, services, prices.

    Example: ponplan catalogue splitters
    """
    from ponplan.catalogue import read_catalogue

    if csv and (json or table is None):
        raise typer.BadParameter("give a TABLE, and not --json, with --csv")
    content = read_catalogue(directory=catalogue, prices=prices)
    tables = content.to_tables()
    if table is not None and table not in tables:
        raise typer.BadParameter(_unknown(table, list(tables)), param_hint="TABLE")
    if csv and table is not None:
        sys.stdout.write(tables[table])
    elif json:
        print_json(_table_answer(content, table) if table else _list_answer(content, list(tables)))
    elif table:
        _show_table(content, table)
    else:
        _show_list(content, list(tables))


def _list_answer(content: Catalogue, tables: list[str]) -> dict[str, object]:
    listed = [{"name": name, "rows": len(getattr(content, name))} for name in tables]
    return {"schema": SCHEMA, "currency": content.currency, "tables": listed}


def _table_answer(content: Catalogue, table: str) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "currency": content.currency,
        "table": table,
        "columns": [dataclasses.asdict(column) for column in _columns(table)],
        "rows": [dataclasses.asdict(row) for row in getattr(content, table).values()],
    }


def _show_list(content: Catalogue, tables: list[str]) -> None:
    from rich.table import Table

    from ponplan.catalogue.catalogue import ROW_TYPES

    shown = Table("table", "rows", "a row is", box=None, pad_edge=False)
    for name in tables:
        meaning = (ROW_TYPES[name].__doc__ or "").partition("\n")[0]
        shown.add_row(name, str(len(getattr(content, name))), meaning)
    _print(shown, f"Prices are in {content.currency}. `ponplan catalogue TABLE` shows a table.")


def _show_table(content: Catalogue, table: str) -> None:
    """Print rows side by side where they fit, else one below the other, then what the columns mean."""
    from rich.table import Table

    columns = _columns(table)
    names = [column.name for column in columns if column.name not in ("source", "trust")]
    wide = Table(*names, box=None, pad_edge=False)
    for row in getattr(content, table).values():
        wide.add_row(*(_shown(getattr(row, name)) for name in names))
    legend = Table("column", "unit", "meaning", box=None, pad_edge=False)
    for column in columns:
        legend.add_row(column.name, column.unit, column.meaning)
    _print(wide if _fits(wide) else _blocks(content, table, columns), legend)


def _blocks(content: Catalogue, table: str, columns: tuple[Column, ...]) -> Table:
    """Give the rows one below the other, a line per cell, with source and trust."""
    from rich.table import Table
    from rich.text import Text

    blocks = Table(box=None, pad_edge=False, show_header=False)
    for row in getattr(content, table).values():
        blocks.add_row(Text(row.id, style="bold"), row.description)
        for column in columns[2:]:
            blocks.add_row(f"  {column.name}", _with_unit(getattr(row, column.name), column.unit))
        blocks.add_row("", "")
    return blocks


def _columns(table: str) -> tuple[Column, ...]:
    from ponplan.catalogue.columns import columns_of

    return columns_of(table)


def _shown(value: object) -> str:
    from ponplan.catalogue.cells import format_cell

    return format_cell(value)  # type: ignore[arg-type] # rows hold nothing else


def _with_unit(value: object, unit: str) -> str:
    text = _shown(value)
    return text if unit in ("", "1", "see unit") or not text else f"{text} {unit}"


def _unknown(table: str, tables: list[str]) -> str:
    close = difflib.get_close_matches(table.lower(), tables, n=1)
    hint = f"did you mean {close[0]}?" if close else f"tables: {', '.join(tables)}"
    return f"no table {table!r}; {hint}"


def _fits(shown: Table) -> bool:
    console = _console()
    unbounded = console.options.update(max_width=10_000)
    return console.measure(shown, options=unbounded).maximum <= console.width


def _console() -> Console:
    """Give the terminal; into a file or pipe lines are as long as they need to be."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=400)


def _print(*parts: RenderableType) -> None:
    console = _console()
    for position, part in enumerate(parts):
        if position:
            console.print()
        console.print(part)
