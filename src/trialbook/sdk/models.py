"""Models that a run logs: each is written by its own library's saver into one `model.tar.gz`.

The archive is the form in which SageMaker keeps models, so its URI can be a model's ModelDataUrl. `model.json` in it,
and the run's record, say which flavour it is, which versions wrote it and how to load it again. Nothing here loads a
model: what came over a network is unpickled by nobody but a user who says so.
"""

from __future__ import annotations

import importlib
import json
import pickle
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.model import Document

CARD = "model.json"
_TRUST = "  # runs code from the file: only from a source you trust"


class Flavour(NamedTuple):
    """How one library's models are recognised and written.

    Attributes
    ----------
    name
        What the record calls it.
    packages
        Top-level packages; one of the model's classes comes from the first.
    file
        The file (or folder) in the archive.
    save
        Writes the model to that path.
    load
        Python that gives the model back, in the folder of the archive.
    """

    name: str
    packages: tuple[str, ...]
    file: str
    save: Callable[[Any, Path], object]
    load: str


def _torch_state(model: Any, path: Path) -> None:
    sys.modules["torch"].save(model.state_dict(), path)


def _torch_script(model: Any, path: Path) -> None:
    sys.modules["torch"].jit.save(model, str(path))


def _lightgbm(model: Any, path: Path) -> None:
    getattr(model, "booster_", model).save_model(str(path))


def _sklearn(model: Any, path: Path) -> None:
    importlib.import_module("joblib").dump(model, path)


def _skops(model: Any, path: Path) -> None:
    importlib.import_module("skops.io").dump(model, path)


def _pickle(model: Any, path: Path) -> None:
    with path.open("wb") as file:
        pickle.dump(model, file)


def _save(model: Any, path: Path) -> None:
    model.save(str(path))


def _save_model(model: Any, path: Path) -> None:
    model.save_model(str(path))


def _save_pretrained(model: Any, path: Path) -> None:
    model.save_pretrained(str(path))


XGBOOST = Flavour(
    "xgboost",
    ("xgboost",),
    "xgboost-model",
    lambda model, path: path.write_bytes(bytes(getattr(model, "get_booster", lambda: model)().save_raw("ubj"))),
    "model = xgboost.Booster(); model.load_model(bytearray(pathlib.Path('xgboost-model').read_bytes()))",
)
LIGHTGBM = Flavour(
    "lightgbm", ("lightgbm",), "model.txt", _lightgbm, "model = lightgbm.Booster(model_file='model.txt')"
)
CATBOOST = Flavour(
    "catboost", ("catboost",), "model.cbm", _save_model, "model = catboost.CatBoost().load_model('model.cbm')"
)
TRANSFORMERS = Flavour(
    "transformers",
    ("transformers",),
    "model",
    _save_pretrained,
    "model = transformers.AutoModel.from_pretrained('model')",
)
TORCHSCRIPT = Flavour("torchscript", ("torch",), "model.pt", _torch_script, "model = torch.jit.load('model.pt')")
TORCH = Flavour(
    "torch",
    ("torch",),
    "model.pth",
    _torch_state,
    "model.load_state_dict(torch.load('model.pth', weights_only=True))  # on a new model of the same class",
)
KERAS = Flavour("keras", ("keras",), "model.keras", _save, "model = keras.saving.load_model('model.keras')")
SKOPS = Flavour("sklearn", ("sklearn", "skops"), "model.skops", _skops, "model = skops.io.load('model.skops')")
SKLEARN = Flavour(
    "sklearn", ("sklearn", "joblib"), "model.joblib", _sklearn, f"model = joblib.load('model.joblib'){_TRUST}"
)
PICKLE = Flavour(
    "pickle", (), "model.pkl", _pickle, f"model = pickle.loads(pathlib.Path('model.pkl').read_bytes()){_TRUST}"
)


def flavour_of(model: object) -> Flavour:
    """Recognise a model by the packages of its classes; anything else can only be pickled."""
    packages = {one.__module__.partition(".")[0] for one in type(model).__mro__}
    for flavour in (XGBOOST, LIGHTGBM, CATBOOST, TRANSFORMERS, KERAS):
        if flavour.packages[0] in packages:
            return flavour
    if "torch" in packages:
        return TORCHSCRIPT if any("ScriptModule" in one.__name__ for one in type(model).__mro__) else TORCH
    if "sklearn" in packages:
        return SKOPS if "skops" in sys.modules else SKLEARN
    return PICKLE


def write_model(folder: Path, name: str, model: object) -> tuple[Path, Document]:
    """Write a model into `folder`; gives the file and its card (`flavour`, `file`, `load`, `versions`).

    A path is taken as it is: a file as that file, a folder as a tar.gz of what is in it.
    """
    if isinstance(model, str | Path):
        source = Path(model).expanduser()
        if source.is_file():
            return source, {"flavour": "file", "file": source.name}
        if not source.is_dir():
            message = f"{source} is neither a file nor a folder"
            raise ValueError(message)
        return _pack(source, _archive(folder, name)), {"flavour": "folder", "file": "."}
    flavour = flavour_of(model)
    card: Document = {"flavour": flavour.name, "file": flavour.file, "load": flavour.load, "class": _class(model)}
    card["versions"] = {one: _version(one) for one in flavour.packages if one in sys.modules}
    with tempfile.TemporaryDirectory() as inside:
        flavour.save(model, Path(inside) / flavour.file)
        (Path(inside) / CARD).write_text(json.dumps(card, indent=2), encoding="utf-8")
        return _pack(Path(inside), _archive(folder, name)), card


def _archive(folder: Path, name: str) -> Path:
    return folder / (name if name.endswith(".tar.gz") else f"{name}.tar.gz")


def _pack(source: Path, archive: Path) -> Path:
    with tarfile.open(archive, "w:gz", compresslevel=1) as file:
        for one in sorted(source.iterdir()):
            file.add(one, arcname=one.name)
    return archive


def _class(model: object) -> str:
    return f"{type(model).__module__}.{type(model).__qualname__}"


def _version(package: str) -> str:
    return str(getattr(sys.modules.get(package), "__version__", ""))
