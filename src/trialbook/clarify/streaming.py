"""Data sets larger than memory: Parquet, CSV and JSON lines files read in pieces, only the columns asked for.

Tables of pieces add up, so a piece is all that is ever in memory. Text columns of Parquet files stay in the file's own
dictionary coding and are never spelt out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from trialbook.clarify.columns import Columns, from_arrow, require
from trialbook.errors import ClarifyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PIECE_ROWS = 1 << 19
PIECE_BYTES = 16 << 20
READERS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".jsonl": "lines",
    ".jsonlines": "lines",
    ".ndjson": "lines",
}


class Pieces(Protocol):
    """A data set that is read in pieces."""

    @property
    def names(self) -> list[str]:
        """Names of the columns."""

    def read(self, wanted: Sequence[str]) -> Iterator[Columns]:
        """Give the pieces, with the wanted columns only."""


def open_pieces(data: object) -> Pieces:
    """Open a file, or several files of one kind and the same columns, one after the other.

    Raises
    ------
    ClarifyError
        If a file is missing, of an unknown kind, or lacks a column of the first.
    """
    paths = [Path(path) for path in (data if isinstance(data, list | tuple) else [data])]  # type: ignore[arg-type]
    opened: list[Parquet | Csv | Lines] = []
    for path in paths:
        kind = READERS.get(path.suffix.lower())
        if kind is None:
            message = f"{path}: cannot tell the format; a name ends with {', '.join(READERS)}"
            raise ClarifyError(message)
        if not path.exists():
            message = f"{path}: there is no such file"
            raise ClarifyError(message)
        opened.append(_KINDS[kind](path))
    return opened[0] if len(opened) == 1 else Several(opened)


@dataclass
class Several:
    """Files one after the other."""

    parts: Sequence[Any]

    @property
    def names(self) -> list[str]:
        """Names of the columns, which are those of the first file."""
        return list(self.parts[0].names)

    def read(self, wanted: Sequence[str]) -> Iterator[Columns]:
        """Give the pieces of all files."""
        for part in self.parts:
            for name in wanted:
                require(part.names, name, str(part.path))
            yield from part.read(wanted)


@dataclass
class Parquet:
    """A Parquet file, read by row groups."""

    path: Path

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        import pyarrow.parquet as pq

        with _readable(self.path):
            return list(pq.read_schema(self.path).names)

    def read(self, wanted: Sequence[str]) -> Iterator[Columns]:
        """Give row groups, cut into pieces."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        with _readable(self.path):
            schema = pq.read_schema(self.path)
            texts = [name for name in wanted if pa.types.is_string(schema.field(name).type)]
            file = pq.ParquetFile(self.path, read_dictionary=texts, pre_buffer=False)
            # One row group at a time: asked for all of them, the reader runs ahead and holds most of the file
            for group in range(file.num_row_groups):
                for batch in file.iter_batches(PIECE_ROWS, row_groups=[group], columns=list(wanted)):
                    yield {name: from_arrow(pa.chunked_array([batch.column(name)])) for name in wanted}


@dataclass
class Csv:
    """A CSV file whose first line names the columns."""

    path: Path

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        with _readable(self.path), self._open(None) as reader:
            return list(reader.schema.names)

    def read(self, wanted: Sequence[str]) -> Iterator[Columns]:
        """Give pieces of lines; types are told from the first of them."""
        import pyarrow as pa

        with _readable(self.path), self._open(wanted) as reader:
            for batch in reader:
                yield {name: from_arrow(pa.chunked_array([batch.column(name)])) for name in wanted}

    def _open(self, wanted: Sequence[str] | None) -> Any:
        from pyarrow import csv

        columns = csv.ConvertOptions(include_columns=None if wanted is None else list(wanted), strings_can_be_null=True)
        return csv.open_csv(self.path, csv.ReadOptions(block_size=PIECE_BYTES), convert_options=columns)


@dataclass
class Lines:
    """A file of one JSON object a line."""

    path: Path

    @property
    def names(self) -> list[str]:
        """Names of the members of the first object."""
        with _readable(self.path), self.path.open(encoding="utf-8") as file:
            first = json.loads(next((line for line in file if line.strip()), "{}"))
        if not isinstance(first, dict):
            message = f"{self.path}: a line is a JSON object whose members are the columns, not {type(first).__name__}"
            raise ClarifyError(message)
        return list(first)

    def read(self, wanted: Sequence[str]) -> Iterator[Columns]:
        """Give pieces of lines."""
        import pyarrow as pa
        from pyarrow import json as reader

        with _readable(self.path), self.path.open("rb") as file:
            while block := file.read(PIECE_BYTES):
                table = reader.read_json(pa.BufferReader(block + file.readline()))
                nothing = pa.nulls(table.num_rows)
                known = set(table.column_names)
                yield {
                    name: from_arrow(table[name] if name in known else pa.chunked_array([nothing])) for name in wanted
                }


_KINDS: dict[str, type[Parquet | Csv | Lines]] = {"parquet": Parquet, "csv": Csv, "lines": Lines}


class _readable:  # noqa: N801 (reads as a word after `with`)
    """Turn Arrow's errors into ours, which name the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        import pyarrow as pa

        if isinstance(error, pa.ArrowInvalid | pa.ArrowKeyError | OSError | ValueError):
            message = f"{self.path}: {str(error).splitlines()[0]}"
            raise ClarifyError(message) from error
