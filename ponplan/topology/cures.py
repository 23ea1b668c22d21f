"""Which co-existing technology cures a full port, and in which direction: wavelengths decide.

Where the bands of both technologies lie apart, customers who move take their load to a rate of its own (WDM). Where
they overlap, both share one receiver by time: a moved bit then takes as long as its own line rate makes it, so that
moving helps only as far as the new rate is higher. 10/1 ONUs of 10G-EPON send at the old rate in the old band and
free nothing upstream; 10/10 ONUs send ten times as fast in the same time (802.3av, dual-rate receiver).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.topology.load import usable_rates_bps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ponplan.catalogue import Catalogue
    from ponplan.catalogue.model import Technology

WAYS = ("down", "up")
SURELY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """What moving customers to another technology does in one direction.

    `move_share` is the least share of the load that must move, 0 if none need, None if nothing helps; `by` says how
    the two share the fibre: by wavelength, by time, or with nothing gained.
    """

    by: str  # wavelength, time, none
    move_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """A technology that may share the port's fibre, with what it relieves."""

    technology: str
    down: Relief
    up: Relief

    @property
    def directions(self) -> tuple[str, ...]:
        """Give the directions that are full and that this technology cures."""
        return tuple(way for way in WAYS if (getattr(self, way).move_share or 0.0) > 0.0)


def cures_of(
    catalogue: Catalogue, technology: str, loads_bps: Sequence[float], rates_bps: Sequence[float], *, num_onus: int
) -> tuple[Cure, ...]:
    """Give the technologies allowed in design that may share a fibre with this one, with what each relieves.

    Parameters
    ----------
    loads_bps, rates_bps
        Down and up: what the port must carry, and what it can.
    num_onus
        Terminals on the port; usable rates of the other technology are told for as many.
    """
    old = catalogue.technologies[technology]
    cures = []
    for name in old.coexists_with:
        new = catalogue.technologies[name]
        if not new.allowed_in_design:
            continue
        rates = usable_rates_bps(catalogue, new, None, num_onus=max(1, num_onus))
        reliefs = {
            way: _relief(old, new, way, load=loads_bps[place], rate=rates_bps[place], new_rate=rates[place])
            for place, way in enumerate(WAYS)
        }
        cures.append(Cure(technology=name, down=reliefs["down"], up=reliefs["up"]))
    return tuple(cures)


def bands_overlap(one: Technology, other: Technology, way: str) -> bool:
    """Say whether two technologies use a wavelength in common in one direction."""
    (low, high), (other_low, other_high) = (
        (getattr(row, f"{way}_min_nm"), getattr(row, f"{way}_max_nm")) for row in (one, other)
    )
    return bool(low <= other_high and other_low <= high)


def _relief(old: Technology, new: Technology, way: str, *, load: float, rate: float, new_rate: float) -> Relief:
    overlap = bands_overlap(old, new, way)
    if load <= rate:
        return Relief(by="time" if overlap else "wavelength", move_share=0.0)
    if not math.isfinite(load):
        return Relief(by="none", move_share=None)
    if not overlap:
        share = (load - rate) / load
        return Relief(by="wavelength", move_share=share if share * load <= new_rate else None)
    if getattr(new, f"{way}_line_bps") <= getattr(old, f"{way}_line_bps"):
        return Relief(by="none", move_share=None)
    # old and new bursts take turns: (1 - share) load / rate + share load / new rate <= 1
    share = (load / rate - 1.0) / (load / rate - load / new_rate)
    return Relief(by="time", move_share=share if share <= 1.0 + SURELY else None)
