"""The catalogue is a read-only value that travels as text."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from ponplan.catalogue import Catalogue
from ponplan.errors import CatalogueError


def test_tables_survive_their_text(shipped: Catalogue) -> None:
    """A catalogue read back from its own tables is the same and writes the same bytes."""
    again = Catalogue.from_tables(shipped.to_tables())
    assert again == shipped
    assert again.to_tables() == shipped.to_tables()


def test_it_travels_between_processes(shipped: Catalogue) -> None:
    """A catalogue can be pickled, although its tables are read-only views."""
    assert pickle.loads(pickle.dumps(shipped)) == shipped  # noqa: S301 - our own bytes


def test_it_is_read_only(shipped: Catalogue) -> None:
    """No row can be put into a table."""
    with pytest.raises(TypeError):
        shipped.splitters["x"] = None  # type: ignore[index] # that it is refused is the claim


def test_rows_keep_the_order_of_the_file(shipped: Catalogue) -> None:
    """Rows come in the order they were written in."""
    ids = [line.partition(",")[0] for line in shipped.to_tables()["margins"].splitlines()[1:]]
    assert ids == list(shipped.margins) == ["margin-5km", "margin-10km", "margin-long"]


def test_price_of_an_unpriced_item_names_its_table(shipped: Catalogue) -> None:
    """Asking for a price that is missing says which table the item is of."""
    with pytest.raises(CatalogueError, match=r"gpon-b\+, a row of optical_classes, has no price"):
        shipped.price("gpon-b+")
    with pytest.raises(CatalogueError, match="nothing, an item of no table, has no price"):
        shipped.price("nothing")


def test_attenuation_is_found_by_fibre_and_wavelength(shipped: Catalogue) -> None:
    """Fibre type and wavelength find the row, and what is missing is named."""
    assert shipped.fibre_loss("g652d", 1310).id == "g652d-1310"
    with pytest.raises(CatalogueError, match="no attenuation of g652d at 850 nm"):
        shipped.fibre_loss("g652d", 850)


def test_every_fault_of_embedded_tables_is_told(shipped: Catalogue) -> None:
    """Missing tables, unknown tables and bad cells are reported together."""
    tables = shipped.to_tables()
    del tables["margins"]
    tables["ducts"] = "id\n"
    tables["losses"] = tables["losses"].replace("splice,Fusion splice,0.1", "splice,Fusion splice,x")
    with pytest.raises(CatalogueError) as raised:
        Catalogue.from_tables(tables)
    told = str(raised.value)
    assert "margins.csv: table is missing" in told
    assert "ducts: no such table" in told
    assert "losses.csv, row 2, field max_loss_db: not a number (found 'x')" in told


def test_table_without_rows_is_refused(shipped: Catalogue) -> None:
    """A table with nothing but its header is a fault."""
    tables = shipped.to_tables()
    tables["margins"] = tables["margins"].partition("\n")[0] + "\n"
    with pytest.raises(CatalogueError, match=r"margins\.csv: table has no rows"):
        Catalogue.from_tables(tables)


def test_loading_needs_no_numpy() -> None:
    """Reading the catalogue imports none of the heavy libraries."""
    program = (
        "import sys; from ponplan.catalogue import read_catalogue; read_catalogue(); "
        "sys.exit(any(name in sys.modules for name in ('numpy', 'pandas', 'scipy', 'rich')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
