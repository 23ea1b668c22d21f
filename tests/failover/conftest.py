"""A bare PON to break, from a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan import read_catalogue
from ponplan.failover import simulate_pon_faults
from ponplan.scenario import scenario_from_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from ponplan.catalogue import Catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Give the shipped catalogue."""
    return read_catalogue()


@pytest.fixture(scope="session")
def play(catalogue: Catalogue) -> Callable:
    """Play one fault at 100 ms on a bare PON, with `protection` laid over a hot trunk."""

    def run(*, fault: object = (), cures: bool = False, **words: object) -> object:
        run = {"seed": words.pop("seed", 1), "replications": words.pop("replications", 1)}
        table = {
            "technology": words.pop("technology", "gpon"),
            "onus": words.pop("onus", 8),
            "distance_km": 10.0,
            "fault": [{"at_ms": 100.0, "what": words.pop("what", "feeder-cut"), **dict(fault)}],
            "protection": {"scheme": "trunk", "standby": "hot", **words},
            "run": run,
        }
        return simulate_pon_faults(scenario_from_table(table), catalogue, cures=cures)

    return run
