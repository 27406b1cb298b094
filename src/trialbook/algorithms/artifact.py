"""The model file of the NumPy algorithms: `model_algo-1`, arrays in NumPy's .npz form and facts as JSON beside them.

Nothing in it is pickled, so a model from elsewhere can hold no code.
"""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms.failures import AlgorithmError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "model_algo-1"
_FACTS = "facts.json"


def save(folder: Path, algorithm: str, arrays: Mapping[str, Any], facts: Mapping[str, object]) -> Path:
    """Write a model, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{NAME}"
    text = json.dumps({"algorithm": algorithm, **facts})
    kept: dict[str, Any] = {**arrays, _FACTS: np.frombuffer(text.encode(), np.uint8)}
    with temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **kept)
    return temporary.replace(folder / NAME)


def load(folder: Path, algorithm: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a model's arrays and facts.

    Raises
    ------
    AlgorithmError
        When it is not there, or of another algorithm.
    """
    path = folder / NAME
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        facts = json.loads(arrays.pop(_FACTS).tobytes())
    except FileNotFoundError as error:
        message = f"The model's folder {folder} holds no {NAME}."
        raise AlgorithmError(message) from error
    except (KeyError, OSError, ValueError, zipfile.BadZipFile) as error:
        message = f"{path} is not a model of {algorithm}: {error}"
        raise AlgorithmError(message) from error
    if facts.get("algorithm") != algorithm:
        message = f"{path} is a model of {facts.get('algorithm')}, not of {algorithm}."
        raise AlgorithmError(message)
    return arrays, facts
