"""How pictures made by matplotlib look and are saved: one visual language, the same bytes every time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ponplan.errors import Fault, OutputError
from ponplan.report.look import BLACK, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.figure import Figure


@contextmanager
def picture_style() -> Iterator[None]:
    """Draw what is drawn inside with the project's colours, in the order of `look.SERIES`, and without ornament."""
    from cycler import cycler
    from matplotlib import rc_context

    with rc_context(
        {
            "axes.prop_cycle": cycler(color=SERIES),
            "axes.edgecolor": "#55606c",
            "axes.labelcolor": BLACK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "grid.color": "#d5dae0",
            "legend.frameon": False,
            "text.color": BLACK,
            "xtick.color": "#55606c",
            "ytick.color": "#55606c",
        }
    ):
        yield


def save_figure(figure: Figure, path: Path) -> None:
    """Write a picture without date or random ids, so that the same run gives the same bytes.

    Raises
    ------
    OutputError
        If the file cannot be written or its ending is not a picture's.
    """
    from matplotlib import rc_context

    dates = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    try:
        with rc_context({"svg.hashsalt": "ponplan"}):
            figure.savefig(path, metadata=dates.get(path.suffix.lower()), dpi=120)
    except (OSError, ValueError) as error:
        raise OutputError([Fault(file=str(path), problem=f"cannot be written: {error}")]) from error
