"""Users' scripts behind a real server: which functions are called, with what, and what becomes of their answers."""

from __future__ import annotations

import io
import json
import pickle
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from sklearn.linear_model import LogisticRegression
from tests.algorithms.conftest import Served, csv, serving

from trialbook.algorithms.boosting.checkpoints import write_model
from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.scripts import load


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "model" / "code").mkdir(parents=True)
    return tmp_path


@contextmanager
def hosted(root: Path, source: str | None = None, **environment: str) -> Iterator[Served]:
    variables = {"TRIALBOOK_ML_ROOT": str(root), **environment}
    if source is not None:
        (root / "model" / "code" / "serve_me.py").write_text(source)
        variables["SAGEMAKER_PROGRAM"] = "serve_me.py"
    with serving(load(variables)) as server:
        yield server


DOUBLE = """
class Model:
    def predict(self, rows):
        return rows.sum(axis=1) * 2

def model_fn(model_dir):
    return Model()
"""


def npy(array: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("[[1, 2], [3, 4]]", "application/json"),
        ("1,2\n3,4\n", "text/csv"),
        (npy(np.array([[1, 2], [3, 4]])), "application/x-npy"),
    ],
)
def test_defaults_read_json_csv_and_npy(root: Path, body: str | bytes, content_type: str) -> None:
    with hosted(root, DOUBLE) as server:
        assert server.json(body, content_type) == [6, 14]


def test_one_line_of_csv_is_one_row(root: Path) -> None:
    with hosted(root, DOUBLE) as server:
        assert server.json("1,2") == [6]


@pytest.mark.parametrize(
    ("accept", "body"),
    [("application/json", b"[6.0, 14.0]"), ("text/csv", b"6.0\n14.0\n"), ("application/jsonlines", b"6.0\n14.0\n")],
)
def test_defaults_write_what_is_accepted(root: Path, accept: str, body: bytes) -> None:
    with hosted(root, DOUBLE) as server:
        assert server.post("1,2\n3,4\n", accept=accept) == (200, accept, body)
        found = np.load(io.BytesIO(server.post("1,2\n3,4\n", accept="application/x-npy")[2]))
    np.testing.assert_array_equal(found, [6, 14])


def test_every_function_of_the_script_is_called(root: Path) -> None:
    source = """
import json
def model_fn(model_dir, context):
    return {"folder": model_dir}
def input_fn(body, content_type):
    return [type(body).__name__, str(body), content_type]
def predict_fn(data, model, context=None):
    return data + sorted(model)
def output_fn(prediction, accept):
    return json.dumps([*prediction, accept]), "application/vnd.mine+json"
"""
    with hosted(root, source) as server:
        status, kind, body = server.post("a,b", "text/csv; header=absent", "text/plain")
        assert (status, kind) == (200, "application/vnd.mine+json")
        assert json.loads(body) == ["str", "a,b", "text/csv; header=absent", "folder", "text/plain"]
        assert json.loads(server.post(b"a", "image/png")[2])[0] == "bytes"


def test_transform_fn_takes_the_place_of_the_three(root: Path) -> None:
    source = (
        "def model_fn(d): return 2\ndef transform_fn(model, body, content_type, accept): return body * model, accept\n"
    )
    with hosted(root, source) as server:
        assert server.post("ab", "text/csv", "text/csv")[2] == b"abab"
    with (
        pytest.raises(ClientError, match="transform_fn and predict_fn"),
        hosted(root, source + "def predict_fn(d, m): ...\n"),
    ):
        pass


def test_a_script_that_raises_answers_500_with_its_error_and_goes_on(root: Path) -> None:
    source = DOUBLE + "def predict_fn(data, model):\n    return 1 / int(data[0, 0])\n"
    with hosted(root, source) as server:
        assert server.post("0")[::2] == (500, b"ZeroDivisionError: division by zero")
        assert server.json("2") == 0.5


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import nothing_of_this_name\n", "serve_me.py cannot be imported: ModuleNotFoundError"),
        ("def model_fn(d): raise OSError('no weights')\n", "model_fn failed: OSError: no weights"),
    ],
)
def test_a_script_that_cannot_start_says_why(root: Path, source: str, told: str) -> None:
    with pytest.raises(ClientError, match=told), hosted(root, source):
        pass


