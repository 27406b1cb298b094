"""Twelve of the thirteen metrics of predictions: they need labels, facets and predicted labels.

Notation as in `pretraining.py`; a prime marks predicted labels: n_a'^1 counts the rest's positive predictions. TP, FP,
FN and TN count predictions against labels. A ratio 0/0 is 0 and x/0 infinite, as in the published reports. The
thirteenth, the flip test, needs rows instead of counts: `fliptest.py`.
"""

from __future__ import annotations

from trialbook.clarify.counts import Counts, difference, ratio
from trialbook.clarify.metrics import metric
from trialbook.clarify.pretraining import conditional_disparity
from trialbook.errors import MetricError


@metric("DPPL", "Difference in Positive Proportions in Predicted Labels (DPPL)", "post")
def difference_in_positive_predictions(counts: Counts) -> float:
    """Does the model say yes more often to one side?

    DPL, computed on predictions. Beside DPL it tells whether the model narrows or widens the difference in the data.

    Formula: n_a'^1 / n_a - n_d'^1 / n_d
    Range: [-1, 1]
    Zero: both sides have the same share of positive predictions (demographic parity).
    Above: the rest has the greater share of positive predictions; the sensitive facet is disfavoured.
    Below: the sensitive facet has the greater share and is favoured.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-dppl.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return a.predicted_positive / a.n - d.predicted_positive / d.n


@metric("DI", "Disparate Impact (DI)", "post")
def disparate_impact(counts: Counts) -> float:
    """How many times as often does the model say yes to the sensitive facet as to the rest?

    The ratio of the shares of positive predictions. US practice calls a ratio under 0.8 adverse impact (the four-fifths
    rule, 29 CFR 1607.4); 0.8 to 1.25 is its symmetric form.

    Formula: (n_d'^1 / n_d) / (n_a'^1 / n_a)
    Range: [0, inf)
    One: both sides have the same share of positive predictions.
    Above: the sensitive facet gets more positive predictions and is favoured.
    Below: the sensitive facet gets fewer and is disfavoured; under 0.8 the four-fifths rule is broken.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-di.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return ratio(d.predicted_positive / d.n, a.predicted_positive / a.n)


@metric("DCA", "Difference in Conditional Acceptance (DCA)", "post")
def difference_in_conditional_acceptance(counts: Counts) -> float:
    """Against what their labels deserve, who gets too few acceptances?

    For each side the labelled acceptances for one predicted: over 1 the model is stingy with it, under 1 generous. The
    metric is the difference.

    Formula: n_a^1 / n_a'^1 - n_d^1 / n_d'^1
    Range: (-inf, inf)
    Zero: the model is as generous to one side as to the other.
    Above: the model is stingier with the rest: the sensitive facet is favoured.
    Below: the model is stingier with the sensitive facet: it is disfavoured.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-dca.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return difference(ratio(a.positive, a.predicted_positive), ratio(d.positive, d.predicted_positive))


@metric("DCR", "Difference in Conditional Rejection (DCR)", "post")
def difference_in_conditional_rejection(counts: Counts) -> float:
    """Against what their labels deserve, who gets too many rejections?

    For each side the labelled rejections for one predicted: under 1 the model rejects too many of it. The metric is
    the difference.

    Formula: n_d^0 / n_d'^0 - n_a^0 / n_a'^0
    Range: (-inf, inf)
    Zero: the model rejects both sides in the same relation to their labels.
    Above: the model rejects more of the rest than their labels call for: the sensitive facet is favoured.
    Below: the model rejects more of the sensitive facet than its labels call for: it is disfavoured.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-dcr.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return difference(ratio(d.negative, d.predicted_negative), ratio(a.negative, a.predicted_negative))


@metric("RD", "Recall Difference (RD)", "post")
def recall_difference(counts: Counts) -> float:
    """Of those who deserve a yes, does the model find more on one side?

    The difference of the true positive rates; no difference is called equal opportunity.

    Formula: TP_a / (TP_a + FN_a) - TP_d / (TP_d + FN_d)
    Range: [-1, 1]
    Zero: the model finds the same share of the positives on both sides.
    Above: it finds more of the rest's positives: the sensitive facet is disfavoured.
    Below: it finds more of the sensitive facet's: it is favoured.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-rd.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return ratio(a.tp, a.positive) - ratio(d.tp, d.positive)


@metric("SD", "Specificity Difference (SD)", "post")
def specificity_difference(counts: Counts) -> float:
    """Of those who deserve a no, does the model find more on one side?

    The difference of the true negative rates.

    Formula: TN_d / (TN_d + FP_d) - TN_a / (TN_a + FP_a)
    Range: [-1, 1]
    Zero: the model recognises the same share of the negatives on both sides.
    Above: it wrongly accepts fewer of the sensitive facet than of the rest: the facet is held to the stricter measure.
    Below: it wrongly accepts more of the sensitive facet: the facet is favoured.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-sd.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return ratio(d.tn, d.negative) - ratio(a.tn, a.negative)


