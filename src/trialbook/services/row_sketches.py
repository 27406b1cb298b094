"""Which rows a table holds, in little space: 64-bit hashes of its rows, sorted, all of them up to a bound.

A row is the bag of its values, so that neither the order of columns nor their names nor a header matter:

* every value is its text without spaces around it; `""`, NA, N/A, NaN, null and None, in any case, are missing;
* numbers are compared as 64-bit floats (`1`, `1.0`, `+1e0` are one value), but a whole number of 16 digits or more is
  compared digit by digit, since floats would confuse neighbours; true and false are compared without case;
* a row's hash mixes the sum of the mixed hashes of its values; missing values add nothing, and a row with nothing but
  missing values counts for nothing;
* the first line of a CSV file is a header, and no row, when none of its values is a number or missing and the second
  line has a number.

The `KEPT` smallest distinct hashes are kept, and below the largest of them the sketch is complete: all rows of a table
of up to that many distinct ones, a fair sample of a larger table. Two sketches are compared below the smaller of their
thresholds. Two different rows have the same hash with probability 2**-64, so two full sketches show a row that they do
not share with probability below 3e-10.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from trialbook.model import Document

    Words = NDArray[np.uint64]

KEPT = 1 << 16
"""Hashes that are kept of one file: 512 KiB."""
MOST_BYTES = 64 << 20
"""Bytes of a file whose rows are read; larger ones are compared whole only, and answers say so."""
FULL = 2**64 - 1
_SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_TYPES = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/x-parquet": "parquet",
    "application/vnd.apache.parquet": "parquet",
    "application/jsonlines": "jsonl",
    "application/x-ndjson": "jsonl",
}
_NO_DATA = frozenset(
    f".{suffix}"
    for group in (
        ("py", "ipynb", "sh", "r", "md", "txt", "rst", "html", "css", "js", "log"),
        ("yaml", "yml", "toml", "ini", "cfg"),
        ("png", "jpg", "jpeg", "gif", "bmp", "webp", "svg", "tif", "tiff", "pdf"),
        ("wav", "mp3", "flac", "mp4", "avi"),
    )
    for suffix in group
)
"""Names of what holds no table: programs, texts, pictures, sounds."""
_MISSING = ("", "na", "n/a", "nan", "null", "none")
_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_LONG = r"^[+-]?[0-9]{16,}$"
_BATCH = 65_536


class UnreadableTableError(Exception):
    """A table's rows cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """The rows of one table: `hashes` (k,) uint64 sorted and distinct, complete below `threshold` (included).

    `rows` counts all rows, equal ones too; `columns` is the most values that a row has.
    """

    hashes: Words
    threshold: int
    rows: int
    columns: int

    @property
    def complete(self) -> bool:
        """Whether every distinct row is there."""
        return self.threshold == FULL


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far two sketches agree: of `asked` distinct rows, `shared` are in the other one, which has `other`.

    They are counts of rows when `exact`, and of a fair sample of the rows otherwise.
    """

    shared: int
    asked: int
    other: int
    exact: bool


def kind_of(name: str, media_type: str | None = None) -> str | None:
    """Give `csv`, `tsv`, `parquet` or `jsonl` for a file's name or media type; None when it is no table known here."""
    by_type = _TYPES.get((media_type or "").partition(";")[0].strip().lower())
    return _SUFFIXES.get(Path(name.lower()).suffix) or by_type


def document(path: Path, name: str, media_type: str | None = None) -> Document:
    """Sketch a file's rows for keeping; what cannot be read is said under `Why`."""
    kind = kind_of(name, media_type)
    if kind is None:
        return unread(name)
    size = path.stat().st_size
    if size > MOST_BYTES:
        return too_large(size)
    try:
        with path.open("rb") as file:
            return to_document(sketch(file, kind))
    except UnreadableTableError as error:
        return {"Why": str(error), "Table": True}


def unread(name: str) -> Document:
    """Say that a file is not read for rows; `Table` says whether it may hold a table all the same."""
    suffix = Path(name.lower()).suffix
    what = f"of files named *{suffix}" if suffix else "of files whose name does not say what they are"
    return {"Why": f"rows are not read {what} (but of CSV, TSV, JSON lines, Parquet)", "Table": suffix not in _NO_DATA}


