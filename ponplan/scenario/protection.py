"""What stands by and what breaks: the tables `[protection]` and `[[fault]]` of a scenario file."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ponplan.scenario.table import Table

RECOVERIES = (
    "swift-popup",
    "directed-popup",
    "pre-ranged",
    "common-offset",
    "ranging-pipelined",
    "ranging-serial",
    "reactivation",
    "resync",
    "holdover",
    "re-registration",
    "link-up",
)
FIBRE_FAULTS = ("feeder-cut", "distribution-cut", "drop-cut", "fading", "span", "trench", "duct")
PLACE_FAULTS = ("node", "splitter", "cabinet", "port", "card", "chassis", "office", "onu")
WHATS = (*FIBRE_FAULTS, *PLACE_FAULTS)

Ms = Annotated[float, Field(ge=0, le=1e9)]
Positive = Annotated[float, Field(gt=0, le=1e9)]


class Spread(Table):
    """A duration that varies, in milliseconds; one of these."""

    uniform: tuple[Ms, Ms] | None = None  # from, to
    triangular: tuple[Ms, Ms, Ms] | None = None  # least, likeliest, most
    normal: tuple[Ms, Ms] | None = None  # mean, standard deviation; below zero counts as zero
    lognormal: tuple[Positive, Annotated[float, Field(gt=0, le=10)]] | None = None  # median, sigma of the logarithm
    exponential: Positive | None = None  # mean

    @model_validator(mode="after")
    def _one_kind_in_order(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(type(self).model_fields)}")
        edges = self.uniform or self.triangular
        if edges is not None and (list(edges) != sorted(edges) or edges[0] == edges[-1]):
            raise ValueError(f"{given[0]} {list(edges)} must rise")
        return self


Duration = Ms | Spread


class ProtectionSettings(Table):
    """How a PON is protected; durations that are left out are the catalogue's."""

    scheme: Literal["none", "trunk", "full"] = "none"
    standby: Literal["cold", "warm", "hot"] = "hot"
    recovery: str | None = None  # default: what the standby can do
    onu: Literal["switch", "two-interfaces"] = "switch"  # of full protection: how an ONU reaches both paths
    dual_parented: bool = False  # the standby port is another OLT's
    transceiver_off: bool = False  # the standby transceiver must boot first
    revertive: bool = False  # go back after a repair and wait_to_restore
    switch_share: Annotated[float, Field(gt=0, le=1)] = 1.0  # share of silent ONUs that makes the OLT switch
    feeder_difference_km: Annotated[float, Field(ge=-100, le=100)] = 0.0  # protecting less working path
    onus_per_distribution: Annotated[int, Field(ge=1, le=1024)] = 8  # of a bare PON: behind one second splitter
    promise_ms: Ms = 100.0  # longest outage that protected customers are promised
    detect_ms: Duration | None = None
    equipment_detect_ms: Duration | None = None
    decide_ms: Duration | None = None
    load_ms: Duration | None = None
    boot_ms: Duration | None = None
    laser_ms: Duration | None = None
    sync_ms: Duration | None = None
    message_ms: Duration | None = None
    processing_ms: Duration | None = None
    window_ms: Duration | None = None
    response_ms: Duration | None = None
    first_grant_ms: Duration | None = None
    to1_ms: Duration | None = None
    to2_ms: Duration | None = None
    poll_ms: Duration | None = None
    onu_switch_ms: Duration | None = None
    select_ms: Duration | None = None
    relearn_ms: Duration | None = None
    wait_to_restore_ms: Duration | None = None
    hunt_ms: Duration | None = None
    holdover_ms: Duration | None = None
    e1_hold_ms: Duration | None = None
    onu_guard_ms: Duration | None = None
    olt_guard_ms: Duration | None = None

    @model_validator(mode="after")
    def _known_recovery(self) -> Self:
        if self.recovery is not None and self.recovery not in RECOVERIES:
            raise ValueError(f"recovery {self.recovery!r} is not one of {', '.join(RECOVERIES)}")
        return self

    def durations(self) -> dict[str, float | Spread]:
        """Give the durations that are set, by the catalogue's step names."""
        names = [name for name in type(self).model_fields if name.endswith("_ms") and name != "promise_ms"]
        given = {name: getattr(self, name) for name in names}
        return {name[:-3].replace("_", "-"): value for name, value in given.items() if value is not None}


class FaultSettings(Table):
    """Something breaks, and may be mended, once or again and again."""

    at_ms: Ms = 0.0
    what: str
    subject: str | None = None  # default: the working feeder, and what belongs to it
    until_ms: Positive | None = None  # mended then
    db_per_s: Positive | None = None  # light is lost slowly instead of at once
    reserve_db: Annotated[float, Field(ge=0, le=40)] | tuple[Ms, Ms] | None = None  # of a bare PON's ONUs
    every_ms: Positive | None = None  # comes again so often
    times: Annotated[int, Field(ge=1, le=100_000)] = 1

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.what not in WHATS:
            raise ValueError(f"what {self.what!r} is not one of {', '.join(WHATS)}")
        if self.until_ms is not None and self.until_ms <= self.at_ms:
            raise ValueError(f"until_ms {self.until_ms:g} is not after at_ms {self.at_ms:g}")
        if (self.every_ms is None) != (self.times == 1):
            raise ValueError("every_ms and times belong together: how often, and how many times")
        if self.every_ms is not None:
            if self.until_ms is None:
                raise ValueError("what comes again must be mended in between: give until_ms")
            if self.until_ms - self.at_ms >= self.every_ms:
                raise ValueError(f"every_ms {self.every_ms:g} is shorter than the fault itself")
        if (self.what == "fading") != (self.db_per_s is not None):
            raise ValueError('what = "fading" and db_per_s belong together')
        if self.reserve_db is not None and self.db_per_s is None:
            raise ValueError('reserve_db belongs to what = "fading"')
        return self
