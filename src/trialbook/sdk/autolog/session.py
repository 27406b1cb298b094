"""What autologging shares: which libraries are on, the run of a training, and the guard around everything it does.

A training that is part of another (an estimator in a pipeline, the booster in `XGBClassifier.fit`) logs to the outer
one's run; the outer one alone begins and ends it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.sdk.run import Run, current_run
from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LONGEST_VALUE = 500
MOST_FEATURES = 1000


@dataclass(frozen=True, slots=True)
class Options:
    """See `autolog`."""

    experiment: str | None = None
    log_models: bool = False
    log_importance: bool = True
    most_nested: int = 100
    every: int = 1


class Session:
    """Which libraries log themselves, and how, and which trainings go on."""

    def __init__(self) -> None:
        self._on: dict[str, Options] = {}
        self._local = threading.local()
        self._going: set[int] = set()  # of threads

    def switch_on(self, names: Sequence[str], options: Options) -> None:
        """Let libraries log."""
        self._on.update(dict.fromkeys(names, options))

    def switch_off(self, names: Sequence[str]) -> None:
        """Let libraries no longer log."""
        for name in names:
            self._on.pop(name, None)

    def options(self, name: str) -> Options | None:
        """Give a library's options; None while it is off."""
        return self._on.get(name)

    @property
    def training(self) -> Training | None:
        """The outermost training that is going on in this thread."""
        found: Training | None = getattr(self._local, "training", None)
        return found

    @contextlib.contextmanager
    def within(self, training: Training) -> Iterator[None]:
        """Be a given training for the block, so that inner ones log to it or not at all."""
        before, self._local.training = self.training, training
        try:
            yield
        finally:
            self._local.training = before

    def _in_pool_of_another(self) -> bool:
        """Say whether this is a thread of a pool while a training goes on: joblib fits parts of one so."""
        pooled = type(threading.current_thread()).__name__ == "DummyProcess"
        return pooled and bool(self._going)

    @contextlib.contextmanager
    def train(self, name: str, label: str) -> Iterator[Training | None]:
        """Be a training for the block: gives it when it is the outermost one, None for inner ones and while off.

        Parameters
        ----------
        name
            The library.
        label
            Of the run, if one is made.
        """
        options = self.options(name)
        if options is None or self.training is not None or self._in_pool_of_another():
            yield None
            return
        training = Training.begin(name, label, options)
        self._local.training = training
        self._going.add(threading.get_ident())
        error: BaseException | None = None
        try:
            yield training
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._local.training = None
            self._going.discard(threading.get_ident())
            if training is not None:
                training.end(error)


class Training:
    """A training that logs itself: its run, made for it or the one around."""

    def __init__(self, run: Run, options: Options, *, own: bool) -> None:
        self.run = run
        self.options = options
        self.own = own

    @classmethod
    def begin(cls, name: str, label: str, options: Options) -> Training | None:
        """Take the run around, or make one; None, with a warning, when none can be made."""
        begun: list[Training] = []
        with guarded(f"the beginning of a training with {name}"):
            run = current_run()
            own = run is None
            if run is None:
                run = Run(options.experiment or experiment_name(), tags={"autolog": name, "estimator": label})
            begun.append(cls(run, options, own=own))
        return begun[0] if begun else None

    def end(self, error: BaseException | None) -> None:
        """End a run that was made for the training."""
        if not self.own:
            return
        with guarded("the end of a training"):
            if error is None:
                self.run.finish()
            else:
                state = "Stopped" if isinstance(error, KeyboardInterrupt) else "Failed"
                self.run.finish(state, f"{type(error).__name__}: {error}")


def chosen_run(run: Run | None) -> Run:
    """Give the run, or that of the `with` block around. Raises ValueError when there is neither."""
    found = run or current_run()
    if found is None:
        message = "There is no run to log to: give one, or train within `with Run(...)`."
        raise ValueError(message)
    return found


@contextlib.contextmanager
def guarded(what: str) -> Iterator[None]:
    """Turn whatever goes wrong into one warning: a training never feels its logging."""
    try:
        yield
    except Exception as error:  # noqa: BLE001
        warn_once(f"autolog {what}", f"Trialbook did not log {what}: {type(error).__name__}: {error}.")


def experiment_name() -> str:
    """Give TRIALBOOK_EXPERIMENT, else the script's name, else `autolog`."""
    named = os.environ.get("TRIALBOOK_EXPERIMENT")
    if named:
        return named
    script = Path(getattr(sys.modules.get("__main__"), "__file__", None) or "").stem
    return "autolog" if script in {"", "__main__", "ipykernel_launcher"} else script


def plain(parameters: Mapping[str, object]) -> dict[str, object]:
    """Give parameters that can be kept: numbers and texts as they are, others in words, too long ones cut."""
    return {str(name): _plain(value) for name, value in parameters.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, bool | int | float | str):
        return value[:LONGEST_VALUE] if isinstance(value, str) else value
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return value.item()
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return " ".join(repr(value).split())[:LONGEST_VALUE]


def shape(data: object) -> tuple[int, ...] | None:
    """Give the shape of an array, frame or list; None for what has none."""
    found = getattr(data, "shape", None)
    if isinstance(found, tuple):
        return tuple(int(one) for one in found)
    return (len(data),) if hasattr(data, "__len__") else None


def shapes(**data: object) -> dict[str, object]:
    """Give parameters `data/<name>/rows` and `data/<name>/columns`."""
    told: dict[str, object] = {}
    for name, one in data.items():
        found = shape(one)
        if found:
            told[f"data/{name}/rows"] = found[0]
        if found and len(found) > 1:
            told[f"data/{name}/columns"] = found[1]
    return told


def keep_importance(run: Run, names: Sequence[str], values: Sequence[float], title: str = "feature importance") -> None:
    """Keep importances of features as a table, the largest first."""
    pairs = sorted(zip(names, values, strict=True), key=lambda pair: -abs(float(pair[1])))[:MOST_FEATURES]
    if pairs:
        features, sizes = [str(name) for name, _ in pairs], [float(value) for _, value in pairs]
        run.log_table(title, {"feature": features, "importance": sizes})


session = Session()
