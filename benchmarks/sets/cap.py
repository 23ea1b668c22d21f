"""OR-Library capacitated warehouse location, demand may be shared out: `m n`, capacities and fixed costs, then rows.

A row is a customer's demand and the cost of serving all of it from each warehouse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.location.candidates import CandidateLists
from ponplan.optimise.location.capacitated import solve_capacitated
from ponplan.optimise.location.problem import CapacitatedProblem
from ponplan.optimise.stop import MaxWork

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.optimise.location.solution import LocationSolution
    from ponplan.optimise.stop import Stop

DEFAULT_SECONDS = 60.0


def read(path: Path, capacity: float | None) -> CapacitatedProblem:
    """Read a problem; `capacity` stands in for the word of that name."""
    words = path.read_text(encoding="ascii").split()
    num_sites, num_clients = int(words[0]), int(words[1])
    if "capacity" in words and capacity is None:
        raise SystemExit(f"{path.name} leaves the capacity open: give it with --capacity")
    sites = words[2 : 2 + 2 * num_sites]
    rows = np.array(words[2 + 2 * num_sites :][: num_clients * (num_sites + 1)], dtype=float)
    rows = rows.reshape(num_clients, num_sites + 1)
    return CapacitatedProblem(
        candidates=CandidateLists.from_matrix(rows[:, 1:]),
        fixed_costs=np.array(sites[1::2], dtype=float),
        capacities=np.array([capacity if word == "capacity" else float(word) for word in sites[::2]], dtype=float),
        demands=rows[:, 0],
        single_source=False,
    )


def warm_up() -> None:
    """Solve small random problems, on which every kernel has something to do."""
    rng = np.random.default_rng(0)
    for spread in (0.0, 0.5):
        one, other = rng.random((60, 2)), rng.random((20, 2))
        problem = CapacitatedProblem(
            candidates=CandidateLists.from_matrix(np.hypot(*(one[:, None] - other[None]).transpose(2, 0, 1))),
            fixed_costs=rng.random(20) + 1.0,
            capacities=12.0 * (1.0 + spread * rng.random(20)),
            demands=rng.random(60) + 0.5,
            single_source=False,
        )
        solve_capacitated(problem, stop=MaxWork(5_000_000), rng=rng)


def solve(problem: CapacitatedProblem, stop: Stop, rng: np.random.Generator) -> LocationSolution:
    """Solve."""
    return solve_capacitated(problem, stop=stop, rng=rng)


def judge(path: Path, capacity: float | None, answer: LocationSolution) -> float:
    """Add up fixed costs and shares of the file's costs, number by number, and hold the loads to the capacities."""
    words = iter(path.read_text(encoding="ascii").split())
    num_sites, num_clients = int(next(words)), int(next(words))
    rooms, fixed = [], []
    for _ in range(num_sites):
        word = next(words)
        rooms.append(float(capacity or 0) if word == "capacity" else float(word))
        fixed.append(float(next(words)))
    shares: dict[int, list[tuple[int, float]]] = {}
    if answer.share_clients is None or answer.share_sites is None or answer.shares is None:
        raise ValueError("no shares are given")
    parts = zip(answer.share_clients.tolist(), answer.share_sites.tolist(), answer.shares.tolist(), strict=True)
    for client, site, share in parts:
        shares.setdefault(client, []).append((site, share))
    opened = set(answer.open.tolist())
    total, loads = sum(fixed[site] for site in opened), [0.0] * num_sites
    for client in range(num_clients):
        demand, costs = float(next(words)), [float(next(words)) for _ in range(num_sites)]
        own = shares.get(client, [])
        if abs(sum(share for _, share in own) - 1.0) > 1e-6 or any(share < 0 for _, share in own):
            raise ValueError(f"customer {client + 1} is not served once")
        for site, share in own:
            loads[site] += share * demand
            total += share * costs[site]
    for site in range(num_sites):
        if loads[site] > (rooms[site] * (1 + 1e-6) if site in opened else 0.0):
            raise ValueError(f"warehouse {site + 1} carries {loads[site]} of {rooms[site]}")
    return total


def write(problem: CapacitatedProblem, answer: LocationSolution) -> str:  # noqa: ARG001 - the answer says it all
    """Give the cost, the open warehouses, then customer, warehouse and share, all numbered from 1."""
    opened = " ".join(str(site + 1) for site in answer.open.tolist())
    assert answer.share_clients is not None
    assert answer.share_sites is not None
    assert answer.shares is not None
    parts = zip(answer.share_clients.tolist(), answer.share_sites.tolist(), answer.shares.tolist(), strict=True)
    return f"{answer.cost:.15g}\n{opened}\n" + "".join(f"{i + 1} {j + 1} {share:.15g}\n" for i, j, share in parts)
