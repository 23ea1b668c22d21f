"""Independent tasks of one design side by side: on local processes, or on the workers of a cluster."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ponplan.design.effort import Halt

    T = TypeVar("T")
    R = TypeVar("R")


def side_by_side(make: Callable[[T], R], items: Sequence[T], *, jobs: int, halt: Halt | None = None) -> Iterator[R]:
    """Make something of each item, `jobs` at a time, and give it in the order of the items.

    Parameters
    ----------
    jobs
        Joblib's backend says where they are made.
    halt
        When it is over, no further item is begun, except the first.
    """

    def begun() -> Iterator[T]:
        for place, item in enumerate(items):
            if place and halt is not None and halt.is_over():
                return
            yield item

    if jobs == 1 or len(items) < 2:
        yield from map(make, begun())
        return
    from joblib import Parallel, delayed

    # an item is handed over only when somebody is free to begin it
    parallel = Parallel(n_jobs=min(jobs, len(items)), return_as="generator", pre_dispatch="n_jobs", batch_size=1)
    with _deaf_to_interrupts():
        made = parallel(delayed(make)(item) for item in begun())  # begins the first ones
    yield from made


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Begin processes that a Ctrl-C at the terminal does not end, from their very first moment on.

    They inherit that it is ignored; so it is here too for as long as it takes to begin them, a few milliseconds.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
