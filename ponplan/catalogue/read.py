"""The shipped catalogue with a planner's folder and price book laid over it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ponplan.catalogue.catalogue import ROW_TYPES, Catalogue, catalogue_from_rows
from ponplan.catalogue.columns import DATA
from ponplan.catalogue.merge import lay_over, lay_prices, rows_of_table
from ponplan.catalogue.sheet import decode
from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.catalogue.merge import Rows


def read_catalogue(*, directory: Path | None = None, prices: Path | None = None) -> Catalogue:
    """Give the shipped catalogue, with the planner's own rows and prices laid over it.

    Parameters
    ----------
    directory
        Folder with any of the tables as `TABLE.csv`: rows replace by id, or add. Columns left out keep what the
        replaced row says.
    prices
        Price book, a CSV with `item` and any of the columns of `prices`; other columns and items keep theirs.

    Raises
    ------
    CatalogueError
        The overlay cannot be read, or it, or the catalogue it makes, is at fault; every fault is listed.
    """
    if directory is None and prices is None:
        return _shipped()
    layers, faults = shipped_rows()
    if directory is not None:
        faults += _lay_directory(layers, directory)
    if prices is not None:
        text, found = _text(prices)
        faults += found
        if text is not None:
            layers["prices"], found = lay_prices(layers["prices"], text, file=prices.name)
            faults += found
    return catalogue_from_rows(layers, faults)


@functools.cache
def _shipped() -> Catalogue:
    return catalogue_from_rows(*shipped_rows())


def shipped_rows() -> tuple[dict[str, Rows], list[Fault]]:
    """Give the raw rows of every shipped table, and what is wrong with them."""
    layers: dict[str, Rows] = {}
    faults: list[Fault] = []
    for name in ROW_TYPES:
        path = DATA / f"{name}.csv"
        text = decode(path.read_bytes(), file=path.name)
        layers[name], found = rows_of_table(name, text, file=path.name)
        faults += found
    return layers, faults


def _lay_directory(layers: dict[str, Rows], directory: Path) -> list[Fault]:
    if not directory.is_dir():
        return [Fault(file=str(directory), problem="is no folder", remedy="name a folder with CSV tables")]
    faults: list[Fault] = []
    for path in sorted(directory.iterdir()):
        if path.suffix.lower() != ".csv":
            continue
        text, found = _text(path)
        faults += found
        if text is None:
            continue
        if path.stem == "columns":
            faults += _changed_schema(path, text)
        elif path.stem in layers:
            layers[path.stem], found = lay_over(path.stem, layers[path.stem], text, file=path.name)
            faults += found
        else:
            faults.append(Fault(file=path.name, problem="is no table of the catalogue", limit=", ".join(ROW_TYPES)))
    return faults


def _changed_schema(path: Path, text: str) -> list[Fault]:
    if text == (DATA / "columns.csv").read_text(encoding="utf-8"):
        return []
    problem = "describes the program's own columns, which an overlay cannot change"
    return [Fault(file=path.name, problem=problem, remedy="remove the file from the folder")]


def _text(path: Path) -> tuple[str | None, list[Fault]]:
    try:
        return decode(path.read_bytes(), file=path.name), []
    except OSError as error:
        return None, [Fault(file=str(path), problem=f"cannot be read: {error.strerror}")]
    except CatalogueError as error:
        return None, list(error.faults)
