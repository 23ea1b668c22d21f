"""The rules that a design was made by, as far as its file keeps them or shows them."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from ponplan.area.model import ClassRule, Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ponplan.topology.network import ClassRule as KeptClassRule
    from ponplan.topology.network import Network


def known_rules(network: Network) -> Rules:
    """Give the area's rules as the design file keeps them; of a file without them, as far as it shows them.

    What `check` reads, the table of rules and those of classes, holds in any case.
    """
    kept, told = network.rules, network.facts.get("rules")
    rules = _told(told) if isinstance(told, dict) else _shown(network)
    return replace(
        rules,
        max_split=kept.max_split,
        spare_fibres=kept.spare_fibres,
        cable_slack=kept.cable_slack,
        oversubscription=kept.oversubscription,
        growth_per_year=kept.growth_per_year,
        horizon_years=kept.horizon_years,
        fibre=kept.fibre,
        service_growth={row.service: row.growth_per_year for row in network.service_growth},
        class_rules={row.customer_class: _class_rule(row) for row in network.class_rules},
    )


def _told(told: Mapping[str, Any]) -> Rules:
    """Give the rules among a run's facts; what a later program would add is left out."""
    known = {field.name for field in fields(Rules)} - {"class_rules"}
    kept = {name: value for name, value in told.items() if name in known}
    for name in ("served_from", "not_served_from"):
        kept[name] = {customer: tuple(sites) for customer, sites in kept.get(name, {}).items()}
    return Rules(**kept)


def _shown(network: Network) -> Rules:
    """Give the rules that a design's routes show; the rest are the defaults."""
    default = Rules()
    surfaces = {kind: usual(r.surface for r in network.routes if r.kind == kind) for kind in ("drop", "indoor")}
    return Rules(
        lead_in_surface=surfaces["drop"] or default.lead_in_surface,
        indoor_surface=surfaces["indoor"] or default.indoor_surface,
        duct=usual(r.duct for r in network.routes if r.duct) or default.duct,
    )


def _class_rule(row: KeptClassRule) -> ClassRule:
    return ClassRule(**{field.name: getattr(row, field.name) for field in fields(ClassRule)})


def usual(words: Iterable[str]) -> str | None:
    """Give the most frequent word, the first of equals in the alphabet."""
    counts = Counter(words)
    return min(counts, key=lambda word: (-counts[word], word)) if counts else None
