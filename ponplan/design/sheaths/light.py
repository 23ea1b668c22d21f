"""How many more splices the light of each path bears, and how many fewer."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from ponplan.topology.light import DIRECTIONS
from ponplan.topology.rules.light import TOLERANCE_DB, class_limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ponplan.topology.survey import Survey

MANY = 1e6  # splices: no limit


class Light:
    """The room for splices of every path from a port to a terminal, as mergers use it up."""

    def __init__(self, survey: Survey) -> None:
        paths, arrivals = survey.onu_paths, survey.arrivals
        more, fewer = np.full(len(paths.onus), MANY), np.full(len(paths.onus), MANY)
        splice = survey.catalogue.losses["splice"]
        for direction in DIRECTIONS:
            least, most = class_limits(survey, direction)[paths.ports].T
            loss = paths.loss[direction]
            dark_db = most - loss.max_db - paths.margins_db + TOLERANCE_DB / 2.0
            bright_db = loss.typical_db - least + TOLERANCE_DB / 2.0
            more, fewer = (
                np.minimum(more, _count(dark_db, splice.max_loss_db)),
                np.minimum(fewer, _count(bright_db, splice.typical_loss_db)),
            )
        self.more, self.fewer = more.astype(np.int64).tolist(), fewer.astype(np.int64).tolist()
        self.paths_of: dict[int, list[int]] = defaultdict(list)
        for path, arrival in enumerate(paths.arrivals.tolist()):
            for step in arrivals.way_back(arrival):
                self.paths_of[int(arrivals.links[step])].append(path)

    def bears(self, splices: Mapping[int, int]) -> bool:
        """Say whether every path stays within its light with so many splices more in some links."""
        return all(-self.fewer[path] <= change <= self.more[path] for path, change in self._by_path(splices).items())

    def use(self, splices: Mapping[int, int]) -> None:
        """Put splices into links."""
        for path, change in self._by_path(splices).items():
            self.more[path] -= change
            self.fewer[path] += change

    def _by_path(self, splices: Mapping[int, int]) -> Counter[int]:
        changes: Counter[int] = Counter()
        for link, change in splices.items():
            for path in self.paths_of[link] if change else ():
                changes[path] += change
        return changes


def _count(room_db: NDArray[np.float64], splice_db: float) -> NDArray[np.float64]:
    """Give how many splices fit; none where there is no room, or it is not known."""
    if splice_db <= 0.0:
        return np.full(len(room_db), MANY)
    return np.asarray(np.nan_to_num(np.clip(np.floor(room_db / splice_db), 0.0, MANY)), np.float64)
