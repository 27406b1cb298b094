"""Keras, through `keras.callbacks.Callback`.

`TrialbookCallback` works by itself too: `model.fit(..., callbacks=[TrialbookCallback(run)])`.
"""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras

from trialbook.sdk.autolog.session import chosen_run, guarded, plain, session, shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.sdk.run import Run

MARK = "__trialbook__"


class TrialbookCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Logs what every epoch measures, and before it the optimizer, the loss and the size of the model.

    Parameters
    ----------
    run
        Where to; by default the run of the `with` block around.
    every
        Log every so manyth epoch.
    log_model
        Whether the model is kept at the end, as `model.keras`.
    """

    def __init__(self, run: Run | None = None, *, every: int = 1, log_model: bool = False) -> None:
        super().__init__()
        self.run = chosen_run(run)
        self.every = every
        self.log_model = log_model

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Log what is trained, and how."""
        del logs
        with guarded("the parameters of a Keras model"):
            told: dict[str, object] = {name: self.params[name] for name in ("epochs", "steps") if name in self.params}
            optimizer = getattr(self.model, "optimizer", None)
            if optimizer is not None:
                told["optimizer"] = type(optimizer).__name__
                told |= {f"optimizer/{name}": value for name, value in plain(optimizer.get_config()).items()}
            told |= plain({"loss": getattr(self.model, "loss", None), "parameters": self.model.count_params()})
            self.run.log_parameters(told)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Log an epoch: `val_loss` of the validation as `val/loss`, the others as `train/loss`."""
        if epoch % self.every == 0:
            with guarded("an epoch of Keras"):
                for name, value in (logs or {}).items():
                    part, rest = ("val", name[4:]) if name.startswith("val_") else ("train", name)
                    self.run.log_metric(f"{part}/{rest}", float(value), step=epoch)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the model if asked."""
        del logs
        if self.log_model:
            with guarded("a Keras model"), tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.keras"
                self.model.save(path)
                self.run.log_file(path, "model")


def patch(name: str) -> None:
    """Give the callback to every `Model.fit`."""
    original = keras.Model.fit
    if hasattr(original, MARK):
        return

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        with session.train(name, getattr(self, "name", type(self).__name__)) as training:
            if training is not None:
                with guarded("a training with Keras"):
                    x, y = (args[0] if args else kwargs.get("x")), (args[1] if len(args) > 1 else kwargs.get("y"))
                    training.run.log_parameters({"batch_size": kwargs.get("batch_size") or 32, **shapes(x=x, y=y)})
                    options = training.options
                    ours = TrialbookCallback(training.run, every=options.every, log_model=options.log_models)
                    kwargs["callbacks"] = _with(kwargs.get("callbacks"), ours)
            return original(self, *args, **kwargs)

    setattr(fit, MARK, True)
    keras.Model.fit = fit


def _with(callbacks: Any, ours: TrialbookCallback) -> Any:
    """Add a callback to none, one, several, or a CallbackList."""
    if callbacks is None:
        return [ours]
    if hasattr(callbacks, "append") and not isinstance(callbacks, list):
        callbacks.append(ours)
        return callbacks
    return [*callbacks, ours] if isinstance(callbacks, list | tuple) else [callbacks, ours]
