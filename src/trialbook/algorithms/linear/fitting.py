"""Fitting of all models of a job at the same time, and the choice of the best."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.linear import scores
from trialbook.algorithms.linear.losses import Loss, loss_of, sigmoid, softmax
from trialbook.algorithms.linear.models import Candidate, candidates
from trialbook.algorithms.linear.parameters import BINARY, MULTICLASS, REGRESSOR
from trialbook.algorithms.optimizers import AdaGrad, Adam, Optimizer, RmsProp, Sgd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trialbook.algorithms.hyperparameters import Hyperparameters
    from trialbook.algorithms.linear.scaling import Scaling
    from trialbook.algorithms.log import Log
    from trialbook.algorithms.reporting import Report
    from trialbook.algorithms.table import Table

    Floats = NDArray[np.floating[Any]]

# What `auto` stands for; the values are those that SageMaker's own logs show.
BIAS_RATE = 10.0
SCHEDULE_STEP, SCHEDULE_FACTOR, LEAST_RATE = 100, 0.99, 1e-5
_ROWS_AT_ONCE = 65_536


@dataclass
class State:
    """Weights (features, models * outputs) and bias (models * outputs,) of all models, and their optimizers."""

    weights: Floats
    bias: Floats
    step_weights: Optimizer
    step_bias: Optimizer
    steps: int = 0


class Training:
    """Trains all models over the epochs, and keeps each model's best epoch."""

    def __init__(
        self, found: Hyperparameters, tables: dict[str, Table], scaling: Scaling, report: Report, log: Log
    ) -> None:
        self.found, self.tables, self.scaling, self.report, self.log = found, tables, scaling, report, log
        self.predictor = found.text("predictor_type")
        self.outputs = found.integer("num_classes") if self.predictor == MULTICLASS else 1
        self.loss: Loss = loss_of(found)
        self.models: list[Candidate] = candidates(found, self._balanced())
        count = len(self.models)
        self.rates = np.repeat([model.learning_rate for model in self.models], self.outputs).astype(np.float32)
        self.decays = np.repeat([model.wd for model in self.models], self.outputs).astype(np.float32)
        self.shrinks = np.repeat([model.l1 for model in self.models], self.outputs).astype(np.float32)
        self.positive = np.array([model.positive_weight for model in self.models], np.float32)
        self.best = np.full(count, np.inf)
        self.kept_weights = np.zeros((tables["train"].features, count * self.outputs), np.float32)
        self.kept_bias = np.zeros(count * self.outputs, np.float32)

    def run(self, random: np.random.Generator) -> None:
        """Train until the epochs or the patience end."""
        table = self.tables["train"]
        x, y = self.scaling.features(table.x), self._labels(table)
        state = self._start(random, x.shape[1])
        held = self.tables.get("validation")
        held_x = None if held is None else self.scaling.features(held.x)
        waited, epochs = 0, self.found.integer("epochs")
        for epoch in range(epochs):
            losses = self._epoch(state, x, y, random)
            self.report.quality(
                "train", {f"{self.loss.objective}_objective": float(np.min(losses))}, f"epoch={epoch}, "
            )
            judged = losses
            if held is not None:
                judged = self._mean_loss(state, held_x, self._labels(held))
                value = {f"{self.loss.objective}_objective": float(np.min(judged))}
                self.report.quality("validation", value, f"epoch={epoch}, ")
                judged = self._criterion(state, held_x, held, judged)
            improved = self._keep(state, judged)
            self.report.epoch(epoch, table.rows)
            waited = 0 if improved else waited + 1
            if waited >= self.found.integer("early_stopping_patience"):
                self.log.say(f"Early stop condition met. Stopping training after epoch {epoch}.")
                break
        if not np.isfinite(self.best).any():
            message = "No model's loss is finite: use a smaller learning_rate, or normalize_data."
            raise ClientError(message)

    def choose(self) -> tuple[int, float]:
        """Give the best model and its threshold, by the criterion on the validation data (else the training data)."""
        if self.predictor != BINARY:
            return int(np.argmin(self.best)), 0.0
        table = self.tables.get("validation", self.tables["train"])
        limit = self.found.integer_or("num_calibration_samples", table.rows)
        criterion = self.found.text("binary_classifier_model_selection_criteria")
        plain = 0.5 if self.found.text("loss") == "logistic" else 0.0
        if criterion in {"loss_function", "cross_entropy_loss"}:
            return int(np.argmin(self.best)), plain
        found = []
        for number in range(len(self.models)):
            if not np.isfinite(self.best[number]):
                found.append((-np.inf, plain))
                continue
            weights, bias = self.weights_of(number)
            predicted = self.predict(table.x[:limit], weights, bias)[:, 0]
            threshold, value = scores.best_threshold(predicted, np.asarray(table.y)[:limit], self.found)
            found.append((value, threshold))
        chosen = max(range(len(found)), key=lambda number: (found[number][0], -self.best[number]))
        return chosen, found[chosen][1]

    def weights_of(self, number: int) -> tuple[Floats, Floats]:
        """Give a model's weights (features, outputs) and bias (outputs,) for rows as they came."""
        columns = slice(number * self.outputs, (number + 1) * self.outputs)
        weights, bias = self.kept_weights[:, columns], self.kept_bias[columns]
        return self.scaling.removed(weights, bias, use_bias=self.found.flag("use_bias"))

    def predict(self, x: Any, weights: Floats, bias: Floats) -> Floats:
        """Give (rows, outputs) scores: probabilities where the loss has them."""
        raw = np.asarray(x @ weights) + bias
        if self.predictor == MULTICLASS:
            return softmax(raw)
        return sigmoid(raw) if self.found.text("loss") == "logistic" else raw

    def measure(
        self, table: Table, weights: Floats, bias: Floats, threshold: float, model: Candidate
    ) -> dict[str, float]:
        """Give the final metrics of a model on one channel, its objective first."""
        raw = np.asarray(table.x @ weights) + bias
        labels = np.asarray(table.y, np.float64)
        if self.predictor == REGRESSOR:
            raw = (raw - self.scaling.label_shift) / self.scaling.label_scale
        shaped = raw[:, None, :] if self.predictor == MULTICLASS else raw
        values = self.loss.of(shaped, self._labels(table).astype(np.float64))[0]
        weight = self._row_weights(labels[:, None], np.array([model.positive_weight]))
        objective = float(np.sum(values * weight) / np.sum(np.broadcast_to(weight, values.shape)))
        predicted = self.predict(table.x, weights, bias)
        beta = self.found.number("f_beta")
        if self.predictor == BINARY:
            measured = scores.binary(predicted[:, 0], labels, threshold, beta)
        elif self.predictor == MULTICLASS:
            measured = scores.multiclass(predicted, labels, beta, self.found.integer("accuracy_top_k"))
        else:
            measured = scores.regression(predicted[:, 0], labels)
        return {f"{self.loss.objective}_objective": objective, **measured}

    def _start(self, random: np.random.Generator, features: int) -> State:
        shape = (features, len(self.models) * self.outputs)
        if self.found.text("init_method") == "normal":
            weights = random.normal(0, self.found.number("init_sigma"), shape)
        else:
            scale = self.found.number("init_scale")
            weights = random.uniform(-scale, scale, shape)
        bias = np.full(shape[1], self.found.number("init_bias") if self.found.flag("use_bias") else 0.0)
        return State(weights.astype(np.float32), bias.astype(np.float32), self._optimizer(), self._optimizer())

    def _optimizer(self) -> Optimizer:
        name = self.found.text("optimizer")
        if name == "sgd":
            return Sgd(self.found.number_or("momentum", 0.0))
        if name == "adagrad":
            return AdaGrad()
        if name == "rmsprop":
            return RmsProp()
        return Adam(self.found.number_or("beta_1", 0.9), self.found.number_or("beta_2", 0.999))

    def _epoch(self, state: State, x: Any, y: Floats, random: np.random.Generator) -> Floats:
        """Go once over the rows in a new order; give each model's mean loss over its steps."""
        size = self.found.integer("mini_batch_size")
        order = random.permutation(len(y))
        total, weighed = np.zeros(len(self.models)), np.zeros(len(self.models))
        for start in range(0, len(y), size):
            rows = order[start : start + size]
            loss, weight = self._step(state, x[rows], y[rows])
            total += loss
            weighed += weight
        return total / np.maximum(weighed, 1e-12)

    def _step(self, state: State, x: Any, y: Floats) -> tuple[Floats, Floats]:
        values, gradient = self.loss.of(self._scores(state, x), y)
        weight = np.broadcast_to(self._row_weights(y, self.positive), values.shape)
        gradient = gradient * (weight[:, :, None] if self.predictor == MULTICLASS else weight) / len(y)
        flat = gradient.reshape(len(y), -1).astype(np.float32)
        rates = self.rates * self._fall(state.steps)
        moved = np.asarray(x.T @ flat) + self.decays * state.weights + self.shrinks * np.sign(state.weights)
        state.step_weights.step(state.weights, moved, rates)
        if self.found.flag("use_bias"):
            decay = self.decays * self.found.number_or("bias_wd_mult", 0.0)
            moved = flat.sum(axis=0) + decay * state.bias
            state.step_bias.step(state.bias, moved, rates * self.found.number_or("bias_lr_mult", BIAS_RATE))
        state.steps += 1
        return (values * weight).sum(axis=0, dtype=np.float64), weight.sum(axis=0, dtype=np.float64)

    def _fall(self, steps: int) -> Floats:
        """Give what each model's step size is multiplied by after so many steps."""
        if not self.found.flag("use_lr_scheduler"):
            return np.ones_like(self.rates)
        every = self.found.integer_or("lr_scheduler_step", SCHEDULE_STEP)
        factor = self.found.number_or("lr_scheduler_factor", SCHEDULE_FACTOR)
        least = self.found.number_or("lr_scheduler_minimum_lr", LEAST_RATE)
        fallen = np.float32(factor ** (steps // every))
        return np.asarray(np.maximum(fallen, np.minimum(least / self.rates, 1)), np.float32)

    def _scores(self, state: State, x: Any) -> Floats:
        flat = np.asarray(x @ state.weights) + state.bias
        return flat.reshape(len(flat), -1, self.outputs) if self.predictor == MULTICLASS else flat

    def _mean_loss(self, state: State, x: Any, y: Floats) -> Floats:
        total, weighed = np.zeros(len(self.models)), np.zeros(len(self.models))
        for start in range(0, len(y), _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            values = self.loss.of(self._scores(state, x[part]), y[part])[0]
            weight = np.broadcast_to(self._row_weights(y[part], self.positive), values.shape)
            total += (values * weight).sum(axis=0, dtype=np.float64)
            weighed += weight.sum(axis=0, dtype=np.float64)
        return total / np.maximum(weighed, 1e-12)

    def _criterion(self, state: State, x: Any, table: Table, losses: Floats) -> Floats:
        """Give what early stopping watches: the loss, or the criterion when the job names one, small being good."""
        name = "binary_classifier_model_selection_criteria"
        if self.predictor != BINARY or name not in self.found.given:
            return losses
        if self.found.text(name) in {"loss_function", "cross_entropy_loss"}:
            return losses
        raw = self._scores(state, x)
        labels = np.asarray(table.y)
        finite = np.atleast_1d(np.isfinite(raw).all(axis=0))
        return np.array(
            [
                -scores.best_threshold(raw[:, number], labels, self.found)[1] if finite[number] else math.inf
                for number in range(raw.shape[1])
            ]
        )

    def _keep(self, state: State, judged: Floats) -> bool:
        """Keep models that are better than ever; tell whether any is so by more than the tolerance."""
        judged = np.where(np.isfinite(judged), judged, np.inf)
        better = np.asarray(judged < self.best)
        known = np.isfinite(self.best)
        gain = np.where(known, self.best - judged, np.inf) if known.any() else np.full(len(judged), np.inf)
        reference = np.maximum(np.abs(np.where(known, self.best, 1.0)), 1e-12)
        improved = bool(np.any(better & (gain / reference > self.found.number("early_stopping_tolerance"))))
        columns = np.repeat(better, self.outputs)
        self.kept_weights[:, columns] = state.weights[:, columns]
        self.kept_bias[columns] = state.bias[columns]
        self.best = np.where(better, judged, self.best)
        return improved

    def _labels(self, table: Table) -> Floats:
        y = np.asarray(table.y)
        return (self.scaling.labels(y) if self.predictor == REGRESSOR else y)[:, None]

    def _row_weights(self, y: Floats, positive: Floats) -> Floats:
        """Give (rows, models) or (rows, 1) weights of rows."""
        if self.predictor == BINARY:
            return np.where(y == 1, positive, np.float32(1))
        if self.predictor == MULTICLASS and self.found.flag("balance_multiclass_weights"):
            counts = np.bincount(np.asarray(self.tables["train"].y, np.int64), minlength=self.outputs)
            per_class = counts.sum() / (self.outputs * np.maximum(counts, 1))
            return np.asarray(per_class[y.astype(np.int64)], np.float32)
        return np.ones_like(y, np.float32)

    def _balanced(self) -> float:
        if self.predictor != BINARY:
            return 1.0
        y = np.asarray(self.tables["train"].y)
        positive = float((y == 1).sum())
        return (len(y) - positive) / positive if positive else 1.0
