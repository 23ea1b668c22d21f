"""Which column means what, read from a mapping file."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ponplan.area.settings import Name, fault_of
from ponplan.errors import AreaError, Fault

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
Words = Annotated[list[Name], Field(min_length=1)]
SHIPPED = ("table", "ofds", "comsof", "gracethd", "gisnb")


class LayerMapping(BaseModel):
    """One kind of record: which files hold it, which headers name its fields, what its words mean."""

    model_config = STRICT

    file: list[Name] = Field(default_factory=list)  # in a folder: names without ending, * for anything
    also: dict[Name, dict[Name, Name]] = Field(default_factory=dict)  # more files of a folder: what all rows are
    columns: dict[Name, Words] = Field(default_factory=dict)
    defaults: dict[Name, Name] = Field(default_factory=dict)
    values: dict[Name, dict[Name, Words]] = Field(default_factory=dict)
    skip: dict[Name, Words] = Field(default_factory=dict)  # column: words; rows with one of them are left out

    def for_file(self, stem: str) -> LayerMapping:
        """Give the mapping of a file under `also`: what it says of all rows is not looked for in columns."""
        patterns = (pattern for pattern in self.also if fnmatch(stem.casefold(), pattern.casefold()))
        fixed = self.also[next(patterns)]
        columns = {name: words for name, words in self.columns.items() if name not in fixed}
        return self.model_copy(update={"columns": columns, "defaults": {**self.defaults, **fixed}})


class ServiceMapping(BaseModel):
    """How bandwidths and service names become services of the catalogue."""

    model_config = STRICT

    words: dict[Name, Words] = Field(default_factory=dict)
    families: dict[Name, Words] = Field(default_factory=dict)
    family_of_class: dict[Name, Name] = Field(default_factory=dict)


class TableMapping(BaseModel):
    """A whole mapping file."""

    model_config = STRICT

    customers: LayerMapping = LayerMapping()
    sites: LayerMapping = LayerMapping()
    routes: LayerMapping = LayerMapping()
    circuits: LayerMapping = LayerMapping()
    existing: LayerMapping = LayerMapping()
    plant_cables: LayerMapping = LayerMapping()
    plant_ducts: LayerMapping = LayerMapping()
    plant_cabinets: LayerMapping = LayerMapping()
    plant_closures: LayerMapping = LayerMapping()
    plant_splitters: LayerMapping = LayerMapping()
    plant_ports: LayerMapping = LayerMapping()
    services: ServiceMapping = ServiceMapping()


def read_table_mapping(source: str | Path | None = None) -> TableMapping:
    """Read a mapping file; `None` or one of `SHIPPED` comes with ponplan.

    Sections that a mapping leaves out are taken from the shipped `table` mapping.

    Raises
    ------
    AreaError
        With every fault of the file.
    """
    name = "table" if source is None else str(source)
    mapping = _read(name)
    if name == "table":
        return mapping
    missing = [section for section in TableMapping.model_fields if section not in mapping.model_fields_set]
    return mapping.model_copy(update={section: getattr(_read("table"), section) for section in missing})


def _read(name: str) -> TableMapping:
    file = f"{name}.toml" if name in SHIPPED else Path(name).name
    try:
        shipped = files("ponplan.area").joinpath("mappings", f"{name}.toml")
        data = shipped.read_bytes() if name in SHIPPED else Path(name).read_bytes()
        return TableMapping.model_validate(tomllib.loads(data.decode("utf-8-sig")))
    except OSError as error:
        limit = f"a TOML file, or one of {', '.join(SHIPPED)}"
        raise AreaError([Fault(file=file, problem="the mapping cannot be read", limit=limit)]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AreaError([Fault(file=file, problem=f"this is not TOML: {error}")]) from error
    except ValidationError as error:
        raise AreaError(fault_of(file, detail) for detail in error.errors(include_url=False)) from error
