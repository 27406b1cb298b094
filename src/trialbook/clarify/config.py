"""analysis_config.json, validated: the shape first (`schema.py`), then what its members ask of each other.

Everything that can be known without the data is checked here, before a byte of it is read or a model is called; what
needs the data (does this facet value occur?) is checked when it is read, still before any model call.
"""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialbook.clarify.schema import POST_METHODS, PRE_METHODS, SYNONYMS, check
from trialbook.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Config = dict[str, Any]

BIAS = ("pre_training_bias", "post_training_bias")
NEEDS_MODEL = ("shap", "pdp", "asymmetric_shapley_value")
JSON_TYPES = ("application/json", "application/jsonlines", "application/sagemakercapturejson")
LONGEST_PREFIX = 23


def load_config(source: Config | str | Path) -> Config:
    """Read and validate a configuration.

    Parameters
    ----------
    source
        The document, or the path of its JSON file.

    Returns
    -------
    dict
        The document without null members and with defaults filled in.

    Raises
    ------
    ConfigError
        Names the JSON path, the rule and the nearest right answer.
    """
    document = source if isinstance(source, dict) else _read(Path(source))
    check(document)
    config: Config = _without_null(document)
    for rule in _RULES:
        rule(config)
    config.setdefault("probability_threshold", 0.5)
    return config


