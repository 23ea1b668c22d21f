"""A bare PON made ready to run: technology, layouts, distances, traffic and policy looked up and checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import Fault, ScenarioError
from ponplan.framing import AtmDown, AtmUp, BurstLayout, EthernetDown, EthernetUp, FrameLayout, down_layout, up_layout
from ponplan.framing.items import ItemTable
from ponplan.scenario.pon import CELL_POLICIES, EPON_POLICIES, FRAME_POLICIES, IDEAL_POLICIES
from ponplan.simulate.circuits import E1_LOOP, Packing, packed_source
from ponplan.simulate.framed import tconts_of
from ponplan.simulate.traffic import Traffic, make_traffic
from ponplan.units import FIBRE_NS_PER_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Technology
    from ponplan.scenario import Scenario, SourceSettings, TcontSettings

_POLICIES = {
    "atm": CELL_POLICIES,
    "ethernet": (*EPON_POLICIES, *IDEAL_POLICIES),
    "gem": FRAME_POLICIES,
    "xgem": FRAME_POLICIES,
}
USUAL_POLICIES = {"atm": "static", "ethernet": "limited", "gem": "reference", "xgem": "reference"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BarePon:
    """Everything about one PON that does not change while packets move."""

    scenario: Scenario
    items: ItemTable
    up: AtmUp | EthernetUp | BurstLayout
    down: AtmDown | EthernetDown | FrameLayout
    one_way_ns: NDArray[np.int64]
    up_traffic: Traffic
    down_traffic: Traffic
    policy: str
    circuits: tuple[tuple[SourceSettings, Packing], ...] = ()  # E1 sources as they are sent
    tconts: tuple[tuple[TcontSettings | None, ...], ...] | None = None  # of each ONU where they differ
    other_layouts: Mapping[int, EthernetUp] | None = None  # ONUs that send at another rate than the rest

    @property
    def up_mac_bps(self) -> float:
        """Rate that upstream shares refer to: what a continuous coded stream leaves for data."""
        return self.up_traffic.mac_bps

    @property
    def down_mac_bps(self) -> float:
        """Rate that downstream shares refer to."""
        return self.down_traffic.mac_bps


def make_bare_pon(scenario: Scenario, catalogue: Catalogue, *, own_policy: bool = False) -> BarePon:
    """Look everything up; `own_policy` says that a policy function will be handed over, so its name is free.

    Raises
    ------
    ScenarioError
        If the technology is unknown or its packets are not simulated, or fields do not fit it.
    """
    technology = _technology(scenario, catalogue)
    faults = _misfits(scenario, technology, own_policy=own_policy)
    if faults:
        raise ScenarioError(faults)
    items = catalogue.frame_items
    up = up_layout(technology, items, fec=scenario.dba.fec)
    down = down_layout(technology, items, fec=scenario.dba.fec)
    scenario, circuits = _with_packed_circuits(scenario, technology)
    loop_hz = catalogue.clock_recovery[E1_LOOP].loop_hz
    num_tconts = 1 if isinstance(up, EthernetUp | AtmUp) else len(tconts_of(scenario))
    return BarePon(
        scenario=scenario,
        items=ItemTable(technology.id, items),
        up=up,
        down=down,
        one_way_ns=one_way_delays_ns(scenario),
        up_traffic=_with_circuits(
            make_traffic(scenario, "up", mac_bps=mac_bps(up), num_tconts=num_tconts), circuits, loop_hz
        ),
        down_traffic=_with_circuits(
            make_traffic(scenario, "down", mac_bps=mac_bps(down), num_tconts=1), circuits, loop_hz
        ),
        circuits=circuits,
        other_layouts=_other_layouts(scenario, catalogue),
        policy=scenario.dba.policy or USUAL_POLICIES[technology.encapsulation],
    )


def _other_layouts(scenario: Scenario, catalogue: Catalogue) -> dict[int, EthernetUp]:
    """Give the ONUs that send on the same EPON at another rate."""
    found: dict[int, EthernetUp] = {}
    for one in scenario.coexist:
        layout = up_layout(catalogue.technologies[one.technology], catalogue.frame_items, fec=scenario.dba.fec)
        if isinstance(layout, EthernetUp):
            found |= dict.fromkeys(one.onus, layout)
    return found


def _with_packed_circuits(
    scenario: Scenario, technology: Technology
) -> tuple[Scenario, tuple[tuple[SourceSettings, Packing], ...]]:
    """Put the packets of E1 circuits in the place of the circuits."""
    packed = {
        number: packed_source(source, technology)
        for number, source in enumerate(scenario.source)
        if source.kind == "e1"
    }
    if not packed:
        return scenario, ()
    sources = [packed[number][0] if number in packed else source for number, source in enumerate(scenario.source)]
    return scenario.model_copy(update={"source": sources}), tuple(packed.values())


def _with_circuits(traffic: Traffic, circuits: tuple[tuple[SourceSettings, Packing], ...], loop_hz: float) -> Traffic:
    """Mark the queues that hold nothing but one source of circuits: clocks are recovered there, cells are AAL1."""
    found = {q: [own for own, source in traffic.feeds if own == q] for q, _ in traffic.feeds}
    alone = {
        q: packing
        for packed, packing in circuits
        for q, source in traffic.feeds
        if source is packed and len(found[q]) == 1
    }
    return replace(
        traffic,
        aal1_queues=tuple(sorted(q for q, packing in alone.items() if packing.is_aal1)),
        circuit_queues={q: (packing.packets, packing.interval_ns / packing.packets) for q, packing in alone.items()},
        loop_hz=loop_hz,
    )


def _technology(scenario: Scenario, catalogue: Catalogue) -> Technology:
    technologies = catalogue.technologies
    if scenario.technology not in technologies:
        limit = ", ".join(sorted(technologies))
        problem = "no such technology in the catalogue"
        raise ScenarioError(
            [Fault(file="scenario", field="technology", problem=problem, value=scenario.technology, limit=limit)]
        )
    if technologies[scenario.technology].is_direct:
        problem = "a direct fibre is no PON; play it in a design"
        raise ScenarioError([Fault(file="scenario", field="technology", problem=problem, value=scenario.technology)])
    return technologies[scenario.technology]


def _misfits(scenario: Scenario, technology: Technology, *, own_policy: bool) -> list[Fault]:
    """Find fields that the technology cannot obey."""
    polled, celled = technology.encapsulation == "ethernet", technology.encapsulation == "atm"
    faults = []
    allowed = _POLICIES[technology.encapsulation]
    policy = scenario.dba.policy
    if celled and own_policy:
        problem = "APON grants its slots by a fixed table; it has no use for a policy"
        faults.append(Fault(file="scenario", field="dba.policy", problem=problem, value="own"))
    if policy is not None and policy not in allowed and not own_policy:
        problem = f"no such policy for {technology.id}"
        faults.append(
            Fault(file="scenario", field="dba.policy", problem=problem, value=policy, limit=", ".join(allowed))
        )
    if scenario.dba.slots is not None and not celled:
        problem = "only APON grants slots by a table"
        faults.append(Fault(file="scenario", field="dba.slots", problem=problem, value=len(scenario.dba.slots)))
    if (polled or celled) and scenario.tcont:
        problem = "EPON has one LLID an ONU, APON one grant; give its sources a priority instead"
        faults.append(Fault(file="scenario", field="tcont", problem=problem, value=len(scenario.tcont)))
    for number, source in enumerate(scenario.source, start=1):
        if polled or celled or source.direction == "down" or not scenario.tcont:
            continue
        served = scenario.tcont[source.tcont].onus
        missing = set(source.onus or range(scenario.onus)) - set(served or range(scenario.onus))
        if missing:
            problem = f"T-CONT {source.tcont} does not exist at every ONU of this source"
            faults.append(
                Fault(file="scenario", field=f"source[{number}].onus", problem=problem, value=sorted(missing))
            )
    return faults


def mac_bps(layout: AtmUp | AtmDown | EthernetUp | EthernetDown | BurstLayout | FrameLayout) -> float:
    """Give the rate that shares of a direction refer to: the line's, less parity."""
    if isinstance(layout, AtmUp | AtmDown):
        return float(layout.line_bps)
    if isinstance(layout, EthernetUp | EthernetDown):
        return layout.line.data_bps
    code = layout.code
    line_bps = layout.frame_bytes * 8e9 / layout.frame_ns
    return line_bps * (code.codeword_bytes - code.parity_bytes) / code.codeword_bytes


def one_way_delays_ns(scenario: Scenario) -> NDArray[np.int64]:
    """Give one-way delays; a range is drawn once from the scenario's seed, the same for every replication."""
    if scenario.distances_km is not None:
        distances = np.array(scenario.distances_km)
    elif isinstance(scenario.distance_km, tuple):
        rng = np.random.default_rng([scenario.run.seed, 1])
        distances = rng.uniform(*scenario.distance_km, scenario.onus)
    else:
        distances = np.full(scenario.onus, scenario.distance_km)
    return np.rint(distances * 1000.0 * FIBRE_NS_PER_M).astype(np.int64)
