"""Pages of jobs that really run: started by boto3, watched, stopped, failed."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect
from tests.conftest import serve
from tests.console.conftest import Console, open_console
from tests.jobs.conftest import BUCKET, PYTHON, Jobs, channel, job_settings, wait_for
from tests.jobs.test_tuning import Tunings

from trialbook.server.console import pages

LONG_MS = 60_000
TRAIN = """
import argparse, os, time
options = argparse.ArgumentParser()
options.add_argument("--gate", default="")
options.add_argument("--fail", type=int, default=0)
given = options.parse_args()

def epochs(first, last):
    for epoch in range(first, last):
        print(f"epoch={epoch} loss={1 / (epoch + 1):.4f};", flush=True)

epochs(0, 3)
while given.gate and not os.path.exists(given.gate):
    time.sleep(0.05)
epochs(3, 6)
if given.fail:
    raise ValueError("column 'age' has 3 values that are no numbers")
"""
"""Prints three epochs, waits until the file `gate` is there, prints three more."""
ALGORITHM = {
    "TrainingImage": PYTHON,
    "TrainingInputMode": "File",
    "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+);"}],
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tunings]:
    """Serve a store whose jobs run."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    with serve(job_settings(tmp_path_factory.mktemp("running"))) as server:
        jobs = Tunings(server)
        jobs.put("rows/train.csv", "1,2\n3,4\n")
        yield jobs


@pytest.fixture
def watched(browser: Browser, running: Jobs) -> Iterator[Console]:
    """Open a tab on the server whose jobs run."""
    yield from open_console(browser, running.server)


def start(
    jobs: Jobs, name: str, *, rows: str = "rows/train.csv", within: dict[str, str] | None = None, **hyperparameters: str
) -> None:
    """Start a training job of `TRAIN`, in an experiment or a run if one is named."""
    members: dict[str, Any] = {
        "AlgorithmSpecification": ALGORITHM,
        "InputDataConfig": [channel("train", f"s3://{BUCKET}/{rows}", ContentType="text/csv")],
        **({"ExperimentConfig": within} if within else {}),
    }
    jobs.train(name, TRAIN, hyperparameters=hyperparameters, **members)


