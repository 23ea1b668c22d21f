"""What each rule costs: the area planned again without it, with the same effort and seed.

Let a design cost a with bound b, and c with bound d without a rule. A rule only takes plans away, so the best plan
with it costs at least as much as the best without, and the rule's true price lies between max(0, b - c) and a - d.
Where b > c the price is proved; otherwise the difference found, a - c, lies within the gaps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ponplan.design.facts import input_hash
from ponplan.design.network import design_network
from ponplan.design.standing.known import known_rules
from ponplan.errors import DesignFileError, Fault, PonplanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ponplan.area.model import Area
    from ponplan.topology.network import Network

PROVED, WITHIN_GAPS, OTHER_CUSTOMERS, UNPROVED = "proved", "within-gaps", "other-customers", "unproved"
FARTHER = 3.0  # times the longest drop, where that rule is relaxed
CLASS_RULES = {"max_split": None, "own_port": False, "apart": False}  # as they are without a rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a plan costs, and what no plan under its rules can undercut; None where that is not proved."""

    cost: float
    bound: float | None
    gap_percent: float | None
    customers_served: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePrice:
    """A rule, and the plan without it.

    Parameters
    ----------
    setting, relaxed_to
        Of the rule in the design, and in the plan without it.
    outcome
        Of that plan; None where there is none, for the reason in `refused`.
    saved_cost
        What was found to be saved: negative where the search found nothing better.
    least_cost, most_cost
        Between which the rule's true price lies; None where that is not proved.
    verdict
        proved: it costs at least `least_cost`; within-gaps: it may cost nothing; other-customers: the plan serves
        others, so costs do not compare; unproved: a plan relaxed rules, so nothing can be said for certain.
    """

    rule: str
    setting: str
    relaxed_to: str
    outcome: Outcome | None
    saved_cost: float | None
    least_cost: float | None
    most_cost: float | None
    verdict: str
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePrices:
    """All rules of a design with their prices.

    `is_planned_again` says that the design itself was planned again first, because it was ended by the clock or its
    area has changed since.
    """

    base: Outcome
    is_planned_again: bool
    prices: tuple[RulePrice, ...]


def price_rules(
    network: Network, area: Area, *, jobs: int = 1, tell: Callable[[str], None] = lambda _: None
) -> RulePrices:
    """Plan an area again without each of the rules that a design keeps.

    Raises
    ------
    DesignFileError
        The design was made from an earlier one, and not on plant that its area lists.
    """
    if "from" in network.facts and not area.plant:
        reason = "was made from an earlier design, so its rules cannot be priced by planning the area anew"
        raise DesignFileError([Fault(file=network.name, problem=reason)])
    facts = network.facts
    area = replace(area, rules=known_rules(network))
    seed, effort = int(str(facts.get("seed", 0))), str(facts.get("effort", "normal"))

    def plan(asked: Area, words: str) -> Outcome:
        def watch(text: str) -> None:
            tell(f"{words}: {text}")

        catalogue = network.catalogue
        made = design_network(asked, catalogue=catalogue, seed=seed, jobs=jobs, watch=watch, effort=effort)
        return outcome_of(made.network.facts)

    same = facts.get("input_hash") == input_hash(area, network.catalogue) and facts.get("ended_by") == "effort"
    base = outcome_of(facts) if same else plan(area, "as it is")
    prices = []
    for rule, setting, relaxed_to, other in relaxations(area, network):
        try:
            prices.append(_price(rule, setting, relaxed_to, base, plan(other, f"without {rule}")))
        except PonplanError as error:
            prices.append(_refused(rule, setting, relaxed_to, str(error)))
    return RulePrices(base=base, is_planned_again=not same, prices=tuple(prices))


def outcome_of(facts: Mapping[str, object]) -> Outcome:
    """Give the outcome that a run's facts tell."""

    def number(name: str) -> float | None:
        value = facts.get(name)
        return float(value) if isinstance(value, int | float) else None

    return Outcome(
        cost=number("cost_total") or 0.0,
        bound=number("cost_bound"),
        gap_percent=number("gap_percent"),
        customers_served=int(number("customers_served") or 0),
    )


