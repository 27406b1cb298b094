"""What a run keeps as objects: files, text, images, figures, models, tables, and curves of predictions.

Each call copies the bytes into the spool and returns; the shipper uploads them before the batch that names them.
"""

from __future__ import annotations

import contextlib
import mimetypes
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import ArrayLike

    from trialbook.model import Document
    from trialbook.sdk.spool import Spool

Change = dict[str, object]
PREFIX = "trial-component-artifacts"


class ArtifactLog:
    """The part of a run that logs artifacts. A `Run` says which spool takes them."""

    component: str
    _bucket: str | None
    _prefix: str

    def _opened(self) -> Spool:
        raise NotImplementedError

    def _change(self, change: Change) -> None:
        raise NotImplementedError

    def log_artifact(self, name: str, value: str, media_type: str | None = None, is_output: bool = True) -> None:
        """Set an artifact that lies elsewhere: its URI (or any text)."""
        artifact = {"Value": str(value), **({"MediaType": media_type} if media_type else {})}
        self._change({"update": {_side(is_output): {str(name): artifact}}})

    def log_file(
        self,
        file_path: str | Path,
        name: str | None = None,
        media_type: str | None = None,
        is_output: bool = True,
        extra_args: object = None,
    ) -> None:
        """Keep a file as an artifact. It may be changed or deleted as soon as this returns."""
        del extra_args
        with quiet("log_file"):
            path = Path(file_path).expanduser()
            if not path.is_file():
                message = f"{path} is not a file"
                raise ValueError(message)
            self._upload(path, path.name, name or path.name, media_type, {"output": is_output})

    def log_text(self, text: str, name: str = "text.txt", *, is_output: bool = True) -> None:
        """Keep text as an artifact."""
        self._log_made("write_text", name, text, is_output)

    def log_image(self, image: object, name: str = "image", *, is_output: bool = True) -> None:
        """Keep an image as PNG: a PIL image, an array (h, w), (h, w, 3) or (h, w, 4), or the path of an image file."""
        if isinstance(image, str | Path):
            self.log_file(image, name, is_output=is_output)
        else:
            self._log_made("write_image", name, image, is_output)

    def log_figure(self, figure: object, name: str = "figure", *, is_output: bool = True) -> None:
        """Keep a figure: of Matplotlib as PNG, of Plotly or Altair as HTML."""
        self._log_made("write_figure", name, figure, is_output)

    def log_model(self, model: object, name: str = "model", *, is_output: bool = True) -> None:
        """Keep a model: a file, a folder (as tar.gz), or an object (pickled)."""
        self._log_made("write_model", name, model, is_output)

    def log_table(
        self,
        title: str | None = None,
        values: Mapping[str, Sequence[object]] | None = None,
        *,
        data_frame: object = None,
        is_output: bool = True,
    ) -> None:
        """Keep a table: a mapping of columns, or a data frame."""
        with quiet("log_table"):
            from trialbook.sdk import curves

            columns = values if values is not None else cast("Mapping[str, Sequence[object]]", _columns(data_frame))
            self._graph(curves.table(title, columns), is_output)

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

    def _log_made(self, writer: str, name: str, value: object, is_output: bool) -> None:
        with quiet(f"log_{writer.removeprefix('write_')}"), tempfile.TemporaryDirectory() as folder:
            from trialbook.sdk import files

            path: Path = getattr(files, writer)(Path(folder), Path(name).name, value)
            self._upload(path, path.name, name, None, {"output": is_output})

    def _graph(self, data: Document, is_output: bool) -> None:
        from trialbook.sdk import files

        name = data["title"] or f"{data['type']}-{time.time_ns() // 1_000_000}"
        with tempfile.TemporaryDirectory() as folder:
            path = files.write_json(Path(folder), "graph", data)
            graph = {"name": name, "type": data["type"], "output": is_output}
            self._upload(path, f"{name}.json", name, "application/json", {"graph": graph})

    def _upload(self, path: Path, key: str, name: str, media_type: str | None, more: Document) -> None:
        spool = self._opened()
        told: Document = {
            "file": spool.keep_file(path),
            "ours": spool.folder is not None,
            "name": name,
            "bucket": self._bucket,
            "key": f"{self._prefix}/{self.component}/{key}",
            "media_type": media_type or mimetypes.guess_type(key, strict=False)[0],
            **more,
        }
        self._change({"upload": told})


def _side(is_output: bool) -> str:
    return "OutputArtifacts" if is_output else "InputArtifacts"


def _columns(frame: object) -> object:
    if frame is None:
        raise ValueError("log_table takes `values`, a mapping of columns, or `data_frame`.")
    to_dict = getattr(frame, "to_dict", None)
    if to_dict is None:
        raise TypeError(f"a {type(frame).__name__} is no data frame")
    return to_dict(as_series=False) if hasattr(frame, "get_column") else to_dict("list")


@contextlib.contextmanager
def quiet(what: str) -> Iterator[None]:
    """Turn whatever goes wrong into one warning: tracking never stops training."""
    try:
        yield
    except Exception as error:  # noqa: BLE001
        warn_once(what, f"Trialbook kept nothing of a call of {what}: {type(error).__name__}: {error}.")
