"""What a script hands over by mistake: a warning that says what is wrong, nothing raised, nothing else lost."""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np
import pytest

from trialbook import Experiment, Run, search
from trialbook.errors import ApiError
from trialbook.sdk import warning
from trialbook.sdk.capture.choice import DEFAULT, choose
from trialbook.sdk.reading import open_reading
from trialbook.sdk.target import Target
from trialbook.wire import points


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (lambda run: run.add_tags(["plain"]), "tags are a mapping, or a list of"),
        (lambda run: run.add_tags([{"key": "a"}]), "tags are a mapping, or a list of"),
        (lambda run: run.add_tags(5), "tags are a mapping, or a list of"),
        (lambda run: run.log_image(np.full((2, 2), 200.0)), "cut an image's floats"),
        (lambda run: run.log_metric("bad", np.array([1.0, 2.0])), "kept nothing of metric 'bad'"),
    ],
)
def test_a_mistake_is_warned_of_in_words_that_help(
    target: Target, mistake: Callable[[Run], None], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), Run("exp", "r") as run:
        mistake(run)
        run.log_metric("after", 1.0)
    assert words in caplog.text
    assert run.metric("after").value.tolist() == [1.0]


@pytest.mark.parametrize(
    "late",
    [
        lambda run: run.log_text("x"),
        lambda run: run.log_metric("m", 1),
        lambda run: run.log_parameter("p", 1),
        lambda run: run.log_file(__file__),
    ],
)
def test_whatever_comes_after_the_end_is_said_to_come_too_late(
    target: Target, late: Callable[[Run], None], caplog: pytest.LogCaptureFixture
) -> None:
    with Run("exp", "r") as run:
        pass
    with caplog.at_level(logging.WARNING):
        late(run)
    assert "after the end of a run: resume it first" in caplog.text


def test_a_run_that_printed_nothing_has_an_empty_console(target: Target) -> None:
    with Run("exp", "r") as run:
        pass
    assert run.console() == []
    with pytest.raises(ApiError, match="no log stream"):
        run.console("consle")


def test_a_choice_of_what_to_capture_that_is_none_takes_all(caplog: pytest.LogCaptureFixture) -> None:
    warning.forget()
    with caplog.at_level(logging.WARNING):
        assert choose(5).parts == DEFAULT
    assert "capture=5" in caplog.text


def test_a_comparison_by_a_metric_that_no_run_has_names_the_nearest(target: Target) -> None:
    for number in range(2):
        with Run("exp", f"r{number}") as run:
            run.log_metric("accuracy", number)
    with pytest.raises(ValueError, match="Did you mean 'accuracy'"):
        Experiment("exp").compare("acuracy")


def test_an_array_of_one_element_is_a_number(target: Target) -> None:
    with Run("exp", "r") as run:
        run.log_metrics({"a": np.array([2.5]), "b": np.array([[3]])})
    assert {name: one.value.tolist() for name, one in run.metrics("a", "b").items()} == {"a": [2.5], "b": [3.0]}


def test_a_file_named_like_a_folder_is_kept(target: Target) -> None:
    with Run("exp", "r") as run:
        run.log_text("x", ".")
        run.log_text("y", "..")
    assert set(run.describe()["OutputArtifacts"]) == {".", ".."}


@pytest.mark.parametrize("step", ["x", 1.5])
def test_a_fork_at_no_step_is_refused(target: Target, step: object) -> None:
    with Run("exp", "r") as run, pytest.raises(ValueError, match="must be a whole number"):
        run.fork(step=step)  # type: ignore[arg-type]


def test_an_empty_name_keeps_nothing_from_being_found(target: Target) -> None:
    with Run("exp", "r") as run:
        run.log_metrics({"loss": 1.0, "": 7.0})
    transport = open_reading()
    transport.aws("UpdateTrialComponent", {"TrialComponentName": "exp-r", "Parameters": {"": {"NumberValue": 3.0}}})
    head = {"run": "exp-r", "writer": "another client", "seq": 0, "names": [""]}
    columns = [np.array([one]).tobytes() for one in (0, 1e9, 5.0)]
    transport.exchange("points", points.write(head, (*columns, bytes(4))))  # type: ignore[arg-type]
    assert search("Metrics.loss = 1")["name"] == ["exp-r"]
    assert run.metric('""').value.tolist() == [7.0]
