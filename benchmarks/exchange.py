"""Export a design in every format that is a file, read back what reads back: processor seconds, rows, peak memory.

    python benchmarks/exchange.py DESIGN.gpkg [FORMAT ...]

Formats of one country are refused for plans elsewhere, and say so.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from ponplan import read_network
from ponplan.errors import PonplanError
from ponplan.report.exchange.formats import FORMATS, export_network, import_network


def main(design: Path, formats: list[str]) -> None:
    """Measure one design."""
    network = read_network(design)
    with tempfile.TemporaryDirectory() as folder:
        for form in formats or [name for name in FORMATS if name != "postgis"]:
            target = str(Path(folder) / f"out-{form}")
            started = time.process_time()
            try:
                (answer,) = export_network(network, target, [form])
            except PonplanError as error:
                print(f"{form}: {error}")
                continue
            seconds = time.process_time() - started
            peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{form}: {seconds:.1f} s, {sum(answer.rows.values())} rows, peak {peak_mb} MB so far")
            if answer.reads_back:
                started = time.process_time()
                same = import_network(target).links == network.links
                print(
                    f"{form} read back: {time.process_time() - started:.1f} s, links {'equal' if same else 'differ'}"
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
