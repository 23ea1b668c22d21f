"""Rules of assignments: customers whom the planner has bound to sites are served from these, and not from others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ponplan.topology.violation import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ponplan.topology.network import Node
    from ponplan.topology.survey import Survey


def served_from_elsewhere(survey: Survey) -> Iterator[Finding]:
    """Find customers whose splitter stands at a site that may not serve them."""
    rules: Any = survey.network.facts.get("rules")
    only, never = (_table(rules, name) for name in ("served_from", "not_served_from"))
    if not only and not never:
        return
    for customer, node in _splitter_nodes(survey).items():
        sites = {node.site or node.junction, node.id}
        if customer in only and not sites & set(only[customer]):
            message = f"customer {customer} is served from {node.id}; the rules allow {', '.join(only[customer])}"
            yield Finding(subject=customer, message=message)
        if sites & set(never.get(customer, ())):
            message = f"customer {customer} is served from {node.id}, which the rules forbid"
            yield Finding(subject=customer, message=message)


def _table(rules: object, name: str) -> Mapping[str, list[str]]:
    found: Any = rules.get(name) if isinstance(rules, dict) else None
    return found if isinstance(found, dict) else {}


def _splitter_nodes(survey: Survey) -> dict[str, Node]:
    """Give where the last splitter stands on the working way of each customer."""
    index = survey.index
    found = {}
    for link in survey.network.links:
        if link.to_device in index.onus and link.from_device in index.splitters and link.role == "working":
            node = index.nodes.get(index.splitters[link.from_device].node)
            if node is not None:
                found[index.onus[link.to_device].customer] = node
    return found


RULES = (
    Rule(
        id="served-from",
        subject="customer",
        meaning="Customers bound to sites are served from these, and from none that is forbidden",
        find=served_from_elsewhere,
    ),
)
