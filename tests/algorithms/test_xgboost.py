"""XGBoost's training program: what it reads, writes and says, beside xgboost called directly."""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xgboost
from tests.algorithms.conftest import Job, csv

from trialbook.algorithms import recordio
from trialbook.algorithms.boosting import checkpoints, parameters
from trialbook.algorithms.boosting.matrices import matrix
from trialbook.algorithms.failures import reason
from trialbook.algorithms.formats import read
from trialbook.algorithms.program import main

Classes = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]
USUAL = {"objective": "binary:logistic", "num_round": 8, "nthread": 1}


def direct(x: Any, y: Any, weight: Any = None, **passed: object) -> Any:
    data = xgboost.DMatrix(x, y, weight=weight)
    return xgboost.train({"objective": "binary:logistic", "nthread": 1, **passed}, data, 8).predict(data)


def predictions(job: Job, x: Any) -> Any:
    booster = xgboost.Booster()
    booster.load_model(bytearray((job.model / "xgboost-model").read_bytes()))
    return booster.predict(xgboost.DMatrix(x))


def libsvm(x: Any, y: Any) -> str:
    return "".join(
        f"{label:g} " + " ".join(f"{column}:{value!r}" for column, value in enumerate(row.tolist())) + "\n"
        for row, label in zip(x, y, strict=True)
    )


def parquet(x: Any, y: Any) -> bytes:
    names = ["label", *(f"f{column}" for column in range(x.shape[1]))]
    out = io.BytesIO()
    pq.write_table(pa.table(dict(zip(names, [y, *x.T], strict=True))), out)
    return out.getvalue()


def records(x: Any, y: Any) -> bytes:
    return recordio.write(
        recordio.Record({"values": recordio.Tensor(row)}, {"values": recordio.Tensor(np.array([label], np.float32))})
        for row, label in zip(x, y, strict=True)
    )


@pytest.mark.parametrize(
    ("content_type", "write"),
    [
        ("text/csv", lambda x, y: csv(y, x)),
        ("text/csv;label_size=1", lambda x, y: csv(y, x)),
        ("csv", lambda x, y: csv(y, x).replace(",", "\t")),
        ("text/libsvm", libsvm),
        ("application/x-parquet", parquet),
        ("application/x-recordio-protobuf", records),
    ],
)
def test_every_format_gives_the_model_that_xgboost_gives_itself(
    job: Job, two_classes: Classes, content_type: str, write: Any
) -> None:
    x, y = two_classes
    assert job.give("train", write(x, y), content_type).train("xgboost", **USUAL) == 0, job.failure
    np.testing.assert_array_equal(predictions(job, x), direct(x, y))


def test_metrics_of_both_channels_are_found_by_the_catalogs_expressions(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y[:400], x[:400])).give("validation", csv(y[400:], x[400:]))
    assert job.train("xgboost", **USUAL, eval_metric="auc,error,f1") == 0
    lines = [line for line in job.log.splitlines() if line.startswith("[") and "\t" in line]
    assert [line.partition("\t")[0] for line in lines] == [f"[{number}]" for number in range(8)]
    found = job.metrics("xgboost")
    assert set(found) == {f"{data}:{name}" for data in ("train", "validation") for name in ("auc", "error", "f1")}
    predicted = predictions(job, x[400:]) > 0.5
    assert found["validation:error"] == pytest.approx(np.mean(predicted != y[400:]), abs=1e-5)


def test_log_lines_open_as_in_sagemakers_container(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).train("xgboost", **USUAL)
    assert any(line.endswith(":INFO] Train matrix has 500 rows and 4 columns") for line in job.log.splitlines())


def test_a_metric_of_ours_alone_hides_the_objectives_own(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).train("xgboost", **USUAL, eval_metric="accuracy")
    assert set(job.metrics("xgboost")) == {"train:accuracy"}


def test_a_tuning_jobs_metric_is_reported_without_being_asked_for(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).give("validation", csv(y, x))
    job.train("xgboost", **USUAL, _tuning_objective_metric="validation:auc", eval_metric="error")
    assert "validation:auc" in job.metrics("xgboost")


