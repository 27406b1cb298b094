"""The base class of callbacks, and what they are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class TrainerState:
    global_step: int = 0
    is_world_process_zero: bool = True


class TrainerCallback:
    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None: ...

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None: ...

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None: ...

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None: ...
