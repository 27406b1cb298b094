"""Bytes of CSV, LIBSVM, Parquet and RecordIO-protobuf to rows of numbers.

Errors name the file, the row and what is wrong with it, for a job's owner sees nothing but that line.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import numpy as np

from trialbook.algorithms import recordio
from trialbook.algorithms.failures import AlgorithmError, ClientError
from trialbook.algorithms.table import Table, features_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CSV, LIBSVM, PARQUET, RECORDIO = "csv", "libsvm", "parquet", "recordio-protobuf"
_EMPTY_FIELDS = re.compile(rb"(?m)^[ \t]*(?=,)|(?<=,)[ \t]*(?=,|\r?$)")
_DELIMITERS = (",", "\t", ";", "|", " ")


def read(data: bytes, form: str, where: str, *, labels: bool = True, weights: bool = False) -> Table:
    """Read one file's or request's bytes.

    Raises
    ------
    ClientError
        Naming `where` and the row.
    """
    if form == CSV:
        return _split(_csv(data, where), where, labels=labels, weights=weights)
    if form == PARQUET:
        return _split(_parquet(data, where), where, labels=labels, weights=weights)
    if form == LIBSVM:
        return _libsvm(data, where)
    return from_records(list(recordio.read(data)), where)


def from_records(records: Sequence[recordio.Record], where: str) -> Table:
    """Make rows of RecordIO-protobuf records: dense when all are, sparse (CSR) otherwise."""
    tensors = [record.features.get("values") for record in records]
    missing = next((number for number, tensor in enumerate(tensors) if tensor is None), None)
    if missing is not None:
        message = f'Record {missing} of {where} has no feature tensor named "values".'
        raise ClientError(message)
    kept = [tensor for tensor in tensors if tensor is not None]
    labels = [record.label.get("values") for record in records]
    have = [label.values[0] for label in labels if label is not None and len(label.values)]
    if have and len(have) < len(records):
        message = f"{len(records) - len(have)} of {len(records)} records of {where} have no label."
        raise ClientError(message)
    return Table(features_of(kept, where), np.array(have, np.float32) if have else None)


def _split(values: NDArray[np.float32], where: str, *, labels: bool, weights: bool) -> Table:
    columns = int(labels) + int(labels and weights)
    if values.shape[1] <= columns:
        message = (
            f"{where} has {values.shape[1]} columns: a row is {'a label, ' * labels}{'a weight, ' * weights}features."
        )
        raise ClientError(message)
    y = values[:, 0] if labels else None
    if y is not None and np.isnan(y).any():
        message = f"Row {int(np.isnan(y).argmax()) + 1} of {where} has no label (its first column is empty)."
        raise ClientError(message)
    return Table(values[:, columns:], y, values[:, 1] if labels and weights else None)


def _csv(data: bytes, where: str) -> NDArray[np.float32]:
    """Read CSV without a header; an empty field is missing (NaN)."""
    data = data.lstrip(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    first = data.lstrip(b"\n").split(b"\n", 1)[0].decode("utf-8", "replace")
    delimiter = max(_DELIMITERS, key=first.count) if "," not in first else ","
    if delimiter == "," and (
        b",," in data or b",\n" in data or b"\n," in data or data[:1] == b"," or data[-1:] == b","
    ):
        data = _EMPTY_FIELDS.sub(b"nan", data)
    try:
        found = np.loadtxt(
            io.BytesIO(data), np.float32, delimiter=None if delimiter == " " else delimiter, ndmin=2, comments=None,
            quotechar='"', encoding="utf-8",
        )  # fmt: skip
    except (ValueError, UnicodeDecodeError) as error:
        raise ClientError(_csv_problem(str(error), first, where)) from error
    return found


def _csv_problem(error: str, first: str, where: str) -> str:
    """Say what numpy's error means to the owner of the file."""
    text = re.search(r"could not convert string '(.*)' to \w+ at row (\d+), column (\d+)", error)
    if text and (text[2], text[3]) == ("0", "1"):
        return (
            f'The first line of {where} is not numeric ("{first[:50]}"): CSV data has no header line,'
            " and text columns must be encoded as numbers."
        )
    if text:
        return (
            f'Row {int(text[2]) + 1}, column {text[3]} of {where} is "{text[1]}", not a number: encode text as numbers.'
        )
    ragged = re.search(r"columns changed from (\d+) to (\d+) at row (\d+)", error)
    if ragged:
        return f"Row {ragged[3]} of {where} has {ragged[2]} columns, the rows before it {ragged[1]}."
    return f"{where} is not CSV of numbers: {error.partition(';')[0]}"


def _parquet(data: bytes, where: str) -> NDArray[np.float32]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        message = "Parquet data needs the package pyarrow in the job's environment. Use text/csv, or add pyarrow."
        raise AlgorithmError(message) from error
    try:
        table = parquet.read_table(pa.BufferReader(data))
    except pa.ArrowInvalid as error:
        message = f"{where} is not a Parquet file: {error}"
        raise ClientError(message) from error
    columns = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        try:
            columns.append(np.asarray(column.cast(pa.float32()).to_numpy(), np.float32))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            message = f'Column "{name}" of {where} is {column.type}, not a number: encode text as numbers.'
            raise ClientError(message) from error
    return np.column_stack(columns) if columns else np.empty((0, 0), np.float32)


def _libsvm(data: bytes, where: str) -> Table:
    """Read `label[:weight] [qid:n] index:value ... [# comment]`; indices count from 0, what is left out is missing."""
    from scipy.sparse import csr_matrix

    labels: list[str] = []
    weights: list[str] = []
    queries: list[str] = []
    tokens: list[str] = []
    starts = [0]
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        first, *rest = line.partition("#")[0].split() or [""]
        if not first:
            continue
        label, colon, weight = first.partition(":")
        labels.append(label)
        if colon:
            weights.append(weight)
        if rest and rest[0].startswith("qid:"):
            queries.append(rest.pop(0)[4:])
        wrong = next((token for token in rest if token.count(":") != 1), None)
        if wrong is not None:
            message = f'Line {number} of {where} has "{wrong[:50]}" where LIBSVM has index:value.{_csv_hint(line)}'
            raise ClientError(message)
        tokens += rest
        starts.append(len(tokens))
    try:
        pairs = np.array(" ".join(tokens).replace(":", " ").split(), np.float64).reshape(-1, 2)
        y = np.array(labels, np.float64).astype(np.float32)
        weight_values = np.array(weights, np.float64).astype(np.float32)
        query_ids = np.array(queries, np.int64)
    except ValueError as error:
        hint = _csv_hint(labels[0] if labels else "")
        message = f"{where} is not LIBSVM: {error}.{hint}"
        raise ClientError(message) from error
    columns = pairs[:, 0].astype(np.int64)
    if len(columns) and columns.min() < 0:
        message = f"{where} has a negative index; LIBSVM indices count from 0."
        raise ClientError(message)
    width = int(columns.max()) + 1 if len(columns) else 0
    x = csr_matrix((pairs[:, 1].astype(np.float32), columns, np.array(starts)), shape=(len(labels), width))
    for found, what in ((weights, "weight"), (queries, "qid")):
        if found and len(found) < len(labels):
            message = f"{len(labels) - len(found)} of {len(labels)} rows of {where} have no {what}."
            raise ClientError(message)
    return Table(x, y, weight_values if weights else None, query_ids if queries else None)


def _csv_hint(line: str) -> str:
    return ' It looks like CSV: give the channel the ContentType "text/csv".' if "," in line else ""