def test_csv_weights_take_the_second_column(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    weight = np.linspace(0.1, 3, len(y)).astype(np.float32)
    job.give("train", csv(y, weight, x)).give("validation", csv(y, x))
    assert job.train("xgboost", **USUAL, csv_weights=1) == 0
    np.testing.assert_array_equal(predictions(job, x), direct(x, y, weight))


def test_files_of_a_channel_are_joined_and_hidden_ones_left_out(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y[:200], x[:200]), name="a.csv").give("train", csv(y[200:], x[200:]), name="b.csv")
    job.give("train", "not data", name="_SUCCESS").give("train", "not data", name=".cache")
    assert job.train("xgboost", **USUAL) == 0
    np.testing.assert_array_equal(predictions(job, x), direct(x, y))


def test_an_empty_field_is_missing() -> None:
    table = read(b"1,,2.5\n0,3,\n1,4,5\n", "csv", "x")
    np.testing.assert_array_equal(table.x, np.array([[np.nan, 2.5], [3, np.nan], [4, 5]], np.float32))


def test_libsvm_reads_weights_queries_and_comments() -> None:
    table = read(b"1:0.5 qid:3 0:1.5 2:2 # a comment\n\n0:2 qid:4 1:-1\n", "libsvm", "x")
    np.testing.assert_array_equal(table.x.toarray(), [[1.5, 0, 2], [0, -1, 0]])
    assert (table.y is not None and table.y.tolist()) == [1, 0]
    assert (table.weight is not None and table.weight.tolist()) == [0.5, 2]
    assert matrix(table).get_uint_info("group_ptr").tolist() == [0, 1, 2]


def test_early_stopping_keeps_the_best_rounds_model(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    random = np.random.default_rng(1).permutation(y[250:])
    job.give("train", csv(y[:250], x[:250])).give("validation", csv(random, x[250:]))
    assert job.train("xgboost", **{**USUAL, "num_round": 50}, early_stopping_rounds=3, eval_metric="auc") == 0
    lines = [line for line in job.log.splitlines() if "validation-auc" in line]
    scores = [float(line.rpartition(":")[2]) for line in lines]
    assert len(scores) == int(np.argmax(scores)) + 4 < 50
    booster = xgboost.Booster()
    booster.load_model(bytearray((job.model / "xgboost-model").read_bytes()))
    assert booster.num_boosted_rounds() == int(np.argmax(scores)) + 1


def test_a_job_goes_on_after_its_newest_checkpoint(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    (job.root / "checkpoints").mkdir(parents=True)
    job.give("train", csv(y, x))
    assert job.train("xgboost", **{**USUAL, "num_round": 6}) == 0
    kept = sorted(path.name for path in (job.root / "checkpoints").iterdir())
    assert kept == [f"xgboost-checkpoint.{number}" for number in range(1, 6)]
    (job.root / "checkpoints" / "xgboost-checkpoint.5").write_bytes(b"torn")
    assert job.train("xgboost", **USUAL) == 0
    assert "Resuming from iteration 5" in job.log
    assert [line.partition("]")[0] for line in job.log.splitlines() if "\t" in line] == ["[5", "[6", "[7"]
    np.testing.assert_allclose(predictions(job, x), direct(x, y), rtol=1e-5)


def test_a_checkpoint_is_whole_or_not_there(tmp_path: Any, two_classes: Classes) -> None:
    x, y = two_classes
    booster = xgboost.train({"nthread": 1}, xgboost.DMatrix(x, y), 2)
    checkpoints.save(booster, tmp_path, 1)
    loaded, done = checkpoints.newest(tmp_path)
    assert done == 2
    assert loaded.num_boosted_rounds() == 2
    assert [path.name for path in tmp_path.iterdir()] == ["xgboost-checkpoint.1"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"max_dept": 5}, '"max_dept" is not a hyperparameter of xgboost. Did you mean "max_depth"?'),
        ({"eta": 2}, 'Hyperparameter "eta" must be a number of at least 0 and at most 1; the job gives "2".'),
        ({"max_depth": 2.5}, 'Hyperparameter "max_depth" must be an integer of at least 0; the job gives "2.5".'),
        ({"objective": "binary:logistics"}, 'Did you mean "binary:logistic"?'),
        ({"eval_metric": "auc,loglos"}, '"loglos" is not a metric of xgboost. Did you mean "logloss"?'),
        ({"objective": "multi:softmax"}, 'needs the hyperparameter "num_class"'),
        ({"num_class": 3}, '"num_class" goes only with'),
        ({"booster": "gblinear", "updater": "prune"}, 'the updater is "shotgun" or "coord_descent"'),
        ({"num_round": ""}, 'Hyperparameter "num_round" must be an integer of at least 1; the job gives "".'),
        ({"_tuning_objective_metric": "validation:aux"}, 'Did you mean "auc"?'),
    ],
)
def test_a_wrong_hyperparameter_fails_with_its_name_the_rule_and_the_nearest_right_one(
    job: Job, two_classes: Classes, given: dict[str, object], told: str
) -> None:
    x, y = two_classes
    job.give("train", csv(y, x))
    assert job.train("xgboost", **{**USUAL, **given}) == 1
    assert job.failure.startswith("ClientError: ")
    assert told in job.failure
    assert not job.model.exists()


