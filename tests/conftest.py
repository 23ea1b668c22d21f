"""What all tests share."""

from __future__ import annotations

import fcntl
import io
import os
import pickle
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.design import Design

TOPOLOGIES = Path(__file__).parents[1] / "topologies"

# repeatable runs; a failing example is reported as found, because shrinking a simulation can take minutes
settings.register_profile(
    "ponplan", derandomize=True, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ponplan"))


@pytest.fixture(scope="session")
def program() -> Callable[[str], Path]:
    """Give a function that finds a program or file of .ci/system, or skips the test; where all must run, it fails."""

    def find(name: str) -> Path:
        found = name if Path(name).exists() else shutil.which(name)
        if found:
            return Path(found)
        reason = f"{name} is not installed (make system)"
        if os.environ.get("PONPLAN_ALL_TESTS"):
            pytest.fail(reason)
        pytest.skip(reason)

    return find


@pytest.fixture(scope="session")
def ponplan() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Give a function that types a command in this process: to load the program anew takes a second each time."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        from ponplan.cli.app import main

        command, out, err = ["ponplan", *map(str, words)], io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", command)
            with pytest.raises(SystemExit) as ended:
                main()
        return subprocess.CompletedProcess(command, int(ended.value.code or 0), out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of this run that all its processes see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def planned(shared_folder: Path) -> Callable[..., Design]:
    """Give a function that designs a bundled area with an effort; each is designed once in a run, and kept."""

    @cache
    def plan(area: str, effort: str = "normal") -> Design:
        from ponplan import design_network, read_area

        kept = shared_folder / f"{area}-{effort}.pickle"
        with kept.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                kept.write_bytes(pickle.dumps(design_network(read_area(TOPOLOGIES / area), effort=effort)))
        return pickle.loads(kept.read_bytes())  # noqa: S301 - written above

    return plan


@pytest.fixture(scope="session")
def planned_file(planned: Callable[..., Design], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Give a function that writes the design of a bundled area to a file, which is to be read only."""

    @cache
    def write(area: str, effort: str = "normal") -> Path:
        from ponplan import write_network

        file = tmp_path_factory.mktemp(area) / f"{area}.gpkg"
        write_network(planned(area, effort).network, file)
        return file

    return write
