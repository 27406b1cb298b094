"""Pages of jobs that really run: started by boto3, watched, stopped, failed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.conftest import serve
from tests.console.conftest import Console, open_console
from tests.jobs.conftest import BUCKET, PYTHON, Jobs, channel, job_settings
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


def start(jobs: Jobs, name: str, **hyperparameters: str) -> None:
    """Start a training job of `TRAIN`."""
    data = [channel("train", f"s3://{BUCKET}/rows/train.csv", ContentType="text/csv")]
    jobs.train(name, TRAIN, hyperparameters=hyperparameters, AlgorithmSpecification=ALGORITHM, InputDataConfig=data)


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