def _read(path: Path) -> Config:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError("", f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError("", f"{path} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ConfigError("", f"{path} holds {type(document).__name__}; the configuration is a JSON object")
    return document


def _without_null(document: Any) -> Any:
    if isinstance(document, dict):
        return {name: _without_null(value) for name, value in document.items() if value is not None}
    return [_without_null(value) for value in document] if isinstance(document, list) else document


def wanted_metrics(config: Config) -> dict[str, list[str]]:
    """Give the keys of the bias metrics asked for, by stage; a stage that is not asked is absent."""
    found = {}
    for stage, name, known in (("pre", BIAS[0], PRE_METHODS), ("post", BIAS[1], POST_METHODS)):
        if name in config["methods"]:
            asked = config["methods"][name]["methods"]
            keys = known if asked == "all" else [SYNONYMS.get(key, key) for key in asked]
            found[stage] = sorted(set(keys))
    return found


def column_name(headers: Sequence[str], name_or_index: str | int, path: str) -> str:
    """Give the name of a column that is named or counted.

    Raises
    ------
    ConfigError
        If there is no such column; names the one most like it.
    """
    if isinstance(name_or_index, int | float):
        if int(name_or_index) < len(headers):
            return headers[int(name_or_index)]
        raise ConfigError(path, f"there is no column {name_or_index}: the data has {len(headers)}, counted from 0")
    if name_or_index in headers:
        return name_or_index
    close = difflib.get_close_matches(name_or_index, headers, 1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    shown = ", ".join(headers[:12]) + (", ..." if len(headers) > 12 else "")
    raise ConfigError(path, f"there is no column {name_or_index!r}{hint} The columns are {shown}.")


def named_columns(config: Config) -> Iterator[tuple[str, str | int]]:
    """Give the path and the name or index of every column that the configuration names."""
    tabular = config["dataset_type"] not in JSON_TYPES
    members = ["group_variable", "joinsource_name_or_index", *(("label", "predicted_label") if tabular else ())]
    for member in members:
        if member in config and not (member == "predicted_label" and "predicted_label_dataset_uri" in config):
            yield member, config[member]
    facets = [] if "facet_dataset_uri" in config else config.get("facet", [])
    for place, facet in enumerate(facets):
        yield f"facet[{place}].name_or_index", facet["name_or_index"]
    for place, one in enumerate(config.get("excluded_columns", [])):
        yield f"excluded_columns[{place}]", one
    for place, segment in enumerate(config.get("segment_config", [])):
        yield f"segment_config[{place}].name_or_index", segment["name_or_index"]
    for member in ("features", "features_to_explain"):
        for method in ("shap", "pdp"):
            for place, one in enumerate(config["methods"].get(method, {}).get(member, [])):
                yield f"methods.{method}.{member}[{place}]", one


def _methods(config: Config) -> None:
    methods = config["methods"]
    if not set(methods) - {"report"}:
        raise ConfigError("methods", f"asks for nothing; name one of {', '.join((*BIAS, *NEEDS_MODEL))}")
    name = methods.get("report", {}).get("name", "report")
    if not re.fullmatch(r"[\w][\w .-]*", name):
        raise ConfigError("methods.report.name", f"is a file name without its ending, not {name!r}; 'report' will do")


def _headers(config: Config) -> None:
    headers = config.get("headers")
    if headers is None:
        return
    twice = sorted({name for name in headers if headers.count(name) > 1})
    if twice:
        raise ConfigError("headers", f"names {twice[0]!r} twice; column names must differ")
    if config["dataset_type"] in JSON_TYPES and "label" in config and str(config["label"]) not in headers:
        return
    for path, name in named_columns(config):
        column_name(headers, name, path)


def _bias(config: Config) -> None:
    asked = [name for name in BIAS if name in config["methods"]]
    if not asked:
        return
    where = f"methods.{asked[0]}"
    for member, why in (
        ("label", "the column of observed outcomes"),
        ("label_values_or_threshold", "which outcomes are positive, as [1] or a threshold"),
        ("facet", 'the sensitive columns, as [{"name_or_index": "Sex", "value_or_threshold": [0]}]'),
    ):
        if member not in config:
            raise ConfigError(member, f"must be given for {where}: {why}")
    for place, facet in enumerate(config["facet"]):
        if facet["name_or_index"] == config["label"]:
            raise ConfigError(f"facet[{place}].name_or_index", f"{config['label']!r} is the label; name another column")
    sources = ("predictor", "predicted_label", "predicted_label_dataset_uri")
    if BIAS[1] in asked and not any(source in config for source in sources):
        rule = "must be given for methods.post_training_bias: a model, or predicted_label with predictions in the data"
        raise ConfigError("predictor", rule)


def _predictor(config: Config) -> None:
    predictor = config.get("predictor")
    for method in NEEDS_MODEL:
        if method in config["methods"] and predictor is None:
            raise ConfigError("predictor", f"must be given for methods.{method}, which calls the model")
    if predictor is None:
        return
    if "endpoint_name" in predictor and "model_name" in predictor:
        raise ConfigError("predictor", "names both endpoint_name and model_name; name one of them")
    if "model_name" in predictor:
        for member in ("instance_type", "initial_instance_count"):
            if member not in predictor:
                raise ConfigError(f"predictor.{member}", "must be given with model_name, for the shadow endpoint")
    if len(predictor.get("endpoint_name_prefix", "")) > LONGEST_PREFIX:
        raise ConfigError("predictor.endpoint_name_prefix", f"has at most {LONGEST_PREFIX} characters")
    _templates(predictor)
    if "label_headers" in predictor and not {"probability", "label"} & set(predictor):
        rule = "must be given with label_headers: where in the answer the probabilities are"
        raise ConfigError("predictor.probability", rule)
    _answers(predictor)


def _answers(predictor: Mapping[str, Any]) -> None:
    accept = predictor.get("accept_type", predictor.get("content_type", "text/csv"))
    for member in ("label", "probability"):
        if isinstance(predictor.get(member), str) and accept == "text/csv":
            rule = f"is a column's index in a text/csv answer, not {predictor[member]!r}; or accept a JSON type"
            raise ConfigError(f"predictor.{member}", rule)
        if accept != "text/csv":
            _jmespath(predictor.get(member), f"predictor.{member}")


def _templates(predictor: Mapping[str, Any]) -> None:
    content, record = predictor.get("content_template"), predictor.get("record_template")
    if content is not None and not re.search(r"\$(features|records?)\b", content):
        raise ConfigError("predictor.content_template", "must hold $features, $record or $records, where the row goes")
    if "time_series_predictor_config" in predictor:
        return
    if record is not None and not re.search(r"\$(features_kvp|features|feature_\w+|\{)", record):
        raise ConfigError("predictor.record_template", "must hold $features or $features_kvp, where the features go")
    if content is not None and "$record" in content and record is None:
        raise ConfigError("predictor.record_template", "must be given, because content_template holds $record")
    if predictor.get("content_type") == "application/json" and content is None:
        rule = """must be given with content_type application/json, such as '{"instances": $records}'"""
        raise ConfigError("predictor.content_template", rule)


def _shap(config: Config) -> None:
    shap = config["methods"].get("shap")
    if shap is None:
        return
    if "baseline" in shap and "num_clusters" in shap:
        raise ConfigError("methods.shap.num_clusters", "excludes baseline: give the baseline, or how many to find")
    if "text_config" in shap and "image_config" in shap:
        raise ConfigError("methods.shap.image_config", "excludes text_config: a data set is of text or of images")
    if ("image_config" in shap) != (config["dataset_type"] == "application/x-image"):
        rule = "must be given with dataset_type application/x-image, and only with it"
        raise ConfigError("methods.shap.image_config", rule)
    baseline = shap.get("baseline")
    if isinstance(baseline, list) and "headers" in config and all(isinstance(row, list) for row in baseline):
        width = len(feature_names(config, config["headers"]))
        for place, row in enumerate(baseline):
            if len(row) != width:
                rule = f"has {len(row)} values; a baseline row has one for each of the {width} features"
                raise ConfigError(f"methods.shap.baseline[{place}]", rule)


def _pdp(config: Config) -> None:
    pdp = config["methods"].get("pdp")
    if pdp is not None and "features" not in pdp and "shap" not in config["methods"]:
        raise ConfigError("methods.pdp.features", "must be given, or methods.shap, which ranks the features")


def _time_series(config: Config) -> None:
    asked = config["methods"].get("asymmetric_shapley_value")
    if asked is None:
        return
    if "time_series_data_config" not in config:
        raise ConfigError("time_series_data_config", "must be given for methods.asymmetric_shapley_value")
    if "time_series_predictor_config" not in config["predictor"]:
        rule = "must be given for methods.asymmetric_shapley_value: where the forecast is in the answer"
        raise ConfigError("predictor.time_series_predictor_config", rule)
    if asked["granularity"] == "fine_grained":
        if asked["direction"] != "chronological":
            raise ConfigError("methods.asymmetric_shapley_value.direction", "must be chronological with fine_grained")
        if "num_samples" not in asked:
            raise ConfigError("methods.asymmetric_shapley_value.num_samples", "must be given with fine_grained")
    elif "num_samples" in asked:
        raise ConfigError("methods.asymmetric_shapley_value.num_samples", "goes only with fine_grained; leave it out")


def _json(config: Config) -> None:
    if config["dataset_type"] not in JSON_TYPES:
        if "features" in config:
            raise ConfigError("features", f"is a JMESPath into JSON; dataset_type {config['dataset_type']} has columns")
        return
    if "features" not in config and "time_series_data_config" not in config:
        raise ConfigError("features", f"must be given for {config['dataset_type']}: a JMESPath such as 'features'")
    for member in ("features", "label", "predicted_label"):
        if member == "features" or config.get(member) not in config.get("headers", []):
            _jmespath(config.get(member), member)


def _jmespath(expression: Any, path: str) -> None:
    if not isinstance(expression, str):
        return
    import jmespath

    try:
        jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as error:
        message = " ".join(str(error).split())
        raise ConfigError(path, f"{expression!r} is not a JMESPath: {message}") from error


def _tables(config: Config) -> None:
    """Pictures and time series are explained; figures of groups and curves of features need a table."""
    kind = "pictures" if config["dataset_type"] == "application/x-image" else "time series"
    if kind == "time series" and "time_series_data_config" not in config:
        return
    for method in (*BIAS, "pdp", *(("shap",) if kind == "time series" else ("asymmetric_shapley_value",))):
        if method in config["methods"]:
            raise ConfigError(f"methods.{method}", f"needs a table of features; the data set holds {kind}")


def _segments(config: Config) -> None:
    for place, segment in enumerate(config.get("segment_config", [])):
        aliases, number = segment.get("display_aliases"), len(segment["segments"])
        if aliases is not None and len(aliases) not in {number, number + 1}:
            rule = f"has one name a segment ({number}), and may have one more for the rest, not {len(aliases)}"
            raise ConfigError(f"segment_config[{place}].display_aliases", rule)
        for which, values in enumerate(segment["segments"]):
            for value in values:
                if isinstance(value, str) and value[:1] in {"(", "["} and not _is_interval(value):
                    rule = f"{value!r} is not an interval, as in '(0, 18]' or '[18, inf)'"
                    raise ConfigError(f"segment_config[{place}].segments[{which}]", rule)


def _is_interval(text: str) -> bool:
    found = re.fullmatch(INTERVAL, text)
    try:
        return found is not None and float(found[2]) <= float(found[3])
    except ValueError:
        return False


INTERVAL = r"\s*([\[(])\s*([^,]+?)\s*,\s*([^,]+?)\s*([\])])\s*"


def _outside(config: Config) -> None:
    for uri, headers in (
        ("facet_dataset_uri", "facet_headers"),
        ("predicted_label_dataset_uri", "predicted_label_headers"),
    ):
        if headers in config and uri not in config:
            raise ConfigError(uri, f"must be given with {headers}")
        if uri in config and "joinsource_name_or_index" not in config:
            raise ConfigError("joinsource_name_or_index", f"must be given with {uri}: the column that joins both")
    if "predicted_label" in config and "predictor" in config and "post_training_bias" in config["methods"]:
        rule = "excludes predictor for bias: predictions are in the data, or the model makes them"
        raise ConfigError("predicted_label", rule)


def feature_names(config: Config, headers: Sequence[str]) -> list[str]:
    """Name the columns that the model gets: all but label, prediction, joining and excluded ones."""
    gone: set[str] = set()
    for member in ("label", "predicted_label", "joinsource_name_or_index"):
        if member in config and (config[member] in headers or isinstance(config[member], int)):
            gone.add(column_name(headers, config[member], member))
    for place, one in enumerate(config.get("excluded_columns", [])):
        gone.add(column_name(headers, one, f"excluded_columns[{place}]"))
    return [name for name in headers if name not in gone]


_RULES = (_methods, _tables, _headers, _bias, _outside, _predictor, _shap, _pdp, _time_series, _json, _segments)
