"""`Run` in a store folder without a server: what is said is found, what goes wrong stays out of the training."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import logging
import math
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

import trialbook
from trialbook import Experiment, Run, list_runs, load_run
from trialbook.sdk import curves
from trialbook.sdk.reading import open_reading
from trialbook.sdk.run import current_run
from trialbook.sdk.target import Target


def test_a_run_is_found_with_all_it_said(target: Target) -> None:
    with Run("exp", "first", run_display_name="One", tags={"team": "a"}, notes="# why", hypothesis="it helps") as run:
        run.log_parameters({"lr": 0.1, "depth": 3, "name": "x", "model": {"width": np.int64(4)}, "nan": math.nan})
        run.log_artifact("data", "s3://bucket/data", "text/csv", is_output=False)
        run.add_tags([{"Key": "team", "Value": "b"}])
    told = run.describe()
    assert math.isnan(told["Parameters"].pop("nan")["NumberValue"])
    assert told["Parameters"] == {
        "lr": {"NumberValue": 0.1},
        "depth": {"NumberValue": 3.0},
        "name": {"StringValue": "x"},
        "model/width": {"NumberValue": 4.0},
    }
    assert told["InputArtifacts"] == {"data": {"Value": "s3://bucket/data", "MediaType": "text/csv"}}
    assert told["DisplayName"] == "One"
    assert {"Key": "team", "Value": "b"} in told["Tags"]
    assert {"Key": "sagemaker:trial-component-source", "Value": "run"} in told["Tags"]
    assert told["Parents"] == [{"TrialName": "Default-Run-Group-exp", "ExperimentName": "exp"}]
    assert (told["notes"], told["hypothesis"]) == ("# why", "it helps")
    assert told["Status"] == {"PrimaryStatus": "Completed"}
    assert told["StartTime"] <= told["EndTime"]


@pytest.mark.usefixtures("store")
def test_a_job_that_is_given_a_run_at_once_finds_it() -> None:
    with Run("exp", "r", capture="off") as run:
        config = run.experiment_config
        assert open_reading().call("run", {"name": config["RunName"]})["TrialComponentName"] == "exp-r"
    assert config == {"ExperimentName": "exp", "TrialName": "Default-Run-Group-exp", "RunName": "exp-r"}


@pytest.mark.usefixtures("store")
def test_series_are_read_back_bit_for_bit() -> None:
    values = [0.1, math.nan, math.inf, -math.inf, -0.0, 5e-324]
    with Run("exp") as run:
        for value in values:
            run.log_metric("m", value)
        run.log_metrics({"late": 1.0}, step=9)
        run.log_metrics({"late": 2.0}, step=3)
    assert run.metric("m").value.tobytes() == np.array(values).tobytes()
    assert run.metric("late").step.tolist() == [3, 9]
    assert run.metric("none").value.tolist() == []


@pytest.mark.usefixtures("store")
def test_an_exception_is_recorded_and_raised() -> None:
    run = Run("exp")

    def fail() -> None:
        with run:
            raise ValueError("no good")

    with pytest.raises(ValueError, match="no good"):
        fail()
    told = run.describe()
    assert told["Status"] == {"PrimaryStatus": "Failed", "Message": "ValueError: no good"}
    assert set(told["OutputArtifacts"]) == {"traceback.txt"}


@pytest.mark.usefixtures("store")
def test_a_run_of_the_same_name_goes_on() -> None:
    with Run("exp", "r") as run:
        run.log_metric("m", 1, step=1)
        run.log_parameter("a", 1)
    with Run("exp", "r") as again:
        again.log_metric("m", 2, step=2)
        again.log_parameter("b", 2)
    assert again.metric("m").value.tolist() == [1.0, 2.0]
    assert set(again.describe()["Parameters"]) == {"a", "b"}
    assert len(again.describe()["writers"]) == 2
    with run:
        run.log_metric("m", 3, step=3)
    assert run.metric("m").value.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.usefixtures("store")
def test_what_is_added_to_an_ended_run_can_leave_its_status_and_times() -> None:
    with pytest.raises(RuntimeError), Run("exp", "r"):
        raise RuntimeError
    told = ("StartTime", "EndTime", "Status")
    before = Run("exp", "r", begin=False).describe()
    with Run("exp", "r", resume="must", reopen=False) as run:
        run.log_metric("late", 1.0)
    after = Run("exp", "r", begin=False).describe()
    assert [after[one] for one in told] == [before[one] for one in told]
    assert run.metric("late").value.tolist() == [1.0]


@pytest.mark.usefixtures("store")
def test_resume_is_checked_against_the_store() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        Run("exp", "r", resume="must")
    with Run("exp", "r", resume="never"):
        pass
    with pytest.raises(ValueError, match="is there already"):
        Run("exp", "r", resume="never")


@pytest.mark.usefixtures("store")
def test_load_run_gives_the_run_around() -> None:
    with pytest.raises(RuntimeError, match="no run to load"):
        load_run()
    with pytest.raises(ValueError, match="needs the experiment_name"):
        load_run("r")
    with Run("exp", "outer") as outer:
        with load_run() as inner:
            assert inner is outer
        assert current_run() is outer
        outer.log_metric("m", 1)
    assert current_run() is None
    assert outer.metric("m").value.tolist() == [1.0]
    with load_run("outer", "exp") as again:
        again.log_metric("m", 2)
    assert again.metric("m").value.tolist() == [1.0, 2.0]


@pytest.mark.usefixtures("store")
def test_a_run_that_is_loaded_again_stays_in_its_group_alone() -> None:
    with Run("exp", "r", group="folds"):
        pass
    with load_run("r", "exp") as again:
        again.log_metric("m", 1)
    assert again.describe()["Parents"] == [{"TrialName": "exp-folds", "ExperimentName": "exp"}]
    with Run("exp", "r", group="others") as asked:
        pass
    assert {one["TrialName"] for one in asked.describe()["Parents"]} == {"exp-folds", "exp-others"}


@pytest.mark.usefixtures("store")
def test_a_nested_run_knows_its_parent_and_a_grouped_one_its_group() -> None:
    with Run("exp", "parent") as parent, Run("exp", "child", parent=parent, group="folds") as child:
        child.log_metric("m", 1)
    told = child.describe()
    assert {"Key": "trialbook:parent", "Value": "exp-parent"} in told["Tags"]
    assert told["Parents"] == [{"TrialName": "exp-folds", "ExperimentName": "exp"}]


@pytest.mark.usefixtures("store")
def test_runs_are_listed_and_searched() -> None:
    for number in range(3):
        with Run("exp", f"r{number}") as run:
            run.log_parameter("lr", number / 10)
            run.log_metric("auc", number)
    with Run("other", "r") as run:
        run.log_metric("auc", 9)
    assert [run.run_name for run in list_runs("exp", sort_by="Name", sort_order="Ascending")] == ["r0", "r1", "r2"]
    assert len(list_runs("exp", max_results=2)) == 2
    found = trialbook.search("Metrics.auc > 0.5", sort="-Metrics.auc", columns=["Metrics.auc", "Parameters.lr"])
    assert found["name"] == ["other-r", "exp-r2", "exp-r1"]
    assert found["Metrics.auc"] == [9.0, 2.0, 1.0]
    assert found["Parameters.lr"] == [None, 0.2, 0.1]
    assert "<td>exp-r2</td>" in found._repr_html_()
    assert found.to_pandas().shape == (3, 3)
    assert Experiment("exp").search("Metrics.auc > 0.5")["name"] == ["exp-r2", "exp-r1"]
    assert list_runs("exp")[0].metric("auc").value.tolist() == [2.0]


def test_files_are_kept_as_they_were_when_logged(target: Target, tmp_path: Path) -> None:
    source = tmp_path / "model.bin"
    source.write_bytes(b"first")
    with Run("exp", "r") as run:
        run.log_file(source)
        source.write_bytes(b"second")
        source.unlink()
        run.log_text("hello", "note.txt")
        run.log_image(np.zeros((2, 3, 3)), "black")
        run.log_model({"weights": [1, 2]}, "weights")
        run.log_table("numbers", {"a": [1, 2], "b": ["x", "y"]})
    artifacts = run.describe()["OutputArtifacts"]
    assert set(artifacts) == {"model.bin", "note.txt", "black", "weights", "numbers"}
    assert artifacts["black"]["MediaType"] == "image/png"
    assert artifacts["model.bin"]["Value"].endswith("/trial-component-artifacts/exp-r/model.bin")
    bucket, _, key = artifacts["model.bin"]["Value"].removeprefix("s3://").partition("/")
    transport = target.transport()
    from trialbook.handlers.dispatch import dispatch
    from trialbook.sdk.transport import LocalTransport

    assert isinstance(transport, LocalTransport)
    body = dispatch(transport._call(), "s3", "GetObject", {"Bucket": bucket, "Key": key})["Body"]
    assert b"".join(body) == b"first"


def test_a_curve_is_an_artifact_with_an_association_as_in_the_other_sdk(target: Target) -> None:
    with Run("exp", "r") as run:
        run.log_roc_curve([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.4], title="roc")
        run.log_confusion_matrix([0, 1, 1], [0, 1, 0], title="cm", is_output=False)
    arn = run.describe()["TrialComponentArn"]
    transport = target.transport()
    produced = transport.aws("ListAssociations", {"SourceArn": arn})["AssociationSummaries"]
    assert [(one["DestinationType"], one["AssociationType"]) for one in produced] == [("ROCCurve", "Produced")]
    used = transport.aws("ListAssociations", {"DestinationArn": arn})["AssociationSummaries"]
    assert [(one["SourceType"], one["AssociationType"]) for one in used] == [("ConfusionMatrix", "ContributedTo")]


def test_curves_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(3)
    for _ in range(50):
        n = int(random.integers(2, 60))
        true = random.integers(0, 2, n)
        true[:2] = 0, 1
        score = random.integers(0, 8, n) / 8
        roc = curves.roc_curve(true, score)
        x, y, _ = sklearn_metrics.roc_curve(true, score)
        assert roc["falsePositiveRate"] == x.tolist()
        assert roc["truePositiveRate"] == y.tolist()
        assert roc["areaUnderCurve"] == pytest.approx(sklearn_metrics.auc(x, y))
        curve = curves.precision_recall(true, score)
        precision, recall, _ = sklearn_metrics.precision_recall_curve(true, score)
        assert curve["precision"] == precision.tolist()
        assert curve["recall"] == recall.tolist()
        assert curve["averagePrecisionScore"] == pytest.approx(sklearn_metrics.average_precision_score(true, score))
        labels = random.choice(["a", "b", "c"], (2, n))
        expected = sklearn_metrics.confusion_matrix(labels[0], labels[1]).tolist()
        assert curves.confusion_matrix(labels[0], labels[1])["confusionMatrix"] == expected


def test_nothing_that_is_wrong_reaches_the_training(store: Path, caplog: pytest.LogCaptureFixture) -> None:
    del store
    with caplog.at_level(logging.WARNING), Run("exp", "r") as run:
        for _ in range(3):
            run.log_metric("m", None)  # type: ignore[arg-type]
            run.log_file("no such file")
            run.log_confusion_matrix([1, 2], [1])
            run.log_roc_curve(["a", "b"], [1, 2])
            run.log_figure(object())
            run.log_image(np.zeros(3))
            run.add_tags([{"no": "key"}])
    assert run.finish("Exploded")
    told = [record.message for record in caplog.records]
    assert len(told) == len(set(told)) == 7
    run.log_metric("m", 1)
    run.log_parameter("p", 1)
    assert "after the end of a run" in caplog.records[-1].message


@pytest.mark.parametrize("name", ["", "  ", None, 3, "n" * 120])
@pytest.mark.usefixtures("store")
def test_a_run_needs_a_name_of_its_experiment(name: object) -> None:
    with pytest.raises(ValueError, match="experiment_name"):
        Run(name)  # type: ignore[arg-type]


def _log_in_child(run: Run, number: int) -> None:
    for step in range(1000):
        run.log_metric(f"child{number}", step, step=step)


@pytest.mark.usefixtures("store")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_processes_log_to_the_run_beside_their_parent() -> None:
    fork = multiprocessing.get_context("fork")
    with Run("exp", "r") as run:
        run.log_metric("parent", 0)
        children = [fork.Process(target=_log_in_child, args=(run, number)) for number in range(4)]
        for child in children:
            child.start()
        for step in range(1000):
            run.log_metric("parent", step + 1)
        for child in children:
            child.join(60)
            assert child.exitcode == 0
    assert len(run.metric("parent").value) == 1001
    for number in range(4):
        assert run.metric(f"child{number}").step.tolist() == list(range(1000))
    told = run.describe()
    assert told["Status"] == {"PrimaryStatus": "Completed"}
    assert len(told["writers"]) == 5
    assert sum("joins" in writer for writer in told["writers"].values()) == 4


@pytest.mark.usefixtures("store")
def test_a_second_rank_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with Run("exp", "r") as first:
        first.log_metric("m0", 1)
        assert first.flush()
        monkeypatch.setenv("RANK", "1")
        with Run("exp", "r") as second:
            second.log_metric("m1", 1)
        assert first.describe()["Status"] == {"PrimaryStatus": "InProgress"}
    assert first.metric("m1").value.tolist() == [1.0]
    assert {writer.get("rank") for writer in first.describe()["writers"].values()} == {None, "1"}


def test_eight_threads_log_to_one_run(store: Path) -> None:
    with Run("exp", "r") as run:

        def log(number: int) -> None:
            for step in range(20_000):
                run.log_metric(f"m{number % 3}", step, step=number * 20_000 + step)

        threads = [threading.Thread(target=log, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    series = run.metrics("m0", "m1", "m2")
    steps = np.sort(np.concatenate([one.step for one in series.values()]))
    assert np.array_equal(steps, np.arange(160_000))
    assert not list((store / "spool").iterdir())


def test_a_full_disk_stops_nothing_and_loses_nothing_while_the_process_lives(
    store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = Run("exp", "r")
    run.log_metric("m", 0)
    assert run.flush()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))  # every write and every reservation of space now fails
    try:
        with caplog.at_level(logging.WARNING):
            for step in range(1, 20_000):
                run.log_metric("m", step, step=step)
            run.log_parameter("p", 1)
            run.log_metric("new", 1)
            assert not run.flush(1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert run.finish()
    assert run.metric("m").step.tolist() == list(range(20_000))
    assert run.metric("new").value.tolist() == [1.0]
    assert run.describe()["Parameters"]["p"] == {"NumberValue": 1.0}
    assert any("Make room on that disk" in record.message for record in caplog.records)
    assert not list((store / "spool").iterdir())


SCRIPTS = {
    "ends": ("", "Completed", None),
    "raises": ("raise KeyError('x')", "Failed", "KeyError: 'x'"),
}


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.usefixtures("store")
def test_a_script_that_never_finishes_its_run_has_it_finished(name: str) -> None:
    end, status, message = SCRIPTS[name]
    script = f"from trialbook import Run\nrun = Run('exp', 'r')\nrun.log_metric('m', 1)\n{end}\n"
    subprocess.run([sys.executable, "-c", script], check=False, stderr=subprocess.DEVNULL, env=dict(os.environ))
    told = open_reading().call("run", {"name": "exp-r"})
    assert told["Status"]["PrimaryStatus"] == status
    assert told["Status"].get("Message") == message


SAGEMAKERS = {
    "__init__": (
        "experiment_name run_name experiment_display_name run_display_name tags sagemaker_session artifact_bucket "
        "artifact_prefix"
    ),
    "log_parameter": "name value",
    "log_parameters": "parameters",
    "log_metric": "name value timestamp step",
    "log_precision_recall": "y_true predicted_probabilities positive_label title is_output no_skill",
    "log_roc_curve": "y_true y_score title is_output",
    "log_confusion_matrix": "y_true y_pred title is_output",
    "log_artifact": "name value media_type is_output",
    "log_file": "file_path name media_type is_output extra_args",
    "close": "",
}


@pytest.mark.parametrize("method", SAGEMAKERS)
def test_the_methods_of_sagemakers_run_take_its_arguments(method: str) -> None:
    positional = [
        parameter.name
        for parameter in inspect.signature(getattr(Run, method)).parameters.values()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    assert positional == ["self", *SAGEMAKERS[method].split()]


FUNCTIONS = [
    (load_run, "run_name experiment_name sagemaker_session artifact_bucket artifact_prefix tags"),
    (
        list_runs,
        "experiment_name created_before created_after sagemaker_session max_results next_token sort_by sort_order",
    ),
]


@pytest.mark.parametrize(("function", "arguments"), FUNCTIONS)
def test_load_run_and_list_runs_take_sagemakers_arguments(function: Callable[..., object], arguments: str) -> None:
    assert " ".join(inspect.signature(function).parameters) == arguments


def test_importing_costs_little_and_the_first_point_needs_no_numpy(store: Path) -> None:
    del store
    script = """
