from __future__ import annotations

import pytest

from ponplan.framing import BlockCode, Encapsulation
from ponplan.framing.sizes import mean_remainder_bytes, size_table


@pytest.mark.parametrize("data", [1, 215, 216, 217, 432, 5000])
def test_coding_and_decoding_are_inverse(data: int):
    """The data that fits into the shortest stretch for some data is that data."""
    code = BlockCode(codeword_bytes=248, parity_bytes=32)
    assert code.data_bytes(code.coded_bytes(data)) == data


def test_a_started_word_pays_its_parity():
    """One byte beyond whole words adds nothing until a whole parity fits."""
    code = BlockCode(codeword_bytes=255, parity_bytes=16)
    assert [code.data_bytes(255 + rest) for rest in (0, 1, 16, 17)] == [239, 239, 239, 240]


def test_xgem_pads_to_words_and_splits_long_frames():
    """61 bytes take 64 plus a header; a frame beyond the longest payload takes a second header."""
    xgem = Encapsulation(header_bytes=8, align_bytes=4, max_payload_bytes=16380)
    assert xgem.line_bytes(61) == 72
    assert xgem.line_bytes(16381) == 16388 + 12


def test_remainder_of_the_published_frame_mix():
    """A mix with the mean and remainder of Kramer's generator gives the 595.5 bytes of pon_facts F8."""
    sizes = size_table([(64, 0.5405), (594, 0.21895), (1518, 0.24055)])
    line = [(size + 20, share) for size, share in sizes]
    assert mean_remainder_bytes(line) == pytest.approx(595.5, rel=1e-3)
