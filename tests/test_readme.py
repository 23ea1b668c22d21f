"""The README's code blocks run as written."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_the_library_block_designs_the_town(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Reading, designing, checking and writing from Python, from the project's root."""
    block = next(text for text in BLOCKS if "design_network" in text)
    (tmp_path / "topologies").symlink_to(ROOT / "topologies")
    (tmp_path / "build").mkdir()
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102 - our own page
    cost, bound, gap, sign = capsys.readouterr().out.split()
    assert 0 < float(bound) <= float(cost)
    assert 0 <= float(gap) < 100
    assert sign == "%"
    assert (tmp_path / "build" / "mixed-town.gpkg").exists()


def test_the_policy_block_is_played(ponplan: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path):
    """A policy from outside the package carries the traffic that it is offered."""
    block = next(text for text in BLOCKS if "@policy" in text)
    (tmp_path / "half.py").write_text(block, encoding="utf-8")
    scenario = ROOT / "scenarios" / "ipact_limited.toml"
    done = ponplan("simulate", "--pon", scenario, "--policy", f"{tmp_path / 'half.py'}:half", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["upstream"]["carried"] > 0.9 * answer["upstream"]["offered"]
