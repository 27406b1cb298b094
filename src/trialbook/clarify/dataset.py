"""The data set of an analysis, in any of its formats, as named columns.

Text and Parquet files are read by Arrow; JSON documents are searched with the JMESPath expressions of the
configuration. A folder holds one data set in parts, read in the order of their names.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.columns import Array, Column, column_of, from_arrow
from trialbook.clarify.config import Config, column_name, feature_names, named_columns
from trialbook.clarify.counting import cells, matrix
from trialbook.errors import ClarifyError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LABEL, PREDICTED = "label", "predicted_label"


@dataclass(frozen=True)
class Dataset:
    """What an analysis looks at.

    Attributes
    ----------
    columns
        Columns by name, in the order of the file.
    label, predicted
        Names of the label and of the predicted label; None where there is none.
    features
        Columns that the model gets, in order.
    source
        Where pictures or time series lie; these have no columns. None for tables.
    """

    columns: Mapping[str, Column]
    label: str | None
    predicted: str | None
    features: tuple[str, ...]
    source: Path | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values()), ()))

    def matrix(self) -> Array:
        """Give (rows, features) for the model."""
        return matrix(self.columns, self.features)


def read_dataset(config: Config, path: str | Path, fetch: Callable[[str], Path] = Path) -> Dataset:
    """Read a data set and find the columns that the configuration names.

    Parameters
    ----------
    config
        Validated by `load_config`.
    path
        A file, or a folder of files.
    fetch
        Gives the local path of a URI in the configuration.

    Raises
    ------
    ConfigError
        If a column that the configuration names is not there, or an expression finds nothing.
    ClarifyError
        If a file cannot be read.
    """
    kind = config["dataset_type"]
    if kind == "application/x-image" or "time_series_data_config" in config:
        return Dataset({}, None, None, (), source=Path(path))
    files = _files(Path(path))
    if kind in {"text/csv", "application/x-parquet"}:
        columns = _tabular(kind, files, config.get("headers"))
        label = config.get("label")
        predicted = None if "predicted_label_dataset_uri" in config else config.get("predicted_label")
    else:
        columns, label, predicted = _documents(kind, files, config)
    headers = list(columns)
    for where, name in named_columns(config):
        if where not in {"label", "predicted_label"} or kind in {"text/csv", "application/x-parquet"}:
            column_name(headers, name, where)
    joined = _joined(config, columns, fetch)
    named = {
        LABEL: None if label is None else column_name(headers, label, "label"),
        PREDICTED: None if predicted is None else column_name(headers, predicted, "predicted_label"),
    }
    settled = {**config, **{member: name for member, name in named.items() if name is not None}}
    settled = {name: value for name, value in settled.items() if value is not None}
    features = tuple(name for name in feature_names(settled, headers) if name not in named.values())
    outside = next((name for name in joined if name == config.get("predicted_label")), None)
    if "predicted_label_dataset_uri" in config:
        named[PREDICTED] = outside or next(iter(_predicted_names(config, joined)), None)
    dataset = Dataset({**columns, **joined}, named[LABEL], named[PREDICTED], features)
    if not dataset.rows:
        message = f"{path} has no rows"
        raise ClarifyError(message)
    return dataset


def _predicted_names(config: Config, joined: Mapping[str, Column]) -> list[str]:
    facets = {facet["name_or_index"] for facet in config.get("facet", [])}
    return [name for name in joined if name not in facets]


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith((".", "_")))
        found = [one for one in found if one.name != "analysis_config.json"]
        if not found:
            message = f"{path} holds no file"
            raise ClarifyError(message)
        return found
    if not path.exists():
        message = f"{path}: there is no such file"
        raise ClarifyError(message)
    return [path]


def _tabular(kind: str, files: Sequence[Path], headers: Sequence[str] | None) -> dict[str, Column]:
    import pyarrow as pa

    try:
        tables = [_csv(file, headers) if kind == "text/csv" else _parquet(file) for file in files]
        table = pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError, OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"{files[0].parent if len(files) > 1 else files[0]}: {str(error).splitlines()[0]}"
        raise ClarifyError(message) from error
    if headers is not None and len(headers) != table.num_columns:
        raise ConfigError("headers", f"has {len(headers)} names, the data has {table.num_columns} columns")
    names = headers if headers is not None else table.column_names
    return {name: from_arrow(table.column(place)) for place, name in enumerate(names)}


def _csv(file: Path, headers: Sequence[str] | None) -> Any:
    """A file whose first line is the headers has it skipped; without headers the first line names the columns."""
    import pyarrow as pa
    from pyarrow import csv as reader

    convert = reader.ConvertOptions(strings_can_be_null=True)
    if headers is None:
        return reader.read_csv(file, convert_options=convert)
    with file.open(newline="", encoding="utf-8") as lines:
        first = next(csv.reader(lines), [])
    if first and len(first) != len(headers):
        raise ConfigError("headers", f"has {len(headers)} names, the first line of {file.name} has {len(first)} cells")
    named = [cell.strip() for cell in first] == list(headers)
    options = reader.ReadOptions(column_names=list(headers), skip_rows=int(named))
    if not first:
        return pa.table({name: [] for name in headers})
    return reader.read_csv(file, options, convert_options=convert)


def _parquet(file: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.read_table(file)


def _documents(kind: str, files: Sequence[Path], config: Config) -> tuple[dict[str, Column], str | None, str | None]:
    """Read JSON; gives the columns and the names of label and predicted label."""
    rows: list[list[Any]] = []
    extra: dict[str, list[Any]] = {member: [] for member in (LABEL, PREDICTED) if member in config}
    for file in files:
        for document, lines in _parsed(kind, file):
            found = _search(config["features"], document, "features", lines)
            rows += [_row(one) for one in _records(kind, found, "features")]
            for member, values in extra.items():
                answer = _search(str(config[member]), document, member, lines)
                values.extend(_records(kind, answer, member))
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise ConfigError("features", f"finds rows of {' and '.join(map(str, sorted(widths)))} values")
    names = _json_headers(config, widths.pop() if widths else 0, list(extra))
    for member, values in extra.items():
        if len(values) != len(rows):
            raise ConfigError(member, f"finds {len(values)} values for {len(rows)} rows")
    columns = {name: column_of([row[place] for row in rows]) for place, name in enumerate(names["features"])}
    for member, values in extra.items():
        columns[names[member][0]] = column_of([_cell(value) for value in values])
    return columns, *(names[member][0] if member in extra else None for member in (LABEL, PREDICTED))  # type: ignore[return-value]


def _records(kind: str, found: Any, member: str) -> list[Any]:
    """Give what an expression found, a record each: a document holds a list of them, a line holds one."""
    if kind != "application/json":
        return [found]
    if not isinstance(found, list):
        raise ConfigError(member, f"must find a list, one entry a row, not {type(found).__name__}")
    return found


def _parsed(kind: str, file: Path) -> Iterator[tuple[Any, str]]:
    try:
        text = file.read_text(encoding="utf-8")
        if kind == "application/json":
            yield json.loads(text), file.name
            return
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield json.loads(line), f"{file.name}, line {number}"
    except ValueError as error:
        message = f"{file}: not JSON: {error}"
        raise ClarifyError(message) from error


def _search(expression: str, document: Any, member: str, where: str) -> Any:
    import jmespath

    found = jmespath.search(expression, document)
    if found is None:
        raise ConfigError(member, f"{expression!r} finds nothing in {where}")
    return found


def _row(found: Any) -> list[Any]:
    """Give a record's features; captured data is a line of CSV."""
    if isinstance(found, str):
        return [parsed_cell(cell) for cell in next(csv.reader(io.StringIO(found)), [])]
    if isinstance(found, dict):
        return list(found.values())
    return list(found) if isinstance(found, list) else [found]


