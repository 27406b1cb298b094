"""The training program of XGBoost.

A round is one line, as SageMaker's container prints it; CloudWatch shows the TABs as `#011`, which the metric
definitions match::

    [0]	train-auc:0.92110	validation-auc:0.91554
"""

from __future__ import annotations

import inspect
import signal
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms.boosting import checkpoints, matrices, parameters, scores
from trialbook.algorithms.failures import AlgorithmError, ClientError
from trialbook.algorithms.table import refuse_labels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trialbook.algorithms.container import Container
    from trialbook.algorithms.hyperparameters import Hyperparameters
    from trialbook.algorithms.log import Log
    from trialbook.algorithms.table import Table

MODEL = "xgboost-model"
# What xgboost says when the data or the parameters are wrong, rather than xgboost.
_USERS = (
    "label must be in",
    "label must be non-negative",
    "label must be nonnegative",
    "must be in (0,1)",
    "should be greater equal to",
    "only contains pos or neg",
    "dataset only contains",
    "Unknown metric function",
    "Unknown objective function",
    "num_class",
    "tree_method",
    "exceed bound",
    "Invalid Parameter",
    "Check failed: preds.size() == info.labels",
    "feature_names mismatch",
    "compiled with CUDA",
    "No visible GPU",
    "interaction_constraint",
    "monotone_constraint",
)


def train(container: Container, log: Log) -> None:
    """Train on the channels `train` and `validation`, and write `model/xgboost-model`.

    Raises
    ------
    ClientError
        For hyperparameters or data that break a rule.
    AlgorithmError
        When xgboost fails.
    """
    found = parameters.read(container.hyperparameters)
    version = matrices.version()
    channel = container.required("train")
    table, form = matrices.read(channel, found, log)
    validation = container.channel("validation")
    tables = {"train": table}
    if validation is not None:
        tables["validation"] = matrices.read(validation, found, log, form)[0]
    _check_widths(tables)
    for name, part in tables.items():
        _check_labels(found, part, name)
    log.say("Single node training.")
    for name, part in tables.items():
        log.say(f"{name.capitalize()} matrix has {part.rows} rows and {part.features} columns")
    booster = _boost(container, found, tables, version, log)
    container.model.mkdir(parents=True, exist_ok=True)
    checkpoints.write_model(booster, container.model / MODEL)
    log.say(f"Stored trained model at {container.model / MODEL}")


def _boost(
    container: Container, found: Hyperparameters, tables: dict[str, Table], version: tuple[int, int], log: Log
) -> Any:
    import xgboost

    objective = found.text("objective") if "objective" in found else "reg:squarederror"
    metrics = parameters.metrics_of(found)
    passed = parameters.booster_parameters(found, version)
    own = [metric for metric in metrics if metric not in scores.ADDED]
    if own:
        passed["eval_metric"] = own
    elif metrics:
        # Metrics of ours alone: without this, xgboost would print the objective's own as well.
        passed["disable_default_eval_metric"] = 1
    added = [metric for metric in metrics if metric in scores.ADDED]
    start, done = checkpoints.newest(container.checkpoints)
    if done:
        log.say(f"Resuming from iteration {done}")
    rounds = found.integer("num_round") - done
    watch = Watch(log, done, container.checkpoints)
    callbacks: list[Any] = [watch.callback()]
    if "early_stopping_rounds" in found:
        callbacks.append(_early_stopping(found, tables, metrics, log))
    evaluate = scores.evaluator(added, objective)
    custom = "custom_metric" if "custom_metric" in inspect.signature(xgboost.train).parameters else "feval"
    previous = signal.signal(signal.SIGTERM, watch.stop)
    try:
        width = tables["train"].features
        evaluated = [(matrices.matrix(part, width), name) for name, part in tables.items()]
        if rounds <= 0:
            return start
        booster = xgboost.train(
            passed, evaluated[0][0], rounds, evals=evaluated, callbacks=callbacks, verbose_eval=False, xgb_model=start,
            **{custom: evaluate},
        )  # fmt: skip
    except (xgboost.core.XGBoostError, ValueError) as error:
        raise _failure(error) from error
    finally:
        signal.signal(signal.SIGTERM, previous)
    if watch.stopped:
        if not found.flag("save_model_on_termination"):
            log.say("Stopped; save_model_on_termination is not set, so there is no model.")
            raise SystemExit(0)
        log.say("Stopped; the model of the rounds so far is kept.")
    return booster


