"""A trainer that calls callbacks in the documented order."""

from __future__ import annotations

from typing import Any

from transformers.trainer_callback import TrainerState


class Trainer:
    def __init__(self, model: Any, args: Any, callbacks: list[Any] | None = None) -> None:
        self.model, self.args, self.state = model, args, TrainerState()
        self.callbacks = list(callbacks or [])

    def add_callback(self, callback: Any) -> None:
        self.callbacks.append(callback)

    def remove_callback(self, callback: Any) -> None:
        self.callbacks.remove(callback)

    def _call(self, event: str, **kwargs: Any) -> None:
        for one in self.callbacks:
            getattr(one, event)(self.args, self.state, None, model=self.model, **kwargs)

    def train(self) -> str:
        self._call("on_train_begin")
        for step in (10, 20):
            self.state.global_step = step
            self._call("on_log", logs={"loss": 1.0 / step, "learning_rate": 1e-4, "epoch": step / 20})
            self._call("on_log", logs={"eval_loss": 2.0 / step})
            self._call("on_save")
        self._call("on_log", logs={"train_runtime": 3.0, "train_loss": 0.05})
        self._call("on_train_end")
        return "trained"
