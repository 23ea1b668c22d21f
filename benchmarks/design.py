"""Design areas one after the other: cost, bound, gap, wall and processor time and peak memory, a JSON line each.

    python benchmarks/design.py [--ducts] [--city CUSTOMERS] [--jobs N] [AREA ...]

Without areas: the bundled topologies, and the towns and the whole country of ../shared/data where it is there; with
`--ducts` the towns with every street as an existing duct with room, so that nothing is dug but the ways to premises;
with `--city` a generated mixed town of so many customers. Seconds are wall time; processor time is of all processes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from ponplan.area import read_area, write_area

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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ducts", action="store_true")
    parser.add_argument("--city", type=int, action="append", default=[])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("areas", nargs="*", type=Path)
    asked = parser.parse_args(arguments)
    in_ducts, named, jobs = asked.ducts, asked.areas, asked.jobs
    bundled = [] if in_ducts else sorted(path.parent for path in (ROOT / "topologies").glob("*/area.toml"))
    with tempfile.TemporaryDirectory() as folder:
        for count in asked.city:
            area = Path(folder) / f"city-{count}"
            run("generate", "mixed-town", "-o", str(area), "--customers", str(count))
            measure(area, jobs)
        for area in named or ([] if asked.city else bundled):
            measure(as_ducts(area, Path(folder)) if in_ducts else area, jobs)
        if named or asked.city or not MAP.exists():
            return
        for name, options in [
            *((town, ["--place", town]) for town in TOWNS),
            *([] if in_ducts else [("country", [])]),
        ]:
            area = Path(folder) / name
            run("import", "osm", str(MAP), "-o", str(area), *options)
            measure(as_ducts(area, Path(folder)) if in_ducts else area, jobs)


def as_ducts(folder: Path, into: Path) -> Path:
    """Write an area with every street as an existing duct, and more free bores than anybody fills."""
    area = read_area(folder)
    ducts = tuple(replace(route, surface="existing-duct", free_bores=99) for route in area.routes)
    written = into / f"{folder.name}-ducts"
    write_area(replace(area, routes=ducts), written)
    return written


def measure(area: Path, jobs: int) -> None:
    """Design one area in a process of its own and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        started, worked = time.perf_counter(), cpu_seconds()
        design = Path(folder) / "design.gpkg"
        answer = json.loads(run("design", str(area), "-o", str(design), "--jobs", str(jobs), "--json"))
        seconds, cpu = time.perf_counter() - started, cpu_seconds() - worked
        check = json.loads(run("check", str(design), "--json", may_find=True))
        file_mb = design.stat().st_size / 1e6
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0
    line = {"area": area.name, **{name: answer[name] for name in SHOWN}}
    line |= {
        "violations": len(check["violations"]),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_mb_so_far": round(peak_mb),
        "file_mb": round(file_mb, 1),
    }
    print(json.dumps(line), flush=True)


def cpu_seconds() -> float:
    """Give the processor time of all commands run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(*arguments: str, may_find: bool = False) -> str:
    """Run a ponplan command and give its stdout; a failure ends the benchmark."""
    done = subprocess.run([PONPLAN, *arguments], capture_output=True, text=True, check=False)
    if done.returncode and not (may_find and done.returncode == 4):
        sys.exit(f"ponplan {' '.join(arguments)} ended with {done.returncode}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
