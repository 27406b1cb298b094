"""Makes the pictures of the console in `docs/_static`, of a real record in a real browser: `make screenshots`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright
from tests.conftest import LiveServer, serve
from tests.console.conftest import ADULT, CHROMIUM
from tests.console.made import make_records

from trialbook.server.console.session import read_token
from trialbook.settings import Settings

TARGET = Path(__file__).parents[2] / "docs" / "_static"
ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/credit-best"
COLUMNS = "Status.PrimaryStatus,Parameters.max_depth,Parameters.eta,Metrics.test%3Aauc,Metrics.validation%3Alogloss.min"
PICTURES = {
    "console-search": f"#/search?cols={COLUMNS}&sort=-Metrics.test:auc&size=20",
    "console-groups": "#/search?group=1&by=Parameters.max_depth,Parameters.eta&agg=mean:Metrics.test%3Aauc",
    "console-experiments": "#/experiments",
    "console-experiment": "#/experiments/adult-income?tab=overview",
    "console-job": "#/jobs/training-job/credit-03",
    "console-create-job": "#/jobs/create?from=credit-03",
    "console-endpoint": "#/endpoints/credit-best",
    "console-lineage": f"#/lineage?arn={ENDPOINT}&dir=Ascendants&depth=4",
}


def main() -> None:
    """Make a record, open each page, and write its picture."""
    if CHROMIUM is None:
        sys.exit("Chromium is not installed: no pictures were made.")
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Settings(store=f"{folder}/store", launcher="record")) as server,
        sync_playwright() as playwright,
    ):
        environment = {**os.environ, "TRIALBOOK_URL": server.url, "AWS_ENDPOINT_URL": server.url}
        command = [sys.executable, str(ADULT), "--url", server.url, "--rounds", "60", "--runs", "12"]
        subprocess.run(command, check=True, env=environment, cwd=folder, capture_output=True)
        make_records(server)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light").new_page()
        _shoot(page, server)
        browser.close()


def _shoot(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/?token={read_token(server.workspace.settings)}")
    best = _best(server)
    runs = quote(",".join(best), safe="")
    pictures = {
        **PICTURES,
        "console-run": f"#/runs/{best[0]}?tab=metrics",
        "console-compare": f"#/compare?runs={runs}",
    }
    for name, hash_ in pictures.items():
        page.goto(f"{server.url}/{hash_}")
        page.get_by_role("heading", level=1).first.wait_for()
        page.wait_for_timeout(1_500)  # for what is drawn after the answers came
        page.screenshot(path=TARGET / f"{name}.png")
        sys.stdout.write(f"docs/_static/{name}.png\n")


def _best(server: LiveServer, count: int = 4) -> list[str]:
    """Name the runs with the greatest AUC, the best first."""
    found = server.client("sagemaker").search(
        Resource="ExperimentTrialComponent",
        SortBy="Metrics.test:auc.Last",
        SortOrder="Descending",
        MaxResults=count,
    )
    return [one["TrialComponent"]["TrialComponentName"] for one in found["Results"]]


if __name__ == "__main__":
    main()
