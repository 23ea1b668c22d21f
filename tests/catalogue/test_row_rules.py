"""A row whose cells contradict one another is found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ponplan.catalogue.row_rules import broken_row_rules
from ponplan.catalogue.sheet import Record

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue

HERE = Record(file="t.csv", row=7, cells={})


@pytest.mark.parametrize(
    ("table", "key", "change", "field", "problem"),
    [
        ("technologies", "gpon", {"down_nm": 1550.0}, "down_nm", "outside its band"),
        ("technologies", "gpon", {"coexists_with": ("gpon",)}, "coexists_with", "with itself"),
        ("optical_classes", "gpon-b+", {"max_loss_db": 28.01}, "max_loss_db", "more loss"),
        ("optical_classes", "gpon-b+", {"up_penalty_db": 0.51}, "max_loss_db", "more loss"),
        ("optical_classes", "gpon-b+", {"min_loss_db": 12.99}, "min_loss_db", "less loss"),
        ("optical_classes", "gpon-b+", {"onu_overload_dbm": -8.01}, "min_loss_db", "less loss"),
        ("optical_classes", "gpon-b+", {"olt_tx_max_dbm": 1.0}, "olt_tx_max_dbm", "less than olt_tx_min_dbm"),
        ("optical_classes", "gpon-b+", {"min_loss_db": 29.0}, "max_loss_db", "less than min_loss_db"),
        ("fibres", "g652d-1310", {"max_loss_db_per_km": 0.1}, "max_loss_db_per_km", "less than typical"),
        ("losses", "splice", {"max_loss_db": 0.01}, "max_loss_db", "less than typical"),
        ("splitters", "splitter-1x8", {"max_loss_db": 9.0}, "max_loss_db", "less than typical"),
        ("splitters", "splitter-1x8", {"through_max_loss_db": 1.0}, "through_max_loss_db", "only a tap"),
        ("splitters", "tap-10-90", {"through_max_loss_db": None}, "through_max_loss_db", "a tap needs"),
        ("splitters", "tap-10-90", {"through_max_loss_db": 0.1}, "through_max_loss_db", "less than the typical"),
        ("splitters", "tap-10-90", {"outputs": 4}, "outputs", "one input and two outputs"),
        ("cable_types", "trunk-24", {"fibres_per_tube": 48}, "fibres", "less than fibres_per_tube"),
        ("duct_types", "duct-40", {"inner_mm": 40.0}, "inner_mm", "not narrower"),
        ("services", "e1", {"peak_down_bps": 1}, "peak_down_bps", "less than committed_down_bps"),
        ("services", "e1", {"peak_up_bps": 3_000_000}, "tcont_type", "does not fit"),
        ("services", "internet-100", {"tcont_type": 4}, "tcont_type", "does not fit"),
        ("services", "internet-100", {"committed_up_bps": 0}, "tcont_type", "does not fit"),
        ("prices", "grass", {"currency": "eur"}, "currency", "not a currency code"),
    ],
)
def test_contradiction_is_found(
    shipped: Catalogue, table: str, key: str, change: dict[str, object], field: str, problem: str
) -> None:
    """One changed cell gives exactly one fault, with its place, its field and the value found."""
    row = replace(getattr(shipped, table)[key], **change)
    (fault,) = broken_row_rules(table, row, HERE)
    assert (fault.file, fault.row, fault.field) == ("t.csv", 7, field)
    assert problem in fault.problem
    assert fault.value == getattr(row, field)
    assert fault.limit


def test_window_with_a_reason_is_taken(shipped: Catalogue) -> None:
    """A class may state a wider window than its powers give if it says why."""
    row = replace(shipped.optical_classes["gpon-b+"], max_loss_db=29.0, exception="selected transceivers")
    assert not list(broken_row_rules("optical_classes", row, HERE))
