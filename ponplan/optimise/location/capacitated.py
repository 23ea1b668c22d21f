"""Solve location problems with capacities, shared-out or whole clients, with free or fixed numbers of sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.optimise.location.effort import check_listed, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from ponplan.optimise.location.problem import CapacitatedProblem
    from ponplan.optimise.location.solution import LocationSolution
    from ponplan.optimise.progress import Observer
    from ponplan.optimise.stop import Stop


def solve_capacitated(
    problem: CapacitatedProblem,
    *,
    stop: Stop,
    rng: np.random.Generator,
    observers: Sequence[Observer[LocationSolution]] = (),
) -> LocationSolution:
    """Open sites and serve all demand within their capacities, at least fixed plus serving cost.

    Counted work is the number of list entries looked at by the bound and of moves tried by the search. The search
    ends early when the plan is proven optimal (to 1e-9 of its cost; exactly, where all costs are whole numbers).

    Raises
    ------
    Infeasible
        If a client has no listed site, the capacities cannot hold the demand, or no plan was found.
    """
    check_listed(problem.candidates)
    _check_room(problem)
    if problem.single_source:
        from ponplan.optimise.location.whole import WholeSearch

        return WholeSearch(problem, stop, rng, observers).run()
    from ponplan.optimise.location.shared import SharedSearch

    return SharedSearch(problem, stop, rng, observers).run()


def _check_room(problem: CapacitatedProblem) -> None:
    largest = sorted(problem.capacities.tolist(), reverse=True)[: problem.num_open]
    demand = float(problem.demands.sum())
    if sum(largest) < demand * (1.0 - 1e-9):
        text = f"the sites hold {sum(largest):.9g}, the clients ask for {demand:.9g}"
        raise refuse([(None, text)], remedy="give more sites or more capacity")
