"""The catalogue itself: one read-only mapping from id to row per table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ponplan.catalogue import model
from ponplan.catalogue.cells import CellError, format_cell, parse_cell
from ponplan.catalogue.columns import columns_of, table_names
from ponplan.catalogue.merge import cell_fault, rows_of_table
from ponplan.catalogue.rules import Draft, broken_rules
from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ponplan.catalogue.merge import Rows

ROW_TYPES: Mapping[str, type[model.Row]] = MappingProxyType(
    {
        "technologies": model.Technology,
        "optical_classes": model.OpticalClass,
        "fibres": model.Fibre,
        "losses": model.Loss,
        "terminations": model.Termination,
        "margins": model.Margin,
        "splitters": model.Splitter,
        "olt_chassis": model.OltChassis,
        "olt_cards": model.OltCard,
        "olt_optics": model.OltOptics,
        "onus": model.Onu,
        "enclosures": model.Enclosure,
        "cable_types": model.CableType,
        "duct_types": model.DuctType,
        "surfaces": model.Surface,
        "services": model.Service,
        "customer_classes": model.CustomerClass,
        "point_to_point": model.PointToPoint,
        "bearer_elements": model.BearerElement,
        "bearer_optics": model.BearerOptics,
        "clock_recovery": model.ClockRecovery,
        "wander_limits": model.WanderLimit,
        "upkeep": model.Upkeep,
        "economics": model.Economic,
        "tasks": model.Task,
        "prices": model.Price,
        "colours": model.Colour,
        "frame_items": model.FrameItem,
        "timings": model.Timing,
        "reliability": model.Reliability,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What each standard allows, what can be bought and what work costs; every table in the order of its file."""

    technologies: Mapping[str, model.Technology]
    optical_classes: Mapping[str, model.OpticalClass]
    fibres: Mapping[str, model.Fibre]
    losses: Mapping[str, model.Loss]
    terminations: Mapping[str, model.Termination]
    margins: Mapping[str, model.Margin]
    splitters: Mapping[str, model.Splitter]
    olt_chassis: Mapping[str, model.OltChassis]
    olt_cards: Mapping[str, model.OltCard]
    olt_optics: Mapping[str, model.OltOptics]
    onus: Mapping[str, model.Onu]
    enclosures: Mapping[str, model.Enclosure]
    cable_types: Mapping[str, model.CableType]
    duct_types: Mapping[str, model.DuctType]
    surfaces: Mapping[str, model.Surface]
    services: Mapping[str, model.Service]
    customer_classes: Mapping[str, model.CustomerClass]
    point_to_point: Mapping[str, model.PointToPoint]
    bearer_elements: Mapping[str, model.BearerElement]
    bearer_optics: Mapping[str, model.BearerOptics]
    clock_recovery: Mapping[str, model.ClockRecovery]
    wander_limits: Mapping[str, model.WanderLimit]
    upkeep: Mapping[str, model.Upkeep]
    economics: Mapping[str, model.Economic]
    tasks: Mapping[str, model.Task]
    prices: Mapping[str, model.Price]
    colours: Mapping[str, model.Colour]
    frame_items: Mapping[str, model.FrameItem]
    timings: Mapping[str, model.Timing]
    reliability: Mapping[str, model.Reliability]

    @classmethod
    def from_tables(cls, tables: Mapping[str, str]) -> Catalogue:
        """Give the catalogue of complete tables: CSV text by table name, as `to_tables` writes them.

        Raises
        ------
        CatalogueError
            A table, column or value is missing, unknown or not allowed; every fault is listed.
        """
        faults = [
            Fault(file=name, problem="no such table", limit=", ".join(table_names()))
            for name in tables
            if name not in ROW_TYPES
        ]
        layers: dict[str, Rows] = {}
        for name in ROW_TYPES:
            if name not in tables:
                faults.append(Fault(file=f"{name}.csv", problem="table is missing"))
                layers[name] = {}
                continue
            layers[name], found = rows_of_table(name, tables[name], file=f"{name}.csv")
            faults += found
        return catalogue_from_rows(layers, faults)

    def to_tables(self) -> dict[str, str]:
        """Give every table as CSV text, the same bytes for the same catalogue."""
        return {name: _table_text(name, getattr(self, name)) for name in ROW_TYPES}

    @property
    def currency(self) -> str:
        """The one currency of all prices."""
        return next(iter(self.prices.values())).currency

    def price(self, item_id: str) -> model.Price:
        """Give the price of an item: a row's id in another table, or a task.

        Raises
        ------
        CatalogueError
            The item has no price.
        """
        if item_id in self.prices:
            return self.prices[item_id]
        tables = [name for name in ROW_TYPES if name != "prices" and item_id in getattr(self, name)]
        where = f"a row of {tables[0]}" if tables else "an item of no table"
        problem = f"{item_id}, {where}, has no price"
        raise CatalogueError([Fault(file="prices.csv", problem=problem, remedy="add a row for it")])

    def fibre_loss(self, fibre: str, wavelength_nm: float) -> model.Fibre:
        """Give the attenuation of a fibre type at a wavelength that the catalogue has a row for.

        Raises
        ------
        CatalogueError
            There is no row for this fibre type and wavelength.
        """
        for row in self.fibres.values():
            if row.fibre == fibre and row.wavelength_nm == wavelength_nm:
                return row
        problem = f"no attenuation of {fibre} at {wavelength_nm:g} nm"
        raise CatalogueError([Fault(file="fibres.csv", problem=problem, remedy="add a row for it")])

    def __reduce__(self) -> tuple[Callable[[Mapping[str, str]], Catalogue], tuple[dict[str, str]]]:
        """Travel to other processes as tables: read-only views cannot be pickled."""
        return Catalogue.from_tables, (self.to_tables(),)


def catalogue_from_rows(layers: Mapping[str, Rows], faults: list[Fault]) -> Catalogue:
    """Give the catalogue of raw rows, checked cell by cell and rule by rule.

    Raises
    ------
    CatalogueError
        There are faults: those handed in and all that are found here.
    """
    faults = list(faults)
    tables: dict[str, Any] = {}
    for name in ROW_TYPES:
        tables[name], found = _typed_rows(name, layers[name])
        faults += found
    faults += broken_rules(Draft(rows=tables, raw=layers))
    if faults:
        raise CatalogueError(sorted(faults, key=lambda fault: (fault.file, fault.row or 0)))
    return Catalogue(**{name: MappingProxyType(rows) for name, rows in tables.items()})


def _typed_rows(table: str, rows: Rows) -> tuple[dict[str, model.Row], list[Fault]]:
    """Give the rows of one table without those that are at fault, and the faults."""
    columns = columns_of(table)
    row_type: Any = ROW_TYPES[table]
    faults: list[Fault] = []
    typed = {}
    for key, record in rows.items():
        values = {}
        for column in columns:
            text = record.cells.get(column.name, "")
            try:
                values[column.name] = parse_cell(text, column)
            except CellError as error:
                if column.name in record.cells:  # an absent column is a fault of the file, told once
                    faults.append(cell_fault(record, column.name, text, error))
        if len(values) == len(columns):
            typed[key] = row_type(**values)
    return typed, faults


def _table_text(table: str, rows: Mapping[str, model.Row]) -> str:
    names = [column.name for column in columns_of(table)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows.values():
        writer.writerow([format_cell(getattr(row, name)) for name in names])
    return out.getvalue()
