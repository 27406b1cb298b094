"""K-means and principal components beside scikit-learn's, and the answers that SageMaker documents."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from tests.algorithms.conftest import Job, csv, served

from trialbook.algorithms import recordio
from trialbook.algorithms.recordio import Record, Tensor

UNLABELLED = "text/csv;label_size=0"


def records(x: Any, *, sparse: bool = False) -> bytes:
    rows = (
        Tensor(r[r != 0], np.flatnonzero(r).astype(np.uint64), len(r)) if sparse else Tensor(r)
        for r in x.astype(np.float32)
    )
    return recordio.write(Record({"values": row}) for row in rows)


def blobs() -> tuple[Any, Any]:
    random = np.random.default_rng(4)
    centres = np.array([[0, 0, 5], [8, 0, 0], [0, 8, 0], [-8, -8, -5]], np.float32)
    return (centres[random.integers(0, 4, 800)] + random.normal(size=(800, 3))).astype(np.float32), centres


@pytest.mark.parametrize("init", ["random", "kmeans++"])
def test_clusters_are_as_close_as_scikit_learns(job: Job, init: str) -> None:
    x, centres = blobs()
    job.give("train", csv(x), UNLABELLED).give("test", csv(x[:200]), UNLABELLED)
    assert job.train("kmeans", k=4, mini_batch_size=100, init_method=init, eval_metrics='["msd", "ssd"]') == 0, (
        job.failure
    )
    own = KMeans(4, n_init=10, random_state=0).fit(x)
    found = job.metrics("kmeans")
    assert found["train:msd"] <= own.inertia_ / len(x) * 1.02
    assert found["train:ssd"] == pytest.approx(found["train:msd"] * len(x))
    assert found["test:msd"] == pytest.approx(found["train:msd"], rel=0.15)
    with served("kmeans", job.model) as server:
        answer = server.json(csv(centres))["predictions"]
    assert len({one["closest_cluster"] for one in answer}) == 4
    assert max(one["distance_to_cluster"] for one in answer) < 0.5


def test_the_answers_of_k_means_have_the_documented_shapes(job: Job) -> None:
    x, _ = blobs()
    job.give("train", records(x), "application/x-recordio-protobuf").train("kmeans", k=2, feature_dim=3)
    with served("kmeans", job.model) as server:
        first = server.json(csv(x[:2]))["predictions"]
        assert list(first[0]) == ["closest_cluster", "distance_to_cluster"]
        assert isinstance(first[0]["closest_cluster"], float)
        text = server.post(csv(x[:2]), accept="text/csv")[2].decode()
        assert text == "".join(f"{one['closest_cluster']},{one['distance_to_cluster']}\n" for one in first)
        frames = list(recordio.read(server.post(csv(x[:2]), accept="application/x-recordio-protobuf")[2]))
        assert [frame.label["closest_cluster"].values[0] for frame in frames] == [
            one["closest_cluster"] for one in first
        ]


def test_old_rows_fade_with_a_half_life(job: Job) -> None:
    rising = np.linspace(0, 10, 2000)[:, None].astype(np.float32)
    job.give("train", csv(rising), UNLABELLED)
    spread = []
    for half_life in (0, 20):
        job.train("kmeans", k=1, extra_center_factor=1, mini_batch_size=10, half_life_time_size=half_life, epochs=1)
        with np.load(job.model / "model_algo-1") as model:
            spread.append(float(model["centres"][0, 0]))
    assert spread[0] == pytest.approx(5, abs=0.01)
    assert abs(spread[1] - 5) > 0.05  # the mean of the last few rows of a random order


def test_sparse_rows_cluster_as_dense_ones_do(job: Job) -> None:
    x, _ = blobs()
    x = np.where(np.abs(x) < 0.7, 0, x)
    found = []
    for sparse in (False, True):
        job.give("train", records(x, sparse=sparse), "application/x-recordio-protobuf")
        assert job.train("kmeans", k=4, mini_batch_size=200) == 0, job.failure
        found.append(job.metrics("kmeans")["train:msd"])
    assert found[0] == pytest.approx(found[1], rel=1e-3)


def test_rows_that_are_alike_make_fewer_places(job: Job) -> None:
    job.give("train", "1,2\n1,2\n1,2\n", UNLABELLED)
    assert job.train("kmeans", k=3) == 0, job.failure
    assert job.metrics("kmeans")["train:msd"] == 0


def test_csv_without_a_label_size_opens_with_a_label(job: Job) -> None:
    job.give("train", "9,1,2\n9,3,4\n", "text/csv")
    assert job.train("kmeans", k=1, feature_dim=2) == 0, job.failure


def test_more_clusters_than_rows_fail(job: Job) -> None:
    job.give("train", "1,2\n", UNLABELLED)
    assert job.train("kmeans", k=3) == 1
    assert "There are 1 training rows for k = 3 clusters" in job.failure


def mixed() -> Any:
    random = np.random.default_rng(11)
    return (random.normal(size=(300, 5)) @ random.normal(size=(5, 5)) + 3).astype(np.float32)


@pytest.mark.parametrize("mode", ["regular", "randomized"])
@pytest.mark.parametrize("form", ["csv", "sparse"])
def test_projections_are_scikit_learns_in_rising_order(job: Job, mode: str, form: str) -> None:
    x = mixed()
    if form == "csv":
        job.give("train", csv(x), UNLABELLED)
    else:
        job.give("train", records(x, sparse=True), None)
    assert job.train("pca", num_components=3, algorithm_mode=mode, mini_batch_size=64) == 0, job.failure
    own = PCA(3).fit(x)
    with served("pca", job.model) as server:
        found = np.array([one["projection"] for one in server.json(csv(x))["projections"]])
    expected = own.transform(x)[:, ::-1]
    signs = np.sign((found * expected).sum(axis=0))
    np.testing.assert_allclose(found * signs, expected, atol=1e-2)
    with np.load(job.model / "model_algo-1") as model:
        np.testing.assert_allclose(model["s"], own.singular_values_[::-1], rtol=1e-4)


def test_the_mean_can_stay(job: Job) -> None:
    x = mixed()
    job.give("train", csv(x), UNLABELLED).train("pca", num_components=1, subtract_mean="false")
    first = np.linalg.svd(x)[2][0]
    with served("pca", job.model) as server:
        found = [one["projection"][0] for one in server.json(csv(x[:3]))["projections"]]
        lines = server.post(csv(x[:1]), accept="application/jsonlines")[2]
        frame = next(iter(recordio.read(server.post(csv(x[:1]), accept="application/x-recordio-protobuf")[2])))
    np.testing.assert_allclose(np.abs(found), np.abs(x[:3] @ first), rtol=1e-3)
    assert list(json.loads(lines)) == ["projection"]
    assert frame.label["projection"].values[0] == pytest.approx(found[0])


def test_too_many_components_fail(job: Job) -> None:
    job.give("train", "1,2\n3,4\n5,6\n", UNLABELLED)
    assert job.train("pca", num_components=3) == 1
    assert '"num_components" is 3; 3 rows of 2 features have at most 2.' in job.failure
