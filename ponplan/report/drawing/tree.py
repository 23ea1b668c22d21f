"""The tree that one port feeds, as rows to draw: its splitters, its terminals, and what lies between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.topology.trace import link_elements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.topology.network import Link
    from ponplan.topology.survey import Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A link as it is drawn: its fibres in words, its length and what it takes, the splitter before it left out."""

    link: Link
    way: str
    length_m: float
    splices: int
    down_db: float
    up_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A device that light arrives at: a splitter with branches behind it, or a terminal with its path."""

    stretch: Stretch
    path: int | None  # index into the survey's paths; None at a splitter
    behind: tuple[Branch, ...]

    def leaves(self) -> Iterator[Branch]:
        """Give the ends of this branch in the order of legs; a splitter without links is an end."""
        if not self.behind:
            yield self
        for branch in self.behind:
            yield from branch.leaves()

    def inner(self) -> Iterator[Branch]:
        """Give this branch and those behind it that are splitters, nearest first."""
        if self.path is None:
            yield self
            for branch in self.behind:
                yield from branch.inner()

    def depth(self) -> int:
        """Give the number of splitters in a row."""
        return (self.path is None) + max((branch.depth() for branch in self.behind), default=0)


class Trees:
    """The trees of all ports of a network."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        arrivals = survey.arrivals
        self._behind: dict[int, list[int]] = {}
        self._firsts: dict[int, list[int]] = {}
        for arrival, parent in enumerate(arrivals.parents.tolist()):
            if parent >= 0:
                self._behind.setdefault(parent, []).append(arrival)
            else:
                self._firsts.setdefault(int(arrivals.ports[arrival]), []).append(arrival)
        self._paths = {arrival: path for path, arrival in enumerate(survey.onu_paths.arrivals.tolist())}

    def of_port(self, row: int) -> tuple[Branch, ...]:
        """Give what a port feeds."""
        return tuple(self._branch(arrival, row) for arrival in self._firsts.get(row, ()))

    def _branch(self, arrival: int, port: int) -> Branch:
        arrivals, links = self.survey.arrivals, self.survey.network.links
        behind = sorted(self._behind.get(arrival, ()), key=lambda one: links[arrivals.links[one]].from_port)
        return Branch(
            stretch=self.stretch(int(arrivals.links[arrival]), port),
            path=self._paths.get(arrival),
            behind=tuple(self._branch(one, port) for one in behind),
        )

    def stretch(self, row: int, port: int) -> Stretch:
        """Give a link in words and figures, as light from a port meets it."""
        survey = self.survey
        met = [one for one in link_elements(survey, survey.network.ports[port], row) if one.kind != "splitter"]
        fibres = [one for one in met if one.kind == "fibre"]
        return Stretch(
            link=survey.network.links[row],
            way=" · ".join(f"{one.id}:{one.fibre} {one.length_m:.1f} m" for one in fibres),
            length_m=sum(one.length_m for one in fibres),
            splices=sum(one.kind == "splice" for one in met),
            down_db=sum(one.down_max_db for one in met),
            up_db=sum(one.up_max_db for one in met),
        )


def pages(leaves: Sequence[Branch], heights: tuple[float, float, float], trees: Sequence[Branch]) -> list[range]:
    """Share leaves out over pages.

    Parameters
    ----------
    heights
        Of a page, of a row, and of the line that each splitter shown on the page takes besides.
    """
    page_mm, row_mm, line_mm = heights
    owners = _owners(trees)
    found, start = [], 0
    while start < len(leaves):
        end, above = start, set(owners[id(leaves[start])])
        while end < len(leaves):
            more = above | owners[id(leaves[end])]
            if end > start and (end + 1 - start) * row_mm + len(more) * line_mm > page_mm:
                break
            above, end = more, end + 1
        found.append(range(start, end))
        start = end
    return found


def _owners(trees: Sequence[Branch]) -> dict[int, set[int]]:
    """Give the splitters above each leaf, itself among them if it is one."""
    found: dict[int, set[int]] = {}

    def walk(branch: Branch, above: frozenset[int]) -> None:
        mine = above | {id(branch)} if branch.path is None else above
        if not branch.behind:
            found[id(branch)] = set(mine)
        for one in branch.behind:
            walk(one, mine)

    for tree in trees:
        walk(tree, frozenset())
    return found
