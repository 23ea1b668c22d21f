"""A design at a glance: its gap, its dearest places, and what limits its ports."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ponplan.report.explain.gap import gap_lines
from ponplan.report.explain.money import cost
from ponplan.report.explain.ports import limit_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ponplan.design.explain.overview import Overview
    from ponplan.design.explain.ports import PortLimits
    from ponplan.report.language import Words

SHOWN = 10


def overview_lines(overview: Overview, currency: str, _: Words) -> Iterator[str]:
    """Tell the gap, the places that cost most per customer, and how often which limit stops a port."""
    yield from gap_lines(overview.gap, currency, _)
    ranked = sorted(overview.sites, key=lambda site: -site.cost_each)
    yield _("places with splitters: {count}; the dearest per customer:").format(count=overview.places)
    for site in ranked[:SHOWN]:
        yield "  " + _("{site}: {customers} customers, {each} {currency} each").format(
            site=f"{site.site} {site.name}".strip(),
            customers=site.customers,
            each=cost(site.cost_each),
            currency=currency,
        )
    yield _("what stops further customers on ports:")
    yield from _stops(overview.ports, _)


def _stops(ports: Sequence[PortLimits], _: Words) -> Iterator[str]:
    counts = Counter((port.binding, port.direction) for port in ports)
    full = Counter((port.binding, port.direction) for port in ports if port.customers_more == 0)
    for key, count in counts.most_common():
        yield "  " + _("{limit}: {count} ports, {full} of them full").format(
            limit=limit_name(*key, _), count=count, full=full[key]
        )
