"""Every bad configuration is refused before a model call, with its JSON path, the rule and the nearest right answer."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialbook.clarify.config import load_config, wanted_metrics
from trialbook.clarify.schema import POST_METHODS, PRE_METHODS
from trialbook.errors import ConfigError

GOOD: dict[str, Any] = {
    "version": "1.0",
    "dataset_type": "text/csv",
    "headers": ["Target", "Age", "Sex", "Hours"],
    "label": "Target",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "Sex", "value_or_threshold": [0]}],
    "group_variable": "Age",
    "probability_threshold": 0.8,
    "methods": {
        "report": {"name": "report", "title": "Analysis Report"},
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": "all"},
        "shap": {
            "baseline": [[37, 1, 40]],
            "num_samples": 15,
            "agg_method": "mean_abs",
            "use_logit": False,
            "save_local_shap_values": True,
        },
        "pdp": {"grid_resolution": 10, "features": ["Age"]},
    },
    "predictor": {
        "model_name": "adult",
        "instance_type": "ml.m5.xlarge",
        "initial_instance_count": 1,
        "accept_type": "text/csv",
        "content_type": "text/csv",
    },
}
DROP = object()
TIME_SERIES = {"target_time_series": "Target", "item_id": "Age", "timestamp": "Sex"}
ASV = {"direction": "chronological", "granularity": "timewise"}

# What is changed in the good configuration; the path that the error names; words of its rule.
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no data set type": ({"dataset_type": DROP}, "dataset_type", "must be given: one of text/csv"),
    "unknown data set type": ({"dataset_type": "text/cvs"}, "dataset_type", "did you mean 'text/csv'"),
    "unknown version": ({"version": "2.0"}, "version", '"1.0"'),
    "misspelt member": ({"group_varable": "Age"}, "group_varable", "did you mean 'group_variable'"),
    "misspelt member inside": ({"methods.shap.num_sample": 3}, "methods.shap.num_sample", "did you mean 'num_samples'"),
    "no methods": ({"methods": DROP}, "methods", "must be given"),
    "only a report": ({"methods": {"report": {"name": "report"}}}, "methods", "asks for nothing"),
    "unknown method": ({"methods.lime": {}}, "methods.lime", "there is no such member"),
    "unknown metric": (
        {"methods.pre_training_bias.methods": ["CI", "DLP"]},
        "methods.pre_training_bias.methods",
        "DPL",
    ),
    "headers twice": ({"headers": ["Target", "Age", "Sex", "Sex"]}, "headers", "names 'Sex' twice"),
    "no label": ({"label": DROP}, "label", "must be given for methods.pre_training_bias"),
    "label not in the headers": ({"label": "Traget"}, "label", "did you mean 'Target'"),
    "no positive value": (
        {"label_values_or_threshold": DROP},
        "label_values_or_threshold",
        "which outcomes are positive",
    ),
    "positive value not a list": ({"label_values_or_threshold": 1}, "label_values_or_threshold", "a list"),
    "no facet": ({"facet": DROP}, "facet", "the sensitive columns"),
    "facet without name": ({"facet": [{"value_or_threshold": [0]}]}, "facet[0].name_or_index", "must be given"),
    "facet not in the headers": ({"facet": [{"name_or_index": "sex"}]}, "facet[0].name_or_index", "did you mean 'Sex'"),
    "facet index too great": ({"facet": [{"name_or_index": 4}]}, "facet[0].name_or_index", "has 4, counted from 0"),
    "facet is the label": ({"facet": [{"name_or_index": "Target"}]}, "facet[0].name_or_index", "is the label"),
    "group not in the headers": ({"group_variable": "Agee"}, "group_variable", "did you mean 'Age'"),
    "excluded column unknown": ({"excluded_columns": ["Hour"]}, "excluded_columns[0]", "did you mean 'Hours'"),
    "threshold above 1": ({"probability_threshold": 80}, "probability_threshold", "a number from 0 to 1"),
    "no model for predictions": (
        {"predictor": DROP, "methods.shap": DROP, "methods.pdp": DROP},
        "predictor",
        "predicted_label",
    ),
    "no model for SHAP": ({"predictor": DROP, "methods.post_training_bias": DROP}, "predictor", "methods.shap"),
    "model and endpoint": ({"predictor.endpoint_name": "e"}, "predictor", "names both"),
    "model without machine": ({"predictor.instance_type": DROP}, "predictor.instance_type", "with model_name"),
    "no machines": ({"predictor.initial_instance_count": 0}, "predictor.initial_instance_count", "at least 1"),
    "endpoint prefix too long": ({"predictor.endpoint_name_prefix": "p" * 24}, "predictor.endpoint_name_prefix", "23"),
    "unknown content type": ({"predictor.content_type": "text/plain"}, "predictor.content_type", "text/csv"),
    "template without place": (
        {"predictor.content_type": "application/jsonlines", "predictor.content_template": '{"a": 1}'},
        "predictor.content_template",
        "$features",
    ),
    "JSON without template": ({"predictor.content_type": "application/json"}, "predictor.content_template", "$records"),
    "record without template": (
        {"predictor.content_template": "$record"},
        "predictor.record_template",
        "must be given",
    ),
    "JMESPath into CSV": ({"predictor.label": "score"}, "predictor.label", "index"),
    "broken JMESPath": (
        {"predictor.accept_type": "application/jsonlines", "predictor.label": "scores[0"},
        "predictor.label",
        "is not a JMESPath",
    ),
    "headers without probability": ({"predictor.label_headers": ["a"]}, "predictor.probability", "probabilities are"),
    "no samples": ({"methods.shap.num_samples": 0}, "methods.shap.num_samples", "a whole number of at least 1"),
    "samples as text": ({"methods.shap.num_samples": "15"}, "methods.shap.num_samples", "not '15'"),
    "unknown aggregation": (
        {"methods.shap.agg_method": "mean-abs"},
        "methods.shap.agg_method",
        "did you mean 'mean_abs'",
    ),
    "baseline and clusters": ({"methods.shap.num_clusters": 3}, "methods.shap.num_clusters", "excludes baseline"),
    "baseline too narrow": ({"methods.shap.baseline": [[37, 1]]}, "methods.shap.baseline[0]", "has 2 values"),
    "text without language": (
        {"methods.shap.text_config": {"granularity": "token"}},
        "methods.shap.text_config.language",
        "must be given",
    ),
    "unknown granularity": (
        {"methods.shap.text_config": {"granularity": "word", "language": "english"}},
        "methods.shap.text_config.granularity",
        "token, sentence, paragraph",
    ),
    "pictures in CSV": (
        {"methods.shap.image_config": {"model_type": "IMAGE_CLASSIFICATION"}},
        "methods.shap.image_config",
        "application/x-image",
    ),
    "no grid": ({"methods.pdp.grid_resolution": DROP}, "methods.pdp.grid_resolution", "must be given"),
    "curve of an unknown feature": (
        {"methods.pdp.features": ["Agee"]},
        "methods.pdp.features[0]",
        "did you mean 'Age'",
    ),
    "curves of nothing": (
        {"methods.shap": DROP, "methods.pdp.features": DROP},
        "methods.pdp.features",
        "ranks the features",
    ),
    "report without name": ({"methods.report": {"title": "t"}}, "methods.report.name", "must be given"),
    "report name is a path": ({"methods.report.name": "../up"}, "methods.report.name", "a file name"),
    "JMESPath for columns": ({"features": "features"}, "features", "has columns"),
    "JSON without features": ({"dataset_type": "application/jsonlines"}, "features", "must be given"),
    "no time series": ({"methods.asymmetric_shapley_value": ASV}, "time_series_data_config", "must be given"),
    "fine-grained backwards": (
        {
            "methods": {
                "asymmetric_shapley_value": {"direction": "bidirectional", "granularity": "fine_grained"},
            },
            "time_series_data_config": TIME_SERIES,
            "predictor.time_series_predictor_config": {"forecast": "f"},
        },
        "methods.asymmetric_shapley_value.direction",
        "chronological",
    ),
    "bias of time series": (
        {"time_series_data_config": TIME_SERIES},
        "methods.pre_training_bias",
        "the data set holds time series",
    ),
    "names of segments": (
        {"segment_config": [{"name_or_index": "Age", "segments": [[1]], "display_aliases": ["a", "b", "c"]}]},
        "segment_config[0].display_aliases",
        "not 3",
    ),
    "broken interval": (
        {"segment_config": [{"name_or_index": "Age", "segments": [["(0, 18"]]}]},
        "segment_config[0].segments[0]",
        "is not an interval",
    ),
    "interval of words": (
        {"segment_config": [{"name_or_index": "Age", "segments": [["(young, old]"]]}]},
        "segment_config[0].segments[0]",
        "is not an interval",
    ),
    "facets from elsewhere": (
        {"facet_dataset_uri": "facets.csv"},
        "joinsource_name_or_index",
        "the column that joins both",
    ),
    "predictions twice": ({"predicted_label": "Hours"}, "predicted_label", "excludes predictor"),
}


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    config = copy.deepcopy(GOOD)
    for path, value in changes.items():
        *above, last = path.split(".")
        place = config
        for name in above:
            place = place[name]
        if value is DROP:
            del place[last]
        else:
            place[last] = value
    return config


def test_the_good_configuration_passes_and_keeps_what_it_says() -> None:
    assert load_config(GOOD) == GOOD


def test_there_are_many_more_than_twenty_kinds_of_bad_configurations() -> None:
    assert len(BAD) > 50


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_configuration_is_told_by_path_rule_and_nearest_right_answer(kind: str) -> None:
    changes, path, words = BAD[kind]
    with pytest.raises(ConfigError) as raised:
        load_config(changed(changes))
    assert raised.value.path == path
    assert words in raised.value.rule
    assert str(raised.value).startswith(f"{path}: ")


def test_null_members_count_as_absent() -> None:
    assert "group_variable" not in load_config(changed({"group_variable": None}))


def test_the_probability_threshold_is_a_half_unless_it_is_given() -> None:
    assert load_config(changed({"probability_threshold": DROP}))["probability_threshold"] == 0.5


def test_all_stands_for_every_metric_and_documented_synonyms_for_their_metric() -> None:
    config = changed({"methods.post_training_bias.methods": ["DCAcc", "DI"]})
    assert wanted_metrics(load_config(config)) == {"pre": sorted(PRE_METHODS), "post": ["DCA", "DI"]}
    assert len(PRE_METHODS) + len(POST_METHODS) == 21


def test_a_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "analysis_config.json"
    path.write_text("{")
    with pytest.raises(ConfigError, match="is not JSON"):
        load_config(path)
    path.write_text("[]")
    with pytest.raises(ConfigError, match="is a JSON object"):
        load_config(path)
    path.write_text(json.dumps(GOOD))
    assert load_config(path) == GOOD
    with pytest.raises(ConfigError, match="No such file"):
        load_config(tmp_path / "nowhere.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 300) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(document: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [above, *(place for name, value in inner for place in places(value, (*above, name)))]


@given(st.sampled_from(places(GOOD)[1:]), JSON)
def test_whatever_stands_in_a_place_is_taken_or_refused_by_name(place: tuple[Any, ...], value: Any) -> None:
    config = copy.deepcopy(GOOD)
    holder: Any = config
    for name in place[:-1]:
        holder = holder[name]
    holder[place[-1]] = value
    try:
        load_config(config)
    except ConfigError as error:
        assert error.rule  # noqa: PT017 (either outcome is right, a traceback is not)
