"""Random small location problems and their optima by an independent model in scipy's HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix


@dataclass(frozen=True, kw_only=True)
class Case:
    """A location problem as plain matrices: clients x sites costs (inf: forbidden), None where a rule is absent."""

    costs: np.ndarray
    fixed: np.ndarray
    capacities: np.ndarray | None = None
    demands: np.ndarray | None = None
    whole: bool = True
    num_open: int | None = None


def _optimum(case: Case) -> float | None:
    """Give the optimum, or None when there is no plan: aggregated model, every pair a column."""
    num_clients, num_sites = case.costs.shape
    pairs = np.argwhere(np.isfinite(case.costs))
    columns = num_sites + len(pairs)
    serve, link = lil_matrix((num_clients, columns)), lil_matrix((len(pairs), columns))
    load = lil_matrix((num_sites, columns))
    for k, (i, j) in enumerate(pairs):
        serve[i, num_sites + k] = 1.0
        link[k, num_sites + k], link[k, j] = 1.0, -1.0
        if case.capacities is not None:
            load[j, num_sites + k] = case.demands[i]
    rules = [LinearConstraint(serve.tocsr(), 1, 1), LinearConstraint(link.tocsr(), -np.inf, 0)]
    if case.capacities is not None:
        for j in range(num_sites):
            load[j, j] = -case.capacities[j]
        rules.append(LinearConstraint(load.tocsr(), -np.inf, 0))
    if case.num_open is not None:
        rules.append(LinearConstraint((np.arange(columns) < num_sites)[None, :] * 1.0, case.num_open, case.num_open))
    integral = np.ones(columns)
    if not case.whole:
        integral[num_sites:] = 0
    objective = np.concatenate((case.fixed, case.costs[pairs[:, 0], pairs[:, 1]]))
    result = milp(objective, constraints=rules, integrality=integral, bounds=Bounds(0, 1), options={"mip_rel_gap": 0})
    if result.status == 2:
        return None
    assert result.status == 0
    return float(result.fun)


def _draw(seed: int, *, capacitated: bool, whole: bool = True, counted: bool = False, forbid: bool = False) -> Case:
    rng = np.random.default_rng(seed)
    num_clients, num_sites = int(rng.integers(4, 16)), int(rng.integers(3, 10))
    one, other = rng.random((num_clients, 2)), rng.random((num_sites, 2))
    costs = 100.0 * np.hypot(*(one[:, None] - other[None]).transpose(2, 0, 1))
    if seed % 2:
        costs = np.floor(costs)
    demands = rng.integers(1, 20, num_clients).astype(float)
    if seed % 3 == 0:
        costs *= demands[:, None]
    fixed = np.zeros(num_sites) if counted else np.floor(rng.uniform(0, 3 * costs.mean(), num_sites))
    count = int(rng.integers(1, num_sites)) if counted else None
    share = rng.uniform(1.15, 2.5) / (count or rng.integers(1, num_sites))
    capacities = np.floor(np.maximum(demands.max(), demands.sum() * share * rng.uniform(0.8, 1.3, num_sites)))
    if forbid:
        costs[rng.random(costs.shape) < 0.2] = np.inf
    return Case(
        costs=costs, fixed=fixed, capacities=capacities if capacitated else None,
        demands=demands if capacitated else None, whole=whole, num_open=count,
    )  # fmt: skip


@pytest.fixture(scope="session")
def optimum():
    """Give the function that finds a case's optimum, or None when there is no plan."""
    return _optimum


@pytest.fixture(scope="session")
def draw():
    """Give the function that draws a random case."""
    return _draw
