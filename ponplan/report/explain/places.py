"""Why a place, and why a customer is served from it, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.design.explain.sites import ASKED, WITHOUT
from ponplan.report.explain.money import cost
from ponplan.report.language import mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.design.explain.customers import CustomerWhy
    from ponplan.design.explain.sites import Alternative, SiteWhy
    from ponplan.report.language import Words

SHOWN = 4  # takers that are named
SECTIONS = {
    "trench": mark("trench"),
    "duct": mark("duct"),
    "cable": mark("cable"),
    "splicing": mark("splicing"),
    "passive": mark("passive"),
    "active": mark("active"),
    "customer": mark("customer"),
}


def site_lines(why: SiteWhy, currency: str, _: Words) -> Iterator[str]:
    """Tell what a place serves and costs, and what the best alternatives would cost."""
    yield _("{site}: {customers} customers on {splitters} splitters with {legs} legs").format(
        site=f"{why.site} {why.name}".strip(), customers=why.customers, splitters=why.splitters, legs=why.legs
    )
    yield _("feeder of {feeder} m; the farthest customer is {farthest} m behind it").format(
        feeder=f"{why.feeder_m:,.0f}", farthest=f"{why.behind_m:,.0f}"
    )
    if why.fed_from:
        text = _("fed by splitters in {places}, with which what lies behind them all is counted")
        yield text.format(places=", ".join(why.fed_from))
    if why.cost_by_section:
        yield _("it and all that lies behind it costs {cost} {currency}: {sections}").format(
            cost=cost(why.cost), currency=currency, sections=sections(why.cost_by_section, _)
        )
    if why.locked:
        yield _("the planner has locked it: it has to be used")
    if why.existing:
        yield _("it stands there already and costs nothing")
    if why.unpriced:
        yield _("no alternative is priced: {reason}").format(reason=why.unpriced)
    elif not why.alternatives:
        yield _("no other place near by may serve these customers")
    for one in why.alternatives:
        yield f"  {alternative_words(one, currency, _)}"


def sections(costs: Mapping[str, float], _: Words) -> str:
    """Say costs by section."""
    return ", ".join(f"{_(SECTIONS[name])} {cost(value)}" for name, value in costs.items())


def alternative_words(one: Alternative, currency: str, _: Words) -> str:
    """Say what an alternative is and costs."""
    takers = sorted(one.takers.items(), key=lambda entry: (-entry[1], entry[0]))
    names = ", ".join(f"{name} ({count})" for name, count in takers[:SHOWN])
    if len(takers) > SHOWN:
        names += " " + _("and {count} more").format(count=len(takers) - SHOWN)
    text = _("without it, by {places}").format(places=names) if one.kind == WITHOUT else names
    if one.kind == ASKED:
        text = _("as asked, at {places}").format(places=names)
    return f"{text}, {one.away_m:,.0f} m: {_price(one, currency, _)}"


def _price(one: Alternative, currency: str, _: Words) -> str:
    if one.more_cost is None:
        return _("cannot be built: {reason}").format(reason=one.refused)
    words = (
        _("the plan costs {cost} {currency} more")
        if one.more_cost >= 0.0
        else _("the plan costs {cost} {currency} less: the search has missed it")
    )
    text = words.format(cost=cost(abs(one.more_cost)), currency=currency)
    return text + "; " + _("breaks {rules}").format(rules=", ".join(one.broken)) if one.broken else text


def customer_lines(why: CustomerWhy, currency: str, _: Words) -> Iterator[str]:
    """Tell why a customer is served from its place."""
    if why.unserved:
        yield _("{customer} is not served: {reason}").format(customer=why.customer, reason=why.unserved)
        return
    if why.site:
        yield _("{customer} ({kind}) is served from {site}, {way} m along the cable and {drop} m of drop").format(
            customer=f"{why.customer} {why.name}".strip(),
            kind=why.customer_class,
            site=why.site,
            way=f"{why.distribution_m:,.0f}",
            drop=f"{why.drop_m:,.0f}",
        )
    elif why.is_direct:
        yield _("{customer} has a direct fibre: one of its own to the office, without a splitter").format(
            customer=f"{why.customer} {why.name}".strip()
        )
    else:
        yield _("{customer} is fully protected: its two places are chosen together, none is priced alone").format(
            customer=why.customer
        )
    for path in why.trace.paths if why.trace else ():
        down, up = path.light["down"].reserve_db, path.light["up"].reserve_db
        if down is not None and up is not None:
            yield _("port {port}, {length} m of fibre; light left: {down} dB downstream, {up} dB upstream").format(
                port=path.port, length=f"{path.length_m:,.0f}", down=f"{down:.2f}", up=f"{up:.2f}"
            )
    if why.unpriced:
        yield _("no alternative is priced: {reason}").format(reason=why.unpriced)
    if why.saved_cost is not None:
        yield _("without this customer the plan would cost {cost} {currency} less").format(
            cost=cost(why.saved_cost), currency=currency
        )
    for one in why.alternatives:
        yield f"  {alternative_words(one, currency, _)}"
