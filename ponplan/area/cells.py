"""Single values as people write them: texts, flags, counts, lists of services."""

from __future__ import annotations

import math
import re
from functools import lru_cache

TRUE_WORDS = frozenset({"true", "t", "yes", "y", "1", "x", "ja", "oui", "si", "是", "有"})
FALSE_WORDS = frozenset({"false", "f", "no", "n", "0", "nein", "non", "否", "无", "無"})

CHINESE_DIGITS = "〇一二三四五六七八九"  # up to nine; whoever has more phases writes figures


def text_of(value: object) -> str:
    """Give a trimmed text; whole floats lose their point, as spreadsheets give every number one."""
    if isinstance(value, str):
        return " ".join(value.replace("\x00", "").split())
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return " ".join(str(value).replace("\x00", "").split())


def flag_of(value: object) -> bool:
    """Give truth; missing is false.

    Raises
    ------
    ValueError
        The text is no known word for true or false.
    """
    word = text_of(value).casefold()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS or not word:
        return False
    raise ValueError("true or false")


def count_of(value: object) -> int | None:
    """Give a whole number from 0, or None where nothing stands.

    Raises
    ------
    ValueError
        It is no whole number or negative.
    """
    word = text_of(value)
    if not word:
        return None
    if not re.fullmatch(r"\d{1,9}", word, re.ASCII):
        raise ValueError("a whole number from 0")
    return int(word)


@lru_cache(maxsize=4096, typed=True)
def phase_of(value: object) -> str:
    """Give a phase's number where it has one, as in "phase 2" or "二期", else its name; empty if nothing stands."""
    word = text_of(value)
    digits = "".join(str(CHINESE_DIGITS.index(sign)) if sign in CHINESE_DIGITS else sign for sign in word)
    match = re.fullmatch(r"(?:phase|stage|第)?\s*(\d{1,2})\s*(?:期|阶段)?", digits, re.ASCII | re.IGNORECASE)
    return str(int(match[1])) if match else word


def words_of(value: object) -> tuple[str, ...]:
    """Give the parts of a list separated by semicolons."""
    return tuple(part for part in (part.strip() for part in text_of(value).split(";")) if part)


@lru_cache(maxsize=4096, typed=True)
def services_of(value: object) -> tuple[tuple[str, int], ...]:
    """Give service ids and how many of each, from `e1*2 internet-100`, in order of first mention.

    Raises
    ------
    ValueError
        A part is no id, or its count is no whole number from 1.
    """
    counts: dict[str, int] = {}
    for part in re.split(r"[\s,;+]+", text_of(value)):
        if not part:
            continue
        match = re.fullmatch(r"([^*×]+)(?:[*×](\d{1,6}))?", part)
        if not match or int(match[2] or 1) < 1:
            raise ValueError("service ids with counts from 1, such as e1*2 internet-100")
        counts[match[1]] = counts.get(match[1], 0) + int(match[2] or 1)
    return tuple(counts.items())


@lru_cache(maxsize=4096)
def services_text(services: tuple[tuple[str, int], ...]) -> str:
    """Write services as `services_of` reads them."""
    return " ".join(name if count == 1 else f"{name}*{count}" for name, count in services)
