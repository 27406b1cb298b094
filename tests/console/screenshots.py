"""Makes the pictures of the console in `docs/_static`, of a real record in a real browser: `make screenshots`."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright
from tests.conftest import LiveServer, serve
from tests.console.conftest import ADULT, CHROMIUM
from tests.console.made import make_records

from trialbook.server.console.session import read_token
from trialbook.settings import Settings

TARGET = Path(__file__).parents[2] / "docs" / "_static"
ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/credit-best"
COLUMNS = "Status.PrimaryStatus,Parameters.max_depth,Parameters.eta,Metrics.test%3Aauc,Metrics.validation%3Alogloss.min"
SIZE: ViewportSize = {"width": 1440, "height": 760}
COLOURS = 128
"""Enough for pages of flat colours, at a third of the bytes."""


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
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport=SIZE, color_scheme="light").new_page()
        page.goto(f"{server.url}/?token={read_token(server.workspace.settings)}")
        names = _names(server)
        four = quote(",".join(names[place] for place in (0, 3, 5, 11)), safe="")
        _shoot(page, server, "console-search", f"#/search?cols={COLUMNS}&sort=-Metrics.test:auc")
        _shoot(page, server, "console-run", f"#/runs/{names[0]}?tab=metrics&find=train%3A*")
        _shoot(page, server, "console-compare", f"#/compare?runs={four}&view=charts&find=*%3Alogloss")
        make_records(server)
        _shoot(page, server, "console-lineage", f"#/lineage?arn={ENDPOINT}&dir=Ascendants&depth=4")
        browser.close()


def _shoot(page: Page, server: LiveServer, name: str, hash_: str) -> None:
    page.goto(f"{server.url}/{hash_}")
    page.get_by_role("heading", level=1).first.wait_for()
    page.wait_for_timeout(3_000)  # for what is drawn after the answers came
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        small = picture.convert("RGB").quantize(COLOURS)
        small.save(TARGET / f"{name}.png", optimize=True)
    sys.stdout.write(f"docs/_static/{name}.png\n")


def _names(server: LiveServer) -> list[str]:
    """Name the runs, those with the greatest AUC first."""
    found = server.client("sagemaker").search(
        Resource="ExperimentTrialComponent", SortBy="Metrics.test:auc.Last", SortOrder="Descending", MaxResults=100
    )
    return [one["TrialComponent"]["TrialComponentName"] for one in found["Results"]]


if __name__ == "__main__":
    main()
