"""The columns that follow from others: written so that people need not compute them, never read back."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from ponplan.errors import CatalogueError
from ponplan.topology.file.geometry import cable_lines
from ponplan.topology.file.schema import RECORD_TABLES
from ponplan.topology.reserves import path_reserves_db
from ponplan.topology.splicing import link_splices
from ponplan.topology.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ponplan.topology.network import Network

Derived = dict[tuple[str, str], "Sequence[Any]"]  # values by table and column


def derived_columns(network: Network) -> Derived:
    """Give every derived column; what cannot be known of a broken network stays empty."""
    derived: Derived = {
        (table.name, column.name): [None] * len(getattr(network, table.name))
        for table in RECORD_TABLES
        for column in table.columns
        if column.derived
    }
    survey = Survey(network)
    for part in (_nodes, _routes, _cables, _splitters, _links):
        derived |= part(survey)
    with suppress(CatalogueError):  # the catalogue may lack a figure of light or load; checking says which
        derived |= _ports(survey) | _customers(survey)
    return derived


def _nodes(survey: Survey) -> Derived:
    splitters = Counter(splitter.node for splitter in survey.network.splitters)
    ids = [node.id for node in survey.network.nodes]
    return {
        ("nodes", "splitters"): [splitters[name] for name in ids],
        ("nodes", "splices"): [survey.node_fibres[name] for name in ids],
    }


def _routes(survey: Survey) -> Derived:
    return {("routes", "cables"): [len(survey.route_cables.get(route.id, ())) for route in survey.network.routes]}


def _cables(survey: Survey) -> Derived:
    network, nodes, types = survey.network, survey.index.nodes, survey.catalogue.cable_types
    used: dict[str, set[int]] = {}
    for link in network.links:
        for cable, fibre in link.strands:
            used.setdefault(cable, set()).add(fibre)
    fibres = [types[cable.type].fibres if cable.type in types else None for cable in network.cables]
    lit = [len(used.get(cable.id, ())) for cable in network.cables]
    spare = [
        None if count is None else count - len({*used.get(cable.id, ()), *cable.faulty, *cable.taken})
        for cable, count in zip(network.cables, fibres, strict=True)
    ]
    starts = [nodes[cable.from_node].junction if cable.from_node in nodes else None for cable in network.cables]
    return {
        ("cables", "geom"): list(cable_lines(network.cables, network.routes, network.route_lines, starts)),
        ("cables", "fibres"): fibres,
        ("cables", "used_fibres"): lit,
        ("cables", "spare_fibres"): spare,
        ("cables", "drawn"): _drawn(survey),
    }


def _drawn(survey: Survey) -> list[str]:
    """Give each cable's role and whether working paths, protecting ones or both run over its fibres."""
    roles: dict[str, set[str]] = {}
    for link in survey.network.links:
        for cable, _ in link.strands:
            roles.setdefault(cable, set()).add(link.role)
    marks = {frozenset({"protecting"}): " (protecting)", frozenset({"working", "protecting"}): " (both)"}
    return [cable.role + marks.get(frozenset(roles.get(cable.id, ())), "") for cable in survey.network.cables]


def _splitters(survey: Survey) -> Derived:
    kinds = survey.catalogue.splitters
    return {
        ("splitters", "legs"): [kinds[s.type].outputs if s.type in kinds else None for s in survey.network.splitters],
        ("splitters", "used_legs"): [
            len(survey.index.links_from.get(s.id, ())) + len(s.taken) for s in survey.network.splitters
        ],
    }


def _links(survey: Survey) -> Derived:
    return {
        ("links", "length_m"): [round(run.length_m, 3) for run in survey.runs],
        ("links", "splices"): [link_splices(survey.index, link) for link in survey.network.links],
    }


def _ports(survey: Survey) -> Derived:
    percent = 100.0 * survey.port_loads_bps / survey.port_rates_bps
    return {
        ("ports", "onus"): survey.port_onus.tolist(),
        ("ports", "load_down_percent"): _numbers(percent[:, 0], digits=1),
        ("ports", "load_up_percent"): _numbers(percent[:, 1], digits=1),
    }


def _customers(survey: Survey) -> Derived:
    """Give the far end, length and losses of each customer's first working path."""
    network, paths, arrivals = survey.network, survey.onu_paths, survey.arrivals
    chosen, second = (_first_paths(survey, role) for role in (paths.working, ~paths.working))
    reserves = path_reserves_db(survey).min(axis=1, initial=np.inf)
    sources = [network.links[row].from_device for row in arrivals.links.tolist()]

    def values(column: Sequence[Any], rows: Sequence[int] = chosen) -> list[Any]:
        return [None if path < 0 else column[path] for path in rows]

    lengths_m = _numbers(paths.lengths_m, digits=3)
    longer_m = [
        None if a < 0 or b < 0 else round(float(paths.lengths_m[b] - paths.lengths_m[a]), 3)
        for a, b in zip(chosen, second, strict=True)
    ]

    return {
        ("customers", "olt_port"): values([network.ports[row].id for row in paths.ports.tolist()]),
        ("customers", "splitter"): values(
            [sources[row] if sources[row] in survey.index.splitters else "" for row in paths.arrivals.tolist()]
        ),
        ("customers", "path_m"): values(lengths_m),
        ("customers", "down_loss_db"): values(_numbers(paths.loss["down"].max_db, digits=3)),
        ("customers", "up_loss_db"): values(_numbers(paths.loss["up"].max_db, digits=3)),
        ("customers", "reserve_db"): values(_numbers(reserves, digits=3)),
        ("customers", "protecting_port"): values([network.ports[row].id for row in paths.ports.tolist()], second),
        ("customers", "protecting_m"): values(lengths_m, second),
        ("customers", "switchover_m"): longer_m,
    }


def _first_paths(survey: Survey, chosen: NDArray[np.bool_]) -> list[int]:
    """Give each customer's first path among the chosen, -1 for none."""
    network, paths = survey.network, survey.onu_paths
    path_of: dict[str, int] = {}
    for path in np.flatnonzero(chosen).tolist():
        path_of.setdefault(network.onus[paths.onus[path]].customer, path)
    return [path_of.get(customer.id, -1) for customer in network.customers]


def _numbers(values: np.ndarray[tuple[int], np.dtype[np.float64]], *, digits: int) -> list[float | None]:
    return [round(value, digits) if np.isfinite(value) else None for value in values.tolist()]
