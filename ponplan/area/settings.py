"""`area.toml`: name, coordinate system, offices and rules, checked field by field."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ponplan.area.model import ClassRule, Omission, Rules
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from pathlib import Path

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Name = Annotated[str, Field(min_length=1)]
Protection = Literal["none", "trunk", "full"]
Tier = Literal["important", "high-value", "strategic", "group"]
DEFAULT = Rules()


class OfficeTable(BaseModel):
    """One `[[office]]`; its place is `x`, `y` in the area's CRS or `lon`, `lat` in degrees."""

    model_config = STRICT

    id: Name
    name: str = ""
    x: float | None = None
    y: float | None = None
    lon: Annotated[float, Field(ge=-180.0, le=180.0)] | None = None
    lat: Annotated[float, Field(ge=-90.0, le=90.0)] | None = None
    allowed: bool = True

    @model_validator(mode="after")
    def _one_place(self) -> OfficeTable:
        pairs = ((self.x, self.y), (self.lon, self.lat))
        given = [None not in pair for pair in pairs]
        if sum(given) != 1 or any(
            value is not None for pair, ok in zip(pairs, given, strict=True) if not ok for value in pair
        ):
            raise ValueError("give either x and y or lon and lat")
        return self


class RulesTable(BaseModel):
    """`[rules]`; the descriptions are the comments that a new area.toml carries."""

    model_config = STRICT

    stages: Annotated[int, Field(ge=1, le=2, description="splitter stages permitted: 1 or 2")] = DEFAULT.stages
    taps: Annotated[
        bool, Field(description="may taps in closures feed customers along a road, one after the other (a bus)?")
    ] = DEFAULT.taps
    max_split: Annotated[
        int | None, Field(ge=2, le=128, description="smaller than the technology's own limit, if wanted")
    ] = DEFAULT.max_split
    splitters_in_office: Annotated[bool, Field(description="may splitters stand in the central office?")] = (
        DEFAULT.splitters_in_office
    )
    spare_fibres: Annotated[Share, Field(description="share of used fibres kept dark in each trunk cable")] = (
        DEFAULT.spare_fibres
    )
    cable_slack: Annotated[Share, Field(description="share of route length added for slack and waste")] = (
        DEFAULT.cable_slack
    )
    oversubscription: Annotated[
        float,
        Field(ge=1.0, le=1000.0, description="peak rate above the committed, divided by this, loads a port"),
    ] = DEFAULT.oversubscription
    growth_per_year: Annotated[
        float, Field(ge=-0.5, le=2.0, description="growth of every customer's load per year")
    ] = DEFAULT.growth_per_year
    horizon_years: Annotated[int, Field(ge=0, le=50, description="years planned for")] = DEFAULT.horizon_years
    max_drop_m: Annotated[
        float, Field(gt=0.0, le=20_000.0, description="farthest a customer, site or office may be from its route")
    ] = DEFAULT.max_drop_m
    snap_tolerance_m: Annotated[float, Field(gt=0.0, le=20.0, description="route ends closer than this meet")] = (
        DEFAULT.snap_tolerance_m
    )
    lead_in_surface: Annotated[Name, Field(description="how the way from a route to premises is built")] = (
        DEFAULT.lead_in_surface
    )
    indoor_surface: Annotated[Name, Field(description="how the way from a building room to a customer is built")] = (
        DEFAULT.indoor_surface
    )
    duct: Annotated[Name, Field(description="laid in every new trench")] = DEFAULT.duct
    fibre: Annotated[Name, Field(description="fibre type")] = DEFAULT.fibre
    protection_ports: Annotated[
        Literal["card", "cards", "olts", "offices"],
        Field(description="a protecting port is on the same card, or on different cards, olts or offices"),
    ] = "cards"
    standby: Annotated[
        Literal["cold", "warm", "hot"], Field(description="how a protecting port stands by: cold, warm or hot")
    ] = "cold"
    protected_onu: Annotated[
        Literal["any", "switch", "dual"],
        Field(
            description="terminal with full protection: an optical switch, dual PON interfaces, or any: the cheaper"
        ),
    ] = "any"
    max_second_entry_m: Annotated[
        float,
        Field(ge=0.0, le=20_000.0, description="longest second way into a protected building or an office; 0: none"),
    ] = DEFAULT.max_second_entry_m
    bearer: Annotated[
        Literal["uplinks", "office", "metro"],
        Field(
            description="what is built behind OLTs: uplinks, also switches in the office, or the metro network too"
        ),
    ] = "office"
    p2p_fibres: Annotated[
        int,
        Field(ge=1, le=2, description="fibres per terminal of the point-to-point comparison: 1, or 2 one each way"),
    ] = DEFAULT.p2p_fibres
    fibre_scarce: Annotated[bool, Field(description="join offices in a ring (RPR) instead of a tree?")] = (
        DEFAULT.fibre_scarce
    )


class ClassRuleTable(BaseModel):
    """One `[class_rules.CLASS]`: what holds for the customers of one class alone."""

    model_config = STRICT

    max_split: Annotated[int | None, Field(ge=2, le=128, description="largest split on ports of this class")] = None
    own_port: Annotated[bool, Field(description="does every customer have a PON port alone?")] = False
    apart: Annotated[bool, Field(description="is no other class let on its PON ports?")] = False
    growth_per_year: Annotated[
        float | None, Field(ge=-0.5, le=2.0, description="growth of its load per year, where it is not rules'")
    ] = None
    take_up_now: Annotated[Share, Field(description="share of its customers who connect in the first year")] = 1.0
    take_up_horizon: Annotated[Share, Field(description="share of its customers who connect at the horizon")] = 1.0


