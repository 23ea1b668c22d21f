"""What single fields of a NetBox device type say: texts, heights, interfaces and their rates, power."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ponplan.errors import Fault

if TYPE_CHECKING:
    from ponplan.catalogue.lines import Document

RATE = re.compile(r"^(\d+(?:\.\d+)?)(g?)base-")  # 1000base-x, 10gbase-x-sfpp
MOST_UNITS = 60


def interfaces_of(document: Document, faults: list[Fault], *, data_only: bool = False) -> list[str]:
    """Give the types of the interfaces, those for management left out if asked."""
    items = document.items("interfaces", faults)
    return [
        str(item.get("type", "")).lower()
        for item in items
        if not (data_only and str(item.get("mgmt_only", "")).lower() == "true")
    ]


def rate_bps(kind: str) -> int | None:
    """Give the rate that the name of an interface type begins with, as in `10gbase-x-sfpp`."""
    found = RATE.match(kind)
    return round(float(found[1]) * (1_000_000_000 if found[2] else 1_000_000)) if found else None


def power_w(document: Document, faults: list[Fault]) -> str:
    """Give what one feed may draw: feeds of a shelf stand in for each other."""
    draws = []
    for place, item in enumerate(document.items("power-ports", faults)):
        text = item.get("maximum_draw") or item.get("allocated_draw")
        if text:
            value = document.number(str(text), ("power-ports", place), faults)
            draws += [] if value is None else [value]
    return f"{max(draws):g}" if draws else ""


def text_in(document: Document, name: str, faults: list[Fault]) -> str:
    """Give a text that must be there; empty where it was not, which is a fault."""
    value = document.value.get(name)
    if isinstance(value, str) and value.strip():
        return value.strip()
    remedy = "name a file of NetBox's device-type library"
    faults.append(
        Fault(file=document.file, row=document.line(name), field=name, problem="text is missing", remedy=remedy)
    )
    return ""


def height_in(document: Document, name: str, faults: list[Fault]) -> float | None:
    """Give a height in rack units; None where there was a fault."""
    value: Any = document.value.get(name)
    number = document.number(str(value), (name,), faults)
    if number is not None and not 0 <= number <= MOST_UNITS:
        problem = "height is out of range"
        faults.append(
            Fault(
                file=document.file,
                row=document.line(name),
                field=name,
                value=value,
                problem=problem,
                limit=f"0 to {MOST_UNITS} units",
            )
        )
        return None
    return number
