"""The kinds of area that can be generated: how streets run, what stands along them, who lives and works there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ponplan.area.model import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

Shares = tuple[tuple[str, float], ...]  # what, and how much of the whole; the parts add up to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """One type of building: who is in it and how many."""

    name: str
    share: float  # of all customers
    tenants: tuple[int, int]  # least and most customers in one building
    classes: Shares
    centrality: float  # 0: anywhere; towards 1: in the centre; towards -1: at the edge
    room: bool = False  # has a telecom room to which its customers belong
    floors: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What one kind of area is made of."""

    title: str
    number: int  # part of the seed, so that kinds do not resemble each other; never changes
    layout: str  # grid, road, star
    crs: str
    origin_m: tuple[float, float]
    customers: int  # unless asked otherwise
    buildings: tuple[Building, ...]
    block_m: tuple[float, float] = (110.0, 80.0)  # mean block, along rows and columns
    plot_pitch_m: float = 22.0  # from one building to the next along a street
    setback_m: tuple[float, float] = (6.0, 14.0)
    occupied: float = 0.7  # share of the plots that are built on
    plots_per_district: int = 400
    cabinet_spacing_m: float = 160.0  # at most one candidate cabinet per square of this size
    chinese: float = 0.1  # share of customers with Chinese names
    ducts: Mapping[str, float] = field(default_factory=dict)  # street rank -> share that has ducts with free bores
    existing_cabinets: float = 0.0
    gigabit: float = 0.0  # share of ordinary customers with a 1000M leased line
    rules: Rules = field(default_factory=Rules)


GERMANY, CHINA = "EPSG:32632", "EPSG:4547"

HOUSE = Building(name="house", share=0.0, tenants=(1, 1), classes=(("residential", 1.0),), centrality=-0.5)
FLATS = Building(
    name="flats", share=0.0, tenants=(6, 24), classes=(("residential", 1.0),), centrality=0.0, room=True, floors=6
)
SHOP = Building(name="shop", share=0.0, tenants=(1, 3), classes=(("ordinary", 1.0),), centrality=0.6)
OFFICES = Building(
    name="offices",
    share=0.0,
    tenants=(4, 16),
    classes=(("ordinary", 0.9), ("finance", 0.1)),
    centrality=0.8,
    room=True,
    floors=8,
)
PUBLIC = Building(name="public building", share=0.0, tenants=(1, 2), classes=(("public", 1.0),), centrality=0.3)
BRANCH = Building(name="bank", share=0.0, tenants=(1, 1), classes=(("finance", 1.0),), centrality=0.8)
