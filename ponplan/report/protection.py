"""The price of protection as a CSV table, one row for each plan."""

from __future__ import annotations

from dataclasses import astuple, fields
from typing import TYPE_CHECKING

from ponplan.failover.protection_prices import ProtectionPrice
from ponplan.report.delimited import write_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

COLUMNS = tuple(field.name for field in fields(ProtectionPrice))


def write_protection_prices(prices: Iterable[ProtectionPrice], path: Path, *, overwrite: bool = False) -> None:
    """Write one row for each plan.

    Raises
    ------
    OutputError
        The file exists and may not be replaced, or its folder does not.
    """
    write_rows(path, COLUMNS, (astuple(price) for price in prices), overwrite=overwrite)
