"""The model that an analysis asks, loaded into the analysis itself: no second process, no HTTP.

Requests and answers are the bytes that the model's own server takes and gives, by the same function, so that the
reports are the same either way. It is done for built-in algorithms alone, and when the analysis runs on the versions of
Python and of their packages that the model is served with. What users bring (scripts, commands, packages, variables)
stays in a process of its own, where it can change nothing of the analysis.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trialbook.algorithms.failures import reason
from trialbook.algorithms.serving import answered
from trialbook.clarify.endpoint import refused
from trialbook.errors import PredictionError
from trialbook.jobs.analysis_model import NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trialbook.algorithms.serving import Predictor
    from trialbook.jobs.environments import Environments
    from trialbook.jobs.serving_recipe import Recipe


def why_served(recipe: Recipe, python: Path, environments: Environments) -> str | None:
    """Say why a model is not loaded into the analysis, which `python` runs; None when it is."""
    if recipe.algorithm is None:
        return "its container brings a script, a command, packages or variables"
    if recipe.python == python:
        return None
    ours, its = environments.versions(python), environments.versions(recipe.python)
    differing = [
        f"{name} {its.get(name, '(none)')} instead of {ours.get(name, '(none)')}"
        for name in sorted({*ours, *its})
        if ours.get(name) != its.get(name)
    ]
    return f"it runs on {', '.join(differing)}" if differing else None


class LoadedModel:
    """A built-in algorithm's model, loaded when it is first asked. Takes a body, content type and accept type.

    Parameters
    ----------
    load
        Loads it.
    """

    def __init__(self, load: Callable[[], Predictor]) -> None:
        self._load = load
        self._predictor: Predictor | None = None

    def __call__(self, body: bytes, content: str, accept: str) -> bytes:
        """Ask the model.

        Raises
        ------
        PredictionError
            It cannot be loaded; says why. Answers that are no success raise OSError.
        """
        if self._predictor is None:
            self._predictor = self._begin()
        answer = answered(self._predictor, body, content, accept, _tell)
        if answer.status >= 400:
            raise refused(NAME, answer.status, answer.body)
        return answer.body

    def _begin(self) -> Predictor:
        began = time.monotonic()
        try:
            predictor = self._load()
        except Exception as error:
            # Whatever its library raises on bad files is told as the model's own server tells it.
            raise PredictionError(f"the model cannot be loaded: {reason(error)}") from error
        print(f"the model is loaded, {time.monotonic() - began:.1f} s", flush=True)
        return predictor


def _tell(text: str) -> None:
    for line in text.splitlines():
        print(f"model: {line}", flush=True)
