"""A trainer that calls callbacks and loggers in the documented order."""

from __future__ import annotations

from typing import Any

from lightning.pytorch import callbacks as callbacks
from lightning.pytorch import loggers as loggers


class Trainer:
    """Two epochs of three batches."""

    def __init__(self, *, max_epochs: int = 2, logger: Any = None, callbacks: list[Any] | None = None) -> None:
        self.max_epochs, self.max_steps, self.precision = max_epochs, -1, "32-true"
        self.callbacks = list(callbacks or [])
        self.logger = logger
        self.log_every_n_steps = 1
        self.is_global_zero, self.sanity_checking = True, True
        self.global_step = self.current_epoch = 0
        self.callback_metrics: dict[str, Any] = {"val_loss": 9.0}
        self.logged_metrics: dict[str, Any] = {}

    def _call(self, hook: str, *args: Any) -> None:
        for one in self.callbacks:
            getattr(one, hook)(self, *args)

    def fit(self, model: Any, train_dataloaders: Any = None) -> None:
        if self.logger is not None:
            self.logger.log_hyperparams(model.hparams)
        self._call("on_fit_start", model)
        self._call("on_validation_epoch_end", model)
        self.sanity_checking = False
        for epoch in range(self.max_epochs):
            self.current_epoch = epoch
            for batch in range(3):
                loss = model.training_step(batch)
                self.global_step += 1
                self.logged_metrics = {"train_loss_step": loss}
                self._call("on_train_batch_end", model, loss, batch, batch)
                if self.logger is not None:
                    self.logger.log_metrics(self.logged_metrics, step=self.global_step)
            self.callback_metrics = {"val_loss": 1.0 / (epoch + 1)}
            self._call("on_validation_epoch_end", model)
            self._call("on_train_epoch_end", model)
        if self.logger is not None:
            self.logger.save()
            self.logger.finalize("success")
