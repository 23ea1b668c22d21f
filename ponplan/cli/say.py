"""How commands speak: data on stdout, talk on stderr."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.progress import Progress

_ECHO = "^C"  # what terminals write behind the line when somebody interrupts


def print_json(answer: Mapping[str, object]) -> None:
    """Print one object on stdout; numbers that are not finite are refused, as JSON has none."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2) + "\n")


def talk(text: str) -> None:
    """Say something to the person at the terminal."""
    sys.stderr.write(text + "\n")


def figure(value: object) -> str:
    """Give a value of a table as people read it: a number with thousands apart, a dash for nothing."""
    if value is None:
        return "-"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def progress_bar() -> Progress:
    """Give a progress display on stderr that stays dark when stderr is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    console.width -= len(_ECHO)  # else a terminal that is as wide as the line breaks it, and shows it twice
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