@metric("DAR", "Difference in Acceptance Rates (DAR)", "post")
def difference_in_acceptance_rates(counts: Counts) -> float:
    """When the model says yes, is it right more often on one side?

    The difference of the precisions (positive predictive values).

    Formula: TP_a / (TP_a + FP_a) - TP_d / (TP_d + FP_d)
    Range: [-1, 1]
    Zero: a yes is right equally often on both sides.
    Above: a yes is right more often for the rest: it is accepted by the stricter measure.
    Below: a yes is right more often for the sensitive facet: the facet is accepted by the stricter measure.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-dar.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return ratio(a.tp, a.predicted_positive) - ratio(d.tp, d.predicted_positive)


@metric("DRR", "Difference in Rejection Rates (DRR)", "post")
def difference_in_rejection_rates(counts: Counts) -> float:
    """When the model says no, is it right more often on one side?

    The difference of the negative predictive values.

    Formula: TN_d / (TN_d + FN_d) - TN_a / (TN_a + FN_a)
    Range: [-1, 1]
    Zero: a no is right equally often on both sides.
    Above: a no is right more often for the sensitive facet: fewer of it are rejected wrongly.
    Below: a no is right more often for the rest: more of the sensitive facet are rejected wrongly.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-drr.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return ratio(d.tn, d.predicted_negative) - ratio(a.tn, a.predicted_negative)


@metric("AD", "Accuracy Difference (AD)", "post")
def accuracy_difference(counts: Counts) -> float:
    """Is the model right more often on one side?

    The difference of the shares of right predictions, whichever way they go.

    Formula: (TP_a + TN_a) / n_a - (TP_d + TN_d) / n_d
    Range: [-1, 1]
    Zero: the model is right equally often on both sides.
    Above: it is right more often on the rest.
    Below: it is right more often on the sensitive facet.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-ad.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return (a.tp + a.tn) / a.n - (d.tp + d.tn) / d.n


@metric("TE", "Treatment Equality (TE)", "post")
def treatment_equality(counts: Counts) -> float:
    """Do the errors go the same way on both sides?

    For each side the wrong rejections for one wrong acceptance; the metric is the difference. Two sides can have equal
    accuracy and yet one gets its errors as gifts and the other as refusals.

    Formula: FN_d / FP_d - FN_a / FP_a
    Range: (-inf, inf)
    Zero: the relation of wrong rejections to wrong acceptances is the same on both sides.
    Above: the sensitive facet's errors are more often wrong rejections: it is disfavoured.
    Below: the sensitive facet's errors are more often wrong acceptances: it is favoured.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-te.html
    """
    a, d = counts.advantaged, counts.disadvantaged
    return difference(ratio(d.fn, d.fp), ratio(a.fn, a.fp))


@metric("CDDPL", "Conditional Demographic Disparity in Predicted Labels (CDDPL)", "post")
def conditional_disparity_in_predictions(counts: Counts) -> float:
    """Does the model give the facet more of its rejections than of its acceptances, compared like with like?

    CDDL, computed on predictions; see there.

    Formula: (1/n) sum over groups g of n_g (n_gd'^0 / n_g'^0 - n_gd'^1 / n_g'^1)
    Range: [-1, 1]
    Zero: within the groups the facet has the same share of rejections as of acceptances.
    Above: the facet has more than its share of the rejections: it is disfavoured.
    Below: the facet has more than its share of the acceptances: it is favoured.
    Ours: rows without a value of the group variable make a group of their own. An outcome that a group lacks counts 0.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-cddpl.html
    """
    return conditional_disparity(counts, counts.cells.sum(axis=2))


@metric("GE", "Generalized Entropy (GE)", "post")
def generalized_entropy(counts: Counts) -> float:
    """How unequally does the model deal out benefits, over all individuals?

    A row's benefit is 1 when the model is right, 2 when it wrongly accepts and 0 when it wrongly rejects. The metric is
    half the squared coefficient of variation of the benefits (the index with alpha = 2). It does not look at facets.

    Formula: 1/(2n) sum over rows i of ((b_i / mean b)^2 - 1) with b_i = y'_i - y_i + 1
    Range: [0, inf)
    Zero: everybody gets the same benefit.
    Above: the further from zero, the less equal the benefits.
    Ours: infinite inequality cannot be told when every benefit is 0 (all wrongly rejected): an error instead. The
        published range ends at 0.5, which the formula passes when most are wrongly rejected.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-ge.html
    """
    a, d = counts.sides
    n, wrongly_accepted, wrongly_rejected = a.n + d.n, a.fp + d.fp, a.fn + d.fn
    right = n - wrongly_accepted - wrongly_rejected
    benefit = right + 2 * wrongly_accepted
    if not benefit:
        message = "every row is wrongly rejected, so there is no benefit to share"
        raise MetricError(message)
    mean = benefit / n
    return ((right + 4 * wrongly_accepted) / n / mean**2 - 1) / 2
