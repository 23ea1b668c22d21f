"""PON ports of a design as PONs to be played: their flows, fibre lengths, layouts and grants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.errors import Fault, ScenarioError
from ponplan.framing import AtmUp, BurstLayout, EthernetUp, down_layout, up_layout
from ponplan.framing.items import ItemTable
from ponplan.scenario import Scenario
from ponplan.scenario.pon import DbaSettings, DownstreamSettings, RunSettings
from ponplan.simulate.bare import USUAL_POLICIES, BarePon, mac_bps
from ponplan.simulate.circuits import E1_LOOP
from ponplan.simulate.demand import Flow, make_flow, make_flow_traffic
from ponplan.simulate.flowtconts import make_tconts
from ponplan.topology.growth import growth_of
from ponplan.topology.survey import Survey
from ponplan.units import FIBRE_NS_PER_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ponplan.catalogue.model import FrameItem, OpticalClass, Technology, WanderLimit
    from ponplan.topology.network import Network

WARMUP_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PortPlan:
    """Everything that playing one port takes; small and plain, so that it travels between processes.

    Parameters
    ----------
    number
        Row of the port in the design, from which its random streams come.
    lengths_m
        Fibre length of each terminal.
    other_technologies
        Terminals of another technology than the port's that share its upstream in time.
    usable_bps
        What `check` reckons the port can carry, downstream and upstream.
    reckoned_bps
        What `check` reckons it has to carry in this year.
    loop_hz, wander_limits
        How clocks of E1 are recovered, and how far they may wander.
    """

    port: str
    number: int
    technology: Technology
    onus: tuple[str, ...]
    lengths_m: tuple[float, ...]
    flows: tuple[Flow, ...]
    frame_items: Mapping[str, FrameItem]
    other_technologies: Mapping[int, Technology] = field(default_factory=dict)
    fec_down: bool = False
    fec_up: bool = False
    usable_bps: Mapping[str, float] = field(default_factory=dict)
    reckoned_bps: Mapping[str, float] = field(default_factory=dict)
    loop_hz: float = 1.0
    wander_limits: tuple[WanderLimit, ...] = ()
    seconds: float = 1.0
    seed: int = 1
    dba: DbaSettings = field(default_factory=DbaSettings)


def port_plans(
    network: Network, *, year: int = 0, seconds: float = 1.0, seed: int = 1, dba: DbaSettings | None = None
) -> tuple[PortPlan, ...]:
    """Give every port that serves a terminal on its working path, in the order of the design.

    Raises
    ------
    ScenarioError
        If the design's oversubscription cannot be reckoned with.
    """
    if not network.rules.oversubscription > 0:
        problem = "the design's oversubscription must be above 0"
        raise ScenarioError([Fault(file=network.name, problem=problem, value=network.rules.oversubscription)])
    survey = Survey(network)
    paths, catalogue = survey.onu_paths, network.catalogue
    reckoned_bps = survey.port_loads_after_bps(year)
    flows_of = _flows_by_terminal(network, year)
    members: dict[int, list[int]] = {}
    for way in np.flatnonzero(paths.working).tolist():
        members.setdefault(int(paths.ports[way]), []).append(way)
    plans = []
    for row in sorted(members):
        port, ways = network.ports[row], members[row]
        technology = catalogue.technologies.get(port.technology)
        if technology is None:
            continue
        onus = [network.onus[int(paths.onus[way])] for way in ways]
        others = {place: catalogue.technologies.get(onu.technology) for place, onu in enumerate(onus)}
        optics = survey.index.optical_class(port)
        plans.append(
            PortPlan(
                port=port.id,
                number=row,
                technology=technology,
                onus=tuple(onu.id for onu in onus),
                lengths_m=tuple(float(paths.lengths_m[way]) for way in ways),
                flows=tuple(
                    make_flow(service, technology, customer=onu.customer, onu=place, count=count, factor=factor,
                              oversubscription=network.rules.oversubscription)
                    for place, onu in enumerate(onus)
                    for service, count, factor in flows_of.get(onu.id, ())
                ),
                frame_items={
                    name: item
                    for name, item in catalogue.frame_items.items()
                    if item.technology in {technology.id, *(one.id for one in others.values() if one)}
                },
                other_technologies=_sharing(technology, others),
                fec_down=_needs_fec(technology.fec_down, optics, "down"),
                fec_up=_needs_fec(technology.fec_up, optics, "up"),
                usable_bps=dict(zip(("down", "up"), survey.port_rates_bps[row].tolist(), strict=True)),
                reckoned_bps=dict(zip(("down", "up"), reckoned_bps[row].tolist(), strict=True)),
                loop_hz=catalogue.clock_recovery[E1_LOOP].loop_hz,
                wander_limits=tuple(catalogue.wander_limits.values()),
                seconds=seconds,
                seed=seed,
                dba=dba or DbaSettings(),
            )
        )  # fmt: skip
    return tuple(plans)


def _flows_by_terminal(network: Network, year: int):  # type: ignore[no-untyped-def] # noqa: ANN202 - a list of triples
    """Give (service, count, growth) of each terminal; a customer's terminals share its services evenly."""
    growth = growth_of(network)
    services = network.catalogue.services
    terminals: dict[str, list[int]] = {}
    for row, onu in enumerate(network.onus):
        terminals.setdefault(onu.customer, []).append(row)
    found: dict[str, list[tuple[object, float, float]]] = {}
    for customer in network.customers:
        rows = terminals.get(customer.id, [])
        for row in rows:
            found[network.onus[row].id] = [
                (services[name], count / len(rows), growth.factor(customer.customer_class, name, year))
                for name, count in customer.services
                if name in services
            ]
    return found


