"""A planner's table turned into ponplan's own columns, with a report of what was understood."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import shapely

from ponplan.area.cells import services_text, text_of
from ponplan.area.china import named_system, wgs84_from
from ponplan.area.columns import texts_in
from ponplan.area.coordinates import WGS84
from ponplan.area.tables.far import beyond_china
from ponplan.area.tables.headers import normalised
from ponplan.area.tables.homes import DIRECT, one_row_a_home
from ponplan.area.tables.numbers import count_in
from ponplan.area.tables.places import geometry_of
from ponplan.catalogue import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from ponplan.area.table import Table
    from ponplan.area.tables.demand import DemandReader
    from ponplan.area.tables.mapping import LayerMapping
    from ponplan.area.tables.sources import Source
    from ponplan.errors import Fault

    ObjectArray = NDArray[np.object_]

PLACE_FIELDS = frozenset({"lon", "lat", "x", "y", "lonlat", "wkt", "x1", "y1", "x2", "y2"})
WANT_FIELDS = frozenset({"bandwidth", "count", "e1", "homes", "direct_homes"})
DIRECT_WORDS = (  # for the technology DIRECT, where no rate is named
    "direct",
    "direct fibre",
    "direct fiber",
    "dark fibre",
    "dark fiber",
    "point to point",
    "直连光纤",
    "光纤直连",
    "光纤直驱",
    "裸光纤",
    "裸纤",
    "点对点",
)
SHOWN = 12  # readings of services that a report lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What was taken for what in one file."""

    kind: str  # customers, sites, routes
    file: str
    rows: int
    crs: str | None
    columns: tuple[tuple[str, str], ...]  # field, the file's column
    kept: tuple[str, ...]  # columns that ponplan does not know: they become attributes
    notes: tuple[str, ...] = field(default=())


def understand(
    source: Source,
    mapping: LayerMapping,
    *,
    kind: str,
    crs: str | None,
    demand: DemandReader | None,
    faults: list[Fault],
    placeless: bool = False,
) -> tuple[Table, Understanding]:
    """Rename columns, translate words, read demand and place.

    `crs` is that of x and y, and of layers that do not say their own; `gcj02` and `bd09` are shifted degrees. Rows
    need no place where `placeless`.
    """
    notes = list(source.notes)
    table, skipped = _without_skipped(source.table, mapping)
    if skipped:
        notes.append(f"{skipped} rows were left out, as the mapping's skip words say")
    columns = {name: list(table.column(column)) for name, column in source.fields.items()}
    renamed = replace(table, columns=columns)
    columns["id"] = list(_ids(renamed, kind, notes))
    for name in dict.fromkeys((*mapping.values, *mapping.defaults)):
        columns[name] = _words(renamed, name, mapping, notes, faults)
    if demand is not None:
        columns["services"] = _services(renamed, columns, demand, notes, faults)
        columns["technology"] = technologies_in(renamed, faults)
    geometry, own_crs = _located(renamed, tuple(source.fields), crs, notes, faults, placeless=placeless)
    kept = [name for name in table.columns if name not in source.fields.values()]
    attributes = {_own_name(name, columns): table.column(name) for name in kept}
    known = {name: cells for name, cells in columns.items() if name not in PLACE_FIELDS | WANT_FIELDS}
    answer = replace(table, columns={**known, **attributes}, geometry=geometry, crs=own_crs)
    if demand is not None:
        answer = one_row_a_home(answer, renamed, notes, faults)
    if own_crs == WGS84 and table.geometry is None and not shapely.is_missing(geometry).all():
        notes.append("places are degrees of WGS 84")
    return answer, Understanding(
        kind=kind,
        file=table.file,
        rows=len(answer),
        crs=own_crs,
        columns=tuple(source.fields.items()),
        kept=tuple(kept),
        notes=tuple(notes),
    )


def _located(
    table: Table, fields: Sequence[str], crs: str | None, notes: list[str], faults: list[Fault], *, placeless: bool
) -> tuple[ObjectArray, str | None]:
    """Take a layer's own geometry, or build it from columns; undo the shift of Chinese web maps where asked."""
    shift = named_system(crs)
    plain = WGS84 if shift else crs
    if table.geometry is not None and table.crs is not None:
        return table.geometry, table.crs
    geometry, own_crs = table.geometry, plain
    if geometry is None:
        geometry, own_crs = geometry_of(table, fields, plain, faults, placeless=placeless)
    if shift and own_crs == WGS84:
        present = ~shapely.is_missing(geometry)
        faults.extend(beyond_china(table, geometry, shift))
        geometry[present] = shapely.transform(geometry[present], lambda xy: wgs84_from(shift, xy))
        notes.append(f"places were brought from {shift} to WGS 84, to about a metre")
    return geometry, own_crs


def _without_skipped(table: Table, mapping: LayerMapping) -> tuple[Table, int]:
    by_name = {normalised(name): name for name in table.columns}
    skipped: set[int] = set()
    for column, words in mapping.skip.items():
        name = by_name.get(normalised(column))
        if name is not None:
            unwanted = {normalised(word) for word in words}
            cells = table.column(name)
            skipped.update(index for index, cell in enumerate(cells) if normalised(text_of(cell)) in unwanted)
    kept = [index for index in range(len(table)) if index not in skipped]
    return (table.take(kept), len(skipped)) if skipped else (table, 0)


