"""Who may be served from where, as far as the planner says so: from some sites alone, or not from some sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import AreaError, Fault
from ponplan.optimise.nearest import nearest_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.area.model import Area
    from ponplan.design.places import Place
    from ponplan.design.problem import PlanProblem
    from ponplan.optimise.graph import SparseGraph
    from ponplan.topology.network import NetworkCustomer

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignments:
    """For each customer that is not free to go anywhere, which places may serve it."""

    may_serve: Mapping[int, BoolArray]  # customer -> (places,)
    named: frozenset[int]  # customers whose places are named one by one

    def cost(self, customers: IntArray, places: IntArray) -> FloatArray:
        """Give inf where a place may not serve a customer, else nothing; both arrays broadcast."""
        customers, places = np.broadcast_arrays(customers, places)
        costs = np.zeros(customers.shape)
        for customer, allowed in self.may_serve.items():
            here = customers == customer
            costs[here] = np.where(allowed[places[here]], 0.0, np.inf)
        return costs

    def entries(
        self, problem: PlanProblem, places: Sequence[Place], graph: SparseGraph, known: set[tuple[int, int]]
    ) -> tuple[IntArray, IntArray, FloatArray]:
        """Give customers, the places named for them beyond those known, and the metres along the graph to them."""
        found = []
        for customer in sorted(self.named):
            for place in np.flatnonzero(self.may_serve[customer]).tolist():
                if (customer, place) not in known and places[place].kind != "room":
                    _, metres = nearest_sources(graph, np.array([places[place].junction]), width=1)
                    found.append((customer, place, float(metres[problem.access[customer], 0])))
        table = np.array(found, np.float64).reshape(-1, 3)
        return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]


def bound_customers(problem: PlanProblem) -> IntArray:
    """Give the customers that are not free to be served from anywhere."""
    rules = problem.area.rules
    names = rules.served_from.keys() | rules.not_served_from.keys()
    if not names:
        return np.zeros(0, np.int64)
    ids = [problem.customers[row].id for row in problem.served.tolist()]
    return np.array([member for member, name in enumerate(ids) if name in names], np.int64)


def assignments_of(problem: PlanProblem, places: Sequence[Place]) -> Assignments | None:
    """Give who may be served from which of these places; None where everybody is free."""
    members, rules = bound_customers(problem), problem.area.rules
    if not len(members):
        return None
    ids = [place.id for place in places]
    may_serve, named = {}, []
    for member in members.tolist():
        name = problem.customers[int(problem.served[member])].id
        only, never = rules.served_from.get(name), rules.not_served_from.get(name, ())
        may_serve[member] = np.array([(only is None or one in only) and one not in never for one in ids], bool)
        if only is not None:
            named.append(member)
    return Assignments(may_serve=may_serve, named=frozenset(named))


def refuse_unknown_assignments(area: Area, customers: Iterable[NetworkCustomer]) -> None:
    """Complain about customers and sites that the area does not have, and about what cannot be promised.

    Where an area has no cabinets of its own, any junction may be one, so that sites are not checked.

    Raises
    ------
    AreaError
        Names each of them.
    """
    rules, known = area.rules, {customer.id: customer for customer in customers}
    sites = {site.id for site in area.sites} | {office.id for office in area.offices}
    is_closed = any(site.kind == "cabinet" for site in area.sites)
    faults = []
    for field, pairs in (("served_from", rules.served_from), ("not_served_from", rules.not_served_from)):
        for name, wanted in pairs.items():
            if name not in known:
                faults.append(_fault(field, name, "no such customer", "name a customer by its id"))
            elif known[name].protection == "full":
                reason = "has full protection, whose two sites are chosen together"
                faults.append(_fault(field, name, reason, "leave the choice free, or protect the trunk alone"))
            strange = [one for one in wanted if is_closed and one not in sites]
            faults += [_fault(field, one, "no such site", "name a site by its id") for one in strange]
    if faults:
        raise AreaError(faults)


def _fault(field: str, value: str, problem: str, remedy: str) -> Fault:
    return Fault(file="area.toml", field=field, value=value, problem=problem, remedy=remedy)
