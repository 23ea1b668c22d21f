"""Import 100,000 customers from CSV, XLSX and GeoPackage with the whole command: processor seconds and peak memory.

    python benchmarks/readers.py [CUSTOMERS]

The table is invented: a square town of streets 100 m apart, customers beside them in mixed order, with names, words
and bandwidths in two languages as planners' tables have them, a floor that ponplan keeps, and no central office.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyogrio
import shapely
import xlsxwriter

STREETS = 100  # each way
SPACING = 0.001  # degrees, about 100 m
CORNER = np.array([9.5, 47.1])
HEADER = ("客户编号", "客户名称", "类型", "经度", "纬度", "带宽", "floor")
CLASSES = ("bank", "企业", "government", "home")
BANDWIDTHS = ("2M", "100M/100M", "宽带 300M", "E1*2", "")


def main(num_customers: int) -> None:
    """Measure the three formats."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_streets(folder / "streets.gpkg")
        rows = invented(num_customers)
        for write, ending in ((write_csv, "csv"), (write_xlsx, "xlsx"), (write_gpkg, "gpkg")):
            customers = folder / f"customers.{ending}"
            write(customers, rows)
            measure(customers, folder)


def measure(customers: Path, folder: Path) -> None:
    """Run the command once in a process of its own."""
    area = folder / f"area-{customers.suffix[1:]}"
    command = ("import", "csv", str(customers), "--routes", str(folder / "streets.gpkg"), "-o", str(area))
    program = (sys.executable, "-c", "from ponplan.cli.app import main; main()")
    process = subprocess.Popen((*program, *command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = usage.ru_utime + usage.ru_stime
    size_mb = customers.stat().st_size / 1e6
    print(f"{customers.suffix[1:]}: {seconds:.1f} s, peak {usage.ru_maxrss // 1024} MB, file {size_mb:.1f} MB"
          f"{'' if process.returncode == 0 else f', FAILED with {process.returncode}'}")  # fmt: skip


def invented(num_customers: int) -> list[tuple[object, ...]]:
    """Invent a table."""
    rng = np.random.default_rng(1)
    places = CORNER + rng.uniform(0.0, (STREETS - 1) * SPACING, (num_customers, 2))
    classes, bandwidths = (rng.choice(words, num_customers).tolist() for words in (CLASSES, BANDWIDTHS))
    return [
        (f"c{index}", f"name {index}", classes[index], round(lon, 6), round(lat, 6), bandwidths[index], index % 40)
        for index, (lon, lat) in enumerate(places.tolist())
    ]


def write_streets(path: Path) -> None:
    """Write one street from crossing to crossing, both ways."""
    at = np.arange(STREETS) * SPACING
    x, y = (axis.ravel() for axis in np.meshgrid(at[:-1], at))
    along = np.stack([np.stack([x, y], 1), np.stack([x + SPACING, y], 1)], 1)
    lines = shapely.linestrings(CORNER + np.concatenate([along, along[:, :, ::-1]]))
    surfaces = np.array(["asphalt"] * len(lines), object)
    pyogrio.raw.write(
        path, shapely.to_wkb(lines), [surfaces], ["surface"], layer="streets", driver="GPKG",
        geometry_type="LineString", crs="EPSG:4326",
    )  # fmt: skip


def write_csv(path: Path, rows: list[tuple[object, ...]]) -> None:
    """Write the table as text."""
    path.write_text("".join(f"{','.join(map(str, row))}\n" for row in (HEADER, *rows)), encoding="utf-8")


def write_xlsx(path: Path, rows: list[tuple[object, ...]]) -> None:
    """Write the table as a workbook."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("customers")
        for index, row in enumerate((HEADER, *rows)):
            sheet.write_row(index, 0, row)


def write_gpkg(path: Path, rows: list[tuple[object, ...]]) -> None:
    """Write the table as a layer of points."""
    columns = dict(zip(HEADER, zip(*rows, strict=True), strict=True))
    points = shapely.points(columns.pop("经度"), columns.pop("纬度"))
    data = [np.array(cells, np.int64 if name == "floor" else object) for name, cells in columns.items()]
    pyogrio.raw.write(
        path, shapely.to_wkb(points), data, list(columns), layer="customers", driver="GPKG",
        geometry_type="Point", crs="EPSG:4326",
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
