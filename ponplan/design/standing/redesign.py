"""From an area and an earlier design to a new one: what stands is kept, the rest is solved anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.design.assignments import refuse_unknown_assignments
from ponplan.design.demand import resolve_customers
from ponplan.design.facts import input_hash
from ponplan.design.onus import with_terminals
from ponplan.design.run import NO_HALT
from ponplan.design.standing.attach import UNJUDGED
from ponplan.design.standing.change import change_between
from ponplan.design.standing.cheapest import cheapest_on_standing, only_kept
from ponplan.design.standing.edits import adopt_edits
from ponplan.design.standing.fit import pose_on_standing
from ponplan.design.standing.ground import ground_of
from ponplan.design.standing.keep import kept_of
from ponplan.design.standing.knownbound import known_bound
from ponplan.design.standing.located import in_file
from ponplan.design.standing.notkept import not_kept
from ponplan.design.standing.redrawn import laid_as_drawn
from ponplan.design.standing.refusals import refuse_ambiguous
from ponplan.design.standing.reproduce import reproduced
from ponplan.design.standing.wishes import refuse_forgotten
from ponplan.errors import DesignFileError, Fault
from ponplan.topology.check import check_network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shapely import LineString

    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design.effort import Halt
    from ponplan.design.problem import PlanProblem
    from ponplan.design.run import Design
    from ponplan.design.standing.change import Change
    from ponplan.topology.network import Network, NetworkCustomer


@dataclass(frozen=True, slots=True, kw_only=True)
class Redesign:
    """A design made from an earlier one, and what has changed."""

    design: Design
    change: Change


def redesign_network(
    area: Area,
    earlier: Network,
    *,
    built: bool = False,
    drawn: Mapping[str, tuple[LineString | None, float]] | None = None,
    catalogue: Catalogue | None = None,
    seed: int = 0,
    jobs: int = 1,
    watch: Callable[[str], None] | None = None,
    effort: str = "normal",
    halt: Halt = NO_HALT,
    source: str = "",
) -> Redesign:
    """Keep what stands of an earlier design and find the least-cost way of serving everybody else.

    Parameters
    ----------
    earlier
        Design of the same area, perhaps with other customers, or edited by hand.
    built
        Whether everything in the earlier design has been built. Otherwise only its existing and its locked records
        are kept, and locked ones that are not existing are still to be paid for.
    drawn
        Cables that the earlier design's file draws off their routes, as `redrawn_cables` finds them.
    catalogue
        None takes the one that the earlier design was made with.
    effort, halt
        As in `design_network`.
    source
        Name of the earlier design's file, for faults.

    Raises
    ------
    AreaError
        As `design_network`, and when the area is in another coordinate system than the earlier design.
    DesignFileError
        When the catalogue does not have what is kept.
    Infeasible
        When there are customers and not one can be served.
    """
    tell = watch or (lambda _: None)
    rows = catalogue or earlier.catalogue
    tell("looking for what stays")
    given, before = area, earlier
    with in_file(source):
        refuse_ambiguous(earlier)
        earlier, words = laid_as_drawn(earlier, drawn or {}, built=built)
        adopted = adopt_edits(area, earlier, built=built)
    area, earlier = adopted.area, adopted.earlier
    everybody = {customer.id: customer for customer in resolve_customers(area, rows)}
    if earlier.facts.get("input_hash") == input_hash(given, rows):
        earlier = _with_customers(earlier, everybody)  # nobody came, moved or left: only the file was edited
    refuse_unknown_assignments(area, everybody.values())
    kept = kept_of(earlier, everybody, built=built)
    with in_file(source, adopted.sites):
        _refuse_foreign(area, earlier, kept.network, rows)
        tell("putting customers on the routes")
        problem = pose_on_standing(area, ground_of(area, earlier, kept.network, kept.served), kept, rows)
        if not built:
            _refuse_hopeless_locks(problem, before)
        problem = with_terminals(problem)
        if len(problem.served) or not kept.served:
            again = None if built else reproduced(area, earlier, kept, everybody, rows)
            design = cheapest_on_standing(
                problem,
                seed=seed,
                jobs=jobs,
                tell=tell,
                effort=effort,
                halt=halt,
                reproduction=None if again is None else with_terminals(again),
                relaxed=before.relaxed,
                known=None if built else known_bound(given, rows, before),
            )
        else:
            design = only_kept(problem, seed, effort=effort)
            refuse_forgotten(problem, design.network)
    change = replace(
        change_between(before, design.network, built=built, adopted=(*words, *adopted.words)),
        not_kept=not_kept(before, drawn or {}, everybody, design.network),
    )
    facts = {**design.network.facts, "input_hash": input_hash(given, rows), "from": change.as_facts()}
    return Redesign(design=replace(design, network=replace(design.network, facts=facts)), change=change)


def _with_customers(earlier: Network, everybody: Mapping[str, NetworkCustomer]) -> Network:
    """Give an earlier design with its customers as the area says, served or not as they were."""
    reasons = {customer.id: customer.unserved for customer in earlier.customers}
    told = (replace(customer, unserved=reasons.get(name, "")) for name, customer in everybody.items())
    return replace(earlier, customers=tuple(told))


def _refuse_hopeless_locks(problem: PlanProblem, earlier: Network) -> None:
    """Complain about locked records that break a rule by themselves, such as a splitter too large for its light.

    Raises
    ------
    DesignFileError
        Names each of them.
    """
    assert problem.standing is not None  # noqa: S101 - every redesign has kept plant, be it empty
    told = {(entry.rule, entry.subject) for entry in earlier.relaxed}
    found = [
        one
        for one in check_network(problem.standing.network)
        if one.rule not in UNJUDGED and (one.rule, one.subject) not in told
    ]
    if found:
        raise DesignFileError(
            [
                Fault(
                    file=earlier.name,
                    row=one.subject,
                    field="locked",
                    problem=f"what is locked breaks a rule: {one.message}",
                    remedy="unlock it or mend it",
                )
                for one in found
            ]
        )


def _refuse_foreign(area: Area, earlier: Network, kept: Network, catalogue: Catalogue) -> None:
    faults = []
    if area.crs != earlier.crs:
        problem = "the earlier design is in another coordinate system than the area"
        faults.append(Fault(file=earlier.name, field="crs", value=earlier.crs, problem=problem, limit=area.crs))
    tables = (
        (kept.nodes, "enclosure", catalogue.enclosures),
        (kept.cables, "type", catalogue.cable_types),
        (kept.splitters, "type", catalogue.splitters),
        (kept.olts, "type", catalogue.olt_chassis),
        (kept.cards, "type", catalogue.olt_cards),
        (kept.ports, "optics", catalogue.olt_optics),
        (kept.onus, "type", catalogue.onus),
        (kept.routes, "duct", catalogue.duct_types),
        (kept.routes, "surface", catalogue.surfaces),
    )
    for records, field, known in tables:
        for record in records:
            value = getattr(record, field)
            if value and value not in known:
                problem = "what is kept is not in the catalogue of this run"
                faults.append(Fault(file=earlier.name, row=record.id, field=field, value=value, problem=problem))
    if faults:
        raise DesignFileError(faults)
