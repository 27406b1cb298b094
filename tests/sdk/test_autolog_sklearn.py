"""scikit-learn's estimators, pipelines and searches log themselves."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import GradientBoostingRegressor, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from tests.sdk.autologging import artifacts, logged, told

import trialbook
from trialbook import Run
from trialbook.sdk.autolog.sklearn import fit

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] + X[:, 1] > 0).astype(int)


@pytest.fixture(autouse=True)
def autologging(store: Path) -> Iterator[None]:
    """Switch it on for a test."""
    trialbook.autolog(experiment="auto", log_models=True)
    yield
    trialbook.autolog(False)


def test_an_estimator_logs_parameters_shapes_score_importance_and_model() -> None:
    DecisionTreeClassifier(max_depth=2).fit(X, Y)
    runs = logged()
    (name,) = runs["name"]
    assert runs["Status.PrimaryStatus"] == ["Completed"]
    assert runs["Metrics.train/score"][0] > 0.8
    parameters = told(name)
    assert parameters["estimator"] == "DecisionTreeClassifier"
    assert parameters["max_depth"] == 2
    assert (parameters["data/X/rows"], parameters["data/X/columns"]) == (60, 3)
    assert artifacts(name) == {"feature importance", "model"}


def test_a_pipeline_is_one_run_with_the_parameters_of_its_parts() -> None:
    make_pipeline(StandardScaler(), LogisticRegression(C=0.5)).fit(X, Y)
    (name,) = logged()["name"]
    parameters = told(name)
    assert parameters["logisticregression__C"] == 0.5
    assert parameters["standardscaler"] == "StandardScaler"
    assert parameters["data/X/rows"] == 60


def test_a_search_has_its_candidates_as_nested_runs_best_first() -> None:
    trialbook.autolog(experiment="auto", most_nested=2)
    GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2, 3]}, cv=3).fit(X, Y)
    runs = logged()
    outer = runs["name"][0]
    assert told(outer)["estimator/inner"] == "DecisionTreeClassifier"
    assert told(outer)["best/max_depth"] in {1, 2, 3}
    assert runs["Tags.trialbook:parent"][1:] == [outer, outer]
    assert 1 in runs["Metrics.rank_test_score"]
    assert runs["Metrics.best_score"][0] == max(one for one in runs["Metrics.mean_test_score"] if one is not None)
    assert "Metrics.split2_test_score" in runs.columns


def test_a_training_logs_to_the_run_around_and_leaves_it_open() -> None:
    with Run("mine", "r") as run:
        DecisionTreeClassifier().fit(X, Y)
        run.log_metric("after", 1)
    assert logged()["name"] == ["mine-r"]
    assert logged()["Metrics.after"] == [1]


def test_transformers_alone_are_no_trainings() -> None:
    StandardScaler().fit(X)
    assert len(logged()) == 0


def test_parts_that_are_fitted_in_threads_are_no_trainings_of_their_own() -> None:
    import joblib

    with joblib.parallel_config(backend="threading", n_jobs=2):
        OneVsRestClassifier(LogisticRegression()).fit(X, np.arange(60) % 3)
        VotingClassifier([("a", LogisticRegression()), ("b", DecisionTreeClassifier())]).fit(X, Y)
    assert logged()["Tags.estimator"] == ["OneVsRestClassifier", "VotingClassifier"]


def test_curves_become_series() -> None:
    GradientBoostingRegressor(n_estimators=5).fit(X, X[:, 0])
    table = logged()
    assert len(table.metric("train/loss")[table["name"][0]].value) == 5


def test_classes_made_later_log_themselves_too() -> None:
    class Constant(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
        def fit(self, X: Any, y: Any) -> Constant:  # noqa: N803
            self.classes_ = np.unique(y)
            return self

        def predict(self, X: Any) -> Any:  # noqa: N803
            return np.full(len(X), self.classes_[0])

    Constant().fit(X, Y)
    assert logged()["Tags.estimator"] == ["Constant"]


def test_a_failed_training_fails_its_run_and_its_exception_is_the_users() -> None:
    with pytest.raises(ValueError, match="inconsistent"):
        LogisticRegression().fit(X, Y[:-1])
    assert logged()["Status.PrimaryStatus"] == ["Failed"]


def test_a_fault_of_logging_does_not_reach_the_training(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    original = DecisionTreeClassifier.get_params

    def broken(self: Any, deep: bool = True) -> Any:
        if deep:  # as logging asks
            raise RuntimeError("no parameters")
        return original(self, deep)

    monkeypatch.setattr(DecisionTreeClassifier, "get_params", broken)
    assert DecisionTreeClassifier().fit(X, Y).tree_.node_count > 1
    assert "did not log the parameters of an estimator: RuntimeError: no parameters" in caplog.text


def test_off_is_off() -> None:
    trialbook.autolog(False)
    DecisionTreeClassifier().fit(X, Y)
    assert len(logged()) == 0


def test_one_library_alone_can_be_switched_off() -> None:
    trialbook.autolog(False, libraries="sklearn")
    DecisionTreeClassifier().fit(X, Y)
    assert len(logged()) == 0


def test_switching_on_twice_logs_once() -> None:
    trialbook.autolog(experiment="auto")
    DecisionTreeClassifier().fit(X, Y)
    assert len(logged()) == 1


def test_fitted_estimators_still_pickle() -> None:
    fitted = DecisionTreeClassifier().fit(X, Y)
    assert pickle.loads(pickle.dumps(fitted)).predict(X).tolist() == fitted.predict(X).tolist()


def test_one_estimator_can_be_logged_without_autolog() -> None:
    trialbook.autolog(False)
    with pytest.raises(ValueError, match="no run to log to"):
        fit(DecisionTreeClassifier(), X, Y)
    with Run("mine", "explicit") as run:
        fit(DecisionTreeClassifier(max_depth=3), X, Y, run=run)
    assert told("mine-explicit")["max_depth"] == 3
