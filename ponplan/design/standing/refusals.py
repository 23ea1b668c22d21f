"""Edits that make a design file ambiguous or name what does not exist: told before anything is planned."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ponplan.errors import DesignFileError, Fault
from ponplan.topology.rules.records import TABLES, WORDS
from ponplan.topology.rules.references import CATALOGUE_NAMES, MAY_BE_EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.network import Network


def refuse_ambiguous(network: Network) -> None:
    """Complain about ids that two records bear, words that a field does not know, and rows the catalogue lacks.

    Raises
    ------
    DesignFileError
        Names each of them; rows count from 1 where an id does not tell them apart.
    """
    faults = [*_repeated(network), *_unknown_words(network), *_not_in_catalogue(network)]
    if faults:
        raise DesignFileError(faults)


def _repeated(network: Network) -> Iterator[Fault]:
    for table in TABLES:
        records = getattr(network, table)
        counts = Counter(one.id for one in records)
        for row, record in enumerate(records, start=1):
            if record.id and counts[record.id] > 1:
                problem = f"{counts[record.id]} records have this id, so that nobody can tell which one is meant"
                yield Fault(
                    file=table, row=row, field="id", value=record.id, problem=problem, limit="each id once",
                    remedy="give the one that was added or copied an id of its own, or delete it",
                )  # fmt: skip


def _unknown_words(network: Network) -> Iterator[Fault]:
    for (table, field), allowed in WORDS.items():
        for record in getattr(network, table):
            word = getattr(record, field)
            if record.id and word not in allowed:
                yield Fault(
                    file=table, row=record.id, field=field, value=word, problem="the field does not know this word",
                    limit=", ".join(one or "empty" for one in allowed), remedy="write one of these words",
                )  # fmt: skip


def _not_in_catalogue(network: Network) -> Iterator[Fault]:
    for table, field, where in CATALOGUE_NAMES:
        known = getattr(network.catalogue, where)
        may_be_empty = (table, field) in MAY_BE_EMPTY
        for record in getattr(network, table):
            value = getattr(record, field)
            if getattr(record, "id", "") and value not in known and (value or not may_be_empty):
                yield Fault(
                    file=table, row=record.id, field=field, value=value,
                    problem=f"the catalogue in the design file has no such row of {where}",
                    limit=f"a row of {where}, as `ponplan catalogue` lists them", remedy="write the id of a row",
                )  # fmt: skip
