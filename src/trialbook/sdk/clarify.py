"""Bias reports and explanations that a run logs.

Each is computed here, kept as a report of the run (its analysis.json is an artifact, report.html lies beside it), and
every figure in it is a metric of the run: `bias.post.DI.Sex`, `shap.Age`.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialbook.sdk.artifacts import ArtifactLog, quiet
from trialbook.services.extras import need

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trialbook.clarify.attributions import Attributions
    from trialbook.clarify.dataset import Dataset
    from trialbook.clarify.findings import Findings
    from trialbook.clarify.results import BiasReport
    from trialbook.sdk.target import Target

_KEPT = {
    "report.html": "text/html",
    "explanations_shap/out.csv": "text/csv",
    "explanations_shap/baseline.csv": "text/csv",
}


class ClarifyLog(ArtifactLog):
    """The part of a run that logs bias reports and explanations."""

    _target: Target

    def flush(self, timeout: float = ...) -> bool:
        """Wait until the store has what was logged."""
        raise NotImplementedError

    def log_metrics(self, metrics: Mapping[str, object], step: int | None = None, timestamp: object = None) -> None:
        """Log a point each of several series."""
        raise NotImplementedError

    def log_bias_report(
        self,
        data: object,
        *,
        label: str,
        facets: Any,
        positive: Any = 1,
        predictions: Any = None,
        positive_prediction: Any = None,
        group: str | None = None,
        metrics: str | Sequence[str] = "all",
        features: Sequence[str] | None = None,
        name: str = "bias",
        title: str = "Bias report",
        step: int | None = None,
    ) -> BiasReport | None:
        """Measure bias and keep the report; every metric becomes one of the run, such as `bias.post.DI.Sex`.

        Parameters
        ----------
        data
            Any frame, mapping of arrays, or file that `trialbook.clarify.bias_report` takes.
        label
            The column of observed outcomes.
        facets
            The sensitive column, several, or a mapping of the sensitive values by column: `{"Sex": 0}`.
        positive, positive_prediction
            Which label, and which prediction, is the positive outcome: a value, a list, or a threshold.
        predictions
            A column of `data`, an array, or a function of rows; None looks at the data alone.
        group
            The column to compare within (CDDL, CDDPL).
        metrics
            "all", or keys of the metrics wanted.
        features
            What a function of rows, and the flip test, get.
        name
            The report's; one of the same name is replaced.
        title
            What stands above the report.
        step
            Of the metrics; the report of each step is kept, as `<name>@<step>`.

        Returns
        -------
        The report, which a notebook shows with gauges; None when it could not be made, of which a warning tells.
        """
        made: BiasReport | None = None
        with quiet("log_bias_report"):
            from trialbook.clarify import bias_report
            from trialbook.clarify.findings import Findings

            report = bias_report(
                data,
                label=label,
                positive=positive,
                facet=facets,
                group=group,
                predicted=predictions,
                predicted_positive=positive_prediction,
                metrics=metrics,
                features=features,
            )
            methods: dict[str, Any] = {f"{stage}_training_bias": {"methods": metrics} for stage in report.stages}
            config: dict[str, Any] = {
                "label": label,
                "label_values_or_threshold": [report.label_value_or_threshold],
                "facet": [{"name_or_index": facet} for facet in next(iter(report.stages.values()), {})],
                **({} if group is None else {"group_variable": group}),
                "methods": {"report": {"name": "report", "title": title}, **methods},
            }
            findings = Findings(config, name, report.rows, features or (), bias=report, made=time.time())
            self._keep_report(findings, None, name, step)
            made = report
        return made  # noqa: RET504 (`quiet` may have ended the block before)

    def log_explanations(
        self,
        model: object,
        data: object,
        *,
        features: Sequence[str] | None = None,
        baseline: Any = None,
        num_samples: int | None = None,
        link: str = "identity",
        method: str = "mean_abs",
        dependence: int | Sequence[str] = 0,
        labels: Sequence[str] | None = None,
        seed: int = 0,
        name: str = "explanations",
        title: str = "Explanations",
        step: int | None = None,
    ) -> Attributions | None:
        """Explain predictions by Shapley values and keep the report; every importance becomes a metric, `shap.Age`.

        Parameters
        ----------
        model
            A function of rows, or a model with predict_proba or predict.
        data
            The rows to explain: a frame or mapping of columns, or an array.
        features
            The columns that the model gets, in order; names of an array's columns. By default all of them.
        baseline
            Rows that stand for a feature that is not there; by default one row of medians and commonest values.
        num_samples
            Coalitions at most; None gives exact values where they are affordable.
        link
            "identity", or "logit" to explain log-odds.
        method
            How rows are aggregated to importance: "mean_abs", "median" or "mean_sq".
        dependence
            Features whose partial dependence is drawn too, or how many of the most important ones.
        labels
            A name for each output of the model.
        name, title, step
            As of `log_bias_report`.

        Returns
        -------
        The attributions, which a notebook shows as bars; None when there are none, of which a warning tells.
        """
        made: Attributions | None = None
        with quiet("log_explanations"):
            import numpy as np

            from trialbook.clarify import choose_baseline, kernel_shap, partial_dependence, top_features
            from trialbook.clarify.findings import Findings, Shap
            from trialbook.sdk.predict import predict_of

            held = _dataset(data, features)
            rows, predict = held.matrix(), predict_of(model, held.features)
            background = choose_baseline(rows) if baseline is None else _rows(baseline, held.features)
            found = kernel_shap(
                predict, rows, background, num_samples=num_samples, link=link, seed=seed, names=held.features
            )
            outputs = range(np.size(found.expected_value))
            several = list(labels) if labels is not None else [f"label{at}" for at in outputs]
            shap = {"agg_method": method, "save_local_shap_values": True, "use_logit": link == "logit", "seed": seed}
            config = {"methods": {"report": {"name": "report", "title": title}, "shap": shap}}
            findings = Findings(config, name, len(rows), held.features, made=time.time())
            findings.shap = Shap(found, method, several, background)
            findings.notes = list(found.warnings)
            wanted = top_features(found, dependence, method) if isinstance(dependence, int) else dependence
            findings.pdp = [partial_dependence(predict, rows, one, names=held.features) for one in wanted]
            self._keep_report(findings, held, name, step)
            made = found
        return made  # noqa: RET504 (`quiet` may have ended the block before)

    def reports(self) -> list[dict[str, Any]]:
        """Give the run's bias and explanation reports, newest first: `name`, `uri`, `made`, `files`, `analysis`."""
        self.flush()
        found: list[dict[str, Any]] = self._target.transport().call("reports", {"run": self.component})["reports"]
        return found

    def _keep_report(self, findings: Findings, data: Dataset | None, name: str, step: int | None) -> None:
        need("jinja2", "clarify")
        from trialbook.clarify.dataset import Dataset
        from trialbook.clarify.metric_names import metric_values
        from trialbook.clarify.writing import write_findings
        from trialbook.services.reports import MEDIA_TYPE

        called = name if step is None else f"{name}@{int(step)}"
        self.log_metrics(metric_values(findings.to_dict()), step=step)
        with tempfile.TemporaryDirectory() as text:
            folder = Path(text)
            write_findings(findings, folder, data or Dataset({}, None, None, ()))
            told = {"output": True}
            for file, media_type in _KEPT.items():
                if (folder / file).is_file():
                    self._upload(folder / file, f"{called}/{file}", f"{called}/{file}", media_type, told)
            self._upload(folder / "analysis.json", f"{called}/analysis.json", called, MEDIA_TYPE, told)


def _dataset(data: object, features: Sequence[str] | None) -> Dataset:
    import numpy as np

    from trialbook.clarify.columns import names_of, take
    from trialbook.clarify.dataset import Dataset

    if isinstance(data, np.ndarray) and not data.dtype.names:
        names = list(features) if features is not None else [f"x{at}" for at in range(data.shape[1])]
        if len(names) != data.shape[1]:
            message = f"features names {len(names)} columns; the array has {data.shape[1]}"
            raise ValueError(message)
        data = {one: data[:, at] for at, one in enumerate(names)}
    names = list(features) if features is not None else names_of(data)
    return Dataset(take(data, names), None, None, tuple(names))


def _rows(baseline: Any, features: Sequence[str]) -> Any:
    """Give background rows as the model takes them."""
    import numpy as np

    if isinstance(baseline, list | tuple | np.ndarray):
        return np.atleast_2d(np.asarray(baseline))
    return _dataset(baseline, features).matrix()
