"""Rows for the algorithms that take RecordIO-protobuf and CSV: everything but XGBoost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms.channels import format_of, has_labels, read_channel
from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.formats import CSV, RECORDIO
from trialbook.algorithms.hyperparameters import AUTO
from trialbook.algorithms.table import widen

if TYPE_CHECKING:
    from trialbook.algorithms.container import Channel, Container
    from trialbook.algorithms.hyperparameters import Hyperparameters
    from trialbook.algorithms.log import Log
    from trialbook.algorithms.table import Table


def read(
    container: Container,
    found: Hyperparameters,
    log: Log,
    *,
    labels: bool,
    served: tuple[str, ...] = (CSV, RECORDIO),
    optional: tuple[str, ...] = ("test",),
) -> dict[str, Table]:
    """Read the channel `train` and the optional ones that the job has.

    Parameters
    ----------
    labels
        Whether the algorithm needs labels; one that needs none drops the first column of CSV, which is the label
        unless the content type says `label_size=0`.

    Raises
    ------
    ClientError
        When the data breaks a rule, or its width is not `feature_dim`.
    """
    tables = {"train": _read(container.required("train"), served, log, labels=labels)}
    for name in optional:
        channel = container.channel(name)
        if channel is not None:
            tables[name] = _read(channel, served, log, labels=labels)
    return _same_width(tables, found)


def features(x: Any, width: int) -> Any:
    """Check the width of a request's rows; sparse ones may be narrower, for their last features may be absent.

    Raises
    ------
    ClientError
        When it is not the model's.
    """
    sparse = not isinstance(x, np.ndarray)
    if x.shape[1] == width:
        return x
    if sparse and x.shape[1] < width:
        return widen(x, width)
    message = f"The request's rows have {x.shape[1]} features; the model was trained on {width}."
    raise ClientError(message)


def _read(channel: Channel, served: tuple[str, ...], log: Log, *, labels: bool) -> Table:
    form = format_of(channel, served, RECORDIO)
    labelled = has_labels(channel, default=True)
    if labels and not labelled:
        message = f'The rows of channel "{channel.name}" must open with a label; its ContentType says label_size=0.'
        raise ClientError(message)
    table = read_channel(channel, form, labels=labelled and (labels or form == CSV))
    values = table.x if isinstance(table.x, np.ndarray) else table.x.data
    if not np.isfinite(values).all():
        bad = f" (row {int(np.argwhere(~np.isfinite(table.x))[0][0]) + 1})" if isinstance(table.x, np.ndarray) else ""
        message = f'Channel "{channel.name}" has a feature that is missing or not finite{bad}: fill or drop it first.'
        raise ClientError(message)
    log.say(f'{form} data of channel "{channel.name}": {table.rows} rows, {table.features} features.')
    return table


def _same_width(tables: dict[str, Table], found: Hyperparameters) -> dict[str, Table]:
    wanted = found.values.get("feature_dim")
    width = tables["train"].features if wanted in {None, AUTO} else int(wanted)
    fitted = {}
    for name, table in tables.items():
        sparse = not isinstance(table.x, np.ndarray)
        if table.features != width and not (sparse and table.features < width):
            told = (
                f'the hyperparameter "feature_dim" says {width}'
                if wanted not in {None, AUTO}
                else f"training rows have {width}"
            )
            message = f'Rows of channel "{name}" have {table.features} features; {told}.'
            raise ClientError(message)
        x = table.x if table.features == width else widen(table.x, width)
        fitted[name] = type(table)(x, table.y, table.weight, table.group)
    return fitted
