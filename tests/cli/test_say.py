"""How commands speak at a terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ponplan.cli.say import progress_bar

if TYPE_CHECKING:
    import pytest

WIDTH = 80


class _Terminal(io.StringIO):
    """A terminal that writes what is typed, Ctrl-C too, behind what stands there."""

    def isatty(self) -> bool:
        return True


def test_ctrl_c_finds_room_behind_the_progress_line(monkeypatch: pytest.MonkeyPatch):
    """The line leaves two columns for the ^C that a terminal writes: else the line breaks and is seen twice."""
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", _Terminal())
    progress = progress_bar()
    assert not progress.disable
    progress.add_task("sharing customers out better, 3 of 12 areas; bound 1,288,799; cost 1,345,111; gap 4.2 %")
    lines = progress.console.render_lines(progress.get_renderable(), pad=False)
    longest = max(sum(segment.cell_length for segment in line) for line in lines)
    assert 0 < longest <= WIDTH - len("^C")
