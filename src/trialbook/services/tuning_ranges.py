"""The ranges of a tuning job: what may vary, between what, on which scale; and the rules that they must keep.

========== ===================== =====================================================================
kind       scales                Auto is
========== ===================== =====================================================================
Integer    Linear, Logarithmic   Logarithmic from 1 on where the ends are a factor of 1000 apart
Continuous the same, and         the same, above 0
           ReverseLogarithmic    (of 1 - value, for values in [0, 1))
========== ===================== =====================================================================
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trialbook.algorithms import catalog
from trialbook.errors import ValidationError
from trialbook.services.built_in_metrics import definitions_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.model import Document

Scale = Literal["Linear", "Logarithmic", "ReverseLogarithmic"]
_WIDE = 1000.0


@dataclass(frozen=True, slots=True)
class Range:
    """What one hyperparameter may be: one of `values`, or from `low` to `high`, both included."""

    name: str
    values: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    integer: bool = False
    scale: Scale = "Linear"


@dataclass(frozen=True, slots=True)
class Definition:
    """One training job definition with what of it varies. `name` is "" when the tuning job has only one."""

    name: str
    template: Document
    ranges: tuple[Range, ...]
    metric: str
    maximize: bool


def definitions_of(doc: Document) -> list[Definition]:
    """Read a tuning job's definitions. Raises `ValidationError` naming the rule that one breaks."""
    config = doc["HyperParameterTuningJobConfig"]
    given = [doc["TrainingJobDefinition"]] if "TrainingJobDefinition" in doc else doc.get("TrainingJobDefinitions", [])
    automatic = doc.get("Autotune", {}).get("Mode") == "Enabled"
    return [_definition(one, config, automatic=automatic) for one in given]


def check_tuning(doc: Document) -> None:
    """Hold a tuning job to the rules without which it cannot run. Raises `ValidationError`."""
    definitions = definitions_of(doc)
    config = doc["HyperParameterTuningJobConfig"]
    limit = config["ResourceLimits"].get("MaxNumberOfTrainingJobs")
    if config["Strategy"] == "Grid":
        size = sum(math.prod(len(one.values) for one in definition.ranges) for definition in definitions)
        if limit is not None and limit != size:
            raise ValidationError(
                f"MaxNumberOfTrainingJobs is {limit}, and the grid has {size} combinations: for the strategy Grid "
                "leave it out, or give their number."
            )
    elif limit is None:
        raise ValidationError(
            f"The strategy {config['Strategy']} needs ResourceLimits.MaxNumberOfTrainingJobs: only a grid has an end."
        )
    directions = {definition.maximize for definition in definitions}
    if len(directions) > 1:
        raise ValidationError("The objectives of all definitions must be of one Type, so that one job is the best.")


def _definition(template: Document, config: Document, *, automatic: bool) -> Definition:
    objective = template.get("TuningObjective") or config.get("HyperParameterTuningJobObjective")
    if not objective:
        raise ValidationError(
            "A hyperparameter tuning job needs an objective: give HyperParameterTuningJobObjective, or a "
            "TuningObjective in each definition."
        )
    _check_metric(template, objective["MetricName"])
    told = template.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
    static = template.get("StaticHyperParameters", {})
    ranges = tuple(_ranges(told, template, static, automatic=automatic))
    names = [one.name for one in ranges]
    twice = next((name for name in names if names.count(name) > 1 or name in static), None)
    if twice is not None:
        raise ValidationError(
            f"The hyperparameter '{twice}' is given twice: it can be in one range, or be a static hyperparameter."
        )
    if not ranges:
        raise ValidationError("There is nothing to tune: give a range for at least one hyperparameter.")
    if config["Strategy"] == "Grid" and any(not one.values for one in ranges):
        raise ValidationError("The strategy Grid takes categorical ranges only: list the values to try.")
    name = template.get("DefinitionName", "")
    return Definition(name, template, ranges, objective["MetricName"], objective["Type"] == "Maximize")


def _check_metric(template: Document, metric: str) -> None:
    algorithm = template.get("AlgorithmSpecification", {})
    built_in = [one["Name"] for one in definitions_for(algorithm.get("TrainingImage", ""))]
    known = [*(one["Name"] for one in algorithm.get("MetricDefinitions", [])), *built_in]
    if metric not in known:
        shown = ", ".join(known[:40]) or "none"
        raise ValidationError(
            f"The objective metric for the hyperparameter tuning job, [{metric}], isn't valid: it must be one of the "
            f"MetricDefinitions of the training job definition. Those are: {shown}."
        )


def _ranges(told: Document, template: Document, static: Document, *, automatic: bool) -> Iterator[Range]:
    for one in told.get("CategoricalParameterRanges", []):
        yield Range(one["Name"], tuple(one["Values"]))
    for one in told.get("IntegerParameterRanges", []):
        yield _numeric(one, integer=True)
    for one in told.get("ContinuousParameterRanges", []):
        yield _numeric(one, integer=False)
    tunable = _tunable(template)
    for one in told.get("AutoParameters", []):
        found = tunable.get(one["Name"])
        if found is None:
            raise ValidationError(
                f"There is no range for the AutoParameter '{one['Name']}': known are {', '.join(tunable) or 'none'}."
            )
        yield found
    if automatic and not any(told.values()):
        yield from (one for name, one in tunable.items() if name not in static)


def _tunable(template: Document) -> dict[str, Range]:
    """Give the ranges that are recommended for a built-in algorithm."""
    algorithm = catalog.find(template.get("AlgorithmSpecification", {}).get("TrainingImage", ""))
    found = {}
    for one in algorithm.tunable if algorithm else ():
        if one.values:
            found[one.name] = Range(one.name, one.values)
        elif one.minimum is not None and one.maximum is not None:
            integer = one.kind == "Integer"
            scale = _auto(one.minimum, one.maximum)
            found[one.name] = Range(one.name, (), one.minimum, one.maximum, integer, scale)
    return found


def _numeric(one: Document, *, integer: bool) -> Range:
    name, scaling = one["Name"], one.get("ScalingType", "Auto")
    low, high = (_number(name, one[member], integer=integer) for member in ("MinValue", "MaxValue"))
    if low > high:
        raise ValidationError(f"The range of '{name}' has the MinValue {low:g} above its MaxValue {high:g}.")
    if scaling == "Logarithmic" and low <= 0:
        raise ValidationError(f"The range of '{name}' is Logarithmic and begins at {low:g}: it must be above 0.")
    if scaling == "ReverseLogarithmic" and (integer or low < 0 or high >= 1):
        raise ValidationError(
            f"The range of '{name}' is ReverseLogarithmic: that is for continuous ranges within 0 <= x < 1 alone."
        )
    return Range(name, (), low, high, integer, _auto(low, high) if scaling == "Auto" else scaling)


def _auto(low: float, high: float) -> Scale:
    return "Logarithmic" if low > 0 and high / low >= _WIDE else "Linear"


def _number(name: str, text: str, *, integer: bool) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or (integer and value != int(value)):
        kind = "a whole number" if integer else "a number"
        raise ValidationError(f"The range of '{name}' has an end that is not {kind}: '{text}'.")
    return value
