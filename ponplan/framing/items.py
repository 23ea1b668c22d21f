"""The catalogue's frame integers of one technology, looked up by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ponplan.catalogue.model import FrameItem


class ItemTable:
    """Integers of one technology by item name; a missing one is told with its file and row id."""

    __slots__ = ("_values", "technology")

    def __init__(self, technology: str, frame_items: Iterable[FrameItem] | Mapping[str, FrameItem]) -> None:
        rows = frame_items.values() if isinstance(frame_items, Mapping) else frame_items
        self.technology = technology
        self._values = {row.item: row.value for row in rows if row.technology == technology}

    def __contains__(self, item: str) -> bool:
        return item in self._values

    def __getitem__(self, item: str) -> int:
        """Give one integer.

        Raises
        ------
        CatalogueError
            If the catalogue has no such row.
        """
        try:
            return self._values[item]
        except KeyError:
            raise CatalogueError([self._missing(item)]) from None

    def get(self, item: str, default: int) -> int:
        """Give one integer that not every technology of a family has."""
        return self._values.get(item, default)

    def _missing(self, item: str) -> Fault:
        return Fault(
            file="frame_items.csv",
            row=f"{self.technology}.{item}",
            problem="the technology needs this frame item",
            remedy="add the row, or choose a technology whose frame is described",
        )
