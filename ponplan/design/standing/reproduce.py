"""The earlier design itself, as far as it is still permitted: a plan that no other may be dearer than."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from ponplan.design.records import plan_rules
from ponplan.design.standing.attach import UNJUDGED
from ponplan.design.standing.fit import pose_on_standing
from ponplan.design.standing.ground import ground_of
from ponplan.design.standing.keep import kept_of
from ponplan.design.standing.known import known_rules
from ponplan.design.standing.stale import stale_records
from ponplan.design.standing.ways import customers_behind, on_ways_of
from ponplan.errors import AreaError
from ponplan.topology.check import check_network
from ponplan.topology.network import ClassRule, ServiceGrowth

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from ponplan.area.model import Area, Rules
    from ponplan.catalogue import Catalogue
    from ponplan.design.problem import PlanProblem
    from ponplan.design.standing.keep import Kept
    from ponplan.topology.network import Network, NetworkCustomer

# who plans by other rules of these plans something else, of which the earlier design is no case
SAME_RULES = (
    "splitters_in_office", "lead_in_surface", "indoor_surface", "duct", "fibre", "protection_ports", "standby",
    "protected_onu", "bearer", "fibre_scarce", "technology_optics",
)  # fmt: skip
LOCKABLE = ("nodes", "cables", "splitters")
MOST_ROUNDS = 8  # of letting go whom the rules now refuse


def reproduced(
    area: Area, earlier: Network, kept: Kept, customers: Mapping[str, NetworkCustomer], catalogue: Catalogue
) -> PlanProblem | None:
    """Pose the problem of those whom the earlier design, kept whole, does not serve any more.

    Parameters
    ----------
    earlier
        With the edits taken over.
    kept
        What must stay of it.
    customers
        Of the area as it is now, by id.

    Returns
    -------
    PlanProblem or None
        None where nothing but what must stay is left of the earlier design, or it was made by other rules.

    Notes
    -----
    Whose way of light passes something that the area does not offer any more, or that breaks a rule now, is let go
    with all that nobody else needs, until no rule is broken. Rules that the earlier design relaxed may stay so.
    """
    known, rules = known_rules(earlier), area.rules
    if any(getattr(known, name) != getattr(rules, name) for name in SAME_RULES):
        return None
    told = {(entry.rule, entry.subject) for entry in earlier.relaxed}
    gone = customers_behind(earlier, stale_records(area, earlier, kept.network, catalogue))
    for _ in range(MOST_ROUNDS):
        whole = _kept_whole(earlier, kept, {name: row for name, row in customers.items() if name not in gone})
        if whole.served <= kept.served:
            return None
        try:
            problem = pose_on_standing(area, ground_of(area, earlier, whole.network, whole.served), whole, catalogue)
        except AreaError:
            return None  # as when somebody let go cannot be joined to the cut routes
        assert problem.standing is not None  # noqa: S101 - it was posed on kept plant
        network = _under(problem.standing.network, rules)
        broken = {
            one.subject
            for one in check_network(network)
            if one.rule not in UNJUDGED and (one.rule, one.subject) not in told
        }
        if not broken:
            return problem
        more = customers_behind(network, broken) - kept.served
        if not more:
            return None
        gone |= more
    return None


def _under(network: Network, rules: Rules) -> Network:
    """Give kept plant under the rules of the area."""
    return replace(
        network,
        rules=plan_rules(rules, bearer=network.rules.bearer),
        service_growth=tuple(
            ServiceGrowth(service=name, growth_per_year=rate) for name, rate in rules.service_growth.items()
        ),
        class_rules=tuple(ClassRule(customer_class=name, **asdict(rule)) for name, rule in rules.class_rules.items()),
        facts={"rules": asdict(rules)},
    )


def _kept_whole(earlier: Network, kept: Kept, customers: Mapping[str, NetworkCustomer]) -> Kept:
    """Give the earlier design without what leads to none of these customers, unless it must stay."""
    nodes = {node.id for node in earlier.nodes}
    sound = replace(
        earlier,
        cables=tuple(one for one in earlier.cables if {one.from_node, one.to_node} <= nodes),
        splitters=tuple(one for one in earlier.splitters if one.node in nodes or one in kept.wished),
    )
    every = {table: {one.id for one in getattr(sound, table)} for table in LOCKABLE}
    whole = kept_of(_locked(sound, every), customers, built=False)
    needed = on_ways_of(whole.network, whole.served)
    stays = {table: {one.id for one in getattr(kept.network, table)} | needed[table] for table in LOCKABLE}
    again = kept_of(_locked(sound, stays), customers, built=False)
    was_locked = {table: {one.id for one in getattr(sound, table) if one.locked} for table in LOCKABLE}
    return replace(again, network=_locked(again.network, was_locked, alone=True))


def _locked(network: Network, ids: Mapping[str, Set[str]], *, alone: bool = False) -> Network:
    """Give the network with these records locked beside those that are, or alone."""
    told: dict[str, Any] = {
        table: tuple(
            replace(one, locked=one.id in ids[table] or (one.locked and not alone)) for one in getattr(network, table)
        )
        for table in LOCKABLE
    }
    return replace(network, **told)
