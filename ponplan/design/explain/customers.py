"""Why a customer is served from where it is: what it costs by itself, and what other places would cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.explain.sites import ELSEWHERE, SHOWN, Alternative, alternative, moved, places_in_use
from ponplan.errors import DesignFileError, Fault
from ponplan.topology.survey import Survey
from ponplan.topology.trace import trace_customer

if TYPE_CHECKING:
    from ponplan.design.explain.replan import Replanning
    from ponplan.topology.network import Network, NetworkCustomer
    from ponplan.topology.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerWhy:
    """A customer's place, what serving it costs, and what the places next to its own would.

    Parameters
    ----------
    unserved
        The reason; everything else is empty then.
    saved_cost
        What the plan would cost less without this customer; None where that is not priced.
    trace
        The light's way with its reserve.
    """

    customer: str
    name: str
    customer_class: str
    unserved: str
    site: str
    distribution_m: float
    drop_m: float
    saved_cost: float | None
    alternatives: tuple[Alternative, ...]
    trace: Trace | None
    is_direct: bool = False  # a fibre of its own to the office: no place was chosen
    unpriced: str = ""  # why no alternative is priced, where the design cannot be laid out again


def find_customer(network: Network, wanted: str) -> NetworkCustomer:
    """Give a customer by id.

    Raises
    ------
    DesignFileError
        There is none with this id.
    """
    for customer in network.customers:
        if customer.id == wanted:
            return customer
    raise DesignFileError([Fault(file=network.name, field="customer", value=wanted, problem="no such customer")])


def explain_customer(replanning: Replanning, wanted: str, *, jobs: int = 1) -> CustomerWhy:
    """Tell why a customer is served from its place.

    Raises
    ------
    DesignFileError
        There is no such customer.
    """
    network, placed = replanning.network, replanning.placed
    customer = find_customer(network, wanted)
    member = replanning.customers.get(wanted)
    if member is None:
        return replace(describe_customer(network, wanted), site="", distribution_m=0.0, drop_m=0.0)
    problem, place, members = replanning.ground.problem, int(placed.assignment[member]), np.array([member])
    others = [o for o in places_in_use(replanning, place, near=member) if replanning.may_serve(o, members)][:SHOWN]
    trials = [moved(replanning, members, other) for other in others]
    priced = replanning.price(trials, jobs=jobs)
    alone = replanning.price_without(members)
    junction = np.array([placed.places[place].junction])
    return CustomerWhy(
        customer=wanted,
        name=customer.name,
        customer_class=customer.customer_class,
        unserved="",
        site=placed.places[place].id,
        distribution_m=round(
            float(replanning.ground.trunk.tree.distances_m(problem.access[members], junction)[0]), 1
        ),
        drop_m=round(float(problem.graph.lengths_m[problem.drop_edges[member]]), 1),
        saved_cost=None if alone.cost is None else round(replanning.cost - alone.cost, 2),
        alternatives=tuple(
            alternative(replanning, ELSEWHERE, place, trial, price)
            for trial, price in zip(trials, priced, strict=True)
        ),
        trace=trace_customer(network, wanted),
    )


def describe_customer(network: Network, wanted: str, *, unpriced: str = "") -> CustomerWhy:
    """Tell from where a customer is served, from the design alone.

    Raises
    ------
    DesignFileError
        There is no such customer.
    """
    customer = find_customer(network, wanted)
    site, distribution_m, drop_m = ("", 0.0, 0.0) if customer.unserved else _working_leg(network, wanted)
    return CustomerWhy(
        customer=wanted,
        name=customer.name,
        customer_class=customer.customer_class,
        unserved=customer.unserved,
        site=site,
        distribution_m=round(distribution_m, 1),
        drop_m=round(drop_m, 1),
        saved_cost=None,
        alternatives=(),
        trace=None if customer.unserved else trace_customer(network, wanted),
        is_direct=network.catalogue.technologies[customer.technology].is_direct,
        unpriced=unpriced,
    )


def _working_leg(network: Network, wanted: str) -> tuple[str, float, float]:
    """Give the site of the splitter that feeds a customer, and the metres of the leg before the drop and in it."""
    onus = {onu.id for onu in network.onus if onu.customer == wanted}
    nodes = {node.id: node for node in network.nodes}
    splitters = {splitter.id: nodes[splitter.node] for splitter in network.splitters}
    for link, run in zip(network.links, Survey(network).runs, strict=True):
        if link.to_device in onus and link.role == "working" and link.from_device in splitters:
            host = splitters[link.from_device]
            drop_m = sum(piece.length_m for piece in run.pieces if network.cables[piece.cable].role == "drop")
            return host.site or host.id, run.length_m - drop_m, drop_m
    return "", 0.0, 0.0
