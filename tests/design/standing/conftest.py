"""The random areas and the exact model of `tests/design`, loaded by path."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType


def _load(name: str) -> ModuleType:
    known = f"tests_design_{name}"
    if known in sys.modules:
        return sys.modules[known]
    spec = importlib.util.spec_from_file_location(known, Path(__file__).parents[1] / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def exact() -> ModuleType:
    """Give the exact model: `solve_exactly(area, catalogue, customers)`."""
    return _load("exact")


@pytest.fixture(scope="session")
def cases() -> ModuleType:
    """Give random areas and price books."""
    return _load("cases")
