"""What the examples of the `sagemaker` SDK's jobs share: a session, steps that are timed, and Adult as CSV in a bucket.

Nothing here knows of Trialbook. The files lie below a prefix of their own, so that a program can run again on the same
record.
"""

from __future__ import annotations

import secrets
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

warnings.filterwarnings("ignore", category=FutureWarning)  # "version 3 is out"

from sagemaker import image_uris  # noqa: E402
from sagemaker.estimator import Estimator  # noqa: E402
from sagemaker.inputs import TrainingInput  # noqa: E402
from sagemaker.processing import ProcessingInput, ProcessingOutput  # noqa: E402
from sagemaker.session import Session  # noqa: E402
from sagemaker.sklearn.processing import SKLearnProcessor  # noqa: E402

HERE = Path(__file__).parent
RUN = secrets.token_hex(3)
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"
MACHINE = {"instance_count": 1, "instance_type": "ml.m5.large"}
PROCESSING_WAIT = 5
"""Seconds that the SDK sleeps before it first asks about a processing job."""

session = Session()
bucket = session.default_bucket()
prefix = f"adult-{RUN}"


@contextmanager
def step(what: str, least: float) -> Iterator[None]:
    """Time a step, and print it beside the seconds that the SDK would wait for a job that ends at once."""
    begun = time.perf_counter()
    yield
    took = time.perf_counter() - begun
    print(f"{what}: {took:.1f} s; the SDK's own waits are {least:.0f} s of it", flush=True)


def upload() -> None:
    for name in ("adult.parquet", "adult_test.parquet"):
        session.upload_data(str(HERE / "adult" / name), bucket, f"{prefix}/raw")


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


def channels() -> dict[str, TrainingInput]:
    return {
        part: TrainingInput(f"s3://{bucket}/{prefix}/{part}", content_type="text/csv")
        for part in ("train", "validation")
    }


def estimator(version: str) -> Estimator:
    """Give an estimator of the built-in XGBoost: twenty shallow trees."""
    return Estimator(
        image_uri=image_uris.retrieve("xgboost", session.boto_region_name, version),
        role=ROLE,
        output_path=f"s3://{bucket}/{prefix}/models",
        sagemaker_session=session,
        hyperparameters={"objective": "binary:logistic", "num_round": 20, "max_depth": 4, "eval_metric": "auc"},
        **MACHINE,
    )
