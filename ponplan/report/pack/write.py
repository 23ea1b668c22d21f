"""Writes the construction pack into a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.errors import Fault, OutputError
from ponplan.report.delimited import write_rows
from ponplan.report.language import mark, words
from ponplan.report.pack.colours import colour_names
from ponplan.report.pack.columns import SHEETS
from ponplan.report.pack.rows import pack_rows
from ponplan.report.workbook import SheetColumn, workbook, write_table
from ponplan.topology.survey import Survey
from ponplan.topology.works.splices import SPLICES_PER_TRAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ponplan.design.cutover import Cutover
    from ponplan.report.language import Words
    from ponplan.report.pack.columns import Sheet
    from ponplan.topology.network import Network

BOOK = "pack.xlsx"
MOST_ROWS = 1_048_575  # of an XLSX sheet, heading left out
INDEX = (
    SheetColumn(key="name", title=mark("Name"), width=34),
    SheetColumn(key="value", title=mark("Value"), width=60),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackOptions:
    """Language, order of colours, size of a splice tray, revision, and the plan of moves if there is one."""

    language: str = "en"
    colours: str = "tia-598"
    splices_per_tray: int = SPLICES_PER_TRAY
    revision: str = "0"
    cutover: Cutover | None = None


def write_pack(
    network: Network,
    folder: Path,
    *,
    options: PackOptions | None = None,
    overwrite: bool = False,
    told: Callable[[str], None] = lambda _: None,
) -> dict[str, int]:
    """Write `pack.xlsx` and one CSV file per sheet into a folder; give the number of rows of each sheet.

    Parameters
    ----------
    told
        Is called with the title of each sheet before it is made.

    Raises
    ------
    OutputError
        The folder holds a file that may not be replaced, or cannot be made.
    CatalogueError
        The catalogue lacks a figure of light, or the order of colours.
    """
    options = options or PackOptions()
    say = words(options.language)
    colours = colour_names(network.catalogue, options.colours, say)
    _ready(folder, overwrite=overwrite)
    counts: dict[str, int] = {}
    survey = Survey(network)
    title = say("Construction pack: {name}").format(name=network.name)
    with workbook(folder / BOOK, title=title, overwrite=overwrite, lean=True) as book:
        index = _index(network, options, say)
        write_table(book, say("Contents"), INDEX, index, say)
        sheets = pack_rows(
            survey, colours=colours, splices_per_tray=options.splices_per_tray, cutover=options.cutover
        )
        for sheet, rows in sheets:
            told(say(sheet.title))
            values = [tuple(row) for row in rows]
            counts[sheet.key] = len(values)
            keys = [column.key for column in sheet.columns]
            write_rows(folder / f"{sheet.key}.csv", keys, values, overwrite=overwrite)
            write_table(book, say(sheet.title), sheet.columns, _said(sheet, values[:MOST_ROWS], say), say)
    return counts


def _ready(folder: Path, *, overwrite: bool) -> None:
    """Make the folder, and refuse before anything is written if a file is in the way."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError([Fault(file=str(folder), problem=f"cannot be made: {error}")]) from error
    there = [name for name in (BOOK, *(f"{sheet.key}.csv" for sheet in SHEETS)) if (folder / name).exists()]
    if there and not overwrite:
        problem, remedy = f"holds {', '.join(there)} already", "choose another folder or say --force"
        raise OutputError([Fault(file=str(folder), problem=problem, remedy=remedy)])
    for name in there:
        (folder / name).unlink()


def _said(sheet: Sheet, rows: Iterable[Sequence[object]], say: Words) -> Iterable[Sequence[object]]:
    """Translate the columns that hold words; yes and no as words too."""
    places = [place for place, column in enumerate(sheet.columns) if column.key in sheet.said]
    for row in rows:
        said = list(row)
        for place in places:
            said[place] = say(str(said[place])) if said[place] else said[place]
        yield [say("yes") if value is True else "" if value is False else value for value in said]


def _index(network: Network, options: PackOptions, say: Words) -> list[tuple[object, object]]:
    """Give the cover: name, revision, how the design came to be, which sheets follow."""
    rows: list[tuple[object, object]] = [
        (say("Network"), network.name),
        (say("Revision"), options.revision),
        (say("Order of colours"), options.colours),
        (say("Coordinate system"), network.crs),
    ]
    rows += [(fact, value) for fact, value in sorted(network.facts.items()) if isinstance(value, str | int | float)]
    chosen = [sheet for sheet in SHEETS if sheet.key != "cutover" or options.cutover is not None]
    return rows + [(say("Sheet"), f"{say(sheet.title)} ({sheet.key}.csv)") for sheet in chosen]
