"""What a run logs of its predictions: curves and matrices, as SageMaker's SDK logs them.

Each is an object in the run's bucket and a lineage artifact that is associated with the run.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.sdk.artifacts import ArtifactLog, quiet

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from trialbook.model import Document


class PredictionLog(ArtifactLog):
    """The part of a run that logs curves."""

    def log_confusion_matrix(
        self, y_true: ArrayLike, y_pred: ArrayLike, title: str | None = None, is_output: bool = True
    ) -> None:
        """Keep a confusion matrix of labels: true ones are rows."""
        with quiet("log_confusion_matrix"):
            from trialbook.sdk import curves

            self._graph(curves.confusion_matrix(y_true, y_pred, title), is_output)

    def log_roc_curve(
        self, y_true: ArrayLike, y_score: ArrayLike, title: str | None = None, is_output: bool = True
    ) -> None:
        """Keep a ROC curve of labels 0 and 1 (or -1 and 1) and scores."""
        with quiet("log_roc_curve"):
            from trialbook.sdk import curves

            self._graph(curves.roc_curve(y_true, y_score, title), is_output)

    def log_precision_recall(
        self,
        y_true: ArrayLike,
        predicted_probabilities: ArrayLike,
        positive_label: str | int | None = None,
        title: str | None = None,
        is_output: bool = True,
        no_skill: float | None = None,
    ) -> None:
        """Keep a precision-recall curve. `no_skill` is the precision of guessing, drawn as a line."""
        with quiet("log_precision_recall"):
            from trialbook.sdk import curves

            data = curves.precision_recall(y_true, predicted_probabilities, positive_label, title, no_skill)
            self._graph(data, is_output)

    def _graph(self, data: Document, is_output: bool) -> None:
        from trialbook.sdk import files

        name = data["title"] or f"{data['type']}-{time.time_ns() // 1_000_000}"
        with tempfile.TemporaryDirectory() as folder:
            path = files.write_json(Path(folder), "graph", data)
            graph = {"name": name, "type": data["type"], "output": is_output}
            self._upload(path, f"{name}.json", name, "application/json", {"graph": graph})
