"""The shipped frame integers and small technology rows to reckon with."""

from __future__ import annotations

import csv
from dataclasses import fields
from pathlib import Path

import pytest

import ponplan
from ponplan.catalogue.model import FrameItem, Technology

DATA = Path(ponplan.__file__).parent / "catalogue" / "data"


@pytest.fixture(scope="session")
def frame_items():
    """Read the shipped frame integers."""
    with (DATA / "frame_items.csv").open(newline="") as file:
        return [FrameItem(**{**row, "value": int(row["value"])}) for row in csv.DictReader(file)]


@pytest.fixture(scope="session")
def technology():
    """Make a technology with nothing said but what is given."""

    def make(
        name: str,
        encapsulation: str,
        *,
        fec_down: bool = False,
        fec_up: bool = False,
        down_bps: int = 0,
        up_bps: int = 0,
    ) -> object:
        blank = dict.fromkeys((field.name for field in fields(Technology)), 0)
        given = {
            "id": name,
            "encapsulation": encapsulation,
            "fec_down": fec_down,
            "fec_up": fec_up,
            "down_line_bps": down_bps,
            "up_line_bps": up_bps,
        }
        return Technology(**(blank | given))

    return make
