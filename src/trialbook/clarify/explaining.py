"""The explanations of an analysis: which function of the package answers which method of the configuration."""

from __future__ import annotations

import csv
import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.attributions import Attributions
from trialbook.clarify.baselines import choose_baseline
from trialbook.clarify.config import Config, column_name
from trialbook.clarify.counting import holds_text
from trialbook.clarify.findings import Findings, Shap
from trialbook.clarify.partial import partial_dependence, top_features
from trialbook.clarify.pictures import explain_pictures
from trialbook.clarify.segments import segments_of
from trialbook.clarify.series import explain_series
from trialbook.clarify.shapley import kernel_shap
from trialbook.errors import ConfigError, TrialbookError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trialbook.clarify.batching import Predict
    from trialbook.clarify.columns import Array
    from trialbook.clarify.dataset import Dataset

log = logging.getLogger("trialbook.clarify")
TOP_FEATURES = 10


def explain(
    config: Config,
    data: Dataset,
    model: Predict,
    findings: Findings,
    progress: Callable[[str, int, int], None] | None,
    fetch: Callable[[str], Path],
) -> list[TrialbookError]:
    """Compute every explanation that is asked for into `findings`; gives the failures."""
    faults: list[TrialbookError] = []
    parts: dict[str, Callable[[], None]] = {
        "shap": lambda: _shap(config, data, model, findings, progress, fetch),
        "pdp": lambda: _partial(config, data, model, findings, progress),
        "asymmetric_shapley_value": lambda: explain_series(config, data, model, findings, progress),
    }
    for name, part in parts.items():
        if name in config["methods"]:
            try:
                part()
            except ConfigError:
                raise
            except (TrialbookError, ValueError) as error:
                findings.faults[name] = str(error)
                named = ConfigError(f"methods.{name}", str(error))
                faults.append(error if isinstance(error, TrialbookError) else named)
    return faults


def check_explanations(config: Config, data: Dataset, fetch: Callable[[str], Path]) -> None:
    """Check what explanations ask of the data, before the model is called.

    Raises
    ------
    ConfigError
        If a column to explain is not a feature, the baseline does not fit the features, or there is no text.
    """
    if data.source is not None:
        return
    for method, member in (("shap", "features_to_explain"), ("pdp", "features")):
        for one in config["methods"].get(method, {}).get(member, []):
            _feature(data, one, f"{method}.{member}")
    shap = config["methods"].get("shap", {})
    if "text_config" in shap:
        _text_place(data)
    elif "baseline" in shap:
        _baseline(shap, data.matrix()[:1], data, fetch)


def _shap(
    config: Config,
    data: Dataset,
    model: Predict,
    findings: Findings,
    progress: Callable[[str, int, int], None] | None,
    fetch: Callable[[str], Path],
) -> None:
    asked = config["methods"]["shap"]
    if "text_config" in asked:
        _texts(config, data, model, findings)
        return
    if data.source is not None:
        labels = config.get("predictor", {}).get("label_headers")
        names = None if labels is None else [str(one) for one in labels]
        explained = explain_pictures(asked, names, data.source, model, progress)
        findings.rows = len(explained)
        findings.shap = Shap(None, "mean_abs", names or ["label0"], pictures=explained)
        return
    rows = data.matrix()
    baseline = _baseline(asked, rows, data, fetch)
    chosen = asked.get("features_to_explain")
    log.info("SHAP n_samples %s, %d baseline rows", asked.get("num_samples", "auto"), len(baseline))
    log.info("explaining %d rows, %d columns", *rows.shape)
    attributions = kernel_shap(
        model,
        rows,
        baseline,
        num_samples=asked.get("num_samples"),
        link="logit" if asked.get("use_logit") else "identity",
        seed=asked.get("seed", 0),
        features=None if chosen is None else [_feature(data, one, "shap.features_to_explain") for one in chosen],
        names=list(data.features),
        progress=None if progress is None else lambda done, total: progress("explaining", done, total),
    )
    findings.notes += attributions.warnings
    findings.shap = Shap(attributions, asked.get("agg_method", "mean_abs"), _outputs(config, attributions), baseline)
    for segment, found in zip(segments_of(config, data), findings.segments, strict=False):
        if segment.mask.any():
            part = Attributions(
                attributions.values[segment.mask],
                attributions.expected_value,
                attributions.standard_error[segment.mask],
                attributions.exact,
                attributions.features,
            )
            shared = part.to_dict(findings.shap.method, findings.shap.labels)
            found.global_shap_values = {label: one["global_shap_values"] for label, one in shared.items()}


def _feature(data: Dataset, name_or_index: str | int, path: str) -> str:
    """Give a feature's name; an index counts the columns of the data set, as everywhere in the configuration."""
    name = column_name(list(data.columns), name_or_index, f"methods.{path}")
    if name not in data.features:
        raise ConfigError(f"methods.{path}", f"{name!r} is not a feature; the features are {', '.join(data.features)}")
    return name


