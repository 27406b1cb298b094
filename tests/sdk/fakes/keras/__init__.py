"""The parts of Keras's documented interface that a callback meets."""

from __future__ import annotations

from typing import Any

from keras import callbacks as callbacks


class Adam:
    def get_config(self) -> dict[str, Any]:
        return {"name": "adam", "learning_rate": 0.001}


class Model:
    name = "net"
    optimizer = Adam()
    loss = "mse"

    def count_params(self) -> int:
        return 12

    def save(self, path: Any) -> None:
        path.write_bytes(b"weights")

    def fit(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, callbacks: Any = None
    ) -> None:
        if not isinstance(callbacks, CallbackList):
            callbacks = CallbackList(callbacks)
        for one in callbacks.all:
            one.set_model(self)
            one.set_params({"verbose": 1, "epochs": epochs, "steps": 4})
            one.on_train_begin()
        for epoch in range(epochs):
            for one in callbacks.all:
                one.on_epoch_begin(epoch)
                one.on_epoch_end(epoch, {"loss": 1.0 / (epoch + 1), "val_loss": 2.0 / (epoch + 1)})
        for one in callbacks.all:
            one.on_train_end({})


class CallbackList:
    def __init__(self, callbacks: Any = None) -> None:
        self.all = list(callbacks or [])

    def append(self, callback: Any) -> None:
        self.all.append(callback)
