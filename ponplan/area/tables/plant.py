"""A planner's lists of existing plant turned into ponplan's own columns."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from ponplan.area.cells import count_of, text_of
from ponplan.area.columns import parsed_or_none
from ponplan.area.plant.consistency import ENCLOSURE_KINDS
from ponplan.area.plant.ranges import numbers_of, ranges_text
from ponplan.area.tables.headers import normalised
from ponplan.area.tables.numbers import rates_of
from ponplan.area.tables.plant_use import UseReader
from ponplan.area.tables.understand import technologies_in, understand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ponplan.area.table import Table
    from ponplan.area.tables.mapping import LayerMapping
    from ponplan.area.tables.plant_use import Counts, Numbers
    from ponplan.area.tables.sources import Source
    from ponplan.area.tables.understand import Understanding
    from ponplan.catalogue import Catalogue
    from ponplan.errors import Fault

    Columns = dict[str, Sequence[object]]

Value = TypeVar("Value")

KINDS = ("plant_cables", "plant_ducts", "plant_cabinets", "plant_closures", "plant_splitters", "plant_ports")
PLACELESS = ("plant_cables", "plant_splitters", "plant_ports", "plant_ducts")
FIBRES_IN_TYPE = re.compile(r"(?<!\d)(\d{1,4})\s*(?:芯|f\b|fo\b|fibres?|fibers?|core|b\d)", re.IGNORECASE)


def understand_plant(
    source: Source, mapping: LayerMapping, *, kind: str, crs: str | None, catalogue: Catalogue, faults: list[Fault]
) -> tuple[Table, Understanding]:
    """Rename columns and read what is in use from lists, counts, loads and words; faults are added to `faults`."""
    table, report = understand(
        source, mapping, kind=kind, crs=crs, demand=None, faults=faults, placeless=kind in PLACELESS
    )
    reading = _Reading(table, set(source.fields), catalogue, faults)
    columns = getattr(reading, kind.removeprefix("plant_"))()
    known = {name: cells for name, cells in table.columns.items() if name not in reading.used}
    answer = replace(table, columns={**known, **columns})
    return answer, replace(report, notes=(*report.notes, *reading.notes))


class _Reading:
    """One list under ponplan's field names; `used` are the fields that the answer has in another form."""

    def __init__(self, table: Table, fields: set[str], catalogue: Catalogue, faults: list[Fault]) -> None:
        self._table, self._fields, self._catalogue, self._faults = table, fields, catalogue, faults
        self.notes: list[str] = []
        self.used: set[str] = set()

    def cables(self) -> Columns:
        """Read fibres from their column or the type, and which of them are used."""
        types = [text_of(cell) for cell in self._table.column("type")]
        known = [name if name in self._catalogue.cable_types else "" for name in types]
        told = self._parsed("fibres", _count_in)
        counts = [
            count or _fibres_in(name) or (self._catalogue.cable_types[own].fibres if own else None)
            for count, name, own in zip(told, types, known, strict=True)
        ]
        strange = sorted({name for name, own in zip(types, known, strict=True) if name and not own})
        if strange:
            shown = ", ".join(strange[:5])
            self.notes.append(f"types that the catalogue does not have go by their fibres: {shown}")
        faulty = self._parsed("faulty", numbers_of)
        taken = self._taken(counts, [numbers or () for numbers in faulty], "fibres")
        return {
            "type": [name or None for name in known],
            "type_source": [name if name and not own else None for name, own in zip(types, known, strict=True)],
            "fibres": counts,
            "taken": [ranges_text(numbers) for numbers in taken],
        }

    def splitters(self) -> Columns:
        """Read which legs are used, and the feeder's fibre where cable and fibre stand apart."""
        legs = [_legs_in(cell) for cell in self._table.column("type")]
        taken = self._taken(legs, [()] * len(legs), "legs")
        cables, fibres = self._table.column("feeder_cable"), self._table.column("feeder_fibre")
        self.used |= {"feeder_cable", "feeder_fibre"}
        feeders = [
            text_of(whole) or (f"{text_of(cable)}:{text_of(fibre)}" if text_of(cable) and text_of(fibre) else "")
            for whole, cable, fibre in zip(self._table.column("feeder"), cables, fibres, strict=True)
        ]
        return {"taken": [ranges_text(numbers) for numbers in taken], "feeder": feeders}

    def cabinets(self) -> Columns:
        """Read the kind, and the enclosure from its name or the number of its ports."""
        return self._boxes(self._table.column("kind"))

    def closures(self) -> Columns:
        """Read the enclosure from its name or the number of its splices."""
        return self._boxes(["closure"] * len(self._table))

    def ports(self) -> Columns:
        """Read loads in bit/s from rates or shares of the line rate, and terminals."""
        self.used |= {"load_down", "load_up", "utilisation", "in_use"}
        technologies = technologies_in(self._table, self._faults)
        loads = {way: self._loads(way, technologies) for way in ("down", "up")}
        onus = self._parsed("onus", count_of)
        busy = [cell == "true" for cell in self._table.column("in_use")]
        return {
            "technology": technologies,
            "onus": [count or int(used) for count, used in zip(onus, busy, strict=True)],
            "down_bps": loads["down"],
            "up_bps": loads["up"],
        }

    def ducts(self) -> Columns:
        """Read the free bores, or those there less those used."""
        self.used |= {"bores", "taken_bores"}
        free, there, taken = (self._parsed(name, count_of) for name in ("free_bores", "bores", "taken_bores"))
        if not {"free_bores", "taken_bores"} & self._fields:
            self.notes.append("nothing says which ducts are free: none is used")
        found = []
        for index, (count, whole, used) in enumerate(zip(free, there, taken, strict=True)):
            if count is None and whole is not None and used is not None and used > whole:
                problem = "more ducts are used than are there"
                self._complain(index, "taken_bores", used, problem, f"up to {whole}")
            found.append(count if count is not None else max(0, (whole or 0) - used) if used is not None else 0)
        return {"free_bores": found}

    def _boxes(self, kinds: Sequence[object]) -> Columns:
        self.used.add("ports")
        sizes = self._parsed("ports", _count_in)
        enclosures: list[object] = []
        for index, (kind, size) in enumerate(zip(kinds, sizes, strict=True)):
            name = text_of(self._table.column("enclosure")[index])
            wanted = ENCLOSURE_KINDS.get(str(kind or "cabinet"), "cabinet")
            rows = [row for row in self._catalogue.enclosures.values() if row.kind == wanted]
            if name in {row.id for row in rows} or (name and not size):
                enclosures.append(name if name in {row.id for row in rows} else None)
                continue
            fitting = [row for row in rows if size and row.fibres >= size]
            if size and not fitting:
                most = max(row.fibres for row in rows)
                self._complain(index, "ports", size, f"the catalogue has no {wanted} so large", f"up to {most}")
            enclosures.append(min(fitting, key=lambda row: (row.fibres, row.id)).id if fitting else None)
        return {"kind": kinds, "enclosure": enclosures}

    def _taken(self, totals: Counts, faulty: Sequence[Numbers], word: str) -> list[Numbers]:
        self.used |= {"free", "taken_count", "free_count"}
        use = UseReader(self._table, self._fields, word=word, faults=self._faults)
        taken = use.taken(totals, faulty)
        self.notes += use.notes
        return taken

    def _loads(self, way: str, technologies: Sequence[object]) -> list[float | None]:
        """Give the load of every port in one direction."""
        found: list[float | None] = []
        for index, technology in enumerate(technologies):
            own, both = self._table.column(f"load_{way}")[index], self._table.column("utilisation")[index]
            field, cell = (f"load_{way}", own) if text_of(own) else ("utilisation", both)
            row = self._catalogue.technologies.get(str(technology or ""))
            line_bps = float(getattr(row, f"{way}_line_bps")) if row else 0.0
            try:
                found.append(_load_bps(cell, line_bps, as_share=field == "utilisation"))
            except ValueError as error:
                self._complain(index, field, cell, "the load cannot be understood", str(error))
                found.append(None)
        return found

    def _parsed(self, name: str, parse: Callable[[object], Value | None]) -> list[Value | None]:
        return parsed_or_none(self._table, name, parse, self._faults)

    def _complain(self, index: int, field: str, value: object, problem: str, limit: str) -> None:
        self._faults.append(self._table.fault(index, problem, field=field, value=value, limit=limit))


