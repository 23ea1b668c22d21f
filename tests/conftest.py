"""What all tests share."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, settings

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
