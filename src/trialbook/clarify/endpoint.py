"""A model behind an endpoint as a predict function: rows become a request, the answer becomes predictions.

How bytes get there is somebody else's: `send` takes a body and gives the answer's body, over HTTP or within the
process.
"""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from trialbook.clarify.columns import Array, is_missing
from trialbook.clarify.schema import ACCEPT_TYPES
from trialbook.errors import PredictionError

Send = Callable[[bytes, str, str], bytes]
TIMEOUT_SECONDS = 60.0
# SageMaker's endpoints take at most 6 MB a request.
MOST_BYTES = 5_000_000


class EndpointModel:
    """Predicts through requests in the formats of `predictor` of the analysis configuration.

    Parameters
    ----------
    send
        Takes body, content type and accept type; gives the answer's body, or raises.
    predictor
        The member of the configuration: content_type, accept_type, templates, label, probability.
    features
        Names of the features, for templates.
    """

    def __init__(self, send: Send, predictor: Mapping[str, Any], features: Sequence[str]) -> None:
        self._send = send
        self._predictor = predictor
        self._features = list(features)
        self.content = predictor.get("content_type", "text/csv")
        self.accept = predictor.get("accept_type", self.content if self.content in ACCEPT_TYPES else "text/csv")

    def __call__(self, rows: Array) -> Array:
        """Predict (n, features) or pictures (n, height, width, channels).

        Gives (n,) labels or scores, or (n, outputs) probabilities.

        Raises
        ------
        PredictionError
            If the endpoint fails or its answer cannot be read; names the rows.
        """
        answers: list[Any] = []
        for start, stop, body in self._requests(rows):
            try:
                answers += self._read(self._send(body, self.content, self.accept))
            except (ValueError, LookupError, OSError, TypeError) as error:
                message = f"the endpoint's answer cannot be used: {error}"
                raise PredictionError(message, (start, stop)) from error
        return _array(answers)

    def _requests(self, rows: Array) -> list[tuple[int, int, bytes]]:
        if rows.ndim > 2:
            from trialbook.clarify.pictures import picture_bytes

            return [(at, at + 1, picture_bytes(picture, self.content)) for at, picture in enumerate(rows)]
        plain = self.content == "text/csv" and rows.dtype.kind in "fiu" and rows.shape[1] > 1
        records = _csv_lines(rows) if plain else [self._record(row) for row in rows.tolist()]
        single = self.content == "application/json" and "$records" not in self._predictor.get("content_template", "")
        requests, start, size = [], 0, 0
        for place, record in enumerate(records):
            if place > start and (single or size + len(record) > MOST_BYTES):
                requests.append((start, place, self._body(records[start:place])))
                start, size = place, 0
            size += len(record) + 1
        if records:
            requests.append((start, len(records), self._body(records[start:])))
        return requests

    def _record(self, row: Sequence[Any]) -> str:
        values = [_cell(value) for value in row]
        if self.content == "text/csv":
            line = io.StringIO()
            csv.writer(line, lineterminator="").writerow(["" if value is None else value for value in values])
            return line.getvalue()
        template = self._predictor.get("record_template")
        if template is None:
            content = self._predictor.get("content_template", "")
            whole = self.content == "application/jsonlines" and content and "$record" not in content
            template = content if whole else "$features"
        return _filled(template, self._features, values)

    def _body(self, records: Sequence[str]) -> bytes:
        template = self._predictor.get("content_template", "")
        if self.content == "application/json":
            body = str(template).replace("$records", f"[{','.join(records)}]").replace("$record", records[0])
            return body.replace("$features", records[0]).encode()
        if self.content == "application/jsonlines" and "$record" in template:
            records = [template.replace("$record", record) for record in records]
        return "\n".join(records).encode()

    def _read(self, body: bytes) -> list[Any]:
        place = self._predictor.get("probability", self._predictor.get("label"))
        text = body.decode()
        if self.accept == "text/csv":
            numbers = _numbers(text) if place is None else None
            if numbers is not None:
                return numbers
            lines = [line for line in csv.reader(io.StringIO(text)) if line]
            if len(lines) == 1 and len(lines[0]) > 1 and place is None:
                lines = [[cell] for cell in lines[0]]
            return [_parsed(line[int(place or 0)]) if place is not None or len(line) == 1 else line for line in lines]
        import jmespath

        if self.accept == "application/jsonlines":
            documents = [json.loads(line) for line in text.splitlines() if line.strip()]
            return [_one(document if place is None else jmespath.search(place, document)) for document in documents]
        document = json.loads(text)
        found = document if place is None else jmespath.search(place, document)
        if found is None:
            message = f"{place!r} finds nothing in {text[:80]!r}"
            raise ValueError(message)
        return [_one(one) for one in found] if isinstance(found, list) else [found]


def http_sender(
    url: str, headers: Mapping[str, str] | None = None, timeout: float = TIMEOUT_SECONDS, name: str = ""
) -> Send:
    """Give a `send` that posts to a URL, such as `http://127.0.0.1:8080/invocations`; errors call it by its name."""

    def send(body: bytes, content: str, accept: str) -> bytes:
        request = urllib.request.Request(url, body, {"Content-Type": content, "Accept": accept, **(headers or {})})  # noqa: S310 (the user's own URL)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise refused(name or url, error.code, error.read()) from error

    return send


def refused(name: str, status: int, body: bytes) -> OSError:
    """Give the error for an answer that is no success: who answered, the status, and the answer's first words."""
    return OSError(f"{name} answered {status}: {body[:300].decode(errors='replace')}")


def _csv_lines(rows: Array) -> list[str]:
    """Write numbers as CSV, a line a row: each value of a column is put into words once, however often it comes."""
    columns = []
    for column in rows.T:
        values, places = np.unique(column, return_inverse=True)
        words = np.array([_word(value) for value in values.tolist()], dtype=object)
        columns.append(words[places].tolist())
    return list(map(",".join, zip(*columns, strict=True)))


def _word(value: float) -> str:
    cell = _cell(value)
    return "" if cell is None else repr(cell)


def _numbers(text: str) -> list[Any] | None:
    """Read an answer of one number a row, all on one line or each on its own; None when it is anything else."""
    lines = [line for line in text.splitlines() if line]
    try:
        return [float(cell) for cell in (lines[0].split(",") if len(lines) == 1 else lines)]
    except ValueError:
        return None


def _filled(template: str, names: Sequence[str], values: Sequence[Any]) -> str:
    filled = template.replace("$features_kvp", json.dumps(dict(zip(names, values, strict=True))))
    for name, value in zip(names, values, strict=True):
        filled = filled.replace(f'"${{{name}}}"', json.dumps(value)).replace(f"${{{name}}}", json.dumps(value))
    return filled.replace("$features", json.dumps(values))


def _cell(value: Any) -> Any:
    """Write whole floats as integers: encoded categories went through a float matrix."""
    if is_missing(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _one(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _parsed(cell: str) -> Any:
    """A cell of an answer: a number, a label, or a JSON list of probabilities."""
    text = cell.strip()
    if text.startswith("["):
        return _one(json.loads(text))
    try:
        return float(text)
    except ValueError:
        return text


def _array(answers: Sequence[Any]) -> Array:
    if any(isinstance(one, str) for one in answers):
        texts = np.empty(len(answers), dtype=object)
        texts[:] = [str(one) for one in answers]
        return texts
    return np.array([[float(v) for v in one] if isinstance(one, list) else float(one) for one in answers])
