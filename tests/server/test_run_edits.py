"""What people do to runs from outside, and the test of which setting is better, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import LiveServer, serve

from trialbook.errors import ApiError
from trialbook.sdk.run import Run
from trialbook.sdk.transport import HttpTransport
from trialbook.settings import Settings


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Six runs of two settings with three seeds, and a parent with a child."""
    folder: Path = tmp_path_factory.mktemp("edits")
    with serve(Settings(store=str(folder / "store"))) as live, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALBOOK_URL", live.url)
        patch.chdir(folder)
        for lr, base in ((0.1, 0.8), (0.01, 0.9)):
            for seed in range(3):
                with Run("exp", run_name=f"lr{lr}-{seed}", capture=False) as run:
                    run.log_parameters({"lr": lr, "seed": seed})
                    run.log_metric("auc", base + seed / 100 + lr * seed / 100, step=0)
        with Run("exp", run_name="parent", capture=False) as parent:
            assert parent.flush()
            with Run("exp", run_name="child", parent=parent, capture=False) as run:
                run.log_metric("auc", float("nan"), step=0)
        yield live


@pytest.fixture
def api(server: LiveServer) -> HttpTransport:
    return HttpTransport(server.url)


NAMES = [f"exp-lr{lr}-{seed}" for lr in (0.1, 0.01) for seed in range(3)]


def test_the_better_setting_comes_first_with_its_test_by_seed(api: HttpTransport) -> None:
    told = api.call("compare", {"names": NAMES, "metric": "auc"})
    assert told["goal"] == "max"
    assert [group["label"] for group in told["groups"]] == ["lr=0.01", "lr=0.1"]
    assert [group["n"] for group in told["groups"]] == [3, 3]
    (test,) = told["tests"]
    assert test["method"] == "paired t"
    assert test["p_holm"] < 0.01
    assert told["within_noise"] == []


def test_single_runs_cannot_be_told_apart(api: HttpTransport) -> None:
    told = api.call("compare", {"names": [NAMES[0], NAMES[3]], "metric": "auc", "goal": "min"})
    assert told["tests"][0]["method"] == "untested"
    assert told["within_noise"] == [1]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"names": [], "metric": "auc"}, "from 1 to 200"),
        ({"names": NAMES[:1], "metric": "nothing"}, "None of the runs has numbers"),
        ({"names": ["nobody"], "metric": "auc"}, "nobody"),
        ({"names": NAMES, "metric": "auc", "confidence": 1}, "confidence"),
    ],
)
def test_a_comparison_that_cannot_be_made_says_why(
    api: HttpTransport, request_: dict[str, object], message: str
) -> None:
    with pytest.raises(ApiError, match=message):
        api.call("compare", request_)


def test_notes_are_kept_and_can_be_taken_away(api: HttpTransport) -> None:
    api.call("run_note", {"name": NAMES[0], "notes": "# Seen", "hypothesis": "less is more"})
    assert api.call("run", {"name": NAMES[0]})["notes"] == "# Seen"
    api.call("run_note", {"name": NAMES[0], "notes": ""})
    told = api.call("run", {"name": NAMES[0]})
    assert told["notes"] == ""
    assert told["hypothesis"] == "less is more"


def test_a_run_knows_its_parent_and_its_children(api: HttpTransport) -> None:
    assert api.call("run", {"name": "exp-parent"})["children"] == ["exp-child"]
    assert api.call("run", {"name": "exp-child"})["parent"] == "exp-parent"
    assert "parent" not in api.call("run", {"name": "exp-parent"})


def test_a_deleted_run_says_what_it_takes_and_comes_back_whole(api: HttpTransport) -> None:
    told = api.call("run_weigh", {"name": "exp-parent"})
    assert told["children"] == ["exp-child"]
    assert told["experiments"] == ["exp"]
    weight = api.call("run_weigh", {"name": NAMES[1]})
    assert (weight["metrics"], weight["points"], weight["parameters"]) == (1, 1, 2)
    before = api.call("run", {"name": NAMES[1]})
    arn = api.call("run_delete", {"name": NAMES[1]})["arn"]
    with pytest.raises(ApiError, match="does not exist"):
        api.call("run", {"name": NAMES[1]})
    assert NAMES[1] in [one["name"] for one in api.call("bin", {})["items"]]
    api.call("restore", {"arn": arn})
    after = api.call("run", {"name": NAMES[1]})
    assert {**after, "LastModifiedTime": 0} == {**before, "LastModifiedTime": 0}
    found = api.call("table", {"where": "Parents.ExperimentName = exp", "columns": []})
    assert NAMES[1] in found["names"]


def test_a_run_in_progress_is_not_deleted(api: HttpTransport) -> None:
    status = {"PrimaryStatus": "InProgress"}
    api.aws("UpdateTrialComponent", {"TrialComponentName": NAMES[2], "Status": status})
    with pytest.raises(ApiError, match="in progress"):
        api.call("run_delete", {"name": NAMES[2]})
    api.aws("UpdateTrialComponent", {"TrialComponentName": NAMES[2], "Status": {"PrimaryStatus": "Completed"}})


def test_a_moved_run_belongs_to_the_other_experiment_alone(api: HttpTransport) -> None:
    api.aws("CreateExperiment", {"ExperimentName": "other"})
    moved = api.call("run_move", {"name": "exp-child", "experiment": "other"})
    assert moved == {"name": "exp-child", "experiment": "other", "trial": "Default-Run-Group-other"}
    parents = api.call("run", {"name": "exp-child"})["Parents"]
    assert parents == [{"TrialName": "Default-Run-Group-other", "ExperimentName": "other"}]
    with pytest.raises(ApiError, match="not part of experiment"):
        api.call("run_move", {"name": "exp-child", "experiment": "exp", "trial": "Default-Run-Group-other"})
    with pytest.raises(ApiError, match="nowhere"):
        api.call("run_move", {"name": "exp-child", "experiment": "nowhere"})