def test_a_missing_script_names_those_there_are(root: Path) -> None:
    (root / "model" / "code" / "other.py").write_text("")
    with pytest.raises(ClientError, match=r"SAGEMAKER_PROGRAM is gone.py, which is not in .* \(other.py\)"):
        load({"TRIALBOOK_ML_ROOT": str(root), "SAGEMAKER_PROGRAM": "gone.py"})


@pytest.mark.parametrize("packed", [False, True])
def test_the_script_may_lie_in_a_folder_or_an_archive(root: Path, tmp_path: Path, packed: bool) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "serve_me.py").write_text(DOUBLE + "import beside_it_too\n")
    (folder / "beside_it_too.py").write_text("")
    place = folder
    if packed:
        place = tmp_path / "sourcedir.tar.gz"
        with tarfile.open(place, "w:gz") as archive:
            for path in folder.iterdir():
                archive.add(path, path.name)
    with hosted(root, SAGEMAKER_PROGRAM="serve_me.py", SAGEMAKER_SUBMIT_DIRECTORY=str(place)) as server:
        assert server.json("1,2") == [6]


def test_a_pickled_sklearn_model_is_served_without_a_script(root: Path) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(50, 2))
    model = LogisticRegression().fit(x, x[:, 0] > 0)
    (root / "model" / "model.pkl").write_bytes(pickle.dumps(model))
    with hosted(root) as server:
        assert server.json(csv(x[:5])) == model.predict(x[:5].astype(np.float32)).tolist()


def test_an_xgboost_model_is_served_without_a_script(root: Path) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(50, 2)).astype(np.float32)
    booster = xgboost.train({"nthread": 1}, xgboost.DMatrix(x, x[:, 0]), 3)
    write_model(booster, root / "model" / "xgboost-model")
    with hosted(root) as server:
        found = np.array(server.json(csv(x[:5])), np.float32)
    np.testing.assert_allclose(found, booster.predict(xgboost.DMatrix(x[:5])))


def test_unknown_types_are_refused(root: Path) -> None:
    with hosted(root, DOUBLE) as server:
        assert server.post("1", "text/html")[0] == 415
        assert server.post("1,2", "text/csv", "image/png")[0] == 406
        assert server.post("{", "application/json")[0] == 400
        assert server.post(b"\xff", "text/csv")[0] == 400


def test_no_model_and_no_script_says_what_is_missing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from trialbook.algorithms.program import main

    assert main(["serve-script"], {"TRIALBOOK_ML_ROOT": str(root)}) == 1
    assert "The script has no model_fn" in capsys.readouterr().out


def test_scripts_that_import_the_toolkits_run_without_them(root: Path) -> None:
    source = """
import numpy as np
import sagemaker_xgboost_container.encoder as xgb_encoders
from sagemaker_containers.beta.framework import content_types, encoders, worker
from sagemaker_inference import decoder

class Model:
    def predict(self, matrix):
        return np.array([matrix.num_row(), matrix.num_col()])

def model_fn(model_dir):
    return Model()

def input_fn(body, content_type):
    assert decoder.decode(body, content_type).shape == encoders.decode(body, content_type).shape == (2, 3)
    return xgb_encoders.csv_to_dmatrix(body, dtype=float)

def output_fn(prediction, accept):
    return worker.Response(encoders.encode(prediction, accept), mimetype=content_types.CSV)
"""
    with hosted(root, source) as server:
        assert server.post("1,2,3\n4,5,6", "text/csv", "text/csv") == (200, "text/csv", b"2\n3\n")
