"""Run the solvers on the public instances of ../shared/data/bench and add a row per set to benchmarks/results.md.

    python benchmarks/public.py [SET ...] [--share X]

`--share` scales every time limit; a row says so. Rows are never taken out, also when they are bad.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT.parent / "shared" / "data" / "bench"
RESULTS = ROOT / "benchmarks" / "results.md"
COLUMNS = ("version", "commit", "set", "instances", "limit s", "above mean", "above worst")
COLUMNS += ("gap mean", "gap worst", "longest s", "peak MB")
HEAD = f"""# Solvers on public instances

One row per run, newest last; bad rows stay. "above" is the mean and worst distance of the cost to the table's best
known value, "gap" the mean and worst proven gap 100 (cost - bound) / cost, both in per cent.

| {" | ".join(COLUMNS)} |
{"|---" * len(COLUMNS)}|
"""
SECONDS = {
    "steiner": 30.0,
    "steiner-g": 120.0,
    "pmed": 60.0,
    "cap": 5.0,
    "cap-ab": 300.0,
    "cpmp": 60.0,
    "tscflp": 120.0,
}


def main() -> None:
    """Run the sets named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=["steiner", "pmed", "cap", "cpmp", "tscflp"])
    parser.add_argument("--share", type=float, default=1.0)
    arguments = parser.parse_args()
    if not BENCH.is_dir():
        sys.exit(f"{BENCH} is not there; nothing to measure")
    if not RESULTS.exists():
        RESULTS.write_text(HEAD, encoding="utf-8")
    for name in arguments.sets:
        for group, instances in _groups(name).items():
            seconds = SECONDS[group] * arguments.share
            rows = [_solve(name, *instance, seconds=seconds) for instance in instances]
            _append(group, seconds, rows)


def _groups(name: str) -> dict[str, list[tuple[str, str | None, float]]]:
    """Give a set's instances (file, capacity, best known value), those with another time limit apart."""
    groups: dict[str, list[tuple[str, str | None, float]]] = {}
    with (BENCH / name / "optima.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path, _, capacity = row["instance"].partition(" capacity=")
            group = name
            if row.get("family") == "vienna-geo-original":
                group = "steiner-g"
            elif capacity:
                group = "cap-ab"
            best = float(row.get("optimum") or row["best_known"])
            groups.setdefault(group, []).append((path, capacity or None, best))
    return groups


def _solve(name: str, path: str, capacity: str | None, best: float, *, seconds: float) -> dict[str, float]:
    command = [sys.executable, str(ROOT / "benchmarks" / "optimise.py"), name, str(BENCH / path)]
    command += ["--seconds", str(seconds), *(["--capacity", capacity] if capacity else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}\n{done.stderr}")
    line = json.loads(done.stdout.splitlines()[-1])
    line["above"] = 100.0 * (line["cost"] - best) / best
    print(json.dumps(line), flush=True)
    return line


def _append(group: str, seconds: float, rows: list[dict[str, float]]) -> None:
    import ponplan

    commit = subprocess.run(
        ["/usr/bin/env", "git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    above, gaps = [row["above"] for row in rows], [row["gap_percent"] for row in rows]
    cells = [ponplan.__version__, commit.stdout.strip() or "-", group, str(len(rows)), f"{seconds:g}"]
    cells += [f"{value:.4f}" for value in (mean(above), max(above), mean(gaps), max(gaps))]
    cells += [f"{max(row['seconds'] for row in rows):.1f}", f"{max(row['peak_mb'] for row in rows):.0f}"]
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(f"| {' | '.join(cells)} |\n")


if __name__ == "__main__":
    main()
