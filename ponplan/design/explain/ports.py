"""What limits each PON port: every limit with its room, and the one that stops further customers first.

Room is told in each limit's own unit, and in customers like those already on the port, so that limits of different
kinds can be set against each other. Distance has no such number: a customer at the same place is no farther.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.design.explain.holding import holding_limits
from ponplan.design.explain.light import light_limits
from ponplan.design.explain.limit import Limit
from ponplan.design.explain.load import Carried, carried_loads, load_limits
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ponplan.topology.network import ClassRule, Network, OltPort


@dataclass(frozen=True, slots=True, kw_only=True)
class PortLimits:
    """A port with what limits it.

    Parameters
    ----------
    splitters
        Ids and types of the splitters behind it, nearest first.
    legs_free
        Of these splitters, as they are fitted.
    carried
        Downstream and upstream; empty for a port that only stands by.
    binding
        The limit that stops further customers first.
    customers_more
        How many customers like its own it would take before that.
    """

    port: str
    technology: str
    role: str
    splitters: tuple[tuple[str, str], ...]
    nodes: tuple[str, ...]
    customers: int
    legs_free: int
    binding: str
    direction: str
    customers_more: int
    limits: tuple[Limit, ...]
    carried: tuple[Carried, ...]


def port_limits(network: Network) -> tuple[PortLimits, ...]:
    """Give what limits every port that lights a terminal, in file order."""
    survey = Survey(network)
    paths = survey.onu_paths
    behind: dict[int, list[int]] = defaultdict(list)
    for path, port in enumerate(paths.ports.tolist()):
        behind[port].append(path)
    splitters, holding = _splitters_behind(survey), holding_limits(survey)
    carried = carried_loads(survey)
    loads = load_limits(survey, carried)
    found = []
    for row, port in enumerate(network.ports):
        if not behind[row]:
            continue
        names = splitters.get(port.id, [])
        nodes = dict.fromkeys(survey.index.splitters[name].node for name in names)
        room = [limit for node in nodes for limit in holding.get(node, ())]
        found.append(_of_port(survey, row, behind[row], names, (*loads[row], *room), carried[row]))
    return tuple(found)


def _of_port(
    survey: Survey,
    row: int,
    paths: Sequence[int],
    splitters: Sequence[str],
    others: Sequence[Limit],
    carried: tuple[Carried, ...],
) -> PortLimits:
    network, index, port = survey.network, survey.index, survey.network.ports[row]
    onus = sorted({int(survey.onu_paths.onus[path]) for path in paths})
    splits = _split_limits(survey, port, onus, paths)
    most = int(min(limit.limit for limit in splits))
    light = light_limits(survey, row, paths, most_split=most, splitters=splitters)
    limits = (*splits, *light, *others)
    stopping = [(limit.customers, limit) for limit in limits if limit.customers is not None]
    more, binding = min(stopping, key=lambda entry: entry[0])
    is_working = bool(survey.onu_paths.working[list(paths)].any())
    legs = sum(network.catalogue.splitters[index.splitters[name].type].outputs for name in splitters)
    return PortLimits(
        port=port.id,
        technology=port.technology,
        role="working" if is_working else "protecting",
        splitters=tuple((name, index.splitters[name].type) for name in splitters),
        nodes=tuple(dict.fromkeys(index.splitters[name].node for name in splitters)),
        customers=len({network.onus[onu].customer for onu in onus}),
        legs_free=legs - sum(len(index.links_from.get(name, ())) for name in splitters),
        binding=binding.name,
        direction=binding.direction,
        customers_more=more,
        limits=limits,
        carried=carried if is_working else (),
    )


def _splitters_behind(survey: Survey) -> Mapping[str, list[str]]:
    """Give the splitters that each port lights, nearest first."""
    found: dict[str, list[str]] = defaultdict(list)
    ports, arrivals = survey.network.ports, survey.arrivals
    for device, port in zip(arrivals.devices, arrivals.ports.tolist(), strict=True):
        if device in survey.index.splitters:
            found[ports[port].id].append(device)
    return {port: list(dict.fromkeys(names)) for port, names in found.items()}


def _split_limits(survey: Survey, port: OltPort, onus: Sequence[int], paths: Sequence[int]) -> list[Limit]:
    """Give how far light may be divided, and whether classes want the port for themselves."""
    network = survey.network
    split = int(survey.onu_paths.splits[list(paths)].max())
    technology = network.catalogue.technologies.get(port.technology)
    classes = {customer.id: customer.customer_class for customer in network.customers}
    here = {classes.get(network.onus[onu].customer, "") for onu in onus}
    rules: list[ClassRule] = [rule for rule in network.class_rules if rule.customer_class in here]
    allowed = {"technology": technology.max_split if technology else None, "area": network.rules.max_split}
    allowed |= {f"class {rule.customer_class}": rule.max_split for rule in rules}
    found = [
        Limit(name="split", value=split, limit=limit, unit="", customers=max(0, limit - len(onus)), subject=source)
        for source, limit in allowed.items()
        if limit is not None
    ]
    alone = [rule.customer_class for rule in rules if rule.own_port]
    if alone:
        found.append(Limit(name="own-port", value=len(onus), limit=1, unit="", customers=0, subject=alone[0]))
    return found or [Limit(name="split", value=split, limit=split, unit="", customers=0, subject="")]
