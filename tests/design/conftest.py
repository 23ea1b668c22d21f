"""Random small areas and the exact model they are solved by, loaded by path: tests import nothing of each other."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType


def _load(name: str) -> ModuleType:
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"tests_design_{name}", path)
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
    """Give random areas and price books: `random_area(seed)`, `random_catalogue(seed)` and what they are made of."""
    return _load("cases")


@pytest.fixture(scope="session")
def protected() -> ModuleType:
    """Give random areas with protection, `random_mesh(seed)`, and their exact model, `solve_protected(...)`."""
    return _load("protected")
