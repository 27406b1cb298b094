"""The hyperparameters of XGBoost's container: names, bounds and defaults as AWS documents them.

A parameter without a default here is left out of the call, so that the installed xgboost's own default holds.
Source of names and bounds: the SageMaker Developer Guide's "XGBoost hyperparameters", and the validation of AWS's
published container where the guide gives no bound.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from trialbook.algorithms.failures import ClientError, nearest
from trialbook.algorithms.hyperparameters import Choice, Flag, Hyperparameters, Integer, Number, Rule, Words, check

if TYPE_CHECKING:
    from collections.abc import Mapping

MAXIMISED = frozenset(
    {
        *("accuracy", "auc", "aucpr", "balanced_accuracy", "f1", "f1_binary", "f1_macro", "map", "ndcg", "pre"),
        *("precision", "precision_macro", "precision_micro", "r2", "recall", "recall_macro", "recall_micro"),
    }
)
MINIMISED = frozenset(
    {
        *("aft-nloglik", "cox-nloglik", "error", "gamma-deviance", "gamma-nloglik", "interval-regression-accuracy"),
        *("logloss", "mae", "mape", "merror", "mlogloss", "mphe", "mse", "poisson-nloglik", "quantile", "rmse"),
        *("rmsle", "tweedie-nloglik"),
    }
)
METRICS = MAXIMISED | MINIMISED
# Metrics with a number after "@": a threshold, or the length of the list.
THRESHOLDED = ("error", "map", "ndcg", "pre")
OBJECTIVES = (
    *("binary:hinge", "binary:logistic", "binary:logitraw", "count:poisson", "multi:softmax", "multi:softprob"),
    *("rank:map", "rank:ndcg", "rank:pairwise", "reg:absoluteerror", "reg:gamma", "reg:linear", "reg:logistic"),
    *("reg:pseudohubererror", "reg:quantileerror", "reg:squarederror", "reg:squaredlogerror", "reg:tweedie"),
    *("survival:aft", "survival:cox"),
)
UPDATERS = (
    *("coord_descent", "distcol", "grow_colmaker", "grow_gpu_hist", "grow_histmaker", "grow_local_histmaker"),
    *("grow_quantile_histmaker", "grow_skmaker", "prune", "refresh", "shotgun", "sync"),
)
GROWING = ("distcol", "grow_colmaker", "grow_histmaker", "grow_local_histmaker", "grow_quantile_histmaker")

# What steers this program and means nothing to xgboost itself.
OURS = (
    "_tuning_objective_metric",
    "csv_weights",
    "early_stopping_rounds",
    "eval_metric",
    "num_round",
    "save_model_on_termination",
)


class Metrics(Words):
    """Names of evaluation metrics, some with `@` and a number."""

    def valid(self) -> str:
        """Give the rule in words."""
        return f"a comma-separated list of {', '.join(sorted(METRICS))}, where {', '.join(THRESHOLDED)} may have @n"

    def parse(self, text: str) -> Any:
        """Turn a text into metric names, each known.

        Raises
        ------
        ClientError
            For an unknown name.
        """
        found = super().parse(text)
        for metric in found:
            name, at, number = metric.partition("@")
            if at:
                float(number.rstrip("-"))
            if name not in METRICS or (at and name not in THRESHOLDED):
                message = f'"{metric}" is not a metric of xgboost.{nearest(name, METRICS)}'
                raise ClientError(message)
        return found


class Groups(Rule):
    """JSON lists of integers: monotone constraints are one list, interaction constraints a list of lists."""

    def valid(self) -> str:
        """Give the rule in words."""
        return "a list of integers, or a list of such lists"

    def parse(self, text: str) -> Any:
        """Check the text and give it in the form that every xgboost reads."""
        value = json.loads(text.strip().replace("(", "[").replace(")", "]"))
        flat = [inner for item in value for inner in (item if isinstance(item, list) else [item])]
        if not flat or not all(isinstance(number, int) for number in flat):
            raise ValueError(text)
        return text.strip()


RULES: tuple[Rule, ...] = (
    Integer("num_round", "Rounds of boosting.", required=True, minimum=1),
    Integer("num_class", "Classes; needed by `multi:softmax` and `multi:softprob`.", minimum=2),
    Choice("objective", "What is learned.", choices=OBJECTIVES),
    Metrics("eval_metric", "What each round is measured by; the objective's own metric when absent."),
    Integer(
        "early_stopping_rounds",
        "Stop when the last metric on the validation data (the training data when there"
        " is none) has not improved for so many rounds, and keep the best round's model.",
        minimum=1,
    ),
    Integer("csv_weights", "1: the second column of CSV data is the row's weight.", default=0, minimum=0, maximum=1),
    Choice("booster", "Trees or a linear function.", choices=("gbtree", "gblinear", "dart")),
    Number("eta", "Step size: how much of each new tree is added.", minimum=0, maximum=1),
    Number("gamma", "Least loss reduction that a split must bring.", minimum=0),
    Integer("max_depth", "Depth of a tree; 0 is no limit.", minimum=0),
    Number("min_child_weight", "Least sum of instance weight (hessian) in a child.", minimum=0),
    Number("max_delta_step", "Largest step of a leaf's weight; 0 is no limit.", minimum=0),
    Number("subsample", "Share of rows drawn for each tree.", minimum=0, maximum=1, open_minimum=True),
    Number("colsample_bytree", "Share of columns for each tree.", minimum=0, maximum=1, open_minimum=True),
    Number("colsample_bylevel", "Share of columns for each level.", minimum=0, maximum=1, open_minimum=True),
    Number("colsample_bynode", "Share of columns for each split.", minimum=0, maximum=1, open_minimum=True),
    Number("lambda", "L2 regularisation of weights.", minimum=0),
    Number("alpha", "L1 regularisation of weights.", minimum=0),
    Number("lambda_bias", "L2 regularisation of the bias (`gblinear`).", minimum=0, maximum=1),
    Choice("tree_method", "How trees are built.", choices=("auto", "exact", "approx", "hist", "gpu_hist")),
    Number(
        "sketch_eps",
        "Bins of `approx` are about 1 / sketch_eps.",
        minimum=0,
        maximum=1,
        open_minimum=True,
        open_maximum=True,
    ),
    Number("scale_pos_weight", "Weight of positive rows beside negative ones.", minimum=0, open_minimum=True),
    Words("updater", "Sequence of tree updaters.", choices=UPDATERS),
    Choice("dsplit", "How data is split over hosts.", choices=("row", "col")),
    Integer("refresh_leaf", "Whether `refresh` renews leaves too.", minimum=0, maximum=1),
    Choice("process_type", "Build trees, or update those of a checkpoint.", choices=("default", "update")),
    Choice("grow_policy", "Which node is split next.", choices=("depthwise", "lossguide")),
    Integer("max_leaves", "Leaves of a tree; 0 is no limit.", minimum=0),
    Integer("max_bin", "Bins of a feature in `hist`.", minimum=2),
    Choice("predictor", "Where predictions are made.", choices=("auto", "cpu_predictor", "gpu_predictor")),
    Groups("monotone_constraints", "-1, 0 or 1 for each feature, as `(0, 1)`."),
    Groups("interaction_constraints", "Features that may meet in a tree, as `[[1, 2], [3, 4]]`."),
    Choice("sample_type", "How `dart` chooses the trees it drops.", choices=("uniform", "weighted")),
    Choice("normalize_type", "How `dart` weighs new trees.", choices=("tree", "forest")),
    Number("rate_drop", "Share of trees that `dart` drops.", minimum=0, maximum=1),
    Integer("one_drop", "Whether `dart` always drops one tree at least.", minimum=0, maximum=1),
    Number("skip_drop", "Chance that a round of `dart` drops none.", minimum=0, maximum=1),
    Number(
        "tweedie_variance_power",
        "Power of the Tweedie variance.",
        minimum=1,
        maximum=2,
        open_minimum=True,
        open_maximum=True,
    ),
    Number("huber_slope", "Slope of `reg:pseudohubererror`.", minimum=0, open_minimum=True),
    Number(
        "quantile_alpha", "Quantile of `reg:quantileerror`.", minimum=0, maximum=1, open_minimum=True, open_maximum=True
    ),
    Choice("aft_loss_distribution", "Distribution of `survival:aft`.", choices=("normal", "logistic", "extreme")),
    Number("aft_loss_distribution_scale", "Scale of that distribution.", minimum=0, open_minimum=True),
    Number("base_score", "First prediction of every row. xgboost before 2.0 starts from 0.5, later ones estimate it."),
    Integer("num_parallel_tree", "Trees of one round: more than 1 grows a forest.", minimum=1),
    Integer("seed", "Seed of the random numbers.", minimum=-(2**31), maximum=2**31 - 1),
    Integer("nthread", "Threads; all cores when absent.", minimum=1),
    Integer("verbosity", "0 silent, 1 warnings, 2 information, 3 debugging.", minimum=0, maximum=3),
    Flag("deterministic_histogram", "Whether a GPU builds histograms repeatably.", auto=False),
    Flag("single_precision_histogram", "Whether histograms are float32."),
    Flag("save_model_on_termination", "Whether a job that is stopped keeps the model it had so far.", default=False),
    Rule("_tuning_objective_metric", "Set by a tuning job: the metric to report, such as `validation:auc`."),
)


def read(given: Mapping[str, str]) -> Hyperparameters:
    """Check a job's hyperparameters, each alone and against each other.

    Raises
    ------
    ClientError
        Naming the parameter, the rule and the nearest right answer.
    """
    found = check(given, RULES, "xgboost")
    objective = found.text("objective") if "objective" in found else "reg:squarederror"
    _check_classes(found, objective)
    _check_updaters(found)
    if "quantile_alpha" not in found and objective == "reg:quantileerror":
        message = 'The objective "reg:quantileerror" needs the hyperparameter "quantile_alpha".'
        raise ClientError(message)
    metrics = found.words("eval_metric")
    if "aft-nloglik" in metrics and objective != "survival:aft":
        message = 'The metric "aft-nloglik" goes only with the objective "survival:aft".'
        raise ClientError(message)
    return found


def metrics_of(found: Hyperparameters) -> list[str]:
    """List the metrics to evaluate: those asked for, and the tuning job's own."""
    metrics = list(found.words("eval_metric"))
    if "_tuning_objective_metric" in found:
        tuned = found.text("_tuning_objective_metric").partition(":")[2]
        if tuned.partition("@")[0] not in METRICS:
            given = found.text("_tuning_objective_metric")
            message = f"The tuning job's metric \"{given}\" is none of xgboost's.{nearest(tuned, METRICS)}"
            raise ClientError(message)
        # xgboost stops early by the last metric, which must be the tuning job's.
        metrics = [metric for metric in metrics if metric != tuned] + [tuned]
    return metrics


