"""XGBoost and LightGBM log each round through their own callbacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import lightgbm
import numpy as np
import pytest
import xgboost
from tests.sdk.autologging import artifacts, logged, told

import trialbook
from trialbook import Run
from trialbook.sdk.autolog.lightgbm import TrialbookCallback as LightGbmCallback
from trialbook.sdk.autolog.xgboost import TrialbookCallback as XgboostCallback

X = np.random.default_rng(0).normal(size=(80, 3))
Y = (X[:, 0] + X[:, 1] > 0).astype(int)
XGB = {"max_depth": 2, "objective": "binary:logistic", "nthread": 1}
LGB = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 2}


@pytest.fixture(autouse=True)
def autologging(store: Path) -> Iterator[None]:
    """Switch it on for a test."""
    trialbook.autolog(experiment="auto", log_models=True)
    yield
    trialbook.autolog(False)


def test_xgboost_logs_parameters_rounds_importance_and_model() -> None:
    data = xgboost.DMatrix(X, Y)
    booster = xgboost.train(XGB, data, 6, evals=[(data, "train")], verbose_eval=False)
    table = logged()
    (name,) = table["name"]
    series = table.metric("train/logloss")[name]
    assert series.step.tolist() == list(range(6))
    assert told(name)["max_depth"] == 2
    assert (told(name)["num_boost_round"], told(name)["data/train/rows"]) == (6, 80)
    assert artifacts(name) == {"feature importance (gain)", "model"}
    assert booster.num_boosted_rounds() == 6


def test_xgboosts_early_stopping_still_stops_and_its_best_round_is_kept() -> None:
    data = xgboost.DMatrix(X, Y)
    other = xgboost.DMatrix(X, 1 - Y)
    xgboost.train(XGB, data, 50, evals=[(other, "val")], early_stopping_rounds=2, verbose_eval=False)
    (name,) = logged()["name"]
    assert told(name)["best_iteration"] == 0
    assert len(logged().metric("val/logloss")[name].value) == 3


def test_xgboosts_cross_validation_logs_means_and_deviations() -> None:
    xgboost.cv(XGB, xgboost.DMatrix(X, Y), 4, nfold=2)
    table = logged()
    assert len(table.metric("test/logloss")[table["name"][0]].value) == 4
    assert len(table.metric("test/logloss/std")[table["name"][0]].value) == 4


def test_its_scikit_learn_classes_are_one_run_with_the_rounds_in_it() -> None:
    xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(X, Y, eval_set=[(X, Y)], verbose=False)
    table = logged()
    (name,) = table["name"]
    assert told(name)["estimator"] == "XGBClassifier"
    assert len(table.metric("validation_0/logloss")[name].value) == 5


def test_xgboosts_callback_works_by_itself() -> None:
    trialbook.autolog(False)
    data = xgboost.DMatrix(X, Y)
    with Run("mine", "r") as run:
        callback = XgboostCallback(run, every=2)
        xgboost.train(XGB, data, 5, evals=[(data, "t")], callbacks=[callback], verbose_eval=False)
    assert run.metric("t/logloss").step.tolist() == [0, 2, 4]


def test_callbacks_need_a_run() -> None:
    for callback in (XgboostCallback, LightGbmCallback):
        with pytest.raises(ValueError, match="no run to log to"):
            callback()


def test_lightgbm_logs_parameters_rounds_importance_and_model() -> None:
    data = lightgbm.Dataset(X, Y, free_raw_data=False)
    lightgbm.train(LGB, data, 6, valid_sets=[data], valid_names=["train"])
    table = logged()
    (name,) = table["name"]
    assert table.metric("train/binary_logloss")[name].step.tolist() == list(range(6))
    assert told(name)["num_boost_round"] == 6
    assert told(name)["data/train/rows"] == 80
    assert artifacts(name) == {"feature importance (gain)", "model.txt"}


def test_lightgbms_early_stopping_still_stops_after_its_last_round_is_logged() -> None:
    data, other = lightgbm.Dataset(X, Y), lightgbm.Dataset(X, 1 - Y)
    stop = lightgbm.early_stopping(2, verbose=False)
    lightgbm.train(LGB, data, 50, valid_sets=[other], valid_names=["val"], callbacks=[stop])
    (name,) = logged()["name"]
    assert told(name)["best_iteration"] == 1
    assert len(logged().metric("val/binary_logloss")[name].value) == 3


def test_lightgbms_cross_validation_logs_means_and_deviations() -> None:
    lightgbm.cv(LGB, lightgbm.Dataset(X, Y), 4, nfold=2)
    table = logged()
    names = [name for name in table.columns if name.startswith("Metrics.")]
    assert len(names) == 2
    assert names[1] == f"{names[0]}/std"


def test_a_fault_of_logging_does_not_reach_the_boosting(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, *args: object, **kwargs: object) -> None:
        raise RuntimeError("broken")

    for method in ("log_metric", "log_parameters", "log_table", "log_file"):
        monkeypatch.setattr(Run, method, broken)
    monkeypatch.setattr("trialbook.sdk.spool.Spool.__init__", broken)
    data = xgboost.DMatrix(X, Y)
    assert xgboost.train(XGB, data, 3, evals=[(data, "t")], verbose_eval=False).num_boosted_rounds() == 3
    assert lightgbm.train(LGB, lightgbm.Dataset(X, Y), 3).num_trees() == 3
