"""Older design files are brought up to the current schema, in memory only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.topology import read_network
from ponplan.topology.file import migrations, opening
from ponplan.topology.file.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def test_every_older_version_has_its_step() -> None:
    """From version 1 on there is one step per version."""
    assert set(migrations.MIGRATIONS) == set(range(1, SCHEMA_VERSION))


def test_older_file_is_migrated_and_left_as_it_was(
    edited: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of the version before is read as its migration makes it; the file's bytes stay."""

    def rename(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE plan SET name = 'migrated ' || name")

    path = edited("tiny")
    before = path.read_bytes()
    for module in (migrations, opening):
        monkeypatch.setattr(module, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
        monkeypatch.setattr(module, "MIGRATIONS", {SCHEMA_VERSION: rename})
    assert read_network(path).name == "migrated tiny"
    assert path.read_bytes() == before