def _outputs(config: Config, attributions: Attributions) -> list[str]:
    headers = config.get("predictor", {}).get("label_headers")
    outputs = len(np.atleast_1d(attributions.expected_value))
    if headers is not None and len(headers) == outputs:
        return [str(one) for one in headers]
    return [f"label{place}" for place in range(outputs)]


def _baseline(asked: dict[str, Any], rows: Array, data: Dataset, fetch: Callable[[str], Path]) -> Array:
    given = asked.get("baseline")
    if given is None:
        categorical = [place for place, name in enumerate(data.features) if holds_text(data.columns[name])]
        clusters, seed = asked.get("num_clusters"), asked.get("seed", 0)
        found = choose_baseline(rows, "clusters", categorical=categorical, num_clusters=clusters, seed=seed)
        log.info("chose %d baseline rows by clustering", len(found))
        return np.asarray(found)
    where = "methods.shap.baseline"
    lines = _read_rows(fetch(given), data, where) if isinstance(given, str) else given
    table = np.array([list(line.values()) if isinstance(line, dict) else line for line in lines], dtype=object)
    if table.ndim != 2 or table.shape[1] != rows.shape[1]:
        width = table.shape[1] if table.ndim == 2 else "rows of different length"
        raise ConfigError(where, f"has {width} values a row; a row has one for each of the {rows.shape[1]} features")
    if rows.dtype == object:
        return table
    try:
        return table.astype(np.float64)
    except (TypeError, ValueError):
        raise ConfigError(where, "holds a text, the features are all numbers") from None


def _read_rows(path: Path, data: Dataset, where: str) -> list[list[Any]]:
    from trialbook.clarify.dataset import parsed_cell

    try:
        with path.open(newline="", encoding="utf-8") as file:
            lines = [line for line in csv.reader(file) if line]
    except OSError as error:
        raise ConfigError(where, f"{path}: {error.strerror}") from error
    if lines and [cell.strip() for cell in lines[0]] == list(data.features):
        lines = lines[1:]
    return [[parsed_cell(cell) for cell in line] for line in lines]


def _text_place(data: Dataset) -> int:
    """Give the place of the first feature that holds text."""
    place = next((at for at, name in enumerate(data.features) if holds_text(data.columns[name])), None)
    if place is None:
        raise ConfigError("methods.shap.text_config", f"needs a feature of text; {', '.join(data.features)} have none")
    return place


def _texts(config: Config, data: Dataset, model: Predict, findings: Findings) -> None:
    from trialbook.clarify.text import explain_text, top_texts

    asked = config["methods"]["shap"]
    place = _text_place(data)
    rows = data.matrix()
    explained = []
    for row in rows:

        def predict(texts: Any, row: Array = row) -> object:
            asked_rows = np.repeat(row[None, :], len(texts), axis=0)
            asked_rows[:, place] = texts
            return model(asked_rows)

        explained += explain_text(
            predict,
            [str(row[place])],
            granularity=asked["text_config"]["granularity"],
            num_samples=asked.get("num_samples"),
            link="logit" if asked.get("use_logit") else "identity",
            seed=asked.get("seed", 0),
        )
    top = top_texts(explained, asked["text_config"].get("max_top_tokens", 50))
    findings.shap = Shap(None, asked.get("agg_method", "mean_abs"), ["label0"], None, explained, top)


def _partial(
    config: Config,
    data: Dataset,
    model: Predict,
    findings: Findings,
    progress: Callable[[str, int, int], None] | None,
) -> None:
    asked = config["methods"]["pdp"]
    if "features" in asked:
        names = [_feature(data, one, "pdp.features") for one in asked["features"]]
    elif findings.shap is not None and findings.shap.attributions is not None:
        count = asked.get("top_k_features", TOP_FEATURES)
        names = top_features(findings.shap.attributions, count, findings.shap.method)
    else:
        names = list(data.features)[: asked.get("top_k_features", TOP_FEATURES)]
    rows = data.matrix()
    headers = config.get("predictor", {}).get("label_headers", [])
    for done, name in enumerate(names):
        if progress is not None:
            progress("partial dependence", done, len(names))
        try:
            found = partial_dependence(
                model,
                rows,
                name,
                grid_resolution=asked["grid_resolution"],
                categorical=holds_text(data.columns[name]) or None,
                names=list(data.features),
                label_headers=[str(one) for one in headers],
            )
        except (TrialbookError, ValueError) as error:
            kind = "categorical" if holds_text(data.columns[name]) else "numerical"
            findings.pdp.append({"feature_name": name, "data_type": kind, "error": str(error)})
        else:
            findings.pdp.append(found)
    if progress is not None:
        progress("partial dependence", len(names), len(names))
