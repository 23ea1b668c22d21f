"""`ponplan simulate DESIGN`: every port of a design in its busy hour."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from ponplan.cli.say import print_json, progress_bar, talk

if TYPE_CHECKING:
    from pathlib import Path

    from ponplan.simulate.network import NetworkResult

SCHEMA = "ponplan.simulate-design/1"
SHOWN = 30
WAIT_WORTH_TELLING_MS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayOptions:
    """What to play."""

    year: int
    seconds: float
    seed: int
    jobs: int
    cures: bool


def play_design(
    design: Path, options: PlayOptions, *, output: Path | None, plot: Path | None, force: bool, as_json: bool
) -> None:
    """Play a design, write its result and say how it went."""
    from ponplan.report.output import refuse
    from ponplan.report.played_tables import bearer_rows, circuit_rows, flow_rows, port_rows, write_played
    from ponplan.report.traffic_plots import plot_ports
    from ponplan.simulate import simulate_network
    from ponplan.topology import read_network

    for target in (output, plot):
        if target is not None:
            refuse(target, overwrite=force)
    network = read_network(design)
    working = sum(port.role == "working" for port in network.ports)
    with progress_bar() as bar:
        task = bar.add_task("playing ports", total=working)
        result = simulate_network(network, **asdict(options), on_port=lambda _: bar.advance(task))
    if output is not None:
        write_played(result, network, output, overwrite=force)
    if plot is not None:
        plot_ports(port_rows(result), plot)
    if as_json:
        answer = {"schema": SCHEMA, "design": result.design, "year": result.year, "seconds": result.seconds}
        answer |= {"seed": result.seed, "packets": result.packets, "broken": result.broken}
        answer |= {"ports": port_rows(result), "services": flow_rows(result)}
        print_json(answer | {"circuits": circuit_rows(result), "bearer": bearer_rows(result)})
    else:
        _show(result)


def _show(result: NetworkResult) -> None:
    """Print the ports that broke promises or are fullest, and the promises in sum."""
    from ponplan.report.played_tables import port_rows

    rows = port_rows(result)
    rows.sort(key=lambda row: (-int(str(row["broken"])), str(row["port"]), str(row["direction"])))
    for row in rows[:SHOWN]:
        delay = "-" if row["delay_p999_ms"] is None else f"{row['delay_p999_ms']:.2f} ms"
        carried, offered = (float(str(row[name])) / 1e6 for name in ("carried_bps", "offered_bps"))
        told = f"{row['port']} {row['technology']} {row['direction']}, {row['onus']} terminals: "
        told += f"{carried:.1f} of {offered:.1f} Mbit/s carried, 99.9 % in {delay}"
        cure = f"; cure: {row['cure']}" if row["broken"] else ""
        typer.echo(told + (f"; {row['broken']} services broken" if row["broken"] else "") + cure)
    if len(rows) > SHOWN:
        talk(f"{len(rows) - SHOWN} more rows (--output or --json has all)")
    for section in result.bearer:
        if not section.fits_with_one_lost:
            peak = max(section.peak_up_bps, section.peak_down_bps) / 1e6
            left = section.rate_with_one_lost_bps / 1e6
            typer.echo(f"{section.of}: {peak:.0f} Mbit/s at its busiest, {left:.0f} left with one of its links lost")
        elif (section.wait_with_one_lost_ms or 0.0) > WAIT_WORTH_TELLING_MS:
            waits = f"{max(section.wait_up_ms, section.wait_down_ms):.2f}"
            lost = f"{section.wait_with_one_lost_ms:.2f} ms with one of its links lost"
            typer.echo(f"{section.of}: 99.9 % of bytes wait less than {waits} ms, {lost}")
    for circuit in result.circuits:
        if circuit.broken:
            way = f"{circuit.circuit} {circuit.service}, {circuit.from_customer} to {circuit.to_customer}"
            typer.echo(f"{way}: {' and '.join(circuit.broken)} not kept")
    late = sum(not circuit.kept for circuit in result.circuits)
    if result.circuits:
        talk(f"{len(result.circuits) - late} of {len(result.circuits)} directions of circuits between customers kept")
    _tell_e1(result)
    _tell_agreement(result)
    flows = sum(len(played.result.flows) for played in result.ports)
    talk(f"{len(result.ports)} ports, {result.packets:,} packets; {flows - result.broken} of {flows} promises kept")


def _tell_e1(result: NetworkResult) -> None:
    """Say in one line how the E1 are: the slowest, the deepest jitter buffer, the clock that wanders most."""
    flows = [flow for one in result.ports for flow in one.result.flows if flow.circuit_delay_ms is not None]
    if not flows:
        return
    slowest = max(flow.end_to_end_ms or flow.circuit_delay_ms or 0.0 for flow in flows)
    deepest = max(flow.jitter_buffer_ms or 0.0 for flow in flows)
    told = f"E1: end to end {slowest:.2f} ms at most, jitter buffers up to {deepest:.2f} ms"
    seen = [flow for flow in flows if flow.wander_share is not None]
    if seen:
        worst = max(seen, key=lambda flow: flow.wander_share or 0.0)
        told += f", clocks use {worst.wander_share:.0%} of their limit over {worst.wander_interval_s:g} s"
    talk(told)


def _tell_agreement(result: NetworkResult) -> None:
    """Say how many directions of ports offered what `check` reckons, within their interval, and how much in sum."""
    ways = [way for one in result.ports for way in (one.result.up, one.result.down) if way.reckoned_bps > 0.0]
    if not ways:
        return
    share = sum(way.offered_bps for way in ways) / sum(way.reckoned_bps for way in ways)
    within = f"{sum(way.agrees for way in ways)} of {len(ways)} directions of ports within their 95 % interval"
    talk(f"offered {share:.3f} of what check reckons, {within}; {sum(way.is_full for way in ways)} full")
