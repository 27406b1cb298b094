"""Finding a user's script, loading its model once, and calling its functions for each request.

A script's functions are called one request at a time: SageMaker's toolkits give each worker process one request, so
scripts are not written for threads.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import tarfile
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialbook.algorithms.answers import Answer
from trialbook.algorithms.container import DEFAULT_ROOT, ml_root, model_folder
from trialbook.algorithms.failures import AlgorithmError, ClientError, RequestError
from trialbook.algorithms.scripts import toolkits
from trialbook.algorithms.scripts.frameworks import framework_of
from trialbook.algorithms.scripts.payloads import TEXTS, encode, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

_HANDLERS = ("input_fn", "predict_fn", "output_fn")


class ScriptPredictor:
    """A script with its model.

    Parameters
    ----------
    script
        The user's module, None when there is none and the framework's defaults serve.
    framework
        Defaults for what the script leaves out.
    """

    def __init__(self, script: ModuleType | None, framework: Any, folder: Path, environment: Mapping[str, str]) -> None:
        self._calls = {name: _function(script, name) or getattr(framework, name) for name in ("model_fn", *_HANDLERS)}
        self._transform = _function(script, "transform_fn")
        mixed = [name for name in _HANDLERS if _function(script, name)]
        if self._transform is not None and mixed:
            message = (
                f"The script has transform_fn and {mixed[0]}: transform_fn takes the place of {', '.join(_HANDLERS)}."
            )
            raise ClientError(message)
        self._content_type = "application/json"
        self._accept = environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or "application/json"
        self._lock = threading.Lock()
        self._model = _call(self._calls["model_fn"], str(folder))

    def respond(self, body: bytes, content_type: str | None, accept: str | None) -> Answer:
        """Answer a request through the script."""
        content_type = content_type or self._content_type
        accept = self._accept if accept is None or kind_of(accept) in {"", "*/*"} else accept
        data: str | bytes = body
        if kind_of(content_type) in TEXTS:
            try:
                data = body.decode()
            except UnicodeDecodeError as error:
                message = f"The request's body is not UTF-8: {error}"
                raise RequestError(message) from error
        with self._lock:
            if self._transform is not None:
                return _answer(_call(self._transform, self._model, data, content_type, accept), accept)
            made = _call(self._calls["input_fn"], data, content_type)
            prediction = _call(self._calls["predict_fn"], made, self._model)
            return _answer(_call(self._calls["output_fn"], prediction, accept), accept)


def load(environment: Mapping[str, str]) -> ScriptPredictor:
    """Import the script that SAGEMAKER_PROGRAM names and load its model.

    The script lies in SAGEMAKER_SUBMIT_DIRECTORY (a folder, or a .tar.gz file), else in `model/code`.

    Raises
    ------
    ClientError
        When the script is not there, cannot be imported or its model_fn fails.
    """
    folder = model_folder(environment)
    script = _script(environment, folder)
    try:
        return ScriptPredictor(script, framework_of(environment, folder), folder, environment)
    except (ClientError, AlgorithmError):
        raise
    except Exception as error:
        message = f"model_fn failed: {type(error).__name__}: {error}"
        raise ClientError(message) from error


def _script(environment: Mapping[str, str], folder: Path) -> ModuleType | None:
    code = _code_folder(environment, folder)
    program = environment.get("SAGEMAKER_PROGRAM")
    if not program:
        program = "inference.py"
        if not (code / program).is_file():
            return None
    path = code / program
    if not path.is_file():
        have = ", ".join(sorted(found.name for found in code.glob("*.py"))) or "no .py file"
        message = f"SAGEMAKER_PROGRAM is {program}, which is not in {code} ({have})."
        raise ClientError(message)
    sys.path.insert(0, str(code))
    toolkits.install()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Pickled models look their classes up under the name that the script had.
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        message = f"{program} cannot be imported: {type(error).__name__}: {error}"
        raise ClientError(message) from error
    return module


def _code_folder(environment: Mapping[str, str], folder: Path) -> Path:
    given = environment.get("SAGEMAKER_SUBMIT_DIRECTORY", "").removeprefix("file://")
    if not given or "://" in given:
        return folder / "code"
    path = Path(given)
    if path.is_relative_to(DEFAULT_ROOT) and not path.exists():
        path = ml_root(environment) / path.relative_to(DEFAULT_ROOT)
    if path.is_file() and tarfile.is_tarfile(path):
        unpacked = Path(tempfile.mkdtemp(prefix="code-"))
        with tarfile.open(path) as archive:
            archive.extractall(unpacked, filter="data")
        return unpacked
    return path


def _function(script: ModuleType | None, name: str) -> Callable[..., Any] | None:
    found = getattr(script, name, None)
    return found if callable(found) else None


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a handler; the newer toolkits' last parameter, `context`, is None."""
    parameters = inspect.signature(function).parameters.values()
    required = [one for one in parameters if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD]
    return function(*arguments, None) if len(required) == len(arguments) + 1 else function(*arguments)


def _answer(made: Any, accept: str) -> Answer:
    """Turn what output_fn returned into a response: a body, a (body, type) pair, or the toolkits' Response."""
    kind = accept
    if hasattr(made, "response") and hasattr(made, "mimetype"):
        made, kind = made.response, made.mimetype
    elif isinstance(made, tuple) and len(made) == 2 and isinstance(made[1], str):
        made, kind = made
    if isinstance(made, list) and made and all(isinstance(part, (str, bytes)) for part in made) and len(made) == 1:
        made = made[0]
    if isinstance(made, str):
        return Answer(made.encode(), kind)
    if isinstance(made, (bytes, bytearray)):
        return Answer(bytes(made), kind)
    return Answer(encode(made, kind), kind_of(kind))
