"""The bound that an earlier design's file states holds for the same area again, whatever is locked in it since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ponplan.design.bill import bill_of, cost_total
from ponplan.design.facts import input_hash
from ponplan.design.proof import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design.proof import Proof
    from ponplan.topology.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBound:
    """What plans cost at least that serve the same customers, and relax and share no more than the earlier one."""

    parts: Mapping[str, float]
    earlier: Network

    def for_plan(self, network: Network, proof: Proof) -> Proof:
        """Give the proof of a plan with this bound, where it holds for it and is higher."""
        bound = sum(self.parts.values())
        if bound <= proof.bound or not _liberties(network) <= _liberties(self.earlier):
            return proof
        parts = {name: Part(cost=part.cost, bound=self.parts[name]) for name, part in proof.parts.items()}
        return replace(proof, bound=min(bound, proof.cost), parts=parts)


def known_bound(area: Area, catalogue: Catalogue, earlier: Network) -> KnownBound | None:
    """Give the bound in a design's file if it was made from this very area and catalogue, else None.

    Locks and edits only take plans away. What was entered as existing since would add some: the bill is then another.
    """
    facts: Mapping[str, Any] = earlier.facts
    parts = facts.get("parts")
    if facts.get("cost_bound") is None or "from" in facts or not isinstance(parts, dict):
        return None
    if facts.get("input_hash") != input_hash(area, catalogue) or facts.get("cost_total") != cost_total(
        bill_of(earlier)
    ):
        return None
    return KnownBound(parts={name: float(part["bound"]) for name, part in parts.items()}, earlier=earlier)


def _liberties(network: Network) -> set[tuple[str, str]]:
    """Give what a plan does not keep, what its two paths share, and whom it does not serve."""
    relaxed = {(entry.rule, entry.subject) for entry in network.relaxed}
    shared = {(entry.kind, entry.thing) for entry in network.exposures}
    return relaxed | shared | {("unserved", one.id) for one in network.customers if one.unserved}
