"""The job that this process is part of, as SageMaker's containers tell it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.sdk.target import Target

if TYPE_CHECKING:
    from trialbook.model import Document

_PROCESSING = Path("config") / "processingjobconfig.json"


def experiment_config() -> Document | None:
    """Read the ExperimentConfig of the job around; None outside jobs, or of a job without a run."""
    for kind, arn in (
        ("Training", os.environ.get("TRAINING_JOB_ARN")),
        ("Processing", _processing_arn()),
        ("Transform", os.environ.get("TRANSFORM_JOB_ARN")),
    ):
        if arn:
            transport = Target.of_environment().transport()
            job = transport.aws(f"Describe{kind}Job", {f"{kind}JobName": arn.rpartition("/")[2]})
            config: Document = job.get("ExperimentConfig") or {}
            return config if config.get("RunName") and config.get("ExperimentName") else None
    return None


def _processing_arn() -> str | None:
    named = os.environ.get("PROCESSING_JOB_ARN")
    if named:
        return named
    config = Path(os.environ.get("TRIALBOOK_ML_ROOT", "/opt/ml")) / _PROCESSING
    try:
        return str(json.loads(config.read_text(encoding="utf-8"))["ProcessingJobArn"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
