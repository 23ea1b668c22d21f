"""What OpenStreetMap tags mean for a plan, read from a mapping file."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ponplan.area.settings import Name, Share, fault_of
from ponplan.errors import AreaError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
Tags = dict[Name, Annotated[list[Name], Field(min_length=1)]]


class Rule(BaseModel):
    """Fits an object if any of its tags is listed and none is under `unless`."""

    model_config = STRICT

    tags: Annotated[Tags, Field(min_length=1)]
    unless: Tags = Field(default_factory=dict)

    def fits(self, tags: Mapping[str, str]) -> bool:
        """Tell whether an object with these tags is meant; values joined by semicolons count one by one."""
        return _any(self.tags, tags) and not _any(self.unless, tags)

    def matched(self, tags: Mapping[str, str]) -> str:
        """Give the tag by which it fits, as `key=value`."""
        return next(f"{key}={tags[key]}" for key in self.tags if _any({key: self.tags[key]}, tags))


class KindRule(Rule):
    """Ways of one kind whose surface is known without a surface tag."""

    surface: Name


class RefuseRule(Rule):
    """Ways that are not dug."""

    reason: Name


class StructureRule(Rule):
    """Ways on bridges, in tunnels and the like."""

    name: Name


class Streets(BaseModel):
    """How ways become routes."""

    model_config = STRICT

    highway: dict[Name, Name]
    surface: dict[Name, Name]
    kind: list[KindRule] = Field(default_factory=list)
    refuse: list[RefuseRule] = Field(default_factory=list)
    structure: list[StructureRule] = Field(default_factory=list)


class CustomerRule(Rule):
    """Objects that are businesses or public bodies."""

    customer_class: Name = Field(alias="class")
    key_account: bool
    services: list[Name] = Field(default_factory=list)


class Customers(BaseModel):
    """How addresses, businesses and buildings become customers."""

    model_config = STRICT

    address_keys: Annotated[list[Name], Field(min_length=1)]
    street_keys: list[Name]
    address_class: Name
    building_class: Name
    buildings_below: Share
    min_building_m2: Annotated[float, Field(ge=0.0)]
    no_customer_buildings: list[Name]
    rule: list[CustomerRule]

    def rule_for(self, tags: Mapping[str, str]) -> CustomerRule | None:
        """Give the first rule that fits."""
        return next((rule for rule in self.rule if rule.fits(tags)), None)

    def is_address(self, tags: Mapping[str, str]) -> bool:
        """Tell whether an object has an address of its own."""
        return any(key in tags for key in self.address_keys)


class Offices(BaseModel):
    """Which objects are central offices."""

    model_config = STRICT

    rule: list[Rule]


class OsmMapping(BaseModel):
    """A whole mapping file."""

    model_config = STRICT

    streets: Streets
    customers: Customers
    offices: Offices

    def keys(self) -> tuple[str, ...]:
        """List the tag keys without which an object is of no interest."""
        rules = (*self.customers.rule, *self.offices.rule)
        found = {key for rule in rules for key in rule.tags} | set(self.customers.address_keys)
        return tuple(sorted(found | {"highway", "building", "boundary", "place", "addr:interpolation"}))


def read_mapping(path: str | Path | None = None) -> OsmMapping:
    """Read a mapping file, or the one that ponplan ships.

    Raises
    ------
    AreaError
        With every fault of the file.
    """
    name = "osm.toml" if path is None else Path(path).name
    try:
        data = (
            files("ponplan.area").joinpath("mappings/osm.toml").read_bytes()
            if path is None
            else Path(path).read_bytes()
        )
        return OsmMapping.model_validate(tomllib.loads(data.decode("utf-8-sig")))
    except OSError as error:
        raise AreaError([Fault(file=name, problem="the mapping cannot be read", value=error.strerror)]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AreaError([Fault(file=name, problem=f"this is not TOML: {error}")]) from error
    except ValidationError as error:
        raise AreaError(fault_of(name, detail) for detail in error.errors(include_url=False)) from error


def _any(wanted: Mapping[str, list[str]], tags: Mapping[str, str]) -> bool:
    return any(key in tags and _is_listed(tags[key], values) for key, values in wanted.items())


def _is_listed(value: str, values: list[str]) -> bool:
    return "*" in values or any(part.strip() in values for part in value.split(";"))
