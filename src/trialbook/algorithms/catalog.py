"""The table of built-in algorithms: names, images, channels, formats, metrics, what a tuner may turn.

It imports no library and no other module, so that a server can read it to recognise an image, to answer
DescribeTrainingJob's MetricDefinitions, and to check a tuning job's objective. The regular expressions are matched
against log lines in which a TAB reads `#011`, as CloudWatch shows them; their names and forms are AWS's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Direction = Literal["Maximize", "Minimize"]
_FLOAT = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"


@dataclass(frozen=True)
class Metric:
    """A metric that an algorithm's log lines carry.

    Attributes
    ----------
    direction
        What a tuner does with it; None for one that is no objective, such as the throughput.
    """

    name: str
    regex: str
    direction: Direction | None = None


@dataclass(frozen=True)
class Tunable:
    """A hyperparameter that a tuning job may vary, with AWS's recommended range.

    Attributes
    ----------
    values
        The choices of a Categorical one.
    """

    name: str
    kind: Literal["Integer", "Continuous", "Categorical"]
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Algorithm:
    """One built-in algorithm.

    Attributes
    ----------
    name
        What `python -m trialbook.algorithms` is given.
    module
        Where `train(container, log)` and `load(folder, environment)` are.
    repositories
        Last parts of the images' repositories.
    channels
        Names a job may give; the first is required.
    content_types
        Of training data.
    accepts
        Content-Types of requests to the serving program.
    answers
        Content-Types it can answer with, the default first.
    """

    name: str
    title: str
    module: str
    repositories: tuple[str, ...]
    channels: tuple[str, ...]
    content_types: tuple[str, ...]
    accepts: tuple[str, ...]
    answers: tuple[str, ...]
    metrics: tuple[Metric, ...]
    tunable: tuple[Tunable, ...]
    dated_log: bool = False

    def metric_definitions(self) -> list[dict[str, str]]:
        """Give the metrics as AlgorithmSpecification.MetricDefinitions has them."""
        return [{"Name": metric.name, "Regex": metric.regex} for metric in self.metrics]


def by_name(name: str) -> Algorithm:
    """Give an algorithm by its name.

    Raises
    ------
    KeyError
        When there is none.
    """
    return _BY_NAME[name]


def find(image: str) -> Algorithm | None:
    """Give the algorithm that an image's URI names (`.../sagemaker-xgboost:1.7-1`), None when it is no built-in one."""
    return _BY_REPOSITORY.get(_repository(image))


def _repository(image: str) -> str:
    return re.split("[:@]", image.rpartition("/")[2], maxsplit=1)[0]


_CSV, _RECORDIO, _JSON, _JSONLINES = (
    "text/csv",
    "application/x-recordio-protobuf",
    "application/json",
    "application/jsonlines",
)
_REQUESTS = (_CSV, _JSON, _JSONLINES, _RECORDIO)
_ANSWERS = (_JSON, _JSONLINES, _RECORDIO, _CSV)
_PROGRESS = Metric("train:progress", r"#progress_metric: host=\S+, completed (\S+) %")
_THROUGHPUT = Metric("train:throughput", r"#throughput_metric: host=\S+, train throughput=(\S+) records/second")

# Names of AWS's definitions that rise; the rest of them fall.
_XGBOOST_UP = """accuracy auc aucpr balanced_accuracy f1 f1_binary f1_macro map ndcg precision precision_macro
    precision_micro r2 recall recall_macro recall_micro"""
_XGBOOST_DOWN = """aft-nloglik cox-nloglik error gamma-deviance gamma-nloglik interval-regression-accuracy logloss mae
    mape merror mlogloss mphe mse poisson-nloglik rmse rmsle tweedie-nloglik"""


def _xgboost_metrics() -> tuple[Metric, ...]:
    directions: tuple[tuple[str, Direction], ...] = ((_XGBOOST_UP, "Maximize"), (_XGBOOST_DOWN, "Minimize"))
    return tuple(
        Metric(f"{data}:{name}", rf".*\[[0-9]+\].*#011{data}-{name}:{_FLOAT}.*", direction)
        for data in ("train", "validation")
        for names, direction in directions
        for name in sorted(names.split())
    )


