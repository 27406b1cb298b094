"""`run_analysis`: what the processing job and `trialbook clarify` do, from configuration to reports.

In this order: validate the configuration; read the data; check everything that needs the data (facet values, label,
thresholds); only then call the model. Bias comes first, explanations after; a part that fails is told in the reports
and hides no other, and the failure is raised once the reports are written.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.columns import column_of, names_of, take
from trialbook.clarify.config import Config, column_name, feature_names, load_config, wanted_metrics
from trialbook.clarify.dataset import Dataset, read_dataset
from trialbook.clarify.facets import Threshold, Wanted
from trialbook.clarify.findings import Findings, Segment
from trialbook.clarify.predicting import Predict, predict_checked
from trialbook.clarify.report import bias_report
from trialbook.clarify.results import BiasReport
from trialbook.clarify.schema import without_effect
from trialbook.clarify.segments import segments_of
from trialbook.errors import ClarifyError, ConfigError, PredictionError, TrialbookError

if TYPE_CHECKING:
    from trialbook.clarify.columns import Array, Column

Progress = Callable[[str, int, int], None]
log = logging.getLogger("trialbook.clarify")
PREDICTED = "(predicted)"


def run_analysis(
    config: Config | str | Path,
    dataset: object,
    predictor: Predict | None,
    output_dir: str | Path,
    *,
    name: str = "",
    progress: Progress | None = None,
    fetch: Callable[[str], Path] = Path,
    clock: Callable[[], float] = time.time,
) -> None:
    """Analyse a data set and a model, and write analysis.json and the reports.

    Parameters
    ----------
    config
        The analysis configuration, or the path of its file.
    dataset
        The path of a file or folder in the format of `dataset_type`; or a frame; or what `read_dataset` gave.
    predictor
        Takes (n, features), numbers or objects, and gives (n,) or (n, outputs). Of pictures it takes (n, height, width,
        channels); of time series targets (n, T), related series (n, L, R), static covariates (n, S) and the item's
        first timestamp, and gives (n, horizon). None when nothing needs the model.
    output_dir
        Where analysis.json, analysis_config.json, report.html, report.pdf, report.ipynb and explanations_shap/ go.
    name
        What the reports call the data set; empty takes the file's name.
    progress
        Told what is being done, how much of it is done and how much there is.
    fetch
        Gives the local path of a URI in the configuration (baselines, facets, predictions).
    clock
        Epoch seconds, for the date and the duration in the reports.

    Raises
    ------
    ConfigError
        If the configuration breaks a rule or does not fit the data: before any model call, and nothing is written.
    PredictionError
        If the model failed; the reports are written and hold everything that did not need it.
    """
    from trialbook.clarify.writing import write_findings

    settled = load_config(config)
    data = _dataset(settled, dataset, fetch)
    name = name or (Path(dataset).name if isinstance(dataset, str | Path) else type(dataset).__name__)
    began = clock()
    counted = _Counted(predictor)
    findings = Findings(settled, name, data.rows, data.features, made=began)
    for member, why in without_effect(settled):
        log.info("%s has no effect: %s", member, why)
    log.info("analysing %d rows, %d columns", data.rows, len(data.columns))
    explains = bool({"shap", "pdp", "asymmetric_shapley_value"} & set(settled["methods"]))
    if explains:
        from trialbook.clarify.explaining import check_explanations, explain

        check_explanations(settled, data, fetch)
    faults = _bias(settled, data, counted, findings, progress)
    if explains:
        faults += explain(settled, data, counted, findings, progress, fetch)
    findings.seconds, findings.model_rows = clock() - began, counted.rows
    if counted.seconds:
        rate = counted.rows / counted.seconds
        log.info("the model predicted %d rows in %.1f s, %.1f rows a second", counted.rows, counted.seconds, rate)
    if progress is not None:
        progress("writing reports", 0, 1)
    write_findings(findings, Path(output_dir), data)
    if progress is not None:
        progress("writing reports", 1, 1)
    if faults:
        raise faults[0]


class _Counted:
    """The model, with what it was asked counted."""

    def __init__(self, predict: Predict | None) -> None:
        self._predict = predict
        self.rows = 0
        self.seconds = 0.0

    def __call__(self, rows: Array, *more: object) -> object:
        if self._predict is None:
            message = "there is no model to call: give a predictor"
            raise PredictionError(message)
        began = time.perf_counter()
        answer = self._predict(rows, *more)
        self.seconds += time.perf_counter() - began
        self.rows += len(rows)
        return answer


def _dataset(config: Config, dataset: object, fetch: Callable[[str], Path]) -> Dataset:
    if isinstance(dataset, Dataset):
        return dataset
    if isinstance(dataset, str | Path):
        return read_dataset(config, dataset, fetch)
    headers = names_of(dataset)
    named = {
        member: column_name(headers, config[member], member) if member in config else None
        for member in ("label", "predicted_label")
    }
    features = feature_names(config, headers)
    return Dataset(take(dataset, headers), named["label"], named["predicted_label"], tuple(features))


def _bias(
    config: Config, data: Dataset, model: _Counted, findings: Findings, progress: Progress | None
) -> list[TrialbookError]:
    wanted = wanted_metrics(config)
    if not wanted:
        return []
    # Without predictions first: what is wrong with facets or labels shows before the model is called
    before = _report(config, data.columns, data, wanted.get("pre", ["CI"]), None)
    findings.bias = before if "pre" in wanted else None
    if "post" not in wanted:
        findings.segments = _segmented(config, data, data.columns, wanted, None)
        return []
    try:
        answers = _predictions(config, data, model, progress)
        columns = {**data.columns, PREDICTED: _labels(config, answers)}
        positive = _positive_prediction(config, data, columns[PREDICTED])
        above = f"above {positive.at:g}" if isinstance(positive, Threshold) else "by the same values as the label"
        findings.positive_prediction = above
        keys = [*wanted.get("pre", []), *wanted["post"]]
        findings.bias = _report(config, columns, data, keys, positive)
        findings.segments = _segmented(config, data, columns, wanted, positive)
    except TrialbookError as error:
        findings.faults["post"] = str(error)
        return [error]
    return []


def _predictions(config: Config, data: Dataset, model: _Counted, progress: Progress | None) -> Array | Column:
    if data.predicted is not None and "predictor" not in config:
        return data.columns[data.predicted]
    done = 0

    def advance(rows: int) -> None:
        nonlocal done
        done += rows
        if progress is not None:
            progress("predicting", done, data.rows)

    return predict_checked(model, data.matrix(), batch=max(1, min(100_000, data.rows // 20 + 1)), progress=advance)


def _labels(config: Config, answers: Array | Column) -> Column:
    """Turn (rows, outputs) into the label of the greatest output."""
    if not isinstance(answers, np.ndarray) or answers.ndim == 1:
        return column_of(answers)
    headers = config.get("predictor", {}).get("label_headers")
    best = answers.argmax(axis=1)
    if headers is None:
        return column_of(best)
    if len(headers) != answers.shape[1]:
        rule = f"has {len(headers)} names for {answers.shape[1]} outputs of the model"
        raise ConfigError("predictor.label_headers", rule)
    return column_of([headers[one] for one in best])


def _positive_prediction(config: Config, data: Dataset, predicted: Column) -> Wanted:
    """Scores between 0 and 1 are compared with the probability threshold; anything else is taken as labels are."""
    if not isinstance(predicted, np.ndarray) or predicted.dtype.kind != "f":
        return None
    label = data.columns[data.label] if data.label is not None else None
    continuous = isinstance(label, np.ndarray) and label.dtype.kind == "f" and len(np.unique(label[:1000])) > 2
    within = bool(len(predicted)) and float(predicted.min()) >= 0 and float(predicted.max()) <= 1
    if continuous or not within or bool(np.isin(predicted, (0.0, 1.0)).all()):
        return None
    return Threshold(config["probability_threshold"])


def _report(config: Config, columns: Any, data: Dataset, keys: list[str], positive: Wanted) -> BiasReport:
    """Make the report; a column that is named as facet twice takes a round of its own."""
    headers = list(columns)
    rounds: list[dict[str, Wanted]] = []
    for place, facet in enumerate(config["facet"]):
        name = column_name(headers, facet["name_or_index"], f"facet[{place}].name_or_index")
        free = next((one for one in rounds if name not in one), None)
        if free is None:
            rounds.append(free := {})
        free[name] = facet.get("value_or_threshold")
    group = config.get("group_variable")
    assert data.label is not None
    reports = [
        bias_report(
            columns,
            label=data.label,
            positive=config["label_values_or_threshold"],
            facet=facets,
            group=None if group is None else column_name(headers, group, "group_variable"),
            predicted=PREDICTED if PREDICTED in columns else None,
            predicted_positive=positive,
            metrics=keys,
            features=data.features,
        )
        for facets in rounds
    ]
    return _united(reports)


def _united(reports: list[BiasReport]) -> BiasReport:
    first = reports[0]
    if len(reports) == 1:
        return first
    stages: dict[str, dict[str, list[Any]]] = {stage: {} for stage in first.stages}
    statistics: dict[str, list[Any]] = {}
    for one in reports:
        for stage, facets in one.stages.items():
            for name, results in facets.items():
                stages[stage].setdefault(name, []).extend(results)
        for name, shares in one.statistics.items():
            statistics.setdefault(name, []).extend(shares)
    return BiasReport(
        first.label,
        first.label_value_or_threshold,
        stages,
        statistics,
        first.performance,
        first.rows,
        first.left_out,
        first.notes,
    )


def _segmented(
    config: Config, data: Dataset, columns: Any, wanted: dict[str, list[str]], positive: Wanted
) -> list[Segment]:
    keys = [key for stage in wanted.values() for key in stage] if PREDICTED in columns else wanted.get("pre", [])
    found = []
    for segment in segments_of(config, data):
        part = {name: column_of(segment.part(column)) for name, column in columns.items()}
        one = Segment(segment.config_name, segment.name, int(segment.mask.sum()), None)
        if not one.rows:
            one.error = "no row lies in it"
        try:
            if keys and one.rows:
                one.bias = _report(config, part, data, keys, positive)
        except ClarifyError as error:
            one.error = str(error)
        found.append(one)
    return found
