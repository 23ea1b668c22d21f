"""How far what on-off sources bring in a while may lie from their mean rate: their exact variance.

With Pareto periods of shape below two the variance of the mean rate falls like T ** (2 H - 2), far slower than 1 / T,
so that batches of one run say nothing of it. Theory does: the autocovariance of an alternating renewal process in
equilibrium has a closed Laplace transform (Cox, Renewal Theory, 1962), which is inverted after Stehfest (1970).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from ponplan.simulate.traffic import on_off_periods_ns, sizes_of
from ponplan.units import NS_PER_S

if TYPE_CHECKING:
    from ponplan.scenario import SourceSettings

TERMS = 12  # of Stehfest's sum: about four digits in double precision
NORMAL_975 = 1.959964


def offered_ci95_bps(sources: list[tuple[SourceSettings, float]], *, seconds: float) -> float:
    """Give the half-width around their mean of what sources, each of a rate in bit/s, offer together in a while."""
    return NORMAL_975 * math.sqrt(sum(rate_variance(source, rate_bps, seconds) for source, rate_bps in sources))


def rate_variance(source: SourceSettings, rate_bps: float, seconds: float) -> float:
    """Give the variance, in (bit/s) squared, of the mean rate that a source of this mean has in so many seconds.

    Packets are counted whole: at either end of the time one may be in or out.
    """
    table = sizes_of(source)
    mean, square, cube = (sum(size**power * share for size, share in table) for power in (1, 2, 3))
    # twice what a packet's rest varies by, half as much again because a steady phase may be the worst one
    ends = 3.0 * (cube / (3.0 * mean) - (square / (2.0 * mean)) ** 2) * (8.0 / seconds) ** 2
    if source.kind == "poisson":
        return 8.0 * rate_bps / seconds * square / mean
    if source.kind != "pareto":
        return ends
    on_ns, off_ns, shape = on_off_periods_ns(source, rate_bps=rate_bps, mean=mean)
    streams = source.streams
    return streams * (source.peak_mbps * 1e6) ** 2 * share_variance(on_ns, off_ns, shape, seconds) + ends


@lru_cache(maxsize=4096)
def share_variance(least_on_ns: float, least_off_ns: float, shape: float, seconds: float) -> float:
    """Give the variance of the share of the time that one stream is on.

    Parameters
    ----------
    least_on_ns, least_off_ns
        Shortest on and off periods, both Pareto of the same shape between one and two.
    """
    on_s, off_s = least_on_ns / NS_PER_S, least_off_ns / NS_PER_S
    mean_on_s, mean_off_s = on_s * shape / (shape - 1.0), off_s * shape / (shape - 1.0)
    cycle_s = mean_on_s + mean_off_s
    both: float = mean_on_s * mean_off_s / cycle_s**2

    def transform(s: float) -> float:
        """Transform the variance of the time on: twice the twofold integral of the autocovariance."""
        on, off = _one_less_transform(s * on_s, shape), _one_less_transform(s * off_s, shape)
        covariance = both / s - on * off / (cycle_s * s * s * (on + off - on * off))
        return 2.0 * covariance / (s * s)

    log2 = math.log(2.0) / seconds
    total = math.fsum(weight * transform(k * log2) for k, weight in enumerate(_stehfest(TERMS), start=1))
    return max(total * log2, 0.0) / (seconds * seconds)


def _one_less_transform(x: float, shape: float) -> float:
    """Give one less the Laplace transform of a Pareto period of least value one, by E_a(x) and its recurrence."""
    from scipy.special import gamma, gammaincc

    order = 2.0 - shape
    upper = float(gamma(order) * gammaincc(order, x))  # incomplete gamma function
    integral: float = (math.exp(-x) - x ** (shape - 1.0) * upper) / (shape - 1.0)  # E_shape(x)
    return -math.expm1(-x) + x * integral


@lru_cache(maxsize=4)
def _stehfest(terms: int) -> tuple[float, ...]:
    """Give Stehfest's weights for an even number of terms."""
    half = terms // 2
    weights = []
    for k in range(1, terms + 1):
        total = math.fsum(
            j**half
            * math.factorial(2 * j)
            / (
                math.factorial(half - j)
                * math.factorial(j)
                * math.factorial(j - 1)
                * math.factorial(k - j)
                * math.factorial(2 * j - k)
            )
            for j in range((k + 1) // 2, min(k, half) + 1)
        )
        weights.append((-1) ** (k + half) * total)
    return tuple(weights)
