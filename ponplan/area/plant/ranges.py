"""Numbers of fibres and legs as people list them: 1-4,7 or 1~4、7 or 1至4."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING

from ponplan.area.cells import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 20_000  # no cable has more fibres
NONE_WORDS = frozenset({"none", "no", "nil", "n/a", "-", "--", "/", "0", "无", "空", "keine", "aucune"})
RANGE = re.compile(r"(\d{1,5})(?:\s*(?:-|~|to|bis|至|到)\s*(\d{1,5}))?")


def numbers_of(value: object) -> tuple[int, ...]:
    """Give the numbers in rising order; nothing, "none" or "无" is no number.

    Raises
    ------
    ValueError
        A part is no number from 1 and no rising range.
    """
    text = unicodedata.normalize("NFKC", text_of(value)).casefold().replace("\N{EN DASH}", "-")
    if not text or text in NONE_WORDS:
        return ()
    found: set[int] = set()
    for part in re.split(r"[,;、\s]*[,;、]\s*|\s+(?=\d)(?<![-~]\s)", text):
        match = RANGE.fullmatch(part.strip().removeprefix("#"))
        if match is None:
            raise ValueError("numbers and ranges from 1, such as 1-4,7")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= MOST:
            raise ValueError(f"rising ranges from 1 to {MOST}")
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def is_list(value: object) -> bool:
    """Say whether a cell lists numbers rather than being one."""
    return bool(re.search(r"\d\s*(?:[-~,;、，；至到]|to|bis)\s*\d", text_of(value).casefold()))


def ranges_text(numbers: Sequence[int]) -> str:
    """Write numbers in rising order as `numbers_of` reads them."""
    parts = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        parts.append(f"{members[0]}" if len(members) == 1 else f"{members[0]}-{members[-1]}")
    return ",".join(parts)


def strands_of(value: object) -> tuple[tuple[str, int], ...]:
    """Give cable and fibre of each part of `C1:3 C2:5`.

    Raises
    ------
    ValueError
        A part is no cable id with a fibre from 1.
    """
    found = []
    for part in re.split(r"[;,、\s]+", text_of(value)):
        if not part:
            continue
        match = re.fullmatch(r"(.+?)[:/#](\d{1,5})", part.replace("：", ":"))
        if match is None or int(match[2]) < 1:
            raise ValueError("cable and fibre, such as C1:3 C2:5")
        found.append((match[1], int(match[2])))
    return tuple(found)


def strands_text(strands: Sequence[tuple[str, int]]) -> str:
    """Write strands as `strands_of` reads them."""
    return " ".join(f"{cable}:{fibre}" for cable, fibre in strands)
