"""What pages give to be copied runs as it is: each text is taken from the page and executed against the server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page
from tests.conftest import LiveServer, serve
from tests.console.conftest import Console, open_console
from tests.console.made import IMAGE, ROLE, TAGS, deploy, training_job

from trialbook.server.console import pages
from trialbook.settings import Settings

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / ".venv-clients" / "bin"
FAR = "eu-west-1"
NOTE = """it's "so" \\ für $HOME `ls` é"""
FOUND, OTHER = "wanted-run", "other-run"
SECONDS = 120
OURS, THEIRS = "Copy as Python (trialbook)", "Copy as Python (boto3, pandas)"
LINE, TEXT = "Copy as command line", "Copy as text"
OUR_NAMES = "print(sorted(frame['name']))"
THEIR_NAMES = "print(sorted(frame['TrialComponentName']))"

clients_only = pytest.mark.skipif(not CLIENTS.is_dir(), reason="run `make clients`")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve one record of each kind that can be made again, and runs whose values need quotes."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    with serve(Settings(store=str(tmp_path_factory.mktemp("copied") / "store"), launcher="record")) as running:
        client = running.client("sagemaker")
        for region in ("us-east-1", FAR):
            make_runs(running, region)
        client.create_training_job(**training_job("train", 0))
        deploy(client, "serve", "train")
        make_jobs(client)
        yield running


def make_runs(server: LiveServer, region: str) -> None:
    """Make a run that is searched for, and another; the runs of the far region are named so."""
    client, metrics = (server.client(service, region=region) for service in ("sagemaker", "sagemaker-metrics"))
    for name, note, auc in ((FOUND, NOTE, 0.9), (OTHER, "plain", 0.8)):
        named = f"{name}-far" if region == FAR else name
        client.create_trial_component(
            TrialComponentName=named,
            Parameters={"note": {"StringValue": note}, "eta": {"NumberValue": 0.1}},
        )
        point = {"MetricName": "validation:auc", "Timestamp": 1_790_000_000, "Step": 0, "Value": auc}
        metrics.batch_put_metrics(TrialComponentName=named, MetricData=[point])


def make_jobs(client: Any) -> None:
    """Make a processing, a transform and a tuning job."""
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}
    client.create_processing_job(
        ProcessingJobName="prepare",
        RoleArn=ROLE,
        AppSpecification={"ImageUri": IMAGE, "ContainerArguments": ["--note", NOTE]},
        ProcessingResources={"ClusterConfig": cluster},
        Tags=TAGS,
    )
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://records/rows"}}
    client.create_transform_job(
        TransformJobName="score",
        ModelName="serve-model",
        TransformInput={"DataSource": source, "ContentType": "text/csv"},
        TransformOutput={"S3OutputPath": "s3://records/scored"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )
    job = training_job("tune", 0)
    definition = {name: value for name, value in job.items() if name not in ("TrainingJobName", "Tags")}
    definition["StaticHyperParameters"] = {"max_depth": "5", "objective": "binary:logistic"}
    del definition["HyperParameters"]
    ranges = {"ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.5"}]}
    client.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="tune",
        HyperParameterTuningJobConfig={
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:auc"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
            "ParameterRanges": ranges,
        },
        TrainingJobDefinition=definition,
    )


@pytest.fixture
def tab(browser: Browser, server: LiveServer) -> Iterator[Console]:
    """Open a tab on it."""
    yield from open_console(browser, server)


def run(server: LiveServer, folder: Path, *command: str | Path) -> str:
    """Run a command in a shell that is set up for the server alone, and give what it prints."""
    environment = {
        "PATH": f"{CLIENTS}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(folder),
        "TRIALBOOK_URL": server.url,
        "AWS_ENDPOINT_URL": server.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "200",
    }
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def copied(page: Page, button: str, item: str) -> str:
    """Choose a form, give the text that the page shows, and close it."""
    page.get_by_role("button", name=button, exact=True).first.click()
    page.get_by_role("menuitem", name=item, exact=True).click()
    dialog = page.get_by_role("dialog")
    text = dialog.locator("pre").inner_text()
    dialog.get_by_role("button", name="Close").first.click()
    return text