import sys
import trialbook
assert len([name for name in sys.modules if name.startswith("trialbook")]) == 1
from trialbook import Run, load_run
from trialbook.sdk.spool import Spool
import trialbook.sdk.capture.watch, trialbook.sdk.capture.reading
import tempfile, pathlib
spool = Spool(pathlib.Path(tempfile.mkdtemp()), {})
spool.recorder.log_metric("m", 1)
assert not {"numpy", "botocore", "sqlalchemy", "urllib.request", "psutil"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.usefixtures("store")
def test_a_fork_goes_on_from_a_step_of_another_run() -> None:
    with Run("exp", "long") as run:
        for step in range(10):
            run.log_metrics({"loss": 10 - step, "late": step}, step=step)
        run.log_parameter("lr", 0.1)
        fork = run.fork(4, "short")
    with fork:
        fork.log_metric("loss", -1)
        fork.log_parameter("decay", 2)
    assert fork.metric("loss").step.tolist() == [0, 1, 2, 3, 4, 5]
    assert fork.metric("loss").value.tolist() == [10, 9, 8, 7, 6, -1]
    assert fork.metric("late").value.tolist() == [0, 1, 2, 3, 4]
    told = fork.describe()
    assert told["forked"] == {"run": "exp-long", "step": 4, "points": 10}
    assert {"Key": "trialbook:forked-from", "Value": "exp-long"} in told["Tags"]
    assert set(told["Parameters"]) == {"lr", "decay"}
    assert run.metric("loss").value.tolist() == list(range(10, 0, -1))


@pytest.mark.usefixtures("store")
def test_a_fork_or_child_of_a_run_that_is_not_there_loses_nothing() -> None:
    with Run("exp", "r", parent="exp-none", fork_of={"run": "exp-none", "step": 3}) as run:
        run.log_metric("m", 1)
    told = run.describe()
    assert told["forked"] == {"run": "exp-none", "step": 3, "points": 0}
    assert {"Key": "trialbook:parent", "Value": "exp-none"} in told["Tags"]
    assert run.metric("m").step.tolist() == [4]


@pytest.mark.usefixtures("store")
def test_an_experiment_has_notes_and_a_hypothesis() -> None:
    experiment = Experiment("exp")
    experiment.note(notes="# plan", hypothesis="it helps")
    experiment.note(notes="# second plan")
    assert (experiment.notes, experiment.hypothesis) == ("# second plan", "it helps")
    with Run("exp", "r") as run:
        run.log_metric("m", 1)
    assert experiment.describe()["ExperimentName"] == "exp"
    assert Experiment("exp").notes == "# second plan"


@dataclasses.dataclass
class Settings:
    lr: float
    name: str


class Unreadable:
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.usefixtures("store")
def test_parameters_of_any_form_and_value_are_kept() -> None:
    with Run("exp", "r", seed=7) as run:
        run.log_parameters(argparse.Namespace(lr=0.5, layers=[1, 2]))  # type: ignore[arg-type]
        run.log_parameters(Settings(0.1, "x"))  # type: ignore[arg-type]
        run.log_parameters({"inner": Settings(0.2, "y"), "none": None, "flag": True, "empty": {}})
        odd: Any = {"": 1, "huge": 10**400, "bad": Unreadable(), "\0": "\ud800", ("a", 1): 1j, "long": "x" * 10**6}
        run.log_parameters(odd)
        loop: dict[str, object] = {}
        loop["loop"] = loop
        run.log_parameters(loop)
        run.log_parameters(3)  # type: ignore[arg-type]
    told = run.describe()["Parameters"]
    values = {key: next(iter(value.values())) for key, value in told.items()}
    assert values["lr"] == 0.1
    assert values["layers"] == "[1, 2]"
    assert (values["inner/lr"], values["inner/name"]) == (0.2, "y")
    assert (values["none"], values["flag"], values["empty"], values["seed"]) == ("None", "True", "{}", 7)
    assert values['""'] == 1
    assert values["huge"].startswith("1000")
    assert values["bad"] == "<Unreadable without text: RuntimeError>"
    assert values["\ufffd"] == "?"
    assert len(values["long"]) == 65_536
    assert len([key for key in values if key.startswith("loop/")]) == 1


@pytest.mark.usefixtures("store")
def test_nothing_that_is_odd_is_refused_by_the_store(caplog: pytest.LogCaptureFixture) -> None:
    odd = ["", " ", "\0", "\ud800", "x" * 10_000, "a/b", "日本", "\n"]
    tags: Any = [{"no": 1}]
    with Run("ex\0p\ud800é " + "n" * 80, "r\n/..", "d" * 300, "d" * 300, tags, group="\0" * 200) as run:
        for name in odd:
            run.log_metric(name, 1)
            run.log_parameter(name, name)
            run.add_tags({name: name})
            run.note(notes=name, hypothesis=name)
            run.define_metric(name, name)
            run.log_artifact(name, name, name)
            run.log_text(name, name)
    assert run.flush()
    assert len(run.describe()["Metrics"]) == len(odd)
    assert not [one for one in caplog.records if "takes nothing more" in one.message or "cannot ship" in one.message]


@pytest.mark.usefixtures("store")
def test_a_terminated_script_ships_what_it_has_and_ends_its_run() -> None:
    script = "import os, signal, time\nfrom trialbook import Run\nrun = Run('exp', 'r')\nrun.log_metric('m', 1)\n"
    script += "os.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(30)"
    done = subprocess.run([sys.executable, "-c", script], check=False, env=dict(os.environ))
    assert done.returncode == -signal.SIGTERM
    told = open_reading().call("run", {"name": "exp-r"})
    assert told["Status"] == {"PrimaryStatus": "Stopped", "Message": "Terminated by signal 15."}


@pytest.mark.usefixtures("store")
def test_a_script_with_a_handler_of_its_own_keeps_it() -> None:
    script = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nfrom trialbook import Run\n"
    script += "Run('exp', 'r').finish()\nassert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN"
    subprocess.run([sys.executable, "-c", script], check=True, env=dict(os.environ))


@pytest.mark.usefixtures("store")
def test_a_forked_process_is_terminated_as_ever() -> None:
    script = "import os, signal, time\nfrom trialbook import Run\nrun = Run('exp', 'r')\nrun.log_metric('m', 1)\n"
    script += "child = os.fork()\nif not child:\n    time.sleep(30)\n    os._exit(9)\nos.kill(child, signal.SIGTERM)\n"
    script += "assert os.waitpid(child, 0)[1] == signal.SIGTERM\n"
    script += "assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL\nrun.finish()"
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, env=dict(os.environ))
    assert open_reading().call("run", {"name": "exp-r"})["Status"]["PrimaryStatus"] == "Completed"


def test_a_script_that_ends_leaves_one_database_file(store: Path) -> None:
    script = "from trialbook import Run\nfor no in range(3):\n    with Run('exp', f'r{no}') as run:\n"
    script += "        run.log_metric('m', no)\n"
    subprocess.run([sys.executable, "-c", script], check=True, env=dict(os.environ))
    assert sorted(path.name for path in store.glob("trialbook.db*")) == ["trialbook.db"]
