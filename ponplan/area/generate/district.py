"""One district: unequal blocks, main and side streets, gaps where blocks have grown together, dead ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from ponplan.area.generate.streets import Streets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

BLOCKS = (0.6, 1.5)  # smallest and largest block, of the mean
JITTER = 0.1  # how far a crossing is from its place in the grid, of the mean block
MISSING = 0.25  # share of side streets' edges that are not there, as far as everything stays connected
DEAD_ENDS = 0.25  # share of blocks into which a dead end runs
DEPTH = (0.35, 0.55)  # how far into the block
MAIN_EVERY = 5  # streets
TURN = 0.25  # radians by which a district is turned, at most


def draw_district(
    length_m: float, block_m: tuple[float, float], rng: np.random.Generator, *, meshed: bool = False
) -> Streets:
    """Draw a district with about so many metres of street, its centre at the origin.

    Parameters
    ----------
    meshed
        Whether two ways apart lead from every place to every other: no dead ends, blocks joined in pairs only.
    """
    columns, rows = _size(length_m, block_m, rng)
    grid_xy_m = _crossings(columns, rows, block_m, rng)
    grid = np.arange(rows * columns).reshape(rows, columns)
    main_row, main_column = _mains(rows, rng), _mains(columns, rng)
    along = np.stack([grid[:, :-1].reshape(-1), grid[:, 1:].reshape(-1)], axis=1)
    across = np.stack([grid[:-1].reshape(-1), grid[1:].reshape(-1)], axis=1)
    street = np.concatenate([np.repeat(np.arange(rows), columns - 1), rows + np.tile(np.arange(columns), rows - 1)])
    is_main = np.concatenate([main_row, main_column])[street]
    ends = np.concatenate([along, across])
    if meshed:
        kept = _kept_in_mesh(_blocks_beside(rows, columns), is_main, rng)
    else:
        kept = _kept(ends, is_main, len(grid_xy_m), rng)
    streets = Streets(
        xy_m=grid_xy_m,
        ends=ends[kept],
        ranks=np.where(is_main[kept], "main", "side").astype("U8"),
        street=street[kept],
        centres_m=np.zeros((1, 2)),
    )
    if meshed:
        return _turned(streets, rng)
    blocks = int(np.count_nonzero(kept[: len(along) - (columns - 1)]))  # the last row has none above it
    return _turned(_with_dead_ends(streets, blocks, columns, rows + columns, rng), rng)


def _size(length_m: float, block_m: tuple[float, float], rng: np.random.Generator) -> tuple[int, int]:
    """Give columns and rows of a grid of about that length of street, at least three of each."""
    crossings = max(length_m / (sum(block_m) * (1.0 - MISSING / 2.0)), 9.0)
    ratio = rng.uniform(0.8, 1.25) * block_m[1] / block_m[0]
    columns = max(round(np.sqrt(crossings * ratio)), 3)
    return columns, max(round(crossings / columns), 3)


def _crossings(columns: int, rows: int, block_m: tuple[float, float], rng: np.random.Generator) -> FloatArray:
    across, up = (
        np.cumsum(block * rng.uniform(*BLOCKS, count)) for block, count in zip(block_m, (columns, rows), strict=True)
    )
    x_m, y_m = np.meshgrid(across - across.mean(), up - up.mean())
    grid = np.stack([x_m.reshape(-1), y_m.reshape(-1)], axis=1)
    moved: FloatArray = grid + rng.uniform(-JITTER, JITTER, grid.shape) * np.array(block_m)
    return moved


def _mains(count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Mark main streets, the first of them somewhere in the middle of the first few."""
    first = int(rng.integers(1, min(count - 1, MAIN_EVERY)))
    is_main: NDArray[np.bool_] = (np.arange(count) - first) % MAIN_EVERY == 0
    return is_main


def _kept(ends: IntArray, is_main: NDArray[np.bool_], places: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Leave edges out at random, but none of main streets and none that a spanning tree of the rest needs."""
    weights = np.where(is_main, 0.001, 1.0 + rng.random(len(ends)))
    tree = minimum_spanning_tree(coo_array((weights, (ends[:, 0], ends[:, 1])), shape=(places, places)).tocsr())
    needed = tree.tocoo()
    # ends are written smaller place first, and so are the tree's
    is_needed = np.isin(ends[:, 0] * places + ends[:, 1], needed.row.astype(np.int64) * places + needed.col)
    kept: NDArray[np.bool_] = is_main | is_needed | (rng.random(len(ends)) >= MISSING)
    return kept


def _blocks_beside(rows: int, columns: int) -> IntArray:
    """Give (edges, 2) the blocks on both sides of each edge along rows, then of each across; -1 is outside."""
    blocks = np.full((rows + 1, columns + 1), -1)
    blocks[1:-1, 1:-1] = np.arange((rows - 1) * (columns - 1)).reshape(rows - 1, columns - 1)
    along = np.stack([blocks[:-1, 1:-1].reshape(-1), blocks[1:, 1:-1].reshape(-1)], axis=1)
    across = np.stack([blocks[1:-1, :-1].reshape(-1), blocks[1:-1, 1:].reshape(-1)], axis=1)
    return np.concatenate([along, across])


def _kept_in_mesh(beside: IntArray, is_main: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Leave edges of side streets out at random, so that every block grows together with one other at most.

    Each block's rim stays a ring without a place passed twice, and so no place's loss parts the district.
    """
    kept = np.ones(len(beside), bool)
    is_single = np.ones(int(beside.max()) + 1, bool)
    most = round(MISSING * np.count_nonzero(~is_main))
    for edge in rng.permutation(len(beside)).tolist():
        pair = beside[edge]
        if not is_main[edge] and (pair >= 0).all() and is_single[pair].all() and np.count_nonzero(~kept) < most:
            kept[edge] = is_single[pair] = False
    return kept


def _with_dead_ends(
    streets: Streets, blocks: int, columns: int, first_street: int, rng: np.random.Generator
) -> Streets:
    """Let lanes run from some blocks' lower edges, which are the first `blocks` edges, into the block."""
    chosen = np.flatnonzero(rng.random(blocks) < DEAD_ENDS)
    tails, heads = streets.ends[chosen].T
    share = rng.uniform(0.35, 0.65, len(chosen))[:, None]
    depth = rng.uniform(*DEPTH, len(chosen))[:, None]
    xy_m = streets.xy_m
    mouth = (1.0 - share) * xy_m[tails] + share * xy_m[heads]
    above = (1.0 - share) * xy_m[tails + columns] + share * xy_m[heads + columns]
    mouths = len(xy_m) + np.arange(len(chosen))
    ends = streets.ends.copy()
    ends[chosen, 1] = mouths
    return Streets(
        xy_m=np.concatenate([xy_m, mouth, (1.0 - depth) * mouth + depth * above]),
        ends=np.concatenate(
            [ends, np.stack([mouths, heads], axis=1), np.stack([mouths, mouths + len(chosen)], axis=1)]
        ),
        ranks=np.concatenate([streets.ranks, streets.ranks[chosen], np.full(len(chosen), "lane", "U8")]),
        street=np.concatenate([streets.street, streets.street[chosen], first_street + np.arange(len(chosen))]),
        centres_m=streets.centres_m,
    )


def _turned(streets: Streets, rng: np.random.Generator) -> Streets:
    angle = rng.uniform(-TURN, TURN)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return Streets(
        xy_m=streets.xy_m @ turn,
        ends=streets.ends,
        ranks=streets.ranks,
        street=streets.street,
        centres_m=streets.centres_m,
    )
