"""How long bill, construction pack and labels of a design take: `python benchmarks/papers.py PLAN.gpkg ...`.

Each command runs in a process of its own; seconds are processor time, memory is the peak of all so far.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

PONPLAN = Path(sys.executable).with_name("ponplan")
COMMANDS = (("bom", "bom.xlsx"), ("pack", "pack"), ("labels", "labels.pdf"))


def main(designs: list[str]) -> None:
    """Measure the designs named."""
    for design in designs:
        with tempfile.TemporaryDirectory() as folder:
            line: dict[str, object] = {"design": Path(design).stem}
            for command, target in COMMANDS:
                before = _seconds()
                subprocess.run(
                    [PONPLAN, command, design, "-o", Path(folder) / target], check=True, capture_output=True
                )
                line[f"{command}_s"] = round(_seconds() - before, 1)
            line["peak_mb_so_far"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0)
            print(json.dumps(line), flush=True)


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(sys.argv[1:])
