"""The serving side that the algorithms with JSON requests share: rows in, one dictionary of fields a row out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialbook.algorithms import examples, requests
from trialbook.algorithms.answers import JSON, JSONLINES, RECORDIO, Answer, accepted, encode_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ANSWERS = (JSON, JSONLINES, RECORDIO)


@dataclass(frozen=True)
class RowPredictor:
    """A model behind POST /invocations.

    Attributes
    ----------
    predict
        Gives the fields of each row of a matrix (dense float32 or CSR), and is told whether `verbose=true` was asked.
    width
        Features of a row.
    fields
        Their order in CSV.
    served
        Types of answers, the default first.
    name
        What the list of answers is called in JSON.
    csv
        Whether requests may be CSV.
    """

    predict: Callable[[Any, bool], list[dict[str, Any]]]
    width: int
    fields: tuple[str, ...]
    environment: Mapping[str, str]
    served: tuple[str, ...] = ANSWERS
    name: str = "predictions"
    csv: bool = True

    def respond(self, body: bytes, content_type: str | None, accept: str | None) -> Answer:
        """Answer a request.

        Raises
        ------
        RequestError
            When the request is not one that the model can answer.
        """
        default = self.environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or self.served[0]
        kind, parameters = accepted(accept, self.served, default)
        verbose = "verbose=true" in parameters.replace(" ", "").lower()
        x = examples.features(requests.rows(body, content_type, csv=self.csv).x, self.width)
        return encode_fields(self.predict(x, verbose), kind, self.fields, name=self.name)
