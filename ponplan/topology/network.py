"""The network as it is to be built: places, routes, cables, splitters, ports, terminals and light paths.

`Network` is a read-only description. Each record is one row of the design file. Light runs over links: a link is one
dark fibre path between two devices (OLT port to splitter, splitter to splitter, splitter to ONU, or OLT port to ONU
directly), told as the strands it passes; two strands that follow each other are spliced where their cables meet.

Protection is told by roles. A path is protecting if its port or any of its links is:

* Trunk (type B): a splitter with two inputs. A working port's link reaches input 1; the protecting port, whose
  `partner` is that working port, has a link of role protecting to input 2. Everything behind the splitter is shared
  and of role working.
* Full (type C): a terminal with an optical switch or two PON interfaces. Interface 1 hangs on a splitter of a working
  port; interface 2 on a second splitter elsewhere, whose port, feeder and link to the terminal are protecting. The
  customers of such a second splitter are those of one working splitter, so `partner` names that splitter's port.

What stands already may be in use by others, whose links and terminals are not told: `taken` counts or names what
they use of it.

`topology.ways` gives both paths of every terminal. What they share all the same is listed: as `Exposure` rows thing
by thing, and as `Relaxed` rows of the rules `disjoint-...` in sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from ponplan.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place that holds equipment, at a junction of the route graph."""

    id: str
    kind: str  # office, cabinet, room, closure, premises
    junction: str
    x_m: float
    y_m: float
    enclosure: str = ""  # catalogue id of the cabinet, box or closure; empty for offices and premises
    name: str = ""
    site: str = ""  # id of the area site it stands on
    state: str = "new"  # new, existing
    locked: bool = False
    taken_fibres: int = 0  # splices and fibre ends there that are others': their links are not in this design


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A segment of street, duct or pole line between two junctions; all of the area's are kept."""

    id: str
    parent: str  # id of the area route it is a piece of; empty for lead-ins, drops and indoor runs
    kind: str  # route, lead-in, drop, indoor
    from_junction: str
    to_junction: str
    length_m: float
    surface: str
    state: str = "unused"  # unused, new (dug, strung or pulled through by this design), existing (used before)
    duct: str = ""  # catalogue id of the ducts laid or used
    bores: int = 0  # how many of them this design lays or occupies
    free_bores: int | None = None  # of an existing duct route, before this design
    risk_groups: tuple[str, ...] = ()
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable:
    """A cable that lies unbroken from one node to another; single fibres may leave it at closures on its way."""

    id: str
    role: str  # feeder, distribution, drop
    type: str  # catalogue id; fibres, tubes and diameter stand there
    from_node: str
    to_node: str
    routes: tuple[str, ...]  # in order from `from_node` to `to_node`
    length_m: float  # along the routes
    slack_m: float  # added to the length when it is bought; not lit in the budget beyond one run
    state: str = "new"
    faulty: tuple[int, ...] = ()  # fibres of an existing cable that cannot be used
    locked: bool = False
    taken: tuple[int, ...] = ()  # fibres of an existing cable that others light


