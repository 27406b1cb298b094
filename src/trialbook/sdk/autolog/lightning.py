"""PyTorch Lightning, through its `Callback` (autologging) and its `Logger` (explicit).

There are two packages of it, `lightning` and `pytorch_lightning`, whose classes do not mix: `classes(root)` makes ours
for one of them. `Trainer(logger=classes("lightning.pytorch").TrialbookLogger(run))`.
"""

from __future__ import annotations

import functools
import importlib
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from trialbook.sdk.autolog.session import chosen_run, guarded, plain, session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.sdk.run import Run

MARK = "__trialbook__"
ROOTS = {"lightning": "lightning.pytorch", "pytorch_lightning": "pytorch_lightning"}


class Classes(NamedTuple):
    """Our classes for one of the packages."""

    TrialbookCallback: Any
    TrialbookLogger: Any


def hyperparameters(params: Any) -> dict[str, object]:
    """Give hyperparameters (a mapping or a Namespace) that can be kept."""
    return plain(params if hasattr(params, "items") else vars(params))


def numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Give metrics as floats: tensors of one element too."""
    return {name: float(value) for name, value in metrics.items()}


class CallbackHooks:
    """Logs hyperparameters, and what the module logs: each logged batch, and the end of each epoch."""

    def __init__(self, run: Run | None = None, *, every: int = 1) -> None:
        super().__init__()
        self.run = chosen_run(run)
        self.every = every

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        """Log the hyperparameters and the trainer's own."""
        if not trainer.is_global_zero:
            return
        with guarded("the hyperparameters of a Lightning module"):
            told = hyperparameters(getattr(pl_module, "hparams", {}))
            own = ("max_epochs", "max_steps", "precision", "accumulate_grad_batches", "gradient_clip_val")
            told |= plain({f"trainer/{name}": getattr(trainer, name, None) for name in own})
            self.run.log_parameters(told)

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int, *args: Any
    ) -> None:
        """Log what the module logged with `on_step`, as often as the trainer logs."""
        del pl_module, outputs, batch, args
        due = (batch_idx + 1) % max(self.every, getattr(trainer, "log_every_n_steps", 1) or 1) == 0
        if due:
            self._log(trainer, trainer.logged_metrics)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Log the epoch."""
        del pl_module
        self._log(trainer, {**trainer.callback_metrics, "epoch": trainer.current_epoch})

    def on_validation_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Log the validation, but for the check before training."""
        del pl_module
        if not trainer.sanity_checking:
            self._log(trainer, trainer.callback_metrics)

    def _log(self, trainer: Any, metrics: Mapping[str, Any]) -> None:
        if trainer.is_global_zero:
            with guarded("metrics of Lightning"):
                self.run.log_metrics(numbers(metrics), step=trainer.global_step)


class LoggerMethods:
    """A logger for `Trainer(logger=...)`. It ends the run that it made, and none that it was given."""

    def __init__(self, run: Run | None = None, *, experiment: str = "lightning") -> None:
        super().__init__()
        self._run = run
        self._own = run is None
        self._experiment = experiment

    @property
    def experiment(self) -> Run:
        """The run."""
        if self._run is None:
            from trialbook.sdk.run import Run, current_run

            around = current_run()
            self._own = around is None
            self._run = around or Run(self._experiment)
        return self._run

    @property
    def name(self) -> str:
        """The experiment's name."""
        return self.experiment.experiment_name

    @property
    def version(self) -> str:
        """The run's name."""
        return self.experiment.run_name

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """Log hyperparameters."""
        del args, kwargs
        with guarded("the hyperparameters of a Lightning module"):
            self.experiment.log_parameters(hyperparameters(params))

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log metrics."""
        with guarded("metrics of Lightning"):
            self.experiment.log_metrics(numbers(metrics), step=step)

    def save(self) -> None:
        """Wait for nothing: what is logged is kept already."""

    def finalize(self, status: str) -> None:
        """End the run."""
        if self._run is not None and self._own:
            with guarded("the end of a Lightning training"):
                self._run.finish({"success": "Completed", "failed": "Failed"}.get(status, "Stopped"))


_FIRST_RANK_ONLY = ("log_hyperparams", "log_metrics", "save", "finalize")


@cache
def classes(root: str = "lightning.pytorch") -> Classes:
    """Make the callback and the logger for a package, "lightning.pytorch" or "pytorch_lightning"."""
    callback = importlib.import_module(f"{root}.callbacks").Callback
    logger = importlib.import_module(f"{root}.loggers.logger").Logger
    rank_zero_only = importlib.import_module(f"{root}.utilities").rank_zero_only
    methods = {name: rank_zero_only(getattr(LoggerMethods, name)) for name in _FIRST_RANK_ONLY}
    return Classes(
        type("TrialbookCallback", (CallbackHooks, callback), {"__doc__": CallbackHooks.__doc__}),
        type("TrialbookLogger", (LoggerMethods, logger), {"__doc__": LoggerMethods.__doc__, **methods}),
    )


def patch(name: str) -> None:
    """Give the callback to every `Trainer.fit`, for its time."""
    root = ROOTS[name]
    trainer_class = importlib.import_module(root).Trainer
    original = trainer_class.fit
    if hasattr(original, MARK):
        return

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        model = args[0] if args else kwargs.get("model")
        with session.train(name, type(model).__name__) as training:
            ours = None
            if training is not None:
                with guarded("a training with Lightning"):
                    ours = classes(root).TrialbookCallback(training.run, every=training.options.every)
                    self.callbacks.append(ours)
            try:
                return original(self, *args, **kwargs)
            finally:
                if ours is not None and ours in self.callbacks:
                    self.callbacks.remove(ours)

    setattr(fit, MARK, True)
    trainer_class.fit = fit
