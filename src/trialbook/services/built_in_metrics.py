r"""The metric definitions of SageMaker's built-in algorithms, which DescribeTrainingJob answers without being given.

The regular expressions match the log lines as CloudWatch shows them, where a TAB is `#011`. xgboost's names and form
are those of AWS's own definitions; linear-learner's lines look so::

    #quality_metric: host=algo-1, epoch=3, train binary_classification_cross_entropy_objective <loss>=0.31
    #quality_metric: host=algo-1, train binary_classification_accuracy <score>=0.97
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.model import Document

_FLOAT = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"
_XGBOOST = """
    accuracy auc aucpr balanced_accuracy error f1 f1_binary f1_macro gamma-deviance gamma-nloglik logloss mae map
    mape merror mlogloss mse ndcg poisson-nloglik precision precision_macro precision_micro r2 recall recall_macro
    recall_micro rmse rmsle tweedie-nloglik"""
_LINEAR_SCORES = """
    absolute_loss binary_classification_accuracy binary_f_beta dcg macro_f_beta macro_precision macro_recall mse
    multiclass_accuracy multiclass_top_k_accuracy precision recall rmse roc_auc_score"""


def definitions_for(image: str) -> Sequence[Document]:
    """Give the metric definitions of the algorithm that an image's URI names; none when it is no built-in one."""
    algorithm = _algorithm(image)
    return _TABLES[algorithm]() if algorithm in _TABLES else ()


def _algorithm(image: str) -> str:
    """Read the repository's last part: ".../sagemaker-xgboost:1.7-1" is "xgboost"."""
    repository = image.rpartition("/")[2]
    return re.split("[:@]", repository, maxsplit=1)[0].removeprefix("sagemaker-")


@cache
def _xgboost() -> tuple[Document, ...]:
    return tuple(
        {"Name": f"{data}:{metric}", "Regex": rf".*\[[0-9]+\].*#011{data}-{metric}:{_FLOAT}.*"}
        for data in ("train", "validation")
        for metric in _XGBOOST.split()
    )


@cache
def _linear_learner() -> tuple[Document, ...]:
    found: list[Document] = []
    for data in ("train", "validation", "test"):
        loss = rf"{data} \S*objective <loss>={_FLOAT}"
        found.append({"Name": f"{data}:objective_loss", "Regex": rf"#quality_metric: host=\S+, epoch=\S+, {loss}"})
        found.append({"Name": f"{data}:objective_loss:final", "Regex": rf"#quality_metric: host=\S+, {loss}"})
        found.extend(
            {"Name": f"{data}:{score}", "Regex": rf"#quality_metric: host=\S+, {data} {_logged(score)} <\w+>={_FLOAT}"}
            for score in _LINEAR_SCORES.split()
        )
    return tuple(found)


def _logged(score: str) -> str:
    """Give the expression for a score in a log line, where "binary_f_beta" is "binary_f_1.000"."""
    return score.replace("_beta", "_[0-9.]+") + "(?:_[0-9]+)?"


_TABLES = {"xgboost": _xgboost, "linear-learner": _linear_learner}
