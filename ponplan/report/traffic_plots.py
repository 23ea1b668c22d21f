"""Pictures of a simulation: delay and throughput over a sweep, and the bursts of a stretch of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ponplan.errors import Fault, OutputError
from ponplan.report.look import BLUE, SERIES, VERMILION
from ponplan.report.pictures import picture_style, save_figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray


def plot_sweep(rows: Sequence[Mapping[str, object]], path: Path, *, field: str) -> None:
    """Draw carried share and delays against the swept field.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    from matplotlib.figure import Figure

    with picture_style():
        figure = Figure(figsize=(9, 4.5), layout="constrained")
        share, delay = figure.subplots(1, 2)
        for direction in ("upstream", "downstream"):
            mine = [row for row in rows if row["direction"] == direction]
            if not mine:
                continue
            values = [row["value"] for row in mine]
            share.plot(values, [row["carried"] for row in mine], marker="o", label=f"{direction} carried")
            share.plot(values, [row["offered"] for row in mine], linestyle=":", label=f"{direction} offered")
            for name, style in (("mean", "-"), ("p99", "--")):
                heights = [_in_ms(row[f"delay_{name}_us"]) for row in mine]
                delay.plot(values, heights, style, marker="o", label=f"{direction} {name}")
        share.set(xlabel=field, ylabel="share of MAC rate")
        delay.set(xlabel=field, ylabel="delay / ms", yscale="log")
        for axes in (share, delay):
            axes.grid(visible=True, alpha=0.3)
            axes.legend()
    save_figure(figure, path)


def plot_bursts(bursts: NDArray, path: Path, *, num_onus: int) -> None:  # type: ignore[type-arg]
    """Draw upstream bursts at the OLT: one lane for each ONU.

    Parameters
    ----------
    bursts
        Rows of ONU, start ns, end ns, payload bytes.
    path
        Picture to write; its ending chooses the format.
    num_onus
        Number of lanes.

    Raises
    ------
    OutputError
        If there is no burst to draw or the file cannot be written.
    """
    from matplotlib.figure import Figure

    if len(bursts) == 0:
        raise OutputError([Fault(file=str(path), problem="no burst was recorded")])
    with picture_style():
        figure = Figure(figsize=(11, 1.5 + 0.22 * num_onus), layout="constrained")
        axes = figure.subplots()
        origin_ns = int(bursts[0, 1])
        for onu in range(num_onus):
            mine = bursts[bursts[:, 0] == onu]
            spans = [((start - origin_ns) / 1e3, (end - start) / 1e3) for _, start, end, _ in mine]
            axes.broken_barh(spans, (onu - 0.4, 0.8), facecolors=SERIES[onu % len(SERIES)])
        axes.set(xlabel=f"microseconds from {origin_ns / 1e9:.6f} s", ylabel="ONU", ylim=(num_onus - 0.5, -0.5))
        axes.grid(visible=True, axis="x", alpha=0.3)
    save_figure(figure, path)


def plot_ports(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw how full each port of a played design is and the delay that 99.9 % of its packets keep.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    from matplotlib.figure import Figure

    with picture_style():
        figure = Figure(figsize=(11, 4.5), layout="constrained")
        for axes, way in zip(figure.subplots(1, 2), ("up", "down"), strict=True):
            mine = [row for row in rows if row["direction"] == way and row["usable_bps"]]
            shares = [row["carried_bps"] / row["usable_bps"] for row in mine]
            delays = [float("nan") if row["delay_p999_ms"] is None else row["delay_p999_ms"] for row in mine]
            hurt = [bool(row["broken"]) for row in mine]
            for state, colour, marker, label in (
                (False, BLUE, "o", "promises kept"),
                (True, VERMILION, "x", "promises broken"),
            ):
                chosen = [place for place, broken in enumerate(hurt) if broken == state]
                axes.scatter(
                    [shares[k] for k in chosen],
                    [delays[k] for k in chosen],
                    s=14,
                    color=colour,
                    marker=marker,
                    label=label,
                )
            axes.set(
                title=f"{way}stream", xlabel="carried, share of what the port can carry", ylabel="99.9 % delay / ms"
            )
            axes.set(yscale="log", xlim=(0, None))
            axes.grid(visible=True, alpha=0.3)
            axes.legend()
    save_figure(figure, path)


def _in_ms(value: object) -> float:
    return float("nan") if value is None else float(value) / 1e3  # type: ignore[arg-type]
