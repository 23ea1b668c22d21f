"""What each street is made of, where ducts lie already, and where nobody may be joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ponplan.area.generate.naming import street_names
from ponplan.area.model import Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.area.generate.kinds import Kind
    from ponplan.area.generate.streets import Streets

SURFACES: dict[str, dict[str, float]] = {
    "main": {"asphalt": 0.7, "pavement": 0.25, "concrete": 0.05},
    "side": {"pavement": 0.6, "asphalt": 0.2, "grass": 0.2},
    "lane": {"grass": 0.4, "pavement": 0.4, "track": 0.2},
    "link": {"grass": 0.5, "asphalt": 0.3, "track": 0.2},
    "crossing": {"drilled": 1.0},
}
FREE_BORES = (1, 4)  # where ducts lie already


def routes_of(
    streets: Streets, lines: NDArray[np.object_], kind: Kind, rng: np.random.Generator
) -> tuple[Route, ...]:
    """Make a route of every edge; a street has one surface along its whole length."""
    names = street_names(int(streets.street.max()) + 1, kind.layout)
    surfaces = _surfaces(streets, {**SURFACES, **kind.surfaces}, rng)
    bores = _free_bores(streets, kind, rng)
    width = len(str(len(lines)))
    return tuple(
        Route(
            id=f"R{number:0{width}d}",
            name=names[street],
            surface="existing-duct" if free else surface,
            line=line,
            joinable=rank != "crossing",
            free_bores=free or None,
            risk_groups=(f"river crossing {street + 1}",) if rank == "crossing" else (),
        )
        for number, (street, surface, rank, free, line) in enumerate(
            zip(streets.street.tolist(), surfaces, streets.ranks.tolist(), bores, lines, strict=True), start=1
        )
    )


def _surfaces(streets: Streets, shares: Mapping[str, Mapping[str, float]], rng: np.random.Generator) -> list[str]:
    """Draw one number per street, and look up what it means for the rank of each edge."""
    drawn = rng.random(int(streets.street.max()) + 1)[streets.street]
    surfaces = np.empty(len(drawn), "U16")
    for rank in np.unique(streets.ranks).tolist():
        names, parts = np.array(list(shares[rank])), np.cumsum(list(shares[rank].values()))
        of_rank = streets.ranks == rank
        surfaces[of_rank] = names[np.minimum(np.searchsorted(parts, drawn[of_rank], "right"), len(names) - 1)]
    listed: list[str] = surfaces.tolist()
    return listed


def _free_bores(streets: Streets, kind: Kind, rng: np.random.Generator) -> list[int]:
    """Give the free bores along each edge, 0 where there are no ducts yet."""
    count = int(streets.street.max()) + 1
    drawn, bores = rng.random(count), rng.integers(FREE_BORES[0], FREE_BORES[1] + 1, count)
    share = np.array([kind.duct_shares.get(rank, 0.0) for rank in streets.ranks.tolist()])
    listed: list[int] = np.where(drawn[streets.street] < share, bores[streets.street], 0).tolist()
    return listed
