"""A second count of quantities, with SQL and shapely alone, from the file."""

from __future__ import annotations

import csv
import io
import math
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import shapely

from ponplan.topology import read_network
from ponplan.topology.recount import recount
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.topology import Network

TINY = {
    "asphalt": 1000.0,
    "lead-in": 400.0,
    "duct-110": 1000.0,
    "trunk-4": 1030.0,  # 1000 m and 3 % of slack
    "drop-1": 412.0,
    "cabinet-96": 1.0,
    "cabinet-installation": 1.0,
    "splitter-1x8": 1.0,
    "splitter-installation": 1.0,
    "olt-chassis-1": 1.0,
    "card-epon-8": 1.0,
    "optics-epon-px20": 1.0,
    "pon-port-commissioning": 1.0,
    "odf-port": 1.0,
    "splice": 10.0,  # frame and splitter's tail, then tail and outlet of each customer
    "onu-epon-1ge": 4.0,
    "drop-connection": 4.0,
    "onu-commissioning": 4.0,
}


def test_recount_of_the_tiny_network(tiny: Network) -> None:
    """Every quantity of the tiny network is what pencil and paper give."""
    assert recount(Survey(tiny)) == pytest.approx(TINY)


def test_splices_between_cables_count(star: Network) -> None:
    """Six customers with a splice from street cable to drop: 2 + 6 x (1 + 1 + 1)."""
    assert recount(Survey(star))["splice"] == 20.0


def test_existing_things_cost_nothing(tiny: Network, files: dict[str, bytes], tmp_path: Path) -> None:
    """What is there already is in no quantity."""
    path = tmp_path / "plan.gpkg"
    path.write_bytes(files["tiny"])
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("nodes", "routes", "cables", "olts", "cards", "ports", "splitters", "onus"):
            connection.execute(f"UPDATE {table} SET state = 'existing'")  # noqa: S608
    assert recount(Survey(read_network(path))) == {"splice": 10.0, "odf-port": 1.0}


@pytest.mark.parametrize("name", ["tiny", "two_stage", "bus", "star", "trunk", "full"])
def test_bill_agrees_with_sql_and_shapely(files: dict[str, bytes], tmp_path: Path, name: str) -> None:
    """Lengths from the map, pieces counted by SQL and prices from the file's CSV give the same bill."""
    path = tmp_path / "plan.gpkg"
    path.write_bytes(files[name])
    with closing(sqlite3.connect(path)) as connection:
        count = _quantities(connection)
        bill = {row[0]: row[1:] for row in connection.execute("SELECT item, quantity, total_cost FROM bill")}
        text = connection.execute("SELECT csv FROM catalogue WHERE name = 'prices'").fetchone()[0]
        said = float(connection.execute("SELECT value FROM facts WHERE name = 'cost_total'").fetchone()[0])
    prices = {row["id"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(bill) == set(count)
    for item, (quantity, cost) in bill.items():
        assert quantity == pytest.approx(count[item], abs=0.002)
        price = float(prices[item]["material_cost"]) + float(prices[item]["labour_cost"])
        assert cost == pytest.approx(quantity * price, abs=0.0051)
    assert said == pytest.approx(math.fsum(cost for _, cost in bill.values()), abs=0.001)


def _quantities(connection: sqlite3.Connection) -> Counter[str]:
    count: Counter[str] = Counter()
    for surface, duct, bores, blob in connection.execute("SELECT surface, duct, bores, geom FROM routes"):
        length_m = shapely.from_wkb(blob[8:]).length
        count[surface] += length_m
        if duct:
            count[duct] += length_m * bores
    for kind, metres in connection.execute("SELECT type, sum(length_m) * 1.03 FROM cables GROUP BY type"):
        count[kind] += metres
    for table in ("splitters", "olts", "cards", "onus"):
        for kind, number in connection.execute(f"SELECT type, count(*) FROM {table} GROUP BY type"):  # noqa: S608
            count[kind] += number
    for kind, number in connection.execute("SELECT optics, count(*) FROM ports GROUP BY optics"):
        count[kind] += number
        count["pon-port-commissioning"] += number
    for kind, number in connection.execute(
        "SELECT enclosure, count(*) FROM nodes WHERE enclosure <> '' GROUP BY enclosure"
    ):
        count[kind] += number
        count[f"{kind.split('-')[0]}-installation"] += number
    count["splitter-installation"] = connection.execute("SELECT count(*) FROM splitters").fetchone()[0]
    for task in ("drop-connection", "onu-commissioning"):
        count[task] = connection.execute("SELECT count(*) FROM onus").fetchone()[0]
    # one splice at each end of a link, and one between two strands: a space in the text
    inner = "max(0, length(strands) - length(replace(strands, ' ', '')))"
    count["splice"] = connection.execute(f"SELECT sum(2 + {inner}) FROM links").fetchone()[0]  # noqa: S608
    from_ports = "SELECT count(*) FROM links WHERE from_device IN (SELECT id FROM ports)"
    count["odf-port"] = connection.execute(from_ports).fetchone()[0]
    return count
