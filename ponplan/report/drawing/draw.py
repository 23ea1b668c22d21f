"""Draws a whole design into a folder, with an index of what stands where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.report.delimited import write_rows
from ponplan.report.drawing.frame import Set
from ponplan.report.drawing.maps.sheets import map_sheets
from ponplan.report.drawing.pdf import write_pdf
from ponplan.report.drawing.singleline import single_line_sheets
from ponplan.report.drawing.splices import splice_sheets
from ponplan.report.drawing.svg import sheet_svg
from ponplan.report.language import words
from ponplan.report.output import whole_folder
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ponplan.report.drawing.sheet import Sheet
    from ponplan.topology.network import Network

KINDS = ("single-line", "maps", "splices")
FORMATS = ("svg", "pdf")
INDEX = "index.csv"
COLUMNS = ("kind", "file", "page", "subject")
_PDF_PAGES = 400  # of one file; more make a file that few programs open quickly


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How to draw: which kinds, in what format, on what paper, at what scale, in whose colours and words."""

    kinds: Sequence[str] = KINDS
    format: str = "svg"
    paper: str = "A3"
    scale: int | None = None
    colours: str = "tia-598"
    language: str = "en"


def draw_network(
    network: Network,
    target: Path,
    *,
    drawing: Drawing | None = None,
    overwrite: bool = False,
    watch: Callable[[str], None] | None = None,
) -> dict[str, int]:
    """Draw a design into a folder; give the number of sheets of each kind.

    SVG gives one file a sheet in a folder for each kind, PDF files of many pages; `index.csv` says what stands where.

    Parameters
    ----------
    watch
        Told in a few words what is being drawn.

    Raises
    ------
    OutputError
        The folder exists and may not be replaced, or letters are missing for a PDF.
    CatalogueError
        There is no such order of colours, or a figure of light is missing.
    """
    wanted = drawing or Drawing()
    survey = Survey(network)
    drawn = Set(network=network, paper=wanted.paper, words=words(wanted.language))
    counts: dict[str, int] = {}
    rows: list[tuple[str, str, int, str]] = []
    with whole_folder(target, mark=INDEX, overwrite=overwrite) as beside:
        for kind in wanted.kinds:
            if watch is not None:
                watch(kind)
            sheets = _sheets(kind, drawn, survey, wanted)
            write = _write_svg if wanted.format == "svg" else _write_pdfs
            found = list(write(beside, kind, sheets))
            rows += found
            counts[kind] = len(found)
        write_rows(beside / INDEX, COLUMNS, rows)
    return counts


def _sheets(kind: str, drawn: Set, survey: Survey, wanted: Drawing) -> Iterator[Sheet]:
    if kind == "single-line":
        return single_line_sheets(drawn, survey)
    if kind == "maps":
        return map_sheets(drawn, survey, scale=wanted.scale)
    return splice_sheets(drawn, survey, scheme=wanted.colours)


def _write_svg(folder: Path, kind: str, sheets: Iterator[Sheet]) -> Iterator[tuple[str, str, int, str]]:
    (folder / kind).mkdir()
    for sheet in sheets:
        name = f"{kind}/{sheet.name}.svg"
        (folder / name).write_text(sheet_svg(sheet), encoding="utf-8", newline="\n")
        yield kind, name, 1, sheet.subject


def _write_pdfs(folder: Path, kind: str, sheets: Iterator[Sheet]) -> Iterator[tuple[str, str, int, str]]:
    waiting: list[Sheet] = []
    number = 0
    for sheet in sheets:
        waiting.append(sheet)
        if len(waiting) == _PDF_PAGES:
            number += 1
            yield from _write_pdf(folder, kind, waiting, number)
            waiting = []
    if waiting:
        yield from _write_pdf(folder, kind, waiting, number + 1)


def _write_pdf(folder: Path, kind: str, sheets: Sequence[Sheet], number: int) -> Iterator[tuple[str, str, int, str]]:
    name = f"{kind}.pdf" if number == 1 else f"{kind}-{number}.pdf"
    write_pdf(sheets, folder / name, title=kind)
    for page, sheet in enumerate(sheets, start=1):
        yield kind, name, page, sheet.subject
