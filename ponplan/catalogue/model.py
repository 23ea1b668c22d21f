"""The rows of the catalogue: one frozen dataclass per table, one field per CSV column.

Every row carries `source` (standard clause, data sheet, measurement, judgement) and `trust`:
`standard` (normative text read), `retrieved` (a named secondary source), `derived` (arithmetic shown in the
source), `unverified` (recalled, no source at hand), `illustrative` (a placeholder price, a typical model) or
`given` (the planner's own figure, from an overlay or a price book).
"""

from __future__ import annotations

from dataclasses import dataclass

Trust = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row of every table has."""

    id: str
    description: str
    source: str
    trust: Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology(Row):
    """A PON system: its rates, its limits, what it carries."""

    family: str  # apon, epon, gpon, xgpon, ngpon: who shares framing and ranging rules; direct: no PON at all
    standard: str
    down_line_bps: int
    up_line_bps: int
    max_split: int
    max_reach_m: float  # logical reach
    max_differential_reach_m: float
    down_nm: float  # nominal wavelength
    down_min_nm: float
    down_max_nm: float
    up_nm: float
    up_min_nm: float
    up_max_nm: float
    coexists_with: tuple[str, ...]  # technology ids that may share one fibre
    carries_tdm: str  # native, emulated
    encapsulation: str  # atm, ethernet, gem, xgem
    fec_down: bool
    fec_up: bool
    allowed_in_design: bool

    @property
    def is_direct(self) -> bool:
        """Whether every customer has a fibre of its own from the office, without a splitter."""
        return self.family == "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpticalClass(Row):
    """Transmit and receive windows of one budget class of one or more technologies."""

    technologies: tuple[str, ...]
    olt_tx_min_dbm: float
    olt_tx_max_dbm: float
    onu_sensitivity_dbm: float
    onu_overload_dbm: float
    onu_tx_min_dbm: float
    onu_tx_max_dbm: float
    olt_sensitivity_dbm: float
    olt_overload_dbm: float
    down_penalty_db: float
    up_penalty_db: float
    min_loss_db: float
    max_loss_db: float
    max_reach_m: float
    fec_down: bool  # the ONU's sensitivity holds only with FEC
    fec_up: bool  # the OLT's sensitivity holds only with FEC
    exception: str | None  # why the window differs from what its powers allow; None where it does not
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fibre(Row):
    """Attenuation of a fibre type at one wavelength: the worst case used in budgets, and the typical one."""

    fibre: str
    wavelength_nm: float
    max_loss_db_per_km: float
    typical_loss_db_per_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss(Row):
    """Loss of one point element: `splice`, `connector`, `coexistence-filter`, `onu-switch`."""

    max_loss_db: float
    typical_loss_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Termination(Row):
    """What light meets where a link ends at a device: `olt`, `splitter-input`, `splitter-output`, `onu`."""

    connectors: int  # connector pairs
    splices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin(Row):
    """Engineering margin for a path of at most `up_to_m`."""

    up_to_m: float
    margin_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Splitter(Row):
    """A power splitter: balanced with equal legs, or an unbalanced tap (leg 1 through, leg 2 tapped)."""

    kind: str  # balanced, tap
    inputs: int
    outputs: int
    max_loss_db: float  # per leg; of a tap: of the tapped leg
    typical_loss_db: float
    through_max_loss_db: float | None  # taps only
    through_typical_loss_db: float | None
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OltChassis(Row):
    """A shelf that takes PON cards, or optical line cards for direct fibres."""

    takes: str  # pon, direct
    card_slots: int
    uplink_ports: int
    uplink_bps: int
    rack_units: int
    power_w: float
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OltCard(Row):
    """A line card with PON ports of one technology."""

    technology: str
    ports: int
    power_w: float
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OltOptics(Row):
    """A pluggable transceiver for one PON port."""

    optical_class: str
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Onu(Row):
    """A customer's optical terminal."""

    technology: str
    ethernet_ports: int
    ethernet_bps: int
    e1_ports: int
    pon_interfaces: int
    optical_switch: bool
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure(Row):
    """A place for splitters or splices: `cabinet`, `room-box`, `closure`, `odf`."""

    kind: str
    fibres: int  # splices or terminations it can hold
    splitter_slots: int  # splitter modules it can hold
    cables: int  # cable ports
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CableType(Row):
    """A cable by fibre count, with its tubes."""

    role: str  # trunk (feeder and distribution), drop
    fibres: int
    fibres_per_tube: int
    fibre: str
    diameter_mm: float
    reel_m: float
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DuctType(Row):
    """A duct or sub-duct: what may be drawn into it."""

    inner_mm: float
    outer_mm: float
    max_fill: float  # share of the inner cross-section that cables may take
    max_cables: int
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface(Row):
    """How a route is built: trench by surface, an existing duct, a pole line, indoor tray."""

    method: str  # trench, existing-duct, aerial, indoor
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Row):
    """What a customer buys."""

    kind: str  # data, voice, video, tdm
    committed_down_bps: int
    committed_up_bps: int
    peak_down_bps: int
    peak_up_bps: int
    tcont_type: int
    max_delay_ms: float
    availability: float
    e1_circuits: int
    traffic: str  # constant, bursty
    packet_bytes: int | None  # None is the trimodal mix
    max_loss: float
    revenue_per_month: float  # in the currency of the prices


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerClass(Row):
    """What a kind of customer gets unless the area says otherwise."""

    technology: str
    bearer: str  # ip, mstp
    service_edge: str  # bras, service-router: where an IP bearer serves it
    services: tuple[str, ...]
    protection: str  # none, trunk, full
    point_to_point_baseline: str  # ip-switch, msap, pdh-modem


