"""Design areas one after the other: cost, bound, gap, wall time and peak memory, a JSON line each.

    python benchmarks/design.py [AREA ...]

Without arguments: the bundled topologies, and the towns and the whole country of ../shared/data where it is there.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PONPLAN = Path(sys.executable).with_name("ponplan")
MAP = ROOT.parent / "shared" / "data" / "area" / "liechtenstein.osm.pbf"
TOWNS = (
    "Vaduz",
    "Schaan",
    "Balzers",
    "Triesen",
    "Eschen",
    "Mauren",
    "Triesenberg",
    "Ruggell",
    "Gamprin",
    "Schellenberg",
    "Planken",
)
SHOWN = ("customers_total", "customers_served", "cost_total", "cost_bound", "gap_percent", "gap_avoidable_percent")


def main(arguments: list[str]) -> None:
    """Measure the areas named, or the usual ones."""
    if arguments:
        for area in arguments:
            measure(Path(area))
        return
    for area in sorted(path.parent for path in (ROOT / "topologies").glob("*/area.toml")):
        measure(area)
    if MAP.exists():
        with tempfile.TemporaryDirectory() as folder:
            for name, options in [*((town, ["--place", town]) for town in TOWNS), ("country", [])]:
                area = Path(folder) / name
                run("import", "osm", str(MAP), "-o", str(area), *options)
                measure(area)


def measure(area: Path) -> None:
    """Design one area in a process of its own and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        answer = json.loads(run("design", str(area), "-o", str(Path(folder) / "design.gpkg"), "--json"))
        seconds = time.perf_counter() - started
        check = json.loads(run("check", str(Path(folder) / "design.gpkg"), "--json", may_find=True))
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0
    line = {"area": area.name, **{name: answer[name] for name in SHOWN}}
    line |= {"violations": len(check["violations"]), "seconds": round(seconds, 2), "peak_mb_so_far": round(peak_mb)}
    print(json.dumps(line), flush=True)


def run(*arguments: str, may_find: bool = False) -> str:
    """Run a ponplan command and give its stdout; a failure ends the benchmark."""
    done = subprocess.run([PONPLAN, *arguments], capture_output=True, text=True, check=False)
    if done.returncode and not (may_find and done.returncode == 4):
        sys.exit(f"ponplan {' '.join(arguments)} ended with {done.returncode}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