def quoted(text: str) -> str:
    """Write a text as one of the grammar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


WHERE = f"Parameters.note = {quoted(NOTE)} and Metrics.validation:auc.last > 0.85"
SEARCH = f"#/search?sort=-Metrics.validation:auc&cols=Metrics.validation:auc,Parameters.note&q={quote(WHERE)}"


@clients_only
def test_a_search_is_repeated_by_each_text_that_its_page_gives(
    tab: Console, server: LiveServer, tmp_path: Path
) -> None:
    page = tab.open(SEARCH)
    ours, command = copied(page, "Export", OURS), copied(page, "Export", LINE)
    text, theirs = copied(page, "Export", TEXT), copied(page, "Export", THEIRS)
    assert run(server, tmp_path, sys.executable, "-c", f"{ours}\n{OUR_NAMES}").endswith(f"['{FOUND}']\n")
    for told in (run(server, tmp_path, "bash", "-c", command), run(server, tmp_path, "trialbook", "search", text)):
        assert "trial-component: 1 of 1" in told
        assert FOUND in told
    assert run(server, tmp_path, CLIENTS / "python", "-c", f"{theirs}\n{THEIR_NAMES}").endswith(f"['{FOUND}']\n")


@clients_only
def test_a_search_for_everything_is_copied_with_the_region_that_is_shown(
    tab: Console, server: LiveServer, tmp_path: Path
) -> None:
    page = tab.open("#/search")
    page.get_by_role("button", name="Region: us-east-1").click()
    page.get_by_role("menuitem", name=FAR, exact=True).click()
    ours, command = copied(page, "Export", OURS), copied(page, "Export", LINE)
    text, theirs = copied(page, "Export", TEXT), copied(page, "Export", THEIRS)
    wanted = f"['{OTHER}-far', '{FOUND}-far']\n"
    assert run(server, tmp_path, sys.executable, "-c", f"{ours}\n{OUR_NAMES}").endswith(wanted)
    told = run(server, tmp_path, "bash", "-c", command)
    assert "trial-component: 2 of 2" in told
    assert f"{FOUND}-far" in told
    assert run(server, tmp_path, CLIENTS / "python", "-c", f"{theirs}\n{THEIR_NAMES}").endswith(wanted)
    assert text == ""


@clients_only
def test_a_record_is_made_again_in_the_region_that_is_shown(tab: Console, server: LiveServer, tmp_path: Path) -> None:
    tab.page.evaluate(f"localStorage.setItem('trialbook-region', '{FAR}')")
    tab.page.reload()
    client = server.client("sagemaker", region=FAR)
    client.create_training_job(**training_job("distant", 0))
    page = tab.open("#/jobs/training-job/distant")
    run(server, tmp_path, "bash", "-c", copied(page, "Copy", "As AWS CLI"))
    program = copied(page, "Copy", "As Python (boto3)").replace("distant-2", "distant-3")
    run(server, tmp_path, CLIENTS / "python", "-c", program)
    for name in ("distant-2", "distant-3"):
        assert client.describe_training_job(TrainingJobName=name)["TrainingJobName"] == name


SLOW = pytest.mark.slow
MADE = [
    pytest.param("jobs/training-job/train", "training_job"),
    pytest.param("jobs/processing-job/prepare", "processing_job", marks=SLOW),
    pytest.param("jobs/transform-job/score", "transform_job", marks=SLOW),
    pytest.param("jobs/hyper-parameter-tuning-job/tune", "hyper_parameter_tuning_job", marks=SLOW),
    pytest.param("models/serve-model", "model", marks=SLOW),
    pytest.param("endpoints/serve", "endpoint"),
]
FORMS: dict[str, tuple[str | Path, str]] = {
    "As Python (boto3)": (CLIENTS / "python", "-c"),
    "As AWS CLI": ("bash", "-c"),
}


@clients_only
@pytest.mark.parametrize(("where", "kind"), MADE)
def test_a_record_is_made_again_by_each_text_that_its_page_gives(
    tab: Console, server: LiveServer, tmp_path: Path, where: str, kind: str
) -> None:
    client = server.client("sagemaker")
    word = "".join(part.capitalize() for part in kind.split("_"))
    names = [where.rsplit("/", 1)[1]]
    for form, command in FORMS.items():
        page = tab.open(f"#/{where.rsplit('/', 1)[0]}/{names[-1]}")
        run(server, tmp_path, *command, copied(page, "Copy", form))
        names.append(f"{names[0]}-{len(names) + 1}")
    told = [getattr(client, f"describe_{kind}")(**{f"{word}Name": name}) for name in names]
    tags = [client.list_tags(ResourceArn=one[f"{word}Arn"])["Tags"] for one in told]
    assert given(told[0]) == given(told[1]) == given(told[2])
    assert tags[0] == tags[1] == tags[2]
    assert told[0][f"{word}Arn"] != told[1][f"{word}Arn"] != told[2][f"{word}Arn"]


OWN = ("ResponseMetadata", "ModelArtifacts", "EndpointConfigName", "Transitions")
"""Members that each record has for itself, beside its name, its ARN and times."""


def given(described: Any, depth: int = 0) -> Any:
    """Give what a request said of a record."""
    if isinstance(described, list):
        return [given(one, depth + 1) for one in described]
    if not isinstance(described, dict):
        return described
    left = {name: one for name, one in described.items() if not name.endswith((*OWN, "Time"))}
    named = (
        next((name for name in left if name.endswith("Name") and f"{name[:-4]}Arn" in left), "") if not depth else ""
    )
    return {name: given(one, depth + 1) for name, one in left.items() if name not in {named, f"{named[:-4]}Arn"}}