def _sharing(technology: Technology, others: Mapping[int, Technology | None]) -> dict[int, Technology]:
    """Give the terminals whose upstream differs from the port's but shares its time: EPON's two rates."""
    if technology.encapsulation != "ethernet":
        return {}
    return {
        place: other
        for place, other in others.items()
        if other is not None and other.id != technology.id and other.encapsulation == "ethernet"
    }


def _needs_fec(of_technology: bool, optics: OpticalClass | None, way: str) -> bool:  # noqa: FBT001 - a fact, not a mode
    return of_technology or (optics is not None and bool(getattr(optics, f"fec_{way}")))


def make_port_pon(plan: PortPlan) -> tuple[BarePon, Mapping[str, tuple[int, ...]]]:
    """Make a port ready to run; with the queue of each of its flows in each direction."""
    up = up_layout(plan.technology, plan.frame_items, fec=plan.fec_up)
    down = down_layout(plan.technology, plan.frame_items, fec=plan.fec_down)
    num = len(plan.onus)
    has_tconts = isinstance(up, BurstLayout)
    up_traffic, up_queues = make_flow_traffic(
        plan.flows,
        "up",
        num_onus=num,
        mac_bps=mac_bps(up),
        seconds=plan.seconds,
        has_tconts=has_tconts,
        loop_hz=plan.loop_hz,
    )
    down_traffic, down_queues = make_flow_traffic(
        plan.flows,
        "down",
        num_onus=num,
        mac_bps=mac_bps(down),
        seconds=plan.seconds,
        has_tconts=False,
        loop_hz=plan.loop_hz,
    )
    tconts = None
    if isinstance(up, BurstLayout):
        tconts = make_tconts(plan.flows, num, up)
    other_layouts = {place: up_layout(other, plan.frame_items) for place, other in plan.other_technologies.items()}
    scenario = Scenario(
        technology=plan.technology.id,
        onus=num,
        distance_km=0.0,
        dba=plan.dba.model_copy(update={"slots": _slots(plan)}) if isinstance(up, AtmUp) else plan.dba,
        downstream=DownstreamSettings(scheduler="priority"),
        run=RunSettings(seconds=plan.seconds, seed=plan.seed),
    )
    pon = BarePon(
        scenario=scenario,
        items=ItemTable(plan.technology.id, plan.frame_items),
        up=up,
        down=down,
        one_way_ns=np.rint(np.array(plan.lengths_m) * FIBRE_NS_PER_M).astype(np.int64),
        up_traffic=up_traffic,
        down_traffic=down_traffic,
        policy=plan.dba.policy or USUAL_POLICIES[plan.technology.encapsulation],
        tconts=tconts,
        other_layouts={place: layout for place, layout in other_layouts.items() if isinstance(layout, EthernetUp)},
    )
    return pon, {"up": up_queues, "down": down_queues}


def _slots(plan: PortPlan) -> list[int]:
    """Give an APON's terminals slots in proportion to what they send, at least one in a hundred of the mean."""
    rates = np.zeros(len(plan.onus))
    np.add.at(rates, [flow.onu for flow in plan.flows], [flow.mean_bps["up"] for flow in plan.flows])
    return [int(share) for share in np.clip(np.rint(100 * rates / max(rates.mean(), 1.0)), 1, 1000)]
