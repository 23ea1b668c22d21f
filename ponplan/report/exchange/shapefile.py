"""A set of Shapefiles with short column names, and a table that says what each of them means."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import shapely

from ponplan.area.coordinates import geometries_in
from ponplan.report.exchange.lonlat import target_crs
from ponplan.report.exchange.manifest import exported_folder, files_in, write_manifest
from ponplan.report.exchange.result import Exported, Loss
from ponplan.topology.file.schema import CATALOGUE, COLUMNS
from ponplan.topology.file.stored import stored_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ponplan.topology.file.schema import FileColumn, FileTable
    from ponplan.topology.file.stored import Columns
    from ponplan.topology.network import Network

FORMAT = "shapefile"
LONGEST_NAME = 10  # letters of a column name (dBASE III)
LONGEST_TEXT = 254  # bytes of a text cell
LEGEND = "columns.csv"
_LEFT_OUT = (CATALOGUE, COLUMNS)
_NUMBERS = {"integer": np.int64, "real": np.float64, "boolean": np.int16}
LOSSES = (
    Loss(what="the catalogue", reason="its tables do not fit into dBASE cells; they stay in the design file"),
    Loss(what="empty and missing texts", reason="dBASE knows no difference between them"),
)


def aliases(names: Sequence[str]) -> dict[str, str]:
    """Give each column name one of at most ten letters, the same for the same names; short names stay."""
    found: dict[str, str] = {}
    taken = {name for name in names if len(name) <= LONGEST_NAME}
    for name in names:
        short, number = name, 1
        if len(name) > LONGEST_NAME:
            short = _squeezed(name)
            while short in taken:
                number += 1
                short = f"{_squeezed(name)[: LONGEST_NAME - len(str(number))]}{number}"
            taken.add(short)
        found[name] = short
    return found


def _squeezed(name: str) -> str:
    """Shorten the longest words first: the beginning of every word is what people recognise."""
    words = name.split("_")
    while len("_".join(words)) > LONGEST_NAME:
        longest = max(range(len(words)), key=lambda place: len(words[place]))
        words[longest] = words[longest][:-1]
    return "_".join(words)


def write_shapefile(network: Network, target: Path, *, overwrite: bool = False, crs: str | None = None) -> Exported:
    """Write a folder of Shapefiles (`.dbf` alone for tables without a place).

    Parameters
    ----------
    crs
        Coordinate system to write in; else the plan's.

    Raises
    ------
    OutputError
        The folder exists and may not be replaced, or cannot be written.
    """
    rows: dict[str, int] = {}
    cut: list[Loss] = []
    legend: list[tuple[str, ...]] = []
    chosen = target_crs(network, crs)
    with exported_folder(target, overwrite=overwrite) as folder:
        for table, columns in stored_tables(network):
            if table in _LEFT_OUT:
                continue
            short = aliases([column.name for column in table.columns])
            rows[table.name] = _write_table(table, columns, short, folder, crs=(network.crs, chosen), cut=cut)
            legend += [
                (
                    f"{table.name}.{'shp' if table.geometry else 'dbf'}",
                    short[c.name],
                    c.name,
                    c.type,
                    c.unit,
                    c.meaning,
                )
                for c in table.columns
                if c.type not in ("point", "line")
            ]
        _write_legend(folder / LEGEND, legend)
        write_manifest(folder, network, FORMAT)
    files = tuple(files_in(target))
    losses = (*LOSSES, *cut)
    return Exported(format=FORMAT, target=str(target), reads_back=False, files=files, rows=rows, losses=losses)


def _write_legend(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "column", "full_name", "type", "unit", "meaning"))
        writer.writerows(rows)


def _write_table(
    table: FileTable, columns: Columns, short: dict[str, str], folder: Path, *, crs: tuple[str, str], cut: list[Loss]
) -> int:
    places = [column.name for column in table.columns if column.type in ("point", "line")]
    plain = [column for column in table.columns if column.name not in places]
    fields, masks = [], []
    for column in plain:
        values, mask = _field(column, columns[column.name], table, cut)
        fields.append(values)
        masks.append(mask)
    geometry = None
    if places:
        shapes = geometries_in(np.asarray(columns[places[0]], dtype=object), *crs)
        geometry = np.asarray(shapely.to_wkb(shapes), dtype=object)
    pyogrio.raw.write(
        folder / f"{table.name}.{'shp' if places else 'dbf'}",
        geometry,
        fields,
        [short[column.name] for column in plain],
        field_mask=masks,
        geometry_type={"POINT": "Point", "LINESTRING": "LineString"}.get(table.geometry),
        crs=crs[1] if places else None,
        driver="ESRI Shapefile",
        encoding="UTF-8",
        layer=table.name,
        layer_options={"DBF_DATE_LAST_UPDATE": "2000-01-01"},  # the same network gives the same bytes
    )
    if not places:
        (folder / f"{table.name}.cpg").write_text("UTF-8", encoding="ascii")
    return len(fields[0])


def _field(
    column: FileColumn, values: Sequence[Any], table: FileTable, cut: list[Loss]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]:
    """Give a column as pyogrio takes it, with the places of missing values; texts too long are cut and counted."""
    missing = np.array([value is None for value in values], dtype=bool)
    kind = _NUMBERS.get(column.type)
    if kind is not None:
        return np.array([0 if value is None else value for value in values], dtype=kind), missing
    texts = [None if value is None else str(value) for value in values]
    short = [None if text is None else shortened(text) for text in texts]
    number = sum(a != b for a, b in zip(texts, short, strict=True))
    if number:
        reason = f"a cell holds {LONGEST_TEXT} bytes; the end of longer texts is cut"
        cut.append(Loss(what=f"{table.name}.{column.name}", count=number, reason=reason))
    return np.array(short, dtype=object), None


def shortened(text: str) -> str:
    """Give as much of a text as a dBASE cell holds, no letter cut in half."""
    data = text.encode("utf-8")
    return text if len(data) <= LONGEST_TEXT else data[:LONGEST_TEXT].decode("utf-8", errors="ignore")
