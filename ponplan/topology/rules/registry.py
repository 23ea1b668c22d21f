"""Every rule, in the order in which a reader should mend what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.topology.rules import (
    assignments,
    bearer,
    bill,
    circuits,
    courses,
    customers,
    ducts,
    enclosures,
    equipment,
    facts,
    fibres,
    lengths,
    light,
    load,
    partners,
    protection,
    records,
    references,
    sharing,
    split,
)

if TYPE_CHECKING:
    from ponplan.topology.violation import Rule

RULES: tuple[Rule, ...] = (
    *records.RULES,
    *references.RULES,
    *customers.RULES,
    *assignments.RULES,
    *circuits.RULES,
    *lengths.RULES,
    *courses.RULES,
    *fibres.RULES,
    *split.RULES,
    *sharing.RULES,
    *equipment.RULES,
    *partners.RULES,
    *light.RULES,
    *load.RULES,
    *bearer.RULES,
    *ducts.RULES,
    *enclosures.RULES,
    *protection.RULES,
    *bill.RULES,
    *facts.RULES,
)
