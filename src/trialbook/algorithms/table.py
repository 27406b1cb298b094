"""Rows of numbers: features, and where there are any labels, weights and query ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms.failures import ClientError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.algorithms import recordio


@dataclass(frozen=True)
class Table:
    """Rows of one channel or request.

    Attributes
    ----------
    x
        (rows, features), float32 with NaN for missing, or a SciPy CSR matrix.
    y
        (rows,) float32 labels, None when the data has none.
    weight
        (rows,) float32, None when every row counts the same.
    group
        (rows,) query ids of ranking data in LIBSVM's `qid:`, None without.
    """

    x: Any
    y: NDArray[np.float32] | None = None
    weight: NDArray[np.float32] | None = None
    group: NDArray[np.int64] | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.x.shape[0])

    @property
    def features(self) -> int:
        """How many features a row has."""
        return int(self.x.shape[1])


def join(parts: Sequence[Table], name: str) -> Table:
    """Put the rows of several files together."""
    if not parts:
        message = f'There are no rows in channel "{name}".'
        raise ClientError(message)
    if len(parts) == 1:
        return parts[0]
    sparse = [not isinstance(part.x, np.ndarray) for part in parts]
    widths = {part.features for part in parts}
    if any(sparse):
        from scipy.sparse import csr_matrix, vstack

        width = max(widths)
        x: Any = vstack([widen(csr_matrix(part.x), width) for part in parts], format="csr")
    elif len(widths) > 1:
        message = f'Files of channel "{name}" differ in their number of features: {sorted(widths)}.'
        raise ClientError(message)
    else:
        x = np.concatenate([part.x for part in parts])
    return Table(
        x,
        _together([part.y for part in parts], f'labels in channel "{name}"'),
        _together([part.weight for part in parts], f'weights in channel "{name}"'),
        _together([part.group for part in parts], f'query ids in channel "{name}"'),
    )


def features_of(tensors: Sequence[recordio.Tensor], where: str) -> Any:
    """Make a matrix of tensors: (rows, features) float32, CSR when any is sparse."""
    if any(tensor.keys is not None for tensor in tensors):
        return _csr(tensors, where)
    widths = {len(tensor.values) for tensor in tensors}
    if len(widths) > 1:
        message = f"Records of {where} differ in their number of features: {sorted(widths)}."
        raise ClientError(message)
    if not tensors:
        return np.empty((0, 0), np.float32)
    return np.stack([tensor.values for tensor in tensors]).astype(np.float32)


def dense(x: Any) -> NDArray[np.float32]:
    """Give a matrix as a dense float32 array; what a sparse one leaves out is 0."""
    return np.asarray(x if isinstance(x, np.ndarray) else x.toarray(), np.float32)


def _csr(tensors: Sequence[recordio.Tensor], where: str) -> Any:
    from scipy.sparse import csr_matrix

    keys = [np.arange(len(t.values), dtype=np.uint64) if t.keys is None else t.keys for t in tensors]
    starts = np.concatenate([[0], np.cumsum([len(key) for key in keys])]).astype(np.int64)
    columns = np.concatenate(keys).astype(np.int64) if keys else np.empty(0, np.int64)
    sizes = [t.size for t in tensors if t.size is not None]
    width = max([*sizes, int(columns.max()) + 1 if len(columns) else 0])
    if sizes and len(columns) and columns.max() >= max(sizes):
        message = f"A record of {where} has key {columns.max()}, its shape says {max(sizes)} features."
        raise ClientError(message)
    values = np.concatenate([t.values for t in tensors]).astype(np.float32)
    return csr_matrix((values, columns, starts), shape=(len(tensors), width))


def widen(x: Any, width: int) -> Any:
    """Give a CSR matrix more columns, all empty: the last features of sparse rows may never occur."""
    from scipy.sparse import csr_matrix

    return csr_matrix((x.data, x.indices, x.indptr), shape=(x.shape[0], width))


def refuse_labels(y: NDArray[np.float32], wrong: NDArray[np.bool_], name: str, rule: str) -> None:
    """Fail on the first label that is wrong.

    Raises
    ------
    ClientError
        Naming the channel, the row and the rule.
    """
    if wrong.any():
        row = int(wrong.argmax())
        message = f'Row {row + 1} of channel "{name}" has the label {y[row]:g}; it must be {rule}.'
        raise ClientError(message)


def _together(parts: Sequence[Any], what: str) -> Any:
    have = [part for part in parts if part is not None]
    if not have:
        return None
    if len(have) < len(parts):
        message = f"Some files have {what} and some have none."
        raise ClientError(message)
    return np.concatenate(have)