def too_large(size: int) -> Document:
    """Say that a table's rows are not read for its size."""
    return {"Why": f"{size:,} bytes: rows are read of files of up to {MOST_BYTES:,}", "Table": True}


def to_document(one: Sketch) -> Document:
    """Write a sketch as JSON members."""
    packed = base64.b64encode(one.hashes.astype("<u8").tobytes()).decode()
    return {"Hashes": packed, "Threshold": str(one.threshold), "Rows": one.rows, "Columns": one.columns, "Table": True}


def from_document(doc: Document) -> Sketch | None:
    """Read a sketch back; None when the file's rows could not be read."""
    if "Hashes" not in doc:
        return None
    hashes = np.frombuffer(base64.b64decode(doc["Hashes"]), "<u8").astype(np.uint64)
    return Sketch(hashes, int(doc["Threshold"]), int(doc["Rows"]), int(doc["Columns"]))


def compare(asked: Sketch, other: Sketch) -> Overlap:
    """Compare two sketches below the smaller threshold."""
    limit = np.uint64(min(asked.threshold, other.threshold))
    mine, theirs = asked.hashes[asked.hashes <= limit], other.hashes[other.hashes <= limit]
    at = np.minimum(np.searchsorted(theirs, mine), max(len(theirs) - 1, 0))
    shared = int((theirs[at] == mine).sum()) if len(theirs) else 0
    return Overlap(shared, len(mine), len(theirs), asked.complete and other.complete)


def union(sketches: Iterable[Sketch]) -> Sketch:
    """Join the sketches of several tables into one of all their rows."""
    given = list(sketches)
    threshold = min(one.threshold for one in given)
    hashes = np.unique(np.concatenate([one.hashes for one in given]))
    # Hashes above the threshold stay: they are rows that are there, though not all of them.
    return Sketch(hashes, FULL if threshold == FULL else int(hashes[-1]), sum(one.rows for one in given), 0)


def shrunk(doc: Document, most: int) -> Document:
    """Give a kept sketch with at most so many hashes; it is then a sample."""
    one = from_document(doc)
    if one is None or len(one.hashes) <= most:
        return doc
    hashes = one.hashes[:most]
    return to_document(Sketch(hashes, int(hashes[-1]), one.rows, one.columns))


