"""How long each step of a switchover lasts: the catalogue's figures, a scenario's own, and draws from spreads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponplan.errors import CatalogueError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from ponplan.catalogue import Catalogue
    from ponplan.scenario import ProtectionSettings, Spread

NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Milliseconds, or a spread of them, by step."""

    family: str
    steps: Mapping[str, float | Spread]

    @classmethod
    def of(cls, catalogue: Catalogue, family: str, settings: ProtectionSettings) -> Durations:
        """Lay a scenario's durations over the catalogue's for one family of technologies."""
        known = {row.step: row.value_ms for row in catalogue.timings.values() if row.family == family}
        return cls(family=family, steps={**known, **settings.durations()})

    def draw_ns(self, step: str, rng: np.random.Generator) -> int:
        """Give one length of a step: always the same, or drawn from its spread."""
        value = self._of(step)
        return _in_ns(value if isinstance(value, float | int) else _drawn_ms(value, rng))

    def nominal_ns(self, step: str) -> int:
        """Give what equipment is set to: the length itself, or the spread's mean."""
        value = self._of(step)
        return _in_ns(value if isinstance(value, float | int) else _mean_ms(value))

    def _of(self, step: str) -> float | Spread:
        try:
            return self.steps[step]
        except KeyError:
            problem = f"family {self.family} has no {step} time"
            fault = Fault(file="timings.csv", problem=problem, remedy=f"add a row {self.family}.{step}")
            raise CatalogueError([fault]) from None


def _in_ns(value_ms: float) -> int:
    return max(round(value_ms * NS_PER_MS), 0)


def _drawn_ms(spread: Spread, rng: np.random.Generator) -> float:
    if spread.uniform is not None:
        return float(rng.uniform(*spread.uniform))
    if spread.triangular is not None:
        return float(rng.triangular(*spread.triangular))
    if spread.normal is not None:
        return float(rng.normal(*spread.normal))
    if spread.lognormal is not None:
        median, sigma = spread.lognormal
        return float(median * rng.lognormal(0.0, sigma))
    return float(rng.exponential(spread.exponential or 0.0))


def _mean_ms(spread: Spread) -> float:
    edges = spread.uniform or spread.triangular
    if edges is not None:
        return sum(edges) / len(edges)
    if spread.normal is not None:
        return spread.normal[0]
    if spread.lognormal is not None:
        return spread.lognormal[0]  # the median: what a supplier quotes
    return spread.exponential or 0.0