def _ids(table: Table, kind: str, notes: list[str]) -> Sequence[object]:
    if any(text_of(cell) for cell in table.columns.get("id", ())):
        return table.columns["id"]
    notes.append("no row has an id: rows were numbered")
    word = kind.removeprefix("plant_").removesuffix("s")
    return [f"{word}-{row}" if word != kind.removesuffix("s") else f"{kind[0]}{row}" for row in table.rows]


def _words(table: Table, name: str, mapping: LayerMapping, notes: list[str], faults: list[Fault]) -> list[object]:
    """Translate a column of words; missing ones get the default, unknown ones are faults."""
    values = mapping.values.get(name, {})
    meaning = {normalised(word): value for value, words in values.items() for word in (value, *words)}
    seen: dict[str, str | None] = {}
    default = mapping.defaults.get(name)
    answers: list[object] = []
    defaulted = 0
    for index, text in enumerate(texts_in(table, name)):
        if text not in seen:
            meant = [meaning[part] for part in _parts(text) if part in meaning]
            seen[text] = meant[0] if meant else None
            if len(set(meant)) > 1 and meaning.get(normalised(text)) is None:
                notes.append(f"{text!r} names {' and '.join(dict.fromkeys(meant))}: taken for {meant[0]}")
        found = seen[text]
        if not text:
            defaulted += default is not None
            answers.append(default)
        elif found is not None or not values:
            answers.append(found if values else text)
        else:
            answers.append(default)
            faults.append(_unknown_word(table, index, name, text, values, meaning))
    if defaulted:
        notes.append(f"{defaulted} rows without {name} were taken for {default}")
    return answers


def _parts(text: str) -> list[str]:
    """Give a cell as a whole, then the members of a list in it."""
    parts = [normalised(text), *(normalised(part) for part in re.split(r"[\[\]\"',;，；/]+", text))]
    return [part for part in parts if part]


def _unknown_word(
    table: Table, index: int, name: str, text: str, allowed: Collection[str], meaning: Mapping[str, str]
) -> Fault:
    near = difflib.get_close_matches(normalised(text), list(meaning), n=1)
    remedy = (
        f"did you mean {near[0]}, which is {meaning[near[0]]}?"
        if near
        else f"use one of these, or add the word to a --mapping under {name}"
    )
    return table.fault(index, "unknown word", field=name, value=text, limit=", ".join(allowed), remedy=remedy)


def _services(
    table: Table,
    columns: dict[str, list[object]],
    demand: DemandReader,
    notes: list[str],
    faults: list[Fault],
) -> list[object]:
    """Read services and bandwidths, times the count where there is one."""
    cells = zip(
        columns.get("class") or table.column("class"),
        table.column("services"),
        table.column("bandwidth"),
        table.column("count"),
        table.column("e1"),
        strict=True,
    )
    classes = read_catalogue().customer_classes
    answers: list[object] = []
    known: dict[tuple[object, ...], object] = {}  # rows without fault; most rows say what another one said
    again: Counter[tuple[object, ...]] = Counter()
    for index, row in enumerate(cells):
        key = (*row, *map(type, row))  # 1 is not True
        if key in known:
            answers.append(known[key])
            again[key] += 1
            continue
        customer_class, services, bandwidth, count, e1 = row
        num_faults = len(faults)
        total: Counter[str] = Counter()
        for name, cell in (("services", services), ("bandwidth", bandwidth)):
            try:
                total.update(dict(demand.services_of(cell, text_of(customer_class))))
            except ValueError as error:
                problem = "the demand cannot be understood"
                faults.append(table.fault(index, problem, field=name, value=cell, limit=str(error)))
        times = count_in(table, index, "count", count, faults, least=1)
        if times > 1 and not total:
            total.update(classes[text_of(customer_class)].services if text_of(customer_class) in classes else ())
        wanted = Counter({service: number * times for service, number in total.items()})
        wanted.update({"e1": count_in(table, index, "e1", e1, faults, least=0) if text_of(e1) else 0})
        answers.append(services_text(tuple((+wanted).items())))
        if len(faults) == num_faults:
            known[key] = answers[-1]
    for (customer_class, services, bandwidth, *_), times in again.items():
        for cell in (services, bandwidth):
            demand.understand_again(cell, text_of(customer_class), times)
    readings = demand.understood.most_common(SHOWN)
    notes.extend(
        f"{text!r} of class {name} was taken for {service}: {count} rows" for (text, name, service), count in readings
    )
    more = len(demand.understood) - len(readings)
    notes.extend([f"{more} more readings of services"] if more > 0 else [])
    return answers


def technologies_in(table: Table, faults: list[Fault]) -> list[object]:
    """Find the technologies of the catalogue, however they are spelt."""
    known = {normalised(name): name for name in read_catalogue().technologies}
    known |= {normalised(word): DIRECT for word in DIRECT_WORDS}
    answers: list[object] = []
    for index, text in enumerate(texts_in(table, "technology")):
        word = normalised(text)
        answers.append(known.get(word))
        if word and word not in known:
            limit = ", ".join(dict.fromkeys(known.values()))
            problem = "unknown technology"
            cell = table.column("technology")[index]
            faults.append(table.fault(index, problem, field="technology", value=cell, limit=limit))
    return answers


def _own_name(name: str, columns: Collection[str]) -> str:
    """Keep an unknown column apart from ponplan's own of the same name."""
    return f"{name}_source" if name in columns or name in PLACE_FIELDS | WANT_FIELDS else name
