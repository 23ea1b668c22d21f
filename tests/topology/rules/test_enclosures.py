"""Which of an enclosure's three capacities is exceeded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.topology import check_network, read_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# the tiny network's cabinet holds one splitter with its input and four legs, and the ends of five cables
CASES = [
    ("drop-closure-8", "1 splitters", 1.0, 0.0),
    ("drop-closure-4", "5 splices and fibre ends", 5.0, 4.0),
    ("closure-12", "5 cables", 5.0, 4.0),
]


@pytest.mark.parametrize(("enclosure", "text", "value", "limit"), CASES)
def test_capacity_exceeded_is_told(
    edited: Callable[..., Path], enclosure: str, text: str, value: float, limit: float
) -> None:
    """Splitters, fibre ends and cables are counted by hand; the message says which do not fit."""
    path = edited("tiny", f"UPDATE nodes SET enclosure = '{enclosure}' WHERE id = 'cabinet'")  # noqa: S608
    found = [v for v in check_network(read_network(path)) if v.rule == "enclosure-capacity" and text in v.message]
    assert [(violation.value, violation.limit) for violation in found] == [(value, limit)]
