"""LightGBM, through the callbacks of `train` and `cv`.

`TrialbookCallback` works by itself too: `lightgbm.train(..., callbacks=[TrialbookCallback(run)])`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from trialbook.sdk.autolog import boosting
from trialbook.sdk.autolog.session import Training, chosen_run, guarded, keep_importance

if TYPE_CHECKING:
    from trialbook.sdk.run import Run


class TrialbookCallback:
    """Logs what every round measures as series `<data>/<metric>`; with `cv` their means, and deviations as `.../std`.

    Parameters
    ----------
    run
        Where to; by default the run of the `with` block around.
    every
        Log every so manyth round.
    """

    def __init__(self, run: Run | None = None, *, every: int = 1) -> None:
        # LightGBM looks for both among the object's own attributes. Early stopping, which ends the training in its last
        # round, has order 30: before it.
        self.order = 25
        self.before_iteration = False
        self.run = chosen_run(run)
        self.every = every

    def __call__(self, env: Any) -> None:
        """Log a round: `env` is LightGBM's CallbackEnv."""
        if (env.iteration - env.begin_iteration) % self.every:
            return
        with guarded("a round of LightGBM"):
            for data, metric, value, *rest in env.evaluation_result_list or []:
                name = f"{data}/{metric}"
                self.run.log_metric(name, float(value), step=env.iteration)
                if len(rest) > 1 and rest[1] is not None:
                    self.run.log_metric(f"{name}/std", float(rest[1]), step=env.iteration)


def patch(name: str) -> None:
    """Put the callback into every `train` and `cv`."""
    importlib.import_module("lightgbm.sklearn")

    def make(training: Training) -> TrialbookCallback:
        return TrialbookCallback(training.run, every=training.options.every)

    for function in ("train", "cv"):
        boosting.replace(
            function,
            ("lightgbm.engine", "lightgbm", "lightgbm.sklearn"),
            lambda original: boosting.with_callback(original, name, make, _log_trained),
        )


def _log_trained(training: Training, booster: Any) -> None:
    if not hasattr(booster, "feature_importance"):
        return
    run, options = training.run, training.options
    if getattr(booster, "best_iteration", 0) and booster.best_iteration > 0:
        run.log_parameter("best_iteration", booster.best_iteration)
    if options.log_importance:
        gains = booster.feature_importance(importance_type="gain")
        keep_importance(run, booster.feature_name(), gains.tolist(), "feature importance (gain)")
    if options.log_models:
        run.log_text(booster.model_to_string(), "model.txt")
