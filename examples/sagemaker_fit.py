"""Jobs of the `sagemaker` SDK, version 2, that really run: processing, built-in XGBoost, script mode, and what is left.

Nothing here knows of Trialbook. Point the SDK at a server and run it:

    eval "$(trialbook env)"
    python examples/sagemaker_fit.py [--xgboost 3.0-5]

Each step says how long it took, and how long the SDK would wait at least for a job that ends at once: it asks again
every five seconds, or every thirty with logs.
"""

from __future__ import annotations

import argparse

from adult_jobs import (
    HERE,
    MACHINE,
    PROCESSING_WAIT,
    ROLE,
    RUN,
    bucket,
    channels,
    estimator,
    prefix,
    prepare,
    session,
    step,
    upload,
)

# The module above silences the SDK's warning that version 3 is out.
# isort: split
from sagemaker.analytics import TrainingJobAnalytics
from sagemaker.estimator import Estimator
from sagemaker.experiments.run import Run, load_run
from sagemaker.processing import FrameworkProcessor, ProcessingInput, ProcessingOutput
from sagemaker.sklearn.estimator import SKLearn
from sagemaker.xgboost.estimator import XGBoost

EXPERIMENT = f"adult-fit-{RUN}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--xgboost", default="3.0-5", help="the version of the built-in XGBoost's image")
    given = options.parse_args()
    with step("upload the data", 0):
        upload()
    with step("SKLearnProcessor", PROCESSING_WAIT):
        prepare()
    with step("FrameworkProcessor with a source folder", PROCESSING_WAIT):
        count_rows()
    with step("built-in XGBoost in a run, logs=False", 0):
        first = fit_in_a_run(given.xgboost)
    with step("built-in XGBoost, logs=True", 0):
        second = fit_with_logs(given.xgboost)
    with step("TrainingJobAnalytics", 0):
        analyse(second)
    with step("SKLearn script", 0):
        fit_sklearn()
    with step("XGBoost script in a run", 0):
        fit_xgboost_script(given.xgboost)
    with step("attach", 0):
        attached = Estimator.attach(first)
        assert attached.model_data.endswith(f"{first}/output/model.tar.gz")
    print("every step of the SDK's jobs ran")


def count_rows() -> None:
    """Run a script with a module beside it, which arrive as one archive."""
    processor = FrameworkProcessor(
        SKLearn, framework_version="1.4-2", role=ROLE, sagemaker_session=session, code_location=f"s3://{bucket}/{prefix}",
        **MACHINE,
    )  # fmt: skip
    processor.run(
        code="count.py",
        source_dir=str(HERE / "fit"),
        inputs=[ProcessingInput(source=f"s3://{bucket}/{prefix}/test", destination="/opt/ml/processing/input/test")],
        outputs=[ProcessingOutput(output_name="count", source="/opt/ml/processing/output")],
        logs=False,
    )
    place = processor.latest_job.outputs[0].destination
    counted = session.read_s3_file(bucket, f"{place.removeprefix(f's3://{bucket}/')}/count.txt")
    print(f"  {counted}")
    assert counted == "16281 rows"


def fit_in_a_run(version: str) -> str:
    """Train within a run: the job's parameters, artifacts and metrics are the run's."""
    with Run(EXPERIMENT, "built-in", sagemaker_session=session) as run:
        run.log_parameter("why", "the first")
        made = estimator(version)
        made.fit(channels(), logs=False)
    name = str(made.latest_training_job.name)
    component = session.sagemaker_client.describe_trial_component(TrialComponentName=f"{EXPERIMENT}-built-in")
    assert component["Parameters"]["max_depth"] == {"NumberValue": 4.0}
    assert component["Parameters"]["why"] == {"StringValue": "the first"}
    assert component["OutputArtifacts"]["SageMaker.ModelArtifact"]["Value"] == made.model_data
    auc = next(one for one in component["Metrics"] if one["MetricName"] == "validation:auc")
    print(f"  {name}: validation:auc {auc['Last']:.4f} after {auc['Count']} rounds, in the run {EXPERIMENT}-built-in")
    return name


def fit_with_logs(version: str) -> str:
    made = estimator(version)
    made.fit(channels(), logs="All")
    return str(made.latest_training_job.name)


def analyse(job: str) -> None:
    frame = TrainingJobAnalytics(job, sagemaker_session=session).dataframe()
    print(frame.to_string())
    assert {"train:auc", "validation:auc"} <= set(frame["metric_name"])


def fit_sklearn() -> None:
    """Train by a script of one's own; the metrics are what the regular expressions find in its log."""
    made = SKLearn(
        entry_point="sklearn_train.py",
        source_dir=str(HERE / "fit"),
        framework_version="1.4-2",
        role=ROLE,
        sagemaker_session=session,
        hyperparameters={"n-estimators": 10, "max-depth": 6},
        metric_definitions=[
            {"Name": f"{part}:accuracy", "Regex": f"{part} accuracy: ([0-9.]+);"} for part in ("train", "validation")
        ],
        **MACHINE,
    )
    made.fit(channels(), logs=False)
    job = session.describe_training_job(made.latest_training_job.name)
    found = {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]}
    print(f"  {found}")
    assert set(found) == {"train:accuracy", "validation:accuracy"}


def fit_xgboost_script(version: str) -> None:
    with Run(EXPERIMENT, "script", sagemaker_session=session):
        made = XGBoost(
            entry_point="xgboost_train.py",
            source_dir=str(HERE / "fit"),
            framework_version=version,
            role=ROLE,
            sagemaker_session=session,
            hyperparameters={"max_depth": 3, "num_round": 8},
            **MACHINE,
        )
        made.fit(channels(), logs=False)
    with load_run(experiment_name=EXPERIMENT, run_name="script", sagemaker_session=session):
        pass
    component = session.sagemaker_client.describe_trial_component(TrialComponentName=f"{EXPERIMENT}-script")
    counts = {one["MetricName"]: one["Count"] for one in component["Metrics"]}
    assert counts["script:auc"] == 8, counts


if __name__ == "__main__":
    main()
