"""NetBox device types become rows that the catalogue takes; what they do not say is asked for, never invented."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ponplan.catalogue import read_catalogue
from ponplan.catalogue.netbox import PON_TYPES, TECHNOLOGIES, import_netbox
from ponplan.cli.app import app
from ponplan.errors import CatalogueError

if TYPE_CHECKING:
    from pathlib import Path

# written for this test in the form of the device-type library: a shelf, a card, a box with ports of its own
SHELF = """---
manufacturer: NO
model: Shelf 8
slug: no-shelf-8
part_number: 0123
u_height: 5.5
is_full_depth: false
power-ports:
  - name: A
    type: dc-terminal
    maximum_draw: 400
  - name: B
    type: dc-terminal
    maximum_draw: 400
interfaces:
  - name: mgmt
    type: 1000base-t
    mgmt_only: true
  - name: up1
    type: 10gbase-x-sfpp
  - name: up2
    type: 10gbase-x-sfpp
  - name: up3
    type: 1000base-x-sfp
module-bays:
  - {name: slot-1, position: '1', description: Power card}
  - {name: slot-2, position: '2', description: Service card}
  - {name: slot-3, position: '3', description: Service card}
  - {name: slot-4, position: '4', description: Switching and control card}
"""
CARD = """manufacturer: NO
model: GP4
part_number: GP4-A
interfaces:
  - {name: 'pon1', type: gpon}
  - {name: 'pon2', type: gpon}
  - {name: 'pon3', type: gpon}
  - {name: 'pon4', type: gpon}
"""
BOX = """manufacturer: Maker
model: Box 2
slug: maker-box-2
u_height: 1
interfaces:
  - {name: 'pon1', type: xgs-pon}
  - {name: 'pon2', type: xgs-pon}
  - {name: 'up', type: 100gbase-x-qsfp28}
"""
SWITCH = (
    "manufacturer: Maker\nmodel: Switch\nslug: switch\nu_height: 1\ninterfaces:\n  - {name: a, type: 1000base-t}\n"
)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Give a folder of device types."""
    folder = tmp_path / "library"
    (folder / "module-types").mkdir(parents=True)
    for name, text in {"shelf": SHELF, "box": BOX, "switch": SWITCH, "module-types/gp4": CARD}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_rows_hold_what_the_files_say(library: Path) -> None:
    """Bays, ports, rates, heights and power; text that YAML 1.1 would turn into false or a number stays text."""
    found = import_netbox([library])
    chassis = {row["id"]: row for row in found.rows["olt_chassis"]}
    cards = {row["id"]: row for row in found.rows["olt_cards"]}
    shelf, box = chassis["no-shelf-8"], chassis["maker-box-2"]
    assert shelf["description"] == "NO Shelf 8"
    assert "part 0123" in shelf["source"]
    numbers = ("card_slots", "uplink_ports", "uplink_bps", "rack_units", "power_w")
    assert [shelf[name] for name in numbers] == ["2", "2", "10000000000", "6", "400"]
    assert [box[name] for name in numbers] == ["1", "1", "100000000000", "1", ""]
    assert (cards["no-gp4"]["technology"], cards["no-gp4"]["ports"]) == ("gpon", "4")
    assert (cards["maker-box-2-ports"]["technology"], cards["maker-box-2-ports"]["ports"]) == ("xgs-pon", "2")
    assert found.notes == ("shelf.yaml: 2 bays counted for PON cards; not slot-1, slot-4",)
    assert found.skipped == ("switch.yaml: no PON port and no bay for a card",)


