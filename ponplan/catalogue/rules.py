"""What must hold between the rows and tables of a catalogue, one function per rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ponplan.catalogue.columns import catalogue_columns
from ponplan.catalogue.merge import unknown_name
from ponplan.catalogue.row_rules import broken_row_rules
from ponplan.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.catalogue.merge import Rows
    from ponplan.catalogue.sheet import Record


# what a bill counts: each of these rows must have a price
PRICED = (
    "splitters", "olt_chassis", "olt_cards", "olt_optics", "onus", "enclosures", "cable_types", "duct_types",
    "surfaces", "point_to_point", "bearer_elements", "bearer_optics", "tasks",
)  # fmt: skip
MAY_BE_PRICED = ("losses",)  # a filter is bought, a splice is a task of the same name


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A catalogue before it is believed: sound typed rows by table and id, and every raw row with its place."""

    rows: Mapping[str, Mapping[str, Any]]
    raw: Mapping[str, Rows]


def broken_rules(draft: Draft) -> list[Fault]:
    """Give the faults of every rule."""
    return [fault for rule in RULES for fault in rule(draft)]


def find_empty_tables(draft: Draft) -> Iterator[Fault]:
    """Find tables without any row."""
    for table in draft.rows:
        if not draft.raw[table]:
            yield Fault(file=f"{table}.csv", problem="table has no rows")


def find_unsound_rows(draft: Draft) -> Iterator[Fault]:
    """Find rows whose cells contradict one another."""
    for table, rows in draft.rows.items():
        for key, row in rows.items():
            yield from broken_row_rules(table, row, draft.raw[table][key])


def find_unknown_names(draft: Draft) -> Iterator[Fault]:
    """Find names that are no id of the table they refer to."""
    for column in catalogue_columns():
        if not column.refers_to:
            continue
        known = draft.raw[column.refers_to]
        for key, row in draft.rows[column.table].items():
            value = getattr(row, column.name)
            for name in value if isinstance(value, tuple) else (value,):
                if name not in known:
                    record = draft.raw[column.table][key]
                    yield unknown_name(record, column.name, name, known, what=f"id of {column.refers_to}")


def find_unknown_fibres(draft: Draft) -> Iterator[Fault]:
    """Find cables of a fibre type without attenuation, and wavelengths that a fibre type lacks."""
    known = {row.fibre for row in draft.rows["fibres"].values()}
    for key, cable in draft.rows["cable_types"].items():
        if cable.fibre not in known:
            record = draft.raw["cable_types"][key]
            yield unknown_name(record, "fibre", cable.fibre, known, what="fibre type of fibres")
    have = {(row.fibre, row.wavelength_nm) for row in draft.rows["fibres"].values()}
    for key, technology in draft.rows["technologies"].items():
        for field in ("down_nm", "up_nm"):
            wavelength_nm = getattr(technology, field)
            for fibre in sorted(known):
                if (fibre, wavelength_nm) not in have:
                    yield _fault(
                        draft.raw["technologies"][key],
                        field,
                        wavelength_nm,
                        f"fibre {fibre} has no attenuation at this wavelength",
                        remedy=f"add a row {fibre}-{wavelength_nm:g} to fibres.csv",
                    )


def find_unpriced_items(draft: Draft) -> Iterator[Fault]:
    """Find items without a price."""
    for table in PRICED:
        for key, record in draft.raw[table].items():
            if key not in draft.raw["prices"]:
                yield _fault(record, "id", key, "item has no price", remedy="add a row for it to prices.csv")


def find_prices_of_nothing(draft: Draft) -> Iterator[Fault]:
    """Find prices of items that no table has."""
    items = [key for table in (*PRICED, *MAY_BE_PRICED) for key in draft.raw[table]]
    known = set(items)
    for key, record in draft.raw["prices"].items():
        if key not in known:
            yield unknown_name(record, "id", key, items, what="item: no table has it")


def find_ambiguous_items(draft: Draft) -> Iterator[Fault]:
    """Find ids that two tables of items share, so that a price would not say which is meant."""
    count = Counter(key for table in PRICED for key in draft.raw[table])
    for table in PRICED:
        for key, record in draft.raw[table].items():
            if count[key] > 1:
                yield _fault(record, "id", key, "two tables have an item of this id", remedy="rename one")


def find_mixed_currencies(draft: Draft) -> Iterator[Fault]:
    """Find prices in another currency than most."""
    prices = draft.rows["prices"]
    common = Counter(row.currency for row in prices.values()).most_common(1)
    for key, row in prices.items():
        if row.currency != common[0][0]:
            yield _fault(
                draft.raw["prices"][key],
                "currency",
                row.currency,
                "prices are in more than one currency",
                limit=f"{common[0][0]}, as most prices",
                remedy="give every item's price in one currency",
            )


def find_unusable_technologies(draft: Draft) -> Iterator[Fault]:
    """Find technologies that a design may choose but for which nothing can be bought."""
    classes = draft.rows["optical_classes"]
    have = {
        "optical class": {name for row in classes.values() if row.allowed_in_design for name in row.technologies},
        "transceiver": {
            name
            for row in draft.rows["olt_optics"].values()
            if row.allowed_in_design and row.optical_class in classes
            for name in classes[row.optical_class].technologies
        },
        "OLT card": {row.technology for row in draft.rows["olt_cards"].values() if row.allowed_in_design},
        "ONU": {row.technology for row in draft.rows["onus"].values() if row.allowed_in_design},
    }
    for key, technology in draft.rows["technologies"].items():
        for what, technologies in have.items():
            if technology.allowed_in_design and key not in technologies:
                yield _fault(
                    draft.raw["technologies"][key],
                    "allowed_in_design",
                    "true",
                    f"no {what} of this technology is allowed in design",
                    remedy="add one, or do not allow the technology",
                )


def _fault(
    record: Record, field: str, value: object, problem: str, *, limit: str | None = None, remedy: str | None = None
) -> Fault:
    return Fault(
        file=record.file,
        row=record.row,
        field=field,
        value=value,
        problem=problem,
        limit=limit,
        remedy=remedy,
    )


RULES = (
    find_empty_tables,
    find_unsound_rows,
    find_unknown_names,
    find_unknown_fibres,
    find_unpriced_items,
    find_prices_of_nothing,
    find_ambiguous_items,
    find_mixed_currencies,
    find_unusable_technologies,
)
