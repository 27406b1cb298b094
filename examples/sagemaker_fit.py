"""Jobs of the `sagemaker` SDK, version 2, that really run: processing, built-in XGBoost, script mode, and what is left.

Nothing here knows of Trialbook. Point the SDK at a server and run it:

    eval "$(trialbook env)"
    python examples/sagemaker_fit.py [--xgboost 3.0-5]

Each step says how long it took, and how long the SDK would wait at least for a job that ends at once: it asks again
every five seconds, or every thirty with logs.
"""

from __future__ import annotations

import argparse
import secrets
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

warnings.filterwarnings("ignore", category=FutureWarning)  # "version 3 is out"

from sagemaker import image_uris  # noqa: E402
from sagemaker.analytics import TrainingJobAnalytics  # noqa: E402
from sagemaker.estimator import Estimator  # noqa: E402
from sagemaker.experiments.run import Run, load_run  # noqa: E402
from sagemaker.inputs import TrainingInput  # noqa: E402
from sagemaker.processing import FrameworkProcessor, ProcessingInput, ProcessingOutput  # noqa: E402
from sagemaker.session import Session  # noqa: E402
from sagemaker.sklearn.estimator import SKLearn  # noqa: E402
from sagemaker.sklearn.processing import SKLearnProcessor  # noqa: E402
from sagemaker.xgboost.estimator import XGBoost  # noqa: E402

HERE = Path(__file__).parent
RUN = secrets.token_hex(3)  # so that the program can run again on the same record
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"
EXPERIMENT = f"adult-fit-{RUN}"
MACHINE = {"instance_count": 1, "instance_type": "ml.m5.large"}

session = Session()
bucket = session.default_bucket()
prefix = f"adult-fit-{RUN}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--xgboost", default="3.0-5", help="the version of the built-in XGBoost's image")
    given = options.parse_args()
    with step("upload the data", 0):
        for name in ("adult.parquet", "adult_test.parquet"):
            session.upload_data(str(HERE / "adult" / name), bucket, f"{prefix}/raw")
    with step("SKLearnProcessor", 5):
        prepare()
    with step("FrameworkProcessor with a source folder", 5):
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


@contextmanager
def step(what: str, least: float) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    took = time.perf_counter() - begun
    print(f"{what}: {took:.1f} s; the SDK's own waits are {least:.0f} s of it", flush=True)


def prepare() -> None:
    """Make CSV files of the data in a processing job."""
    processor = SKLearnProcessor(framework_version="1.4-2", role=ROLE, sagemaker_session=session, **MACHINE)
    processor.run(
        code=str(HERE / "fit" / "prepare.py"),
        inputs=[ProcessingInput(source=f"s3://{bucket}/{prefix}/raw/", destination="/opt/ml/processing/input/data")],
        outputs=[
            ProcessingOutput(
                output_name=part,
                source=f"/opt/ml/processing/output/{part}",
                destination=f"s3://{bucket}/{prefix}/{part}",
            )
            for part in ("train", "validation", "test")
        ],
        arguments=["--validation-share", "0.25"],
        logs=False,
    )


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


def channels() -> dict[str, TrainingInput]:
    return {
        part: TrainingInput(f"s3://{bucket}/{prefix}/{part}", content_type="text/csv")
        for part in ("train", "validation")
    }


def estimator(version: str) -> Estimator:
    return Estimator(
        image_uri=image_uris.retrieve("xgboost", session.boto_region_name, version),
        role=ROLE,
        output_path=f"s3://{bucket}/{prefix}/models",
        sagemaker_session=session,
        hyperparameters={"objective": "binary:logistic", "num_round": 20, "max_depth": 4, "eval_metric": "auc"},
        **MACHINE,
    )


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