def _count_in(cell: object) -> int | None:
    """Read a count with or without a unit behind it, such as 48, 48F or 48芯."""
    match = re.fullmatch(r"(\d{1,5})\s*(?:芯|端|口|f|fo|fibres?|fibers?|cores?|ports?)?", text_of(cell).casefold())
    if match is None or not int(match[1]):
        raise ValueError("a whole number from 1, such as 48 or 48 fibres")
    return int(match[1])


def _fibres_in(name: str) -> int | None:
    """Give the fibres that a maker's type names, as GYTA-48B1.3 or 24芯 do."""
    match = FIBRES_IN_TYPE.search(name)
    return int(match[1]) if match else None


def _legs_in(cell: object) -> int | None:
    """Give the legs of a ratio such as 1:32."""
    match = re.search(r"(\d{1,3})\D*$", normalised(text_of(cell)) and text_of(cell))
    return int(match[1]) if match else None


def _load_bps(cell: object, line_bps: float, *, as_share: bool) -> float | None:
    """Read 35%, 120M, or, as a share, 0.35 or 35; None where nothing stands.

    Raises
    ------
    ValueError
        It is neither.
    """
    text = text_of(cell).replace("％", "%")
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d+)?)\s*%?", text)
    if match and (as_share or text.endswith("%")):
        number = float(match[1].replace(",", "."))
        share = number if as_share and not text.endswith("%") and number <= 1.0 else number / 100.0
        if share > 1.0:
            raise ValueError("up to 100 %")
        return share * line_bps
    rates, rest = rates_of(text)
    if len(rates) != 1 or rest or as_share or rates[0] < 0.0:
        raise ValueError("a share such as 35%, or a rate such as 120M")
    return rates[0]
