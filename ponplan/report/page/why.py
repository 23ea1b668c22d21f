"""Where the gap sits and what stops further customers on ports, as tables of the page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ponplan.design.explain.gap import explain_gap
from ponplan.design.explain.ports import port_limits
from ponplan.report.explain.gap import MEANINGS, fill_words
from ponplan.report.explain.money import cost, share
from ponplan.report.explain.ports import limit_name
from ponplan.report.page.playing import Table
from ponplan.report.page.sections import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.design.explain.ports import PortLimits
    from ponplan.report.language import Words
    from ponplan.topology.network import Network

LEAST_ROOM_SHOWN = 12


def gap_table(network: Network, _: Words) -> Table | None:
    """Give cost, bound and what is left open of each part, and how full what was bought is; None without a bound."""
    why = explain_gap(network)
    if why.bound is None:
        return None
    whole = why.cost - why.bound
    rows = [
        [
            f"{_(PARTS[part.part])}: {'; '.join(fill_words(fill, _) for fill in part.fills)}",
            cost(part.cost),
            cost(part.bound or 0.0),
            cost(part.gap_cost or 0.0),
            share(part.gap_cost or 0.0, whole),
        ]
        for part in why.parts
    ]
    return Table(
        title=_("Where the gap sits"),
        head=["", _("cost"), _("lower bound"), _("left open"), _("of the gap")],
        rows=rows,
        note=" ".join(_(text) for text in MEANINGS.values()),
    )


def limit_tables(network: Network, _: Words) -> list[Table]:
    """Give how often which limit stops further customers, and the ports with the least room."""
    ports = port_limits(network)
    return [_counts(ports, _), _least_room(ports, _)] if ports else []


def _counts(ports: Sequence[PortLimits], _: Words) -> Table:
    counts = Counter((port.binding, port.direction) for port in ports)
    full = Counter((port.binding, port.direction) for port in ports if port.customers_more == 0)
    rows = [[limit_name(*key, _), f"{count:,}", f"{full[key]:,}"] for key, count in counts.most_common()]
    return Table(
        title=_("What stops further customers on ports"),
        head=[_("limit"), _("PON ports"), _("of them full")],
        rows=rows,
        note=_("Of all limits of a port the one that leaves room for the fewest customers like its own."),
    )


def _least_room(ports: Sequence[PortLimits], _: Words) -> Table:
    ranked = sorted(ports, key=lambda port: (port.customers_more, port.port))[:LEAST_ROOM_SHOWN]
    rows = [
        [
            f"{port.port}: {limit_name(port.binding, port.direction, _)}",
            f"{port.customers}",
            f"{port.legs_free}",
            f"{port.customers_more}",
        ]
        for port in ranked
    ]
    head = ["", _("customers"), _("free legs"), _("room for more")]
    return Table(title=_("Ports with the least room"), head=head, rows=rows)
