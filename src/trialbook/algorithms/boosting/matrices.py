"""xgboost's DMatrix from a channel's rows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms.channels import format_of, has_labels, read_channel
from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.formats import CSV, LIBSVM, PARQUET, RECORDIO
from trialbook.algorithms.table import widen

if TYPE_CHECKING:
    from trialbook.algorithms.container import Channel
    from trialbook.algorithms.hyperparameters import Hyperparameters
    from trialbook.algorithms.log import Log
    from trialbook.algorithms.table import Table

SERVED = (CSV, LIBSVM, PARQUET, RECORDIO)


def read(channel: Channel, found: Hyperparameters, log: Log, default: str = LIBSVM) -> tuple[Table, str]:
    """Read a channel's rows and their format; data of no known type is LIBSVM, as in SageMaker's container.

    Raises
    ------
    ClientError
        When the data is not what it says, or has no labels.
    """
    form = format_of(channel, SERVED, default)
    if not has_labels(channel, default=True):
        message = f'The rows of channel "{channel.name}" must open with a label; its ContentType says label_size=0.'
        raise ClientError(message)
    weights = form == CSV and found.integer("csv_weights") == 1 and channel.name == "train"
    table = read_channel(channel, form, weights=weights)
    log.say(f'{form} data of channel "{channel.name}": {table.rows} rows, {table.features} features.')
    return table, form


def matrix(table: Table, width: int | None = None) -> Any:
    """Make the DMatrix of a table; `width` widens sparse rows whose last features never occur."""
    import xgboost

    x = table.x
    if width is not None and not isinstance(x, np.ndarray) and width > table.features:
        x = widen(x, width)
    made = xgboost.DMatrix(x, label=table.y, weight=table.weight)
    if table.group is not None:
        # Rows of one query must lie together; xgboost takes the lengths of the stretches.
        edges = np.flatnonzero(np.diff(table.group)) + 1
        made.set_group(np.diff(np.concatenate([[0], edges, [table.rows]])))
    return made


def version() -> tuple[int, int]:
    """Give the installed xgboost's version as (major, minor).

    Raises
    ------
    ClientError
        When it is not installed.
    """
    try:
        import xgboost
    except ImportError as error:
        message = f"The package xgboost is not installed for {sys.executable}: {error}"
        raise ClientError(message) from error
    major, minor = xgboost.__version__.split(".")[:2]
    return int(major), int(minor)
