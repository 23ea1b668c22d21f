"""Circuits and accounts from tables: ends by id or name, services by rate, tiers and groups in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.area import Circuit, import_tables, read_area, write_area
from ponplan.errors import AreaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[..., Path]

CUSTOMERS = [
    ("编号", "客户名称", "客户类别", "客户等级", "客户群", "集团名称", "建设期", "经度", "纬度"),
    ("c1", "总行", "银行", "战略客户", "大客户", "工商银行", "一期", "9.502", "47.1001"),
    ("c2", "支行", "银行", "集团客户", "大客户", "工商银行", "第2期", "9.503", "47.1001"),
    ("c3", "网站", "企业", "高价值", "内容提供商", "", "", "9.504", "47.1001"),
]
CIRCUITS = [
    ("电路编号", "A端客户", "Z端客户", "带宽", "数量", "月租"),
    ("k1", "总行", "c2", "E1", "2", "900"),
    ("k2", "c3", "互联网", "100M", "", "5000"),
]


def test_chinese_tables_of_accounts_and_circuits(write_csv: Write, routes: Path, tmp_path: Path):
    """Tiers, groups, phases and circuits are understood, and survive being written and read."""
    area, reports = import_tables(
        write_csv(CUSTOMERS, "customers.csv"), routes=routes, circuits=write_csv(CIRCUITS, "circuits.csv")
    )
    told = [(c.account_tier, c.account_group, c.branch_of, c.phase) for c in area.customers]
    assert told == [
        ("strategic", "large-account", "工商银行", "1"),
        ("group", "large-account", "工商银行", "2"),
        ("high-value", "content-provider", "", ""),
    ]
    assert area.circuits == (
        Circuit(id="k1", a="c1", z="c2", service="e1", count=2, attributes={"月租": "900"}),
        Circuit(id="k2", a="c3", z="internet", service="ethernet-100m", attributes={"月租": "5000"}),
    )
    assert [report.kind for report in reports] == ["customers", "routes", "circuits"]
    write_area(area, tmp_path / "area")
    assert read_area(tmp_path / "area") == area


MISTAKES = [
    (("k1", "nobody", "c2", "E1", "1", ""), "a_end", "nobody"),
    (("k1", "c1", "nobody", "E1", "1", ""), "z_end", "nobody"),
    (("k1", "c1", "c1", "E1", "1", ""), "z_end", "c1"),
    (("k1", "c1", "", "E1", "1", ""), "z_end", None),
    (("k1", "c1", "c2", "telepathy", "1", ""), "service", "telepathy"),
    (("k1", "c1", "c2", "E1", "-2", ""), "count", "-2"),
    (("k2", "c1", "c2", "E1", "1", ""), "id", "k2"),
]


@pytest.mark.parametrize(("row", "field", "value"), MISTAKES)
def test_mistakes_in_circuits_are_named(
    row: tuple[str, ...], field: str, value: str | None, write_csv: Write, routes: Path
):
    """A circuit that cannot be is a fault with its field and value."""
    circuits = write_csv([CIRCUITS[0], row, CIRCUITS[2]], "circuits.csv")
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv(CUSTOMERS, "customers.csv"), routes=routes, circuits=circuits)
    assert (field, value) in {(fault.field, fault.value) for fault in caught.value.faults}


@pytest.mark.parametrize(("column", "word"), [(3, "platinum"), (4, "friends")])
def test_unknown_words_of_accounts_are_faults(column: int, word: str, write_csv: Write, routes: Path):
    """A tier or group that means nothing is named, not dropped."""
    row = tuple(word if index == column else cell for index, cell in enumerate(CUSTOMERS[1]))
    with pytest.raises(AreaError) as caught:
        import_tables(write_csv([CUSTOMERS[0], row], "customers.csv"), routes=routes)
    assert word in {fault.value for fault in caught.value.faults}
