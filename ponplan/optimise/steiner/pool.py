"""A pool of good trees of different cost, from which parents are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from ponplan.optimise.steiner.base import Tree


class Pool:
    """Keep the cheapest trees; trees of equal cost are taken for the same."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._trees: list[Tree] = []

    def __len__(self) -> int:
        return len(self._trees)

    @property
    def best(self) -> Tree:
        """The cheapest tree."""
        return self._trees[0]

    @property
    def trees(self) -> tuple[Tree, ...]:
        """All trees, the cheapest first."""
        return tuple(self._trees)

    def add(self, tree: Tree) -> bool:
        """Take the tree in unless its cost is there, or the pool is full of cheaper ones; say whether it came in."""
        if any(tree.cost == other.cost for other in self._trees):
            return False
        self._trees.append(tree)
        self._trees.sort(key=lambda kept: kept.cost)
        if len(self._trees) <= self._room:
            return True
        return self._trees.pop() is not tree

    def draw(self, count: int, rng: np.random.Generator) -> list[Tree]:
        """Draw up to `count` different trees."""
        picked = rng.permutation(len(self._trees))[:count]
        return [self._trees[i] for i in sorted(picked.tolist())]
