"""The plants that stand side by side: a plane per technology, bearer and class rule, with what it may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ponplan.design.optics import farthest_m
from ponplan.design.prices import unit_cost
from ponplan.errors import CatalogueError, Fault
from ponplan.topology.load import usable_rates_bps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

    from collections.abc import Mapping, Sequence

    from ponplan.area.model import ClassRule
    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import OltOptics, OpticalClass, Splitter, Technology
    from ponplan.design.problem import PlanProblem


@dataclass(frozen=True)
class Plane:
    """The plant of one technology toward one bearer network, for customers who may share a port.

    Parameters
    ----------
    members
        Positions of its customers in the problem's `served`.
    protection
        What its customers are promised: none, trunk or full; none, too, where that is left out of account.
    splitters
        Balanced ones, by ascending number of legs, none beyond the split limit: with one input, or with two where the
        trunk is protected.
    optics
        Transceivers that may be used, cheapest first.
    port_cost
        OLT port with its share of card and chassis, patching and splices at both ends of the feeder; no transceiver.
        Two of them where the trunk is protected, and two transceivers in `optics_costs`, unless one is asked for.
    rates_bps
        (most, 2) what 1, 2, ... terminals share on one port, downstream and upstream, whichever transceiver it gets;
        as many rows as a port may have terminals.
    most_rates_bps
        (most, 2) the same with whichever transceiver carries most.
    most_customers
        No port serves more of this plane's customers, by legs and by load, even if it gets those who need least.
    usual_customers
        How many customers of average load a port serves.
    least_ports
        No plan serves everybody with fewer ports, by customers and by load.
    port_shares
        (members,) of each customer, so that the shares of those on one port never add up to more than 1 in any plan.
    lit_m
        By id of each splitter, beyond how many metres no light path behind it gets enough light, even without a
        splice between cables; -1 where none does.
    """

    technology: Technology
    bearer: str
    protection: str
    members: NDArray[np.int64]
    splitters: tuple[Splitter, ...]
    optics: tuple[OltOptics, ...]
    classes: tuple[OpticalClass, ...]
    optics_costs: tuple[float, ...]
    splitter_costs: tuple[float, ...]
    port_cost: float
    rates_bps: FloatArray
    most_rates_bps: FloatArray
    most_customers: int
    usual_customers: int
    least_ports: int
    port_shares: FloatArray
    lit_m: Mapping[str, float]

    def legs_within_light(self, lengths_m: FloatArray) -> IntArray:
        """Give the legs of the largest splitter behind which light gets so far, at least 1."""
        legs = np.ones(np.shape(lengths_m), np.int64)
        for splitter in self.splitters:
            legs = np.where(lengths_m <= self.lit_m[splitter.id], splitter.outputs, legs)
        return legs


def planes_of(problem: PlanProblem, *, protected: bool = False) -> list[Plane]:
    """Give a plane for every technology, bearer and sharing that a served customer needs, in the catalogue's order.

    Customers with a direct fibre are on none.

    Parameters
    ----------
    protected
        Whether customers with unlike protection are on planes of their own, equipped for it.

    Raises
    ------
    CatalogueError
        When a technology has no splitter, transceiver or card that may be used in design.
    """
    kinds = problem.protections if protected else np.full(len(problem.served), "none")
    return _planes_by(problem, kinds, ports=2)


def planes_at_least(problem: PlanProblem) -> list[Plane]:
    """Give planes such that every plan has the ports of each, one to a splitter: what bounds rest on.

    A port stands by for one other: beside it on a splitter with two inputs, or alone on a second splitter. So
    customers with a protected trunk share no port with fully protected ones. The unprotected may share either's.
    """
    kinds = problem.protections.copy()
    if problem.area.rules.cascades or problem.standing is not None:
        kinds[:] = "none"
    keys = list(zip(*(column.tolist() for column in _sharing_of(problem)), strict=True))
    mixed = {key for key, kind in zip(keys, kinds.tolist(), strict=True) if kind == "none"}
    kinds[np.array([key in mixed for key in keys], bool)] = "none"
    return _planes_by(problem, kinds, ports=1)


def _sharing_of(problem: PlanProblem) -> tuple[NDArray[np.str_], NDArray[np.str_], NDArray[np.str_]]:
    return problem.technologies, problem.bearers, problem.sharing


def _planes_by(problem: PlanProblem, kinds: NDArray[np.str_], *, ports: int) -> list[Plane]:
    keys = zip(*(column.tolist() for column in (*_sharing_of(problem), kinds)), strict=True)
    rows = problem.catalogue.technologies
    used = sorted(key for key in set(keys) if not rows[key[0]].is_direct)
    order = {technology: place for place, technology in enumerate(rows)}
    used.sort(key=lambda key: (order[key[0]], *key[1:]))
    planes = []
    for technology, bearer, sharing, kind in used:
        members = np.flatnonzero(
            (problem.technologies == technology)
            & (problem.bearers == bearer)
            & (problem.sharing == sharing)
            & (kinds == kind)
        )
        inputs = {2 if kind == "trunk" else 1}
        if ports == 1 and np.any(problem.protections[members] == "trunk"):
            inputs.add(2)  # some hang on such splitters, whatever they are told apart by
        each = ports if kind == "trunk" else 1
        planes.append(_plane(problem, rows[technology], bearer, members, kind, inputs=inputs, ports=each))
    return planes


def _plane(
    problem: PlanProblem,
    technology: Technology,
    bearer: str,
    members: NDArray[np.int64],
    protection: str,
    *,
    inputs: set[int],
    ports: int,
) -> Plane:
    catalogue = problem.catalogue
    rule, limit = _class_rule(problem, members), split_limit(problem, technology, members)
    splitters = sorted(
        (
            row
            for row in catalogue.splitters.values()
            if row.kind == "balanced" and row.inputs in inputs and row.allowed_in_design and row.outputs <= limit
        ),
        key=lambda row: row.outputs,
    )
    optics = optics_for(problem, technology)
    if not splitters or not optics:
        missing = (
            f"splitter with {max(inputs)} inputs" if not splitters else "transceiver of an allowed optical class"
        )
        raise CatalogueError([Fault(file="catalogue", problem=f"{technology.id} has no {missing} allowed in design")])
    classes = tuple(catalogue.optical_classes[row.optical_class] for row, _ in optics)
    each_bps = _rates_bps(catalogue, technology, classes, 1 if rule.own_port else splitters[-1].outputs)
    rates_bps = each_bps.min(axis=0)
    loads_bps = np.stack([problem.down_bps[members], problem.up_bps[members]], axis=1)
    most_bps = each_bps.max(axis=0)
    most_customers = max(1, customers_within(np.sort(loads_bps, axis=0), most_bps))
    lit_m = {
        row.id: max(farthest_m(problem, technology, group, row, joints=0) for group in classes) for row in splitters
    }
    return Plane(
        technology=technology,
        bearer=bearer,
        protection=protection,
        members=members,
        splitters=tuple(splitters),
        optics=tuple(row for row, _ in optics),
        classes=classes,
        optics_costs=tuple(ports * cost for _, cost in optics),
        splitter_costs=tuple(
            unit_cost(catalogue, row.id) + unit_cost(catalogue, "splitter-installation") for row in splitters
        ),
        port_cost=ports * _port_cost(problem, technology),
        rates_bps=rates_bps,
        most_rates_bps=most_bps,
        most_customers=most_customers,
        usual_customers=max(1, customers_within(np.tile(loads_bps.mean(axis=0), (len(rates_bps), 1)), rates_bps)),
        least_ports=_least_ports(loads_bps, most_bps, most_customers),
        port_shares=_port_shares(loads_bps, most_bps.max(axis=0), most_customers),
        lit_m=lit_m,
    )


def split_limit(problem: PlanProblem, technology: Technology, members: NDArray[np.int64]) -> int:
    """Give by how much the light of a port with such customers may be divided, over all splitters in a row."""
    limits = (technology.max_split, problem.area.rules.max_split, _class_rule(problem, members).max_split)
    return min(value for value in limits if value is not None)


def _class_rule(problem: PlanProblem, members: NDArray[np.int64]) -> ClassRule:
    customer = problem.customers[int(problem.served[members[0]])]
    return problem.area.rules.of_class(customer.customer_class)


def _least_ports(loads_bps: FloatArray, most_bps: FloatArray, most_customers: int) -> int:
    by_load = int(np.ceil((loads_bps.sum(axis=0) / most_bps.max(axis=0)).max() - 1e-9))
    return max(-(-len(loads_bps) // most_customers), by_load)


def _port_shares(loads_bps: FloatArray, rates_bps: FloatArray, most_customers: int) -> FloatArray:
    """Share ports out by number, by load down or by load up, whichever takes the most ports for all together."""
    by_number = np.full((len(loads_bps), 1), 1.0 / most_customers)
    shares = np.concatenate([by_number, loads_bps / rates_bps], axis=1)
    return np.asarray(shares[:, np.argmax(shares.sum(axis=0))], np.float64)


def customers_within(loads_bps: FloatArray, rates_bps: FloatArray) -> int:
    """Give how many customers, taken in order, share a port without overloading it in either direction.

    Parameters
    ----------
    loads_bps
        (c, 2) of each customer.
    rates_bps
        (legs, 2) as `Plane.rates_bps`.
    """
    count = min(len(loads_bps), len(rates_bps))
    fits = (np.cumsum(loads_bps[:count], axis=0) <= rates_bps[:count]).all(axis=1)
    return count if fits.all() else int(np.argmin(fits))


def _rates_bps(
    catalogue: Catalogue, technology: Technology, classes: Sequence[OpticalClass], max_legs: int
) -> FloatArray:
    """Give (classes, legs, 2): what 1, 2, ... terminals share with each transceiver."""
    counts = range(1, max_legs + 1)
    each = [[usable_rates_bps(catalogue, technology, group, num_onus=count) for count in counts] for group in classes]
    return np.array(each)


def optics_for(problem: PlanProblem, technology: Technology) -> list[tuple[OltOptics, float]]:
    """Give the transceivers of a technology that may be used, with their cost, cheapest first."""
    catalogue = problem.catalogue
    wanted = problem.area.rules.technology_optics.get(technology.id)
    rows = [
        (row, unit_cost(catalogue, row.id))
        for row in catalogue.olt_optics.values()
        if row.allowed_in_design and technology.id in catalogue.optical_classes[row.optical_class].technologies
    ]
    allowed = [
        (row, cost)
        for row, cost in rows
        if catalogue.optical_classes[row.optical_class].allowed_in_design and wanted in (None, row.optical_class)
    ]
    return sorted(allowed, key=lambda entry: (entry[1], entry[0].id))


def shelf_share(problem: PlanProblem, technology: Technology) -> float:
    """Give a port's share of the card and chassis that are cheapest for each port.

    Raises
    ------
    CatalogueError
        When none is allowed in design.
    """
    catalogue = problem.catalogue
    cards = [
        (unit_cost(catalogue, row.id) / row.ports, row)
        for row in catalogue.olt_cards.values()
        if row.technology == technology.id and row.allowed_in_design
    ]
    chassis = [
        unit_cost(catalogue, row.id) / row.card_slots
        for row in catalogue.olt_chassis.values()
        if row.allowed_in_design and row.takes == "pon"
    ]
    if not cards or not chassis:
        problem_text = f"{technology.id} has no OLT card or chassis allowed in design"
        raise CatalogueError([Fault(file="catalogue", problem=problem_text)])
    card_share, card = min(cards, key=lambda entry: (entry[0], entry[1].id))
    return card_share + min(chassis) / card.ports


def _port_cost(problem: PlanProblem, technology: Technology) -> float:
    catalogue = problem.catalogue
    ends = catalogue.terminations["olt"].splices + catalogue.terminations["splitter-input"].splices
    work = ends * unit_cost(catalogue, "splice") + unit_cost(catalogue, "pon-port-commissioning")
    return shelf_share(problem, technology) + unit_cost(catalogue, "odf-port") + work
