"""The serving program of XGBoost: what a request may hold, and the answers SageMaker's container gives.

Sources: the container's published serving code for the plain answers and for the contents that
SAGEMAKER_INFERENCE_OUTPUT selects.
"""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms.answers import Answer, accepted, encode_fields, encode_json
from trialbook.algorithms.boosting.matrices import matrix, version
from trialbook.algorithms.failures import AlgorithmError, RequestError
from trialbook.algorithms.formats import CSV, LIBSVM, RECORDIO, read
from trialbook.algorithms.requests import format_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from trialbook.algorithms.table import Table

_SERVED = {"text/csv": CSV, "text/libsvm": LIBSVM, "text/x-libsvm": LIBSVM, "application/x-recordio-protobuf": RECORDIO}
_PLAIN = ("text/csv", "application/json", "application/jsonlines")
_SELECTED = (*_PLAIN, "application/x-recordio-protobuf")
_SCORE = ("predicted_score",)
_RAW = ("predicted_label", "labels", "raw_score", "raw_scores")
_ALL = ("predicted_label", "labels", "probability", "probabilities", "raw_score", "raw_scores")
CONTENTS = {
    "reg:squarederror": _SCORE,
    "reg:logistic": _SCORE,
    "reg:gamma": _SCORE,
    "reg:tweedie": _SCORE,
    "binary:logistic": _ALL,
    "binary:logitraw": _RAW,
    "binary:hinge": _RAW,
    "multi:softmax": _RAW,
    "multi:softprob": _ALL,
}


class Predictor:
    """A loaded model.

    Parameters
    ----------
    boosters
        One, or several whose predictions are averaged.
    environment
        SAGEMAKER_INFERENCE_OUTPUT selects contents, SAGEMAKER_BATCH puts each prediction on its own CSV line.
    """

    def __init__(self, boosters: Sequence[Any], environment: Mapping[str, str]) -> None:
        self._boosters = boosters
        self._objective, self._classes = _objective(boosters[0])
        self._batch = environment.get("SAGEMAKER_BATCH", "").lower() in {"true", "1"}
        keys = environment.get("SAGEMAKER_INFERENCE_OUTPUT", "")
        self._selected = [key for key in keys.replace(" ", "").lower().split(",") if key]
        self._accept = environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or "text/csv"

    def respond(self, body: bytes, content_type: str | None, accept: str | None) -> Answer:
        """Predict the rows of a request.

        Raises
        ------
        RequestError
            When the request is not one that the model can answer.
        """
        kind = accepted(accept, _SELECTED if self._selected else _PLAIN, self._accept)[0]
        if not body.strip():
            return Answer(b"", kind, 204)
        predictions = self._predict(table_of(body, content_type))
        if self._selected:
            return encode_fields(self._contents(predictions), kind, self._selected, trailing=self._batch)
        if kind == "text/csv":
            rows = [str(value) for value in predictions.tolist()]
            csv = "\n".join(rows) + "\n" if self._batch else ",".join(rows)
            return Answer(csv.encode(), kind)
        return encode_json([{"score": value} for value in predictions.tolist()], kind)

    def _predict(self, table: Any) -> Any:
        width = _features(self._boosters[0])
        sparse = not isinstance(table.x, np.ndarray)
        if table.features > width or (table.features < width and not sparse):
            message = f"The request's rows have {table.features} features; the model was trained on {width}."
            if table.features == width + 1:
                message += " Send them without the label."
            raise RequestError(message)
        data = matrix(type(table)(table.x), width)
        made = [_run(booster, data) for booster in self._boosters]
        return made[0] if len(made) == 1 else np.mean(made, axis=0)

    def _contents(self, predictions: Any) -> list[dict[str, Any]]:
        valid = CONTENTS.get(self._objective)
        if valid is None:
            message = f'SAGEMAKER_INFERENCE_OUTPUT cannot select contents for the objective "{self._objective}".'
            raise RequestError(message)
        return [
            {key: self._content(key, row) if key in valid else float("nan") for key in self._selected}
            for row in predictions
        ]

    def _content(self, key: str, row: Any) -> Any:
        """Give one selected content of one prediction, with the names and meanings of SageMaker's container."""
        several = np.ndim(row) > 0 and np.size(row) > 1
        score = float(np.max(row))
        if key == "labels":
            return list(range(self._classes)) if self._objective.startswith("multi:") else [0, 1]
        if key == "predicted_label":
            if several:
                return int(np.argmax(row))
            if self._objective == "binary:logistic":
                return int(score > 0.5)
            return int(score > 0) if self._objective == "binary:logitraw" else score
        if key in {"probabilities", "raw_scores"}:
            return [float(value) for value in row] if several else [1 - score, score]
        return score


