"""Files appear whole or not at all: written beside the target, then renamed; never over something silently."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ponplan.errors import Fault, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def whole_file(target: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Give a path beside the target to write to; on leaving without an error it becomes the target.

    Raises
    ------
    OutputError
        When the target exists and may not be replaced, or its folder does not.
    """
    refuse(target, overwrite=overwrite)
    beside = target.with_name(f".{target.stem}.part{os.getpid()}{target.suffix}")
    try:
        yield beside
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: Path, *, mark: str, overwrite: bool = False) -> Iterator[Path]:
    """Give a folder beside the target to write to; on leaving without an error it becomes the target.

    Parameters
    ----------
    mark
        Name of a file by which a folder of this kind is known: only an empty one, or one with it, is replaced.

    Raises
    ------
    OutputError
        When the target exists and may not be replaced, or its folder does not.
    """
    refuse(target, overwrite=overwrite)
    used = target.exists() and (not target.is_dir() or any(target.iterdir()))
    if used and not (target / mark).is_file():
        problem = f"is no folder with {mark} in it, so it is not replaced"
        raise OutputError([Fault(file=str(target), problem=problem, remedy="choose another name")])
    beside = target.with_name(f".{target.name}.part{os.getpid()}")
    old = target.with_name(f".{target.name}.old{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        yield beside
        if target.exists():
            target.rename(old)
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def refuse(target: Path, *, overwrite: bool) -> None:
    """Raise OutputError unless a file may be written at `target`."""
    if target.exists() and not overwrite:
        problem, remedy = "exists already", "choose another name or say --force"
    elif not target.parent.is_dir():
        problem, remedy = f"its folder {target.parent} does not exist", "make the folder first"
    else:
        return
    raise OutputError([Fault(file=str(target), problem=problem, remedy=remedy)])
