"""A job of the `sagemaker` SDK, version 3: ModelTrainer with source code of one's own, which really runs.

Nothing here knows of Trialbook. Point the SDK at a server and run it:

    eval "$(trialbook env)"
    python examples/model_trainer.py
"""

from __future__ import annotations

import io
import json
import secrets
import tarfile
import time
from pathlib import Path

import boto3
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.resources import TrainingJob
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, SourceCode

HERE = Path(__file__).parent
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3"
NAME = f"trainer-{secrets.token_hex(3)}"


def main() -> None:
    session, s3 = Session(), boto3.client("s3")
    bucket = session.default_bucket()
    s3.put_object(Bucket=bucket, Key=f"{NAME}/train/a.csv", Body=b"1,2\n3,4\n5,6\n")
    trainer = ModelTrainer(
        training_image=IMAGE,
        source_code=SourceCode(source_dir=str(HERE / "fit"), entry_script="model_trainer_train.py"),
        compute=Compute(instance_type="ml.m5.large", instance_count=1),
        hyperparameters={"epochs": 3},
        role=ROLE,
        base_job_name=NAME,
        sagemaker_session=session,
    )
    begun = time.perf_counter()
    trainer.train(
        input_data_config=[InputData(channel_name="train", data_source=f"s3://{bucket}/{NAME}/train/")],
        wait=True,
        logs=False,
    )
    print(f"ModelTrainer.train: {time.perf_counter() - begun:.1f} s")
    job = next(one for one in TrainingJob.get_all() if one.training_job_name.startswith(NAME))
    job.refresh()
    assert job.training_job_status == "Completed", job.failure_reason
    key = job.model_artifacts.s3_model_artifacts.removeprefix(f"s3://{bucket}/")
    with tarfile.open(fileobj=io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read())) as tar:
        member = tar.extractfile("model.json")
        assert member is not None
        assert json.load(member) == {"rows": 3}
    print("ModelTrainer's job ran")


if __name__ == "__main__":
    main()
