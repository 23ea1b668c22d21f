"""A bare PON and what is tried on it: the tables and fields of a scenario file, with defaults and limits."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ponplan.scenario.protection import FaultSettings, ProtectionSettings
from ponplan.scenario.table import Table

EPON_POLICIES = ("fixed", "static", "gated", "limited", "constant-credit", "linear-credit", "elastic")
IDEAL_POLICIES = ("exhaustive", "gated-at-start", "gated-before")
CELL_POLICIES = ("static",)
FRAME_POLICIES = ("static", "reference", "giant", "traffic-monitoring")
MAX_ONUS = 1024

Share = Annotated[float, Field(gt=0, le=100)]
Mbps = Annotated[float, Field(ge=0, le=1e6)]
Part = Annotated[float, Field(ge=0, le=1)]
SizeTable = list[tuple[Annotated[int, Field(ge=1, le=65535)], Annotated[float, Field(ge=0)]]]


class DbaSettings(Table):
    """Who may send how much when."""

    policy: str | None = None  # default: limited on EPON, reference on the 125 us systems
    max_grant_bytes: Annotated[int, Field(ge=84, le=100_000_000)] | None = None  # default: 15,000 at 1 Gbit/s
    guard_us: Annotated[float, Field(ge=0, le=1000)] | None = None  # default: the catalogue's
    processing_us: Annotated[float, Field(ge=0, le=10_000)] = 0.0
    credit_bytes: Annotated[int, Field(ge=0)] = 1538
    credit_factor: Annotated[float, Field(ge=1, le=100)] = 1.2
    max_report_bytes: Annotated[int, Field(ge=64)] | None = None
    poll_frames: Annotated[int, Field(ge=1, le=8000)] = 8
    bursts_per_frame: Annotated[int, Field(ge=1, le=1024)] = 16
    fec: bool | None = None
    frame_part: tuple[Part, Part] | None = None  # from and to, of every upstream frame; default: all of it
    slots: list[Annotated[int, Field(ge=1, le=1000)]] | None = None  # APON: of each ONU in one round, default 1

    @model_validator(mode="after")
    def _part_is_some(self) -> Self:
        if self.frame_part is not None and self.frame_part[0] >= self.frame_part[1]:
            raise ValueError("frame_part: its end must lie after its beginning")
        return self


class TcontSettings(Table):
    """One T-CONT of each of some ONUs (G.984.3 7.4): rates, eligibility for surplus, service intervals."""

    type: Annotated[int, Field(ge=1, le=5)] = 4
    fixed_mbps: Mbps = 0.0
    assured_mbps: Mbps = 0.0
    max_mbps: Mbps | None = None
    priority: Annotated[int, Field(ge=0, le=7)] = 0
    weight: Annotated[float, Field(gt=0)] = 1.0
    guaranteed_interval_frames: Annotated[int, Field(ge=1, le=8000)] = 8
    surplus_interval_frames: Annotated[int, Field(ge=1, le=8000)] = 8
    onus: list[Annotated[int, Field(ge=0)]] | None = None

    @model_validator(mode="after")
    def _rates_fit_the_type(self) -> Self:
        guaranteed = self.fixed_mbps + self.assured_mbps
        maximum = math.inf if self.max_mbps is None else self.max_mbps
        if maximum < guaranteed:
            raise ValueError(f"max_mbps {maximum:g} is below fixed_mbps + assured_mbps = {guaranteed:g}")
        needs = {1: self.fixed_mbps > 0, 2: self.assured_mbps > 0, 3: self.assured_mbps > 0}
        if not needs.get(self.type, True):
            raise ValueError(f"type {self.type} needs {'fixed' if self.type == 1 else 'assured'}_mbps")
        if self.type in {1, 4} and self.assured_mbps > 0:
            raise ValueError(f"type {self.type} has no assured bandwidth")
        if self.type in {2, 3, 4} and self.fixed_mbps > 0:
            raise ValueError(f"type {self.type} has no fixed bandwidth")
        return self


class SourceSettings(Table):
    """Traffic of one kind at each of some ONUs."""

    direction: Literal["up", "down"] = "up"
    kind: Literal["cbr", "poisson", "pareto", "trace", "e1"] = "poisson"
    load: Share | None = None  # all its ONUs together, frame bytes over MAC rate
    rate_mbps: Annotated[float, Field(gt=0, le=1e6)] | None = None  # of each ONU, frame bytes
    packet_bytes: Annotated[int, Field(ge=1, le=65535)] | Literal["trimodal"] | SizeTable = 1250
    buffer_bytes: Annotated[int, Field(ge=64)] | None = None
    tcont: Annotated[int, Field(ge=0, le=63)] = 0
    priority: Annotated[int, Field(ge=0, le=7)] = 0  # inside the T-CONT or LLID, 0 first
    onus: list[Annotated[int, Field(ge=0)]] | None = None
    hurst: Annotated[float, Field(gt=0.5, lt=1)] = 0.8
    streams: Annotated[int, Field(ge=1, le=1024)] = 32  # on-off streams in each ONU's aggregate
    peak_mbps: Annotated[float, Field(gt=0)] = 100.0  # of each stream while on
    mean_burst_packets: Annotated[float, Field(ge=1)] = 10.0
    file: str | None = None
    loop: bool = False
    circuits: Annotated[int, Field(ge=1, le=63)] = 1  # of kind e1
    packing_frames: Annotated[int, Field(ge=1, le=32)] = 8  # E1 frames in a packet where circuits are emulated

    @model_validator(mode="after")
    def _rate_or_file(self) -> Self:
        if self.kind == "e1":
            if self.load is not None or self.rate_mbps is not None:
                raise ValueError('kind = "e1" has the rate of its circuits: leave out load and rate_mbps')
        elif self.kind == "trace":
            if self.file is None:
                raise ValueError('kind = "trace" needs file')
            if self.load is not None or self.rate_mbps is not None:
                raise ValueError('kind = "trace" takes its rate from the file: leave out load and rate_mbps')
        elif (self.load is None) == (self.rate_mbps is None):
            raise ValueError("give either load or rate_mbps")
        elif self.file is not None:
            raise ValueError('file belongs to kind = "trace"')
        if isinstance(self.packet_bytes, list) and not sum(weight for _, weight in self.packet_bytes) > 0:
            raise ValueError("packet_bytes: the weights add up to nothing")
        return self


class CoexistSettings(Table):
    """Another technology on the same fibre tree, and the ONUs that use it."""

    technology: str
    onus: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]


class DownstreamSettings(Table):
    """How the OLT sends."""

    scheduler: Literal["fifo", "priority", "weighted"] = "priority"
    weights: list[Annotated[float, Field(gt=0)]] | None = None  # one per ONU, default equal
    shape_mbps: Annotated[float, Field(gt=0)] | None = None  # of each ONU
    shape_burst_bytes: Annotated[int, Field(ge=1518)] = 16_000


class RunSettings(Table):
    """How long, how often, from which seed."""

    seconds: Annotated[float, Field(gt=0, le=100_000)] = 1.0
    warmup_seconds: Annotated[float, Field(ge=0)] | None = None  # default: a tenth
    replications: Annotated[int, Field(ge=1, le=10_000)] = 1
    seed: Annotated[int, Field(ge=0)] = 1


class Scenario(Table):
    """A bare PON with its traffic: everything `simulate_traffic` needs beside the catalogue."""

    technology: str
    onus: Annotated[int, Field(ge=1, le=MAX_ONUS)] = 16
    distance_km: Annotated[float, Field(ge=0, le=100)] | tuple[float, float] | None = None
    distances_km: list[Annotated[float, Field(ge=0, le=100)]] | None = None
    activation: bool = False  # discover and range the ONUs first
    dba: DbaSettings = DbaSettings()
    tcont: list[TcontSettings] = Field(default_factory=list)
    source: list[SourceSettings] = Field(default_factory=list)
    coexist: list[CoexistSettings] = Field(default_factory=list)
    downstream: DownstreamSettings = DownstreamSettings()
    run: RunSettings = RunSettings()
    protection: ProtectionSettings = ProtectionSettings()  # of `failover`
    fault: list[FaultSettings] = Field(default_factory=list)  # of `failover`

    @model_validator(mode="after")
    def _places_and_numbers_agree(self) -> Self:
        problems = [*self._distance_problems(), *self._list_problems()]
        if self.run.warmup_seconds is not None and self.run.warmup_seconds >= self.run.seconds:
            problems.append(f"run.warmup_seconds {self.run.warmup_seconds:g} leaves nothing of run.seconds")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _distance_problems(self) -> list[str]:
        if self.distance_km is not None and self.distances_km is not None:
            return ["give either distance_km or distances_km"]
        if self.distance_km is None and self.distances_km is None:
            return ["give distance_km, or distances_km with one entry for each ONU"]
        if self.distances_km is not None and len(self.distances_km) != self.onus:
            return [f"distances_km has {len(self.distances_km)} entries for {self.onus} ONUs"]
        if isinstance(self.distance_km, tuple):
            low, high = self.distance_km
            if not 0 <= low <= high <= 100:
                return [f"distance_km [{low:g}, {high:g}] is not a range within 0 to 100"]
        return []

    def _list_problems(self) -> list[str]:
        problems = []
        tables: dict[str, list[list[int] | None]] = {
            "source": [source.onus for source in self.source],
            "tcont": [tcont.onus for tcont in self.tcont],
        }
        for name, choices in tables.items():
            for number, onus in enumerate(choices, start=1):
                chosen = onus or []
                if chosen and max(chosen) >= self.onus:
                    problems.append(f"{name} {number}: onus counts from 0 and must stay below {self.onus}")
                if len(set(chosen)) != len(chosen) or onus == []:
                    problems.append(f"{name} {number}: onus must name each ONU once, and at least one")
        moved = [onu for one in self.coexist for onu in one.onus]
        if moved and (max(moved) >= self.onus or len(set(moved)) != len(moved) or len(moved) >= self.onus):
            limit = "names each ONU once at most, and leaves one to the scenario's own technology"
            problems.append(f"coexist: onus counts from 0, stays below {self.onus}, {limit}")
        if moved and self.activation:
            problems.append("coexist: activation is played for one technology only")
        slots = self.dba.slots
        if slots is not None and len(slots) != self.onus:
            problems.append(f"dba.slots has {len(slots)} entries for {self.onus} ONUs")
        weights = self.downstream.weights
        if weights is not None and len(weights) != self.onus:
            problems.append(f"downstream.weights has {len(weights)} entries for {self.onus} ONUs")
        for number, source in enumerate(self.source, start=1):
            if source.direction == "up" and source.tcont >= max(len(self.tcont), 1):
                problems.append(f"source {number}: tcont {source.tcont} is not described in [[tcont]]")
        return problems

    @property
    def warmup_seconds(self) -> float:
        """Time that is not measured: as given, or the first tenth."""
        given = self.run.warmup_seconds
        return self.run.seconds / 10 if given is None else given