def sketch(file: BinaryIO, kind: str, kept: int = KEPT) -> Sketch:
    """Read a table and sketch its rows.

    Raises
    ------
    UnreadableTableError
        The file is not what `kind` says, holds nested columns, or pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError:
        message = "rows are read with pyarrow, which is not installed: install trialbook[jobs]"
        raise UnreadableTableError(message) from None
    try:
        return _sketched(file, kind, kept)
    except (pa.ArrowException, OSError, ValueError, csv.Error, RecursionError, OverflowError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise UnreadableTableError(f"it cannot be read as {kind}: {first[:200]}") from None


def _sketched(file: BinaryIO, kind: str, kept: int) -> Sketch:
    hashes: Words = np.zeros(0, np.uint64)
    threshold, rows, columns = FULL, 0, 0
    for batch in _batches(file, kind):
        found, wide = _hash_rows(batch)
        rows, columns = rows + len(batch[0]), max(columns, wide)
        hashes = np.union1d(hashes, found[found <= np.uint64(threshold)])
        if len(hashes) > kept:
            hashes = hashes[:kept]
            threshold = int(hashes[-1])
    return Sketch(hashes, threshold, rows, columns)


def _batches(file: BinaryIO, kind: str) -> Iterator[list[Any]]:
    """Give the table batch by batch: a list of columns, each a pyarrow array of texts."""
    readers = {"parquet": _parquet, "jsonl": _json_lines}
    return readers[kind](file) if kind in readers else _delimited(file, "\t" if kind == "tsv" else ",")


def _delimited(file: BinaryIO, delimiter: str) -> Iterator[list[Any]]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    head = file.read(1 << 20)
    file.seek(0)
    if not head.strip():
        return
    first = list(itertools.islice(csv.reader(io.StringIO(head.decode("utf-8", "replace")), delimiter=delimiter), 2))
    names = [str(number) for number in range(len(first[0]))]
    reader = arrow_csv.open_csv(
        file,
        arrow_csv.ReadOptions(column_names=names, skip_rows_after_names=int(_is_header(first)), block_size=1 << 22),
        arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in head),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    for batch in reader:
        yield list(batch.columns)


def _is_header(first: list[list[str]]) -> bool:
    def number(text: str) -> bool:
        try:
            float(text)
        except ValueError:
            return False
        return True

    if len(first) < 2:
        return False
    top = [one.strip() for one in first[0]]
    return not any(number(one) or one.lower() in _MISSING for one in top) and any(map(number, first[1]))


def _parquet(file: BinaryIO) -> Iterator[list[Any]]:
    import pyarrow as pa
    from pyarrow import parquet

    for batch in parquet.ParquetFile(file).iter_batches(_BATCH):
        yield [column.cast(pa.string()) for column in batch.columns]


def _json_lines(file: BinaryIO) -> Iterator[list[Any]]:
    text = io.TextIOWrapper(file, "utf-8")
    try:
        lines = (line for line in text if line.strip())
        while chunk := list(itertools.islice(lines, _BATCH)):
            yield _columns_of([json.loads(line) for line in chunk])
    finally:
        text.detach()  # the file is its opener's to close


def _columns_of(rows: list[object]) -> list[Any]:
    import pyarrow as pa

    values = [_values(row) for row in rows]
    width = max(map(len, values), default=0)
    padded = zip(*(row + [""] * (width - len(row)) for row in values), strict=True)
    return [pa.array(column, pa.string()) for column in padded] or [pa.array([""] * len(rows), pa.string())]


def _values(row: object) -> list[str]:
    cells: Iterable[object] = row.values() if isinstance(row, dict) else row if isinstance(row, list) else [row]
    return ["" if one is None else one if isinstance(one, str) else json.dumps(one, sort_keys=True) for one in cells]


def _hash_rows(columns: list[Any]) -> tuple[Words, int]:
    """Hash each row; gives the hashes of the rows that hold anything, and the most values that a row has."""
    total = np.zeros(len(columns[0]), np.uint64)
    count = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        encoded = column.dictionary_encode()
        codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
        values, present = _hash_values(encoded.dictionary)
        total += values[codes]
        count += present[codes]
    hashes = _mixed(total + count * np.uint64(0x9E3779B97F4A7C15))
    return hashes[count > 0], int(count.max(initial=0))


def _hash_values(texts: Any) -> tuple[Words, Words]:
    """Hash distinct texts; gives hashes and whether each is a value (1) or missing (0). Null is the last, missing."""
    import pyarrow as pa
    from pyarrow import compute

    trimmed = compute.utf8_trim_whitespace(texts)
    long = compute.match_substring_regex(trimmed, _LONG)
    number = compute.and_not(compute.match_substring_regex(trimmed, _NUMBER), long).to_numpy(zero_copy_only=False)
    words = trimmed.to_pylist()
    hashes, present = np.zeros(len(words) + 1, np.uint64), np.ones(len(words) + 1, np.uint64)
    present[-1] = 0
    stripped = compute.replace_substring_regex(trimmed.filter(pa.array(number)), r"^\+", "")
    floats = compute.cast(stripped, pa.float64()).to_numpy(zero_copy_only=False) + 0.0  # turns -0.0 into 0.0
    hashes[:-1][number] = _mixed(floats.view(np.uint64))
    for at in np.flatnonzero(~number):
        word = words[at]
        if word.lower() in _MISSING:
            present[at] = 0
        else:
            digest = hashlib.blake2b(_canonical(word).encode("utf-8", "surrogatepass"), digest_size=8).digest()
            hashes[at] = _mixed(np.frombuffer(digest, np.uint64))[0]
    return hashes, present


def _canonical(word: str) -> str:
    if word.lower() in {"true", "false"}:
        return word.lower()
    digits = word.lstrip("+-")
    if digits.isascii() and digits.isdigit():
        plain = digits.lstrip("0") or "0"
        return f"-{plain}" if word.startswith("-") and plain != "0" else plain
    return word


def _mixed(words: Words) -> Words:
    """Spread the bits (SplitMix64's finisher), so that sums of hashes do not cancel by structure."""
    mixed = words.astype(np.uint64, copy=True)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
