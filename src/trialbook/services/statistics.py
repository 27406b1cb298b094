"""Whether one setting is better than another, or only luckier: intervals, tests and their correction.

The samples are the results of runs that differ only by their seed. All functions work on plain arrays; SciPy has the
distributions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.services.extras import need

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

PAIRED, WELCH, EXACT, UNTESTED = "paired t", "Welch t", "exact", "untested"
_ROUNDING = 1e-12
"""Differences below this share of the values are rounding of the sums, not spread."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A sample in five numbers.

    Attributes
    ----------
    n
        How many finite values there are.
    mean, std
        Of them; `std` divides by n - 1, and is NaN for one value.
    low, high
        The interval of confidence of the mean; NaN for one value.
    """

    n: int
    mean: float
    std: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A comparison of the means of two samples, `first` - `second`.

    Attributes
    ----------
    method
        "paired t" (by seed), "Welch t", "exact" (neither sample has any spread), or "untested" (too few values).
    difference, low, high
        The difference of means and its interval of confidence (of this comparison alone); NaN where unknown.
    statistic, freedom
        t and its degrees of freedom.
    p
        Two-sided; NaN when untested.
    p_holm
        The same after Holm's correction over all comparisons of the family; NaN when untested.
    """

    first: int
    second: int
    method: str
    difference: float
    low: float
    high: float
    statistic: float
    freedom: float
    p: float
    p_holm: float = math.nan


def summarise(values: ArrayLike, confidence: float = 0.95) -> Summary:
    """Give mean, standard deviation and Student's interval of the mean: mean +- t(n - 1) * std / sqrt(n).

    Parameters
    ----------
    values
        (n,); what is not finite is left out.
    confidence
        Share, between 0 and 1.

    References
    ----------
    Student (1908), The probable error of a mean, Biometrika 6.
    """
    _check(confidence)
    sample = _finite(values)
    if len(sample) < 2:
        mean = float(sample[0]) if len(sample) else math.nan
        return Summary(len(sample), mean, math.nan, math.nan, math.nan)
    mean, std = float(sample.mean()), _spread(sample)
    reach = _quantile(confidence, len(sample) - 1) * std / math.sqrt(len(sample))
    return Summary(len(sample), mean, std, mean - reach, mean + reach)


def paired(first: ArrayLike, second: ArrayLike, confidence: float = 0.95) -> Difference:
    """Test whether two samples, paired by seed, have one mean.

    A seed's luck is in both values of a pair and drops out of their difference, so that less spread is left to hide in.

    Parameters
    ----------
    first, second
        (n,) each, in the order of the seeds.
    """
    _check(confidence)
    differences = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    mean, n = float(differences.mean()), len(differences)
    scale = max(float(np.abs(first).max()), float(np.abs(second).max())) if n else 0.0
    if n < 2:
        return _untested(mean)
    std = _spread(differences, scale)
    if std == 0:
        return _exact(mean, scale)
    return _t(PAIRED, mean, std / math.sqrt(n), n - 1, confidence)


