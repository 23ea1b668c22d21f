"""Names differ where places differ."""

from __future__ import annotations

import pytest

from ponplan.area.generate.naming import street_names


@pytest.mark.parametrize("layout", ["grid", "road", "star"])
def test_street_names_do_not_repeat(layout: str) -> None:
    """However many streets there are, each has a name of its own."""
    names = street_names(2000, layout)
    assert len(set(names)) == len(names) == 2000