def booster_parameters(found: Hyperparameters, version: tuple[int, int]) -> dict[str, Any]:
    """Give what is passed to xgboost of a version, as (major, minor)."""
    passed = {name: value for name, value in found.values.items() if value is not None and name not in OURS}
    if "updater" in passed:
        passed["updater"] = ",".join(passed["updater"])
    for flag in ("deterministic_histogram", "single_precision_histogram"):
        if flag in passed:
            passed[flag] = int(passed[flag])
    if version >= (2, 0):
        if passed.get("tree_method") == "gpu_hist":
            passed.update(tree_method="hist", device="cuda")
        if passed.get("objective") == "reg:linear":
            passed["objective"] = "reg:squarederror"
        for gone in ("deterministic_histogram", "dsplit", "predictor", "single_precision_histogram", "sketch_eps"):
            passed.pop(gone, None)
    return passed


def _check_classes(found: Hyperparameters, objective: str) -> None:
    multiclass = objective in {"multi:softmax", "multi:softprob"}
    if multiclass and "num_class" not in found:
        message = f'The objective "{objective}" needs the hyperparameter "num_class": labels are 0 to num_class - 1.'
        raise ClientError(message)
    if "num_class" in found and not multiclass:
        message = f'"num_class" goes only with "multi:softmax" and "multi:softprob"; the objective is "{objective}".'
        raise ClientError(message)


def _check_updaters(found: Hyperparameters) -> None:
    updaters = found.words("updater")
    if not updaters:
        return
    if found.values["booster"] == "gblinear":
        if len(updaters) > 1 or updaters[0] not in {"shotgun", "coord_descent"}:
            message = 'With the booster "gblinear" the updater is "shotgun" or "coord_descent".'
            raise ClientError(message)
    elif found.values["process_type"] == "update" and not set(updaters) <= {"refresh", "prune"}:
        message = 'With the process_type "update" the updaters are "refresh" and "prune".'
        raise ClientError(message)
    elif sum(updater in GROWING for updater in updaters) > 1:
        message = f"Only one updater may grow trees; the job gives {', '.join(updaters)}."
        raise ClientError(message)
