"""Recompute the cost of a location plan from the problem alone, and name every rule it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.optimise.location.candidates import CandidateLists
    from ponplan.optimise.location.problem import CapacitatedProblem, UncapacitatedProblem
    from ponplan.optimise.location.solution import LocationSolution

_TOLERANCE = 1e-6


def judge_uncapacitated(problem: UncapacitatedProblem, solution: LocationSolution) -> tuple[float, list[str]]:
    """Give the plan's true cost (inf if it uses an unlisted pair) and the rules it breaks."""
    shares = np.ones(len(solution.assignment))
    clients = np.arange(len(solution.assignment))
    cost, faults = _serving_cost(problem.candidates, clients, solution.assignment, shares)
    faults += _open_faults(solution, solution.assignment, problem.num_open)
    return cost + float(problem.fixed_costs[solution.open].sum()), faults


def judge_capacitated(problem: CapacitatedProblem, solution: LocationSolution) -> tuple[float, list[str]]:
    """Give the plan's true cost (inf if it uses an unlisted pair) and the rules it breaks."""
    clients, sites, shares = _parts(problem, solution)
    cost, faults = _serving_cost(problem.candidates, clients, sites, shares)
    faults += _open_faults(solution, sites, problem.num_open)
    served = np.bincount(clients, weights=shares, minlength=problem.candidates.num_clients)
    faults += [f"client {i} is served {served[i]:.9g} times" for i in np.flatnonzero(np.abs(served - 1) > _TOLERANCE)]
    loads = np.bincount(sites, weights=shares * problem.demands[clients], minlength=problem.candidates.num_sites)
    over = loads > problem.capacities * (1 + _TOLERANCE) + _TOLERANCE
    faults += [f"site {j} carries {loads[j]:.9g} of {problem.capacities[j]:.9g}" for j in np.flatnonzero(over)]
    return cost + float(problem.fixed_costs[solution.open].sum()), faults


def _parts(
    problem: CapacitatedProblem, solution: LocationSolution
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    parts = (solution.share_clients, solution.share_sites, solution.shares)
    if problem.single_source or parts[0] is None or parts[1] is None or parts[2] is None:
        clients = np.arange(len(solution.assignment))
        return clients, solution.assignment, np.ones(len(clients))
    return parts[0], parts[1], parts[2]


def _serving_cost(
    lists: CandidateLists, clients: NDArray[np.int64], sites: NDArray[np.int64], shares: NDArray[np.float64]
) -> tuple[float, list[str]]:
    known = {
        (int(client), int(site)): float(cost)
        for client, site, cost in zip(lists.clients, lists.sites, lists.costs, strict=True)
    }
    cost, faults = 0.0, []
    for client, site, share in zip(clients.tolist(), sites.tolist(), shares.tolist(), strict=True):
        if (client, site) not in known:
            faults.append(f"client {client} may not be served by site {site}")
        cost += share * known.get((client, site), np.inf)
    return cost, faults


def _open_faults(solution: LocationSolution, used: NDArray[np.int64], num_open: int | None) -> list[str]:
    closed = np.setdiff1d(used, solution.open)
    faults = [f"site {j} serves but is not open" for j in closed.tolist()]
    if len(np.unique(solution.open)) != len(solution.open):
        faults.append("a site is opened twice")
    if num_open is not None and len(solution.open) != num_open:
        faults.append(f"{len(solution.open)} sites are open, {num_open} are asked")
    return faults