_LINEAR_SCORES: tuple[tuple[str, str, Direction], ...] = (
    ("absolute_loss", "absolute_loss <loss>", "Minimize"),
    ("binary_classification_accuracy", "binary_classification_accuracy <score>", "Maximize"),
    ("binary_f_beta", r"binary_f_\S+ <score>", "Maximize"),
    ("dcg", "dcg <score>", "Maximize"),
    ("macro_f_beta", r"macro_f_\S+ <score>", "Maximize"),
    ("macro_precision", "macro_precision <score>", "Maximize"),
    ("macro_recall", "macro_recall <score>", "Maximize"),
    ("mse", "mse <loss>", "Minimize"),
    ("multiclass_accuracy", "multiclass_accuracy <score>", "Maximize"),
    ("multiclass_top_k_accuracy", r"multiclass_top_k_accuracy_\S+ <score>", "Maximize"),
    ("precision", "precision <score>", "Maximize"),
    ("recall", "recall <score>", "Maximize"),
    ("rmse", "rmse <loss>", "Minimize"),
    ("roc_auc_score", "roc_auc_score <score>", "Maximize"),
)


def _quality(name: str, data: str, logged: str, direction: Direction, when: str = "") -> Metric:
    return Metric(f"{data}:{name}", rf"#quality_metric: host=\S+, {when}{data} {logged}=(\S+)", direction)


def _linear_metrics() -> tuple[Metric, ...]:
    found = [_PROGRESS, _THROUGHPUT]
    for data in ("train", "validation", "test"):
        loss = r"\S+_objective <loss>"
        if data != "test":
            found.append(_quality("objective_loss", data, loss, "Minimize", r"epoch=\S+, "))
            found.append(_quality("objective_loss:final", data, loss, "Minimize"))
        else:
            found.append(_quality("objective_loss", data, loss, "Minimize"))
        found.extend(_quality(name, data, logged, direction) for name, logged, direction in _LINEAR_SCORES)
    return tuple(found)


_FACTORIZATION_SCORES: tuple[tuple[str, str, Direction], ...] = (
    ("absolute_loss", "absolute_loss <loss>", "Minimize"),
    ("binary_classification_accuracy", "binary_classification_accuracy <score>", "Maximize"),
    ("binary_classification_cross_entropy", "binary_classification_cross_entropy <loss>", "Minimize"),
    ("binary_f_beta", r"binary_f_\S+ <score>", "Maximize"),
    ("mse", "mse <loss>", "Minimize"),
    ("rmse", "rmse <loss>", "Minimize"),
)


def _factorization_metrics() -> tuple[Metric, ...]:
    found = [_PROGRESS, _THROUGHPUT]
    for name, logged, direction in _FACTORIZATION_SCORES:
        found.append(_quality(f"{name}:epoch", "train", logged, direction, r"epoch=\S+, "))
        found.append(_quality(name, "train", logged, direction, r"epoch=\S+, batch=\S+ "))
        found.append(_quality(name, "test", logged, direction))
    return tuple(found)


def _learning_rates() -> tuple[Tunable, ...]:
    """Give what AWS lists for factorization machines: rates, decays and initial values of the three terms."""
    found = [Tunable("epochs", "Integer", 1, 1000), Tunable("mini_batch_size", "Integer", 100, 10000)]
    for term in ("bias", "linear", "factors"):
        found.append(Tunable(f"{term}_init_method", "Categorical", values=("uniform", "normal", "constant")))
        found += [
            Tunable(f"{term}_{name}", "Continuous", 1e-8, 512)
            for name in ("init_scale", "init_sigma", "init_value", "lr", "wd")
        ]
    return tuple(found)


