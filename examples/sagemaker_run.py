"""The Experiments part of the `sagemaker` SDK, version 2 or 3, whichever is installed.

Nothing here knows of Trialbook. Point the SDK at a server and run it:

    eval "$(trialbook env)"
    python examples/sagemaker_run.py

It records a run with every log method, loads it again and adds to it, lists runs, makes, changes, finds and deletes
an experiment with a trial and a trial component of its own, and reads everything back as a pandas table.
"""

from __future__ import annotations

import json
import secrets
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import boto3

VERSION = version("sagemaker")
if VERSION.startswith("2."):
    warnings.filterwarnings("ignore", category=FutureWarning)  # "version 3 is out"
    from sagemaker.analytics import ExperimentAnalytics
    from sagemaker.experiments import Experiment
    from sagemaker.experiments.run import Run, SortByType, SortOrderType, list_runs, load_run
    from sagemaker.experiments.trial import _Trial
    from sagemaker.experiments.trial_component import _TrialComponent
    from sagemaker.session import Session
    from sagemaker.utilities.search_expression import Filter, Operator, SearchExpression
else:
    from sagemaker.core.analytics import ExperimentAnalytics
    from sagemaker.core.experiments import Experiment, _Trial, _TrialComponent
    from sagemaker.core.experiments.run import Run, SortByType, SortOrderType, list_runs, load_run
    from sagemaker.core.helper.session_helper import Session
    from sagemaker.core.utilities.search_expression import Filter, Operator, SearchExpression

RUN = secrets.token_hex(3)  # so that the program can run again on the same record
EXPERIMENT = f"Digits-{RUN}"  # the SDK keeps it in lower case
LABELS = [0, 1, 1, 0, 1, 0, 1, 1]
SCORES = [0.1, 0.8, 0.7, 0.3, 0.9, 0.6, 0.4, 0.95]

session = Session()
client = session.sagemaker_client


def main() -> None:
    print(f"sagemaker {VERSION}")
    record_a_run()
    load_and_add()
    record_a_failure()
    list_the_runs()
    read_as_a_table()
    keep_entities_by_hand()
    print("every step of the SDK's experiments ran")


