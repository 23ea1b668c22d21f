"""Sections on the whole network: its busy hour, every fault in turn, and minutes a year without service."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from ponplan.report.page.charts import histogram
from ponplan.report.page.outages import milliseconds
from ponplan.report.page.playing import Table
from ponplan.report.page.results import of_schema
from ponplan.report.page.sections import is_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.report.language import Words
    from ponplan.report.page.charts import Chart
    from ponplan.report.page.results import Result

WORST = 10
_MOST_BINS = 20


def played_tables(results: Sequence[Result], _: Words) -> list[Table]:
    """Give what the busy hour of every port of a design showed: promises kept, the broken ones, the fullest ports."""
    tables = []
    for result in of_schema(results, "ponplan.simulate-design/1"):
        answer = result.answer
        broken = [service for service in answer["services"] if not service["kept"]]
        tables.append(_played_summary(result, len(broken), _))
        if broken:
            tables.append(_broken_services(broken, _))
        tables.append(_fullest_ports(answer["ports"], _))
    return tables


def _played_summary(result: Result, broken: int, _: Words) -> Table:
    answer = result.answer
    rows = [
        [_("year of the plan"), f"{answer['year']}"],
        [_("seconds played"), f"{answer['seconds']:g}"],
        [_("packets"), f"{answer['packets']:,}"],
        [_("services, both directions"), f"{len(answer['services']):,}"],
        [_("promises broken"), f"{broken:,}"],
    ]
    return Table(title=_("Busy hour of every port: {file}").format(file=result.file), head=["", ""], rows=rows)


def _broken_services(broken: Sequence[Mapping[str, Any]], _: Words) -> Table:
    rows = [
        [
            f"{one['customer']} · {one['service']}",
            str(one["direction"]),
            _megabits(one["carried_bps"]),
            _megabits(one["promised_bps"]),
            milliseconds(one["delay_p999_ms"]),
            str(one["reason"] or "–"),
            str(one["cure"] or "–"),
        ]
        for one in broken[:WORST]
    ]
    head = [_("service"), "", _("carried"), _("promised"), _("delay of 99.9 %"), _("reason"), _("cure")]
    return Table(title=_("Promises broken, at most {count}").format(count=WORST), head=head, rows=rows)


def _fullest_ports(ports: Sequence[Mapping[str, Any]], _: Words) -> Table:
    ranked = sorted(ports, key=lambda port: (-_share(port), port["port"], port["direction"]))
    rows = [
        [
            str(port["port"]),
            str(port["direction"]),
            f"{port['onus']}",
            _megabits(port["offered_bps"]),
            f"{_share(port):.1%}",
            f"{port['lost_share']:.2%}",
            milliseconds(port["delay_p999_ms"]),
        ]
        for port in ranked[:WORST]
    ]
    head = ["", "", _("terminals"), _("offered"), _("of usable rate"), _("lost"), _("delay of 99.9 %")]
    return Table(title=_("Fullest ports as played"), head=head, rows=rows)


def _share(port: Mapping[str, Any]) -> float:
    return float(port["carried_bps"] / port["usable_bps"]) if port["usable_bps"] else 0.0


def _megabits(value: object) -> str:
    return f"{value / 1e6:,.2f} Mbit/s" if is_number(value) else "–"  # type: ignore[operator]


def fault_tables(results: Sequence[Result], _: Words) -> list[Table]:
    """Give what every single fault, and every pair of cuts, would do."""
    tables = [_sweep(result, _) for result in of_schema(results, "ponplan.failover-sweep/1")]
    return tables + [_pairs(result, _) for result in of_schema(results, "ponplan.failover-pairs/1")]


def _sweep(result: Result, _: Words) -> Table:
    answer = result.answer
    ranked = sorted(
        answer["rows"], key=lambda row: (-row["customers_lost"], -row["customers_over_100_ms"], row["subject"])
    )
    rows = [
        [
            f"{row['what']} {row['subject']}",
            f"{row['customers_affected']:,}",
            f"{row['customers_lost']:,}",
            f"{row['customers_over_100_ms']:,}",
            milliseconds(row["outage_max_ms"]),
        ]
        for row in ranked[:WORST]
    ]
    note = _(
        "{faults} faults, one at a time; {never} of {total} customers are never dark for more than 100 ms."
    ).format(
        faults=f"{answer['faults']:,}",
        never=f"{answer['customers_never_over_100_ms']:,}",
        total=f"{answer['customers_total']:,}",
    )
    head = [_("fault"), _("affected"), _("lost until repair"), _("over 100 ms"), _("longest outage")]
    title = _("Every {what} in turn, the worst first: {file}").format(what=answer["what"], file=result.file)
    return Table(title=title, head=head, rows=rows, note=note)


def _pairs(result: Result, _: Words) -> Table:
    answer = result.answer
    rows = [
        [f"{row['first']} + {row['second']}", f"{row['alike']:,}", f"{row['customers_lost']:,}"]
        for row in answer["rows"][:WORST]
    ]
    note = _("{losing} of {pairs} pairs of cuts lose somebody whom neither cut alone loses.").format(
        losing=f"{answer['pairs_that_lose']:,}", pairs=f"{answer['pairs']:,}"
    )
    head = [_("two cuts"), _("pairs alike"), _("customers lost")]
    return Table(title=_("Every two cuts at once: {file}").format(file=result.file), head=head, rows=rows, note=note)


def availability_tables(results: Sequence[Result], _: Words) -> list[Table]:
    """Give minutes a year without service, and which elements cost most of them."""
    tables = []
    for result in of_schema(results, "ponplan.availability/1"):
        tables += [_availability(result, _), _elements(result, _)]
    return tables


def _availability(result: Result, _: Words) -> Table:
    answer = result.answer
    rows = [
        [_("customers"), f"{answer['customers_total']:,}"],
        [_("mean downtime, minutes a year"), f"{answer['downtime_mean_min']:,.2f}"],
        [_("longest downtime, minutes a year"), f"{answer['downtime_max_min']:,.2f}"],
        *([f"≥ {name}", f"{answer[key]:,}"] for key, name in _CLASSES),
        [_("services below their promise"), f"{answer['services_broken']:,}"],
    ]
    minutes = [customer["downtime_min"] for customer in answer["customers"]]
    kinds = Counter(
        str(basis["element"]) for basis in answer["rests_on"] if basis["trust"] in ("unverified", "illustrative")
    )
    note = _("Failure rates without a firm source: {names}.").format(names=", ".join(sorted(kinds))) if kinds else ""
    return Table(
        title=_("Availability: {file}").format(file=result.file),
        head=["", ""],
        rows=rows,
        charts=[_downtime_chart(minutes, _)] if minutes else [],
        note=note,
    )


_CLASSES = (("meets_999", "99.9 %"), ("meets_9999", "99.99 %"), ("meets_99999", "99.999 %"))


def _downtime_chart(minutes: Sequence[float], _: Words) -> Chart:
    most = max(minutes)
    power = 10.0 ** math.floor(math.log10(most / _MOST_BINS)) if most > 0 else 1.0
    width = next(power * factor for factor in (1, 2, 5, 10) if power * factor * _MOST_BINS >= most)
    counts = [0] * (int(most / width) + 1)
    for value in minutes:
        counts[int(value / width)] += 1
    starts = [number * width for number in range(len(counts))]
    return histogram(counts, starts, width, title=_("Customers by downtime"), axis=_("minutes a year"))


def _elements(result: Result, _: Words) -> Table:
    answer = result.answer
    ranked = sorted(answer["elements"], key=lambda one: (-one["customer_minutes"], one["name"]))
    rows = [
        [
            str(one["name"]),
            f"{one['customers']:,}",
            f"{one['failures_per_year']:.4f}",
            f"{one['repair_h']:g}",
            f"{one['customer_minutes']:,.1f}",
            f"{one['protect_cost']:,.0f}" if is_number(one["protect_cost"]) else "–",
        ]
        for one in ranked[:WORST]
    ]
    head = [
        _("element"),
        _("customers"),
        _("failures a year"),
        _("repair, h"),
        _("customer minutes a year"),
        _("cost of doubling it, {currency}").format(currency=answer["currency"]),
    ]
    return Table(title=_("Elements that hurt most"), head=head, rows=rows)
