"""The terminal of each customer: the cheapest with the interfaces that the services need."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.prices import unit_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Onu
    from ponplan.design.problem import PlanProblem
    from ponplan.topology.network import NetworkCustomer


def pick_onus(problem: PlanProblem) -> dict[int, str]:
    """Give the terminal type of each served customer; customers without one are in `customers_without_onu`."""
    known: dict[tuple[object, ...], str | None] = {}
    chosen = {}
    for member, row in enumerate(problem.served.tolist()):
        customer = problem.customers[row]
        kind = problem.area.rules.protected_onu if problem.protections[member] == "full" else ""
        need = (customer.technology, customer.services, kind)
        if need not in known:
            known[need] = cheapest_onu(problem.catalogue, customer, protected=kind)
        found = known[need]
        if found is not None:
            chosen[member] = found
    return chosen


def with_terminals(problem: PlanProblem) -> PlanProblem:
    """Give the problem without those for whom there is no terminal.

    Where none takes two ways, full protection cannot be had, and the trunk is protected instead.
    """
    lacking = [member for member in customers_without_onu(problem) if problem.protections[member] == "full"]
    protections = problem.protections.copy()
    protections[lacking] = "trunk"
    problem = replace(problem, protections=protections)
    return problem.without(customers_without_onu(problem))


def customers_without_onu(problem: PlanProblem) -> dict[int, str]:
    """Give the served customers for whom no terminal has the interfaces, and why."""
    chosen = pick_onus(problem)
    return {
        member: f"no {problem.technologies[member]} terminal has the E1 and Ethernet interfaces its services need"
        for member in range(len(problem.served))
        if member not in chosen
    }


def cheapest_onu(catalogue: Catalogue, customer: NetworkCustomer, *, protected: str = "") -> str | None:
    """Give the cheapest terminal type with the interfaces that a customer's services need, None if there is none.

    Parameters
    ----------
    protected
        With two ways into it: by an optical `switch`, by `dual` PON interfaces, or by `any` of these.
    """
    rows = [
        row
        for row in catalogue.onus.values()
        if row.allowed_in_design and _fits(catalogue, row, customer) and (not protected or _takes_two(row, protected))
    ]
    return min(rows, key=lambda row: (unit_cost(catalogue, row.id), row.id)).id if rows else None


def is_enough(catalogue: Catalogue, onu_type: str, customer: NetworkCustomer) -> bool:
    """Say whether a terminal type has the technology and the interfaces that a customer needs."""
    row = catalogue.onus.get(onu_type)
    return row is not None and _fits(catalogue, row, customer)


def _fits(catalogue: Catalogue, row: Onu, customer: NetworkCustomer) -> bool:
    services = [(catalogue.services[service], count) for service, count in customer.services]
    if row.technology != customer.technology:
        return False
    if row.e1_ports < sum(service.e1_circuits * count for service, count in services):
        return False
    rates = [(max(one.peak_down_bps, one.peak_up_bps), count) for one, count in services if not one.e1_circuits]
    fastest_bps = max((rate for rate, _ in rates), default=0)
    together_bps = sum(rate * count for rate, count in rates)
    return not rates or (
        row.ethernet_bps >= fastest_bps and row.ethernet_ports * row.ethernet_bps >= max(together_bps, 1)
    )


def _takes_two(row: Onu, how: str) -> bool:
    """Say whether light comes into a terminal by two ways of this kind."""
    return (row.optical_switch and how in ("any", "switch")) or (row.pon_interfaces > 1 and how in ("any", "dual"))


def switched(problem: PlanProblem) -> NDArray[np.bool_]:
    """Say (c,) whose light passes an optical switch before its terminal."""
    onus = problem.catalogue.onus
    picked = pick_onus(problem)
    return np.array(
        [member in picked and onus[picked[member]].optical_switch for member in range(len(problem.served))], bool
    )
