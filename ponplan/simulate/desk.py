# mypy: disable-error-code="no-any-return, arg-type, return-value, assignment"
# elements of an array are Any to numpy's types; numba checks them
"""The desk of bandwidth allocation: what a kernel lays before a policy, and the grants that it takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from ponplan.simulate.borrow import lent
from ponplan.simulate.policies import MEMORY_COLUMNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.simulate.policies import Policy


class Desk(NamedTuple):
    """The arrays of `POLICY_SIGNATURE`, one entry or row for each allocation; they change in place."""

    reported: NDArray[np.int64]
    received: NDArray[np.int64]
    granted: NDArray[np.int64]
    owner: NDArray[np.int64]
    settings: NDArray[np.float64]
    memory: NDArray[np.float64]
    line: NDArray[np.int64]
    grants: NDArray[np.int64]


def make_desk(*, owner: NDArray[np.int64], settings: NDArray[np.float64], line: NDArray[np.int64]) -> Desk:
    """Give the desk before anything was reported."""
    num = owner.size
    return Desk(
        reported=np.zeros(num, np.int64),
        received=np.full(num, -1),
        granted=np.zeros(num, np.int64),
        owner=owner,
        settings=settings,
        memory=np.zeros((num, MEMORY_COLUMNS)),
        line=line,
        grants=np.zeros(num, np.int64),
    )


@njit(cache=True, error_model="numpy", forceinline=True)
def lent_desk(given: Desk) -> Desk:
    """Give the same arrays, lent for the length of a kernel."""
    return Desk(
        lent(given.reported),
        lent(given.received),
        lent(given.granted),
        lent(given.owner),
        lent(given.settings),
        lent(given.memory),
        lent(given.line),
        lent(given.grants),
    )


@njit(cache=True, error_model="numpy", forceinline=True)
def ask(desk: Desk, policy: Policy, subject: int, now_ns: int) -> None:
    """Let the policy write its grants."""
    policy(
        subject,
        now_ns,
        desk.reported,
        desk.received,
        desk.granted,
        desk.owner,
        desk.settings,
        desk.memory,
        desk.line,
        desk.grants,
    )
