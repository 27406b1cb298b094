"""RecordIO-protobuf: a round trip for any records, and the same bytes as the sagemaker SDK's writers."""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trialbook.algorithms import recordio
from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.formats import read
from trialbook.algorithms.recordio import Record, Tensor

CLIENTS = Path(__file__).parents[2] / ".venv-clients" / "bin" / "python"


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    dtype = draw(st.sampled_from([np.float32, np.float64, np.int32]))
    values: Any = draw(arrays(dtype, st.integers(0, 6)))
    if not draw(st.booleans()):
        return Tensor(values)
    keys = draw(st.lists(st.integers(0, 2**64 - 1), min_size=len(values), max_size=len(values)))
    return Tensor(values, np.array(keys, np.uint64), draw(st.integers(0, 2**40)))


records = st.builds(
    Record,
    st.dictionaries(st.text(max_size=8), tensors(), max_size=3),
    st.dictionaries(st.text(max_size=8), tensors(), max_size=2),
)


def same(one: Tensor, other: Tensor) -> None:
    np.testing.assert_array_equal(one.values, other.values)
    assert one.size == other.size
    assert (one.keys is None) == (other.keys is None)
    if one.keys is not None and other.keys is not None:
        np.testing.assert_array_equal(one.keys, other.keys)


@settings(max_examples=50)
@given(st.lists(records, max_size=3))
def test_what_is_written_is_read(given_records: list[Record]) -> None:
    data = recordio.write(given_records)
    assert len(data) % 4 == 0
    found = list(recordio.read(data))
    assert len(found) == len(given_records)
    for one, other in zip(given_records, found, strict=True):
        for before, after in ((one.features, other.features), (one.label, other.label)):
            assert before.keys() == after.keys()
            for name in before:
                same(before[name], after[name])


@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes, framed: bool) -> None:
    if framed:
        data = recordio._HEADER.pack(recordio.MAGIC, len(data)) + data + bytes(-len(data) % 4)
    with suppress(ClientError):
        list(recordio.read(data))


def test_a_torn_file_says_where_it_ends() -> None:
    data = recordio.write([Record({"values": Tensor(np.arange(5, dtype=np.float32))})] * 2)
    with pytest.raises(ClientError, match="The file ends within record 1"):
        list(recordio.read(data[:-4]))


def test_a_negative_int32_has_the_ten_bytes_that_protobuf_gives_it() -> None:
    data = recordio.write([Record({"v": Tensor(np.array([-1], np.int32))})])
    assert bytes([0xFF] * 9 + [0x01]) in data


# One start of the SDK for all: it takes seconds to import.
SDK = """
import io, json, pathlib, sys
import numpy as np, scipy.sparse
from sagemaker.amazon.common import read_records, write_numpy_to_dense_tensor, write_spmatrix_to_sparse_tensor
folder = pathlib.Path(sys.argv[1])
for dtype in ("float32", "float64"):
    values = np.array([[1.5, -2, 0, 3e10], [0, 0, 0, 7]]).astype(dtype)
    labels = np.array([1, 0]).astype(dtype)
    with open(folder / f"dense-{dtype}", "wb") as out:
        write_numpy_to_dense_tensor(out, values, labels)
    with open(folder / f"sparse-{dtype}", "wb") as out:
        write_spmatrix_to_sparse_tensor(out, scipy.sparse.csr_matrix(values), labels)
with open(folder / "answer", "rb") as answer:
    found = [{k: list(v.float32_tensor.values) for k, v in record.label.items()} for record in read_records(answer)]
(folder / "found").write_text(json.dumps(found))
"""


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of files that the sagemaker SDK wrote, and what it read of an answer of ours."""
    from trialbook.algorithms.answers import encode_fields

    folder = tmp_path_factory.mktemp("sdk")
    answer = encode_fields([{"score": 0.5, "predicted_label": 1}], "application/x-recordio-protobuf", ())
    (folder / "answer").write_bytes(answer.body)
    subprocess.run([str(CLIENTS), "-W", "ignore", "-c", SDK, str(folder)], check=True, capture_output=True, timeout=200)
    return folder


@pytest.mark.clients
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("form", ["dense", "sparse"])
def test_the_sagemaker_sdks_files_are_read_and_written_byte_for_byte(sdk: Path, form: str, dtype: str) -> None:
    data = (sdk / f"{form}-{dtype}").read_bytes()
    table = read(data, "recordio-protobuf", "the file")
    values = np.array([[1.5, -2, 0, 3e10], [0, 0, 0, 7]], dtype)
    x = table.x if form == "dense" else table.x.toarray()
    np.testing.assert_array_equal(x, values.astype(np.float32))
    assert (table.y is not None and table.y.tolist()) == [1, 0]
    rows = [Tensor(row) for row in values]
    if form == "sparse":
        rows = [Tensor(row[row != 0], np.flatnonzero(row).astype(np.uint64), 4) for row in values]
    label = [Tensor(np.array([value], dtype)) for value in (1, 0)]
    ours = recordio.write(Record({"values": row}, {"values": one}) for row, one in zip(rows, label, strict=True))
    assert ours == data


@pytest.mark.clients
def test_the_sagemaker_sdk_reads_our_answers(sdk: Path) -> None:
    assert json.loads((sdk / "found").read_text()) == [{"score": [0.5], "predicted_label": [1.0]}]
