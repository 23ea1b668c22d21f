"""The planning problem: the area's customers on the route graph, as arrays that every later step shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.area import build_route_graph
from ponplan.design.demand import resolve_customers
from ponplan.errors import AreaError, Fault
from ponplan.topology.growth import Growth
from ponplan.topology.load import load_bps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.area.graph import RouteGraph
    from ponplan.area.model import Area, Rules
    from ponplan.catalogue import Catalogue
    from ponplan.design.standing.standing import Standing
    from ponplan.topology.network import NetworkCustomer

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProblem:
    """Who is to be served, from where, over what.

    Parameters
    ----------
    customers
        All of the area's, those that cannot be served with their reason.
    served
        (c,) indexes into `customers`; every other array of customers is aligned with it.
    premises, drop_edges, access
        (c,) each customer's junction, the one segment that ends there and the junction at its other end.
    technologies, bearers
        (c,) technology ids, and the network behind the OLT: ip or mstp.
    sharing
        (c,) only customers with the same word here may share a PON port.
    protections
        (c,) what each is promised: none, trunk or full.
    growth
        Of every class and service.
    down_bps, up_bps
        (c,) load on a port at the planning horizon.
    offices
        (o,) junctions of the offices that may be used; `office_rows` are their indexes in the area.
    """

    area: Area
    catalogue: Catalogue
    graph: RouteGraph
    customers: tuple[NetworkCustomer, ...]
    served: IntArray
    premises: IntArray
    drop_edges: IntArray
    access: IntArray
    technologies: NDArray[np.str_]
    bearers: NDArray[np.str_]
    sharing: NDArray[np.str_]
    protections: NDArray[np.str_]
    down_bps: FloatArray
    up_bps: FloatArray
    offices: IntArray
    office_rows: IntArray
    growth: Growth
    standing: Standing | None = None  # kept plant that the plan may use

    @property
    def is_direct(self) -> NDArray[np.bool_]:
        """Say (c,) who has a fibre of their own from the office, without a splitter."""
        rows = self.catalogue.technologies
        return np.array([rows[name].is_direct for name in self.technologies.tolist()], bool)

    def without(self, reasons: Mapping[int, str]) -> PlanProblem:
        """Give the problem that leaves out these customers (positions in `served`), each for its reason."""
        customers = list(self.customers)
        for position, reason in reasons.items():
            row = int(self.served[position])
            customers[row] = replace(customers[row], unserved=reason)
        kept = np.array([position not in reasons for position in range(len(self.served))], bool)
        return replace(self.only(kept), customers=tuple(customers))

    def only(self, kept: NDArray[np.bool_]) -> PlanProblem:
        """Give the problem of some of those served; the others are left to another."""
        arrays = {
            name: getattr(self, name)[kept]
            for name in (
                "served",
                "premises",
                "drop_edges",
                "access",
                "technologies",
                "bearers",
                "sharing",
                "protections",
                "down_bps",
                "up_bps",
            )
        }
        return replace(self, **arrays)


def with_headroom(problem: PlanProblem, factors: Mapping[str, float]) -> PlanProblem:
    """Plan for some customers as if each loaded a port so many times as much; who is not served does not matter."""
    ids = [problem.customers[row].id for row in problem.served.tolist()]
    scale = np.array([factors.get(name, 1.0) for name in ids])
    return replace(problem, down_bps=problem.down_bps * scale, up_bps=problem.up_bps * scale)


def pose_problem(area: Area, catalogue: Catalogue) -> PlanProblem:
    """Put customers and offices on the route graph and work out their loads.

    Raises
    ------
    AreaError
        When a class, service or technology is unknown or not allowed, or there is no office to use.
    """
    customers = resolve_customers(area, catalogue)
    graph = build_route_graph(area, twice=_twice(customers))
    reasons = dict(graph.unreachable)
    customers = tuple(replace(customer, unserved=reasons.get(customer.id, "")) for customer in customers)
    return pose_on_graph(area, catalogue, customers, graph)


def pose_on_graph(
    area: Area, catalogue: Catalogue, customers: tuple[NetworkCustomer, ...], graph: RouteGraph
) -> PlanProblem:
    """Work out the loads of the customers who are to be served, on a graph that has a place for each.

    Raises
    ------
    AreaError
        When there is no office to use.
    """
    office_rows = np.array(
        [row for row, office in enumerate(area.offices) if office.allowed and graph.office_junctions[row] >= 0],
        np.int64,
    )
    if not len(office_rows):
        problem = "there is no central office that may be used and reaches a route"
        raise AreaError([Fault(file="area.toml", field="office", problem=problem, remedy="add an [[office]] entry")])
    served = np.array([row for row, c in enumerate(customers) if not c.unserved], np.int64)
    premises = graph.customer_junctions[served]
    drop_edges = _edges_at(graph, premises)
    rules, growth = area.rules, promised_growth(area.rules)
    loads = np.array(
        [
            load_bps(customers[row], catalogue, rules.oversubscription, growth=growth, years=rules.horizon_years)
            for row in served.tolist()
        ]
    ).reshape(-1, 2)
    return PlanProblem(
        area=area,
        catalogue=catalogue,
        graph=graph,
        customers=customers,
        served=served,
        premises=premises,
        drop_edges=drop_edges,
        access=graph.tails[drop_edges] + graph.heads[drop_edges] - premises,
        technologies=np.array([customers[row].technology for row in served.tolist()], np.str_),
        bearers=np.array([_bearer(customers[row], catalogue) for row in served.tolist()], np.str_),
        sharing=np.array([sharing_of(customers[row], area.rules) for row in served.tolist()], np.str_),
        protections=np.array([customers[row].protection for row in served.tolist()], "U5"),
        growth=growth,
        down_bps=loads[:, 0],
        up_bps=loads[:, 1],
        offices=graph.office_junctions[office_rows],
        office_rows=office_rows,
    )


def _bearer(customer: NetworkCustomer, catalogue: Catalogue) -> str:
    return catalogue.customer_classes[customer.customer_class].bearer


def _twice(customers: Sequence[NetworkCustomer]) -> frozenset[str] | None:
    """Name the customers to be reached by two ways; None where nobody is protected."""
    if all(customer.protection == "none" for customer in customers):
        return None
    return frozenset(customer.id for customer in customers if customer.protection == "full")


def promised_growth(rules: Rules) -> Growth:
    """Give the growth of every class and service that an area's rules name."""
    told = {name: rule.growth_per_year for name, rule in rules.class_rules.items()}
    return Growth(
        common=rules.growth_per_year,
        of_class={name: rate for name, rate in told.items() if rate is not None},
        of_service=rules.service_growth,
    )


def sharing_of(customer: NetworkCustomer, rules: Rules) -> str:
    """Name the customers who may share a PON port with this one; who has a port alone is told apart by the plane."""
    rule = rules.of_class(customer.customer_class)
    apart = customer.customer_class if rule.apart else ""
    return f"{apart}/{rule.max_split or ''}/{'own' if rule.own_port else ''}"


def _edges_at(graph: RouteGraph, premises: IntArray) -> IntArray:
    """Give the one segment that ends at each of these junctions of degree one."""
    edge_at = np.full(len(graph.junction_ids), -1, np.int64)
    edge_at[graph.tails] = np.arange(len(graph.tails))
    edge_at[graph.heads] = np.arange(len(graph.heads))
    drops = np.flatnonzero((graph.kinds == "drop") | (graph.kinds == "indoor"))
    edge_at[graph.tails[drops]] = drops
    edge_at[graph.heads[drops]] = drops
    return edge_at[premises]