def parsed_cell(cell: str) -> int | float | str | None:
    """Read a cell of CSV: a whole number, a number, a text, or None when it is empty."""
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell or None


def _cell(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _json_headers(config: Config, width: int, extra: Sequence[str]) -> dict[str, list[str]]:
    """Tell the headers of the features from those of label and predicted label.

    A header that equals the expression is the label's; else the label's header stands first when it says so, or last.
    """
    headers = list(config.get("headers", []))
    names = {member: [str(config[member])] for member in extra}
    if not headers:
        return {"features": [f"column_{place}" for place in range(width)], **names}
    left = list(headers)
    for member in extra:
        if names[member][0] in left:
            left.remove(names[member][0])
    for member in extra:
        if len(left) > width and names[member][0] not in headers:
            first = left[0].lower().replace(" ", "_") in {"label", "target", "predicted_label"}
            names[member] = [left.pop(0 if first else -1)]
    if len(left) != width:
        raise ConfigError("headers", f"has {len(left)} names for the {width} features that features finds in a record")
    return {"features": left, **names}


def _joined(config: Config, columns: Mapping[str, Column], fetch: Callable[[str], Path]) -> dict[str, Column]:
    """Read facets and predictions that lie in files of their own, in the order of the data set's rows."""
    joined: dict[str, Column] = {}
    for uri, headers in (
        ("facet_dataset_uri", "facet_headers"),
        ("predicted_label_dataset_uri", "predicted_label_headers"),
    ):
        if uri not in config:
            continue
        path = fetch(config[uri])
        kind = "application/x-parquet" if path.suffix == ".parquet" else "text/csv"
        other = _tabular(kind, _files(path), config.get(headers))
        key = column_name(list(columns), config["joinsource_name_or_index"], "joinsource_name_or_index")
        if key not in other:
            raise ConfigError(uri, f"lacks the joining column {key!r}; it has {', '.join(other)}")
        order = _order(columns[key], other[key], uri)
        joined.update({name: column_of(cells(column)[order]) for name, column in other.items() if name != key})
    return {name: column for name, column in joined.items() if name not in columns}


def _order(ours: Column, theirs: Column, uri: str) -> Array:
    places = {str(value): row for row, value in enumerate(cells(theirs).tolist())}
    try:
        return np.array([places[str(value)] for value in cells(ours).tolist()], dtype=np.int64)
    except KeyError as error:
        raise ConfigError(uri, f"has no row for {error.args[0]} of the joining column") from None
