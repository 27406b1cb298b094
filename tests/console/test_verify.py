"""The page that says whether data was used: by URI, by hash, by file, and as a printout."""

from __future__ import annotations

import hashlib

from playwright.sync_api import expect
from tests.conftest import LiveServer
from tests.console.conftest import Console

BUCKET = "audited-data"
TRAIN = b"age,job,pay\n20,a,1.5\n30,b,2.5\n40,c,3.5\n"


def logged(server: LiveServer) -> None:
    """Let a run log a table as its input, as SageMaker's SDK does."""
    s3, api = server.client("s3"), server.client("sagemaker")
    if BUCKET not in {one["Name"] for one in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="train.csv", Body=TRAIN, ContentType="text/csv")
        artifact = {"train": {"Value": f"s3://{BUCKET}/train.csv", "MediaType": "text/csv"}}
        api.create_trial_component(TrialComponentName="audited", InputArtifacts=artifact)


def test_a_uri_that_was_used_is_told_with_its_evidence(hosted: Console, hosted_server: LiveServer) -> None:
    logged(hosted_server)
    page = hosted.open("#/verify")
    page.get_by_label("URI or hash").fill("nonsense")
    expect(page.get_by_text("neither a URI")).to_be_visible()
    expect(page.get_by_role("button", name="Ask")).to_be_disabled()
    page.get_by_label("URI or hash").fill(f"s3://{BUCKET}/train.csv")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("was used: the very same bytes")).to_be_visible()
    expect(page.get_by_role("link", name="run audited")).to_have_attribute("href", "#/runs/audited")
    assert hosted.violations() == []
    page.reload()
    expect(page.get_by_text("was used: the very same bytes")).to_be_visible()


def test_a_file_is_known_by_its_rows(hosted: Console, hosted_server: LiveServer) -> None:
    logged(hosted_server)
    page = hosted.open("#/verify")
    leaked = {"name": "holdout.csv", "mimeType": "text/csv", "buffer": b"pay,age,job\n2.50,30,b\n9,9,z\n"}
    page.locator("input[type=file]").set_input_files(leaked)  # type: ignore[arg-type]
    expect(page.get_by_text("50.0% of the distinct rows of holdout.csv (1 of 2)").first).to_be_visible()
    page.get_by_role("button", name="Remove the file").click()
    expect(page.get_by_text("run trialbook verify PATH")).to_be_visible()


def test_a_miss_with_doubts_names_them_until_told_to_decide(hosted: Console, hosted_server: LiveServer) -> None:
    logged(hosted_server)
    page = hosted.open(f"#/verify?q={hashlib.sha256(b'never used').hexdigest()}")
    expect(page.get_by_text("Undecided").first).to_be_visible()
    expect(page.get_by_role("heading", name="Not checked")).to_be_visible()
    page.get_by_label("URI or hash").fill(hashlib.sha256(TRAIN).hexdigest())
    page.keyboard.press("Enter")
    expect(page.get_by_text("was used:").first).to_be_visible()


def test_the_printout_is_the_answer_alone(hosted: Console, hosted_server: LiveServer) -> None:
    logged(hosted_server)
    page = hosted.open(f"#/verify?q=s3://{BUCKET}/train.csv")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_role("navigation").first).to_be_hidden()
    expect(page.get_by_label("URI or hash")).to_be_hidden()
    expect(page.get_by_text("was used: the very same bytes")).to_be_visible()
