"""What rows and tables owe each other is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.catalogue import Catalogue
from ponplan.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def told(shipped: Catalogue) -> Callable[[str, str, str], str]:
    """Give what is told about the shipped tables after one text is changed in one of them."""

    def change(table: str, old: str, new: str) -> str:
        tables = shipped.to_tables()
        assert old in tables[table]
        tables[table] = tables[table].replace(old, new, 1)
        with pytest.raises(CatalogueError) as raised:
            Catalogue.from_tables(tables)
        return str(raised.value)

    return change


@pytest.mark.parametrize(
    ("table", "old", "new", "expected"),
    [
        (
            "optical_classes",
            ",gpon,0,4,",
            ",gpon2,0,4,",
            "field technologies: unknown id of technologies (found 'gpon2')",
        ),
        ("olt_optics", ",gpon-b+,", ",gpon-bplus,", "field optical_class: unknown id of optical_classes"),
        ("customer_classes", "e1 e1 ", "e1 e2 ", "field services: unknown id of services (found 'e2')"),
        ("frame_items", ",epon,both,", ",eponn,both,", "field technology: unknown id of technologies"),
        ("cable_types", "trunk-4,", "grass,", "two tables have an item of this id (found 'grass')"),
        ("cable_types", "trunk-4,", "trunk-5,", "cable_types.csv, row 2, field id: item has no price"),
        ("cable_types", "trunk-4,", "trunk-5,", "unknown item: no table has it (found 'trunk-4')"),
        ("fibres", "g652d-1490,G.652.D at 1490 nm,g652d,1490,", "x,x,g652d,1491,", "has no attenuation at this"),
        ("prices", ",EUR,", ",USD,", "more than one currency (found 'USD')"),
    ],
)
def test_broken_tie_is_found(
    told: Callable[[str, str, str], str], table: str, old: str, new: str, expected: str
) -> None:
    """A name, an item or a price that leads nowhere is reported."""
    assert expected in told(table, old, new)


@pytest.mark.parametrize(
    ("table", "what"), [("olt_optics", "transceiver"), ("olt_cards", "OLT card"), ("onus", "ONU")]
)
def test_technology_nobody_sells_is_found(shipped: Catalogue, table: str, what: str) -> None:
    """A technology that a design may choose needs something to buy of every kind."""
    tables = shipped.to_tables()
    lines = tables[table].splitlines(keepends=True)
    tables[table] = "".join(
        line.replace(",true,Typical", ",false,Typical") if "xgs" in line else line for line in lines
    )
    with pytest.raises(CatalogueError, match=f"no {what} of this technology is allowed in design"):
        Catalogue.from_tables(tables)
