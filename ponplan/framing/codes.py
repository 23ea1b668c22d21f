"""Forward error correction as byte counts: what part of a coded stretch is left for data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCode:
    """A systematic block code whose last code word may be shortened."""

    codeword_bytes: int
    parity_bytes: int

    def data_bytes(self, coded_bytes: int) -> int:
        """Give the data that fits into a coded stretch; every started code word pays its parity in full."""
        full, rest = divmod(coded_bytes, self.codeword_bytes)
        return full * (self.codeword_bytes - self.parity_bytes) + max(rest - self.parity_bytes, 0)

    def coded_bytes(self, data_bytes: int) -> int:
        """Give the shortest coded stretch that holds the data."""
        words = -(-data_bytes // (self.codeword_bytes - self.parity_bytes))
        return data_bytes + words * self.parity_bytes


NO_CODE = BlockCode(codeword_bytes=1, parity_bytes=0)
