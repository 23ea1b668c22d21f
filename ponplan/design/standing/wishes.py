"""Splitters that the planner has locked and that are not built: each is set again where it was, with its type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.errors import DesignFileError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import Splitter


class Wishes:
    """Locked splitters that wait for customers, by place and technology."""

    def __init__(self, problem: PlanProblem, places: Sequence[Place]) -> None:
        self._places = places
        self._left = list(problem.standing.wished) if problem.standing is not None else []

    def at(self, place: int, plane: Plane) -> list[Splitter]:
        """Give the splitters that wait at a place for customers of a plane, and take them off the list."""
        here = {self._places[place].node, self._places[place].id} - {""}
        found = [one for one in self._left if one.node in here and one.technology == plane.technology.id]
        self._left = [one for one in self._left if one not in found]
        return found

    def refuse_left_over(self) -> None:
        """Complain about splitters that nobody is left for.

        Raises
        ------
        DesignFileError
            Names each of them.
        """
        if self._left:
            raise DesignFileError(
                [_fault(one, "no customer of its technology is served from there") for one in self._left]
            )


def unusable(splitter: Splitter, reason: str) -> DesignFileError:
    """Give the complaint about a locked splitter that cannot be used."""
    return DesignFileError([_fault(splitter, reason)])


def _fault(splitter: Splitter, reason: str) -> Fault:
    problem = f"the locked splitter {splitter.type} in {splitter.node} cannot be used: {reason}"
    return Fault(file="splitters", row=splitter.id, field="locked", value=True, problem=problem, remedy="unlock it")
