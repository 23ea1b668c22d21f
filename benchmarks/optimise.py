"""Run the solvers on files of the public benchmark sets: one JSON line per instance, judged by independent code.

    benchmarks/optimise.py SET FILE... [--seconds S] [--seed K] [--capacity C] [--solution OUT]

A set is a module of `sets/` with these names:

DEFAULT_SECONDS         wall time per instance when none is given
read(path, capacity)    a problem; capacity is None or the number that replaces the word `capacity`
warm_up()               solve something tiny, so that everything is compiled before the clock starts
solve(problem, stop, rng)   an object with cost, bound and whatever the next two need
judge(path, capacity, answer)   the cost computed anew from the file; raises ValueError if the answer is wrong
write(problem, answer)  the solution as text
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ponplan.optimise.progress import gap_percent
from ponplan.optimise.stop import MaxSeconds

if TYPE_CHECKING:
    from types import ModuleType

SETS = ("steiner", "pmed", "cap", "cpmp", "tscflp")
# kept free at the end for writing down what was found
RESERVE = 0.01


def main() -> int:
    """Run every file and say whether all answers were judged right."""
    options = _options()
    chosen = importlib.import_module(f"sets.{options.set}")
    chosen.warm_up()
    is_right = True
    for path in options.files:
        line = run_file(chosen, path, options)
        is_right = is_right and "fault" not in line
        print(json.dumps(line), flush=True)
    return 0 if is_right else 1


def run_file(chosen: ModuleType, path: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Read, solve, judge and write one file; only reading and solving are timed."""
    _forget_peak()
    seconds = chosen.DEFAULT_SECONDS if options.seconds is None else options.seconds
    started = time.perf_counter()
    stop = MaxSeconds(seconds * (1.0 - RESERVE))
    problem = chosen.read(path, options.capacity)
    answer = chosen.solve(problem, stop, np.random.default_rng(options.seed))
    line: dict[str, Any] = {
        "instance": path.name,
        "cost": answer.cost,
        "bound": answer.bound,
        "gap_percent": round(gap_percent(answer.cost, answer.bound), 6),
        "seconds": round(time.perf_counter() - started, 3),
        "peak_mb": round(_peak_mb(), 1),
    }
    try:
        judged = chosen.judge(path, options.capacity, answer)
    except ValueError as fault:
        return line | {"fault": str(fault)}
    if abs(judged - answer.cost) > 1e-6 * max(1.0, abs(judged)):
        line["fault"] = f"the judge finds cost {judged}"
    if options.solution is not None:
        _solution_path(options, path).write_text(chosen.write(problem, answer), encoding="utf-8")
    return line


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the solvers on files of the public benchmark sets.")
    parser.add_argument("set", choices=SETS)
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, help="wall time per instance, without compiling")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--capacity", type=float, help="for cap files whose capacity is a word")
    parser.add_argument("--solution", type=Path, help="write the solution here; a folder if there are more files")
    return parser.parse_args()


def _solution_path(options: argparse.Namespace, path: Path) -> Path:
    out: Path = options.solution
    if len(options.files) == 1 and not out.is_dir():
        return out
    out.mkdir(parents=True, exist_ok=True)
    return out / f"{path.name.removesuffix('.gz')}.sol"


def _forget_peak() -> None:
    """Start the count of peak memory anew, where the system can."""
    refs = Path("/proc/self/clear_refs")
    if refs.exists():
        refs.write_text("5", encoding="ascii")


def _peak_mb() -> float:
    """Give the peak resident memory since it was forgotten, or else since the start."""
    status = Path("/proc/self/status")
    if status.exists():
        for row in status.read_text(encoding="ascii").splitlines():
            if row.startswith("VmHWM:"):
                return int(row.split()[1]) / 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


if __name__ == "__main__":
    sys.exit(main())
