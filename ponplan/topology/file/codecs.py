"""Values of records turned into values of SQLite and back, a whole column at a time."""

from __future__ import annotations

import json
import math
from sys import intern
from typing import TYPE_CHECKING, Any

from ponplan.area.cells import flag_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ponplan.topology.file.schema import FileColumn

Pairs = tuple[tuple[str, int], ...]

# what SQLite may hand back for a column of each type
STORED_TYPES: Mapping[str, frozenset[type]] = {
    "text": frozenset((str,)),
    "integer": frozenset((int,)),
    "real": frozenset((int, float)),
    "boolean": frozenset((int, float, str)),
    "names": frozenset((str,)),
    "numbers": frozenset((str,)),
    "counts": frozenset((str,)),
    "strands": frozenset((str,)),
    "json": frozenset((str,)),
    "point": frozenset((bytes,)),
    "line": frozenset((bytes,)),
}
WORDS = {
    "text": "text",
    "integer": "a whole number",
    "real": "a number",
    "boolean": "0 or 1, or a word such as true or false",
    "names": "ids separated by spaces",
    "numbers": "whole numbers separated by spaces",
    "counts": "id:count, separated by spaces",
    "strands": "cable:fibre, separated by spaces",
    "json": "JSON",
    "point": "a point",
    "line": "a line of at least two points",
}


def encoded(values: Sequence[Any], column: FileColumn) -> list[Any]:
    """Give a column's values as SQLite keeps them; raise ValueError naming the first that cannot be kept."""
    encode = _ENCODERS.get(column.type)
    if encode is None:
        return list(values)
    return [None if value is None and column.optional else encode(value) for value in values]


def decoded(values: Sequence[Any], column: FileColumn) -> tuple[list[Any], list[int]]:
    """Give a column's values as records keep them, and the places of those that are not of its kind."""
    allowed = STORED_TYPES[column.type] | ({type(None)} if column.optional else set())
    decode = _DECODERS.get(column.type)
    if set(map(type, values)) <= allowed:
        if decode is None:
            return list(values), []
        try:
            return [None if value is None else decode(value) for value in values], []
        except ValueError:
            pass
    return [], [place for place, value in enumerate(values) if not _is_good(value, allowed, decode)]


def _is_good(value: object, allowed: Iterable[type], decode: Callable[[Any], Any] | None) -> bool:
    if type(value) not in allowed:
        return False
    try:
        if decode is not None and value is not None:
            decode(value)
    except ValueError:
        return False
    return True


def _real(value: float) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number


def _escaped(name: str) -> str:
    return name.replace("%", "%25").replace(" ", "%20") or "%00"


def _plain(word: str) -> str:
    if "%" in word:
        word = "" if word == "%00" else word.replace("%20", " ").replace("%25", "%")
    return intern(word)


def encode_names(names: Sequence[str]) -> str:
    """Give ids separated by single spaces; a space inside an id becomes %20, a per cent sign %25."""
    text = " ".join(names)
    if "%" not in text and text.count(" ") == len(names) - 1 and "" not in names:
        return text
    return " ".join(map(_escaped, names))


def decode_names(text: str) -> tuple[str, ...]:
    """Give back the ids."""
    if not text:
        return ()
    return tuple(map(_plain, text.split(" "))) if "%" in text else tuple(map(intern, text.split(" ")))


def encode_pairs(pairs: Pairs) -> str:
    """Give pairs of id and number as `id:number`, separated by spaces."""
    return " ".join(f"{_escaped(name)}:{number}" for name, number in pairs)


def decode_pairs(text: str) -> Pairs:
    """Give back the pairs; the number stands after the last colon."""
    if not text:
        return ()
    pairs = []
    for word in text.split(" "):
        name, _, number = word.rpartition(":")
        if not name:
            raise ValueError(f"{word!r} is no pair of id and number")
        pairs.append((_plain(name), int(number)))
    return tuple(pairs)


def encode_numbers(numbers: Iterable[int]) -> str:
    """Give whole numbers separated by spaces."""
    return " ".join(map(str, numbers))


def decode_numbers(text: str) -> tuple[int, ...]:
    """Give back the whole numbers."""
    return tuple(map(int, text.split()))


def encode_json(value: object) -> str:
    """Give JSON with sorted keys, the same text for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False, default=_as_json)


def decode_json(text: str) -> object:
    """Give back the value; numbers that JSON does not know are refused."""
    value: object = _JSON.decode(text)
    return value


def _as_json(value: object) -> object:
    if hasattr(value, "items"):
        return dict(value.items())
    if hasattr(value, "tolist"):  # numpy's numbers and arrays
        return value.tolist()
    raise ValueError(f"{value!r} cannot be written as JSON")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_refuse_constant)


def _decode_boolean(value: float | str) -> bool:
    """Give truth; a GIS or a script may have written a word where there is a number otherwise."""
    if isinstance(value, str):
        return flag_of(value)
    if value not in (0, 1):
        raise ValueError(f"{value!r} is not 0 or 1")
    return bool(value)


_ENCODERS: Mapping[str, Callable[[Any], Any]] = {
    "real": _real,
    "boolean": int,
    "names": encode_names,
    "numbers": encode_numbers,
    "counts": encode_pairs,
    "strands": encode_pairs,
    "json": encode_json,
}
_DECODERS: Mapping[str, Callable[[Any], Any]] = {
    "real": float,
    "boolean": _decode_boolean,
    "names": decode_names,
    "numbers": decode_numbers,
    "counts": decode_pairs,
    "strands": decode_pairs,
    "json": decode_json,
}
