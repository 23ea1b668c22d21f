"""Numbers as people write them: coordinates with commas, degrees and minutes, rates with units."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING

from ponplan.area.cells import text_of

if TYPE_CHECKING:
    from ponplan.area.table import Table
    from ponplan.errors import Fault

NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?"
GROUPED = re.compile(r"^[-+]?\d{1,3}(['’]\d{3})+(\D|$)")  # 538'000 as the Swiss write it, not 538 degrees
UNITS = {"": 1e6, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
RATE = re.compile(
    rf"(?<![a-z\d.])({NUMBER})\s*([kmgt]?)\s*(?:i?bit\s*/?\s*s?|bps|b/s|b|bits|兆|比特)?(?:\s*/?\s*(?:s|sec|秒))?(?![a-z\d])"
)


def coordinate_of(value: object) -> float:
    """Give a coordinate as a number, from 9.52, "9,52", "538'000.5", 116°23'29.5" E, "N 39 54 30" and the like.

    Raises
    ------
    ValueError
        It is no finite number.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError("a number")
    try:
        number = float(value)  # type: ignore[arg-type]  # what cannot be converted goes the long way
    except (TypeError, ValueError):
        number = _from_text(unicodedata.normalize("NFKC", str(value)).replace("\N{MINUS SIGN}", "-").strip())
    if not math.isfinite(number):
        raise ValueError("a finite number")
    return number


def _from_text(text: str) -> float:
    if re.search(r"[°'′\"″度分秒]|^[NSEWnsew东西南北]|[NSEWnsew]$", text) and not GROUPED.search(text):
        return _from_degrees(text)
    return _decimal(text)


def _decimal(text: str) -> float:
    """Read a number with either decimal sign; the other sign and spaces group thousands."""
    bare = re.sub(r"[\s'’_]", "", text)
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        bare = bare.replace("," if point > comma else ".", "").replace(",", ".")
    elif comma >= 0:
        # one comma is decimal; several group thousands
        bare = bare.replace(",", "." if bare.count(",") == 1 else "")
    if not re.fullmatch(NUMBER, bare, re.IGNORECASE | re.ASCII):
        raise ValueError("a number")
    return float(bare)


def _from_degrees(text: str) -> float:
    sign = -1.0 if re.search(r"[SsWw西南]|^\s*-", text) else 1.0
    parts = [_decimal(part) for part in re.findall(r"\d+(?:[.,]\d+)?", text)]
    rest = re.sub(r"\d+(?:[.,]\d+)?|[\s°'′’\"″NSEWnsew东西南北经纬度分秒+-]", "", text)
    if rest or not 1 <= len(parts) <= 3 or any(part >= 60 for part in parts[1:]):
        raise ValueError("degrees, minutes below 60, seconds below 60")
    return sign * math.fsum(part / 60.0**power for power, part in enumerate(parts))


def rates_of(text: str) -> tuple[tuple[float, ...], str]:
    """Find the rates in a text, in bit/s, and give what is left of it: `100M/50M 专线` is 100e6, 50e6 and `专线`.

    A number without unit counts as Mbit/s.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    rates = tuple(float(number) * UNITS[unit] for number, unit in RATE.findall(folded))
    rest = re.sub(r"[\s/\\|:;,+x*×-]+", " ", RATE.sub(" ", folded)).strip()
    return rates, rest


def count_in(
    table: Table, index: int, name: str, cell: object, faults: list[Fault], *, least: int, empty: int = 1
) -> int:
    """Read a count; `empty` where nothing stands, 1 where there was a fault."""
    text = text_of(cell)
    if not text:
        return empty
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or int(text) < least:
        limit = f"a whole number from {least}"
        faults.append(table.fault(index, "this is no count", field=name, value=text, limit=limit))
        return 1
    return int(text)
