"""The rows of a training channel, whatever its files' format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.formats import CSV, LIBSVM, PARQUET, RECORDIO, read
from trialbook.algorithms.table import Table, join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trialbook.algorithms.container import Channel

FORMATS = {
    "csv": CSV,
    "text/csv": CSV,
    "libsvm": LIBSVM,
    "text/libsvm": LIBSVM,
    "text/x-libsvm": LIBSVM,
    "parquet": PARQUET,
    "application/x-parquet": PARQUET,
    "recordio-protobuf": RECORDIO,
    "application/x-recordio-protobuf": RECORDIO,
}
_SUFFIXES = {
    ".csv": CSV, ".libsvm": LIBSVM, ".svm": LIBSVM, ".parquet": PARQUET, ".pbr": RECORDIO, ".recordio": RECORDIO,
    ".rec": RECORDIO,
}  # fmt: skip
_LABEL_SIZE = re.compile(r"label_size\s*=\s*(\d+)")


def format_of(channel: Channel, served: Iterable[str], default: str) -> str:
    """Give the format of a channel's files: its ContentType, else what the files' names tell, else `default`.

    Raises
    ------
    ClientError
        When the ContentType is not among `served`.
    """
    if channel.content_type is None:
        named = {_SUFFIXES.get(path.suffix.lower()) for path in channel.files()} if channel.mode != "Pipe" else set()
        found = named.pop() if len(named) == 1 else None
        return found if found in set(served) else default
    kind, _, parameters = channel.content_type.lower().partition(";")
    form = FORMATS.get(kind.strip())
    if form not in set(served):
        accepted = ", ".join(f'"{name}"' for name, known in FORMATS.items() if known in set(served) and "/" in name)
        message = f'The ContentType of channel "{channel.name}" is "{channel.content_type}"; served are {accepted}.'
        raise ClientError(message)
    size = _LABEL_SIZE.search(parameters)
    if size and size[1] not in {"0", "1"}:
        message = f'label_size of channel "{channel.name}" must be 1 (or 0 for data without labels), not {size[1]}.'
        raise ClientError(message)
    return str(form)


def has_labels(channel: Channel, *, default: bool) -> bool:
    """Tell whether CSV rows open with a label: `label_size` of the ContentType, else the algorithm's default."""
    size = _LABEL_SIZE.search(channel.content_type or "")
    return default if size is None else size[1] != "0"


def read_channel(channel: Channel, form: str, *, labels: bool = True, weights: bool = False) -> Table:
    """Read all files of a channel.

    Parameters
    ----------
    labels
        Whether rows of CSV and Parquet open with the label.
    weights
        Whether the next column is the row's weight.
    """
    parts = []
    for path in channel.files():
        where = f'{path.name} of channel "{channel.name}"'
        parts.append(read(path.read_bytes(), form, where, labels=labels, weights=weights))
    table = join([part for part in parts if part.rows], channel.name)
    if labels and table.y is None:
        message = f'The records of channel "{channel.name}" have no label named "values".'
        raise ClientError(message)
    return table
