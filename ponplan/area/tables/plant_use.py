"""Which fibres of a cable or legs of a splitter are used, from lists or counts of used or free ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ponplan.area.cells import count_of, text_of
from ponplan.area.columns import parsed_or_none
from ponplan.area.plant.ranges import is_list, numbers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.area.table import Table
    from ponplan.errors import Fault

    Numbers = tuple[int, ...]
    Counts = Sequence[int | None]

FIELDS = ("taken", "free", "taken_count", "free_count")


class _Told(NamedTuple):
    """What one column, or its twin of counts, says: which in each row, or how many."""

    numbers: Sequence[tuple[int, ...] | None]
    counts: Sequence[int | None]


class UseReader:
    """Reads the columns `taken`, `free`, `taken_count` and `free_count`; `word` says what is used, fibres or legs."""

    def __init__(self, table: Table, fields: set[str], *, word: str, faults: list[Fault]) -> None:
        self._table, self._fields, self._word, self._faults = table, fields, word, faults
        self.notes: list[str] = []

    def taken(self, totals: Counts, faulty: Sequence[Numbers]) -> list[Numbers]:
        """Give which are used in each row: as listed, all but those listed free, or as many as are counted.

        Where no column says anything all are used: nothing is free that nobody says is free.
        """
        sound = [
            [number for number in range(1, (total or 0) + 1) if number not in bad]
            for total, bad in zip(totals, faulty, strict=True)
        ]
        if not self._fields & set(FIELDS):
            self.notes.append(f"nothing says which {self._word} are free: none is used")
            return [tuple(numbers) for numbers in sound]
        taken, free = self._told("taken"), self._told("free")
        self._compare("taken", taken)
        self._compare("free", free)
        return [
            self._listed(row, sound[row], taken.numbers[row], free.numbers[row])
            if taken.numbers[row] or free.numbers[row]
            else self._counted(row, sound[row], taken.counts[row], free.counts[row])
            for row in range(len(self._table))
        ]

    def _told(self, name: str) -> _Told:
        """Read a column as lists of numbers, or as counts if every cell is one number and none lists any."""
        cells = self._table.column(name)
        are_counts = (
            f"{name}_count" not in self._fields and any(map(_is_number, cells)) and not any(map(is_list, cells))
        )
        if are_counts:
            self.notes.append(f"the column of {name} {self._word} says how many, not which: the first count as used")
            return _Told([None] * len(cells), parsed_or_none(self._table, name, count_of, self._faults))
        return _Told(
            parsed_or_none(self._table, name, numbers_of, self._faults),
            parsed_or_none(self._table, f"{name}_count", count_of, self._faults),
        )

    def _compare(self, field: str, told: _Told) -> None:
        """Complain about rows that list other than as many as they count."""
        for row, (numbers, count) in enumerate(zip(told.numbers, told.counts, strict=True)):
            if numbers and count is not None and count != len(numbers):
                problem = f"{len(numbers)} {self._word} are listed and {count} counted"
                self._complain(row, f"{field}_count", count, problem, str(len(numbers)))

    def _listed(self, row: int, sound: list[int], taken: Numbers | None, free: Numbers | None) -> Numbers:
        if not free:
            return taken or ()
        both = set(taken or ()) & set(free)
        if both:
            self._complain(row, "free", min(both), f"among the used and the free {self._word}", "one of the two")
        most = sound[-1] if sound else 0
        if free[-1] > most:
            self._complain(row, "free", free[-1], "there is no such sound one", f"1 to {most}")
        return tuple(sorted({*(taken or ()), *(number for number in sound if number not in free)}))

    def _counted(self, row: int, sound: list[int], taken: int | None, free: int | None) -> Numbers:
        count = taken if taken is not None else None if free is None else len(sound) - free
        if count is None:
            only_free = self._fields & {"free", "free_count"} and not self._fields & {"taken", "taken_count"}
            count = len(sound) if only_free else 0
        if not 0 <= count <= len(sound):
            name, value = ("taken", taken) if taken is not None else ("free", free)
            self._complain(row, name, value, f"there are fewer {self._word}", f"up to {len(sound)}")
            return ()
        return tuple(sound[:count])

    def _complain(self, row: int, field: str, value: object, problem: str, limit: str) -> None:
        self._faults.append(self._table.fault(row, problem, field=field, value=value, limit=limit))


def _is_number(cell: object) -> bool:
    return bool(re.fullmatch(r"\d{1,5}", text_of(cell)))
