"""XGBoost, through its `TrainingCallback`.

`TrialbookCallback` works by itself too: `xgboost.train(..., callbacks=[TrialbookCallback(run)])`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from xgboost.callback import TrainingCallback

from trialbook.sdk.autolog import boosting
from trialbook.sdk.autolog.session import Training, chosen_run, guarded, keep_importance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trialbook.sdk.run import Run


class TrialbookCallback(TrainingCallback):
    """Logs what every round measures as series `<data>/<metric>`; with `cv` their means, and deviations as `.../std`.

    Parameters
    ----------
    run
        Where to; by default the run of the `with` block around.
    every
        Log every so manyth round.
    log_model
        Whether the booster is kept, as `model.ubj`.
    log_importance
        Whether the importance of features (gain) is kept, as a table.
    """

    def __init__(
        self, run: Run | None = None, *, every: int = 1, log_model: bool = False, log_importance: bool = True
    ) -> None:
        super().__init__()
        self.run = chosen_run(run)
        self.every = every
        self.log_model = log_model
        self.log_importance = log_importance

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, Sequence[Any]]]) -> bool:
        """Log a round. Never ends the training."""
        del model
        if epoch % self.every == 0:
            with guarded("a round of XGBoost"):
                for data, metrics in evals_log.items():
                    for metric, values in metrics.items():
                        last = values[-1]
                        mean, std = last if isinstance(last, tuple) else (last, None)
                        self.run.log_metric(f"{data}/{metric}", float(mean), step=epoch)
                        if std is not None:
                            self.run.log_metric(f"{data}/{metric}/std", float(std), step=epoch)
        return False

    def after_training(self, model: Any) -> Any:
        """Log the best round, the importance of features (gain), and the model if asked."""
        with guarded("an XGBoost model"):
            if hasattr(model, "attr") and model.attr("best_iteration") is not None:
                best = {"best_iteration": int(model.best_iteration), "best_score": float(model.best_score)}
                self.run.log_parameters(best)
            if self.log_importance and hasattr(model, "get_score"):
                gains = model.get_score(importance_type="gain")
                keep_importance(self.run, list(gains), list(gains.values()), "feature importance (gain)")
            if self.log_model and hasattr(model, "save_model"):
                _log_booster(self.run, model)
        return model


def _log_booster(run: Run, booster: Any) -> None:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.ubj"
        booster.save_model(path)
        run.log_file(path, "model")


def patch(name: str) -> None:
    """Put the callback into every `train` and `cv`."""
    importlib.import_module("xgboost.sklearn")

    def make(training: Training) -> TrialbookCallback:
        options = training.options
        return TrialbookCallback(
            training.run, every=options.every, log_model=options.log_models, log_importance=options.log_importance
        )

    for function in ("train", "cv"):
        boosting.replace(
            function,
            ("xgboost.training", "xgboost", "xgboost.sklearn"),
            lambda original: boosting.with_callback(original, name, make),
        )
