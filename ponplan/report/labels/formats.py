"""Sheets of labels: where each label is on the page."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ponplan.errors import Fault, LabelError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS = Path(__file__).with_name("formats.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFormat:
    """A page of equal labels; all lengths in millimetres from the page's upper left corner."""

    name: str
    description: str
    page_width_mm: float
    page_height_mm: float
    columns: int
    rows: int
    width_mm: float
    height_mm: float
    left_mm: float
    top_mm: float
    step_x_mm: float
    step_y_mm: float
    source: str = ""

    @property
    def per_page(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows

    def corner_mm(self, place: int) -> tuple[float, float]:
        """Give the upper left corner of a label, row by row."""
        row, column = divmod(place % self.per_page, self.columns)
        return self.left_mm + column * self.step_x_mm, self.top_mm + row * self.step_y_mm


def label_formats() -> dict[str, LabelFormat]:
    """Give the shipped formats by name."""
    with FORMATS.open(encoding="utf-8", newline="") as file:
        return {row["name"]: label_format(row, where=FORMATS.name) for row in csv.DictReader(file)}


def label_format(values: Mapping[str, object], *, where: str) -> LabelFormat:
    """Give a format of named values, numbers or their text.

    Raises
    ------
    LabelError
        A value is missing, unknown, no number, or labels do not lie on the page.
    """
    faults: list[Fault] = []
    known: dict[str, Any] = {}
    for one in fields(LabelFormat):
        value = values.get(one.name, "" if one.name in ("description", "source") else None)
        if one.name in ("name", "description", "source"):
            known[one.name] = str(value or "")
            continue
        try:
            number = float(str(value))
        except ValueError:
            faults.append(Fault(file=where, field=one.name, problem="no number", value=value))
            continue
        if not 0 <= number <= 5000 or (number == 0 and one.name not in ("left_mm", "top_mm")):
            faults.append(Fault(file=where, field=one.name, problem="out of bounds", value=value))
        known[one.name] = int(number) if one.name in ("columns", "rows") else number
    unknown = values.keys() - {one.name for one in fields(LabelFormat)}
    faults += [Fault(file=where, field=name, problem="unknown field of a format") for name in sorted(unknown)]
    if faults:
        raise LabelError(faults)
    made = LabelFormat(**known)
    right = made.left_mm + (made.columns - 1) * made.step_x_mm + made.width_mm
    bottom = made.top_mm + (made.rows - 1) * made.step_y_mm + made.height_mm
    if right > made.page_width_mm + 0.5 or bottom > made.page_height_mm + 0.5:
        problem = f"labels reach {right:.1f} x {bottom:.1f} mm, beyond the page"
        raise LabelError([Fault(file=where, field=made.name, problem=problem)])
    return made