def welch(first: ArrayLike, second: ArrayLike, confidence: float = 0.95) -> Difference:
    """Test whether two independent samples have one mean, whatever their spreads.

    Parameters
    ----------
    first, second
        (n,) and (m,); with fewer than two values in either there is no test.

    References
    ----------
    Welch (1947), The generalization of 'Student's' problem when several different population variances are involved,
    Biometrika 34; the degrees of freedom are those of Satterthwaite (1946).
    """
    _check(confidence)
    one, two = _finite(first), _finite(second)
    if not len(one) or not len(two):
        return _untested(math.nan)
    mean = float(one.mean() - two.mean())
    if len(one) < 2 or len(two) < 2:
        return _untested(mean)
    parts = [_spread(sample) ** 2 / len(sample) for sample in (one, two)]
    error = sum(parts)
    if error == 0:
        return _exact(mean, max(float(np.abs(one).max()), float(np.abs(two).max())))
    freedom = error**2 / sum(part**2 / (len(sample) - 1) for part, sample in zip(parts, (one, two), strict=True))
    return _t(WELCH, mean, math.sqrt(error), freedom, confidence)


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Correct p values so that the chance of any false finding among them stays below the level asked for.

    Step down: the smallest of m is multiplied by m, the next by m - 1 ..., none below the one before, none above 1.
    Holds whatever the dependence between the tests.

    Parameters
    ----------
    p_values
        (m,); NaN stands for a test that was not made, stays NaN and does not count.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.
    """
    given = np.asarray(p_values, np.float64)
    corrected = np.full(len(given), np.nan)
    made = np.flatnonzero(~np.isnan(given))
    order = made[np.argsort(given[made], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(given[order] * factors))
    return corrected


def all_pairs(samples: Sequence[Mapping[Any, float]], confidence: float = 0.95) -> list[Difference]:
    """Compare every two samples, paired where both have the same seeds, and correct over all the comparisons.

    Which sample is best is not known beforehand: it is picked by its mean, which favours the lucky. Testing only the
    best against the others would take the luck for skill. So the family is all pairs, and what Holm's correction
    promises holds for the winner, whichever it is.

    Parameters
    ----------
    samples
        Values by seed. Keys that tell no seed must differ between the samples, so that nothing pairs.
    """
    from dataclasses import replace

    tests = []
    for one, two in combinations(range(len(samples)), 2):
        first, second = (
            {seed: value for seed, value in samples[at].items() if math.isfinite(value)} for at in (one, two)
        )
        if len(first) > 1 and first.keys() == second.keys():
            made = paired(list(first.values()), [second[seed] for seed in first], confidence)
        else:
            made = welch(list(first.values()), list(second.values()), confidence)
        tests.append(replace(made, first=one, second=two))
    corrected = holm([test.p for test in tests])
    return [replace(test, p_holm=float(p)) for test, p in zip(tests, corrected, strict=True)]


def expected_best(n: int) -> float:
    """Give the mean of the largest of n draws of a standard normal distribution, in standard deviations.

    What the winner of n runs that differ only by luck stands above their mean; Blom's approximation of the first order
    statistic, within 0.02 of the exact value.

    References
    ----------
    Blom (1958), Statistical Estimates and Transformed Beta-Variables: the quantile at (n - 0.375) / (n + 0.25).
    """
    if n < 2:
        return 0.0
    return float(need("scipy.special", "plot").ndtri((n - 0.375) / (n + 0.25)))


def _t(method: str, mean: float, error: float, freedom: float, confidence: float) -> Difference:
    special = need("scipy.special", "plot")
    statistic = mean / error
    reach = _quantile(confidence, freedom) * error
    p = float(2 * special.stdtr(freedom, -abs(statistic)))
    return Difference(0, 0, method, mean, mean - reach, mean + reach, statistic, freedom, p)


def _quantile(confidence: float, freedom: float) -> float:
    return float(need("scipy.special", "plot").stdtrit(freedom, (1 + confidence) / 2))


def _exact(mean: float, scale: float) -> Difference:
    """Nothing varies: means that differ do so for certain, unless by rounding."""
    same = abs(mean) <= _ROUNDING * scale
    return Difference(0, 0, EXACT, mean, mean, mean, math.nan, math.nan, 1.0 if same else 0.0)


def _untested(mean: float) -> Difference:
    return Difference(0, 0, UNTESTED, mean, math.nan, math.nan, math.nan, math.nan, math.nan)


def _spread(sample: NDArray[np.float64], scale: float | None = None) -> float:
    std = float(sample.std(ddof=1))
    largest = float(np.abs(sample).max()) if scale is None else scale
    return 0.0 if std <= _ROUNDING * largest else std


def _finite(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, np.float64)
    return array[np.isfinite(array)]


def _check(confidence: float) -> None:
    if not 0 < confidence < 1:
        message = f"the confidence is {confidence!r}; it must lie between 0 and 1, such as 0.95"
        raise ValueError(message)
