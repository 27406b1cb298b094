"""Records of a batch transform: split, put together, filtered, joined; no jobs run here."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from trialbook.jobs.failure import JobFailure
from trialbook.jobs.joining import Processing
from trialbook.jobs.json_paths import JsonPath, PathError
from trialbook.jobs.recordio import record
from trialbook.jobs.splitting import payloads, records

RECORD = {"a": 1, "b": {"c d": [10, 20, 30]}, "e": "x"}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", RECORD),
        ("$.a", 1),
        ("$['a']", 1),
        ('$["a"]', 1),
        ("$['a','e']", {"a": 1, "e": "x"}),
        ("$.b['c d'][0]", 10),
        ("$.b['c d'][0,2]", [10, 30]),
        ("$.b['c d'][-1]", 30),
        ("$.b['c d'][1:]", [20, 30]),
        ("$.b['c d'][:1]", [10]),
        ("$.b['c d'][*]", [10, 20, 30]),
        ("$.b.*", [[10, 20, 30]]),
    ],
)
def test_a_path_finds(path: str, found: Any) -> None:
    assert JsonPath.read(path, "p").find(RECORD) == found


@pytest.mark.parametrize("path", ["a", "$a", "$..a", "$[?(@.a)]", "$.a[", "$[1:2:3]"])
def test_a_path_that_is_not_served_is_refused(path: str) -> None:
    with pytest.raises(JobFailure, match="JSON path|not understood"):
        JsonPath.read(path, "p")


@pytest.mark.parametrize("path", ["$.z", "$.a.b", "$[0]", "$.b['c d'][9]"])
def test_a_path_to_nothing_is_an_error(path: str) -> None:
    with pytest.raises(PathError, match="has nothing at"):
        JsonPath.read(path, "p").find(RECORD)


def split(tmp_path: Path, data: bytes, how: str, *, gzipped: bool = False) -> list[bytes]:
    path = tmp_path / "data"
    path.write_bytes(data)
    return list(records(path, how, gzipped=gzipped, what="it"))


def test_lines_are_records_without_their_ends(tmp_path: Path) -> None:
    assert split(tmp_path, b"1,2\r\n\n3,4", "Line") == [b"1,2", b"3,4"]
    assert split(tmp_path, gzip.compress(b"1\n2\n"), "Line", gzipped=True) == [b"1", b"2"]


def test_frames_are_records_with_their_headers(tmp_path: Path) -> None:
    frames = [record(b"one"), record(b"four")]
    assert split(tmp_path, b"".join(frames), "RecordIO") == frames
    with pytest.raises(JobFailure, match="ends within a frame"):
        split(tmp_path, frames[0][:-2], "RecordIO")


def test_an_object_may_be_one_record(tmp_path: Path) -> None:
    assert split(tmp_path, b"a\nb\n", "None") == [b"a\nb\n"]


def test_payloads_hold_what_fits() -> None:
    found = [b"aaa", b"bbb", b"cc"]
    assert list(payloads(found, 8, single=False, newline=True, what="it")) == [[b"aaa", b"bbb"], [b"cc"]]
    assert list(payloads(found, 8, single=True, newline=True, what="it")) == [[b"aaa"], [b"bbb"], [b"cc"]]
    assert list(payloads(found, 0, single=False, newline=True, what="it")) == [found]
    with pytest.raises(JobFailure, match="record 1 of it has 3 bytes"):
        list(payloads(found, 2, single=False, newline=True, what="it"))


def processing(kind: str, **members: str) -> Processing:
    return Processing.of({"TransformInput": {"ContentType": kind}, "DataProcessing": members})


@pytest.mark.parametrize(
    ("kind", "record", "answer", "joined"),
    [
        ("text/csv", b'a,"b,c"', b"0.5", b'a,"b,c",0.5'),
        ("application/json", b'{"a": 1}', b'{"p": 2}', b'{"a":1,"SageMakerOutput":{"p":2}}'),
        ("application/json", b"3", b"4", b'{"SageMakerInput":3,"SageMakerOutput":4}'),
    ],
)
def test_a_record_is_joined_with_its_answer(kind: str, record: bytes, answer: bytes, joined: bytes) -> None:
    assert processing(kind, JoinSource="Input").after([record], answer, kind, "it") == [joined]


def test_answers_under_one_member_go_to_their_records() -> None:
    joins = processing("text/csv", JoinSource="Input")
    answer = b'{"predictions": [{"score": 1}, {"score": 2}]}'
    assert joins.after([b"a", b"b"], answer, "application/json", "it") == [
        b'{"SageMakerInput":["a"],"SageMakerOutput":{"score":1}}',
        b'{"SageMakerInput":["b"],"SageMakerOutput":{"score":2}}',
    ]


def test_too_few_answers_are_an_error() -> None:
    with pytest.raises(JobFailure, match="answered 1 records to the 2 of it"):
        processing("text/csv", JoinSource="Input").after([b"a", b"b"], b"1", "text/csv", "it")


def test_other_types_cannot_be_processed() -> None:
    with pytest.raises(JobFailure, match="DataProcessing takes text/csv"):
        processing("image/png", JoinSource="Input")
