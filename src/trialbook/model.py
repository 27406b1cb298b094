"""The nouns: which kinds of entity exist, and what AWS calls each.

An entity's document is a dict in AWS's own member names, as its Describe operation answers it, so that botocore's
output shapes project it without a mapping of ours. Members that start with an underscore are ours and never leave
the server. Times are float epoch seconds, binary values are base64 text, absent means the member is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

Document = dict[str, Any]


class Kind(IntEnum):
    """The kinds of entity. The numbers are on disk: never renumber, never reuse."""

    EXPERIMENT = 1
    TRIAL = 2
    TRIAL_COMPONENT = 3
    TRAINING_JOB = 4
    PROCESSING_JOB = 5
    TRANSFORM_JOB = 6
    TUNING_JOB = 7
    MODEL = 8
    ENDPOINT_CONFIG = 9
    ENDPOINT = 10
    MODEL_PACKAGE_GROUP = 11
    MODEL_PACKAGE = 12
    MODEL_CARD = 13
    ARTIFACT = 14
    CONTEXT = 15
    ACTION = 16
    # Ours alone: no AWS operation, no search and no tag knows these two, so they have no `Noun`.
    CONTENT = 17
    CONTENT_ROWS = 18


@dataclass(frozen=True, slots=True)
class Noun:
    """What AWS calls one kind.

    Attributes
    ----------
    word
        In messages: "trial component".
    name
        The member that holds the name: "TrialComponentName".
    arn
        The member that holds the ARN.
    path
        The first part of the ARN's resource: "experiment-trial-component".
    resource
        Search's ResourceType, or None when AWS's Search does not know the kind.
    record
        The member of Search's record that holds it.
    """

    word: str
    name: str
    arn: str
    path: str
    resource: str | None = None
    record: str | None = None


NOUNS: dict[Kind, Noun] = {
    Kind.EXPERIMENT: Noun("experiment", "ExperimentName", "ExperimentArn", "experiment", "Experiment", "Experiment"),
    Kind.TRIAL: Noun("trial", "TrialName", "TrialArn", "experiment-trial", "ExperimentTrial", "Trial"),
    Kind.TRIAL_COMPONENT: Noun(
        "trial component",
        "TrialComponentName",
        "TrialComponentArn",
        "experiment-trial-component",
        "ExperimentTrialComponent",
        "TrialComponent",
    ),
    Kind.TRAINING_JOB: Noun(
        "training job", "TrainingJobName", "TrainingJobArn", "training-job", "TrainingJob", "TrainingJob"
    ),
    Kind.PROCESSING_JOB: Noun("processing job", "ProcessingJobName", "ProcessingJobArn", "processing-job"),
    Kind.TRANSFORM_JOB: Noun("transform job", "TransformJobName", "TransformJobArn", "transform-job"),
    Kind.TUNING_JOB: Noun(
        "hyperparameter tuning job",
        "HyperParameterTuningJobName",
        "HyperParameterTuningJobArn",
        "hyper-parameter-tuning-job",
        "HyperParameterTuningJob",
        "HyperParameterTuningJob",
    ),
    Kind.MODEL: Noun("model", "ModelName", "ModelArn", "model", "Model", "Model"),
    Kind.ENDPOINT_CONFIG: Noun("endpoint configuration", "EndpointConfigName", "EndpointConfigArn", "endpoint-config"),
    Kind.ENDPOINT: Noun("endpoint", "EndpointName", "EndpointArn", "endpoint", "Endpoint", "Endpoint"),
    Kind.MODEL_PACKAGE_GROUP: Noun(
        "model package group",
        "ModelPackageGroupName",
        "ModelPackageGroupArn",
        "model-package-group",
        "ModelPackageGroup",
        "ModelPackageGroup",
    ),
    Kind.MODEL_PACKAGE: Noun(
        "model package", "ModelPackageName", "ModelPackageArn", "model-package", "ModelPackage", "ModelPackage"
    ),
    Kind.MODEL_CARD: Noun("model card", "ModelCardName", "ModelCardArn", "model-card", "ModelCard", "ModelCard"),
    Kind.ARTIFACT: Noun("artifact", "ArtifactName", "ArtifactArn", "artifact"),
    Kind.CONTEXT: Noun("context", "ContextName", "ContextArn", "context"),
    Kind.ACTION: Noun("action", "ActionName", "ActionArn", "action"),
}

KIND_OF_RESOURCE: dict[str, Kind] = {noun.resource: kind for kind, noun in NOUNS.items() if noun.resource}
KIND_OF_PATH: dict[str, Kind] = {noun.path: kind for kind, noun in NOUNS.items()}
