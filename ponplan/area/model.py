"""What a planner knows: customers, sites, routes, plant and rules, in one metric coordinate system."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ponplan.area.plant.model import AreaPlant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely import LineString

Attributes = "Mapping[str, object]"  # columns that ponplan does not know are kept and written back


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A central office: where OLTs stand and all feeders begin."""

    id: str
    name: str
    x_m: float
    y_m: float
    allowed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody who wants service at a place.

    `services` pairs service ids of the catalogue with how many of each, circuits not counted; where it is empty, a
    customer with circuits buys nothing else and one without them what the class buys.
    `room` is the site id of the building room that serves this customer, if any.
    """

    id: str
    name: str
    x_m: float
    y_m: float
    customer_class: str
    services: tuple[tuple[str, int], ...] = ()
    technology: str | None = None  # None: the technology of the class
    protection: str | None = None  # none, trunk, full; None: the better one of its class and its services
    room: str | None = None
    account_tier: str = ""  # important, high-value, strategic, group; empty: none of them
    account_group: str = ""  # large-account, commercial-building, residential, leased-line, content-provider
    branch_of: str = ""  # the account whose branch this is
    phase: str = ""  # of the roll-out: a number or a name; empty: the last one
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A service from one customer to another, or to what lies outside; it loads the ports at both ends."""

    id: str
    a: str  # id of the customer at the A end
    z: str  # id of the customer at the Z end, or internet, or bearer
    service: str
    count: int = 1
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where a splitter may stand: a cross-connect cabinet or a building's telecom room."""

    id: str
    name: str
    kind: str  # cabinet, room
    x_m: float
    y_m: float
    enclosure: str | None = None  # catalogue id where it is given, e.g. of an existing cabinet
    existing: bool = False
    forbidden: bool = False
    locked: bool = False  # must be used
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A street, duct or pole line in which fibre may run; routes meet at their ends."""

    id: str
    surface: str  # catalogue id: how it is built, and so what it costs
    line: LineString
    name: str = ""
    joinable: bool = True  # may customers, sites and offices be joined here? not in a tunnel or on a bridge
    free_bores: int | None = None  # room left where there are ducts already; None: not limited
    risk_groups: tuple[str, ...] = ()  # bridge, tunnel, building entry ...
    forbidden: bool = False  # nothing may be laid in it
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRule:
    """What holds for the customers of one class beside the rules for everybody.

    Customers share a PON port only if their classes have the same `max_split` and none of them has a port alone.
    """

    max_split: int | None = None  # largest split on ports that serve this class; None: that of the area
    own_port: bool = False  # every customer has a PON port alone
    apart: bool = False  # shares no PON port with another class
    growth_per_year: float | None = None  # of its load; None: that of the area
    take_up_now: float = 1.0  # share of its customers who connect in the first year
    take_up_horizon: float = 1.0  # and at the planning horizon


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How this area is to be planned; every field has a default, so an empty table equals the defaults."""

    stages: int = 1  # splitter stages permitted
    taps: bool = False  # may taps in closures along a road feed customers one after the other?
    max_split: int | None = None  # smaller than the technology's own limit, if wanted
    splitters_in_office: bool = False
    spare_fibres: float = 0.2  # share of used fibres kept dark in each trunk cable
    cable_slack: float = 0.03  # share of route length added for slack and waste
    oversubscription: float = 20.0  # peak rate above the committed, divided by this, loads a port
    growth_per_year: float = 0.05  # of every customer's load
    horizon_years: int = 10
    max_drop_m: float = 300.0  # farthest a customer may be from its route
    snap_tolerance_m: float = 0.5  # route ends closer than this meet
    lead_in_surface: str = "lead-in"  # how the way from a route to premises is built
    indoor_surface: str = "indoor"  # how the way from a building room to a customer is built
    duct: str = "duct-110"  # laid in every new trench
    fibre: str = "g652d"
    protection_ports: str = "cards"  # where a protecting port is: card, cards, olts, offices (the same, or others)
    standby: str = "cold"  # how it stands by: cold, warm, hot
    protected_onu: str = "any"  # with full protection: switch, dual (two PON interfaces), or any: the cheaper
    max_second_entry_m: float = 80.0  # longest second way into a building with full protection, or into an office
    bearer: str = "office"  # how much of the network behind the OLTs is built: uplinks, office, metro
    p2p_fibres: int = 1  # of each terminal in yesterday's point-to-point network, for comparison
    fibre_scarce: bool = False  # offices are joined in a ring instead of a tree
    class_technology: Mapping[str, str] = field(default_factory=dict)  # customer class -> technology
    tier_technology: Mapping[str, str] = field(default_factory=dict)  # account tier -> technology, before the class's
    technology_optics: Mapping[str, str] = field(default_factory=dict)  # technology -> optical class
    service_growth: Mapping[str, float] = field(default_factory=dict)  # service -> its growth a year, whoever buys it
    class_protection: Mapping[str, str] = field(default_factory=dict)  # customer class -> none, trunk, full
    service_protection: Mapping[str, str] = field(default_factory=dict)  # service -> what who buys it gets at least
    class_rules: Mapping[str, ClassRule] = field(default_factory=dict)  # customer class -> what holds for it alone
    served_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # customer -> sites, and no others
    not_served_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # customer -> sites that may not

    @property
    def cascades(self) -> bool:
        """Whether splitters or taps may feed further ones."""
        return self.stages > 1 or self.taps

    def of_class(self, customer_class: str) -> ClassRule:
        """Give the rule of a class; a class without one has that of everybody."""
        return self.class_rules.get(customer_class, ClassRule())


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """Something in the source that did not enter the area, counted and named."""

    what: str
    count: int
    reason: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Everything known about the place to be planned; coordinates are metres in `crs`."""

    name: str
    crs: str  # a metric CRS, e.g. EPSG:32632
    offices: tuple[Office, ...]
    customers: tuple[Customer, ...]
    sites: tuple[Site, ...]
    routes: tuple[Route, ...]
    rules: Rules = field(default_factory=Rules)
    circuits: tuple[Circuit, ...] = ()
    plant: AreaPlant = field(
        default_factory=AreaPlant
    )  # what stands already, beside ducts, which are routes with free bores
    omissions: tuple[Omission, ...] = ()
