"""The program of Clarify's processing jobs: `python -m trialbook.jobs.analysis_program`.

It finds everything by the file that TRIALBOOK_ANALYSIS names (`jobs.analysis` writes it), prints what it does with how
far it is, and says why it failed in `/opt/ml/output/failure`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialbook.algorithms.program import loaded
from trialbook.clarify.analysis import run_analysis
from trialbook.clarify.config import load_config
from trialbook.clarify.dataset import read_dataset
from trialbook.clarify.endpoint import EndpointModel
from trialbook.clarify.series import EndpointForecaster
from trialbook.errors import PredictionError, TrialbookError
from trialbook.jobs.analysis import VARIABLE
from trialbook.jobs.analysis_loaded import LoadedModel
from trialbook.jobs.analysis_model import ServedModel, invoke
from trialbook.jobs.analysis_objects import Fetched
from trialbook.jobs.namespace import ML

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from trialbook.clarify.endpoint import Send
    from trialbook.clarify.predicting import Predict

PERIOD = 2.0
"""Seconds between two lines of progress of the same part."""


class Told:
    """Lines of progress: when a part begins, when it ends, and every two seconds meanwhile."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._part = ""
        self._began = self._due = 0.0

    def __call__(self, part: str, done: int, total: int) -> None:
        """Say that `done` of `total` is done of a part."""
        now = self._clock()
        if part != self._part:
            self._part, self._began, self._due = part, now, now
        if now < self._due and done < total:
            return
        self._due = now + PERIOD
        share = f" ({done / total:.0%})" if total else ""
        print(f"{part}: {done:,} of {total:,}{share}, {now - self._began:.1f} s", flush=True)


def main(environment: Mapping[str, str]) -> int:
    """Run the analysis; gives the exit code."""
    logging.basicConfig(format="%(levelname)s:%(name)s: %(message)s", stream=sys.stdout)
    logging.getLogger("trialbook").setLevel(logging.INFO)
    told = json.loads(Path(environment[VARIABLE]).read_text())
    try:
        _analyse(told)
    except TrialbookError as error:
        kind = "AlgorithmError" if isinstance(error, PredictionError) else "ClientError"
        return _failed(told, f"{kind}: {error}")
    except Exception as error:  # noqa: BLE001 (the one place where a fault becomes an exit code)
        traceback.print_exc()
        return _failed(told, f"InternalServerError: {type(error).__name__}: {error}")
    return 0


def _analyse(told: dict[str, Any]) -> None:
    config = load_config(told["config"])
    with Fetched() as fetched:
        place = told["data"] or fetched(config["dataset_uri"])
        dataset = read_dataset(config, place, fetched)
        settings = config.get("predictor", {})
        with _asked(told, settings) as send:
            model = None if send is None else _model(send, settings, dataset.features)
            output = _seen(Path(told["output"]), Path(told["ml"]))
            run_analysis(config, dataset, model, output, name=told["name"], progress=Told(), fetch=fetched)


@contextlib.contextmanager
def _asked(told: dict[str, Any], settings: Mapping[str, Any]) -> Iterator[Send | None]:
    """Give what takes requests: the model loaded here, its own server, or an endpoint; None when there is no model."""
    if "model" not in told:
        yield invoke(told["endpoint"], settings) if "endpoint" in told else None
    elif told["model"]["algorithm"] is not None:
        yield LoadedModel(partial(loaded, told["model"]["algorithm"], told["model"]["env"]))
    else:
        with contextlib.closing(ServedModel(told["model"]["argv"], told["model"]["env"])) as served:
            yield served


def _seen(path: Path, ml: Path) -> Path:
    """Give a path below /opt/ml as users know it, where this program has an /opt/ml of its own."""
    known = Path(ML) / path.relative_to(ml)
    return known if known.exists() and known.samefile(path) else path


def _model(send: Send, settings: Mapping[str, Any], features: tuple[str, ...]) -> Predict:
    if "time_series_predictor_config" in settings:
        return EndpointForecaster(send, settings)
    return EndpointModel(send, settings, features)


def _failed(told: dict[str, Any], reason: str) -> int:
    print(f"ERROR: {reason}", flush=True)
    path = Path(told["failure"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(reason, encoding="utf-8")
    return 1


if __name__ == "__main__":
    sys.exit(main(os.environ))