def test_what_is_missing_is_named_and_asked_for(library: Path, tmp_path: Path) -> None:
    """Empty cells are listed by the command and refused by the catalogue; filled in, the rows are used."""
    target = tmp_path / "equipment"
    result = CliRunner().invoke(app, ["import", "netbox", str(library), "-o", str(target), "--json"])
    assert result.exit_code == 0, result.output
    missing = set(json.loads(result.stdout)["missing"])
    assert "olt_chassis.csv: maker-box-2: power_w" in missing
    assert "prices.csv: no-gp4: material_cost" in missing
    with pytest.raises(CatalogueError) as refused:
        read_catalogue(directory=target)
    told = {(fault.file, fault.field) for fault in refused.value.faults}
    assert told == {("olt_chassis.csv", "power_w"), ("olt_cards.csv", "power_w")} | {
        ("prices.csv", name) for name in ("material_cost", "labour_cost")
    }
    assert len(refused.value.faults) == len(missing)
    for path in target.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row |= {name: "7" for name, value in row.items() if not value and name.endswith(("_w", "_cost"))}
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    catalogue = read_catalogue(directory=target)
    assert catalogue.olt_chassis["no-shelf-8"].card_slots == 2
    assert catalogue.olt_cards["no-gp4"].ports == 4
    assert catalogue.prices["no-gp4"].part_number == "GP4-A"


def test_technologies_are_those_of_the_catalogue() -> None:
    """Every NetBox name of a PON leads to a technology that is there, or is refused."""
    assert set(TECHNOLOGIES.values()) <= set(read_catalogue().technologies)
    assert set(PON_TYPES) - set(TECHNOLOGIES) == {"ng-pon2"}


@pytest.mark.parametrize(
    ("text", "row", "problem"),
    [
        ("manufacturer: A\n\tmodel: B\n", 2, "no YAML"),
        ("- a\n- b\n", 1, "no mapping"),
        ("manufacturer: A\nu_height: tall\nmodel: B\ninterfaces:\n - {name: p, type: gpon}\n", 2, "no number"),
        ("manufacturer: A\nmodel: B\nu_height: 99\ninterfaces:\n - {name: p, type: gpon}\n", 3, "out of range"),
        ("manufacturer: A\nmodel: B\nu_height: nan\ninterfaces:\n - {name: p, type: gpon}\n", 3, "no number"),
        ("manufacturer: A\nmodel: B\ninterfaces: many\n", 3, "no list"),
        ("manufacturer: A\nmodel: B\ninterfaces:\n - one\n", 4, "no mapping"),
        ("model: B\ninterfaces:\n - {name: p, type: gpon}\n", None, "text is missing"),
        ("manufacturer: A\nmodel: B\ninterfaces:\n - {name: p, type: ng-pon2}\n", 4, "one technology"),
        (
            "manufacturer: A\nmodel: B\ninterfaces:\n - {name: p, type: gpon}\n - {name: q, type: xgs-pon}\n",
            4,
            "one technology",
        ),
        ("manufacturer: &a [x]\nmodel: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\n", 2, "text is missing"),
    ],
)
def test_faults_say_file_and_line(text: str, row: int | None, problem: str, tmp_path: Path) -> None:
    """One broken file per mistake, each told with its line."""
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        import_netbox([tmp_path / "broken.yaml"])
    fault = refused.value.faults[0]
    assert fault.file == "broken.yaml"
    assert problem in fault.problem
    assert row is None or fault.row == row


def test_a_file_that_unfolds_is_refused(tmp_path: Path) -> None:
    """Aliases of aliases do not fill the memory."""
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CatalogueError, match="too large"):
        import_netbox([tmp_path / "bomb.yaml"])


def test_every_fault_at_once_and_nothing_written(library: Path, tmp_path: Path) -> None:
    """Two broken files and a repeated id are all named; no file appears."""
    (library / "again.yaml").write_text(BOX, encoding="utf-8")
    (library / "bad.yaml").write_text("manufacturer: A\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        import_netbox([library, tmp_path / "none.yaml"])
    assert {fault.file for fault in refused.value.faults} == {"bad.yaml", f"{tmp_path}/none.yaml", "files"}
    result = CliRunner().invoke(app, ["import", "netbox", str(library), "-o", str(tmp_path / "out")])
    assert isinstance(result.exception, CatalogueError)
    assert not (tmp_path / "out").exists()
