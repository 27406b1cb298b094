"""The serving program of XGBoost over HTTP: payloads, answers, refusals."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from tests.algorithms.conftest import Served, csv, served

from trialbook.algorithms import recordio
from trialbook.algorithms.boosting.checkpoints import write_model
from trialbook.algorithms.program import main


def model(folder: Path, objective: str = "binary:logistic", **passed: object) -> tuple[Any, Any]:
    random = np.random.default_rng(3)
    x = random.normal(size=(200, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.float32) + (x[:, 1] > 0) * ("num_class" in passed)
    booster = xgboost.train({"objective": objective, "nthread": 1, **passed}, xgboost.DMatrix(x, y), 5)
    write_model(booster, folder / "xgboost-model")
    return x[:3], booster.predict(xgboost.DMatrix(x[:3]))


@pytest.fixture
def predicted(tmp_path: Path) -> tuple[Any, Any]:
    return model(tmp_path)


@pytest.fixture
def server(tmp_path: Path, predicted: Any) -> Iterator[Served]:
    with served("xgboost", tmp_path) as found:
        yield found


def test_ping_is_answered_once_the_model_is_loaded(server: Served) -> None:
    assert server.request("GET", "/ping") == (200, "text/plain", b"")
    parameters = json.loads(server.request("GET", "/execution-parameters")[2])
    assert parameters["BatchStrategy"] == "MULTI_RECORD"


def test_csv_answers_predictions_between_commas(server: Served, predicted: Any) -> None:
    x, y = predicted
    status, kind, body = server.post(csv(x))
    assert (status, kind) == (200, "text/csv")
    np.testing.assert_array_equal(np.array(body.decode().split(","), np.float32), y)


def test_json_and_json_lines_answer_scores(server: Served, predicted: Any) -> None:
    x, y = predicted
    answer = server.json(csv(x))
    np.testing.assert_array_equal(np.array([one["score"] for one in answer["predictions"]], np.float32), y)
    lines = server.post(csv(x), accept="application/jsonlines")[2].splitlines()
    assert [json.loads(line) for line in lines] == answer["predictions"]


def test_every_kind_of_payload_answers_the_same(server: Served, predicted: Any) -> None:
    x, _ = predicted
    expected = server.post(csv(x))[2]
    sparse = "\n".join(" ".join(f"{i}:{v!r}" for i, v in enumerate(row)) for row in x.tolist())
    labelled = "\n".join("1 " + line for line in sparse.splitlines())
    frames = recordio.write(recordio.Record({"values": recordio.Tensor(row)}) for row in x)
    assert server.post(sparse, "text/libsvm")[2] == expected
    assert server.post(labelled, "text/x-libsvm")[2] == expected
    assert server.post(frames, "application/x-recordio-protobuf")[2] == expected
    assert server.post(csv(x), "text/csv; charset=utf-8", "*/*")[2] == expected
    assert server.post(csv(x), None, "text/csv;q=0.9, application/json")[2] == expected


def test_a_batch_transform_gets_a_line_for_each_row(tmp_path: Path, predicted: Any) -> None:
    x, y = predicted
    with served("xgboost", tmp_path, {"SAGEMAKER_BATCH": "true"}) as server:
        lines = server.post(csv(x))[2].decode()
    assert lines.endswith("\n")
    np.testing.assert_array_equal(np.array(lines.split(), np.float32), y)


@pytest.mark.parametrize(
    ("body", "content_type", "accept", "status", "told"),
    [
        (b"1,2", "text/csv", None, 400, "The request's rows have 2 features; the model was trained on 3."),
        (b"1,2,3,4", "text/csv", None, 400, "Send them without the label."),
        (b"1,a,3", "text/csv", None, 400, 'column 2 of the request is "a"'),
        (b"<html>", "text/html", None, 415, "Content-type text/html not supported. Supported content-type is text/csv"),
        (b"1,2,3", "text/csv", "image/png", 406, 'Accept "image/png" is not served.'),
        (b"nonsense", "application/x-recordio-protobuf", None, 400, "does not begin a RecordIO frame"),
        (b"0 x", "text/libsvm", None, 400, "where LIBSVM has index:value"),
    ],
)
def test_a_wrong_request_is_refused_with_a_reason(
    server: Served, body: bytes, content_type: str, accept: str | None, status: int, told: str
) -> None:
    found, _, text = server.post(body, content_type, accept)
    assert found == status
    assert told in text.decode()
    assert b"Traceback" not in text


def test_nothing_to_predict_has_no_content(server: Served) -> None:
    assert server.post(b"")[0] == 204


def test_other_paths_and_methods_are_refused(server: Served) -> None:
    assert server.request("GET", "/invocations")[0] == 404
    assert server.request("POST", "/predict")[0] == 404
    assert server.request("DELETE", "/ping")[0] == 501


def test_a_body_of_unknown_length_is_refused(server: Served) -> None:
    assert server.request("POST", "/invocations", headers={"Transfer-Encoding": "chunked"})[0] == 411


def test_one_connection_serves_many_requests(server: Served, predicted: Any) -> None:
    x, _ = predicted
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    bodies = set()
    for _ in range(5):
        connection.request("POST", "/invocations", csv(x), {"Content-Type": "text/csv"})
        bodies.add(connection.getresponse().read())
    connection.close()
    assert len(bodies) == 1


def test_requests_at_the_same_time_get_their_own_answers(server: Served, predicted: Any) -> None:
    x, y = predicted
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: float(server.post(csv(x[number % 3 : number % 3 + 1]))[2]), range(60)))
    assert answers == pytest.approx([float(y[number % 3]) for number in range(60)])


@pytest.mark.parametrize(
    ("objective", "passed", "keys"),
    [
        (
            "binary:logistic",
            {},
            ["predicted_label", "labels", "probability", "probabilities", "raw_score", "raw_scores"],
        ),
        ("binary:logitraw", {}, ["predicted_label", "labels", "raw_score"]),
        ("multi:softprob", {"num_class": 3}, ["predicted_label", "labels", "probability", "probabilities"]),
        ("multi:softmax", {"num_class": 3}, ["predicted_label", "raw_score"]),
        ("reg:squarederror", {}, ["predicted_score"]),
    ],
)
def test_contents_can_be_selected(tmp_path: Path, objective: str, passed: dict[str, object], keys: list[str]) -> None:
    x, y = model(tmp_path, objective, **passed)
    with served("xgboost", tmp_path, {"SAGEMAKER_INFERENCE_OUTPUT": ",".join(keys)}) as server:
        found = server.json(csv(x))["predictions"]
        text = server.post(csv(x), accept="text/csv")[2].decode()
        frames = list(recordio.read(server.post(csv(x), accept="application/x-recordio-protobuf")[2]))
    assert [list(one) for one in found] == [keys] * 3
    assert len(text.splitlines()) == 3
    first = keys[0]
    assert [record.label[first].values[0] for record in frames] == pytest.approx([one[first] for one in found])
    if objective == "multi:softprob":
        assert [one["predicted_label"] for one in found] == np.argmax(y, axis=1).tolist()
        np.testing.assert_allclose([one["probabilities"] for one in found], y, rtol=1e-6)
    elif "probabilities" in keys:
        np.testing.assert_allclose([sum(one["probabilities"]) for one in found], 1)


def test_a_folder_without_a_model_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model").mkdir()
    assert main(["xgboost", "serve"], {"TRIALBOOK_ML_ROOT": str(tmp_path)}) == 1
    assert "holds no file; xgboost's is xgboost-model." in capsys.readouterr().out


def test_the_program_listens_where_it_is_told_and_ends_on_sigterm(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    x, y = model(tmp_path / "model")
    program = subprocess.Popen(
        [sys.executable, "-m", "trialbook.algorithms", "xgboost", "serve"],
        env={
            **os.environ,
            "TRIALBOOK_ML_ROOT": str(tmp_path),
            "SAGEMAKER_BIND_TO_PORT": "0",
            "PYTHONPATH": ":".join(sys.path),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    port = next(int(line.rpartition(":")[2]) for line in program.stdout if "Listening on" in line)
    assert float(Served(port).post(csv(x[:1]))[2]) == pytest.approx(float(y[0]))
    program.send_signal(signal.SIGTERM)
    assert program.wait(5) == 0
    program.stdout.close()


def test_wrong_arguments_name_the_right_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xgbost", "train"], {}) == 2
    assert 'Did you mean "xgboost"?' in capsys.readouterr().out
