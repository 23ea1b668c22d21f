"""Where the gap sits, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.report.explain.money import cost, share
from ponplan.report.explain.places import sections
from ponplan.report.language import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.design.explain.gap import Fill, GapPart, GapWhy
    from ponplan.report.language import Words

PARTS = {
    "trench": mark("trench and duct"),
    "cable": mark("cable and splicing"),
    "passive": mark("cabinets, closures and splitters"),
    "active": mark("ports, cards and terminals"),
}
MEANINGS = {
    "trench": mark("The bound digs the least that joins every customer with an office; other streets save no more."),
    "cable": mark(
        "The bound pays for steps of cable sizes and for joints where no other street could spare them, else a price "
        "below every step, and lets each customer's fibre take its cheapest way to a splitter."
    ),
    "passive": mark(
        "The bound fills splitters and closures as if all customers stood together, and pays for a cabinet "
        "by the share that is used."
    ),
    "active": mark(
        "The bound fills every port and card as if all customers could share them; terminals and their "
        "connection are the same in every plan."
    ),
}
FILLS = {
    "route-m": mark("of what is dug, routes for all: {used} of {bought} m"),
    "trunk-fibre": mark("fibre metres lit in feeders and distribution: {used} of {bought}"),
    "splitter-legs": mark("splitter legs in use: {used} of {bought}"),
    "cabinet-places": mark("splitter places filled in cabinets in use: {used} of {bought}"),
    "card-ports": mark("card ports in use: {used} of {bought}"),
    "chassis-slots": mark("chassis slots in use: {used} of {bought}"),
}


def gap_lines(why: GapWhy, currency: str, _: Words) -> Iterator[str]:
    """Tell the gap part by part."""
    if why.bound is None:
        yield _("no gap can be claimed, because rules were relaxed: {rules}").format(rules=", ".join(why.relaxed[:5]))
    else:
        yield _("cost {cost} {currency}; no permitted plan costs less than {bound}: {gap} are left open").format(
            cost=cost(why.cost), currency=currency, bound=cost(why.bound), gap=share(why.cost - why.bound, why.cost)
        )
    for part in why.parts:
        yield _part(part, why, _)
        yield f"    {_(MEANINGS[part.part])}"
        for fill in part.fills:
            yield f"    {fill_words(fill, _)}"
    if why.bound is not None:
        yield _("Only the sum of the parts' bounds is proved.")


def _part(part: GapPart, why: GapWhy, _: Words) -> str:
    text = f"  {_(PARTS[part.part])}: {cost(part.cost)} ({sections(part.sections, _)})"
    if part.gap_cost is None or part.bound is None or why.bound is None:
        return text
    whole = why.cost - why.bound
    return (
        text
        + "; "
        + _("bound {bound}, left open {gap}: {share} of the gap").format(
            bound=cost(part.bound), gap=cost(part.gap_cost), share=share(part.gap_cost, whole)
        )
    )


def fill_words(fill: Fill, _: Words) -> str:
    """Say how full something is."""
    text = _(FILLS[fill.what]).format(used=f"{fill.used:,.0f}", bought=f"{fill.bought:,.0f}")
    return f"{text} ({fill.percent:g} %)"
