"""RecordIO-wrapped protobuf: the `aialgs.data.Record` messages that SageMaker's algorithms read and write.

A file is frames of `magic, length, payload, padding to four bytes`. A payload is one Record, of which algorithms use
two maps, by name "values"::

    Record  1: features {name: Value}   2: label {name: Value}   3: uid   4: metadata   5: configuration
    Value   2: Float32Tensor   3: Float64Tensor   7: Int32Tensor   9: Bytes
    Tensor  1: values (packed or not)   2: keys (sparse)   3: shape

The wire types used are three, so they are read here directly: no protobuf runtime, whose generated code fits only some
of its versions, is needed in a job's environment.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms.failures import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

MAGIC = 0xCED7230A
_HEADER = struct.Struct("<II")
_DTYPES: dict[int, np.dtype[Any]] = {2: np.dtype("<f4"), 3: np.dtype("<f8"), 7: np.dtype("<i4")}
_FIELDS = {np.dtype("<f4"): 2, np.dtype("<f8"): 3, np.dtype("<i4"): 7}
# Continued frames split a record with "cflag" in the top three bits; SageMaker's writers never split.
_LENGTH = (1 << 29) - 1


@dataclass(frozen=True)
class Tensor:
    """Values (float32, float64 or int32), sparse when `keys` is not None.

    Attributes
    ----------
    keys
        Positions of the values, uint64.
    size
        The length of the dense vector, None when the record does not say.
    """

    values: NDArray[Any]
    keys: NDArray[np.uint64] | None = None
    size: int | None = None


@dataclass(frozen=True)
class Record:
    """One example: tensors by name."""

    features: Mapping[str, Tensor] = field(default_factory=dict)
    label: Mapping[str, Tensor] = field(default_factory=dict)


def read(data: bytes) -> Iterator[Record]:
    """Read the records of a file or a request's body.

    Raises
    ------
    ClientError
        Where the bytes are not RecordIO-wrapped protobuf, with the record's number.
    """
    for number, payload in enumerate(_frames(data)):
        try:
            yield _record(payload)
        except (IndexError, ValueError, struct.error) as error:
            message = f"Record {number} is not an aialgs.data.Record message: {error}"
            raise ClientError(message) from error


def write(records: Iterable[Record]) -> bytes:
    """Write records as RecordIO-wrapped protobuf."""
    out = bytearray()
    for record in records:
        payload = b"".join(
            _field(number, _field(1, name.encode()) + _field(2, _value(tensor)))
            for number, tensors in ((1, record.features), (2, record.label))
            for name, tensor in tensors.items()
        )
        out += _HEADER.pack(MAGIC, len(payload)) + payload + bytes(-len(payload) % 4)
    return bytes(out)


def _frames(data: bytes) -> Iterator[bytes]:
    position, number = 0, 0
    while position < len(data):
        if len(data) - position < _HEADER.size:
            message = f"The file ends within the frame of record {number}."
            raise ClientError(message)
        magic, length = _HEADER.unpack_from(data, position)
        if magic != MAGIC:
            message = f"Byte {position} does not begin a RecordIO frame: is the data application/x-recordio-protobuf?"
            raise ClientError(message)
        begin = position + _HEADER.size
        end = begin + (length & _LENGTH)
        if end > len(data):
            message = f"The file ends within record {number}."
            raise ClientError(message)
        yield data[begin:end]
        position, number = end + (-length % 4), number + 1


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            message = "a number is longer than 64 bits"
            raise ValueError(message)


def _fields(data: bytes) -> Iterator[tuple[int, int, bytes | int]]:
    """Give (field number, wire type, value) for each field of a message."""
    position, size = 0, len(data)
    while position < size:
        key, position = _varint(data, position)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, position = _varint(data, position)
            yield number, wire, value
            continue
        if wire == 2:
            length, position = _varint(data, position)
        elif wire in {1, 5}:
            length = 8 if wire == 1 else 4
        else:
            message = f"wire type {wire} is not known"
            raise ValueError(message)
        if position + length > size:
            message = "a field is longer than its message"
            raise ValueError(message)
        yield number, wire, data[position : position + length]
        position += length


def _record(payload: bytes) -> Record:
    maps: dict[int, dict[str, Tensor]] = {1: {}, 2: {}}
    for number, wire, value in _fields(payload):
        if number not in maps or wire != 2:
            continue
        name, tensor = "", None
        for part, kind, inner in _fields(_bytes(value)):
            if part == 1 and kind == 2:
                name = _bytes(inner).decode()
            elif part == 2 and kind == 2:
                tensor = _tensor(_bytes(inner))
        if tensor is not None:
            maps[number][name] = tensor
    return Record(maps[1], maps[2])


def _tensor(value: bytes) -> Tensor | None:
    for number, wire, inner in _fields(value):
        if number in _DTYPES and wire == 2:
            return _numbers(_bytes(inner), _DTYPES[number])
    return None


def _numbers(data: bytes, dtype: np.dtype[Any]) -> Tensor:
    values: list[NDArray[Any]] = []
    keys: list[int] = []
    shape: list[int] = []
    for number, wire, value in _fields(data):
        if number == 1:
            values.append(_packed(value, wire, dtype))
        elif number in {2, 3}:
            (keys if number == 2 else shape).extend(_varints(value))
    joined = values[0] if len(values) == 1 else np.concatenate(values or [np.empty(0, dtype)])
    size = shape[-1] if shape else None
    if not keys and not (size is not None and len(joined) == 0):
        return Tensor(joined, None, size)
    if len(keys) != len(joined):
        message = f"a sparse tensor has {len(keys)} keys for {len(joined)} values"
        raise ValueError(message)
    return Tensor(joined, np.array(keys, np.uint64), size)


def _packed(value: bytes | int, wire: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Give the values of one field: a packed list, or one number of its own."""
    if dtype == np.dtype("<i4"):
        wrapped = np.array(_varints(value), np.uint64)
        return wrapped.astype(np.uint32).view(np.int32).astype(dtype)
    if wire == 0:
        message = "a floating-point value has the form of an integer"
        raise ValueError(message)
    return np.frombuffer(_bytes(value), dtype)


def _varints(value: bytes | int) -> list[int]:
    if isinstance(value, int):
        return [value]
    found, position = [], 0
    while position < len(value):
        number, position = _varint(value, position)
        found.append(number)
    return found


def _bytes(value: bytes | int) -> bytes:
    if isinstance(value, int):
        message = "a message has the form of an integer"
        raise ValueError(message)
    return value


def _value(tensor: Tensor) -> bytes:
    dtype = tensor.values.dtype.newbyteorder("<")
    if dtype not in _FIELDS:
        message = f"A tensor holds float32, float64 or int32, not {tensor.values.dtype}."
        raise TypeError(message)
    if dtype == np.dtype("<i4"):
        # Protobuf writes a negative int32 as the 64-bit number of the same value.
        packed = b"".join(_encoded(int(value) & 0xFFFFFFFFFFFFFFFF) for value in tensor.values)
    else:
        packed = tensor.values.astype(dtype).tobytes()
    body = _field(1, packed) if packed else b""
    if tensor.keys is not None and len(tensor.keys):
        body += _field(2, b"".join(_encoded(int(key)) for key in tensor.keys))
    if tensor.size is not None:
        body += _field(3, _encoded(tensor.size))
    return _field(_FIELDS[dtype], body)


def _field(number: int, payload: bytes) -> bytes:
    return _encoded(number << 3 | 2) + _encoded(len(payload)) + payload


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
