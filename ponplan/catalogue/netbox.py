"""NetBox device types (YAML) as rows of the catalogue: chassis, PON cards, and their lines in the price book.

The format is that of github.com/netbox-community/devicetype-library (device-types and module-types); the names of PON
interfaces are NetBox's `InterfaceTypeChoices`. What a file does not say stays empty in the row, and the catalogue
asks for it when it is read: no figure is invented.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ponplan.catalogue.columns import columns_of
from ponplan.catalogue.lines import read_yaml
from ponplan.catalogue.netbox_fields import height_in, interfaces_of, power_w, rate_bps, text_in
from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ponplan.catalogue.lines import Document

# NetBox's interface types = technologies of the catalogue
TECHNOLOGIES = {
    "bpon": "apon-622-155",
    "epon": "epon",
    "10g-epon": "10g-epon-10-10",
    "gpon": "gpon",
    "xg-pon": "xg-pon",
    "xgs-pon": "xgs-pon",
    "25g-pon": "25gs-pon",
    "50g-pon": "50g-pon",
}
PON_TYPES = (*TECHNOLOGIES, "ng-pon2")
# words in a bay's name, label or description that say that no line card goes there
OTHER_BAYS = (
    "power",
    "psu",
    "pem",
    "fan",
    "cooling",
    "control",
    "switch",
    "uplink",
    "fabric",
    "management",
    "mpu",
    "timing",
)
LONGEST_ID = 58  # letters; a chassis with ports of its own gets a second row with an ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Rows by table, cells as text; what must be filled in; what was taken for what; files with nothing in them."""

    rows: Mapping[str, Sequence[Mapping[str, str]]]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    skipped: tuple[str, ...]

    def csv_text(self, table: str) -> str:
        """Give a table as CSV with the catalogue's columns."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        names = [column.name for column in columns_of(table)]
        writer.writerow(names)
        writer.writerows([row.get(name, "") for name in names] for row in self.rows[table])
        return text.getvalue()


@dataclass(slots=True)
class _Gathered:
    rows: dict[str, list[dict[str, str]]] = field(
        default_factory=lambda: {"olt_chassis": [], "olt_cards": [], "prices": []}
    )
    notes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def import_netbox(paths: Iterable[Path]) -> Imported:
    """Make catalogue rows of device and module types.

    Parameters
    ----------
    paths
        YAML files, or folders that are searched for them.

    Raises
    ------
    CatalogueError
        A file is no device type, or holds what the catalogue cannot: every fault is listed, with its line.
    """
    gathered = _Gathered()
    files = _files(paths, gathered.faults)
    for path in files:
        document = read_yaml(path, gathered.faults)
        if document is not None:
            _take(document, gathered)
    if not gathered.faults and not any(gathered.rows.values()):
        remedy = "name YAML files of OLT chassis or PON cards"
        gathered.faults.append(Fault(file="files", problem="no chassis and no PON card in them", remedy=remedy))
    _refuse_repeated(gathered)
    if gathered.faults:
        raise CatalogueError(gathered.faults)
    missing = tuple(
        f"{table}.csv: {row['id']}: {column.name}"
        for table, rows in gathered.rows.items()
        for row in rows
        for column in columns_of(table)
        if column.default == "" and not row.get(column.name) and column.type in ("integer", "number", "money")
    )
    notes, skipped = tuple(gathered.notes), tuple(gathered.skipped)
    return Imported(rows=gathered.rows, missing=missing, notes=notes, skipped=skipped)


def _files(paths: Iterable[Path], faults: list[Fault]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(file for file in path.rglob("*") if file.suffix.lower() in (".yaml", ".yml"))
        elif path.exists():
            found.append(path)
        else:
            faults.append(Fault(file=str(path), problem="there is no such file"))
    return found


def _take(document: Document, gathered: _Gathered) -> None:
    """Make rows of one file."""
    before = len(gathered.faults)
    ports = Counter(kind for kind in interfaces_of(document, gathered.faults) if kind in PON_TYPES)
    model = text_in(document, "model", gathered.faults)
    maker = text_in(document, "manufacturer", gathered.faults)
    if len(gathered.faults) > before:
        return
    name = str(document.value.get("slug") or f"{maker}-{model}")
    key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_ID]
    bays = _line_bays(document, gathered)
    is_device = "u_height" in document.value
    if is_device and (bays or ports):
        _chassis(document, key, bays or 1, gathered)
    if ports:
        _card(document, f"{key}-ports" if is_device else key, ports, gathered)
    if not ports and not (is_device and bays):
        gathered.skipped.append(f"{document.file}: no PON port and no bay for a card")


def _chassis(document: Document, key: str, slots: int, gathered: _Gathered) -> None:
    rates = [rate for rate in map(rate_bps, interfaces_of(document, [], data_only=True)) if rate]
    height = height_in(document, "u_height", gathered.faults)
    if height is None:
        return
    row = _common(document, key)
    row |= {
        "takes": "pon",
        "card_slots": str(slots),
        "uplink_ports": str(rates.count(max(rates))) if rates else "",
        "uplink_bps": str(max(rates)) if rates else "",
        "rack_units": str(max(1, math.ceil(height))),
        "power_w": power_w(document, gathered.faults),
    }
    gathered.rows["olt_chassis"].append(row)
    gathered.rows["prices"].append(_price(document, key))


def _card(document: Document, key: str, ports: Counter[str], gathered: _Gathered) -> None:
    if len(ports) > 1 or next(iter(ports)) not in TECHNOLOGIES:
        problem = "a card of the catalogue has ports of one technology that ponplan knows"
        remedy = "write a file for each technology of a combined card"
        found = ", ".join(f"{count} {kind}" for kind, count in ports.items())
        gathered.faults.append(
            Fault(
                file=document.file,
                row=document.line("interfaces"),
                field="interfaces",
                value=found,
                problem=problem,
                limit=", ".join(TECHNOLOGIES),
                remedy=remedy,
            )
        )
        return
    ((kind, count),) = ports.items()
    row = _common(document, key)
    own_power = "" if "u_height" in document.value else power_w(document, gathered.faults)
    row |= {"technology": TECHNOLOGIES[kind], "ports": str(count), "power_w": own_power}
    gathered.rows["olt_cards"].append(row)
    gathered.rows["prices"].append(_price(document, key))


def _common(document: Document, key: str) -> dict[str, str]:
    part = str(document.value.get("part_number") or "")
    return {
        "id": key,
        "description": f"{document.value['manufacturer']} {document.value['model']}",
        "allowed_in_design": "true",
        "source": f"NetBox device type {document.file}" + (f", part {part}" if part else ""),
        "trust": "given",
    }


def _price(document: Document, key: str) -> dict[str, str]:
    row = _common(document, key)
    row |= {
        "section": "active",
        "unit": "piece",
        "currency": "EUR",
        "part_number": str(document.value.get("part_number") or ""),
        "manufacturer": str(document.value["manufacturer"]),
    }
    return row


def _line_bays(document: Document, gathered: _Gathered) -> int:
    """Count the bays for line cards, and say which bays were not counted."""
    bays = document.items("module-bays", gathered.faults)
    others = []
    for bay in bays:
        told = " ".join(str(bay.get(name, "")) for name in ("name", "label", "description")).lower()
        if any(word in told for word in OTHER_BAYS):
            others.append(str(bay.get("name", "")))
    if bays:
        counted = f"{document.file}: {len(bays) - len(others)} bays counted for PON cards"
        gathered.notes.append(f"{counted}; not {', '.join(others)}" if others else counted)
    return len(bays) - len(others)


def _refuse_repeated(gathered: _Gathered) -> None:
    counted = Counter(row["id"] for table in ("olt_chassis", "olt_cards") for row in gathered.rows[table])
    for key, count in counted.items():
        if count > 1:
            problem = "several files make rows of this id"
            gathered.faults.append(
                Fault(file="files", field="slug", value=key, problem=problem, remedy="give one of them")
            )
