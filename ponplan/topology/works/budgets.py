"""The optical budget of every path, direction by direction, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ponplan.topology.light import DIRECTIONS, budget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ponplan.topology.survey import Survey

OK, TOO_WEAK, TOO_STRONG, UNKNOWN = "ok", "too weak", "too strong", "unknown"


class BudgetRow(NamedTuple):
    """One path in one direction; losses are the largest ones unless they are called typical."""

    onu: str
    customer: str
    name: str
    path: str  # working, protecting
    port: str
    optical_class: str
    direction: str
    wavelength_nm: float | None
    fibre_km: float
    fibre_db: float | None
    splices: int
    splice_db: float
    connectors: int
    connector_db: float
    split: int
    splitter_db: float | None
    switch_db: float
    total_db: float | None
    typical_db: float | None
    margin_db: float
    penalty_db: float | None
    class_min_db: float | None
    class_max_db: float | None
    received_min_dbm: float | None
    received_max_dbm: float | None
    sensitivity_dbm: float | None
    overload_dbm: float | None
    reserve_db: float | None  # to the class's largest loss, margin kept
    overload_reserve_db: float | None  # of the typical loss over the class's least
    verdict: str


def optical_budgets(survey: Survey) -> Iterator[BudgetRow]:
    """Give every path from a port to a terminal, working and protecting, down and up."""
    network, paths, losses = survey.network, survey.onu_paths, survey.catalogue.losses
    light, chosen = survey.link_light, survey.onu_paths.arrivals
    splices = survey.arrivals.accumulate(light.splices)[chosen]
    connectors = survey.arrivals.accumulate(light.connectors)[chosen]
    splitter_db = survey.arrivals.accumulate(light.leg_max_db)[chosen]
    names = {customer.id: customer.name for customer in network.customers}
    groups = [survey.index.optical_class(port) for port in network.ports]
    kinds = [survey.catalogue.onus.get(onu.type) for onu in network.onus]
    for path in range(len(chosen)):
        onu, port = network.onus[paths.onus[path]], network.ports[paths.ports[path]]
        kind, group = kinds[paths.onus[path]], groups[paths.ports[path]]
        technology = survey.catalogue.technologies.get(port.technology)
        switch_db = losses["onu-switch"].max_loss_db if kind is not None and kind.optical_switch else 0.0
        splice_db = float(splices[path]) * losses["splice"].max_loss_db
        connector_db = float(connectors[path]) * losses["connector"].max_loss_db
        for direction in DIRECTIONS:
            total, typical = float(paths.loss[direction].max_db[path]), float(paths.loss[direction].typical_db[path])
            fibre_db = total - splice_db - connector_db - float(splitter_db[path]) - switch_db
            margin = float(paths.margins_db[path])
            limits = None if group is None else budget(group, direction)
            known = limits is not None and np.isfinite(total)
            wavelength = (
                None if technology is None else technology.down_nm if direction == "down" else technology.up_nm
            )
            reserve = limits.max_loss_db - total - margin if limits and known else None
            over = typical - limits.min_loss_db if limits and known else None
            yield BudgetRow(
                onu.id,
                onu.customer,
                names.get(onu.customer, ""),
                "working" if paths.working[path] else "protecting",
                port.id,
                group.id if group else "",
                direction,
                wavelength,
                round(float(paths.lengths_m[path]) / 1000.0, 6),
                _rounded(fibre_db),
                round(float(splices[path])),
                round(splice_db, 3),
                round(float(connectors[path])),
                round(connector_db, 3),
                round(float(paths.splits[path])),
                _rounded(float(splitter_db[path])),
                switch_db,
                _rounded(total),
                _rounded(typical),
                margin,
                limits.penalty_db if limits else None,
                limits.min_loss_db if limits else None,
                limits.max_loss_db if limits else None,
                round(limits.tx_min_dbm - total, 3) if limits and known else None,
                round(limits.tx_max_dbm - typical, 3) if limits and known else None,
                limits.sensitivity_dbm if limits else None,
                limits.overload_dbm if limits else None,
                None if reserve is None else round(reserve, 3),
                None if over is None else round(over, 3),
                _verdict(reserve, over),
            )


def _rounded(value: float) -> float | None:
    return round(value, 3) if np.isfinite(value) else None


def _verdict(reserve: float | None, over: float | None) -> str:
    if reserve is None or over is None:
        return UNKNOWN
    if reserve < -1e-9:
        return TOO_WEAK
    return TOO_STRONG if over < -1e-9 else OK