@dataclass(frozen=True, slots=True, kw_only=True)
class PointToPoint(Row):
    """Equipment of yesterday's network, a fibre per customer: what the point-to-point baseline is built of."""

    baseline: str  # ip-switch, msap, pdh-modem
    end: str  # office, customer
    line_bps: int
    e1_ports: int
    ethernet_ports: int
    rack_units: float  # share of a rack unit that one of these takes in the office; 0 at the customer's
    power_w: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerElement(Row):
    """A device of the network behind the OLTs."""

    role: str  # aggregation-switch, ring-node, bras, service-router, multiplexer
    access_ports: int
    access_bps: int
    trunk_ports: int
    trunk_bps: int
    vc12: int  # 63 for each STM-1; 0 in IP networks
    sessions: int  # broadband customers; 0 if it serves none
    latency_us: float  # from port to port, beside waiting and sending
    rack_units: float
    power_w: float
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerOptics(Row):
    """A pluggable transceiver at one end of an uplink or a link of the bearer."""

    line_bps: int
    allowed_in_design: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRecovery(Row):
    """A loop that recovers an E1's clock from its packets; `e1` is the one that is played."""

    loop_hz: float  # natural frequency of a second-order loop with damping one


@dataclass(frozen=True, slots=True, kw_only=True)
class WanderLimit(Row):
    """How far a recovered clock may move over intervals of one range: a fixed part and one that grows with them."""

    signal: str  # e1
    from_s: float  # longer than this
    to_s: float
    fixed_us: float
    slope_us_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep(Row):
    """How long what a section of the bill holds lasts, and what it takes each year; the id is the section."""

    lifetime_years: int
    maintenance_share: float  # of what it has cost, each year


@dataclass(frozen=True, slots=True, kw_only=True)
class Economic(Row):
    """One figure of a business case: `discount-rate`, `energy-cost`, `cooling-factor`, `revenue-share`."""

    unit: str  # 1, currency
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Row):
    """A piece of work, or the small material that goes with it, that a bill counts."""

    counted_by: str  # what one unit of it is counted by: splice, connector, customer, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Price(Row):
    """Material and labour of one unit of an item: a row's id in another table, or a task of work."""

    section: str  # of the bill: trench, duct, cable, splicing, passive, active, customer
    unit: str  # piece, m
    material_cost: float
    labour_cost: float
    currency: str  # one and the same in every row
    part_number: str | None  # of the manufacturer
    manufacturer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Colour(Row):
    """A colour of fibres and tubes in one order of colours; the description is its name."""

    scheme: str  # tia-598, gb, din
    position: int  # from 1; beyond the last one the order begins anew with one ring more
    rgb: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameItem(Row):
    """One integer of a technology's frame or burst: a header, a guard; the id is `technology.item`."""

    technology: str
    direction: str  # down, up, both
    item: str
    value: int
    unit: str  # byte, bit, ns, slot, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing(Row):
    """How long one step or timer of a protection switch lasts; the id is `family.step`."""

    family: str  # of technologies: apon, epon, gpon, xgpon, ngpon
    step: str
    value_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability(Row):
    """How often one kind of thing fails, and how long its repair takes."""

    element: str  # trench, aerial, indoor, cable, splitter, closure, cabinet, room, port, card, chassis, ...
    unit: str  # km, piece
    failures_per_year: float
    repair_h: float
