"""Pieces of streets joined into one where they meet without a crossing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

BACKWARD, FORWARD = 0, 1


class Piece(NamedTuple):
    """A run of nodes that meets others only at its ends."""

    look: Hashable  # pieces of different looks are not joined
    ways: tuple[int, ...]  # the ways it is made of
    nodes: NDArray[np.int64]
    xy: NDArray[np.float64]  # (nodes, 2)


def join_chains(pieces: Sequence[Piece]) -> list[Piece]:
    """Join pieces at nodes where exactly two ends of the same look meet; a ring keeps one of its nodes as its end."""
    next_end = _partners(pieces)
    taken = [False] * len(pieces)
    chains = []
    for index in range(len(pieces)):
        if not taken[index]:
            start = _chain_start(index, next_end)
            run = _run(start, next_end)
            for piece, _ in run:
                taken[piece] = True
            chains.append(_joined([_turned(pieces[piece], direction) for piece, direction in run]))
    return chains


def _partners(pieces: Sequence[Piece]) -> dict[tuple[int, int], tuple[int, int]]:
    """Pair the ends (piece, side) that are to be joined; side 0 is the first node."""
    ends: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for index, piece in enumerate(pieces):
        ends[int(piece.nodes[0])].append((index, 0))
        ends[int(piece.nodes[-1])].append((index, 1))
    partners = {}
    for meeting in ends.values():
        if len(meeting) == 2 and meeting[0][0] != meeting[1][0]:
            one, other = meeting
            if pieces[one[0]].look == pieces[other[0]].look:
                partners[one], partners[other] = other, one
    return partners


def _chain_start(index: int, partners: dict[tuple[int, int], tuple[int, int]]) -> tuple[int, int]:
    """Walk back from a piece to the end of its chain; give that piece and the direction to walk it in."""
    at = (index, 0)
    while at in partners:
        piece, side = partners[at]
        if piece == index:
            break
        at = (piece, 1 - side)
    return at[0], FORWARD if at[1] == 0 else BACKWARD


def _run(start: tuple[int, int], partners: dict[tuple[int, int], tuple[int, int]]) -> list[tuple[int, int]]:
    run = [start]
    while True:
        piece, direction = run[-1]
        entry = partners.get((piece, 1 if direction == FORWARD else 0))
        if entry is None or entry[0] == start[0]:
            return run
        run.append((entry[0], FORWARD if entry[1] == 0 else BACKWARD))


def _turned(piece: Piece, direction: int) -> Piece:
    return piece if direction == FORWARD else piece._replace(nodes=piece.nodes[::-1], xy=piece.xy[::-1])


def _joined(run: list[Piece]) -> Piece:
    if len(run) == 1:
        return run[0]
    return Piece(
        look=run[0].look,
        ways=tuple(sorted({way for piece in run for way in piece.ways})),
        nodes=np.concatenate([run[0].nodes, *(piece.nodes[1:] for piece in run[1:])]),
        xy=np.concatenate([run[0].xy, *(piece.xy[1:] for piece in run[1:])]),
    )
