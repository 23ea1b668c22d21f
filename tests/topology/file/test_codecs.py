"""Lists and pairs as compact text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ponplan.topology.file.codecs import decode_names, decode_pairs, encode_names, encode_pairs

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(names).map(tuple))
def test_names_come_back(value: tuple[str, ...]) -> None:
    """Any ids, whatever is in them, come back as they were."""
    assert decode_names(encode_names(value)) == value


@given(st.lists(st.tuples(names, st.integers(1, 1000))).map(tuple))
def test_pairs_come_back(value: tuple[tuple[str, int], ...]) -> None:
    """Any strands come back as they were."""
    assert decode_pairs(encode_pairs(value)) == value


def test_strands_read_well() -> None:
    """Strands are written the way people say them."""
    assert encode_pairs((("F1", 3), ("D7", 12))) == "F1:3 D7:12"
