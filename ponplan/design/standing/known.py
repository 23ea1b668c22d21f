"""The rules that a design was made by, as far as its file keeps them or shows them."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING

from ponplan.area.model import ClassRule, Rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ponplan.topology.network import ClassRule as KeptClassRule
    from ponplan.topology.network import Network


def known_rules(network: Network) -> Rules:
    """Give the area's rules as far as the design file keeps them or shows them; the rest are the defaults."""
    default, kept = Rules(), network.rules
    surfaces = {kind: usual(r.surface for r in network.routes if r.kind == kind) for kind in ("drop", "indoor")}
    return Rules(
        max_split=kept.max_split,
        spare_fibres=kept.spare_fibres,
        cable_slack=kept.cable_slack,
        oversubscription=kept.oversubscription,
        growth_per_year=kept.growth_per_year,
        horizon_years=kept.horizon_years,
        fibre=kept.fibre,
        class_rules={row.customer_class: _class_rule(row) for row in network.class_rules},
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
