"""What the played packets load behind the OLTs: uplinks, the elements they lead to, and what if one link is lost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.simulate.portplay import PortResult
    from ponplan.topology.network import Network

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The links that lead on from one chassis or element, and the busiest twentieth of the played time on them.

    `fits` says whether the peak fits all links, `fits_with_one_lost` whether it fits without the fastest one.
    """

    of: str
    links: int
    rate_bps: float
    rate_with_one_lost_bps: float
    mean_up_bps: float
    mean_down_bps: float
    peak_up_bps: float
    peak_down_bps: float
    fits: bool
    fits_with_one_lost: bool


def bearer_sections(network: Network, results: Sequence[PortResult]) -> tuple[Section, ...]:
    """Give every chassis with uplinks and every element with links onwards, in the order of the design.

    The same packets are followed: ports are summed in each twentieth of the time before the busiest is looked for. A
    chassis or element shares its load over where its links lead by their rates; rings pass nothing on to each other.
    """
    loads = _olt_loads(network, results)
    rates: dict[str, list[float]] = defaultdict(list)
    toward: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for uplink in network.uplinks:
        rates[uplink.olt].append(float(uplink.rate_bps))
        toward[uplink.olt][uplink.to] += uplink.rate_bps
    for link in network.bearer_links:
        rates[link.from_element].append(float(link.rate_bps))
        if link.kind != "ring":
            toward[link.from_element][link.to_element] += link.rate_bps
    for place in _from_the_olts(network, toward):
        whole = sum(toward[place].values())
        for target, rate in toward[place].items():
            if place in loads and whole > 0.0:
                loads[target] = loads.get(target, 0.0) + loads[place] * (rate / whole)
    order = [olt.id for olt in network.olts] + [element.id for element in network.bearer_elements]
    return tuple(
        _section(place, rates[place], loads[place]) for place in order if rates.get(place) and place in loads
    )


def _olt_loads(network: Network, results: Sequence[PortResult]) -> dict[str, FloatArray]:
    """Give (2, steps) what each chassis carries up and down."""
    olt_of_card = {card.id: card.olt for card in network.cards}
    olt_of_port = {port.id: olt_of_card.get(port.card, "") for port in network.ports}
    loads: dict[str, FloatArray] = {}
    for result in results:
        steps = np.array([result.up.carried_steps_bps, result.down.carried_steps_bps])
        olt = olt_of_port[result.port]
        loads[olt] = loads.get(olt, 0.0) + steps
    return loads


def _from_the_olts(network: Network, toward: Mapping[str, Mapping[str, float]]) -> Iterable[str]:
    """Give chassis and elements so that each comes after all that lead to it; what runs in a circle is left out."""
    places = [*(olt.id for olt in network.olts), *(element.id for element in network.bearer_elements)]
    leading = {place: sum(place in targets for targets in toward.values()) for place in places}
    ready = [place for place in places if leading[place] == 0]
    for place in ready:
        yield place
        for target in toward.get(place, {}):
            if target in leading:
                leading[target] -= 1
                if leading[target] == 0:
                    ready.append(target)


def _section(place: str, rates: Sequence[float], load: FloatArray) -> Section:
    peak, mean = load.max(axis=1), load.mean(axis=1)
    whole, left = sum(rates), sum(rates) - max(rates)
    return Section(
        of=place,
        links=len(rates),
        rate_bps=whole,
        rate_with_one_lost_bps=left,
        mean_up_bps=float(mean[0]),
        mean_down_bps=float(mean[1]),
        peak_up_bps=float(peak[0]),
        peak_down_bps=float(peak[1]),
        fits=bool(peak.max() <= whole),
        fits_with_one_lost=bool(peak.max() <= left),
    )