def test_a_missing_required_hyperparameter_is_named(job: Job) -> None:
    assert job.give("train", "1,2\n").train("xgboost") == 1
    assert 'xgboost needs the hyperparameter "num_round"' in job.failure


@pytest.mark.parametrize(
    ("data", "content_type", "told"),
    [
        ("label,age\n1,30\n", "text/csv", 'The first line of part-0 of channel "train" is not numeric ("label,age")'),
        ("1,30\n0,young\n", "text/csv", 'Row 2, column 2 of part-0 of channel "train" is "young", not a number'),
        ("1,30\n0,31,2\n", "text/csv", 'Row 2 of part-0 of channel "train" has 3 columns, the rows before it 2.'),
        ("1\n0\n", "text/csv", "has 1 columns: a row is a label, features."),
        ("1,30\n,31\n", "text/csv", 'Row 2 of part-0 of channel "train" has no label'),
        ("1,30\n0,31\n", "text/libsvm", 'It looks like CSV: give the channel the ContentType "text/csv".'),
        ("1,30\n", "text/html", 'The ContentType of channel "train" is "text/html"; served are "text/csv"'),
        ("1,30\n", "text/csv;label_size=2", "label_size"),
        ("1,30\n", "application/x-parquet", "is not a Parquet file"),
        ("1,30,4,5\n", "application/x-recordio-protobuf", "Byte 0 does not begin a RecordIO frame"),
        ("", "text/csv", 'There is no data in channel "train"'),
        (
            "0,31\n5,30\n",
            "text/csv",
            'Row 2 of channel "train" has the label 5; it must be between 0 and 1 for',
        ),
    ],
)
def test_wrong_data_fails_with_the_file_the_row_and_what_is_wrong(
    job: Job, data: str, content_type: str, told: str
) -> None:
    job.give("train", data, content_type)
    assert job.train("xgboost", **USUAL) == 1
    assert job.failure.startswith("ClientError: ")
    assert told in job.failure
    assert "Traceback" not in job.failure


def test_a_job_without_the_train_channel_says_which_it_has(job: Job) -> None:
    assert job.give("training", "1,2\n").train("xgboost", **USUAL) == 1
    assert job.failure == 'ClientError: The job needs a channel named "train"; its InputDataConfig has "training".\n'


def test_validation_rows_of_another_width_fail(job: Job) -> None:
    job.give("train", "1,2,3\n0,3,4\n").give("validation", "1,2\n0,1\n")
    assert job.train("xgboost", **USUAL) == 1
    assert "Validation rows have 1 features, training rows 2." in job.failure


def test_quoted_texts_of_framework_estimators_are_understood(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x))
    assert job.train("xgboost", objective='"binary:logistic"', num_round="3", sagemaker_region='"us-east-1"') == 0


def test_a_json_list_of_metrics_is_a_list(job: Job) -> None:
    found = parameters.read({"num_round": "1", "eval_metric": '["auc", "error@0.7"]'})
    assert parameters.metrics_of(found) == ["auc", "error@0.7"]


