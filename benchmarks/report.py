"""Write the report and the drawings of an area, and open the report in a browser: seconds, megabytes, sheets.

    python benchmarks/report.py [AREA ...]

Without arguments: a generated town of 5,000 customers, and the whole country of ../shared/data where it is there.
The browser is the system's Chromium (`make system`); without it, opening is not measured.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PONPLAN = Path(sys.executable).with_name("ponplan")
MAP = ROOT.parent / "shared" / "data" / "area" / "liechtenstein.osm.pbf"


def main(arguments: list[str]) -> None:
    """Measure the areas named, or the usual ones."""
    with tempfile.TemporaryDirectory() as folder:
        areas = [Path(argument) for argument in arguments]
        if not areas:
            areas = [Path(folder) / "town-5000"]
            run("generate", "mixed-town", "-o", str(areas[0]), "--customers", "5000")
            if MAP.exists():
                areas.append(Path(folder) / "country")
                run("import", "osm", str(MAP), "-o", str(areas[1]))
        for area in areas:
            measure(area, Path(folder))


def measure(area: Path, folder: Path) -> None:
    """Design one area, then report and draw it, each in a process of its own, and print what it took."""
    design, page = folder / f"{area.name}.gpkg", folder / f"{area.name}.html"
    run("design", str(area), "-o", str(design))
    told = {"area": area.name}
    started = time.perf_counter()
    answer = json.loads(run("report", str(design), "-o", str(page), "--json"))
    told |= {"customers": answer["customers_total"], "report_s": round(time.perf_counter() - started, 1)}
    told |= {"report_mb": round(answer["bytes"] / 1e6, 1), "open_s": opened(page)}
    for form in ("svg", "pdf"):
        started = time.perf_counter()
        drawn = json.loads(run("draw", str(design), "-o", str(folder / form), "--format", form, "--force", "--json"))
        told |= {f"{form}_s": round(time.perf_counter() - started, 1), "sheets": sum(drawn["sheets"].values())}
    told["peak_mb"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0)
    print(json.dumps(told), flush=True)


def opened(page: Path) -> float | None:
    """Give the seconds until the page is ready and its map is drawn, the best of three; None without a browser."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright

    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(3):
            window = browser.new_page()
            started = time.perf_counter()
            window.goto(page.as_uri())
            window.wait_for_selector("html[data-ready]")
            window.evaluate("() => new Promise(requestAnimationFrame)")
            taken.append(time.perf_counter() - started)
            window.close()
        browser.close()
    return round(min(taken), 2)


def run(*arguments: str) -> str:
    """Run a command of ours and give its output."""
    done = subprocess.run([PONPLAN, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
