"""scikit-learn. It has no callback interface that most estimators know, so `fit` of its classes is wrapped.

(Version 1.9 brings `sklearn.callback`, which logistic regression, pipelines, searches and scalers support so far, and
which says nothing of the parameters, the data or the results.) The wrapping is done where a class is made, by
`BaseEstimator.__init_subclass__`, so that modules imported later and classes of other packages are in it too. Only the
outermost `fit` logs: that of a pipeline or a search, not of its parts. Transformers alone log nothing.

`fit(estimator, X, y, run=run)` does the same for one estimator, without `autolog()`.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

from trialbook.sdk.autolog.session import (
    Options,
    Training,
    chosen_run,
    guarded,
    keep_importance,
    plain,
    session,
    shapes,
)
from trialbook.sdk.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike

LIBRARY = "sklearn"
MARK = "__trialbook__"
MOST_SCORED_ROWS = 10_000
"""The training score costs a prediction of the training data: for so many rows at most."""
CURVES = {"loss_curve_": "loss", "validation_scores_": "validation/score", "train_score_": "train/loss"}
RESULTS = ("best_score_", "oob_score_", "n_iter_", "inertia_", "loss_", "lower_bound_", "score_")


def fit(estimator: Any, X: Any, y: Any = None, *, run: Run | None = None, **fit_params: Any) -> Any:  # noqa: N803
    """Fit an estimator and log it to a run, by default that of the `with` block around. Gives the estimator.

    Raises
    ------
    ValueError
        There is no run.
    """
    training = Training(chosen_run(run), Options(), own=False)
    with session.within(training):
        _log_before(training, estimator, (X, y))
        estimator.fit(X, y, **fit_params)
        _log_after(training, estimator, (X, y))
    return estimator


def patch(name: str) -> None:
    """Wrap `fit` of all estimators, those that are there and those to come."""
    del name
    if hasattr(BaseEstimator, MARK):
        return
    before = BaseEstimator.__init_subclass__

    def init_subclass(cls: type[Any], /, **kwargs: Any) -> None:
        before.__func__(cls, **kwargs)
        with guarded("a class of estimators"):
            _wrap(cls)

    BaseEstimator.__init_subclass__ = classmethod(init_subclass)
    setattr(BaseEstimator, MARK, True)
    waiting: list[type[Any]] = [BaseEstimator]
    while waiting:
        for cls in waiting.pop().__subclasses__():
            _wrap(cls)
            waiting.append(cls)


def _wrap(cls: type) -> None:
    original = cls.__dict__.get("fit")
    if not inspect.isfunction(original) or hasattr(original, MARK):
        return
    wrapped = _logging_fit(original)
    setattr(wrapped, MARK, True)
    setattr(cls, "fit", wrapped)  # noqa: B010 - a class of any kind


def _logging_fit(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        if session.training is not None or session.options(LIBRARY) is None or not _worth_a_run(self):
            return original(self, *args, **kwargs)
        with session.train(LIBRARY, type(self).__name__) as training:
            if training is None:
                return original(self, *args, **kwargs)
            data = _data(args, kwargs)
            _log_before(training, self, data)
            fitted = original(self, *args, **kwargs)
            _log_after(training, self, data)
            return fitted

    return wrapped


def _worth_a_run(estimator: Any) -> bool:
    """Say whether this is a model: transformers are fitted for many small things."""
    return hasattr(estimator, "predict") or hasattr(estimator, "fit_predict") or hasattr(type(estimator), "predict")


def _data(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, Any]:
    x = args[0] if args else kwargs.get("X")
    y = args[1] if len(args) > 1 else kwargs.get("y")
    return x, y


def _log_before(training: Training, estimator: Any, data: tuple[Any, Any]) -> None:
    with guarded("the parameters of an estimator"):
        given = estimator.get_params(deep=True)
        kept = {name: value for name, value in given.items() if name != "steps" and not hasattr(value, "get_params")}
        parts = {name: type(value).__name__ for name, value in given.items() if hasattr(value, "get_params")}
        if "estimator" in parts:  # what a search or an ensemble is made of
            parts["estimator/inner"] = parts.pop("estimator")
        told = {**plain(kept), **parts, "estimator": type(estimator).__name__}
        training.run.log_parameters({**told, **shapes(X=data[0], y=data[1])})


def _log_after(training: Training, estimator: Any, data: tuple[Any, Any]) -> None:
    run, options = training.run, training.options
    with guarded("the results of an estimator"):
        _log_results(run, _last(estimator))
    if hasattr(estimator, "cv_results_"):
        with guarded("the candidates of a search"):
            _log_search(training, estimator)
    with guarded("the training score"):
        _log_score(run, estimator, data)
    if options.log_importance:
        with guarded("the importance of features"):
            _log_features(run, estimator)
    if options.log_models:
        run.log_model(estimator, "model")


def _last(estimator: Any) -> Any:
    """Give the estimator at the end of a pipeline, or the best one of a search."""
    estimator = getattr(estimator, "best_estimator_", estimator)
    steps = getattr(estimator, "steps", None)
    return steps[-1][1] if steps else estimator


def _log_results(run: Run, estimator: Any) -> None:
    for attribute, name in CURVES.items():
        curve = getattr(estimator, attribute, None)
        if isinstance(curve, list | np.ndarray) and np.ndim(curve) == 1:
            for step, value in enumerate(curve):
                run.log_metric(name, float(value), step=step)
    for attribute in RESULTS:
        value = getattr(estimator, attribute, None)
        if isinstance(value, int | float | np.ndarray) and np.size(value) == 1:
            run.log_metric(attribute.rstrip("_"), float(np.ravel(value)[0]), step=0)


def _log_score(run: Run, estimator: Any, data: tuple[Any, Any]) -> None:
    x, y = data
    rows = (shapes(X=x) or {}).get("data/X/rows")
    if y is None or not isinstance(rows, int) or rows > MOST_SCORED_ROWS or not hasattr(estimator, "score"):
        return
    run.log_metric("train/score", float(estimator.score(x, y)), step=0)


def _log_search(training: Training, search: Any) -> None:
    """Log the best candidate to the run, and the candidates as runs nested in it, best first."""
    run, results = training.run, search.cv_results_
    if hasattr(search, "best_params_"):
        run.log_parameters({f"best/{name}": value for name, value in plain(search.best_params_).items()})
    if hasattr(search, "best_score_"):
        run.log_metric("best_score", float(search.best_score_), step=0)
    ranks = next((np.asarray(results[name]) for name in sorted(results) if name.startswith("rank_test")), None)
    count = len(results["params"])
    order = range(count) if ranks is None else np.argsort(ranks, kind="stable").tolist()
    for number in list(order)[: training.options.most_nested]:
        nested = Run(run.experiment_name, f"{run.run_name}-{number:03}", parent=run, tags={"autolog": LIBRARY})
        nested.log_parameters(plain(results["params"][number]))
        nested.log_metrics(_measured(results, number), step=0)
        nested.finish()


def _measured(results: Mapping[str, ArrayLike], number: int) -> dict[str, float]:
    """Give what a search measured of a candidate: means, deviations, ranks, and each fold."""
    prefixes = ("mean_", "std_", "rank_", "split")
    columns = {name: np.asarray(column) for name, column in results.items() if name.startswith(prefixes)}
    return {name: float(column[number]) for name, column in columns.items() if column.ndim == 1}


def _log_features(run: Run, estimator: Any) -> None:
    last = _last(estimator)
    values = getattr(last, "feature_importances_", None)
    title = "feature importance"
    if values is None:
        values = getattr(last, "coef_", None)
        title = "feature importance (size of coefficients)"
        if values is None or not isinstance(values, np.ndarray):
            return
        values = np.abs(values).reshape(-1, values.shape[-1]).mean(axis=0)
    keep_importance(run, _feature_names(estimator, last, len(values)), values.tolist(), title)


def _feature_names(estimator: Any, last: Any, count: int) -> list[str]:
    estimator = getattr(estimator, "best_estimator_", estimator)
    if getattr(estimator, "steps", None) and len(estimator.steps) > 1:
        with guarded("the names of a pipeline's features"):
            names = list(estimator[:-1].get_feature_names_out())
            if len(names) == count:
                return names
    names = list(getattr(last, "feature_names_in_", ()))
    return names if len(names) == count else [f"x{at}" for at in range(count)]
