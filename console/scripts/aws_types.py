"""Turns botocore's model of SageMaker into TypeScript for the operations that the console uses.

Run as `python console/scripts/aws_types.py`: it writes `console/src/api/aws-types.ts` and `aws-members.ts`, which are
committed, and which a test makes again and compares. Times travel as epoch seconds in both directions.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, StringShape, StructureShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape

TARGET = Path(__file__).parents[1] / "src" / "api" / "aws-types.ts"
_SERVED = """
    AddTags AssociateTrialComponent CreateEndpoint CreateEndpointConfig CreateModel CreateTrainingJob
    CreateTrial DeleteEndpoint DeleteEndpointConfig DeleteExperiment DeleteModel DeleteTags DeleteTrial
    DeleteTrialComponent DescribeAction DescribeArtifact DescribeContext DescribeEndpoint DescribeEndpointConfig
    DescribeExperiment DescribeHyperParameterTuningJob DescribeModel DescribeModelPackage DescribeProcessingJob
    DescribeTrainingJob DescribeTransformJob DescribeTrial DescribeTrialComponent DisassociateTrialComponent
    ListTags ListTrainingJobsForHyperParameterTuningJob ListTrials QueryLineage StopHyperParameterTuningJob
    StopProcessingJob StopTrainingJob StopTransformJob UpdateEndpoint UpdateExperiment UpdateModelPackage
    UpdateTrialComponent
"""
OPERATIONS = tuple(_SERVED.split())
MEMBERS_TARGET = TARGET.with_name("aws-members.ts")
COPIED = (
    "CreateTrainingJob",
    "CreateProcessingJob",
    "CreateTransformJob",
    "CreateHyperParameterTuningJob",
    "CreateModel",
    "CreateEndpointConfig",
    "CreateEndpoint",
)
"""Operations whose requests the console makes of what was described, to be copied."""
_HEAD = "/** Made by `console/scripts/aws_types.py` from botocore's model: do not edit. */"
_MOST_WORDS = 24
"""An enumeration with more words, such as that of instance types, is a string."""
_PRIMITIVES = {
    "string": "string",
    "integer": "number",
    "long": "number",
    "float": "number",
    "double": "number",
    "timestamp": "number",
    "boolean": "boolean",
    "blob": "string",
}


def main() -> None:
    """Write the files."""
    TARGET.write_text(types())
    MEMBERS_TARGET.write_text(members())


def types() -> str:
    """Give the TypeScript of all operations, each shape once, in order of name."""
    model = _model()
    found: dict[str, Shape] = {}
    table: list[str] = []
    for name in OPERATIONS:
        operation = model.operation_model(name)
        for shape in (operation.input_shape, operation.output_shape):
            if shape is not None:
                _collect(shape, found)
        sides = [_name(shape) for shape in (operation.input_shape, operation.output_shape)]
        table.append(f"  readonly {name}: {{ readonly input: {sides[0]}; readonly output: {sides[1]} }};")
    parts = [f"{_HEAD}\n"]
    parts += [line for name in sorted(found) for line in _declaration(found[name])]
    parts += ["\nexport interface Operations {", *table, "}\n"]
    return "\n".join(parts)


def members() -> str:
    """Give the names of what each request takes, as TypeScript."""
    model = _model()
    lines = [_HEAD, "export const MEMBERS = {"]
    for name in COPIED:
        shape = model.operation_model(name).input_shape
        assert isinstance(shape, StructureShape)
        lines.append(f"  {name}: {json.dumps(list(shape.members))},")
    return "\n".join([*lines, "} as const;", ""])


def _model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("sagemaker", "service-2"), "sagemaker")


def _collect(shape: Shape, found: dict[str, Shape]) -> None:
    if shape.name in found:
        return
    if isinstance(shape, StructureShape) or _words(shape):
        found[shape.name] = shape
    for inner in _inner(shape):
        _collect(inner, found)


def _inner(shape: Shape) -> Iterator[Shape]:
    if isinstance(shape, StructureShape):
        yield from shape.members.values()
    elif isinstance(shape, ListShape):
        yield shape.member
    elif isinstance(shape, MapShape):
        yield shape.value


def _words(shape: Shape) -> list[str]:
    words = list(shape.enum) if isinstance(shape, StringShape) else []
    return words if len(words) <= _MOST_WORDS else []


def _declaration(shape: Shape) -> Iterator[str]:
    if not isinstance(shape, StructureShape):
        words = " | ".join(json.dumps(word) for word in _words(shape))
        yield f"export type {shape.name} = {words};\n"
        return
    yield f"export interface {shape.name} {{"
    for name, member in shape.members.items():
        mark = "" if name in shape.required_members else "?"
        yield f"  readonly {name}{mark}: {_name(member)};"
    yield "}\n"


def _name(shape: Shape | None) -> str:
    if shape is None:
        return "object"
    if isinstance(shape, StructureShape):
        return shape.name
    if isinstance(shape, ListShape):
        return f"readonly {_element(shape.member)}[]"
    if isinstance(shape, MapShape):
        return f"Readonly<Record<string, {_name(shape.value)}>>"
    return shape.name if _words(shape) else _PRIMITIVES[shape.type_name]


def _element(shape: Shape) -> str:
    name = _name(shape)
    return f"({name})" if " " in name else name


if __name__ == "__main__":
    main()
