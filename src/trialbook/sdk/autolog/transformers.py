"""Hugging Face Transformers, through `TrainerCallback`.

`TrialbookCallback` works by itself too: `Trainer(..., callbacks=[TrialbookCallback(run)])`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from transformers.trainer import Trainer
from transformers.trainer_callback import TrainerCallback

from trialbook.sdk.autolog.session import chosen_run, guarded, plain, session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.sdk.run import Run

MARK = "__trialbook__"
_SUMMARY = ("train_runtime", "train_samples_per_second", "train_steps_per_second", "train_loss", "total_flos")


class TrialbookCallback(TrainerCallback):  # type: ignore[misc]
    """Logs the arguments, the model's configuration, and all that the trainer logs; only in the first process.

    Parameters
    ----------
    run
        Where to; by default the run of the `with` block around.
    """

    def __init__(self, run: Run | None = None) -> None:
        super().__init__()
        self.run = chosen_run(run)

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        """Log the arguments and the model's configuration (as `model/...`)."""
        del control, kwargs
        if not state.is_world_process_zero:
            return
        with guarded("the arguments of a Transformers training"):
            told = plain(args.to_sanitized_dict() if hasattr(args, "to_sanitized_dict") else args.to_dict())
            config = getattr(model, "config", None)
            if config is not None:
                found = config.to_dict() if hasattr(config, "to_dict") else dict(config)
                told |= {f"model/{name}": value for name, value in plain(found).items()}
            if hasattr(model, "num_parameters"):
                told["model/parameters"] = model.num_parameters()
            self.run.log_parameters(told)

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        """Log numbers at the trainer's step: `eval_loss` as `eval/loss`, `loss` as `train/loss`."""
        del args, control, kwargs
        if not state.is_world_process_zero:
            return
        with guarded("a log of Transformers"):
            for name, value in (logs or {}).items():
                if isinstance(value, int | float):
                    self.run.log_metric(series_name(name), float(value), step=state.global_step)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Log where the checkpoints lie."""
        del control, kwargs
        if state.is_world_process_zero:
            self.run.log_artifact("checkpoints", str(args.output_dir))


def series_name(name: str) -> str:
    """Give the name of a series for what the trainer logs: its part, a slash, the rest."""
    if name in _SUMMARY:
        return f"summary/{name.removeprefix('train_')}"
    for part in ("eval", "test", "train"):
        if name.startswith(f"{part}_"):
            return f"{part}/{name[len(part) + 1 :]}"
    return name if name == "epoch" else f"train/{name}"


def patch(name: str) -> None:
    """Give the callback to every `Trainer.train`."""
    original = Trainer.train
    if hasattr(original, MARK):
        return

    @functools.wraps(original)
    def train(self: Any, *args: Any, **kwargs: Any) -> Any:
        with session.train(name, type(getattr(self, "model", self)).__name__) as training:
            ours = None
            if training is not None:
                with guarded("a training with Transformers"):
                    ours = TrialbookCallback(training.run)
                    self.add_callback(ours)
            try:
                return original(self, *args, **kwargs)
            finally:
                if ours is not None:
                    with guarded("the end of a training with Transformers"):
                        self.remove_callback(ours)

    setattr(train, MARK, True)
    Trainer.train = train