class Watch:
    """Prints each round, keeps checkpoints, and ends the training when the job is stopped."""

    def __init__(self, log: Log, done: int, folder: Path | None) -> None:
        self.log = log
        self.done = done
        self.folder = folder
        self.stopped = False

    def stop(self, *_: object) -> None:
        """Let the round that runs be the last."""
        self.stopped = True

    def after(self, booster: Any, number: int, history: dict[str, dict[str, list[Any]]]) -> bool:
        """Tell of a round that ended; True ends the training."""
        values = "".join(f"\t{data}-{metric}:{value:.5f}" for data, metric, value in _last(history))
        self.log.plain(f"[{number + self.done}]{values}")
        if self.folder is not None:
            checkpoints.save(booster, self.folder, number + self.done)
        return self.stopped

    def callback(self) -> Any:
        """Give the callback that xgboost calls, of a class that only xgboost has."""
        import xgboost

        watch = self

        class Round(xgboost.callback.TrainingCallback):
            def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
                return watch.after(model, epoch, evals_log)

        return Round()


def _last(history: dict[str, dict[str, list[Any]]]) -> Iterator[tuple[str, str, float]]:
    for data, metrics in history.items():
        for metric, values in metrics.items():
            value = values[-1]
            yield data, metric, float(value[0] if isinstance(value, tuple) else value)


def _early_stopping(found: Hyperparameters, tables: dict[str, Table], metrics: list[str], log: Log) -> Any:
    import xgboost

    data = "validation" if "validation" in tables else "train"
    if data == "train":
        log.caution("early_stopping_rounds watches the training data: the job has no validation channel.")
    # xgboost evaluates its own metrics first and stops by the last of all.
    added = [metric for metric in metrics if metric in scores.ADDED]
    last = added[-1] if added else (metrics[-1] if metrics else None)
    tuned = found.text("_tuning_objective_metric").partition(":")[2] if "_tuning_objective_metric" in found else last
    maximize = tuned.partition("@")[0] in parameters.MAXIMISED if tuned else None
    return xgboost.callback.EarlyStopping(
        rounds=found.integer("early_stopping_rounds"), data_name=data, metric_name=tuned, maximize=maximize,
        save_best=found.values["booster"] != "gblinear",
    )  # fmt: skip


def _check_widths(tables: dict[str, Table]) -> None:
    if "validation" not in tables:
        return
    have, other = tables["train"], tables["validation"]
    sparse = not hasattr(other.x, "ndim") or other.x.__class__.__name__ == "csr_matrix"
    if other.features > have.features or (other.features < have.features and not sparse):
        message = f"Validation rows have {other.features} features, training rows {have.features}."
        raise ClientError(message)


def _check_labels(found: Hyperparameters, table: Table, name: str) -> None:
    """Check labels against the objective here, where the row is known: xgboost's own texts name none."""
    objective = found.text("objective") if "objective" in found else ""
    labels = np.asarray(table.y)
    if objective in {"multi:softmax", "multi:softprob"}:
        classes = found.integer("num_class")
        wrong = (labels < 0) | (labels >= classes) | (labels != np.floor(labels))
        rule = f"a whole number from 0 to {classes - 1} (num_class - 1)"
    elif objective.startswith("binary:") or objective == "reg:logistic":
        wrong = (labels < 0) | (labels > 1)
        rule = "between 0 and 1"
    elif objective in {"count:poisson", "reg:tweedie", "reg:gamma"}:
        wrong = labels <= 0 if objective == "reg:gamma" else labels < 0
        rule = "above 0" if objective == "reg:gamma" else "at least 0"
    else:
        return
    refuse_labels(labels, wrong, name, f"{rule} for {objective}")


def _failure(error: Exception) -> Exception:
    text = str(error)
    # xgboost's texts open with "[time] file:line: " and end with a stack.
    first = text.partition("Stack trace")[0].strip()
    first = first.partition(": ")[2] if first.startswith("[") and "/" in first.partition(": ")[0] else first
    users = any(mark in text for mark in _USERS)
    return ClientError(first) if users else AlgorithmError(f"xgboost: {first}")
