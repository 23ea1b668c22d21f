"""The kinds of area that can be generated: how streets run, what stands along them, who lives and works there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ponplan.area.model import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

Services = tuple[tuple[str, int], ...]
Orders = dict[str, tuple[tuple[float, Services], ...]]  # customer class -> shares with what they buy
GERMANY, CHINA = "EPSG:32632", "EPSG:4547"  # UTM zone 32N; CGCS2000, three-degree zone at 114 E


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """One type of building: who is in it, how many, and where such buildings stand."""

    name: str
    tenants: tuple[int, int]  # least and most customers in one building
    classes: tuple[tuple[str, float], ...]  # customer class and its share; the shares add up to 1
    centrality: float  # 0: anywhere; towards 1: in the centre; towards -1: at the edge
    room: bool = False  # has a telecom room to which its customers belong
    floors: int = 1
    protection: str | None = None  # what is promised to those in it; None: what their class is promised


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What one kind of area is made of."""

    title: str
    number: int  # part of the seed, so that kinds do not resemble each other; never changes
    layout: str  # grid, road, star
    crs: str
    origin_m: tuple[float, float]
    customers: int  # unless asked otherwise
    buildings: tuple[tuple[Building, float], ...]  # with the share of all customers who are in them
    block_m: tuple[float, float] = (110.0, 80.0)  # mean block, along rows and columns of streets
    meshed: bool = False  # two ways apart between any two places: no dead ends, two roads between districts
    plot_pitch_m: float = 22.0  # from one building to the next along a street
    setback_m: tuple[float, float] = (6.0, 14.0)
    occupied: float = 0.7  # share of the plots that are built on
    surfaces: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # instead of those of `surfaces.py`
    duct_shares: Mapping[str, float] = field(default_factory=dict)  # street rank -> share with free bores already
    cabinet_spacing_m: float = 110.0  # at most one candidate cabinet in a square of this size
    existing_cabinets: float = 0.0  # share of the candidates that stand already
    customers_per_lit_cabinet: int = 0  # of those, one has feeder, splitter and tenants; 0: none has
    chinese_names: float = 0.1  # share of customers
    important: int = 0  # one in so many public bodies is an account of tier important; 0: none is
    gigabit: float = 0.0  # share of ordinary customers with a 1000M leased line
    orders: Orders = field(default_factory=dict)  # what each class buys here, instead of what it buys elsewhere
    rules: Rules = field(default_factory=Rules)


HOUSE = Building(name="house", tenants=(1, 1), classes=(("residential", 1.0),), centrality=-0.5)
FLATS = Building(name="flats", tenants=(6, 15), classes=(("residential", 1.0),), centrality=0.0, room=True, floors=6)
SHOP = Building(name="shop", tenants=(1, 3), classes=(("ordinary", 1.0),), centrality=0.6)
OFFICES = Building(name="offices", tenants=(4, 12), classes=(("ordinary", 1.0),), centrality=0.8, room=True, floors=8)
PUBLIC = Building(name="public building", tenants=(1, 2), classes=(("public", 1.0),), centrality=0.3)
BRANCH = Building(name="bank branch", tenants=(1, 1), classes=(("finance", 1.0),), centrality=0.7)
BANK = replace(BRANCH, name="bank", protection="full")
SECURITIES = Building(
    name="securities house", tenants=(6, 20), classes=(("finance", 1.0),), centrality=0.7, room=True, floors=24
)
FARM = Building(name="roadside house", tenants=(1, 1), classes=(("residential", 1.0),), centrality=0.0)
WORKSHOP = Building(name="workshop", tenants=(1, 2), classes=(("ordinary", 1.0),), centrality=0.0)
FACULTY = Building(
    name="faculty",
    tenants=(4, 12),
    classes=(("public", 0.75), ("ordinary", 0.25)),
    centrality=0.5,
    room=True,
    floors=4,
)
TOWER_FLATS = Building(
    name="tower of flats", tenants=(16, 60), classes=(("residential", 1.0),), centrality=-0.2, room=True, floors=30
)
TOWER_OFFICES = Building(
    name="office tower", tenants=(8, 32), classes=(("ordinary", 1.0),), centrality=0.6, room=True, floors=36
)
FACTORY = Building(name="factory", tenants=(1, 1), classes=(("ordinary", 1.0),), centrality=0.0)
STARTUP_HALL = Building(
    name="hall of small firms", tenants=(4, 10), classes=(("ordinary", 1.0),), centrality=0.5, room=True, floors=3
)

