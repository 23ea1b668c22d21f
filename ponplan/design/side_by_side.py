"""Independent tasks of one design side by side: on local processes, or on the workers of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    T = TypeVar("T")
    R = TypeVar("R")


def side_by_side(make: Callable[[T], R], items: Sequence[T], *, jobs: int) -> list[R]:
    """Make something of each item, `jobs` at a time, in the order of the items; joblib's backend says where."""
    if jobs == 1 or len(items) < 2:
        return [make(item) for item in items]
    from joblib import Parallel, delayed

    made: list[R] = Parallel(n_jobs=min(jobs, len(items)))(delayed(make)(item) for item in items)
    return made