class OmissionTable(BaseModel):
    """One `[[omission]]`: what an import left out."""

    model_config = STRICT

    what: Name
    count: Annotated[int, Field(ge=0)]
    reason: Name
    examples: list[str] = Field(default_factory=list)


class SettingsTable(BaseModel):
    """The whole of `area.toml`."""

    model_config = STRICT

    name: Name
    crs: Name = Field(description="a metric CRS, e.g. EPSG:32632")
    office: list[OfficeTable] = Field(default_factory=list)
    rules: RulesTable = RulesTable()
    class_technology: dict[str, Name] = Field(
        default_factory=dict, description="customer class = technology, where it is not the catalogue's"
    )
    tier_technology: dict[Tier, Name] = Field(
        default_factory=dict, description="account tier = technology, whatever the class; direct-1g: a fibre alone"
    )
    technology_optics: dict[str, Name] = Field(default_factory=dict, description="technology = optical class")
    service_growth: dict[str, Annotated[float, Field(ge=-0.5, le=2.0)]] = Field(
        default_factory=dict, description="service = growth of its load per year, whoever buys it"
    )
    class_protection: dict[str, Protection] = Field(
        default_factory=dict, description="customer class = none, trunk or full, where it is not the catalogue's"
    )
    service_protection: dict[str, Protection] = Field(
        default_factory=dict, description="service = the least that its buyers are promised: trunk or full"
    )
    class_rules: dict[str, ClassRuleTable] = Field(
        default_factory=dict, description="one table for each class that has rules of its own"
    )
    served_from: dict[str, list[Name]] = Field(
        default_factory=dict, description="customer = the sites that may serve it, and no others"
    )
    not_served_from: dict[str, list[Name]] = Field(
        default_factory=dict, description="customer = sites that may not serve it"
    )
    omission: list[OmissionTable] = Field(default_factory=list)

    def to_rules(self) -> Rules:
        """Give the rules as the rest of the program takes them."""
        return Rules(
            **self.rules.model_dump(),
            class_technology=self.class_technology,
            tier_technology={str(tier): name for tier, name in self.tier_technology.items()},
            technology_optics=self.technology_optics,
            service_growth=self.service_growth,
            class_protection=self.class_protection,
            service_protection=self.service_protection,
            class_rules={name: ClassRule(**row.model_dump()) for name, row in self.class_rules.items()},
            served_from={name: tuple(sites) for name, sites in self.served_from.items()},
            not_served_from={name: tuple(sites) for name, sites in self.not_served_from.items()},
        )

    def to_omissions(self) -> tuple[Omission, ...]:
        """Give what the import left out."""
        return tuple(
            Omission(what=row.what, count=row.count, reason=row.reason, examples=tuple(row.examples))
            for row in self.omission
        )


def read_settings(path: Path) -> SettingsTable:
    """Read and check `area.toml`.

    Raises
    ------
    AreaError
        With every fault found.
    """
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        fault = Fault(
            file=path.name,
            problem="the file cannot be read",
            value=error.strerror,
            remedy=f"is {path.parent} an area?",
        )
        raise AreaError([fault]) from error
    except UnicodeDecodeError as error:
        fault = Fault(file=path.name, problem="the file is not UTF-8 text", remedy="save it as UTF-8")
        raise AreaError([fault]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        fault = Fault(file=path.name, row=int(line[1]) if line else None, problem=f"this is not TOML: {error}")
        raise AreaError([fault]) from error
    return check_settings(content, file=path.name)


def check_settings(content: dict[str, Any], *, file: str) -> SettingsTable:
    """Check the content of an `area.toml`; raise `AreaError` with every fault found."""
    try:
        return SettingsTable.model_validate(content)
    except ValidationError as error:
        faults = [fault_of(file, detail) for detail in error.errors(include_url=False)]
        raise AreaError(faults) from error


def fault_of(file: str, detail: Any) -> Fault:  # noqa: ANN401  # pydantic's own dictionary of an error
    """Turn one error of pydantic into a fault."""
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in detail["loc"])
    missing = detail["type"] == "missing"
    return Fault(
        file=file,
        field=where or None,
        problem=detail["msg"].removeprefix("Value error, ").casefold(),
        value=None if missing or isinstance(detail["input"], dict) else detail["input"],
        remedy=_remedy(detail),
    )


def _remedy(detail: Any) -> str | None:  # noqa: ANN401  # as above
    if detail["type"] != "extra_forbidden":
        return None
    known = [*SettingsTable.model_fields, *RulesTable.model_fields, *OfficeTable.model_fields]
    known += ClassRuleTable.model_fields
    near = difflib.get_close_matches(str(detail["loc"][-1]), known, n=1)
    return f"did you mean {near[0]}?" if near else "remove it"


def rule_fields() -> dict[str, str]:
    """Give the names of the scalar rules and what each means."""
    return {name: field.description or "" for name, field in RulesTable.model_fields.items()}


def class_rule_fields() -> dict[str, str]:
    """Give the names of a class's rules and what each means."""
    return {name: field.description or "" for name, field in ClassRuleTable.model_fields.items()}


def rules_as_table(rules: Rules) -> dict[str, object]:
    """Give the scalar rules by name."""
    return {name: value for name, value in dataclasses.asdict(rules).items() if name in RulesTable.model_fields}
