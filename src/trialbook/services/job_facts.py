"""What a trial component shows of a job, read from the job's document alone.

One idea: a job's parameters, inputs and outputs are listed once, as `Facts`; the component's maps and the lineage
artifacts both come from that list. Names such as `SageMaker.InstanceType` are those of SageMaker's own components.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trialbook.model import Document, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# A leading zero marks an identifier ("000123456789"), which a number would not keep.
_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Asset:
    """Something that a job reads or writes.

    `lineage` is the type of its lineage artifact ("DataSet", "Model", "Image" ...), None when it gets none.
    """

    name: str
    uri: str
    lineage: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One job as its trial component shows it. `started` and `ended` are epoch seconds."""

    source_type: str
    status: str
    message: str
    started: float | None
    ended: float | None
    parameters: Mapping[str, Document] = field(default_factory=dict)
    inputs: tuple[Asset, ...] = ()
    outputs: tuple[Asset, ...] = ()


def facts_of(kind: Kind, doc: Document) -> Facts:
    """Give the facts of a training, processing or transform job."""
    return _READERS[kind](doc)


def parameter(text: str) -> Document:
    """Give a hyperparameter as a component's parameter: a number where it looks like one, else text.

    Script mode sends every value as JSON, so that a text arrives in quotes of its own: those come off, and what was in
    them stays text.
    """
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return {"StringValue": str(json.loads(text))}
        except ValueError:
            return {"StringValue": text}
    if _NUMBER.fullmatch(text):
        number = float(text)
        if math.isfinite(number):
            return {"NumberValue": number}
    return {"StringValue": text}


def _numbers(config: Document) -> dict[str, Document]:
    found: dict[str, Document] = {}
    if "InstanceType" in config:
        found["SageMaker.InstanceType"] = {"StringValue": config["InstanceType"]}
    for member in ("InstanceCount", "VolumeSizeInGB"):
        if member in config:
            found[f"SageMaker.{member}"] = {"NumberValue": float(config[member])}
    return found


def _training(doc: Document) -> Facts:
    hyperparameters = {name: parameter(text) for name, text in doc.get("HyperParameters", {}).items()}
    status, secondary = doc["TrainingJobStatus"], doc.get("SecondaryStatus")
    return Facts(
        source_type="SageMakerTrainingJob",
        status=status,
        message=f"Status: {status}, secondary status: {secondary}, failure reason: {doc.get('FailureReason', 'null')}.",
        started=doc.get("TrainingStartTime"),
        ended=doc.get("TrainingEndTime"),
        parameters={**hyperparameters, **_numbers(doc.get("ResourceConfig", {}))},
        inputs=(
            *_image(doc.get("AlgorithmSpecification", {}).get("TrainingImage")),
            *map(_channel, doc.get("InputDataConfig", [])),
        ),
        outputs=tuple(_training_outputs(doc)),
    )


def _training_outputs(doc: Document) -> list[Asset]:
    places = [
        ("SageMaker.ModelArtifact", "ModelArtifacts", "S3ModelArtifacts", "Model"),
        ("SageMaker.Checkpoint", "CheckpointConfig", "S3Uri", "Checkpoint"),
        ("SageMaker.TensorBoardOutput", "TensorBoardOutputConfig", "S3OutputPath", "TensorBoard"),
        ("SageMaker.DebugHookOutput", "DebugHookConfig", "S3OutputPath", None),
    ]
    return [
        Asset(name, doc[config][member], lineage)
        for name, config, member, lineage in places
        if doc.get(config, {}).get(member)
    ]


def _channel(channel: Document) -> Asset:
    source = channel["DataSource"]
    if "S3DataSource" in source:
        uri = source["S3DataSource"]["S3Uri"]
    elif "FileSystemDataSource" in source:
        files = source["FileSystemDataSource"]
        uri = f"{files['FileSystemType'].lower()}://{files['FileSystemId']}{files['DirectoryPath']}"
    else:
        uri = source.get("DatasetSource", {}).get("DatasetArn", "")
    return Asset(channel["ChannelName"], uri, "DataSet", channel.get("ContentType"))


def _processing(doc: Document) -> Facts:
    environment = {name: parameter(text) for name, text in doc.get("Environment", {}).items()}
    status, failure = doc["ProcessingJobStatus"], doc.get("FailureReason", "null")
    inputs = [_processing_input(one) for one in doc.get("ProcessingInputs", [])]
    outputs = [
        Asset(one["OutputName"], one["S3Output"]["S3Uri"], "DataSet")
        for one in doc.get("ProcessingOutputConfig", {}).get("Outputs", [])
        if "S3Output" in one
    ]
    return Facts(
        source_type="SageMakerProcessingJob",
        status=status,
        message=f"Status: {status}, exit message: {doc.get('ExitMessage', 'null')}, failure reason: {failure}",
        started=doc.get("ProcessingStartTime"),
        ended=doc.get("ProcessingEndTime"),
        parameters={**environment, **_numbers(doc["ProcessingResources"]["ClusterConfig"])},
        inputs=(*_image(doc["AppSpecification"]["ImageUri"]), *(one for one in inputs if one.uri)),
        outputs=tuple(outputs),
    )


def _processing_input(one: Document) -> Asset:
    definition = one.get("DatasetDefinition", {})
    query = definition.get("AthenaDatasetDefinition") or definition.get("RedshiftDatasetDefinition") or {}
    uri = one["S3Input"]["S3Uri"] if "S3Input" in one else query.get("OutputS3Uri", "")
    return Asset(one["InputName"], uri, "DataSet")


def _transform(doc: Document) -> Facts:
    status, model = doc["TransformJobStatus"], doc.get("_model", {})
    parameters = {name: parameter(text) for name, text in doc.get("Environment", {}).items()}
    parameters["SageMaker.ModelName"] = {"StringValue": doc["ModelName"]}
    for member in ("DataUrl", "Image"):
        if member in model:
            parameters[f"SageMaker.ModelPrimary.{member}"] = {"StringValue": model[member]}
    data, output = doc["TransformInput"], doc["TransformOutput"]
    read = Asset(
        "SageMaker.TransformInput", data["DataSource"]["S3DataSource"]["S3Uri"], "DataSet", data.get("ContentType")
    )
    served = [Asset("SageMaker.ModelArtifact", model["DataUrl"], "Model")] if "DataUrl" in model else []
    return Facts(
        source_type="SageMakerTransformJob",
        status=status,
        message=f"Status: {status}, failure reason: {doc.get('FailureReason', 'null')}",
        started=doc.get("TransformStartTime"),
        ended=doc.get("TransformEndTime"),
        parameters={**parameters, **_numbers(doc["TransformResources"])},
        inputs=(*_image(model.get("Image")), read, *served),
        outputs=(Asset("SageMaker.TransformOutput", output["S3OutputPath"], "DataSet", output.get("Accept")),),
    )


def _image(uri: str | None) -> tuple[Asset, ...]:
    return (Asset("SageMaker.ImageUri", uri, "Image"),) if uri else ()


_READERS: dict[Kind, Callable[[Document], Facts]] = {
    Kind.TRAINING_JOB: _training,
    Kind.PROCESSING_JOB: _processing,
    Kind.TRANSFORM_JOB: _transform,
}