ALGORITHMS: tuple[Algorithm, ...] = (
    Algorithm(
        name="xgboost",
        title="XGBoost",
        module="trialbook.algorithms.boosting",
        repositories=("sagemaker-xgboost", "xgboost"),
        channels=("train", "validation"),
        content_types=(
            "text/csv",
            "text/libsvm",
            "text/x-libsvm",
            "application/x-parquet",
            "application/x-recordio-protobuf",
        ),
        accepts=("text/csv", "text/libsvm", "text/x-libsvm", "application/x-recordio-protobuf"),
        answers=(_CSV, _JSON, _JSONLINES, _RECORDIO),
        metrics=_xgboost_metrics(),
        tunable=(
            Tunable("alpha", "Continuous", 0, 1000),
            Tunable("colsample_bylevel", "Continuous", 0.1, 1),
            Tunable("colsample_bynode", "Continuous", 0.1, 1),
            Tunable("colsample_bytree", "Continuous", 0.5, 1),
            Tunable("eta", "Continuous", 0.1, 0.5),
            Tunable("gamma", "Continuous", 0, 5),
            Tunable("lambda", "Continuous", 0, 1000),
            Tunable("max_delta_step", "Integer", 0, 10),
            Tunable("max_depth", "Integer", 0, 10),
            Tunable("min_child_weight", "Continuous", 0, 120),
            Tunable("num_round", "Integer", 1, 4000),
            Tunable("subsample", "Continuous", 0.5, 1),
        ),
        dated_log=True,
    ),
    Algorithm(
        name="linear-learner",
        title="Linear learner",
        module="trialbook.algorithms.linear",
        repositories=("linear-learner",),
        channels=("train", "validation", "test"),
        content_types=(_RECORDIO, _CSV),
        accepts=_REQUESTS,
        answers=_ANSWERS,
        metrics=_linear_metrics(),
        tunable=(
            Tunable("l1", "Continuous", 1e-7, 1),
            Tunable("learning_rate", "Continuous", 1e-5, 1),
            Tunable("mini_batch_size", "Integer", 100, 5000),
            Tunable("positive_example_weight_mult", "Continuous", 1e-5, 1e5),
            Tunable("use_bias", "Categorical", values=("true", "false")),
            Tunable("wd", "Continuous", 1e-7, 1),
        ),
    ),
    Algorithm(
        name="kmeans",
        title="K-means",
        module="trialbook.algorithms.kmeans",
        repositories=("kmeans",),
        channels=("train", "test"),
        content_types=(_RECORDIO, _CSV),
        accepts=_REQUESTS,
        answers=_ANSWERS,
        metrics=(
            _PROGRESS,
            _THROUGHPUT,
            *(
                _quality(name, data, f"{name} <loss>", "Minimize")
                for data in ("train", "test")
                for name in ("msd", "ssd")
            ),
        ),
        tunable=(
            Tunable("epochs", "Integer", 1, 10),
            Tunable("extra_center_factor", "Integer", 4, 10),
            Tunable("init_method", "Categorical", values=("kmeans++", "random")),
            Tunable("mini_batch_size", "Integer", 3000, 15000),
        ),
    ),
    Algorithm(
        name="pca",
        title="Principal component analysis",
        module="trialbook.algorithms.pca",
        repositories=("pca",),
        channels=("train", "test"),
        content_types=(_RECORDIO, _CSV),
        accepts=_REQUESTS,
        answers=(_JSON, _JSONLINES, _RECORDIO),
        metrics=(_PROGRESS, _THROUGHPUT),
        tunable=(),
    ),
    Algorithm(
        name="knn",
        title="K-nearest neighbours",
        module="trialbook.algorithms.knn",
        repositories=("knn",),
        channels=("train", "test"),
        content_types=(_RECORDIO, _CSV),
        accepts=_REQUESTS,
        answers=(_JSON, _JSONLINES, _RECORDIO, _CSV),
        metrics=(
            _PROGRESS,
            _THROUGHPUT,
            _quality("accuracy", "test", "accuracy <score>", "Maximize"),
            _quality("mse", "test", "mse <loss>", "Minimize"),
        ),
        tunable=(Tunable("k", "Integer", 1, 1024), Tunable("sample_size", "Integer", 256, 20_000_000)),
    ),
    Algorithm(
        name="factorization-machines",
        title="Factorization machines",
        module="trialbook.algorithms.factorization",
        repositories=("factorization-machines",),
        channels=("train", "test"),
        content_types=(_RECORDIO,),
        accepts=(_JSON, _JSONLINES, _RECORDIO),
        answers=(_JSON, _JSONLINES, _RECORDIO),
        metrics=_factorization_metrics(),
        tunable=_learning_rates(),
    ),
)
_BY_NAME = {algorithm.name: algorithm for algorithm in ALGORITHMS}
_BY_REPOSITORY = {repository: algorithm for algorithm in ALGORITHMS for repository in algorithm.repositories}
