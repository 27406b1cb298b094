"""The shape of analysis_config.json: which members there are, of which type, with which values.

The shape is written as data, in the order of the documentation, and one function lays a document on it. What depends on
more than one member is in `config.py`. Member names and choices follow the schema of the `sagemaker` SDK 2.257.7
(Apache-2.0) and the developer guide.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialbook.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DATASET_TYPES = (
    "text/csv",
    "application/jsonlines",
    "application/json",
    "application/sagemakercapturejson",
    "application/x-parquet",
    "application/x-image",
)
CONTENT_TYPES = (
    "text/csv",
    "application/jsonlines",
    "application/json",
    "image/jpeg",
    "image/jpg",
    "image/png",
    "application/x-npy",
)
ACCEPT_TYPES = ("text/csv", "application/jsonlines", "application/json")
AGGREGATIONS = ("mean_abs", "median", "mean_sq")
PRE_METHODS = ("CI", "DPL", "KL", "JS", "LP", "TVD", "KS", "CDDL")
POST_METHODS = ("DPPL", "DI", "DCA", "DCR", "RD", "SD", "DAR", "DRR", "AD", "TE", "CDDPL", "FT", "GE")
# Names that the service documents beside those of its reports.
SYNONYMS = {"DCAcc": "DCA", "DCRej": "DCR", "DCO": "DCR"}


@dataclass(frozen=True)
class Node:
    """What a place in the document may hold.

    Attributes
    ----------
    says
        The rule in words, for errors: "a whole number of at least 1".
    holds
        Whether a value keeps it.
    members
        For an object: its members.
    required
        For an object: those that must be there.
    items
        For a list: what each item may be.
    """

    says: str
    holds: Callable[[Any], bool]
    members: Mapping[str, Node] | None = None
    required: tuple[str, ...] = ()
    items: Node | None = None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def whole(least: int, most: int | None = None) -> Node:
    """Give the node of a whole number in a range."""
    says = f"a whole number of at least {least}" if most is None else f"a whole number from {least} to {most}"

    def holds(value: Any) -> bool:
        return _is_number(value) and value == int(value) and value >= least and (most is None or value <= most)

    return Node(says, holds)


def number(least: float, most: float) -> Node:
    """Give the node of a number in a range."""
    return Node(f"a number from {least:g} to {most:g}", lambda value: _is_number(value) and least <= value <= most)


def choice(*values: str) -> Node:
    """Give the node of one of several texts."""
    return Node(f"one of {', '.join(values)}", lambda value: value in values)


def many(items: Node, least: int = 1) -> Node:
    """Give the node of a list."""
    says = f"a list of at least {least}" if least > 1 else "a list that is not empty" if least else "a list"
    return Node(says, lambda value: isinstance(value, list) and len(value) >= least, items=items)


def struct(required: tuple[str, ...] = (), /, **members: Node) -> Node:
    """Give the node of an object."""
    return Node("an object", lambda value: isinstance(value, dict), members, required)


TEXT = Node("a text that is not empty", lambda value: isinstance(value, str) and bool(value))
FLAG = Node("true or false", lambda value: isinstance(value, bool))
SCALAR = Node("a text, number or flag", lambda value: isinstance(value, str | bool) or _is_number(value))
NAME = Node(
    "a column's name or its index from 0",
    lambda value: (isinstance(value, str) and bool(value)) or (whole(0).holds(value)),
)
ANYTHING = Node("anything", lambda _: True)
URI = TEXT


def _methods(keys: tuple[str, ...]) -> Node:
    allowed = {*keys, *SYNONYMS}

    def holds(value: Any) -> bool:
        listed = isinstance(value, list) and bool(value)
        return value == "all" or (listed and all(isinstance(one, str) and one in allowed for one in value))

    return struct(("methods",), methods=Node(f'"all" or a list of {", ".join(keys)}', holds))


SHAP = struct(
    baseline=Node(
        "a URI, an object, or a list of rows", lambda value: isinstance(value, str | list | dict) and bool(value)
    ),
    num_clusters=whole(1),
    num_samples=whole(1),
    use_logit=FLAG,
    agg_method=choice(*AGGREGATIONS),
    save_local_shap_values=FLAG,
    seed=whole(0),
    features_to_explain=many(NAME),
    text_config=struct(
        ("granularity", "language"),
        granularity=choice("token", "sentence", "paragraph"),
        language=TEXT,
        max_top_tokens=whole(1),
    ),
    image_config=struct(
        ("model_type",),
        model_type=choice("IMAGE_CLASSIFICATION", "OBJECT_DETECTION"),
        num_segments=whole(1),
        feature_extraction_method=choice("segmentation"),
        segment_compactness=Node("a number above 0", lambda value: _is_number(value) and value > 0),
        max_objects=whole(1),
        iou_threshold=number(0, 1),
        context=number(0, 1),
        debug=ANYTHING,
    ),
)
METHODS = struct(
    shap=SHAP,
    pre_training_bias=_methods(PRE_METHODS),
    post_training_bias=_methods(POST_METHODS),
    pdp=struct(("grid_resolution",), grid_resolution=whole(1), features=many(NAME), top_k_features=whole(1)),
    report=struct(("name",), name=TEXT, title=Node("a text", lambda value: isinstance(value, str))),
    asymmetric_shapley_value=struct(
        ("direction", "granularity"),
        direction=choice("chronological", "anti_chronological", "bidirectional"),
        granularity=choice("timewise", "fine_grained"),
        num_samples=whole(1),
        baseline=Node("a URI or an object", lambda value: isinstance(value, str | dict) and bool(value)),
    ),
)
PREDICTOR = struct(
    endpoint_name=TEXT,
    model_name=TEXT,
    instance_type=TEXT,
    initial_instance_count=whole(1),
    endpoint_name_prefix=TEXT,
    target_model=TEXT,
    accelerator_type=TEXT,
    content_type=choice(*CONTENT_TYPES),
    accept_type=choice(*ACCEPT_TYPES),
    label=NAME,
    probability=NAME,
    label_headers=many(SCALAR),
    content_template=TEXT,
    record_template=TEXT,
    custom_attributes=TEXT,
    time_series_predictor_config=struct(("forecast",), forecast=TEXT),
)
ROOT = struct(
    ("dataset_type", "methods"),
    version=Node('"1.0"', lambda value: isinstance(value, str | float | int) and str(value) == "1.0"),
    dataset_type=choice(*DATASET_TYPES),
    dataset_uri=URI,
    headers=many(TEXT),
    label=NAME,
    predicted_label=NAME,
    features=TEXT,
    label_values_or_threshold=many(SCALAR),
    probability_threshold=number(0, 1),
    segment_config=many(
        struct(
            ("name_or_index", "segments"),
            config_name=TEXT,
            name_or_index=NAME,
            segments=many(many(SCALAR)),
            display_aliases=many(TEXT),
        )
    ),
    facet=many(struct(("name_or_index",), name_or_index=NAME, value_or_threshold=many(SCALAR))),
    facet_dataset_uri=URI,
    facet_headers=many(TEXT),
    predicted_label_dataset_uri=URI,
    predicted_label_headers=many(TEXT),
    excluded_columns=many(NAME, 0),
    joinsource_name_or_index=NAME,
    group_variable=NAME,
    time_series_data_config=struct(
        ("target_time_series", "item_id", "timestamp"),
        target_time_series=NAME,
        item_id=NAME,
        timestamp=NAME,
        related_time_series=many(NAME),
        static_covariates=many(NAME),
        dataset_format=choice("columns", "item_records", "timestamp_records"),
    ),
    methods=METHODS,
    predictor=PREDICTOR,
)


def check(document: Any, node: Node = ROOT, path: str = "") -> None:
    """Lay a document on a shape.

    Raises
    ------
    ConfigError
        At the first place where it does not fit; names the path, the rule and the nearest right answer.
    """
    if not node.holds(document):
        raise ConfigError(path, f"must be {node.says}, not {_shown(document)}{_nearest(document, node)}")
    if node.members is not None:
        _check_members(document, node, path)
    if node.items is not None:
        for place, item in enumerate(document):
            check(item, node.items, f"{path}[{place}]")


def _check_members(document: Mapping[str, Any], node: Node, path: str) -> None:
    assert node.members is not None
    for name, value in document.items():
        if name not in node.members:
            close = difflib.get_close_matches(name, node.members, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(node.members)}"
            raise ConfigError(_joined(path, name), f"there is no such member; {hint}")
        if value is not None:
            check(value, node.members[name], _joined(path, name))
    for name in node.required:
        if document.get(name) is None:
            raise ConfigError(_joined(path, name), f"must be given: {node.members[name].says}")


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _nearest(value: Any, node: Node) -> str:
    options = node.says.removeprefix('"all" or a list of ').removeprefix("one of ").split(", ")
    wrong = [
        one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str) and one not in options
    ]
    for one in wrong:
        close = difflib.get_close_matches(one, options, 1) or [o for o in options if o.lower() == one.lower()]
        if close and len(options) > 1:
            return f"; did you mean {close[0]!r}?"
    return ""


def without_effect(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the members of a valid configuration that change nothing here, each with the reason."""
    found = []
    for path, why in WITHOUT_EFFECT.items():
        inner: Any = dict(config)
        for name in path.split("."):
            inner = inner.get(name) if isinstance(inner, dict) else None
        if inner is not None:
            found.append((path, why))
    return found


WITHOUT_EFFECT = {
    "predictor.accelerator_type": "models run on this machine",
    "methods.shap.text_config.language": "texts are cut by rules that need no language",
    "methods.shap.image_config.max_objects": "pictures are classified, objects in them are not explained",
    "methods.shap.image_config.iou_threshold": "pictures are classified, objects in them are not explained",
    "methods.shap.image_config.context": "pictures are classified, objects in them are not explained",
    "methods.shap.image_config.debug": "heat maps are written in any case",
}
"""Members that the SDK may send and that change nothing here, by path."""
