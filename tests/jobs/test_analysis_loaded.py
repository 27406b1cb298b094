"""A model asked within the analysis and one asked over HTTP: the same answers, the same reports, the same faults."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trialbook.algorithms.answers import Answer
from trialbook.algorithms.failures import AlgorithmError, RequestError
from trialbook.algorithms.log import Log
from trialbook.algorithms.program import loaded
from trialbook.algorithms.serving import Predictor, Server
from trialbook.clarify import run_analysis
from trialbook.clarify.endpoint import EndpointModel, Send, http_sender
from trialbook.errors import PredictionError
from trialbook.jobs.analysis_loaded import LoadedModel, why_served
from trialbook.jobs.analysis_model import NAME
from trialbook.jobs.environments import Environments
from trialbook.jobs.serving_recipe import Recipe

Ways = Callable[[Predictor], dict[str, Send]]
HEADERS = ["y", "Sex", "Age", "Hours"]
FEATURES = HEADERS[1:]
CONFIG: dict[str, Any] = {
    "dataset_type": "text/csv",
    "label": "y",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "Sex", "value_or_threshold": [0]}],
    "group_variable": "Age",
    "methods": {
        "report": {"name": "report"},
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": "all"},
        "shap": {"save_local_shap_values": True, "baseline": [[0, 40, 40]]},
        "pdp": {"grid_resolution": 4, "features": ["Age"]},
    },
    "predictor": {"model_name": "m", "instance_type": "ml.m5.large", "initial_instance_count": 1},
}


@pytest.fixture
def ways() -> Iterator[Ways]:
    """Give the two ways to ask a predictor: loaded here, and behind its HTTP server."""
    servers: list[Server] = []

    def both(predictor: Predictor) -> dict[str, Send]:
        server = Server(("127.0.0.1", 0), predictor, Log())
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/invocations"
        return {"loaded": LoadedModel(lambda: predictor), "served": http_sender(url, name=NAME)}

    yield both
    for server in servers:
        server.shutdown()
        server.server_close()


def people(rows: int = 200) -> dict[str, Any]:
    random = np.random.default_rng(2)
    sex, age, hours = random.integers(0, 2, rows), random.integers(18, 80, rows), random.integers(10, 60, rows)
    label = (age + hours + 12 * sex + random.normal(0, 9, rows) > 90).astype(int)
    return dict(zip(HEADERS, (label, sex, age, hours), strict=True))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """Load a model of the built-in XGBoost from its folder."""
    import xgboost

    folder = tmp_path_factory.mktemp("model")
    columns = people()
    rows = xgboost.DMatrix(np.column_stack([columns[name] for name in FEATURES]), columns["y"])
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 3, "nthread": 1}, rows, 5)
    booster.save_model(str(folder / "xgboost-model.json"))
    return loaded("xgboost", {"SM_MODEL_DIR": str(folder)})


class Faulty:
    """A predictor with a fault of its own."""

    def __init__(self, fault: Callable[[int], bytes]) -> None:
        self._fault = fault

    def respond(self, body: bytes, content_type: str | None, accept: str | None) -> Answer:
        return Answer(self._fault(len(body.splitlines())), "text/csv")


def _raise(error: Exception) -> Any:
    raise error


def analysed(send: Send, folder: Path) -> tuple[dict[str, bytes], str]:
    """Analyse; gives what is written, and the failure."""
    failure = ""
    model = EndpointModel(send, CONFIG["predictor"], FEATURES)
    try:
        run_analysis(CONFIG, people(), model, folder, name="people", clock=lambda: 0.0)
    except PredictionError as error:
        failure = str(error)
    kept = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return kept, failure


def test_both_ways_write_the_same_reports(ways: Ways, tree: Predictor, tmp_path: Path) -> None:
    results = {name: analysed(send, tmp_path / name) for name, send in ways(tree).items()}
    assert results["loaded"] == results["served"]
    files, failure = results["loaded"]
    assert not failure
    assert {"analysis.json", "report.html", "report.ipynb", "report.pdf", "explanations_shap/out.csv"} <= files.keys()
    found = json.loads(files["analysis.json"])
    assert found["explanations"]["kernel_shap"]["label0"]["global_shap_values"]["Age"] > 0


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda rows: b"\n".join([b"nan"] * rows), r"rows 0 to 10: the model answered NaN to 11 of 11 rows"),
        (lambda rows: b"\n".join([b"0.5"] * (rows - 1)), r"rows 0 to 10: the model gave 10 answers to 11 rows"),
        (lambda rows: _raise(RequestError("no", 415)), r"rows 0 to 10: .* the model answered 415: no"),
        (lambda rows: _raise(ValueError("lost")), r"rows 0 to 10: .* the model answered 500: ValueError: lost"),
        (lambda rows: b"\xff", r"rows 0 to 10: .* cannot be used: 'utf-8' codec"),
    ],
)
def test_both_ways_tell_the_same_fault_with_its_rows(
    ways: Ways, fault: Callable[[int], bytes], told: str, tmp_path: Path
) -> None:
    results = {name: analysed(send, tmp_path / name) for name, send in ways(Faulty(fault)).items()}
    assert results["loaded"] == results["served"]
    files, failure = results["loaded"]
    assert re.search(told, failure), failure
    assert "pre_training_bias_metrics" in json.loads(files["analysis.json"])


@pytest.mark.parametrize(
    ("content", "accept", "body"),
    [
        ("text/csv", "text/csv", b"1,40,40\n0,30,20\n"),
        ("text/csv", "application/json", b"1,40,40"),
        ("text/csv", "application/jsonlines", b"1,40,40\n0,,20"),
        ("text/libsvm", "text/csv", b"1 0:1 1:40 2:40"),
        ("text/csv", "text/csv", b""),
    ],
)
def test_both_ways_answer_the_same_bytes(ways: Ways, tree: Predictor, content: str, accept: str, body: bytes) -> None:
    answers = {name: send(body, content, accept) for name, send in ways(tree).items()}
    assert answers["loaded"] == answers["served"]
    assert bool(answers["loaded"]) == bool(body)


@pytest.mark.parametrize(
    ("content", "accept", "body"),
    [("text/csv", "text/csv", b"1,2"), ("image/png", "text/csv", b"1"), ("text/csv", "image/png", b"1,2,3")],
)
def test_both_ways_refuse_in_the_same_words(
    ways: Ways, tree: Predictor, content: str, accept: str, body: bytes
) -> None:
    told = []
    for send in ways(tree).values():
        with pytest.raises(OSError, match="the model answered 4") as refused:
            send(body, content, accept)
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_a_model_that_cannot_be_loaded_says_why() -> None:
    send = LoadedModel(lambda: _raise(AlgorithmError("the folder holds no file")))
    with pytest.raises(PredictionError, match="cannot be loaded: AlgorithmError: the folder holds no file"):
        send(b"1", "text/csv", "text/csv")


def test_a_model_is_loaded_only_where_its_versions_are_those_of_the_analysis(tmp_path: Path) -> None:
    environments = Environments(tmp_path)
    python = Path(sys.executable)
    same, other = (environments.layer(python, tmp_path / name) for name in ("same", "other"))
    site = next((tmp_path / "other").glob("lib/*/site-packages"))
    (site / "scipy-0.1.dist-info").mkdir()
    (site / "scipy-0.1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: scipy\nVersion: 0.1\n")

    def why(interpreter: Path, algorithm: str | None) -> str | None:
        return why_served(Recipe(("python",), {}, interpreter, algorithm), python, environments)

    assert why(python, "xgboost") is None
    assert why(same, "xgboost") is None
    assert "it runs on scipy 0.1 instead of 1" in str(why(other, "xgboost"))
    assert "brings a script" in str(why(python, None))
