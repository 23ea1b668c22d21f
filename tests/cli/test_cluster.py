"""A cluster of two workers on this machine gives the same bytes as one process."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

ROOT = Path(__file__).parents[2]
# runs a module until it ends, or until whoever started it is gone, however that came
WHILE_WANTED = """
import os, runpy, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(1)), daemon=True).start()
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
PONPLAN = Path(sys.executable).with_name("ponplan")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a real scheduler on loopback with two workers of one thread each."""
    folder = tmp_path_factory.mktemp("dask")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    python = [sys.executable, "-c", WHILE_WANTED]
    worker = [*python, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
    commands = [
        [*python, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
        worker,
        worker,
    ]
    started = []
    for number, command in enumerate(commands):
        with (folder / f"{number}.log").open("w") as log:
            started.append(subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log))
    try:
        _await_workers(address, 2)
        yield address
    finally:
        for process in started:
            process.kill()  # a worker asked to end politely may wait for a scheduler that is gone
        for process in started:
            process.communicate(timeout=60)


def _await_workers(address: str, count: int) -> None:
    from distributed import Client

    until = time.monotonic() + 120.0
    while time.monotonic() < until:
        try:
            with Client(address, timeout=5) as client:
                client.wait_for_workers(count, timeout=60)
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail("the scheduler did not come up")


def _design(area: str, target: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [PONPLAN, "design", str(ROOT / "topologies" / area), "-o", target, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def test_design_on_a_cluster_is_the_same_file(scheduler: str, planned_file: Callable[[str], Path], tmp_path: Path):
    """What two workers plan is, byte for byte, what one process plans."""
    there = tmp_path / "there.gpkg"
    done = _design("star-campus", there, "--cluster", scheduler)
    assert done.returncode == 0, done.stderr
    assert there.read_bytes() == planned_file("star-campus").read_bytes()


def test_nobody_at_the_address(tmp_path: Path):
    """An address where nothing listens is wrong usage, told in a line, and nothing is written."""
    target = tmp_path / "plan.gpkg"
    done = _design("road-bus", target, "--cluster", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert "no dask scheduler" in done.stderr
    assert not target.exists()
