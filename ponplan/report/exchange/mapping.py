"""Mapping files: which tables and columns of a national format are filled from which of ours."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
Name = Annotated[str, Field(min_length=1)]
Value = str | int | float | bool


class ColumnMapping(BaseModel):
    """One column of theirs: a constant `value`, or a column of ours, followed through tables and translated.

    `from` names the column; `#` is the number of the row. Each step of `via`, `table.key.column`, looks the value
    up in another table. `values` translates; what it does not name becomes `otherwise`, else empty. Without `values`
    the value stays as it is.
    """

    model_config = ConfigDict(**STRICT, populate_by_name=True)

    source: Name | None = Field(default=None, alias="from")
    via: list[Name] = Field(default_factory=list)
    values: dict[str, Value] = Field(default_factory=dict)
    otherwise: Value | None = None
    value: Value | None = None
    type: Literal["text", "integer", "real"] = "text"
    decimals: int = 2

    @model_validator(mode="after")
    def _one_of(self) -> ColumnMapping:
        if (self.source is None) == (self.value is None):
            raise ValueError("a column needs either `from` or `value`")
        return self


class TableMapping(BaseModel):
    """One table of theirs, made of one of ours; `where` keeps rows whose columns have one of the words, `*` any."""

    model_config = ConfigDict(**STRICT, populate_by_name=True)

    name: Name
    source: Name = Field(alias="from")
    geometry: bool = False
    where: dict[Name, list[str]] = Field(default_factory=dict)
    columns: dict[Name, ColumnMapping]


class FormatMapping(BaseModel):
    """A whole format; what it leaves out is said in words that the command repeats."""

    model_config = STRICT

    title: Name
    source: Name
    crs: Name
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    not_covered: dict[Name, Name] = Field(default_factory=dict)
    table: list[TableMapping]


def read_format_mapping(name: str) -> FormatMapping:
    """Read one of the mappings that ponplan ships."""
    text = files("ponplan.report.exchange").joinpath("mappings", f"{name}.toml").read_text(encoding="utf-8")
    return FormatMapping.model_validate(tomllib.loads(text))
