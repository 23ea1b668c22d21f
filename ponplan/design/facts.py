"""The facts of a run that stay in the design file: counts, cost, bound, and what it was made from."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, fields, is_dataclass
from typing import TYPE_CHECKING

import ponplan
from ponplan.design.protection.exposure import LISTED
from ponplan.design.standing.asdesigned import FACT, as_designed
from ponplan.topology.measures import network_measures

if TYPE_CHECKING:
    from ponplan.area.model import Area
    from ponplan.catalogue import Catalogue
    from ponplan.design.baseline import PointToPoint
    from ponplan.design.problem import PlanProblem
    from ponplan.design.proof import Proof
    from ponplan.topology.network import Network


def run_facts(
    problem: PlanProblem,
    network: Network,
    proof: Proof,
    baseline: PointToPoint,
    *,
    seed: int,
    effort: str,
    ended_by: str,
) -> dict[str, object]:
    """Give the facts as plain values; no clock reading is among them."""
    # the bound leaves protection out of account, so it holds for whoever gets less of it
    is_proved = all(entry.rule in LISTED for entry in network.relaxed)
    served = [customer for customer in network.customers if not customer.unserved]
    return {
        "version": ponplan.__version__,
        "input_hash": input_hash(problem.area, problem.catalogue),
        "seed": seed,
        "effort": effort,
        "ended_by": ended_by,
        "currency": network.catalogue.currency,
        "customers_total": len(network.customers),
        "customers_served": len(served),
        "cost_total": proof.cost,
        "cost_bound": round(proof.bound, 2) if is_proved else None,
        "gap_percent": round(proof.gap_percent, 4) if is_proved else None,
        "gap_avoidable_percent": round(proof.gap_avoidable_percent, 4) if is_proved else None,
        "parts": {name: {"cost": part.cost, "bound": round(part.bound, 2)} for name, part in proof.parts.items()},
        "point_to_point": baseline.as_facts(),
        "rules": asdict(problem.area.rules),
        "sites": _sites(problem),
        FACT: as_designed(network),
        **network_measures(network),
    }


def _sites(problem: PlanProblem) -> list[dict[str, object]]:
    """Give the area's sites with their junctions, so that the file alone tells where else splitters might stand."""
    ids = problem.graph.junction_ids
    return [
        {
            "id": site.id,
            "name": site.name,
            "kind": site.kind,
            "junction": ids[junction] if junction >= 0 else "",
            "enclosure": site.enclosure,
            "existing": site.existing,
            "forbidden": site.forbidden,
            "locked": site.locked,
        }
        for site, junction in zip(problem.area.sites, problem.graph.site_junctions.tolist(), strict=True)
    ]


def input_hash(area: Area, catalogue: Catalogue) -> str:
    """Give a hash of all that the design was made from: area, rules and catalogue."""
    digest = hashlib.sha256()
    _feed(digest, area)
    for name, text in sorted(catalogue.to_tables().items()):
        digest.update(name.encode())
        digest.update(text.encode())
    return digest.hexdigest()[:16]


def _feed(digest: hashlib._Hash, value: object) -> None:
    """Feed a value's content, field by field, so that the hash does not depend on how it is printed."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            _feed(digest, getattr(value, field.name))
    elif isinstance(value, tuple | list):
        digest.update(f"[{len(value)}]".encode())
        for item in value:
            _feed(digest, item)
    elif hasattr(value, "wkb"):
        digest.update(value.wkb)
    elif hasattr(value, "items"):
        _feed(digest, sorted((str(key), str(item)) for key, item in value.items()))
    else:
        digest.update(repr(value).encode())
