"""What the planner has locked and is not built: each splitter is set again where it was, each site is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.errors import DesignFileError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.design.places import Place
    from ponplan.design.planes import Plane
    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import Network, Splitter


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


def refuse_forgotten(problem: PlanProblem, network: Network) -> None:
    """Complain about a plan that leaves locked things unused, as where free legs took every customer.

    Raises
    ------
    DesignFileError
        Names each of them.
    """
    standing = problem.standing
    assert standing is not None  # noqa: S101 - there are no wishes without kept plant
    feeding = {link.from_device for link in network.links}
    hosts = {one.node for one in network.splitters}
    hosts |= {node.site for node in network.nodes if node.id in hosts}
    faults = [_fault(one, "nobody is left for it") for one in standing.wished if one.id not in feeding]
    locked = {site.id for site in problem.area.sites if site.locked} | standing.waiting
    waits = "the locked site cannot be used: nobody is left for it"
    faults += [
        Fault(file="sites", row=name, field="locked", value=True, problem=waits, remedy="unlock it")
        for name in sorted(locked - hosts)
    ]
    if faults:
        raise DesignFileError(faults)


def unusable(splitter: Splitter, reason: str) -> DesignFileError:
    """Give the complaint about a locked splitter that cannot be used."""
    return DesignFileError([_fault(splitter, reason)])


def _fault(splitter: Splitter, reason: str) -> Fault:
    problem = f"the locked splitter {splitter.type} in {splitter.node} cannot be used: {reason}"
    return Fault(file="splitters", row=splitter.id, field="locked", value=True, problem=problem, remedy="unlock it")
