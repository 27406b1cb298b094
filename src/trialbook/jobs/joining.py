"""What a batch transform does with records around the model: filter what goes in, join it with what comes out.

::

    record ── InputFilter ── model ── join with the record (JoinSource Input) ── OutputFilter ── output

CSV rows are lists of texts, joined by appending; JSON objects get the answer as `SageMakerOutput`, other JSON becomes
`{"SageMakerInput": ..., "SageMakerOutput": ...}`.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialbook.jobs.failure import JobFailure
from trialbook.jobs.json_paths import JsonPath, PathError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.model import Document

_CSV = "text/csv"
_JSON = frozenset({"application/json", "application/jsonlines"})
_ROOT = "$"


@dataclass(frozen=True, slots=True)
class Processing:
    """A transform job's DataProcessing."""

    content_type: str
    taken: JsonPath
    given: JsonPath
    joins: bool

    @classmethod
    def of(cls, doc: Document) -> Processing:
        """Read a job's. Raises `JobFailure` for what it cannot do."""
        told = doc.get("DataProcessing", {})
        kind = _kind(doc["TransformInput"].get("ContentType", ""))
        taken, given = (
            JsonPath.read(told.get(member, _ROOT), f"DataProcessing.{member}")
            for member in ("InputFilter", "OutputFilter")
        )
        found = cls(kind, taken, given, told.get("JoinSource", "None") == "Input")
        if found.acts and kind != _CSV and kind not in _JSON:
            raise JobFailure(
                f"ClientError: DataProcessing takes text/csv, application/json and application/jsonlines, and the "
                f"input's ContentType is '{kind or 'not given'}'."
            )
        return found

    @property
    def acts(self) -> bool:
        """Whether it does anything."""
        return self.joins or not self.taken.is_whole or not self.given.is_whole

    def before(self, record: bytes, what: str) -> bytes:
        """Give what the model gets of a record."""
        if self.taken.is_whole:
            return record
        try:
            return _write(self.taken.find(_read(record, self.content_type)), self.content_type)
        except (PathError, ValueError) as error:
            raise JobFailure(f"ClientError: InputFilter cannot be applied to {what}: {error}.") from None

    def after(self, records: Sequence[bytes], answer: bytes, content_type: str, what: str) -> list[bytes]:
        """Give the output of a payload's records."""
        if not self.joins and self.given.is_whole:
            return [answer]
        kind = _kind(content_type)
        if kind != _CSV and kind not in _JSON:
            raise JobFailure(
                f"ClientError: the model answered with the type '{kind}': JoinSource and OutputFilter need text/csv, "
                "application/json or application/jsonlines (TransformOutput.Accept)."
            )
        try:
            answers = _parts(answer, kind, len(records))
        except ValueError as error:
            raise JobFailure(f"ClientError: the model's answer to {what} cannot be read: {error}.") from None
        if len(answers) != len(records):
            raise JobFailure(
                f"ClientError: the model answered {len(answers)} records to the {len(records)} of {what}: to join them "
                "it must answer one a record. Use BatchStrategy SingleRecord if it cannot."
            )
        try:
            return [self._output(record, one, kind) for record, one in zip(records, answers, strict=True)]
        except (PathError, ValueError) as error:
            raise JobFailure(f"ClientError: OutputFilter cannot be applied to {what}: {error}.") from None

    def _output(self, record: bytes, answer: Any, kind: str) -> bytes:
        whole = _join(_read(record, self.content_type), answer) if self.joins else answer
        return _write(self.given.find(whole), kind)


def _join(record: Any, answer: Any) -> Any:
    if isinstance(record, dict):
        return {**record, "SageMakerOutput": answer}
    if isinstance(record, list) and isinstance(answer, list):
        return [*record, *answer]
    return {"SageMakerInput": record, "SageMakerOutput": answer}


def _parts(answer: bytes, kind: str, count: int) -> list[Any]:
    """Give the answers to the records of one payload."""
    text = answer.decode("utf-8").strip("\r\n")
    if kind == _CSV:
        return [list(row) for row in csv.reader(io.StringIO(text)) if row]
    try:
        whole = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if count == 1:
        return [whole]
    if isinstance(whole, dict) and len(whole) == 1:
        (whole,) = whole.values()
    return whole if isinstance(whole, list) else [whole]


def _read(record: bytes, kind: str) -> Any:
    text = record.decode("utf-8")
    if kind == _CSV:
        return next(csv.reader([text]), [])
    return json.loads(text)


def _write(value: Any, kind: str) -> bytes:
    if kind != _CSV:
        return json.dumps(value, separators=(",", ":")).encode()
    row = value if isinstance(value, list) else [value]
    target = io.StringIO()
    csv.writer(target, lineterminator="").writerow([one if isinstance(one, str) else json.dumps(one) for one in row])
    return target.getvalue().encode()


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
