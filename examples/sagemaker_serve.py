"""Endpoints, batch transform and tuning of the `sagemaker` SDK, version 2, that really run.

Nothing here knows of Trialbook. Point the SDK at a server and run it:

    eval "$(trialbook env)"
    python examples/sagemaker_serve.py [--xgboost 3.0-5] [--jobs 12]

Each step says how long it took, and how long the SDK would wait at least: it sleeps for thirty seconds before it asks
about an endpoint, and for five before it asks about a job again.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import time

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
from sagemaker.deserializers import JSONDeserializer
from sagemaker.estimator import Estimator
from sagemaker.predictor import Predictor
from sagemaker.serializers import CSVSerializer
from sagemaker.sklearn.estimator import SKLearn
from sagemaker.tuner import ContinuousParameter, HyperparameterTuner, IntegerParameter

HOST = {"initial_instance_count": 1, "instance_type": "ml.m5.large"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--xgboost", default="3.0-5", help="the version of the built-in XGBoost's image")
    options.add_argument("--jobs", type=int, default=12, help="training jobs of the tuning job")
    given = options.parse_args()
    with step("upload and prepare the data", PROCESSING_WAIT):
        upload()
        prepare()
    made = estimator(given.xgboost)
    with step("train", 0):
        made.fit(channels(), logs=False)
    rows = test_rows(50)
    with step("deploy the built-in model", 30):
        predictor = made.deploy(endpoint_name=f"adult-{RUN}", serializer=CSVSerializer(), **HOST)
    with step("predict", 0):
        predict(predictor, rows)
    with step("update to a script's model", 30):
        update(predictor, rows)
    with step("from the endpoint's name back to the data", 0):
        trace(predictor)
    with step("batch transform, joined with its input", 5):
        transform(made, rows)
    with step(f"HyperparameterTuner of {given.jobs} jobs", 5):
        tune(given.xgboost, given.jobs)
    with step("delete the endpoint", 0):
        predictor.delete_endpoint()
    print("every step of serving and tuning ran")


def test_rows(count: int) -> list[str]:
    """Give rows of the test data, the label first."""
    text = session.read_s3_file(bucket, f"{prefix}/test/test.csv")
    return text.splitlines()[:count]


def features(row: str) -> str:
    return row.partition(",")[2]


def predict(predictor: Predictor, rows: list[str]) -> None:
    """Ask about many rows, then about one row many times at once."""
    scores = predictor.predict("\n".join(map(features, rows))).decode().replace("\n", ",").split(",")
    right = sum((float(score) > 0.5) == row.startswith("1") for score, row in zip(scores, rows, strict=True))
    print(f"  {right} of {len(rows)} rows are right")
    assert right > 0.7 * len(rows)
    begun = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: predictor.predict(features(rows[0])), range(400)))
    assert len(set(answers)) == 1
    print(f"  400 requests of 8 threads: {400 / (time.perf_counter() - begun):.0f} a second")


def update(predictor: Predictor, rows: list[str]) -> None:
    """Train a forest by a script, and let its model take the endpoint over."""
    made = SKLearn(
        entry_point="sklearn_train.py",
        source_dir=str(HERE / "fit"),
        framework_version="1.4-2",
        role=ROLE,
        sagemaker_session=session,
        hyperparameters={"n-estimators": 10, "max-depth": 6},
        **MACHINE,
    )
    made.fit(channels(), logs=False)
    model = made.create_model(entry_point="inference.py", source_dir=str(HERE / "fit"), name=f"forest-{RUN}")
    model.create(instance_type="ml.m5.large")
    predictor.update_endpoint(model_name=model.name, **HOST)
    predictor.deserializer, predictor.accept = JSONDeserializer(), ("application/json",)
    scores = predictor.predict("\n".join(map(features, rows)))["scores"]
    assert len(scores) == len(rows)
    print(f"  the forest's first scores: {scores[:3]}")


def trace(predictor: Predictor) -> None:
    client = session.sagemaker_client
    config = client.describe_endpoint(EndpointName=predictor.endpoint_name)["EndpointConfigName"]
    variant = client.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"][0]
    model = client.describe_model(ModelName=variant["ModelName"])
    data = model["PrimaryContainer"]["ModelDataUrl"]
    context = client.describe_context(ContextName=f"{predictor.endpoint_name}-aws-endpoint")["ContextArn"]
    found = client.query_lineage(StartArns=[context], Direction="Ascendants", IncludeEdges=False, MaxDepth=10)
    kinds = sorted(f"{one['LineageType']} {one['Type']}" for one in found["Vertices"])
    print(f"  {predictor.endpoint_name} serves {data}")
    print(f"  behind it: {', '.join(kinds)}")
    assert "TrialComponent SageMakerTrainingJob" in kinds or "TrialComponent TrainingJob" in kinds, kinds


def transform(made: Estimator, rows: list[str]) -> None:
    transformer = made.transformer(
        1,
        "ml.m5.large",
        strategy="MultiRecord",
        assemble_with="Line",
        accept="text/csv",
        output_path=f"s3://{bucket}/{prefix}/scores",
    )
    transformer.transform(
        f"s3://{bucket}/{prefix}/test/",
        content_type="text/csv",
        split_type="Line",
        input_filter="$[1:]",
        join_source="Input",
        output_filter="$[0,-1]",
        logs=False,
    )
    scored = session.read_s3_file(bucket, f"{prefix}/scores/test.csv.out").splitlines()
    assert [line.partition(",")[0] for line in scored[: len(rows)]] == [row.partition(",")[0] for row in rows]
    right = sum((float(score) > 0.5) == (label == "1") for label, score in (line.split(",") for line in scored))
    print(f"  {right} of {len(scored)} rows are right")


def tune(version: str, jobs: int) -> None:
    tuner = HyperparameterTuner(
        estimator(version),
        objective_metric_name="validation:auc",
        hyperparameter_ranges={"eta": ContinuousParameter(0.01, 0.8), "max_depth": IntegerParameter(1, 8)},
        max_jobs=jobs,
        max_parallel_jobs=2,
        base_tuning_job_name="adult",
    )
    tuner.fit(channels())
    frame = tuner.analytics().dataframe()
    assert len(frame) == jobs
    print(f"  best of {jobs}: {frame['FinalObjectiveValue'].max():.4f} in {tuner.best_training_job()}")
    print(f"  {json.dumps(tuner.best_estimator().hyperparameters().get('max_depth'))} levels deep")


if __name__ == "__main__":
    main()
