"""Picture of a switchover: the states of ports and terminals over time, and who is without service when."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ponplan.errors import Fault, OutputError
from ponplan.report.look import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, YELLOW
from ponplan.report.output import whole_file
from ponplan.report.pictures import picture_style, save_figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from ponplan.failover.records import Journal, State
    from ponplan.failover.verdict import GroupRun

MOST_LANES = 64
MS = 1e6  # nanoseconds in a millisecond
DARK = "#999999"
COLOURS = {
    "active": GREEN, "O5": GREEN, "registered": GREEN, "starting": YELLOW, "O4": SKY, "O2": BLUE,
    "held": ORANGE, "O6": ORANGE, "O1": VERMILION, "gone": VERMILION, "dark": DARK,
}  # fmt: skip
MEANINGS = {
    GREEN: "active, O5, registered", YELLOW: "starting", ORANGE: "O6, held over", SKY: "O4, ranging",
    BLUE: "O2, serial number", VERMILION: "O1, deregistered", DARK: "dark",
}  # fmt: skip


def draw_timeline(run: GroupRun, path: Path, *, overwrite: bool = False) -> None:
    """Draw the first replication of one group: a lane for each port, and for terminals that were out, worst first.

    Raises
    ------
    OutputError
        Nobody was out, or the file cannot be written.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    journal = run.journals[0]
    if not journal.outages:
        raise OutputError([Fault(file=str(path), problem="nobody was out: there is nothing to draw")])
    begin_ns, end_ns = _window(journal)
    onus = _worst(journal)
    lanes = [port.id for port in run.plant.ports] + [run.plant.onus[onu].id for onu in onus]
    with picture_style():
        figure = Figure(figsize=(11, 1.8 + 0.2 * len(lanes)), layout="constrained")
        axes = figure.subplots()
        for lane, name in enumerate(lanes):
            first = _first_state(run, lane)
            mine = [state for state in journal.states if state.who == name]
            _draw_states(axes, lane, first, mine, begin_ns, end_ns)
        _draw_outages(axes, journal, onus, len(run.plant.ports), begin_ns, end_ns)
        axes.set(xlabel="milliseconds from the first fault", ylim=(len(lanes) - 0.5, -0.5), xlim=(None, None))
        axes.set_yticks(range(len(lanes)), lanes, fontsize=7)
        axes.grid(visible=True, axis="x", alpha=0.3)
        handles = [Patch(color=colour, label=label) for colour, label in MEANINGS.items()]
        handles.append(Patch(facecolor="none", edgecolor="black", label="without service"))
        figure.legend(handles=handles, fontsize=7, ncols=4, loc="outside lower center")
    with whole_file(path, overwrite=overwrite) as beside:
        save_figure(figure, beside)


def _window(journal: Journal) -> tuple[int, int]:
    begin_ns = min(outage.start_ns for outage in journal.outages)
    ends = [outage.end_ns for outage in journal.outages if outage.end_ns is not None]
    last_ns = max(ends, default=begin_ns + 100_000_000)
    return begin_ns, last_ns + max((last_ns - begin_ns) // 20, 1)


def _worst(journal: Journal) -> list[int]:
    """Give terminals by how long they were out, as many as there is room for."""
    lengths: dict[int, float] = {}
    for outage in journal.outages:
        length = float("inf") if outage.end_ns is None else outage.end_ns - outage.start_ns
        lengths[outage.onu] = max(lengths.get(outage.onu, 0.0), length)
    return sorted(lengths, key=lambda onu: (-lengths[onu], onu))[:MOST_LANES]


def _first_state(run: GroupRun, lane: int) -> str:
    if lane < len(run.plant.ports):
        return "dark" if run.plant.ports[lane].role == "trunk" else "active"
    return "registered" if run.plant.family == "epon" else "O5"


def _draw_states(axes: Axes, lane: int, first: str, states: Sequence[State], begin_ns: int, end_ns: int) -> None:
    edges = [(begin_ns, first), *((state.time_ns, state.state) for state in states), (end_ns, "")]
    before = [state for time_ns, state in edges if time_ns <= begin_ns]
    edges = [(begin_ns, before[-1]), *(edge for edge in edges if edge[0] > begin_ns)]
    for (from_ns, state), (to_ns, _) in pairwise(edges):
        width_ns = min(to_ns, end_ns) - from_ns
        if width_ns > 0:
            span = ((from_ns - begin_ns) / MS, width_ns / MS)
            axes.broken_barh([span], (lane - 0.4, 0.8), facecolors=COLOURS.get(state, PURPLE))


def _draw_outages(axes: Axes, journal: Journal, onus: Sequence[int], offset: int, begin_ns: int, end_ns: int) -> None:
    lane_of = {onu: lane for lane, onu in enumerate(onus, start=offset)}
    for outage in journal.outages:
        if outage.onu in lane_of:
            until_ns = end_ns if outage.end_ns is None else outage.end_ns
            span = ((outage.start_ns - begin_ns) / MS, (until_ns - outage.start_ns) / MS)
            axes.broken_barh([span], (lane_of[outage.onu] - 0.4, 0.8), facecolors="none", edgecolor="black", lw=0.6)
