"""What a run keeps as objects: files, text, tables, images, figures and models.

Each call copies the bytes into the spool and returns; the shipper uploads them before the batch that names them. An
artifact has the name it was logged under; with a step it has that name for the latest and `<name>@<step>` for each.
"""

from __future__ import annotations

import contextlib
import hashlib
import mimetypes
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.sdk.parameters import clean
from trialbook.sdk.warning import warn_finished, warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trialbook.model import Document
    from trialbook.sdk.spool import Spool

Change = dict[str, object]
PREFIX = "trial-component-artifacts"
SHARED = "shared"
"""Where objects of all runs lie; no run is named so, for a component's name has a dash."""
MEDIA_TYPES = {
    ".gz": "application/gzip",
    ".md": "text/markdown",
    ".diff": "text/x-diff",
    ".parquet": "application/x-parquet",
}
"""Where Python's own table knows none, or one of a file inside."""
_LONGEST_KEY = 200
_UP = re.compile(r"(^|/)\.{1,2}(?=/|$)")


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
        with quiet("log_artifact"):
            artifact = {"Value": clean(value), **({"MediaType": clean(media_type)} if media_type else {})}
            self._change({"update": {_side(is_output): {clean(name): artifact}}})

    def log_file(
        self,
        file_path: str | Path,
        name: str | None = None,
        media_type: str | None = None,
        is_output: bool = True,
        extra_args: object = None,
        *,
        step: int | None = None,
    ) -> None:
        """Keep a file as an artifact, or a folder as a tar.gz. It may be changed or deleted as soon as this returns."""
        del extra_args
        with quiet("log_file"), tempfile.TemporaryDirectory() as folder:
            from trialbook.sdk import models

            path = Path(file_path).expanduser()
            if path.is_dir():
                path = models.write_model(Path(folder), path.absolute().name, path)[0]
            if not path.is_file():
                message = f"{path} is not a file"
                raise ValueError(message)
            self._keep(path, name or path.name, step, is_output, media_type)

    def log_text(
        self, text: object, name: str = "text.txt", *, step: int | None = None, is_output: bool = True
    ) -> None:
        """Keep text as an artifact; the ending of its name (`.md`, `.html`) says what it is."""
        with quiet("log_text"), tempfile.TemporaryDirectory() as folder:
            from trialbook.sdk import files

            self._keep(files.write_text(Path(folder), _file_name(name), text), name, step, is_output)

    def log_table(
        self,
        title: object = None,
        values: object = None,
        *,
        data_frame: object = None,
        step: int | None = None,
        is_output: bool = True,
    ) -> None:
        """Keep a table.

        Parameters
        ----------
        title
            The artifact's name, `table` when there is none. May come second, after the table.
        values
            A mapping of columns, a data frame of pandas or Polars, an Arrow table, an array, or rows: mappings or
            sequences.
        data_frame
            The same as `values`.
        step
            Keeps this table beside those of other steps, as `<title>@<step>`.
        """
        with quiet("log_table"), tempfile.TemporaryDirectory() as folder:
            from trialbook.sdk import files, tables

            held = values if values is not None else data_frame
            if held is None or (isinstance(held, str) and title is not None):
                title, held = held, title
            if held is None:
                message = "log_table takes `values`, a mapping of columns, rows or a data frame"
                raise ValueError(message)
            name = clean(title) if title is not None else "table"
            path = files.write_json(Path(folder), _file_name(name), tables.table(name, held))
            self._keep(path, name, step, is_output, "application/json")

    def log_image(self, image: object, name: str = "image", *, step: int | None = None, is_output: bool = True) -> None:
        """Keep an image.

        Parameters
        ----------
        image
            A PIL image, the path of an image file, or an array or tensor: (h, w), (h, w, c) or (c, h, w) with 1, 3 or
            4 channels, of bytes, booleans or floats in [0, 1]. Arrays are kept as PNG; floats
            beyond that are cut, with a warning.
        step
            Keeps this image beside those of other steps, as `<name>@<step>`.
        """
        if isinstance(image, str | Path):
            self.log_file(image, name, is_output=is_output, step=step)
        else:
            self._picture("write_image", image, name, step, is_output)

    def log_figure(
        self, figure: object, name: str = "figure", *, step: int | None = None, is_output: bool = True
    ) -> None:
        """Keep a figure: of Matplotlib as PNG (or as the ending of the name says), of Plotly or Altair as HTML."""
        self._picture("write_figure", figure, name, step, is_output)

    def log_model(self, model: object, name: str = "model", *, step: int | None = None, is_output: bool = True) -> None:
        """Keep a model, written by its own library's saver, as `<name>.tar.gz`.

        Parameters
        ----------
        model
            One of scikit-learn, XGBoost, LightGBM, CatBoost, PyTorch (its state, or TorchScript whole), Keras or
            Transformers; any other object is pickled. A path: the file as it is, a folder as tar.gz.

        The run's `models` say each one's flavour, versions, and the line of Python that loads it; so does `model.json`
        in the archive.
        """
        with quiet("log_model"), tempfile.TemporaryDirectory() as folder:
            from trialbook.sdk import models

            path, card = models.write_model(Path(folder), _file_name(name), model)
            self._keep(path, name, step, is_output)
            self._change({"note": {"models": {clean(name): card}}})

    def _picture(self, writer: str, picture: object, name: str, step: int | None, is_output: bool) -> None:
        with quiet(writer.replace("write", "log")), tempfile.TemporaryDirectory() as folder:
            from trialbook.sdk import pictures

            write: Callable[[Path, str, object], Path] = getattr(pictures, writer)
            self._keep(write(Path(folder), _file_name(name), picture), name, step, is_output)

    def _keep(self, path: Path, name: object, step: int | None, output: bool, media_type: str | None = None) -> None:
        """Upload a file as the artifact `name`; its key has the file's ending."""
        name = clean(name) or path.name
        ending = "".join(path.suffixes[-2:] if path.name.endswith(".tar.gz") else path.suffixes[-1:])
        stem = name.removesuffix(ending)
        if step is None:
            self._upload(path, f"{stem}{ending}", name, media_type, {"output": output})
        else:
            at = f"@{int(step)}"
            self._upload(path, f"{stem}{at}{ending}", name, media_type, {"output": output, "also": f"{name}{at}"})

    def _upload(self, path: Path, key: str, name: str, media_type: str | None, more: Document) -> None:
        spool = self._opened()
        if spool.closed:
            warn_finished()
        else:
            self._change(self._upload_change(spool, path, key, name, media_type, more))

    def _upload_change(
        self, spool: Spool, path: Path, key: str, name: str, media_type: str | None, more: Document
    ) -> Change:
        """Copy a file into the spool; gives the change that has it uploaded.

        What many runs hold alike (`shared` in `more`) is kept once: its key tells its content, not its run.
        """
        key = _short(_UP.sub(r"\1_", key))
        place = self.component
        if more.get("shared"):
            place = f"{SHARED}/{hashlib.sha256(path.read_bytes()).hexdigest()}"
        told: Document = {
            "file": spool.keep_file(path),
            "ours": spool.folder is not None,
            "name": name,
            "bucket": self._bucket,
            "key": f"{self._prefix}/{place}/{key}",
            "media_type": media_type or MEDIA_TYPES.get(Path(key).suffix) or mimetypes.guess_type(key, strict=False)[0],
            **more,
        }
        return {"upload": told}


def _file_name(name: object) -> str:
    """Give a name for a temporary file, which has the ending of the artifact's name."""
    last = clean(name).rpartition("/")[2][-100:]
    return "artifact" if last in {"", ".", ".."} else last


def _short(key: str) -> str:
    """Keep a long key apart from others that begin alike: S3 takes 1,024 bytes."""
    if len(key) <= _LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"{key[: _LONGEST_KEY - 40]}-{digest}{Path(key).suffix[:20]}"


def _side(is_output: bool) -> str:
    return "OutputArtifacts" if is_output else "InputArtifacts"


@contextlib.contextmanager
def quiet(what: str) -> Iterator[None]:
    """Turn whatever goes wrong into one warning: tracking never stops training."""
    try:
        yield
    except Exception as error:  # noqa: BLE001
        warn_once(what, f"Trialbook kept nothing of a call of {what}: {type(error).__name__}: {error}.")
