"""Tables of faults for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.cli.say import talk

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from ponplan.failover.pairs import PairResult
    from ponplan.failover.result import CustomerOutage, OutageResult
    from ponplan.failover.sweep import SweepResult

SHOWN = 20


def show_outages(result: OutageResult) -> None:
    """Print what one scenario did: figures, steps, worst customers, what would cure them, what it rests on."""
    console = _console()
    words = [result.technology, f"{result.scheme or 'no'} protection", f"{result.standby or 'no'} standby"]
    table = _table(", ".join([*words, result.recovery]))
    for fault in result.faults:
        until = "" if fault["until_ms"] is None else f" to {fault['until_ms']:,} ms"
        table.add_row("fault", f"{fault['what']} {fault['subject']}, {fault['at_ms']:,} ms{until}")
    for name, value in result.outage_ms.items():
        table.add_row(f"outage {name}", _ms(value))
    for name in ("total", "affected", "lost", "over_100_ms", "over_50_ms"):
        table.add_row(f"customers {name.replace('_', ' ')}", f"{getattr(result, f'customers_{name}'):,}")
    table.add_row("promises broken", f"{result.promises_broken:,}")
    console.print(table)
    if result.steps:
        console.print(_steps(result))
    affected = sorted((one for one in result.customers if one.affected), key=_order)
    if affected:
        console.print(_customers(affected[:SHOWN], len(affected)))
    if result.packets:
        console.print(_packets(result))
    for cure in result.cures:
        talk(f"tried {cure['setting']}: {cure['customers_helped']} more customers in time")
    for basis in result.rests_on:
        if basis.trust in {"unverified", "illustrative"}:
            talk(f"{basis.family}: {basis.step} = {basis.value_ms} ms is {basis.trust}: {basis.source}")


def show_sweep(result: SweepResult) -> None:
    """Print the faults that hurt most."""
    console = _console()
    talk(
        f"{result.faults:,} faults of kind {result.what}, {result.groups:,} groups of ports, {result.played:,} fates "
        f"played; {result.customers_never_over_100_ms:,} of {result.customers_total:,} customers never out for more "
        "than 100 ms"
    )
    table = _table(f"worst of {result.faults:,}, at most {SHOWN}")
    for name in (result.what, "affected", "lost", "over 100 ms", "over 50 ms", "longest of those back"):
        table.add_column(name, justify="left" if name == result.what else "right")
    worst = sorted(result.rows, key=lambda row: (-row.customers_lost, -row.customers_affected, row.subject))
    for row in worst[:SHOWN]:
        counts = (row.customers_affected, row.customers_lost, row.customers_over_100_ms, row.customers_over_50_ms)
        table.add_row(row.subject, *(f"{count:,}" for count in counts), _ms(row.outage_max_ms))
    table.show_header = True
    console.print(table)


def show_pairs(result: PairResult) -> None:
    """Print the pairs of spans that hurt most."""
    talk(
        f"{result.pairs:,} pairs of {result.spans:,} spans; "
        f"{result.pairs_that_lose:,} lose somebody whom neither loses alone"
    )
    table = _table(f"worst pairs, at most {SHOWN}")
    for name in ("span", "and span", "pairs alike", "customers lost"):
        table.add_column(name, justify="left" if "span" in name else "right")
    for row in result.rows[:SHOWN]:
        table.add_row(row.first, row.second, f"{row.alike:,}", f"{row.customers_lost:,}")
    table.show_header = True
    _console().print(table)


def _steps(result: OutageResult) -> Table:
    table = _table("steps of the longest outage that ended")
    for name in ("step", "from", "to"):
        table.add_column(name, justify="left" if name == "step" else "right")
    for step in result.steps:
        table.add_row(step.name, _ms(step.from_ms), _ms(step.to_ms))
    table.show_header = True
    return table


def _customers(customers: list[CustomerOutage], total: int) -> Table:
    table = _table(f"worst customers, {len(customers)} of {total:,}")
    for name in ("customer", "outage", "with relearning", "longest step", "promise", "what would cure it"):
        table.add_column(name)
    for one in customers:
        kept = "-" if one.within_promise is None else "kept" if one.within_promise else "broken"
        outage = "lost" if one.lost else _ms(one.outage_max_ms)
        table.add_row(one.id, outage, _ms(one.service_outage_ms), one.dominating_step or "", kept, one.cure or "")
    table.show_header = True
    return table


def _packets(result: OutageResult) -> Table:
    table = _table(f"packets, most lost first, at most {SHOWN}")
    for name in ("terminal", "first burst after", "frames lost up", "down", "backlog, bytes", "drained after", "E1"):
        table.add_column(name, justify="left" if name in ("terminal", "E1") else "right")
    worst = sorted(result.packets, key=lambda one: (-one.up_frames_lost - one.down_frames_lost, one.onu))
    for one in worst[:SHOWN]:
        counts = (f"{number:,}" for number in (one.up_frames_lost, one.down_frames_lost, one.backlog_bytes))
        table.add_row(one.onu, _ms(one.outage_ms), *counts, _ms(one.drain_ms), one.e1)
    table.show_header = True
    return table


def _order(customer: CustomerOutage) -> tuple[bool, float, str]:
    return not customer.lost, -(customer.service_outage_ms or 0.0), customer.id


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.3f} ms"


def _table(title: str) -> Table:
    from rich.table import Table

    return Table(title=title, title_justify="left", show_header=False)


def _console() -> Console:
    from rich.console import Console

    console = Console(markup=False, highlight=False)
    return console if console.is_terminal else Console(width=120, markup=False, highlight=False)
