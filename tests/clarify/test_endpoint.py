"""A model behind an endpoint: requests and answers in every format, over real HTTP."""

from __future__ import annotations

import csv
import io
import json
import math
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import hypothesis.extra.numpy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from trialbook.clarify.endpoint import EndpointModel, http_sender
from trialbook.errors import PredictionError

ROWS = np.array([[1.0, 2.5], [3.0, np.nan]])
FEATURES = ["age", "pay"]


class Heard:
    """What a sender was asked, and what it answers."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, str]] = []

    def __call__(self, body: bytes, content: str, accept: str) -> bytes:
        self.asked.append((body.decode(), content, accept))
        return self.answer.encode()


@pytest.mark.parametrize(
    ("predictor", "body"),
    [
        ({"content_type": "text/csv"}, "1,2.5\n3,"),
        (
            {"content_type": "application/jsonlines", "content_template": '{"features":$features}'},
            '{"features":[1, 2.5]}\n{"features":[3, null]}',
        ),
        (
            {
                "content_type": "application/jsonlines",
                "content_template": "$record",
                "record_template": "$features_kvp",
            },
            '{"age": 1, "pay": 2.5}\n{"age": 3, "pay": null}',
        ),
        (
            {
                "content_type": "application/json",
                "content_template": '{"instances":$records}',
                "record_template": '{"a":"${age}","p":"${pay}"}',
            },
            '{"instances":[{"a":1,"p":2.5},{"a":3,"p":null}]}',
        ),
    ],
)
def test_rows_are_written_as_the_templates_say(predictor: dict[str, Any], body: str) -> None:
    heard = Heard("0.5\n0.5")
    EndpointModel(heard, {**predictor, "accept_type": "text/csv"}, FEATURES)(ROWS)
    assert heard.asked == [(body, predictor["content_type"], "text/csv")]


@pytest.mark.parametrize(
    ("predictor", "answer", "found"),
    [
        ({"accept_type": "text/csv"}, "0.1\n0.9\n", [0.1, 0.9]),
        ({"accept_type": "text/csv"}, "0.1,0.9", [0.1, 0.9]),
        ({"accept_type": "text/csv", "label": 1}, "7,0.1\n7,0.9", [0.1, 0.9]),
        ({"accept_type": "text/csv", "probability": 1}, 'yes,"[0.1, 0.9]"\nno,"[0.8, 0.2]"', [[0.1, 0.9], [0.8, 0.2]]),
        ({"accept_type": "text/csv"}, "0.1,0.9\n0.8,0.2", [[0.1, 0.9], [0.8, 0.2]]),
        ({"accept_type": "application/jsonlines", "label": "score"}, '{"score":0.1}\n{"score":0.9}', [0.1, 0.9]),
        ({"accept_type": "application/json", "label": "p[].s"}, '{"p":[{"s":0.1},{"s":0.9}]}', [0.1, 0.9]),
    ],
)
def test_answers_are_read_as_the_configuration_says(predictor: dict[str, Any], answer: str, found: Any) -> None:
    assert EndpointModel(Heard(answer), predictor, FEATURES)(ROWS).tolist() == found


@given(
    hypothesis.extra.numpy.arrays(
        np.float64,
        st.tuples(st.integers(1, 6), st.integers(1, 4)),
        elements=st.one_of(st.floats(), st.integers(-9, 9).map(float), st.sampled_from([-0.0, 1e16, 1e300, 0.1])),
    )
)
def test_numbers_are_written_as_the_csv_writer_writes_them(rows: NDArray[np.float64]) -> None:
    heard, written = Heard("\n".join(["0.5"] * len(rows))), io.StringIO()
    EndpointModel(heard, {"content_type": "text/csv"}, [])(rows)
    cells = [["" if math.isnan(one) else int(one) if one.is_integer() else one for one in row] for row in rows.tolist()]
    csv.writer(written, lineterminator="\n").writerows(cells)
    assert heard.asked[0][0] == written.getvalue().removesuffix("\n")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("0.1,nan\n", [0.1, math.nan]),
        ("\n0.1\n\n 0.9 \n", [0.1, 0.9]),
        ('"0.1","0.9"', [0.1, 0.9]),
        ("[0.1]\n[0.9]", [0.1, 0.9]),
        ("0.1\nyes", ["0.1", "yes"]),
    ],
)
def test_numbers_are_read_however_the_lines_stand(answer: str, found: list[Any]) -> None:
    assert EndpointModel(Heard(answer), {}, FEATURES)(ROWS).tolist() == [
        one if isinstance(one, str) else pytest.approx(one, nan_ok=True) for one in found
    ]


def test_labels_that_are_words_stay_words() -> None:
    answers = EndpointModel(Heard("yes\nno"), {}, FEATURES)(ROWS)
    assert answers.tolist() == ["yes", "no"]


def test_a_json_request_without_records_holds_one_row() -> None:
    heard = Heard("[0.5]")
    predictor = {
        "content_type": "application/json",
        "content_template": '{"x":$features}',
        "accept_type": "application/json",
    }
    assert EndpointModel(heard, predictor, FEATURES)(ROWS).tolist() == [0.5, 0.5]
    assert [asked[0] for asked in heard.asked] == ['{"x":[1, 2.5]}', '{"x":[3, null]}']


def test_an_answer_that_cannot_be_read_is_told_with_its_rows() -> None:
    predictor = {"accept_type": "application/json", "label": "scores"}
    with pytest.raises(PredictionError, match="rows 0 to 1: .* cannot be used: 'scores' finds nothing"):
        EndpointModel(Heard('{"other": 1}'), predictor, FEATURES)(ROWS)


@pytest.fixture
def served() -> Iterator[Callable[[int, str], str]]:
    """Serve one answer over HTTP; gives a function that sets it and gives the URL."""
    state: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            state["asked"] = (self.rfile.read(length).decode(), self.headers["Content-Type"], self.headers["Accept"])
            body = state["body"].encode()
            self.send_response(state["status"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def answer(status: int, body: str) -> str:
        state.update(status=status, body=body)
        return f"http://127.0.0.1:{server.server_port}/invocations"

    yield answer
    server.shutdown()
    thread.join()
    server.server_close()


def test_requests_go_over_http_and_errors_keep_the_servers_words(served: Callable[[int, str], str]) -> None:
    model = EndpointModel(
        http_sender(served(200, json.dumps([0.25, 0.75]))), {"accept_type": "application/json"}, FEATURES
    )
    assert model(ROWS).tolist() == [0.25, 0.75]
    served(500, "model not loaded")
    with pytest.raises(PredictionError, match=r"rows 0 to 1: .* answered 500: model not loaded"):
        model(ROWS)
