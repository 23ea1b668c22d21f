"""The slow models stand on their own."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", ["cell_model", "down_model", "epon_model", "frame_model", "timeline_model"])
def test_slow_models_import_nothing_of_the_kernels(name: str):
    """No module of the package, and no compiler, is imported."""
    tree = ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {module for module in imported if module.split(".")[0] in {"ponplan", "numba"}}
