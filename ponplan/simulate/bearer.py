"""What the played packets load behind the OLTs: uplinks, the elements they lead to, and what if one link is lost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ponplan.simulate.waiting import LONGEST_FRAME_BYTES, waiting_ms
from ponplan.simulate.watch import CIRCUITS, DATA, STEP_NS
from ponplan.topology.load import STM_BPS, VC12_PAYLOAD_BPS, VC12_PER_STM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from ponplan.simulate.portplay import PortResult
    from ponplan.topology.network import Network

    FloatArray = NDArray[np.float64]

UP, DOWN = range(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The links that lead on from one chassis or element, and the busiest twentieth of the played time on them.

    Parameters
    ----------
    fits, fits_with_one_lost
        Whether the peak fits all links, and what is left without the fastest one.
    wait_up_ms, wait_down_ms
        What 99.9 % of the data's bytes wait less than in the queue before the links.
    circuit_wait_up_ms, circuit_wait_down_ms
        The longest wait of circuits, which go first.
    wait_with_one_lost_ms
        As `wait_up_ms` or `wait_down_ms`, whichever is longer, without the fastest link; None if none is left.
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
    wait_up_ms: float
    wait_down_ms: float
    circuit_wait_up_ms: float
    circuit_wait_down_ms: float
    wait_with_one_lost_ms: float | None


@dataclass(slots=True, kw_only=True)
class _Links:
    """What leads on from a place."""

    rates_bps: list[float] = field(default_factory=list)
    toward: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    is_ring: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    """What a place sends on and is sent: (2, twentieths) bit/s, and (2, 2 kinds, steps) bytes."""

    rates_bps: FloatArray
    steps_bytes: FloatArray

    def plus(self, other: _Load, share: float) -> _Load:
        return _Load(
            rates_bps=self.rates_bps + share * other.rates_bps,
            steps_bytes=self.steps_bytes + share * other.steps_bytes,
        )


def bearer_sections(network: Network, results: Sequence[PortResult]) -> tuple[Section, ...]:
    """Give every chassis with uplinks and every element with links onwards, in the order of the design.

    The same packets are followed: ports are summed in each step of time before the busiest is looked for, and before
    they queue. A chassis or element shares its load over where its links lead by their rates, and a bundle is one
    line as fast as its links together; rings pass nothing on to each other, and their load goes one way round.
    """
    loads = _olt_loads(network, results)
    links: dict[str, _Links] = defaultdict(_Links)
    for uplink in network.uplinks:
        links[uplink.olt].rates_bps.append(float(uplink.rate_bps))
        links[uplink.olt].toward[uplink.to] += uplink.rate_bps
    for link in network.bearer_links:
        own = links[link.from_element]
        own.rates_bps.append(float(link.rate_bps))
        if link.kind == "ring":
            own.is_ring = True
        else:
            own.toward[link.to_element] += link.rate_bps
    for place in _from_the_olts(network, {place: own.toward for place, own in links.items()}):
        whole = sum(links[place].toward.values()) if place in links else 0.0
        if whole <= 0.0 or place not in loads:
            continue
        for target, rate in links[place].toward.items():
            had = loads.get(target)
            empty = _Load(rates_bps=0.0 * loads[place].rates_bps, steps_bytes=0.0 * loads[place].steps_bytes)
            loads[target] = (had or empty).plus(loads[place], rate / whole)
    vc12 = {one.id for one in network.bearer_elements if _is_multiplexer(network, one.type)}
    order = [olt.id for olt in network.olts] + [element.id for element in network.bearer_elements]
    return tuple(
        _section(place, links[place], loads[place], in_vc12=place in vc12)
        for place in order
        if place in links and links[place].rates_bps and place in loads
    )


def _is_multiplexer(network: Network, kind: str) -> bool:
    row = network.catalogue.bearer_elements.get(kind)
    return row is not None and row.role == "multiplexer"


def _olt_loads(network: Network, results: Sequence[PortResult]) -> dict[str, _Load]:
    """Give what each chassis carries."""
    olt_of_card = {card.id: card.olt for card in network.cards}
    olt_of_port = {port.id: olt_of_card.get(port.card, "") for port in network.ports}
    loads: dict[str, _Load] = {}
    for result in results:
        load = _Load(
            rates_bps=np.array([result.up.carried_steps_bps, result.down.carried_steps_bps]),
            steps_bytes=result.steps_bytes.astype(np.float64),
        )
        olt = olt_of_port[result.port]
        loads[olt] = loads[olt].plus(load, 1.0) if olt in loads else load
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


def _section(place: str, links: _Links, load: _Load, *, in_vc12: bool) -> Section:
    peak, mean = load.rates_bps.max(axis=1), load.rates_bps.mean(axis=1)
    whole, left = sum(links.rates_bps), sum(links.rates_bps) - max(links.rates_bps)
    waits = _waits(load, left if links.is_ring else whole, max(links.rates_bps), in_vc12=in_vc12)
    lost = None if left <= 0.0 else max(_waits(load, left, max(links.rates_bps), in_vc12=in_vc12)[:2])
    return Section(
        of=place,
        links=len(links.rates_bps),
        rate_bps=whole,
        rate_with_one_lost_bps=left,
        mean_up_bps=float(mean[0]),
        mean_down_bps=float(mean[1]),
        peak_up_bps=float(peak[0]),
        peak_down_bps=float(peak[1]),
        fits=bool(peak.max() <= whole),
        fits_with_one_lost=bool(peak.max() <= left),
        wait_up_ms=waits[0],
        wait_down_ms=waits[1],
        circuit_wait_up_ms=waits[2],
        circuit_wait_down_ms=waits[3],
        wait_with_one_lost_ms=lost,
    )


def _waits(load: _Load, rate_bps: float, link_bps: float, *, in_vc12: bool) -> tuple[float, float, float, float]:
    """Give what data waits up and down, and circuits.

    Circuits go first, behind no more than one frame under way; in a multiplexer they have a VC-12 each, and data has
    the others.
    """
    data, circuits = [], []
    for way in (UP, DOWN):
        bytes_of = load.steps_bytes[way]
        if in_vc12:
            usable_bps = rate_bps / STM_BPS * VC12_PER_STM * VC12_PAYLOAD_BPS
            taken_bps = float(bytes_of[CIRCUITS].mean()) * 8e9 / STEP_NS if bytes_of.size else 0.0
            data.append(waiting_ms(bytes_of[DATA], max(usable_bps - taken_bps, 1.0)))
            circuits.append(0.0)
            continue
        data.append(waiting_ms(bytes_of.sum(axis=0), rate_bps))
        frame_ms = LONGEST_FRAME_BYTES * 8e3 / link_bps
        circuits.append(frame_ms + waiting_ms(bytes_of[CIRCUITS], rate_bps, share=1.0))
    return data[UP], data[DOWN], circuits[UP], circuits[DOWN]
