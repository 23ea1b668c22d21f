"""The shipped catalogue, and a folder in which a planner's files can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ponplan.catalogue import Catalogue, read_catalogue
from ponplan.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def shipped() -> Catalogue:
    """Give the catalogue as it is shipped."""
    return read_catalogue()


@pytest.fixture
def overlaid(tmp_path: Path) -> Callable[..., Catalogue]:
    """Give a reader of the shipped catalogue under files given as `table="text"`, text or bytes."""

    def read(**files: str | bytes) -> Catalogue:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"{name}.csv").write_bytes(data)
        return read_catalogue(directory=tmp_path)

    return read


@pytest.fixture
def priced(tmp_path: Path) -> Callable[[str | bytes], Catalogue]:
    """Give a reader of the shipped catalogue under a price book."""

    def read(content: str | bytes) -> Catalogue:
        path = tmp_path / "book.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_catalogue(prices=path)

    return read


@pytest.fixture
def complaints() -> Callable[..., list[str]]:
    """Give the lines of the CatalogueError that a call raises."""

    def lines(call: Callable[..., Catalogue], *args: object, **files: str | bytes) -> list[str]:
        with pytest.raises(CatalogueError) as raised:
            call(*args, **files)
        assert raised.value.exit_code == 3
        return [str(fault) for fault in raised.value.faults]

    return lines
