"""Pages of the site that are written from their single source: commands, catalogue, design file, mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer.main
from typer.core import TyperGroup

from ponplan.area.blank import blank_area
from ponplan.area.records import CUSTOMER_COLUMNS, ROUTE_COLUMNS, SITE_COLUMNS
from ponplan.area.settings_text import settings_text
from ponplan.catalogue.catalogue import ROW_TYPES
from ponplan.catalogue.columns import columns_of
from ponplan.cli.app import app
from ponplan.report.exchange.mapping import read_format_mapping
from ponplan.topology.file.schema import SCHEMA_VERSION, TABLES
from ponplan.topology.file.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAPPED = ("gracethd", "gisnb")


def write_pages(folder: Path) -> None:
    """Write all generated pages, each only if it changed, so that a second build is quick."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "commands": commands_page(),
        "area": area_page(),
        "catalogue": catalogue_page(),
        "design-file": design_file_page(),
        "formats": formats_page(),
    }
    for name, lines in pages.items():
        path = folder / f"{name}.md"
        text = "\n".join(lines) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")


def commands_page() -> Iterator[str]:
    """Give every command with its help, as the command line prints it."""
    yield "# Commands"
    yield ""
    yield "Every command takes `--help` and, where it answers, `--json`: one object on stdout, talk on stderr."
    for name, text in _helps():
        yield from ("", f"## {name}", "", "```text", *text.rstrip().splitlines(), "```")


def _helps() -> Iterator[tuple[str, str]]:
    root = typer.main.get_command(app)
    if not isinstance(root, TyperGroup):
        raise TypeError("the application has no commands")
    for name, command in root.commands.items():
        subcommands = command.commands.items() if isinstance(command, TyperGroup) else [("", command)]
        for second, one in subcommands:
            called = f"ponplan {name} {second}".strip()
            context = typer.Context(one, info_name=called, max_content_width=100, terminal_width=100)
            yield called, one.get_help(context)


def area_page() -> Iterator[str]:
    """Give an area's settings with their comments, and the columns of its layers."""
    yield "# Area folder"
    yield ""
    yield "An area is `area.toml` and the layers of `area.gpkg`. `ponplan new` writes an empty one; its settings,"
    yield "each with its default and meaning, are these:"
    yield from ("", "```toml", *settings_text(blank_area(name="town", at=(9.52, 47.14))).rstrip().splitlines(), "```")
    layers = {"customers": CUSTOMER_COLUMNS, "sites": SITE_COLUMNS, "routes": ROUTE_COLUMNS}
    yield from (
        "",
        "## Layers",
        "",
        "Columns that ponplan does not know are kept as attributes and written back.",
        "",
    )
    rows = [(f"`{name}`", ", ".join(f"`{column}`" for column in columns)) for name, columns in layers.items()]
    yield from _table(("layer", "columns"), rows)


def catalogue_page() -> Iterator[str]:
    """Give every table of the catalogue with its columns, from `columns.csv`."""
    yield "# Catalogue tables"
    yield ""
    yield "`ponplan catalogue TABLE` shows the rows; CSV files in a folder (`--catalogue`) replace or add rows."
    yield "This page is written from `ponplan/catalogue/data/columns.csv`, which the loader checks every row against."
    for table, row_type in ROW_TYPES.items():
        meaning = (row_type.__doc__ or "").partition("\n")[0]
        rows = [(f"`{column.name}`", column.type, _unit(column.unit), column.meaning) for column in columns_of(table)]
        yield from ("", f"## {table}", "", meaning, "", *_table(("column", "type", "unit", "meaning"), rows))


def design_file_page() -> Iterator[str]:
    """Give every table of the design file with its columns, from `ponplan/topology/file/schema.py`."""
    yield "# Design file"
    yield ""
    yield f"A design is one GeoPackage (an SQLite file), schema version {SCHEMA_VERSION}. QGIS opens it styled."
    yield "Columns marked *derived* follow from others: they are written for people and never read back. This page is"
    yield "written from `ponplan/topology/file/schema.py`, from which writer and reader work too."
    for table in TABLES:
        rows = [
            (
                f"`{column.name}`",
                column.type,
                _unit(column.unit),
                column.meaning + (" *(derived)*" if column.derived else ""),
            )
            for column in table.columns
        ]
        yield from (
            "",
            f"## {table.name}",
            "",
            table.meaning,
            "",
            *_table(("column", "type", "unit", "meaning"), rows),
        )
    yield from ("", "## Views", "", "Layers for the map, made of the tables above; QGIS opens them styled too.", "")
    yield from _table(("view", "meaning"), [(f"`{view.name}`", view.meaning) for view in VIEWS])


def formats_page() -> Iterator[str]:
    """Give what the mapped national formats are filled from, and what they leave out."""
    yield "# National formats"
    yield ""
    yield "Written from the mapping files in `ponplan/report/exchange/mappings/`."
    for name in MAPPED:
        mapping = read_format_mapping(name)
        yield from (
            "",
            f"## {mapping.title}",
            "",
            f"`--format {name}`, in {mapping.crs}. Source: {mapping.source}.",
            "",
        )
        yield from _table(("not covered", "why"), mapping.not_covered.items())
        for table in mapping.table:
            rows = [
                (f"`{theirs}`", f"`{column.source}`" if column.source else f"always {column.value!r}")
                for theirs, column in table.columns.items()
            ]
            yield from ("", f"### {table.name}", "", f"From `{table.source}`.", "", *_table(("theirs", "ours"), rows))


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heading)} |"
    yield f"|{'---|' * len(heading)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
