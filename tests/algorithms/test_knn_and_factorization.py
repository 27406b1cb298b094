"""Nearest neighbours and factorization machines: their predictions by other means, lines, answers, refusals."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from tests.algorithms.conftest import Job, csv, served

from trialbook.algorithms import recordio
from trialbook.algorithms.factorization import machine
from trialbook.algorithms.factorization.parameters import RULES
from trialbook.algorithms.hyperparameters import check
from trialbook.algorithms.recordio import Record, Tensor

RECORDS = "application/x-recordio-protobuf"


def records(x: Any, y: Any = None, *, sparse: bool = False) -> bytes:
    def row_of(row: Any) -> Tensor:
        return Tensor(row[row != 0], np.flatnonzero(row).astype(np.uint64), len(row)) if sparse else Tensor(row)

    labels = [{}] * len(x) if y is None else [{"values": Tensor(np.array([label], np.float32))} for label in y]
    return recordio.write(
        Record({"values": row_of(row)}, label) for row, label in zip(x.astype(np.float32), labels, strict=True)
    )


def points() -> tuple[Any, Any]:
    random = np.random.default_rng(12)
    y = random.integers(0, 3, 400)
    return (random.normal(size=(400, 6)) + y[:, None]).astype(np.float32), y.astype(np.float32)


def test_a_classifier_votes_as_scikit_learns(job: Job) -> None:
    x, y = points()
    job.give("train", csv(y[:300], x[:300])).give("test", csv(y[300:], x[300:]))
    assert job.train("knn", k=7, predictor_type="classifier", sample_size=300, feature_dim=6) == 0, job.failure
    own = KNeighborsClassifier(7).fit(x[:300], y[:300])
    assert job.metrics("knn")["test:accuracy"] == pytest.approx(own.score(x[300:], y[300:]), abs=0.03)
    assert "#test_score (algo-1) : ('accuracy', " in job.log
    with served("knn", job.model) as server:
        found = server.json(csv(x[300:]))["predictions"]
        verbose = server.json(csv(x[300:302]), accept="application/json; verbose=true")["predictions"]
    assert np.mean([one["predicted_label"] for one in found] == own.predict(x[300:])) > 0.95
    distances, index = own.kneighbors(x[300:302])
    np.testing.assert_allclose([one["distances"] for one in verbose], distances, rtol=1e-4)
    np.testing.assert_array_equal([one["labels"] for one in verbose], y[:300][index])


def test_a_regressor_takes_the_mean(job: Job) -> None:
    x, y = points()
    job.give("train", csv(y, x)).give("test", csv(y[:50], x[:50]))
    assert job.train("knn", k=5, predictor_type="regressor", sample_size=1000) == 0
    own = KNeighborsRegressor(5).fit(x, y)
    assert job.metrics("knn")["test:mse"] == pytest.approx(np.mean((own.predict(x[:50]) - y[:50]) ** 2), rel=1e-4)
    with served("knn", job.model) as server:
        answer = float(server.post(csv(x[:1]), accept="text/csv")[2])
    assert answer == pytest.approx(own.predict(x[:1])[0])


@pytest.mark.parametrize("metric", ["COSINE", "INNER_PRODUCT"])
def test_near_can_mean_other_things(job: Job, metric: str) -> None:
    x, y = points()
    job.give("train", csv(y, x)).train("knn", k=1, predictor_type="regressor", sample_size=400, index_metric=metric)
    likeness = x @ x.T if metric == "INNER_PRODUCT" else x @ x.T / np.linalg.norm(x, axis=1)
    with served("knn", job.model) as server:
        found = [one["predicted_label"] for one in server.json(csv(x[:20]))["predictions"]]
    assert found == y[likeness[:20].argmax(axis=1)].tolist()


@pytest.mark.parametrize("kind", ["sign", "fjlt"])
def test_a_projection_keeps_distances_nearly(job: Job, kind: str) -> None:
    random = np.random.default_rng(13)
    x = random.normal(size=(40, 300)).astype(np.float32)
    job.give("train", csv(np.arange(40), x))
    job.train(
        "knn",
        k=2,
        predictor_type="classifier",
        sample_size=40,
        dimension_reduction_type=kind,
        dimension_reduction_target=150,
    )
    with served("knn", job.model) as server:
        found = server.json(csv(x[:5]), accept="application/json;verbose=true")["predictions"]
    assert [one["predicted_label"] for one in found] == [0, 1, 2, 3, 4]
    true = np.sort(np.linalg.norm(x[:5, None] - x[None], axis=2), axis=1)[:, 1]
    np.testing.assert_allclose([one["distances"][1] for one in found], true, rtol=0.25)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"k": 9}, "k is 9, but the sample has 3 rows"),
        ({"dimension_reduction_type": "sign"}, '"dimension_reduction_target" must be from 1 to 1'),
        ({"index_metric": "L3"}, '"index_metric" must be one of "L2"'),
        ({"predictor_type": "classify"}, 'Did you mean "classifier"?'),
    ],
)
def test_wrong_neighbours_are_refused(job: Job, given: dict[str, object], told: str) -> None:
    job.give("train", "1,2,3\n0,1,3\n1,3,3\n")
    usual = {"k": 1, "predictor_type": "classifier", "sample_size": 10}
    assert job.train("knn", **{**usual, **given}) == 1
    assert told in job.failure


def test_data_without_labels_has_no_neighbours(job: Job) -> None:
    job.give("train", "1,2\n", "text/csv;label_size=0")
    assert job.train("knn", k=1, predictor_type="classifier", sample_size=10) == 1
    assert "must open with a label" in job.failure


def interactions(*, binary: bool) -> tuple[Any, Any]:
    """Rows of ten flags whose label is a product of two hidden vectors: no linear model can find it."""
    random = np.random.default_rng(14)
    x = (random.random((2000, 10)) < 0.4).astype(np.float32)
    value = 2 * x[:, 0] * x[:, 1] - 2 * x[:, 2] * x[:, 3] + x[:, 4]
    return x, (value > 0.5).astype(np.float32) if binary else value.astype(np.float32)


FAST = {"num_factors": 4, "mini_batch_size": 100, "feature_dim": 10, "linear_lr": 0.05, "factors_lr": 0.05,
        "factors_init_sigma": 0.1, "factors_wd": 0}  # fmt: skip


def test_the_prediction_is_the_sum_over_every_two_features() -> None:
    random = np.random.default_rng(15)
    x = random.normal(size=(6, 5))
    arrays = {"bias": np.array([0.3]), "linear": random.normal(size=5), "factors": random.normal(size=(5, 2))}
    slow = [
        0.3 + row @ arrays["linear"]
        + sum(arrays["factors"][i] @ arrays["factors"][j] * row[i] * row[j] for i in range(5) for j in range(i + 1, 5))
        for row in x
    ]  # fmt: skip
    np.testing.assert_allclose(machine.predict(arrays, x), slow)


@pytest.mark.parametrize("sparse", [False, True])
def test_the_gradient_of_each_term_is_the_slope(sparse: bool) -> None:
    values = {"feature_dim": "5", "num_factors": "2", "predictor_type": "regressor", "factors_init_sigma": "0.5"}
    model = machine.Machine(check(values, RULES, "machines"), 5, np.random.default_rng(16))
    random = np.random.default_rng(17)
    x, residual = random.normal(size=(30, 5)), random.normal(size=30)
    arrays: dict[str, Any] = {name: array.astype(np.float64) for name, array in model.arrays().items()}
    for name, (_, gradient) in model.gradients(csr_matrix(x) if sparse else x, residual).items():
        for place in np.ndindex(arrays[name].shape):
            moved = {**arrays, name: arrays[name].copy()}
            moved[name][place] += 1e-5
            slope = residual @ np.subtract(machine.predict(moved, x), machine.predict(arrays, x)) / 1e-5
            assert gradient[place] == pytest.approx(slope, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("sparse", [False, True])
def test_a_machine_learns_interactions(job: Job, sparse: bool) -> None:
    x, y = interactions(binary=False)
    job.give("train", records(x[:1500], y[:1500], sparse=sparse), RECORDS).give(
        "test", records(x[1500:], y[1500:], sparse=sparse), RECORDS
    )
    assert job.train("factorization-machines", predictor_type="regressor", epochs=25, **FAST) == 0, job.failure
    found = job.metrics("factorization-machines")
    line = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y)[0]
    linear = np.sqrt(np.mean((np.column_stack([x, np.ones(len(x))]) @ line - y) ** 2))
    assert found["test:rmse"] < 0.3 < linear
    assert {"train:rmse", "train:rmse:epoch", "train:mse:epoch", "train:absolute_loss:epoch"} <= set(found)


def test_a_binary_machine_answers_scores_and_labels(job: Job) -> None:
    x, y = interactions(binary=True)
    job.give("train", records(x, y), None).give("test", records(x[:300], y[:300]), None)
    assert job.train("factorization-machines", predictor_type="binary_classifier", epochs=15, **FAST) == 0, job.failure
    found = job.metrics("factorization-machines")
    assert found["test:binary_classification_accuracy"] > 0.9
    assert {"test:binary_classification_cross_entropy", "test:binary_f_beta"} <= set(found)
    with served("factorization-machines", job.model) as server:
        body = json.dumps({"instances": [{"features": row.tolist()} for row in x[:50]]})
        answer = server.json(body, "application/json")["predictions"]
        keys = np.flatnonzero(x[0]).tolist()
        tensor = {"data": {"features": {"keys": keys, "shape": [10], "values": [1] * len(keys)}}}
        sparse = server.json(json.dumps({"instances": [tensor]}), "application/json")["predictions"]
        frames = list(recordio.read(server.post(records(x[:1]), RECORDS, RECORDS)[2]))
        assert server.post(csv(x[:1]))[0] == 415
    assert [set(one) for one in answer] == [{"score", "predicted_label"}] * 50
    assert np.mean([one["predicted_label"] for one in answer] == y[:50]) > 0.85
    assert sparse[0]["score"] == pytest.approx(answer[0]["score"])
    assert frames[0].label["score"].values[0] == pytest.approx(answer[0]["score"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"feature_dim": 3}, '"feature_dim" says 3'),
        ({"predictor_type": "binary_classifier"}, "it must be 0 or 1 for a binary_classifier"),
        ({"factors_learning": 1}, '"factors_learning" is not a hyperparameter of factorization-machines.'),
        ({"linear_lr": 1e30, "epochs": 3}, "not finite any more"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_wrong_machines_are_refused(job: Job, given: dict[str, object], told: str) -> None:
    x, y = interactions(binary=False)
    job.give("train", records(x[:200], y[:200]), RECORDS)
    assert job.train("factorization-machines", **{"predictor_type": "regressor", **FAST, **given}) == 1
    assert told in job.failure


def test_csv_is_no_data_for_a_machine(job: Job) -> None:
    job.give("train", "1,2\n", "text/csv")
    assert job.train("factorization-machines", predictor_type="regressor", feature_dim=1, num_factors=2) == 1
    assert 'served are "application/x-recordio-protobuf"' in job.failure
