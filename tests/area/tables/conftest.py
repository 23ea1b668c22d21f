"""Files as planners bring them: a street of one kilometre with customers along it, in every format."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import pytest
import shapely
import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    Rows = Sequence[Sequence[object]]

CUSTOMERS = (
    ("id", "name", "class", "lon", "lat", "bandwidth"),
    ("c1", "Bank", "bank", 9.502, 47.1001, "2M"),
    ("c2", "School", "public", 9.505, 47.1001, "100M/100M"),
    ("c3", "Home", "home", 9.508, 47.1001, ""),
)
ROUTES = (("id", "surface", "wkt"), ("r1", "asphalt", "LINESTRING (9.5 47.1, 9.51 47.1)"))


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as CSV, or text as it is."""

    def write(
        rows: Rows | str, name: str = "customers.csv", *, encoding: str = "utf-8", delimiter: str = ","
    ) -> Path:
        path = tmp_path / name
        if not isinstance(rows, str):
            rows = "".join(delimiter.join(_quoted(cell, delimiter) for cell in row) + "\n" for row in rows)
        path.write_bytes(rows.encode(encoding))
        return path

    return write


@pytest.fixture
def write_xlsx(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets of rows as a workbook; merged cells are (sheet, first row, column, last row, column, text)."""

    def write(
        sheets: Mapping[str, Rows],
        name: str = "customers.xlsx",
        *,
        merged: Sequence[tuple[str, int, int, int, int, str]] = (),
    ) -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
                for _, *corners, text in (one for one in merged if one[0] == title):
                    sheet.merge_range(*corners, text)
        return path

    return write


@pytest.fixture
def write_map(tmp_path: Path) -> Callable[..., Path]:
    """Write geometries with columns as a layer of any format that GDAL writes."""

    def write(
        name: str,
        geometry: Sequence[object],
        columns: Mapping[str, Sequence[object]],
        *,
        crs: str | None = "EPSG:4326",
        layer: str | None = None,
        kind: str = "Unknown",
        **options: object,
    ) -> Path:
        path = tmp_path / name
        with warnings.catch_warnings():
            # a layer without a CRS is meant
            warnings.filterwarnings("ignore", message="'crs' was not provided")
            pyogrio.raw.write(
                path,
                shapely.to_wkb(np.array(geometry, object)),
                [_typed(values) for values in columns.values()],
                list(columns),
                geometry_type=kind,
                crs=crs,
                layer=layer,
                **options,
            )
        return path

    return write


@pytest.fixture
def routes(write_csv: Callable[..., Path]) -> Path:
    """Write the street."""
    return write_csv(ROUTES, "routes.csv")


@pytest.fixture
def customers() -> tuple[tuple[object, ...], ...]:
    """Give the three customers with their header."""
    return CUSTOMERS


def _typed(values: Sequence[object]) -> np.ndarray:
    array = np.array(values)
    return array.astype(object) if array.dtype.kind not in "iufb" else array


def _quoted(cell: object, delimiter: str) -> str:
    text = str(cell)
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if delimiter in text or '"' in text else text


@pytest.fixture
def routes_kml(tmp_path: Path) -> Path:
    """Give two streets as placemarks without ids."""
    path = tmp_path / "streets.kml"
    line = "<Placemark><name>{}</name><LineString><coordinates>{}</coordinates></LineString></Placemark>"
    lines = line.format("One", "9.5,47.1 9.505,47.1") + line.format("Two", "9.505,47.1 9.51,47.1")
    path.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{lines}</Document></kml>', "utf-8")
    return path
