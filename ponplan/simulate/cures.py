"""What cures a port that breaks promises: changes from the cheapest up, each played before it is claimed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ponplan.simulate.portplay import PortResult, play_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ponplan.catalogue.model import FrameItem, Technology
    from ponplan.simulate.demand import Flow
    from ponplan.simulate.ports import PortPlan

BUFFER_FACTOR = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTechnology:
    """A technology that may take a port's place on its fibre."""

    technology: Technology
    frame_items: Mapping[str, FrameItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A change, and to how many services and directions promises stayed broken with it."""

    change: str
    broken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PortCure:
    """The first change under which every promise is kept, None if there was none; and all that was played."""

    change: str | None
    trials: tuple[Trial, ...]


def cure_port(plan: PortPlan, result: PortResult, others: Sequence[OtherTechnology]) -> PortCure:
    """Play changes until one keeps every promise."""
    trials = []
    for change, plans in _changes(plan, result, others):
        broken = sum(play_port(one).broken for one in plans)
        trials.append(Trial(change=change, broken=broken))
        if broken == 0:
            return PortCure(change=change, trials=tuple(trials))
    return PortCure(change=None, trials=tuple(trials))


def _changes(
    plan: PortPlan, result: PortResult, others: Sequence[OtherTechnology]
) -> Iterator[tuple[str, tuple[PortPlan, ...]]]:
    """Give changes with the ports to be played for each: settings, then equipment."""
    hurt = {(flow.customer, flow.service, flow.onu) for flow in result.flows if flow.broken}
    up_hurt = any(flow.broken for flow in result.flows if flow.direction == "up")
    lossy = any("loss" in flow.broken for flow in result.flows)
    if up_hurt and not plan.technology.is_direct:
        yield from _grant_changes(plan)
    if up_hurt and plan.technology.encapsulation in {"gem", "xgem"}:
        flows = tuple(_assured(flow) if _key(plan, flow) in hurt else flow for flow in plan.flows)
        yield "T-CONT type 2, assured at the peak rate", (replace(plan, flows=flows),)
    if lossy:
        flows = tuple(
            replace(flow, buffer_factor=BUFFER_FACTOR) if _key(plan, flow) in hurt else flow for flow in plan.flows
        )
        yield f"buffers {BUFFER_FACTOR:g} times as large", (replace(plan, flows=flows),)
    if len(plan.onus) > 1:
        yield "every second terminal on another port", tuple(_share(plan, rest) for rest in (0, 1))
    for other in others:
        changed = replace(
            plan,
            technology=other.technology,
            frame_items=other.frame_items,
            other_technologies={},
            fec_down=other.technology.fec_down,
            fec_up=other.technology.fec_up,
            usable_bps={},
        )
        yield f"{other.technology.id} on this port", (changed,)


def _grant_changes(plan: PortPlan) -> Iterator[tuple[str, tuple[PortPlan, ...]]]:
    """Give other grant settings: more bursts a frame, or longer and shorter grants."""
    if plan.technology.encapsulation in {"gem", "xgem"}:
        bursts = min(max(2 * len(plan.onus), 16), 128)
        dba = plan.dba.model_copy(update={"bursts_per_frame": bursts, "poll_frames": 1})
        yield f"reports every frame, {bursts} bursts a frame", (replace(plan, dba=dba),)
    elif plan.technology.encapsulation == "ethernet":
        for grant_bytes in (60_000, 4_000):
            dba = plan.dba.model_copy(update={"max_grant_bytes": grant_bytes})
            yield f"grants of at most {grant_bytes} bytes", (replace(plan, dba=dba),)


def _key(plan: PortPlan, flow: Flow) -> tuple[str, str, str]:
    return flow.customer, flow.service, plan.onus[flow.onu]


def _assured(flow: Flow) -> Flow:
    return replace(
        flow, tcont_type=min(flow.tcont_type, 2), committed_bps={**flow.committed_bps, "up": flow.peak_bps["up"]}
    )


def _share(plan: PortPlan, rest: int) -> PortPlan:
    """Give every second terminal of a port, numbered anew."""
    places = [place for place in range(len(plan.onus)) if place % 2 == rest]
    anew = {place: new for new, place in enumerate(places)}
    return replace(
        plan,
        onus=tuple(plan.onus[place] for place in places),
        lengths_m=tuple(plan.lengths_m[place] for place in places),
        flows=tuple(replace(flow, onu=anew[flow.onu]) for flow in plan.flows if flow.onu in anew),
        other_technologies={anew[place]: other for place, other in plan.other_technologies.items() if place in anew},
    )
