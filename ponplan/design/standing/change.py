"""What differs between an earlier design and the one made from it: kept, added, given up, and the cost of it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from ponplan.design.bill import bill_of, cost_total
from ponplan.topology.network import Cable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.design.standing.notkept import NotKept
    from ponplan.topology.network import Network

TABLES = ("nodes", "cables", "splitters", "olts", "cards", "ports", "onus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What has changed; records are told by their ids, table by table.

    Parameters
    ----------
    cost
        What the change costs: the new bill where everything before is built, else the new bill less the old one.
    kept, added, removed
        Records that are in both designs alike, only in the new one, and only in the earlier one.
    idle
        Kept records that carry no light.
    connected, rerouted, disconnected
        Customers who get light now, whose light takes another way, and who lose it.
    """

    built: bool
    cost_before: float
    cost: float
    kept: Mapping[str, tuple[str, ...]]
    added: Mapping[str, tuple[str, ...]]
    removed: Mapping[str, tuple[str, ...]]
    idle: Mapping[str, tuple[str, ...]]
    connected: tuple[str, ...]
    rerouted: tuple[str, ...]
    disconnected: tuple[str, ...]
    adopted: tuple[str, ...] = ()  # edits that were taken over, in words
    not_kept: tuple[NotKept, ...] = ()

    def as_facts(self) -> dict[str, object]:
        """Give the change as plain values."""
        return {
            "built": self.built,
            "cost_before": self.cost_before,
            "cost_change": self.cost,
            "kept": {name: len(ids) for name, ids in self.kept.items()},
            "added": {name: list(ids) for name, ids in self.added.items() if ids},
            "removed": {name: list(ids) for name, ids in self.removed.items() if ids},
            "idle": {name: list(ids) for name, ids in self.idle.items() if ids},
            "adopted": list(self.adopted),
            "not_kept": [one.as_facts() for one in self.not_kept],
            "customers_connected": list(self.connected),
            "customers_rerouted": list(self.rerouted),
            "customers_disconnected": list(self.disconnected),
        }


def change_between(earlier: Network, later: Network, *, built: bool, adopted: tuple[str, ...] = ()) -> Change:
    """Compare two designs, record by record; whether a record is built makes no difference."""
    kept: dict[str, tuple[str, ...]] = {}
    added: dict[str, tuple[str, ...]] = {}
    removed: dict[str, tuple[str, ...]] = {}
    for name in TABLES:
        before, after = _records(earlier, name), _records(later, name)
        same = {key for key, record in after.items() if key in before and _alike(before[key], record)}
        kept[name] = tuple(key for key in after if key in same)
        added[name] = tuple(key for key in after if key not in same)
        removed[name] = tuple(key for key in before if key not in same)
    ways, ways_before = customer_ways(later), customer_ways(earlier)
    total = cost_total(later.bill)
    before_cost = cost_total(bill_of(earlier))
    return Change(
        built=built,
        cost_before=before_cost,
        cost=total if built else round(total - before_cost, 2),
        kept=kept,
        added=added,
        removed=removed,
        idle=_idle(later, kept),
        connected=tuple(name for name in ways if name not in ways_before),
        rerouted=tuple(name for name, way in ways.items() if name in ways_before and ways_before[name] != way),
        disconnected=tuple(name for name in ways_before if name not in ways),
        adopted=adopted,
    )


def _records(network: Network, table: str) -> dict[str, Any]:
    return {record.id: record for record in getattr(network, table)}


def _alike(before: object, after: object) -> bool:
    """Say whether two records are the same but for their state; a cable's routes may have been cut further."""
    if isinstance(before, Cable) and isinstance(after, Cable):
        same_ends = (before.from_node, before.to_node) == (after.from_node, after.to_node)
        if same_ends and abs(before.length_m - after.length_m) < 0.01 * max(1, len(after.routes)):
            before = replace(before, routes=after.routes, length_m=after.length_m)
    left, right = (
        {field.name: getattr(record, field.name) for field in fields(record) if field.name != "state"}  # type: ignore[arg-type]
        for record in (before, after)
    )
    return left == right


def customer_ways(network: Network) -> dict[str, frozenset[tuple[object, ...]]]:
    """Give each customer's way of light: devices and fibres from the ports to the terminals."""
    into: dict[str, list[Any]] = {}
    for link in network.links:
        into.setdefault(link.to_device, []).append(link)
    found: dict[str, set[tuple[object, ...]]] = {}
    for onu in network.onus:
        waiting, seen = [onu.id], set[tuple[object, ...]]()
        while waiting:
            for link in into.get(waiting.pop(), ()):
                step = (link.from_device, link.from_port, link.to_device, link.to_port, link.strands)
                if step not in seen:
                    seen.add(step)
                    waiting.append(link.from_device)
        if seen:
            found.setdefault(onu.customer, set()).update(seen)
    return {customer: frozenset(way) for customer, way in found.items()}


def _idle(network: Network, kept: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Give the kept cables without a lit fibre, splitters without a lit leg and ports without a splitter."""
    lit = {cable for link in network.links for cable, _ in link.strands}
    sources = {link.from_device for link in network.links}
    return {
        "cables": tuple(name for name in kept["cables"] if name not in lit),
        "splitters": tuple(name for name in kept["splitters"] if name not in sources),
        "ports": tuple(name for name in kept["ports"] if name not in sources),
    }
