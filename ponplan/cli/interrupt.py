"""Ctrl-C once ends a search with the best so far; twice ends the program."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ponplan.cli.say import talk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from ponplan.optimise.stop import Asked


@contextmanager
def ask_on_interrupt() -> Iterator[Asked]:
    """Give a stop rule that the first Ctrl-C sets; the second one interrupts as usual."""
    from ponplan.optimise.stop import Asked

    asked = Asked()

    def listen(_number: int, _frame: FrameType | None) -> None:
        if asked.asked:
            raise KeyboardInterrupt
        asked.asked = True
        talk("ending with the best plan so far; once more to give it up")

    before = signal.signal(signal.SIGINT, listen)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
