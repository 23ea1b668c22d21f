"""`ponplan.json` in every exported folder: what it is, so that it can be read back, and replaced without a doubt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ponplan.errors import DesignFileError, Fault
from ponplan.report.output import refuse, whole_folder
from ponplan.topology.file import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ponplan.topology.network import Network

MANIFEST = "ponplan.json"
SCHEMA = "ponplan.export/1"

__all__ = ["MANIFEST", "SCHEMA", "exported_folder", "files_in", "read_manifest", "refuse", "write_manifest"]


def exported_folder(target: Path, *, overwrite: bool) -> AbstractContextManager[Path]:
    """Give a folder beside the target to write to, which then takes its place.

    With `overwrite` an earlier export is replaced, and nothing else: a folder without manifest stays as it is.
    """
    return whole_folder(target, overwrite=overwrite, mark=MANIFEST)


def write_manifest(folder: Path, network: Network, form: str) -> None:
    """Say which format, schema and coordinate system the folder holds."""
    content = {
        "schema": SCHEMA,
        "format": form,
        "design_schema_version": SCHEMA_VERSION,
        "name": network.name,
        "crs": network.crs,
    }
    text = json.dumps(content, ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path, form: str) -> dict[str, object]:
    """Give the manifest of an exported folder.

    Raises
    ------
    DesignFileError
        There is none, or it is of another format or a newer schema.
    """
    path = folder / MANIFEST
    remedy = f"name a folder that `ponplan export --format {form}` wrote"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fault = Fault(file=str(path), problem=f"cannot be read: {error}", remedy=remedy)
        raise DesignFileError([fault]) from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA or content.get("format") != form:
        found = content.get("format") if isinstance(content, dict) else content
        fault = Fault(
            file=str(path), field="format", value=found, problem="not an export of this kind", remedy=remedy
        )
        raise DesignFileError([fault])
    version = content.get("design_schema_version")
    if version != SCHEMA_VERSION:
        problem = "was written for another schema of the design file"
        fault = Fault(
            file=str(path),
            field="design_schema_version",
            value=version,
            problem=problem,
            limit=str(SCHEMA_VERSION),
            remedy="export again with this ponplan",
        )
        raise DesignFileError([fault])
    return content


def files_in(folder: Path) -> Iterator[str]:
    """Give the names of all files of an exported folder, sorted."""
    return (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