@dataclass(frozen=True, slots=True, kw_only=True)
class Olt:
    """A chassis in an office."""

    id: str
    node: str
    type: str
    bearer: str  # ip, mstp
    state: str = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A line card in a chassis slot (1-based)."""

    id: str
    olt: str
    slot: int
    type: str
    state: str = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class OltPort:
    """A PON port (1-based on its card); a protecting port names the working one it stands by for.

    Standby: cold is provisioned with its transmitter off; warm follows the working port's state with its transmitter
    off; hot has its terminals ranged as well.
    """

    id: str
    card: str
    number: int
    optics: str  # catalogue id of the transceiver, which names the optical class
    technology: str
    role: str = "working"  # working, protecting
    standby: str = ""  # of a protecting port: cold, warm, hot
    partner: str = ""  # the working port's id
    state: str = "new"
    taken_onus: int = 0  # terminals on an existing port that are not in this design
    taken_down_bps: float = 0.0  # their busy-hour load now
    taken_up_bps: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """A link from an OLT into the bearer network."""

    id: str
    olt: str
    number: int
    rate_bps: int
    to: str  # element of the bearer network
    role: str = "working"
    state: str = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerElement:
    """A device of the network behind the OLTs, in an office."""

    id: str
    node: str
    type: str  # catalogue id, which says its role
    bearer: str  # ip, mstp
    state: str = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerLink:
    """A link from an element of the bearer onwards: to another one, or into the network that is there already."""

    id: str
    from_element: str
    to_element: str  # metro, core or transport: what is there already, outside this design
    kind: str  # trunk: one of a bundle of equal links; ring: one side of a ring
    rate_bps: int
    length_m: float = 0.0  # of fibre in existing cables between offices
    state: str = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitter:
    """A splitter or tap; inputs and legs are numbered from 1; input 2 takes a protecting feeder."""

    id: str
    node: str
    type: str
    stage: int  # 1 is nearest the OLT
    technology: str
    state: str = "new"
    locked: bool = False
    taken: tuple[int, ...] = ()  # legs of an existing splitter that others use


@dataclass(frozen=True, slots=True, kw_only=True)
class Onu:
    """A customer's terminal; one row per terminal, PON interfaces numbered from 1.

    Behind an optical switch, input 1 and 2 of the switch count as interfaces; full protection comes in at 2.
    """

    id: str
    customer: str
    node: str
    type: str
    technology: str
    state: str = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One fibre path between two devices, from the OLT's side outwards."""

    id: str
    role: str  # working, protecting
    from_device: str  # OLT port or splitter id
    from_port: int  # of a splitter: the leg
    to_device: str  # splitter or ONU id
    to_port: int  # of a splitter: the input; of an ONU: the PON interface
    strands: tuple[tuple[str, int], ...]  # (cable id, fibre number from 1); empty inside one place
    state: str = "new"  # existing: spliced already


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkCustomer:
    """A customer as the design sees it: what is promised, and where."""

    id: str
    name: str
    x_m: float
    y_m: float
    customer_class: str
    services: tuple[tuple[str, int], ...]  # never empty: the class's and the circuits' services are written out
    technology: str
    protection: str  # none, trunk, full
    unserved: str = ""  # the reason, if this customer gets nothing
    account_tier: str = ""  # important, high-value, strategic, group
    account_group: str = ""  # large-account, commercial-building, residential, leased-line, content-provider
    branch_of: str = ""
    phase: str = ""  # of the roll-out: a number or a name; empty: the last one
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A service from one customer to another, or to what lies outside; the services of its ends include it."""

    id: str
    a: str  # customer
    z: str  # customer, internet or bearer
    service: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRules:
    """The area's rules that checking needs, as numbers."""

    max_split: int | None
    spare_fibres: float
    cable_slack: float
    oversubscription: float
    growth_per_year: float
    horizon_years: int
    fibre: str
    bearer: str = ""  # how much of it is planned: uplinks, office, metro; empty: nothing is known of it
    protection_ports: str = "card"  # a protecting port is on the same card, or on different cards, olts, offices


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRule:
    """What holds for the customers of one class beside the rules for everybody."""

    customer_class: str
    max_split: int | None = None  # None: the rules' own
    own_port: bool = False
    apart: bool = False  # no customer of another class on its ports
    growth_per_year: float | None = None  # None: the rules' own
    take_up_now: float = 1.0
    take_up_horizon: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceGrowth:
    """How a service grows, whoever buys it."""

    service: str
    growth_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """A rule that this design does not keep, with the number and the limit."""

    rule: str
    subject: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One thing that a working and a protecting path have in common: if it fails, both do.

    A cure is a new route that would end it: a line from place to place, with its length and cost.
    """

    subject: str  # splitter (trunk) or customer (full) as the rules of protection name it
    kind: str  # fibre, cable, duct, trench, node or risk
    thing: str  # id of the route, cable, node or risk group; cable:fibre
    length_m: float  # of a route: its metres; else 0
    customers: int  # promised protection and exposed by it
    cure: str = ""  # new route in words; empty if none within reach was found
    cure_m: float = 0.0
    cure_cost: float = 0.0  # digging it, with one duct


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of the bill: quantity times material and labour."""

    item: str
    section: str
    description: str
    unit: str
    quantity: float
    material_cost: float  # per unit
    labour_cost: float  # per unit
    total_cost: float  # rounded to the cent


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """All records of a design file, each tuple in file order."""

    name: str
    crs: str
    catalogue: Catalogue
    rules: PlanRules
    customers: tuple[NetworkCustomer, ...]
    nodes: tuple[Node, ...]
    routes: tuple[Route, ...]
    route_lines: NDArray[np.object_]  # shapely LineStrings, aligned with `routes`
    cables: tuple[Cable, ...]
    olts: tuple[Olt, ...]
    cards: tuple[Card, ...]
    ports: tuple[OltPort, ...]
    uplinks: tuple[Uplink, ...]
    splitters: tuple[Splitter, ...]
    onus: tuple[Onu, ...]
    links: tuple[Link, ...]
    bearer_elements: tuple[BearerElement, ...] = ()
    bearer_links: tuple[BearerLink, ...] = ()
    circuits: tuple[Circuit, ...] = ()
    class_rules: tuple[ClassRule, ...] = ()
    service_growth: tuple[ServiceGrowth, ...] = ()
    relaxed: tuple[Relaxed, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    bill: tuple[BillLine, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)  # run facts: cost, bound, seed, version, input hash
