"""What XGBoost and LightGBM share: their `train` and `cv` take callbacks, and ours is put into every call.

The functions are replaced where the library and its scikit-learn classes find them; the callback is the library's own
kind and does the logging.
"""

from __future__ import annotations

import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any

from trialbook.sdk.autolog.session import guarded, plain, session, shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trialbook.sdk.autolog.session import Training

MARK = "__trialbook__"


def replace(function: str, modules: tuple[str, ...], wrap: Callable[[Any], Any]) -> None:
    """Put a wrapped function in the place of the one that several modules hold, once."""
    first = sys.modules[modules[0]]
    original = getattr(first, function)
    if hasattr(original, MARK):
        return
    wrapped = wrap(original)
    setattr(wrapped, MARK, True)
    for name in modules:
        module = sys.modules.get(name)
        if module is not None and getattr(module, function, None) is original:
            setattr(module, function, wrapped)


def with_callback(
    original: Callable[..., Any],
    library: str,
    make: Callable[[Training], Any],
    after: Callable[[Training, Any], None] | None = None,
) -> Callable[..., Any]:
    """Give a function that adds a callback to its `callbacks`, and logs parameters and shapes before.

    Parameters
    ----------
    make
        Makes the callback.
    after
        Logs what was trained.
    """
    signature = inspect.signature(original)

    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        around = session.training
        with session.train(library, original.__name__) as own:
            training = own or (around if session.options(library) is not None else None)
            given = kwargs
            positional = args
            if training is not None:
                with guarded(f"a training with {library}"):
                    bound = signature.bind(*args, **kwargs)
                    if own is not None:
                        _log_arguments(training, bound.arguments)
                    bound.arguments["callbacks"] = [*(bound.arguments.get("callbacks") or []), make(training)]
                    positional, given = bound.args, bound.kwargs
            trained = original(*positional, **given)
            if training is not None and after is not None:
                with guarded(f"what {library} trained"):
                    after(training, trained)
        return trained

    return wrapped


def _log_arguments(training: Training, arguments: Mapping[str, Any]) -> None:
    parameters = dict(arguments.get("params") or {})
    for name in ("num_boost_round", "early_stopping_rounds", "nfold"):
        if arguments.get(name) is not None:
            parameters[name] = arguments[name]
    data = arguments.get("dtrain", arguments.get("train_set"))
    training.run.log_parameters({**plain(parameters), **_data_shape(data)})


def _data_shape(data: Any) -> dict[str, object]:
    if hasattr(data, "num_row"):
        return {"data/train/rows": data.num_row(), "data/train/columns": data.num_col()}
    raw = getattr(data, "data", None)
    return shapes(train=raw) if raw is not None and not isinstance(raw, str) else {}