def test_a_training_job_is_watched_from_its_start_to_its_end(watched: Console, running: Jobs, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    start(running, "watched", gate=f'"{gate}"')
    page = watched.open("#/jobs/training-job/watched?tab=log")
    status = page.get_by_role("heading", level=1).locator("..")
    expect(status.get_by_text("InProgress")).to_be_visible()
    expect(page.get_by_text("epoch=2 loss=0.3333;")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("epoch=3")).to_have_count(0)
    page.get_by_role("tab", name="Overview").click()
    expect(page.get_by_role("list", name="Timeline").get_by_text("Training", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Log").click()
    gate.touch()
    expect(page.get_by_text("epoch=5 loss=0.1667;")).to_be_visible()
    expect(status.get_by_text("Completed")).to_be_visible(timeout=LONG_MS)
    page.get_by_role("tab", name="Overview").click()
    expect(page.get_by_role("list", name="Timeline").get_by_text("Completed", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.get_by_role("button", name="Deploy model")).to_be_visible()


def printed(jobs: Jobs, name: str) -> list[str]:
    """Give what a job has printed so far."""
    try:
        return jobs.lines(name)
    except jobs.logs.exceptions.ResourceNotFoundException:
        return []


def test_what_a_job_did_before_the_page_could_listen_is_shown(watched: Console, running: Jobs, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    start(running, "unheard", gate=f'"{gate}"')
    wait_for(lambda: printed(running, "unheard"), lambda lines: len(lines) == 3)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    watched.page.route(re.compile("/console/api/events"), hold)
    page = watched.open("#/jobs/training-job/unheard?tab=log")
    expect(page.get_by_role("log")).to_be_visible(timeout=LONG_MS)
    gate.touch()
    running.ended("unheard")
    expect(page.get_by_text("epoch=5 loss=0.1667;")).to_have_count(0)
    assert held
    for route in held:
        route.continue_()
    expect(page.get_by_text("epoch=5 loss=0.1667;")).to_be_visible()
    expect(page.get_by_role("heading", level=1).locator("..").get_by_text("Completed")).to_be_visible()


def test_a_job_shows_its_metrics_from_the_run_that_holds_them(watched: Console, running: Jobs) -> None:
    running.api.create_experiment(ExperimentName="loans")
    running.api.create_trial_component(TrialComponentName="loans-run")
    start(running, "in-run", within={"ExperimentName": "loans", "RunName": "loans-run"})
    running.ended("in-run")
    page = watched.open("#/jobs/training-job/in-run?tab=metrics")
    row = page.locator("table[aria-label=Metrics] tbody tr")
    expect(row).to_contain_text("0.1667")
    expect(row.locator("td").last).to_have_text("6")
    expect(row.get_by_role("img", name="Course of loss").locator("path")).to_have_attribute("d", re.compile("^M.*L"))
    expect(page.locator("canvas").first).to_be_visible()
    page.get_by_role("link", name="loans-run").first.click()
    expect(page.get_by_role("heading", name="loans-run")).to_be_visible()


def test_lines_are_found_in_the_log_of_a_job(watched: Console, running: Jobs) -> None:
    start(running, "searched")
    running.ended("searched")
    page = watched.open("#/jobs/training-job/searched?tab=log")
    page.get_by_label("Find in the log").fill("loss=0.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 5")).to_be_visible()
    expect(page.locator(".is-place")).to_contain_text("epoch=1")
    page.get_by_role("button", name="The next hit").click()
    expect(page.locator(".is-place")).to_contain_text("epoch=2")


def test_a_job_shows_the_identity_of_what_it_read_and_whether_it_is_still_there(
    watched: Console, running: Jobs
) -> None:
    body = b"5,6\n7,8\n"
    running.put("identity/rows.csv", body)
    start(running, "identified", rows="identity/rows.csv")
    running.ended("identified")
    page = watched.open("#/jobs/training-job/identified")
    row = page.locator("table[aria-label=Input] tbody tr")
    expect(row).to_contain_text(f"sha256:{hashlib.sha256(body).hexdigest()[:12]}")
    expect(row).to_contain_text("1 file, 8 bytes")
    compare = page.get_by_role("button", name="Compare the input with what lies there now")
    compare.click()
    expect(row).to_contain_text("The same lies there now")
    running.put("identity/rows.csv", b"9,9\n")
    compare.click()
    expect(row).to_contain_text("Something else lies there now")
    running.s3.delete_object(Bucket=BUCKET, Key="identity/rows.csv")
    compare.click()
    expect(row).to_contain_text("Nothing lies there now")
    row.get_by_role("link").click()
    expect(page.get_by_text("identified").first).to_be_visible()


def test_a_job_is_stopped_from_its_page(watched: Console, running: Jobs, tmp_path: Path) -> None:
    start(running, "to-stop", gate=f'"{tmp_path / "never"}"')
    page = watched.open("#/jobs/training-job/to-stop?tab=log")
    expect(page.get_by_text("epoch=2")).to_be_visible(timeout=LONG_MS)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("heading", level=1).locator("..").get_by_text("Stopped")).to_be_visible(timeout=LONG_MS)
    assert running.ended("to-stop")["TrainingJobStatus"] == "Stopped"


def test_a_failed_job_says_why_with_its_last_lines(watched: Console, running: Jobs) -> None:
    start(running, "to-fail", fail="1")
    page = watched.open("#/jobs/training-job/to-fail")
    reason = page.get_by_role("group").filter(has_text="It failed")
    expect(reason.get_by_text("column 'age' has 3 values that are no numbers").first).to_be_visible(timeout=LONG_MS)
    expect(reason.get_by_text("epoch=5 loss=0.1667;")).to_be_visible()
    expect(page.get_by_role("heading", level=1).locator("..").get_by_text("Failed")).to_be_visible()


def test_the_best_of_a_minimising_tuning_job_is_first_and_marked(watched: Console, running: Tunings) -> None:
    running.tune("bowl", jobs=4)
    best = running.tuned("bowl")["BestTrainingJob"]
    page = watched.open("#/jobs/hyper-parameter-tuning-job/bowl")
    expect(page.get_by_text("loss, the least")).to_be_visible()
    expect(page.get_by_role("link", name=best["TrainingJobName"])).to_be_visible()
    page.get_by_role("tab", name="Training jobs").click()
    rows = page.locator("table[aria-label='Training jobs'] tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text(best["TrainingJobName"])
    expect(rows.filter(has_text="Best")).to_have_count(1)
    expect(rows.first).to_contain_text("Best")
    values = [float(text) for text in rows.locator("td:nth-child(3)").all_inner_texts()]
    assert values == sorted(values)


def test_a_job_is_made_again_by_the_program_that_its_page_gives(
    watched: Console, running: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(running, "copied-1", fail="0")
    tags = [{"Key": "it's", "Value": 'a "tag"'}]
    running.api.add_tags(ResourceArn=running.ended("copied-1")["TrainingJobArn"], Tags=tags)
    page = watched.open("#/jobs/training-job/copied-1")
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("menuitem", name="As Python (boto3)").click()
    program = page.get_by_role("dialog").locator("pre").inner_text()
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.server.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    exec(compile(program, "copied", "exec"), {})
    before, made = (running.ended(name) for name in ("copied-1", "copied-2"))
    for member in ("HyperParameters", "AlgorithmSpecification", "InputDataConfig", "ResourceConfig", "RoleArn"):
        assert made[member] == before[member]
    assert made["TrainingJobStatus"] == "Completed"
    assert running.api.list_tags(ResourceArn=made["TrainingJobArn"])["Tags"] == tags


def test_a_tuning_job_is_made_again_by_the_command_that_its_page_gives(watched: Console, running: Tunings) -> None:
    running.tune("again-1", jobs=1)
    before = running.tuned("again-1")
    page = watched.open("#/jobs/hyper-parameter-tuning-job/again-1")
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("menuitem", name="As AWS CLI").click()
    *command, request = shlex.split(page.get_by_role("dialog").locator("pre").inner_text())
    assert command == ["aws", "sagemaker", "create-hyper-parameter-tuning-job", "--cli-input-json"]
    running.api.create_hyper_parameter_tuning_job(**json.loads(request))
    made = running.tuned("again-2")
    assert made["HyperParameterTuningJobConfig"] == before["HyperParameterTuningJobConfig"]
    assert made["HyperParameterTuningJobStatus"] == "Completed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_jobs_that_ran_have_no_fault_of_accessibility(browser: Browser, running: Tunings, scheme: str) -> None:
    name = f"axe-{scheme}"
    start(running, name)
    running.tune(f"{name}-tuned", jobs=1)
    running.ended(name)
    running.tuned(f"{name}-tuned")
    for console in open_console(browser, running.server, color_scheme=scheme):
        for hash_ in (
            f"training-job/{name}",
            f"training-job/{name}?tab=metrics",
            f"training-job/{name}?tab=log&find=loss",
        ):
            page = console.open(f"#/jobs/{hash_}")
            expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
            expect(page.get_by_text(re.compile("Compare with now|Smoothing|1 of 6")).first).to_be_visible()
            assert console.violations() == []
        page = console.open(f"#/jobs/hyper-parameter-tuning-job/{name}-tuned?tab=jobs")
        expect(page.get_by_text("Best", exact=True)).to_be_visible()
        assert console.violations() == []
        page.get_by_role("button", name="Copy", exact=True).click()
        page.get_by_role("menuitem", name="As AWS CLI").click()
        expect(page.get_by_role("dialog").locator("pre")).to_be_visible()
        assert console.violations() == []
