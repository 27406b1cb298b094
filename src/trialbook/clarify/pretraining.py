"""The eight metrics of the data itself: they need labels and facets, no model.

Notation: a is the advantaged side (everybody outside the sensitive facet), d the sensitive facet; n counts rows, the
superscripts 1 and 0 stand for positive and negative labels. P_a and P_d are the shares of the two outcomes. All
logarithms are natural.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trialbook.clarify.counts import Counts, ratio
from trialbook.clarify.metrics import metric
from trialbook.errors import MetricError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@metric("CI", "Class Imbalance (CI)", "pre")
def class_imbalance(counts: Counts) -> float:
    """Is one side simply less present in the data than the other?

    A model sees little of a group that few rows speak of, and errs more on it. Class imbalance compares only how many
    rows there are, whatever their labels.

    Formula: (n_a - n_d) / (n_a + n_d)
    Range: [-1, 1]
    Zero: both sides have the same number of rows.
    Above: the sensitive facet has fewer rows than the rest; near 1 it is hardly there.
    Below: the sensitive facet has more rows than the rest.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-bias-metric-class-imbalance.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return (a.n - d.n) / (a.n + d.n)


@metric("DPL", "Difference in Positive Proportions in Labels (DPL)", "pre")
def difference_in_positive_labels(counts: Counts) -> float:
    """Do the labels say yes more often to one side?

    The difference between the shares of positive labels: demographic disparity in the data. A model that learns from
    such labels learns the difference with them.

    Formula: n_a^1 / n_a - n_d^1 / n_d
    Range: [-1, 1]
    Zero: both sides have the same share of positive labels (demographic parity).
    Above: the rest has the greater share of positive labels; the sensitive facet is disfavoured.
    Below: the sensitive facet has the greater share and is favoured.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-data-bias-metric-true-label-imbalance.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return a.positive / a.n - d.positive / d.n


@metric("KL", "Kullback-Liebler Divergence (KL)", "pre")
def kullback_leibler(counts: Counts) -> float:
    """How far is the outcome distribution of the rest from that of the sensitive facet, in nats?

    The relative entropy: how many nats longer messages about the rest's outcomes get when they are coded for the
    facet's outcomes. It is not symmetric.

    Formula: sum over outcomes y of P_a(y) ln(P_a(y) / P_d(y))
    Range: [0, inf)
    Zero: both sides have the same shares of outcomes.
    Above: the further from zero, the more the shares differ; it does not say who is favoured.
    Ours: an outcome that the rest has and the facet lacks makes it infinite, as the formula says; the published
        implementation drops such outcomes, which can make it negative. The misspelt name is the published one.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-data-bias-metric-kl-divergence.html
    """
    return _divergence(counts.advantaged.proportions, counts.disadvantaged.proportions)


@metric("JS", "Jensen-Shannon Divergence (JS)", "pre")
def jensen_shannon(counts: Counts) -> float:
    """How far are both outcome distributions from their mean, in nats?

    A symmetric and always finite kin of the Kullback-Leibler divergence.

    Formula: (KL(P_a, P) + KL(P_d, P)) / 2 with P = (P_a + P_d) / 2
    Range: [0, ln 2]
    Zero: both sides have the same shares of outcomes.
    Above: the further from zero, the more the shares differ; it does not say who is favoured.
    Ours: an outcome that one side lacks counts, with 0 ln 0 = 0; the published implementation drops it.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-data-bias-metric-jensen-shannon-divergence.html
    """
    a, d = counts.advantaged.proportions, counts.disadvantaged.proportions
    mean = ((a[0] + d[0]) / 2, (a[1] + d[1]) / 2)
    return (_divergence(a, mean) + _divergence(d, mean)) / 2


def _divergence(p: tuple[float, float], q: tuple[float, float]) -> float:
    return sum(math.inf if not b else a * math.log(a / b) for a, b in zip(p, q, strict=True) if a)


@metric("LP", "L-p Norm (LP)", "pre")
def l2_norm(counts: Counts) -> float:
    """How far apart are the two outcome distributions as points?

    The straight-line (p = 2) distance between the two vectors of outcome shares.

    Formula: sqrt(sum over outcomes y of (P_a(y) - P_d(y))^2)
    Range: [0, sqrt 2]
    Zero: both sides have the same shares of outcomes.
    Above: the further from zero, the more the shares differ; it does not say who is favoured.
    Ours: an outcome that one side lacks counts; the published implementation drops it.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-data-bias-metric-lp-norm.html
    """
    return math.hypot(*_gaps(counts))


@metric("TVD", "Total Variation Distance (TVD)", "pre")
def total_variation(counts: Counts) -> float:
    """What share of one side's outcomes would have to change to look like the other's?

    Half the L1 distance of the outcome shares.

    Formula: 1/2 sum over outcomes y of |P_a(y) - P_d(y)|
    Range: [0, 1]
    Zero: both sides have the same shares of outcomes.
    Above: the further from zero, the more the shares differ; it does not say who is favoured.
    Ours: an outcome that one side lacks counts; the published implementation drops it, which halves the distance.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-data-bias-metric-total-variation-distance.html
    """
    return sum(map(abs, _gaps(counts))) / 2


@metric("KS", "Kolmogorov-Smirnov Distance (KS)", "pre")
def kolmogorov_smirnov(counts: Counts) -> float:
    """What is the greatest difference between the two sides' shares of any outcome?

    With an outcome of yes or no it equals the absolute difference in positive proportions.

    Formula: max over outcomes y of |P_a(y) - P_d(y)|
    Range: [0, 1]
    Zero: both sides have the same shares of outcomes.
    Above: the further from zero, the more the shares differ; it does not say who is favoured.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-data-bias-metric-kolmogorov-smirnov.html
    """
    return max(map(abs, _gaps(counts)))


def _gaps(counts: Counts) -> list[float]:
    return [a - d for a, d in zip(counts.advantaged.proportions, counts.disadvantaged.proportions, strict=True)]


@metric("CDDL", "Conditional Demographic Disparity in Labels (CDDL)", "pre")
def conditional_disparity_in_labels(counts: Counts) -> float:
    """Does the sensitive facet have more of the rejections than of the acceptances, compared like with like?

    Within each group of the group variable (say, each department applied to), the facet's share of all negative labels
    less its share of all positive ones; averaged over the groups by their size. Comparing within groups keeps
    Simpson's paradox away: a facet that applies where most are rejected is not taken for disfavoured.

    Formula: (1/n) sum over groups g of n_g (n_gd^0 / n_g^0 - n_gd^1 / n_g^1)
    Range: [-1, 1]
    Zero: within the groups the facet has the same share of rejections as of acceptances.
    Above: the facet has more than its share of the rejections: it is disfavoured.
    Below: the facet has more than its share of the acceptances: it is favoured.
    Ours: rows without a value of the group variable make a group of their own. An outcome that a group lacks counts 0.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-data-bias-metric-cddl.html
    """
    return conditional_disparity(counts, counts.cells.sum(axis=3))


def conditional_disparity(counts: Counts, outcomes: NDArray[np.int64]) -> float:
    """Average the demographic disparity over groups.

    Parameters
    ----------
    counts
        Says whether there is a group variable.
    outcomes
        (groups, 2 sides, 2 outcomes) rows.

    Raises
    ------
    MetricError
        Without a group variable, or when nobody at all has one of the two outcomes.
    """
    if not counts.grouped:
        message = "Group variable is empty or not provided"
        raise MetricError(message)
    both = outcomes.sum(axis=1)
    for outcome, name in ((0, "negative"), (1, "positive")):
        if not both[:, outcome].any():
            message = f"no row has a {name} outcome, so there is no disparity to tell"
            raise MetricError(message)
    weighted = [
        (negative + positive) * (ratio(group[1][0], negative) - ratio(group[1][1], positive))
        for group, (negative, positive) in zip(outcomes.tolist(), both.tolist(), strict=True)
    ]
    # The exact sum does not depend on the order of the groups, which differs when parts are merged
    return math.fsum(weighted) / float(both.sum())
