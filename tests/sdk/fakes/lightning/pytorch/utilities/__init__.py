"""The decorator that only the first process obeys."""

from __future__ import annotations

import functools
from typing import Any


def rank_zero_only(function: Any) -> Any:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs) if rank_zero_only.rank == 0 else None  # type: ignore[attr-defined]

    return wrapped


rank_zero_only.rank = 0  # type: ignore[attr-defined]