@pytest.mark.parametrize("keep", [True, False])
def test_a_stopped_job_keeps_its_model_only_when_told_to(job: Job, two_classes: Classes, keep: bool) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).configure(
        "hyperparameters.json",
        {"num_round": "100000", "nthread": "1", "max_depth": "1", "save_model_on_termination": str(keep).lower()},
    )
    program = subprocess.Popen(
        [sys.executable, "-m", "trialbook.algorithms", "xgboost", "train"],
        env={"TRIALBOOK_ML_ROOT": str(job.root), "PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    for line in program.stdout:
        if line.startswith("[3]"):
            program.send_signal(signal.SIGTERM)
            break
    rest = program.stdout.read()
    program.stdout.close()
    assert program.wait(30) == 0, rest
    assert (job.model / "xgboost-model").exists() is keep


def test_the_job_runs_where_pandas_and_pyarrow_are_not_imported(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).configure("hyperparameters.json", {"num_round": "2"})
    code = (
        "import sys\n"
        "class Barred:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in {'pandas', 'pyarrow', 'sklearn', 'botocore', 'sqlalchemy', 'google'}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Barred())\n"
        "import os\n"
        "from trialbook.algorithms.program import main\n"
        "sys.exit(main(['xgboost', 'train'], os.environ))\n"
    )
    environment = {"TRIALBOOK_ML_ROOT": str(job.root), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_several_hosts_are_refused_only_for_sharded_data(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).configure(
        "resourceconfig.json", {"current_host": "algo-2", "hosts": ["algo-1", "algo-2"]}
    )
    assert job.train("xgboost", **USUAL) == 0
    assert "algo-1 trains on all data; algo-2 has nothing to do." in job.log
    job.configure(
        "inputdataconfig.json", {"train": {"ContentType": "text/csv", "S3DistributionType": "ShardedByS3Key"}}
    )
    assert job.train("xgboost", **USUAL) == 1
    assert 'Channel "train" is ShardedByS3Key over 2 hosts' in job.failure


def test_a_pickled_model_of_an_old_container_is_read_and_other_pickles_are_not(
    tmp_path: Any, two_classes: Classes
) -> None:
    from trialbook.algorithms.boosting.prediction import load
    from trialbook.algorithms.failures import AlgorithmError

    x, y = two_classes
    booster = xgboost.train({"nthread": 1}, xgboost.DMatrix(x, y), 2)
    (tmp_path / "xgboost-model").write_bytes(pickle.dumps(booster))
    answer = load(tmp_path, {}).respond(csv(x[:1]).encode(), "text/csv", None)
    assert float(answer.body) == pytest.approx(booster.predict(xgboost.DMatrix(x[:1]))[0])
    (tmp_path / "xgboost-model").write_bytes(pickle.dumps(print))
    with pytest.raises(AlgorithmError, match="not a model that xgboost"):
        load(tmp_path, {})


def test_a_pipe_is_read_to_its_end(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    pipe = job.root / "input" / "data" / "train_0"
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    job.configure("inputdataconfig.json", {"train": {"ContentType": "text/csv", "TrainingInputMode": "Pipe"}})
    writer = threading.Thread(target=pipe.write_text, args=(csv(y, x),))
    writer.start()
    assert job.train("xgboost", **USUAL) == 0, job.failure
    writer.join(10)
    np.testing.assert_array_equal(predictions(job, x), direct(x, y))


def test_the_toolkits_variables_move_single_folders(job: Job, two_classes: Classes, tmp_path: Path) -> None:
    x, y = two_classes
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.csv").write_text(csv(y, x))
    job.configure("inputdataconfig.json", {"train": {"ContentType": "text/csv"}})
    job.environment = {"SM_CHANNEL_TRAIN": str(tmp_path / "mine"), "SM_MODEL_DIR": str(tmp_path / "out")}
    assert job.train("xgboost", **USUAL) == 0, job.failure
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["xgboost-model"]


def test_checkpoints_go_where_the_job_says(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    job.give("train", csv(y, x)).configure("checkpointconfig.json", {"LocalPath": "/opt/ml/kept"})
    assert job.train("xgboost", **{**USUAL, "num_round": 2}) == 0, job.failure
    assert sorted(path.name for path in (job.root / "kept").iterdir()) == [
        "xgboost-checkpoint.0",
        "xgboost-checkpoint.1",
    ]


def test_data_without_a_content_type_is_known_by_its_name_and_else_libsvm(job: Job, two_classes: Classes) -> None:
    x, y = two_classes
    assert job.give("train", csv(y, x), None, name="rows.csv").train("xgboost", **USUAL) == 0, job.failure
    (job.root / "input" / "data" / "train" / "rows.csv").rename(job.root / "input" / "data" / "train" / "rows")
    assert job.train("xgboost", **USUAL) == 1
    assert 'It looks like CSV: give the channel the ContentType "text/csv".' in job.failure


def test_a_configuration_that_is_not_json_is_named(job: Job) -> None:
    job.configure("hyperparameters.json", {})
    (job.root / "input" / "config" / "resourceconfig.json").write_text("{")
    assert main(["xgboost", "train"], {"TRIALBOOK_ML_ROOT": str(job.root)}) == 1
    assert "resourceconfig.json is not JSON" in job.failure


def test_running_out_of_memory_says_so() -> None:
    assert reason(MemoryError()).startswith("AlgorithmError: The job ran out of memory.")
    assert len(reason(ValueError("x" * 5000))) == 1024