def load(folder: Path, environment: Mapping[str, str]) -> Predictor:
    """Load the model files of a folder; several make an ensemble unless SAGEMAKER_INFERENCE_ENSEMBLE is false.

    Raises
    ------
    AlgorithmError
        When there is none that xgboost reads.
    """
    version()
    paths = sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
    if not paths:
        message = f"The model's folder {folder} holds no file; xgboost's is xgboost-model."
        raise AlgorithmError(message)
    if environment.get("SAGEMAKER_INFERENCE_ENSEMBLE", "true").lower() == "false":
        paths = paths[:1]
    return Predictor([booster_of(path) for path in paths], environment)


def table_of(body: bytes, content_type: str | None) -> Table:
    """Read the rows of a request; a LIBSVM line may leave its label out, as SageMaker's container lets it.

    Raises
    ------
    RequestError
        When the type is not served.
    ClientError
        When the rows are not of their type.
    """
    form = format_of(content_type, _SERVED, default="text/csv")
    return read(_labelled(body) if form == LIBSVM else body, form, "the request", labels=False)


class _BoosterUnpickler(pickle.Unpickler):
    """Reads the pickles that SageMaker's containers before 1.3 wrote, and lets in nothing but a Booster."""

    def find_class(self, module: str, name: str) -> Any:
        import xgboost

        allowed = {("xgboost.core", "Booster"): xgboost.Booster, ("builtins", "bytearray"): bytearray}
        if (module, name) not in allowed:
            message = f"{module}.{name} is no part of a pickled Booster"
            raise pickle.UnpicklingError(message)
        return allowed[module, name]


def booster_of(path: Path) -> Any:
    """Load one model file, of any format that an xgboost wrote.

    Raises
    ------
    AlgorithmError
        When the installed xgboost does not read it.
    """
    import xgboost

    data = path.read_bytes()
    booster = xgboost.Booster()
    try:
        booster.load_model(bytearray(data))
    except xgboost.core.XGBoostError as error:
        try:
            booster = _BoosterUnpickler(io.BytesIO(data)).load()
        except (pickle.UnpicklingError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            text = str(error).partition("Stack trace")[0].strip()
            message = f"{path.name} is not a model that xgboost {xgboost.__version__} reads: {text}"
            raise AlgorithmError(message) from error
    # Requests come at the same time: one thread for each does more than all for one.
    booster.set_param({"nthread": 1})
    return booster


def _objective(booster: Any) -> tuple[str, int]:
    import json

    learner = json.loads(booster.save_config())["learner"]
    return str(learner["objective"]["name"]), int(learner["learner_model_param"].get("num_class", 0) or 0)


def _features(booster: Any) -> int:
    return int(booster.num_features())


def _run(booster: Any, data: Any) -> Any:
    best = getattr(booster, "best_iteration", None) if booster.attr("best_iteration") else None
    if best is None:
        return booster.predict(data, validate_features=False)
    return booster.predict(data, validate_features=False, iteration_range=(0, int(best) + 1))


def _labelled(body: bytes) -> bytes:
    """Give every LIBSVM line a label: a request's lines may open with `index:value`."""
    lines = (line for line in body.splitlines() if line.strip())
    return b"\n".join(line if b":" not in line.split()[0] else b"0 " + line for line in lines)
