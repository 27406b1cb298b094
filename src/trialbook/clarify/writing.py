"""Files of an analysis: analysis.json and the tables first, then the reports that people read."""

from __future__ import annotations

import csv
import json
import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.counting import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from trialbook.clarify.columns import Array
    from trialbook.clarify.dataset import Dataset
    from trialbook.clarify.findings import Findings, Shap

log = logging.getLogger("trialbook.clarify")


def write_findings(findings: Findings, folder: Path, data: Dataset) -> None:
    """Write everything that was found.

    Parameters
    ----------
    findings
        What was found.
    folder
        Is made when it is not there; files in it are replaced.
    data
        For the joining column of local Shapley values.
    """
    from trialbook.clarify.html import html_report
    from trialbook.clarify.notebook import notebook_report
    from trialbook.clarify.pdf import pdf_report
    from trialbook.clarify.series import lines_of

    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "analysis.json", json.dumps(findings.to_dict(), indent=2, allow_nan=False, default=plain))
    _write(folder / "analysis_config.json", json.dumps(findings.config, indent=2))
    if findings.shap is not None:
        _write_shap(findings, findings.shap, folder / "explanations_shap", data)
    if findings.series is not None:
        folder_of_series = folder / findings.series["explanation_results_path"]
        folder_of_series.mkdir(parents=True, exist_ok=True)
        _write(folder_of_series / "out.jsonl", lines_of(findings.forecasts))
    name = findings.config["methods"].get("report", {}).get("name", "report")
    _write(folder / f"{name}.html", html_report(findings))
    _write(folder / f"{name}.ipynb", notebook_report(findings))
    (folder / f"{name}.pdf").write_bytes(pdf_report(findings))
    log.info("wrote %s", folder / f"{name}.pdf")


def plain(value: Any) -> Any:
    """Turn a NumPy number into Python's, for JSON; anything else into text."""
    return value.item() if isinstance(value, np.generic) else str(value)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    log.info("wrote %s", path)


def _write_shap(findings: Findings, shap: Shap, folder: Path, data: Dataset) -> None:
    folder.mkdir(exist_ok=True)
    if shap.baseline is not None:
        _table(folder / "baseline.csv", findings.features, shap.baseline.tolist())
    if shap.pictures:
        (folder / "images").mkdir(exist_ok=True)
        for picture in shap.pictures:
            (folder / "images" / picture.file).write_bytes(picture.heat_map)
    if shap.texts:
        feature = next(iter(findings.features), "text")
        lines = [json.dumps(one.to_dict(feature), default=plain) for one in shap.texts]
        _write(folder / "out.jsonl", "\n".join(lines) + "\n")
    if shap.attributions is None or not findings.config["methods"]["shap"].get("save_local_shap_values", False):
        return
    values = shap.attributions.values.reshape(*shap.attributions.values.shape[:2], -1)
    headers = [f"{name}_{label}" for label in shap.labels for name in shap.attributions.features]
    flat = values.transpose(0, 2, 1).reshape(len(values), -1)
    joined = findings.config.get("joinsource_name_or_index")
    if joined is None:
        _table(folder / "out.csv", headers, flat.tolist())
        return
    name = joined if isinstance(joined, str) else list(data.columns)[joined]
    ids: Array = cells(data.columns[name])
    _table(folder / "out.csv", [name, *headers], ([key, *line] for key, line in zip(ids, flat.tolist(), strict=True)))


def _table(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headers)
        writer.writerows(rows)
    log.info("wrote %s", path)
