"""The same area, prices and seed give the same design."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.design import design_network

if TYPE_CHECKING:
    from types import ModuleType

TABLES = (
    "nodes", "routes", "cables", "olts", "cards", "ports", "uplinks", "splitters", "onus", "links", "bill", "relaxed",
    "customers",
)  # fmt: skip


@pytest.mark.parametrize("seed", [3, 10, 17, 36])
def test_same_seed_same_design(seed: int, cases: ModuleType):
    """Every record, the bill, the proof and the facts are equal the second time."""
    one, two = (
        design_network(cases.random_area(seed), catalogue=cases.random_catalogue(seed), seed=5) for _ in range(2)
    )
    for table in TABLES:
        assert getattr(one.network, table) == getattr(two.network, table)
    assert one.network.facts == two.network.facts
    assert one.proof == two.proof
    assert one.baseline == two.baseline
