"""Two-stage capacitated location: `I J K`, demands, plants, costs to satellites, satellites, costs to clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.optimise.stop import MaxWork
from ponplan.optimise.twostage.problem import Arcs, TwoStageProblem, Units
from ponplan.optimise.twostage.solve import solve_two_stage

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.optimise.stop import Stop
    from ponplan.optimise.twostage.solution import TwoStageSolution

DEFAULT_SECONDS = 120.0


def read(path: Path, capacity: float | None) -> TwoStageProblem:  # noqa: ARG001 - only cap has one
    """Read a problem."""
    words = path.read_text(encoding="ascii").split()
    num_upper, num_lower, num_clients = (int(word) for word in words[:3])
    sizes = (num_clients, 2 * num_upper, num_upper * num_lower, 2 * num_lower, num_lower * num_clients)
    parts = np.split(np.array(words[3 : 3 + sum(sizes)], dtype=float), np.cumsum(sizes)[:-1])
    plants, satellites = parts[1].reshape(-1, 2), parts[3].reshape(-1, 2)
    return TwoStageProblem(
        upper=Units.one_per_site(plants[:, 1], plants[:, 0]),
        lower=Units.one_per_site(satellites[:, 1], satellites[:, 0]),
        feeds=Arcs.from_matrix(parts[2].reshape(num_upper, num_lower)),
        drops=Arcs.from_matrix(parts[4].reshape(num_lower, num_clients)),
        demands=parts[0],
    )


def warm_up() -> None:
    """Solve a small random problem; nothing is compiled, but HiGHS is loaded."""
    rng = np.random.default_rng(0)
    problem = TwoStageProblem(
        upper=Units.one_per_site(rng.random(3), np.full(3, 9.0)),
        lower=Units.one_per_site(rng.random(5), np.full(5, 4.0)),
        feeds=Arcs.from_matrix(rng.random((3, 5))), drops=Arcs.from_matrix(rng.random((5, 9))), demands=np.ones(9),
    )  # fmt: skip
    solve_two_stage(problem, stop=MaxWork(10_000), rng=rng)


def solve(problem: TwoStageProblem, stop: Stop, rng: np.random.Generator) -> TwoStageSolution:
    """Solve."""
    return solve_two_stage(problem, stop=stop, rng=rng)


def judge(path: Path, capacity: float | None, answer: TwoStageSolution) -> float:  # noqa: ARG001 - only cap has one
    """Follow every flow through the file's numbers one by one."""
    words = iter(path.read_text(encoding="ascii").split())
    num_upper, num_lower, num_clients = (int(next(words)) for _ in range(3))
    wanted = [float(next(words)) for _ in range(num_clients)]
    plants = [(float(next(words)), float(next(words))) for _ in range(num_upper)]
    total, sent, fed, passed = 0.0, [0.0] * num_upper, [0.0] * num_lower, [0.0] * num_lower
    feeds, drops = iter(answer.feed_flows.tolist()), iter(answer.drop_flows.tolist())
    for i in range(num_upper):
        for j in range(num_lower):
            flow = next(feeds)
            total += flow * float(next(words))
            sent[i], fed[j] = sent[i] + flow, fed[j] + flow
    satellites = [(float(next(words)), float(next(words))) for _ in range(num_lower)]
    for j in range(num_lower):
        for k in range(num_clients):
            flow = next(drops)
            total += flow * float(next(words))
            passed[j], wanted[k] = passed[j] + flow, wanted[k] - flow
    stages = (("plant", plants, answer.upper_units, sent), ("satellite", satellites, answer.lower_units, passed))
    for name, sites, installed, flows in stages:
        opened = set(installed.tolist())
        total += sum(sites[site][1] for site in opened)
        for site, flow in enumerate(flows):
            if flow > (sites[site][0] if site in opened else 0.0) + 1e-5:
                raise ValueError(f"{name} {site + 1} passes {flow}")
    if max(abs(rest) for rest in wanted) > 1e-5 or max(abs(x - y) for x, y in zip(fed, passed, strict=True)) > 1e-4:
        raise ValueError("flow is lost or made up")
    return total


def write(problem: TwoStageProblem, answer: TwoStageSolution) -> str:
    """Give cost, plants, satellites, then `plant satellite flow` and `satellite client flow`, numbered from 1."""
    lines = [f"{answer.cost:.15g}"]
    lines += [
        " ".join(str(unit + 1) for unit in units.tolist()) for units in (answer.upper_units, answer.lower_units)
    ]
    for arcs, flows in ((problem.feeds, answer.feed_flows), (problem.drops, answer.drop_flows)):
        lines += [f"{arcs.tails[k] + 1} {arcs.heads[k] + 1} {flows[k]:.15g}" for k in np.flatnonzero(flows)]
    return "\n".join(lines) + "\n"
