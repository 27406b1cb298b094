"""Blobs: written whole or not at all, read in pieces, cleaned when nothing refers to them; checksums of their bytes."""

from __future__ import annotations

import base64
import io
import os
import resource
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialbook.errors import StoreError
from trialbook.services import checksums
from trialbook.services.blobs import PIECE, Blobs, Cleaner
from trialbook.services.context import Call
from trialbook.store.interface import ObjectRow, Transaction

PARAMETERS = {"CRC32": (0xEDB88320, 32), "CRC32C": (0x82F63B78, 32), "CRC64NVME": (0x9A6C9329AC4BC9B5, 64)}


@pytest.fixture(params=["folder", "file url", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    where = {"folder": str(tmp_path / "o"), "file url": f"file://{tmp_path}/o%20o", "memory": "memory://"}
    return Blobs.open(where[request.param])


def test_a_blob_comes_back_whole_and_in_part(blobs: Blobs) -> None:
    data = os.urandom(2 * PIECE + 5)
    blob = blobs.put(io.BytesIO(data))
    assert blob.size == len(data)
    assert b"".join(blobs.read(blob.id)) == data
    assert b"".join(blobs.read(blob.id, PIECE)) == data[PIECE:]
    assert b"".join(blobs.read(blob.id, 7, 11)) == data[7:18]


def test_no_stream_is_an_empty_blob(blobs: Blobs) -> None:
    assert b"".join(blobs.read(blobs.put(None).id)) == b""


def test_deleting_passes_over_blobs_that_are_gone(blobs: Blobs) -> None:
    blob = blobs.put(io.BytesIO(b"x")).id
    blobs.delete(["0" * 32, blob, blob])
    assert list(blobs.older_than(4e9)) in ([], [[]])
    with pytest.raises(FileNotFoundError):
        blobs.read(blob)


@pytest.mark.parametrize("before", [10, 3 * PIECE])
def test_a_stream_that_breaks_leaves_nothing(blobs: Blobs, before: int) -> None:
    def broken() -> Iterator[bytes]:
        yield bytes(before)
        raise ConnectionError("cut")

    with pytest.raises(ConnectionError):
        blobs.put_pieces(broken())
    assert sum(map(len, blobs.older_than(4e9))) == 0


def test_a_stream_that_breaks_leaves_no_file(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def files() -> list[str]:
        return [path.name for path in tmp_path.rglob("*") if path.is_file()]

    def broken() -> Iterator[bytes]:
        yield bytes(PIECE)
        yield bytes(PIECE)
        seen.append(files())
        raise ConnectionError("cut")

    with pytest.raises(ConnectionError):
        Blobs.open(str(tmp_path)).put_pieces(broken())
    assert [name.count("#") for name in seen[0]] == [1], "a file without the mark is always whole"
    assert files() == []


def test_a_blob_that_nobody_read_to_its_end_is_closed(tmp_path: Path) -> None:
    descriptors = Path("/proc/self/fd" if Path("/proc/self/fd").is_dir() else "/dev/fd")
    blobs = Blobs.open(str(tmp_path))
    blob = blobs.put(io.BytesIO(bytes(3 * PIECE))).id
    before = len(list(descriptors.iterdir()))
    for _ in range(5):
        next(blobs.read(blob))
    assert len(list(descriptors.iterdir())) == before


def test_a_folder_that_cannot_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"objects cannot be kept in '.*/file/objects'"):
        Blobs.open(str(tmp_path / "file" / "objects"))


def test_small_pieces_are_gathered(blobs: Blobs) -> None:
    blob = blobs.put_pieces(bytes([number % 256]) for number in range(1000))
    assert b"".join(blobs.read(blob.id)) == bytes(number % 256 for number in range(1000))


def test_a_large_blob_needs_little_memory(tmp_path: Path) -> None:
    blobs = Blobs.open(str(tmp_path))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    blob = blobs.put_pieces(bytes(PIECE) for _ in range(300))
    assert sum(map(len, blobs.read(blob.id))) == 300 * PIECE
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 150 * PIECE


def test_an_address_that_cannot_be_opened_is_refused_by_name() -> None:
    with pytest.raises(StoreError, match="ftp://example.org"):
        Blobs.open("ftp://example.org")


def live(call: Call, blob: str, key: str = "k") -> None:
    def write(tx: Transaction) -> None:
        tx.put_bucket("b", {"CreationDate": 1.0, "Region": "us-east-1", "Account": "0" * 12})
        tx.put_object(ObjectRow("b", key, 1, "0" * 32, 1.0, [(blob, 1)], {}))

    call.store.write(write)


def ids(blobs: Blobs) -> set[str]:
    return {blob for batch in blobs.older_than(4e9) for blob in batch}


def test_bytes_that_lost_their_row_are_removed_at_the_second_look(call: Call) -> None:
    blobs = call.workspace.blobs
    old, new = blobs.put(io.BytesIO(b"1")).id, blobs.put(io.BytesIO(b"2")).id
    live(call, old)
    live(call, new)
    cleaner = Cleaner(call.store, blobs)
    assert (cleaner.clean(), ids(blobs)) == (0, {old, new}), "a reader may have just found the old row"
    assert (cleaner.clean(), ids(blobs)) == (1, {new})
    assert call.store.orphans() == []


def test_bytes_whose_writer_died_are_swept_and_live_ones_stay(call: Call) -> None:
    blobs = call.workspace.blobs
    dead, alive = blobs.put(io.BytesIO(b"1")).id, blobs.put(io.BytesIO(b"2")).id
    live(call, alive)
    cleaner = Cleaner(call.store, blobs)
    cleaner.sweep(before=1.0)
    assert call.store.orphans() == [], "what is new may get its row yet"
    cleaner.sweep(before=4e9)
    cleaner.clean()
    cleaner.clean()
    assert (ids(blobs), dead in ids(blobs)) == ({alive}, False)


def test_a_half_written_file_of_a_dead_writer_is_swept(call: Call) -> None:
    folder = Path(call.workspace.settings.store) / "objects" / "blobs" / "ab"
    folder.mkdir(parents=True)
    (folder / "abcd#1").write_bytes(b"half")
    Cleaner(call.store, call.workspace.blobs).sweep(before=4e9)
    assert list(folder.iterdir()) == []


def crc_bit_by_bit(data: bytes, polynomial: int, bits: int) -> int:
    """Compute a reflected CRC as its definition reads."""
    mask = (1 << bits) - 1
    state = mask
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = (state >> 1) ^ (polynomial if state & 1 else 0)
    return state ^ mask


@pytest.mark.parametrize(
    ("algorithm", "check"), [("CRC32", 0xCBF43926), ("CRC32C", 0xE3069283), ("CRC64NVME", 0xAE8B14860A799888)]
)
def test_a_crc_has_the_check_value_of_the_catalogue(algorithm: str, check: int) -> None:
    one = checksums.new_hash(algorithm)
    one.update(b"123456789")
    assert int.from_bytes(one.digest()) == check


@pytest.mark.parametrize("size", [checksums.SMALLEST - 1, checksums.SMALLEST, 3 * checksums.SMALLEST + 5, 70_001])
@pytest.mark.parametrize("algorithm", PARAMETERS)
def test_a_crc_in_lanes_is_the_crc_bit_by_bit(algorithm: str, size: int) -> None:
    data = bytes((number * 7919 + (number >> 8)) % 256 for number in range(size))
    one = checksums.new_hash(algorithm)
    one.update(data)
    assert int.from_bytes(one.digest()) == crc_bit_by_bit(data, *PARAMETERS[algorithm])


def test_a_long_crc_is_that_of_zlib() -> None:
    data = os.urandom(5_000_011)
    one = checksums.Crc(0xEDB88320, 32)
    for start in range(0, len(data), 1_234_567):
        one.update(data[start : start + 1_234_567])
    assert int.from_bytes(one.digest()) == zlib.crc32(data)


@pytest.mark.parametrize("algorithm", PARAMETERS)
@given(parts=st.lists(st.binary(max_size=200), min_size=1, max_size=5))
def test_the_joined_crcs_of_parts_are_the_crc_of_the_whole(algorithm: str, parts: list[bytes]) -> None:
    def sum_of(data: bytes) -> str:
        one = checksums.new_hash(algorithm)
        one.update(data)
        return base64.b64encode(one.digest()).decode()

    assert checksums.joined(algorithm, [(sum_of(part), len(part)) for part in parts]) == sum_of(b"".join(parts))
