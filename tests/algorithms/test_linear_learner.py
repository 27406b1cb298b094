"""The linear learner: its losses by calculus, its models beside scikit-learn's, its lines, answers and refusals."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score
from tests.algorithms.conftest import Job, csv, served

from trialbook.algorithms import recordio
from trialbook.algorithms.hyperparameters import Hyperparameters
from trialbook.algorithms.linear import losses, parameters, scores
from trialbook.algorithms.recordio import Record, Tensor

Classes = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]
BINARY = {"predictor_type": "binary_classifier", "mini_batch_size": 50}


def settings_of(**given_values: object) -> Hyperparameters:
    values = {"predictor_type": "regressor", **given_values}
    return parameters.read({name: str(value) for name, value in values.items()})


def records(x: Any, y: Any, *, sparse: bool = False) -> bytes:
    def row_of(row: Any) -> Tensor:
        return Tensor(row[row != 0], np.flatnonzero(row).astype(np.uint64), len(row)) if sparse else Tensor(row)

    return recordio.write(
        Record({"values": row_of(row)}, {"values": Tensor(np.array([label], np.float32))})
        for row, label in zip(x.astype(np.float32), y, strict=True)
    )


@pytest.mark.parametrize(
    ("predictor", "loss"),
    [(predictor, loss) for predictor, names in parameters.LOSSES.items() for loss in names if loss != "softmax_loss"],
)
@given(score=st.floats(-5, 5), label=st.sampled_from([0.0, 1.0, -2.3, 4.1]))
@settings(max_examples=30, deadline=None)
def test_the_gradient_of_each_loss_is_its_slope(predictor: str, loss: str, score: float, label: float) -> None:
    found = settings_of(predictor_type=predictor, loss=loss, quantile=0.3, huber_delta=0.7, margin=1.2)
    label = float(label > 0) if predictor == "binary_classifier" else label
    step = 1e-4
    of = losses.loss_of(found).of
    at = np.array([[score - step], [score], [score + step]])
    values, gradient = of(at, np.full((3, 1), label))
    left, right = (values[1, 0] - values[0, 0]) / step, (values[2, 0] - values[1, 0]) / step
    assert min(left, right) - 1e-3 <= gradient[1, 0] <= max(left, right) + 1e-3


def test_the_gradient_of_the_softmax_is_its_slope() -> None:
    at = np.random.default_rng(0).normal(size=(4, 2, 3))
    labels = np.array([[0], [2], [1], [2]])
    values, gradient = losses.softmax_loss(at, labels)
    for output in range(3):
        moved = at.copy()
        moved[:, :, output] += 1e-6
        np.testing.assert_allclose(
            (losses.softmax_loss(moved, labels)[0] - values) / 1e-6, gradient[:, :, output], atol=1e-4
        )


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=25))
@settings(max_examples=60)
def test_the_threshold_is_the_best_of_all_by_trying_each(rows: list[tuple[int, bool]]) -> None:
    given_scores = np.array([score / 2 for score, _ in rows])
    labels = np.array([float(label) for _, label in rows])
    for criterion in ("accuracy", "f1", "precision_at_target_recall", "recall_at_target_precision"):
        found = settings_of(predictor_type="binary_classifier", binary_classifier_model_selection_criteria=criterion)
        threshold, value = scores.best_threshold(given_scores, labels, found)
        tried = [-0.25, *np.arange(0, 7) / 2 + 0.25]
        assert value == pytest.approx(max(judge(given_scores, labels, one, criterion) for one in tried))
        assert judge(given_scores, labels, threshold, criterion) == pytest.approx(value)


def judge(given_scores: Any, labels: Any, threshold: float, criterion: str) -> float:
    said, real = given_scores >= threshold, labels == 1
    precision, recall = (said & real).sum() / max(said.sum(), 1), (said & real).sum() / max(real.sum(), 1)
    if criterion == "accuracy":
        return float((said == real).mean())
    if criterion == "f1":
        return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0
    value, held = (precision, recall) if criterion.startswith("precision") else (recall, precision)
    return float(value if held >= 0.8 else held - 0.8)


def test_the_area_under_the_curve_is_scikit_learns() -> None:
    random = np.random.default_rng(2)
    given_scores, labels = random.integers(0, 9, 200).astype(float), (random.random(200) > 0.6).astype(float)
    assert scores.roc_auc(given_scores, labels) == pytest.approx(roc_auc_score(labels, given_scores))


def test_a_binary_classifier_is_as_good_as_scikit_learns(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", records(x[:400], y[:400]), "application/x-recordio-protobuf")
    job.give("validation", records(x[400:], y[400:]), None)
    assert job.train("linear-learner", **BINARY, feature_dim=4) == 0, job.failure
    found = job.metrics("linear-learner")
    own = LogisticRegression().fit(x[:400], y[:400])
    assert found["train:binary_classification_accuracy"] >= own.score(x[:400], y[:400]) - 0.02
    assert found["validation:roc_auc_score"] == pytest.approx(
        roc_auc_score(y[400:], own.decision_function(x[400:])), abs=0.02
    )
    for data in ("train", "validation"):
        names = ("objective_loss", "objective_loss:final", "binary_f_beta", "precision", "recall", "roc_auc_score")
        assert {f"{data}:{name}" for name in names} <= set(found)
    assert found["train:progress"] <= 100
    assert found["train:throughput"] > 0


def test_log_lines_are_those_of_sagemakers_container(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).train("linear-learner", **BINARY, epochs=2)
    lines = [line.partition("] ")[2] for line in job.log.splitlines()]
    number = r"[0-9.e+-]+"
    for expected in (
        rf"#quality_metric: host=algo-1, epoch=0, train binary_classification_cross_entropy_objective <loss>={number}",
        rf"#quality_metric: host=algo-1, train binary_classification_accuracy <score>={number}",
        rf"#quality_metric: host=algo-1, train binary_f_1.000 <score>={number}",
        rf"#train_score \(algo-1\) : \('binary_classification_accuracy', {number}\)",
        r"#progress_metric: host=algo-1, completed 100 % of epochs",
    ):
        assert any(re.fullmatch(expected, line) for line in lines), expected
    assert re.match(r"\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d INFO \d+\] ", job.log)


def test_the_mini_batch_size_changes_the_model(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x))
    found = {}
    for size in (10, 100, 500):
        assert (
            job.train(
                "linear-learner", predictor_type="binary_classifier", mini_batch_size=size, epochs=3, num_models=1
            )
            == 0
        )
        found[size] = job.metrics("linear-learner")["train:objective_loss:final"]
    assert found[10] < found[100] < found[500]


def test_the_same_job_gives_the_same_model_again(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x))
    made = []
    for _ in range(2):
        job.train("linear-learner", **BINARY)
        made.append((job.model / "model_algo-1").read_bytes())
    assert made[0] == made[1]


def test_a_regression_finds_the_least_squares(job: Job) -> None:
    random = np.random.default_rng(5)
    x = random.normal([10, -3, 0], [5, 1, 0.1], size=(400, 3)).astype(np.float32)
    y = x @ np.array([0.3, -2, 8]) + 100 + random.normal(scale=0.1, size=400)
    job.give("train", csv(y, x)).give("test", csv(y[:100], x[:100]))
    assert (
        job.train(
            "linear-learner", predictor_type="regressor", mini_batch_size=20, epochs=40, early_stopping_patience=40
        )
        == 0
    )
    own = LinearRegression().fit(x, y)
    with served("linear-learner", job.model) as server:
        found = [one["score"] for one in server.json(csv(x[:20]))["predictions"]]
    np.testing.assert_allclose(found, own.predict(x[:20]), atol=0.15)
    metrics = job.metrics("linear-learner")
    assert metrics["test:mse"] == pytest.approx(0.01, abs=0.01)
    assert metrics["test:rmse"] == pytest.approx(metrics["test:mse"] ** 0.5)


@pytest.mark.parametrize(
    ("loss", "middle"),
    [("quantile_loss", 0.9), ("absolute_loss", 0.5), ("eps_insensitive_absolute_loss", 0.5)],
)
def test_robust_losses_predict_quantiles(job: Job, loss: str, middle: float) -> None:
    random = np.random.default_rng(6)
    y = random.exponential(size=2000)
    job.give("train", csv(y, random.normal(size=(2000, 1))))
    job.train("linear-learner", predictor_type="regressor", loss=loss, quantile=middle, mini_batch_size=100, epochs=25,
              early_stopping_patience=25)  # fmt: skip
    with served("linear-learner", job.model) as server:
        found = server.json("0")["predictions"][0]["score"]
    assert found == pytest.approx(np.quantile(y, middle), rel=0.1, abs=0.05)


@pytest.mark.parametrize("loss", ["squared_loss", "eps_insensitive_squared_loss", "huber_loss"])
def test_squared_losses_predict_the_mean_of_even_noise(job: Job, loss: str) -> None:
    random = np.random.default_rng(6)
    y = random.normal(7, 2, size=1000)
    job.give("train", csv(y, random.normal(size=(1000, 1))))
    job.train("linear-learner", predictor_type="regressor", loss=loss, mini_batch_size=100)
    with served("linear-learner", job.model) as server:
        assert server.json("0")["predictions"][0]["score"] == pytest.approx(y.mean(), abs=0.25)


def three_classes() -> tuple[Any, Any]:
    random = np.random.default_rng(8)
    y = random.integers(0, 3, 300)
    return (random.normal(size=(300, 2)) + np.array([[0, 3], [3, 0], [-3, -3]])[y]).astype(np.float32), y.astype(
        np.float32
    )


def test_a_multiclass_classifier_tells_classes_apart(job: Job) -> None:
    x, y = three_classes()
    job.give("train", csv(y, x)).give("validation", csv(y[:100], x[:100]))
    assert (
        job.train(
            "linear-learner",
            predictor_type="multiclass_classifier",
            num_classes=3,
            mini_batch_size=30,
            accuracy_top_k=2,
        )
        == 0
    )
    found = job.metrics("linear-learner")
    assert found["validation:multiclass_accuracy"] > 0.9
    assert found["validation:multiclass_top_k_accuracy"] >= found["validation:multiclass_accuracy"]
    assert {
        "validation:dcg",
        "validation:macro_recall",
        "validation:macro_precision",
        "validation:macro_f_beta",
    } <= set(found)
    with served("linear-learner", job.model) as server:
        answer = server.json(csv(x[:3]))["predictions"]
    assert [one["predicted_label"] for one in answer] == y[:3].astype(int).tolist()
    np.testing.assert_allclose([sum(one["score"]) for one in answer], 1)


def test_class_weights_let_a_rare_class_be_heard(job: Job) -> None:
    random = np.random.default_rng(9)
    y = np.array([0] * 600 + [1] * 600 + [2] * 20)
    x = random.normal(size=(1220, 1)) + y[:, None] * 1.0
    job.give("train", csv(y, x))
    recall = []
    for balance in (False, True):
        job.train("linear-learner", predictor_type="multiclass_classifier", num_classes=3, mini_batch_size=61,
                  balance_multiclass_weights=balance)  # fmt: skip
        recall.append(job.metrics("linear-learner")["train:macro_recall"])
    assert recall[1] > recall[0] + 0.1


@pytest.mark.parametrize(
    ("criterion", "held", "target"),
    [
        ("recall_at_target_precision", "precision", "target_precision"),
        ("precision_at_target_recall", "recall", "target_recall"),
    ],
)
def test_a_target_is_held(job: Job, two_classes: Classes, criterion: str, held: str, target: str) -> None:
    x, y = two_classes
    job.give("train", csv(y, x))
    job.train("linear-learner", **BINARY, binary_classifier_model_selection_criteria=criterion, **{target: 0.97})
    assert job.metrics("linear-learner")[f"train:{held}"] >= 0.97


def test_sparse_and_dense_records_learn_alike(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    x = np.where(np.abs(x) < 0.5, 0, x)
    found = []
    for sparse in (False, True):
        job.give("train", records(x, y, sparse=sparse), "application/x-recordio-protobuf")
        assert job.train("linear-learner", **BINARY) == 0
        found.append(job.metrics("linear-learner")["train:binary_classification_accuracy"])
    assert found[0] == pytest.approx(found[1], abs=0.02)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adagrad", "rmsprop"])
def test_every_optimizer_learns(job: Job, two_classes: Classes, optimizer: str) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).train("linear-learner", **BINARY, optimizer=optimizer, momentum=0.5)
    assert job.metrics("linear-learner")["train:binary_classification_accuracy"] > 0.9


def test_l1_drops_features_that_tell_nothing(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).train("linear-learner", **BINARY, l1=0.05, num_models=1, learning_rate=0.02)
    with np.load(job.model / "model_algo-1") as model:
        weights = np.abs(model["weights"][:, 0])
    assert weights[2:].max() < 0.02 < weights[:2].min()


def test_training_ends_early_when_nothing_improves(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).train("linear-learner", **BINARY, epochs=500, early_stopping_tolerance=0.01)
    assert "Early stop condition met." in job.log
    assert len(re.findall("epoch=", job.log)) < 100


def test_one_model_is_trained_under_a_tuning_job(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x))
    job.train("linear-learner", **BINARY, wd=0.25, num_models=4, _tuning_objective_metric="validation:objective_loss")
    assert '"wd": 0.25' in job.log


def test_a_model_without_a_bias_has_none(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).train("linear-learner", **BINARY, use_bias="false")
    with served("linear-learner", job.model) as server:
        assert server.json("0,0,0,0")["predictions"][0]["score"] == 0.5


def test_answers_have_the_documented_shapes(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).train("linear-learner", **BINARY)
    row = x[0].tolist()
    with served("linear-learner", job.model) as server:
        expected = server.json(csv(x[:1]))
        assert set(expected["predictions"][0]) == {"score", "predicted_label"}
        assert isinstance(expected["predictions"][0]["predicted_label"], int)
        sparse = {"keys": [0, 1, 2, 3], "values": row, "shape": [4]}
        for body in (
            {"instances": [{"features": row}]},
            {"instances": [{"data": {"features": {"values": row}}}]},
            {"instances": [{"data": {"features": sparse}}]},
        ):
            assert server.json(json.dumps(body), "application/json") == expected
        lines = server.post(json.dumps({"features": row}), "application/jsonlines", "application/jsonlines")[2]
        assert [json.loads(line) for line in lines.splitlines()] == expected["predictions"]
        frames = server.post(
            records(x[:1], y[:1]), "application/x-recordio-protobuf", "application/x-recordio-protobuf"
        )[2]
        label = next(iter(recordio.read(frames))).label
        assert label["score"].values[0] == pytest.approx(expected["predictions"][0]["score"])
        assert label["predicted_label"].values.tolist() == [expected["predictions"][0]["predicted_label"]]
        assert server.post("1,2,3")[0] == 400
        assert server.post("{}", "application/json")[0] == 400
        assert server.post("", "application/json")[0] == 400


@pytest.mark.parametrize(
    ("given_values", "data", "told"),
    [
        ({"predictor_type": "binary"}, "1,2\n", 'Did you mean "binary_classifier"?'),
        ({"predictor_type": "binary_classifier", "loss": "squared_loss"}, "1,2\n", "use one of logistic, hinge_loss"),
        ({"predictor_type": "multiclass_classifier"}, "1,2\n", 'needs the hyperparameter "num_classes"'),
        (
            {"predictor_type": "binary_classifier"},
            "1,2\n2,3\n",
            'Row 2 of channel "train" has the label 2; it must be 0 or 1',
        ),
        ({"predictor_type": "regressor", "feature_dim": 3}, "1,2\n", '"feature_dim" says 3'),
        (
            {"predictor_type": "regressor"},
            "1,\n",
            'Channel "train" has a feature that is missing or not finite (row 1)',
        ),
        ({"predictor_type": "regressor", "mini_batchsize": 3}, "1,2\n", 'Did you mean "mini_batch_size"?'),
        (
            {"predictor_type": "regressor", "learning_rate": "fast"},
            "1,2\n",
            'a number above 0 or "auto"; the job gives "fast"',
        ),
    ],
)
def test_what_is_wrong_is_named(job: Job, given_values: dict[str, object], data: str, told: str) -> None:
    job.give("train", data)
    assert job.train("linear-learner", **given_values) == 1
    assert job.failure.startswith("ClientError: ")
    assert told in job.failure
