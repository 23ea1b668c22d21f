"""Designs to write papers of, and an office program that recalculates workbooks."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from ponplan.topology import read_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ponplan.topology.network import Network

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""


@pytest.fixture(scope="session")
def town(planned_file: Callable[[str], Path]) -> Path:
    """Give the design of the bundled town."""
    return planned_file("mixed-town")


@pytest.fixture(scope="session")
def network(town: Path) -> Network:
    """Give the network of the bundled town: cabinets, rooms, closures, 300 customers."""
    return read_network(town)


@pytest.fixture(scope="session")
def recalculated(program: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Give a function that has LibreOffice open a workbook, calculate every formula anew and save it."""
    home = tmp_path_factory.mktemp("office")
    (home / "user").mkdir()
    (home / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")

    def recalculate(path: Path) -> Path:
        folder = tmp_path_factory.mktemp("recalculated")
        command = [program("soffice"), f"-env:UserInstallation=file://{home}", "--headless", "--convert-to", "xlsx"]
        done = subprocess.run(
            [*command, "--outdir", folder, path], capture_output=True, text=True, check=False, timeout=400
        )
        assert (folder / path.name).exists(), done.stderr
        return folder / path.name

    return recalculate
