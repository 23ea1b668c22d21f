"""Complaints about an earlier design told as where a planner finds it: the file, its layer, the record."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ponplan.errors import AreaError, DesignFileError
from ponplan.topology.rules.records import TABLES

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from ponplan.errors import Fault


@contextmanager
def in_file(source: str, adopted: Container[str] = ()) -> Iterator[None]:
    """Tell faults of an earlier design's tables with the name of its file.

    Parameters
    ----------
    source
        Name of the file; empty where the design comes from none.
    adopted
        Sites that were made of nodes of the file: their faults are those of the layer of nodes.
    """
    try:
        yield
    except (AreaError, DesignFileError) as error:
        if not source:
            raise
        raise type(error)(_located(fault, source, adopted) for fault in error.faults) from error


def _located(fault: Fault, source: str, adopted: Container[str]) -> Fault:
    if fault.file == "sites" and str(fault.row) in adopted:
        moved = replace(fault, file=f"{source} (nodes)", field="geom", value=None)
        return replace(moved, remedy="move it to where a route passes, or move it back")
    if fault.file in TABLES:
        return replace(fault, file=f"{source} ({fault.file})")
    return fault