KINDS: dict[str, Kind] = {
    "business-town": Kind(
        title="Business town",
        number=1,
        layout="grid",
        crs=GERMANY,
        origin_m=(568000.0, 5315000.0),
        customers=160,
        buildings=((OFFICES, 0.5), (SHOP, 0.3), (PUBLIC, 0.2)),
        chinese_names=0.2,
        important=8,
        rules=Rules(tier_technology={"important": "direct-1g"}),
    ),
    "bank-district": Kind(
        title="Bank and securities district",
        number=2,
        layout="grid",
        crs=CHINA,
        origin_m=(506000.0, 2493000.0),
        customers=120,
        buildings=((replace(SECURITIES, protection="trunk"), 0.6), (BANK, 0.4)),
        block_m=(90.0, 70.0),
        meshed=True,
        plot_pitch_m=26.0,
        occupied=0.6,
        chinese_names=0.5,
    ),
    "road-bus": Kind(
        title="Road as a bus",
        number=3,
        layout="road",
        crs=GERMANY,
        origin_m=(611000.0, 5342000.0),
        customers=48,
        buildings=((FARM, 0.7), (WORKSHOP, 0.25), (PUBLIC, 0.05)),
        plot_pitch_m=40.0,
        setback_m=(8.0, 40.0),
        occupied=0.3,
        surfaces={"main": {"asphalt": 0.3, "grass": 0.35, "track": 0.2, "aerial": 0.15}},
        cabinet_spacing_m=300.0,
        rules=Rules(taps=True),
    ),
    "star-campus": Kind(
        title="Star campus",
        number=4,
        layout="star",
        crs=GERMANY,
        origin_m=(542000.0, 5398000.0),
        customers=90,
        buildings=((FACULTY, 0.8), (PUBLIC, 0.2)),
        plot_pitch_m=45.0,
        setback_m=(10.0, 24.0),
        occupied=0.6,
        surfaces={"main": {"pavement": 0.6, "grass": 0.4}},
    ),
    "high-rise": Kind(
        title="High-rise quarter",
        number=5,
        layout="grid",
        crs=CHINA,
        origin_m=(509000.0, 2497000.0),
        customers=480,
        buildings=((TOWER_FLATS, 0.7), (TOWER_OFFICES, 0.3)),
        block_m=(190.0, 150.0),
        plot_pitch_m=60.0,
        setback_m=(14.0, 26.0),
        occupied=0.5,
        chinese_names=0.4,
        gigabit=0.03,
        rules=Rules(class_technology={"ordinary": "10g-epon-10-10"}),
    ),
    "industrial-park": Kind(
        title="Industrial park with plant in place",
        number=6,
        layout="grid",
        crs=GERMANY,
        origin_m=(587000.0, 5361000.0),
        customers=100,
        buildings=((FACTORY, 0.5), (STARTUP_HALL, 0.4), (PUBLIC, 0.1)),
        block_m=(220.0, 160.0),
        plot_pitch_m=60.0,
        setback_m=(10.0, 35.0),
        occupied=0.5,
        duct_shares={"main": 0.9, "side": 0.4},
        cabinet_spacing_m=200.0,
        existing_cabinets=0.4,
        customers_per_lit_cabinet=40,
    ),
    "apon-legacy": Kind(
        title="APON estate to migrate",
        number=8,
        layout="grid",
        crs=CHINA,
        origin_m=(512000.0, 2501000.0),
        customers=140,
        buildings=((OFFICES, 0.4), (SHOP, 0.2), (PUBLIC, 0.2), (BRANCH, 0.2)),
        duct_shares={"main": 0.9, "side": 0.6},
        existing_cabinets=1.0,
        chinese_names=0.5,
        orders={
            "ordinary": (
                (0.5, (("ethernet-2m", 1), ("voice", 2))),
                (0.3, (("e1", 1),)),
                (0.2, (("ethernet-10m", 1),)),
            ),
            "public": ((0.5, (("ethernet-10m", 1), ("voice", 4))), (0.5, (("e1", 2),))),
            "finance": ((0.6, (("e1", 2),)), (0.4, (("e1", 4), ("ethernet-2m", 1)))),
        },
        rules=Rules(
            growth_per_year=0.0,  # nobody buys more of it
            horizon_years=5,
            class_technology=dict.fromkeys(("ordinary", "public", "finance"), "apon-155-155"),
        ),
    ),
    "mixed-town": Kind(
        title="Mixed town",
        number=7,
        layout="grid",
        crs=GERMANY,
        origin_m=(554000.0, 5327000.0),
        customers=300,
        buildings=((HOUSE, 0.36), (FLATS, 0.3), (SHOP, 0.11), (OFFICES, 0.13), (PUBLIC, 0.05), (BRANCH, 0.05)),
        occupied=0.6,
        gigabit=0.01,
    ),
}
