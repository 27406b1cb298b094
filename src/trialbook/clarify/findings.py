"""What an analysis found: the one thing that analysis.json and all reports are written from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.clarify.asymmetric import SeriesAttributions
    from trialbook.clarify.attributions import Attributions
    from trialbook.clarify.columns import Array
    from trialbook.clarify.config import Config
    from trialbook.clarify.partial import PartialDependence
    from trialbook.clarify.pictures import Picture
    from trialbook.clarify.results import BiasReport
    from trialbook.clarify.text import TextAttributions

SECTIONS = {"pre": "pre_training_bias_metrics", "post": "post_training_bias_metrics"}


@dataclass
class Shap:
    """Shapley values and how they were asked for.

    Attributes
    ----------
    attributions
        Local values of tabular data; None for texts.
    method
        How rows are aggregated.
    labels
        A name for each output of the model.
    baseline
        (b, features) rows that stand for a feature that is not there.
    texts
        Local values of texts.
    top_texts
        The pieces of text that moved predictions most, and how much.
    pictures
        Explained pictures.
    """

    attributions: Attributions | None
    method: str
    labels: list[str]
    baseline: Array | None = None
    texts: Sequence[TextAttributions] = ()
    top_texts: Sequence[tuple[str, float]] = ()
    pictures: Sequence[Picture] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give `explanations.kernel_shap` of analysis.json."""
        if self.attributions is not None:
            return self.attributions.to_dict(self.method, self.labels)
        if self.pictures:
            return {"images": [one.to_dict() for one in self.pictures]}
        return {self.labels[0]: {"global_top_shap_text": dict(self.top_texts)}}


@dataclass
class Segment:
    """The bias figures of a part of the rows.

    Attributes
    ----------
    config_name, name
        The member of segment_config and the segment.
    rows
        How many rows it has.
    bias
        Its figures; None when there are none, for the reason in `error`.
    global_shap_values
        Importance of each feature in the segment, by output.
    """

    config_name: str
    name: str
    rows: int
    bias: BiasReport | None
    error: str = ""
    global_shap_values: dict[str, dict[str, float]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Give an element of `segments` of analysis.json."""
        answer: dict[str, Any] = {"config_name": self.config_name, "segment": self.name, "rows": self.rows}
        if self.bias is not None:
            found = self.bias.to_dict()
            answer.update({name: found[name] for name in SECTIONS.values() if name in found})
        if self.global_shap_values:
            answer["global_shap_values"] = self.global_shap_values
        return {**answer, "error": self.error} if self.error else answer


@dataclass
class Findings:
    """Everything that an analysis found.

    Attributes
    ----------
    config
        The validated configuration.
    dataset
        The name of the data set, for people.
    rows
        How many rows it has.
    features
        What the model gets.
    bias
        Bias metrics of all rows; None when not asked for.
    positive_prediction
        Which predictions count as positive, in words; empty when none were compared.
    shap
        Shapley values; None when not asked for.
    pdp
        Partial dependences, or why there is none, by feature.
    series
        `explanations.asymmetric_shapley_value` of analysis.json; None when not asked for.
    forecasts
        The items of a data set of time series, and what each step contributed to their forecast.
    segments
        Figures by segment.
    faults
        What could not be done, by the part of the analysis: pre, post, shap, pdp ...
    made, seconds
        When the analysis began, in epoch seconds, and how long it took.
    model_rows
        Rows that the model predicted.
    notes
        What a reader should know.
    """

    config: Config
    dataset: str
    rows: int
    features: Sequence[str] = ()
    bias: BiasReport | None = None
    positive_prediction: str = ""
    shap: Shap | None = None
    pdp: list[PartialDependence | dict[str, str]] = field(default_factory=list)
    series: dict[str, str] | None = None
    forecasts: list[tuple[str, SeriesAttributions]] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    made: float = 0.0
    seconds: float = 0.0
    model_rows: int = 0
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Give analysis.json."""
        document: dict[str, Any] = {"version": "1.0"}
        if self.bias is not None:
            document.update(self.bias.to_dict())
        for stage, section in SECTIONS.items():
            if stage in self.faults:
                document[section] = {"label": self.config["label"], "facets": {}, "error": self.faults[stage]}
        explanations: dict[str, Any] = {}
        if self.shap is not None:
            explanations["kernel_shap"] = self.shap.to_dict()
        elif "shap" in self.faults:
            explanations["kernel_shap"] = {"error": self.faults["shap"]}
        if self.pdp:
            explanations["pdp"] = [one if isinstance(one, dict) else one.to_dict() for one in self.pdp]
        if self.series is not None:
            explanations["asymmetric_shapley_value"] = self.series
        elif "asymmetric_shapley_value" in self.faults:
            explanations["asymmetric_shapley_value"] = {"error": self.faults["asymmetric_shapley_value"]}
        if explanations:
            document["explanations"] = explanations
        if self.segments:
            document["segments"] = [one.to_dict() for one in self.segments]
        return document

    def values(self) -> dict[str, float]:
        """Give every bias metric and importance by the name it has on a run: `bias.pre.CI.Sex`, `shap.Age`."""
        found = self.bias.values() if self.bias is not None else {}
        if self.shap is not None and self.shap.attributions is not None:
            outputs = self.shap.to_dict()
            for label, one in outputs.items():
                prefix = "shap" if len(outputs) == 1 else f"shap.{label}"
                found.update({f"{prefix}.{name}": value for name, value in one["global_shap_values"].items()})
        return found