def relaxations(area: Area, network: Network) -> Iterator[tuple[str, str, str, Area]]:
    """Give each rule that a design keeps: its name, its setting, what it is relaxed to, and the area without it."""
    rules = area.rules
    if rules.max_split is not None:
        yield "max_split", f"1:{rules.max_split}", "as the technology allows", _with(area, max_split=None)
    if rules.spare_fibres > 0.0:
        yield "spare_fibres", f"{100.0 * rules.spare_fibres:g} %", "0 %", _with(area, spare_fibres=0.0)
    if rules.stages == 1:
        yield "stages", "1", "2", _with(area, stages=2)
    if not rules.splitters_in_office:
        yield "splitters_in_office", "no", "yes", _with(area, splitters_in_office=True)
    if rules.horizon_years:
        yield "horizon_years", f"{rules.horizon_years}", "0", _with(area, horizon_years=0)
    if any(customer.unserved for customer in network.customers):
        farther_m = FARTHER * rules.max_drop_m
        yield "max_drop_m", f"{rules.max_drop_m:g} m", f"{farther_m:g} m", _with(area, max_drop_m=farther_m)
    if any(route.free_bores is not None for route in area.routes):
        routes = tuple(replace(route, free_bores=_unlimited(route.free_bores)) for route in area.routes)
        yield "free_bores", "as surveyed", "not limited", replace(area, routes=routes)
    if any(customer.protection != "none" for customer in network.customers):
        customers = tuple(replace(customer, protection="none") for customer in area.customers)
        yield "protection", "as promised", "none", replace(area, customers=customers)
    yield from _of_classes(area)
    yield from _of_map(area)


def _of_classes(area: Area) -> Iterator[tuple[str, str, str, Area]]:
    """Give the rules of single classes, each by itself."""
    for name, rule in area.rules.class_rules.items():
        for field, free in CLASS_RULES.items():
            setting = getattr(rule, field)
            if setting != free:
                changes: dict[str, Any] = {field: free}
                relaxed = {**area.rules.class_rules, name: replace(rule, **changes)}
                told = f"1:{setting}" if field == "max_split" else "yes"
                yield f"{name}.{field}", told, "none", _with(area, class_rules=relaxed)


def _of_map(area: Area) -> Iterator[tuple[str, str, str, Area]]:
    """Give what the planner has locked and forbidden on the map."""
    for field, word in (("locked", "locked_sites"), ("forbidden", "forbidden_sites")):
        count = sum(getattr(site, field) for site in area.sites)
        if count:
            changes: dict[str, Any] = {field: False}
            sites = tuple(replace(site, **changes) for site in area.sites)
            yield word, f"{count}", "0", replace(area, sites=sites)
    bound = len(area.rules.served_from.keys() | area.rules.not_served_from.keys())
    if bound:
        yield "served_from", f"{bound}", "0", _with(area, served_from={}, not_served_from={})
    count = sum(route.forbidden for route in area.routes)
    if count:
        routes = tuple(replace(route, forbidden=False) for route in area.routes)
        yield "forbidden_routes", f"{count}", "0", replace(area, routes=routes)


def _unlimited(free_bores: int | None) -> int | None:
    return None if free_bores is None else max(free_bores, 1000)


def _with(area: Area, **changes: Any) -> Area:  # noqa: ANN401 - fields of the rules
    return replace(area, rules=replace(area.rules, **changes))


def _price(rule: str, setting: str, relaxed_to: str, base: Outcome, outcome: Outcome) -> RulePrice:
    least = most = None
    if base.customers_served != outcome.customers_served:
        verdict = OTHER_CUSTOMERS
    elif base.bound is None or outcome.bound is None:
        verdict = UNPROVED
    else:
        least, most = max(0.0, base.bound - outcome.cost), max(0.0, base.cost - outcome.bound)
        verdict = PROVED if least > 0.0 else WITHIN_GAPS
    return RulePrice(
        rule=rule,
        setting=setting,
        relaxed_to=relaxed_to,
        outcome=outcome,
        saved_cost=round(base.cost - outcome.cost, 2),
        least_cost=None if least is None else round(least, 2),
        most_cost=None if most is None else round(most, 2),
        verdict=verdict,
    )


def _refused(rule: str, setting: str, relaxed_to: str, reason: str) -> RulePrice:
    return RulePrice(
        rule=rule,
        setting=setting,
        relaxed_to=relaxed_to,
        outcome=None,
        saved_cost=None,
        least_cost=None,
        most_cost=None,
        verdict=UNPROVED,
        refused=reason,
    )