def record_a_run() -> None:
    """`Run` with every log method."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Run(
            experiment_name=EXPERIMENT,
            run_name="First",
            experiment_display_name="Digits",
            run_display_name="The first run",
            tags=[{"Key": "team", "Value": "vision"}],
            sagemaker_session=session,
        ) as run,
    ):
        run.log_parameter("learning_rate", 0.1)
        run.log_parameters({"layers": 3, "optimizer": "adam"})
        for step in range(25):
            run.log_metric(name="train:loss", value=1 / (step + 1), step=step)
        run.log_metric(name="accuracy", value=0.75)
        run.log_precision_recall(LABELS, SCORES, title="PrecisionRecall", no_skill=0.6)
        run.log_roc_curve(LABELS, SCORES, title="ROC")
        run.log_confusion_matrix(LABELS, [score > 0.5 for score in SCORES], title="Confusion")
        run.log_artifact("training-data", "s3://digits/train.csv", media_type="text/csv", is_output=False)
        notes = Path(folder) / "notes.txt"
        notes.write_text("what we learned\n")
        run.log_file(str(notes), name="notes")
        assert run.experiment_config["ExperimentName"] == EXPERIMENT.lower()
        name = run.experiment_config["RunName"]

    component = client.describe_trial_component(TrialComponentName=name)
    assert component["Status"]["PrimaryStatus"] == "Completed"
    assert component["DisplayName"] == "The first run"
    assert component["Parameters"] == {
        "learning_rate": {"NumberValue": 0.1},
        "layers": {"NumberValue": 3.0},
        "optimizer": {"StringValue": "adam"},
    }
    assert component["InputArtifacts"]["training-data"]["Value"] == "s3://digits/train.csv"
    summaries = {summary["MetricName"]: summary for summary in component["Metrics"]}
    loss = summaries["train:loss"]
    assert (loss["Count"], loss["Min"], loss["Max"], loss["Last"]) == (25, 0.04, 1.0, 0.04), loss
    assert summaries["accuracy"]["Last"] == 0.75

    bucket, _, key = component["OutputArtifacts"]["notes"]["Value"].removeprefix("s3://").partition("/")
    body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert body == b"what we learned\n"
    graphs = graphs_of(component["TrialComponentArn"])
    assert sorted(graphs) == ["ConfusionMatrix", "PrecisionRecallCurve", "ROCCurve"], graphs
    assert round(graphs["ROCCurve"]["areaUnderCurve"], 4) == 0.9333
    assert graphs["ConfusionMatrix"]["confusionMatrix"] == [[2, 1], [1, 4]]
    print(f"recorded {name}: 3 parameters, 26 points of 2 metrics, 3 graphs, 2 artifacts")


def graphs_of(arn: str) -> dict[str, dict[str, Any]]:
    """The graphs that a run produced, by type, as the SDK wrote them."""
    graphs = {}
    for association in client.list_associations(SourceArn=arn, AssociationType="Produced")["AssociationSummaries"]:
        artifact = client.describe_artifact(ArtifactArn=association["DestinationArn"])
        bucket, _, key = artifact["Source"]["SourceUri"].removeprefix("s3://").partition("/")
        graphs[artifact["ArtifactType"]] = json.load(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"])
    return graphs


def load_and_add() -> None:
    """`load_run` by name, and within the context of a run."""
    with load_run(experiment_name=EXPERIMENT, run_name="First", sagemaker_session=session) as run:
        run.log_parameter("epochs", 25)
        assert load_run() is run
        name = run.experiment_config["RunName"]
    parameters = client.describe_trial_component(TrialComponentName=name)["Parameters"]
    assert parameters["epochs"] == {"NumberValue": 25.0}
    assert parameters["optimizer"] == {"StringValue": "adam"}
    print(f"loaded {name} and added a parameter")


def record_a_failure() -> None:
    """A run that raises is recorded as failed, with the reason."""
    try:
        with Run(experiment_name=EXPERIMENT, run_name="Second", sagemaker_session=session) as run:
            name = run.experiment_config["RunName"]
            run.log_metric("accuracy", 0.5)
            raise ArithmeticError("the loss became infinite")
    except ArithmeticError:
        pass
    status = client.describe_trial_component(TrialComponentName=name)["Status"]
    assert status["PrimaryStatus"] == "Failed"
    assert "the loss became infinite" in status["Message"]
    print(f"recorded {name}: {status['PrimaryStatus']}")


def list_the_runs() -> None:
    runs = list_runs(
        experiment_name=EXPERIMENT.lower(),
        sort_by=SortByType.CREATION_TIME,
        sort_order=SortOrderType.ASCENDING,
        sagemaker_session=session,
    )
    assert [run.run_name for run in runs] == ["first", "second"]
    print(f"listed {len(runs)} runs")


def read_as_a_table() -> None:
    """`ExperimentAnalytics`, sorted by a metric's statistic and by a parameter."""
    table = ExperimentAnalytics(
        experiment_name=EXPERIMENT.lower(),
        sort_by="metrics.accuracy.max",
        sort_order="Descending",
        sagemaker_session=session,
    ).dataframe()
    assert list(table["accuracy - Max"]) == [0.75, 0.5]
    assert table["train:loss - Min"][0] == 0.04
    assert table["optimizer"][0] == "adam"
    by_parameter = ExperimentAnalytics(
        experiment_name=EXPERIMENT.lower(),
        sort_by="Parameters.learning_rate",
        metric_names=["accuracy"],
        sagemaker_session=session,
    ).dataframe()
    assert len(by_parameter) == 2
    print(table[["TrialComponentName", "learning_rate", "accuracy - Max"]].to_string(index=False))


def keep_entities_by_hand() -> None:
    """Create, load, save, search and delete: `Experiment`, `_Trial` and `_TrialComponent`."""
    experiment = Experiment.create(
        experiment_name=f"by-hand-{RUN}", description="first words", sagemaker_session=session
    )
    experiment.description = "better words"
    experiment.save()
    assert Experiment.load(experiment.experiment_name, session).description == "better words"

    trial = _Trial.create(
        experiment_name=experiment.experiment_name, trial_name=f"by-hand-trial-{RUN}", sagemaker_session=session
    )
    trial.display_name = "A trial"
    trial.save()
    assert _Trial.load(trial.trial_name, session).display_name == "A trial"

    component = _TrialComponent.create(trial_component_name=f"by-hand-component-{RUN}", sagemaker_session=session)
    component.parameters["depth"] = 5
    component.save()
    assert _TrialComponent.load(component.trial_component_name, session).parameters == {"depth": 5.0}
    trial.add_trial_component(component)
    assert [found.trial_component_name for found in trial.list_trial_components()] == [component.trial_component_name]
    assert [found.trial_name for found in experiment.list_trials()] == [trial.trial_name]

    wanted = SearchExpression(filters=[Filter("Parents.TrialName", Operator.EQUALS, trial.trial_name)])
    hits = list(_TrialComponent.search(search_expression=wanted, sagemaker_session=session))
    assert [hit.trial_component_name for hit in hits] == [component.trial_component_name]

    trial.remove_trial_component(component)
    component.delete()
    trial.delete()
    experiment.delete()
    assert not list(_TrialComponent.search(search_expression=wanted, sagemaker_session=session))
    print("made, changed, found and deleted an experiment, a trial and a trial component")


if __name__ == "__main__":
    main()
