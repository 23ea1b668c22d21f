"""Unavailability of a terminal with one, two or more ways, exact for any number of faults at once.

Elements fail independently of one another; what two ways share is one element of both (the common cause). A terminal
is down when every way has an element down: inclusion and exclusion over its ways (Barlow and Proschan 1975, ch. 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.failover.availability.elements import FailingElement


@dataclass(frozen=True, kw_only=True)
class TerminalWays:
    """The elements of each way of one terminal, working ways first, by number into a list of elements."""

    elements: Sequence[FailingElement]
    ways: tuple[frozenset[int], ...]

    @cached_property
    def unavailability(self) -> float:
        """Long-run share of time without any whole way."""
        if len(self.ways) != 2:
            return self._down_given({})
        common, first, second = self._two
        return 1.0 - common * (first + second - first * second)

    @cached_property
    def _two(self) -> tuple[float, float, float]:
        """Of two ways: the shares of time in which all common elements, and each way's own ones, are up."""
        first, second = self.ways
        return self._up(self._common), self._up(first - self._common), self._up(second - self._common)

    def _up(self, numbers: frozenset[int]) -> float:
        return prod(1.0 - self.elements[number].unavailability for number in sorted(numbers))

    @cached_property
    def single(self) -> float:
        """Sum over elements that take all ways: what single faults contribute, to first order."""
        return sum(self.elements[number].unavailability for number in self._common)

    @cached_property
    def double(self) -> float:
        """Sum over pairs of elements that only together take all ways: double faults, to second order."""
        rest = [way - self._common for way in self.ways]
        if len(rest) < 2 or any(not way for way in rest):
            return 0.0
        if len(rest) == 2:  # nothing is on both any more, so that a pair is one of each
            first, second = (sum(self.elements[number].unavailability for number in sorted(way)) for way in rest)
            return first * second
        union = sorted(frozenset().union(*rest))
        return sum(
            self.elements[a].unavailability * self.elements[b].unavailability
            for a, b in combinations(union, 2)
            if all(a in way or b in way for way in rest)
        )

    @cached_property
    def _common(self) -> frozenset[int]:
        return frozenset.intersection(*self.ways) if self.ways else frozenset()

    def _down_given(self, fixed: Mapping[int, float]) -> float:
        """Give the share of time without a whole way if some elements have another unavailability."""
        up = 0.0
        for count in range(1, len(self.ways) + 1):
            sign = 1.0 if count % 2 else -1.0
            for chosen in combinations(self.ways, count):
                union = frozenset().union(*chosen)
                shares = (fixed.get(number, self.elements[number].unavailability) for number in sorted(union))
                up += sign * prod(1.0 - share for share in shares)
        return 1.0 - up

    def blame(self) -> dict[int, float]:
        """Give the share of time that each element costs: what would be saved if it never failed."""
        found = {}
        for number in sorted(frozenset().union(*self.ways)):
            up = 1.0 - self.elements[number].unavailability
            if len(self.ways) == 1:
                found[number] = (1.0 - self.unavailability) * (1.0 / up - 1.0)
            elif len(self.ways) == 2:
                found[number] = self.unavailability - self._two_with(number, 1.0 / up)
            else:
                found[number] = self.unavailability - self._down_given({number: 0.0})
        return found

    def _two_with(self, number: int, factor: float) -> float:
        """Give the unavailability of two ways when one element's share of time up is multiplied."""
        common, first, second = self._two
        if number in self._common:
            common *= factor
        elif number in self.ways[0]:
            first *= factor
        else:
            second *= factor
        return 1.0 - common * (first + second - first * second)

    def switchovers_per_year(self) -> dict[int, float]:
        """Give how often each element takes the working way while another is whole; traffic reverts after repairs."""
        if len(self.ways) < 2:
            return {}
        found = {}
        for number in sorted(self.ways[0] - self._common):
            element = self.elements[number]
            if len(self.ways) == 2:
                common, first, second = self._two
                ready = common * first * second / (1.0 - element.unavailability)
            else:
                # just before the failure everything else on the working way is up, just after it another way is
                others = dict.fromkeys(self.ways[0] - {number}, 0.0)
                ready = self._up(self.ways[0] - {number}) * (1.0 - self._down_given({**others, number: 1.0}))
            found[number] = element.failures_per_year_met * ready
        return found
