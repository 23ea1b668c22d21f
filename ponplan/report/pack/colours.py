"""Names of the colours of tubes and fibres by an order of colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponplan.errors import CatalogueError, Fault
from ponplan.report.language import mark

if TYPE_CHECKING:
    from ponplan.catalogue import Catalogue
    from ponplan.report.language import Words

MOST = 432  # tubes or fibres of one tube that names are made for
WORDS = (
    mark("blue"), mark("orange"), mark("green"), mark("brown"), mark("slate"), mark("grey"), mark("white"),
    mark("red"), mark("black"), mark("yellow"), mark("violet"), mark("rose"), mark("pink"), mark("aqua"),
    mark("turquoise"),
)  # fmt: skip


def colour_names(catalogue: Catalogue, scheme: str, say: Words) -> dict[int, str]:
    """Give the name of each position from 1; beyond the last colour the order begins anew with one ring more.

    Raises
    ------
    CatalogueError
        The catalogue has no such order of colours, or positions are missing from it.
    """
    rows = {row.position: row.description for row in catalogue.colours.values() if row.scheme == scheme}
    if sorted(rows) != list(range(1, len(rows) + 1)) or not rows:
        known = ", ".join(sorted({row.scheme for row in catalogue.colours.values()}))
        fault = Fault(file="colours.csv", problem="no whole order of colours", value=scheme, limit=known)
        raise CatalogueError([fault])
    names = {}
    for number in range(1, MOST + 1):
        rings, place = divmod(number - 1, len(rows))
        colour = say(rows[place + 1])
        names[number] = say("{colour}, rings: {rings}").format(colour=colour, rings=rings) if rings else colour
    return names
