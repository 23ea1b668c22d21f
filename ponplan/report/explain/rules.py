"""What rules cost, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.design.explain.rules import OTHER_CUSTOMERS, PROVED, UNPROVED
from ponplan.report.explain.money import cost, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.design.explain.rules import Outcome, RulePrice, RulePrices
    from ponplan.report.language import Words


def rule_lines(found: RulePrices, currency: str, _: Words) -> Iterator[str]:
    """Tell what each rule costs, and whether that is more than the gaps leave open."""
    if found.is_planned_again:
        yield _("the area, its catalogue or the effort differ from the design's, so it was planned again as it is")
    yield _("with all rules: {cost} {currency}, gap {gap}").format(
        cost=cost(found.base.cost), currency=currency, gap=_gap(found.base)
    )
    for price in found.prices:
        yield f"  {price.rule} ({price.setting} -> {price.relaxed_to}): {_price(price, found.base, currency, _)}"


def _gap(outcome: Outcome) -> str:
    return "-" if outcome.gap_percent is None else f"{outcome.gap_percent:.2f} %"


def _price(price: RulePrice, base: Outcome, currency: str, _: Words) -> str:
    if price.outcome is None or price.saved_cost is None:
        return _("cannot be planned: {reason}").format(reason=price.refused)
    if price.verdict == OTHER_CUSTOMERS:
        return _("serves {count} customers more, for {cost} {currency}").format(
            count=price.outcome.customers_served - base.customers_served,
            cost=cost(-price.saved_cost),
            currency=currency,
        )
    gap = _gap(price.outcome)
    if price.saved_cost <= 0.0:
        found = _("no cheaper plan found without it (gap {gap})").format(gap=gap)
    else:
        found = _("{cost} {currency} cheaper without it, {share} (gap {gap})").format(
            cost=cost(price.saved_cost), currency=currency, share=share(price.saved_cost, base.cost), gap=gap
        )
    if price.verdict == UNPROVED or price.least_cost is None or price.most_cost is None:
        return found + "; " + _("nothing can be proved, because rules were relaxed")
    if price.verdict == PROVED:
        return (
            found
            + "; "
            + _("proved: it costs at least {least} and at most {most}").format(
                least=cost(price.least_cost), most=cost(price.most_cost)
            )
        )
    return (
        found
        + "; "
        + _("that is within the gaps: it may cost nothing, and at most {most}").format(most=cost(price.most_cost))
    )
