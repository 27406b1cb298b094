"""What SageMaker's toolkits do for a function that a script leaves out, one class a framework.

=============  ===============================  ==============================  ===================================
framework      model_fn                         input_fn                        predict_fn
=============  ===============================  ==============================  ===================================
sklearn        joblib or pickle, if one file    array (float32 from text)       model.predict(data)
xgboost        xgboost-model, if there          DMatrix of CSV, LIBSVM, ...     model.predict(data)
pytorch        TorchScript `model.pt[h]`        tensor                          model(data) without gradients
huggingface    transformers pipeline (HF_TASK)  JSON {"inputs", "parameters"}   pipeline(inputs, **parameters)
=============  ===============================  ==============================  ===================================

`output_fn` is the same for all: JSON, CSV or .npy by the Accept header. The toolkits leave scikit-learn and XGBoost
without a `model_fn`; loading the one model file that lies there takes nothing from a script that has its own.
"""

from __future__ import annotations

import importlib
import json
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms.failures import AlgorithmError, RequestError
from trialbook.algorithms.scripts.payloads import TEXTS, decode, encode, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Framework:
    """The defaults that all share.

    Parameters
    ----------
    environment
        The serving process's variables.
    """

    name = "sklearn"

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    def model_fn(self, folder: str) -> Any:
        """Load the one model file of a folder."""
        from pathlib import Path

        suffixes = (".joblib", ".pkl", ".pickle")
        found = sorted(path for path in Path(folder).iterdir() if path.suffix in suffixes)
        if len(found) != 1:
            names = ", ".join(path.name for path in found) or "none"
            message = f"The script has no model_fn, and {folder} does not hold one .joblib or .pkl file ({names})."
            raise AlgorithmError(message)
        if found[0].suffix == ".joblib":
            return importlib.import_module("joblib").load(found[0])
        with found[0].open("rb") as file:
            return pickle.load(file)  # noqa: S301

    def input_fn(self, body: str | bytes, content_type: str) -> Any:
        """Make an array; numbers from text become float32, as in the toolkit."""
        array = decode(body, content_type)
        textual = kind_of(content_type) in TEXTS and getattr(array, "dtype", np.dtype(object)).kind in "fiub"
        return array.astype(np.float32) if textual else array

    def predict_fn(self, data: Any, model: Any) -> Any:
        """Ask the model."""
        return model.predict(data)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        """Write the prediction."""
        return encode(prediction, accept), kind_of(accept)


class XGBoost(Framework):
    """Defaults of the XGBoost toolkit."""

    name = "xgboost"

    def model_fn(self, folder: str) -> Any:
        """Load `xgboost-model`, else the one model file."""
        from pathlib import Path

        from trialbook.algorithms.boosting.prediction import booster_of

        path = Path(folder) / "xgboost-model"
        return booster_of(path) if path.is_file() else super().model_fn(folder)

    def input_fn(self, body: str | bytes, content_type: str) -> Any:
        """Make a DMatrix of CSV, LIBSVM or RecordIO-protobuf."""
        from trialbook.algorithms.boosting.matrices import matrix
        from trialbook.algorithms.boosting.prediction import table_of

        return matrix(table_of(body.encode() if isinstance(body, str) else body, content_type))

    def predict_fn(self, data: Any, model: Any) -> Any:
        """Ask the booster, or scikit-learn's face of it."""
        import xgboost

        if isinstance(data, xgboost.DMatrix) and not isinstance(model, xgboost.Booster):
            return model.get_booster().predict(data, validate_features=False)
        extra = {"validate_features": False} if isinstance(model, xgboost.Booster) else {}
        return model.predict(data, **extra)


class PyTorch(Framework):
    """Defaults of the PyTorch toolkit."""

    name = "pytorch"

    def _torch(self) -> Any:
        return importlib.import_module("torch")

    def _device(self) -> str:
        return "cuda" if self._torch().cuda.is_available() else "cpu"

    def model_fn(self, folder: str) -> Any:
        """Load the TorchScript model `model.pt` or `model.pth`."""
        from pathlib import Path

        found = [path for name in ("model.pt", "model.pth") if (path := Path(folder) / name).is_file()]
        if not found:
            message = f"The script has no model_fn, and {folder} holds no TorchScript file model.pt or model.pth."
            raise AlgorithmError(message)
        return self._torch().jit.load(str(found[0]), map_location=self._device()).eval()

    def input_fn(self, body: str | bytes, content_type: str) -> Any:
        """Make a tensor on the device."""
        return self._torch().from_numpy(np.asarray(super().input_fn(body, content_type))).to(self._device())

    def predict_fn(self, data: Any, model: Any) -> Any:
        """Call the model without gradients."""
        with self._torch().no_grad():
            return model(data)


class HuggingFace(Framework):
    """Defaults of the Hugging Face toolkit; HF_TASK names the pipeline's task."""

    name = "huggingface"

    def model_fn(self, folder: str) -> Any:
        """Make a pipeline of the folder's model."""
        task = self.environment.get("HF_TASK")
        return importlib.import_module("transformers").pipeline(task, model=folder, tokenizer=folder)

    def input_fn(self, body: str | bytes, content_type: str) -> Any:
        """Read JSON as it is, and a CSV column of texts as inputs."""
        if kind_of(content_type) == "text/csv":
            text = body if isinstance(body, str) else body.decode()
            return {"inputs": [line for line in text.splitlines()[1:] if line]}
        if kind_of(content_type) != "application/json":
            message = f"Content-type {content_type} not supported. Supported content-type is application/json, text/csv"
            raise RequestError(message, 415)
        try:
            return json.loads(body)
        except ValueError as error:
            message = f"The request's body is not JSON: {error}"
            raise RequestError(message) from error

    def predict_fn(self, data: Any, model: Any) -> Any:
        """Call the pipeline with `inputs`, and `parameters` by name."""
        inputs = data.get("inputs", data) if isinstance(data, dict) else data
        parameters = data.get("parameters") if isinstance(data, dict) else None
        return model(inputs, **(parameters or {}))


FRAMEWORKS = {kind.name: kind for kind in (Framework, XGBoost, PyTorch, HuggingFace)}


def framework_of(environment: Mapping[str, str], folder: Path) -> Framework:
    """Give the framework that TRIALBOOK_FRAMEWORK names; else the one whose model file lies in the folder."""
    name = environment.get("TRIALBOOK_FRAMEWORK", "")
    if not name:
        files = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        name = "xgboost" if "xgboost-model" in files else "pytorch" if files & {"model.pt", "model.pth"} else "sklearn"
    kind = FRAMEWORKS.get(name)
    if kind is None:
        message = f'TRIALBOOK_FRAMEWORK is "{name}"; known are {", ".join(FRAMEWORKS)}.'
        raise AlgorithmError(message)
    return kind(environment)
