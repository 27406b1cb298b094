"""How one container of a model is served: its folder filled, and the command that answers on a port.

==========================  ===================================================================================
the image's line says       what runs
==========================  ===================================================================================
a built-in algorithm        the algorithm's own server, unless the container names a script
a `command`                 that command and the word `serve`, as SageMaker starts a container
neither                     the script: SAGEMAKER_PROGRAM, or code/inference.py of the model data, with the
                            defaults of the framework that the image's name says
==========================  ===================================================================================
"""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.jobs import contract, places
from trialbook.jobs.failure import JobFailure
from trialbook.jobs.images import short_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trialbook.jobs.contract import Placed
    from trialbook.jobs.environments import Environments
    from trialbook.jobs.images import Image, Images
    from trialbook.jobs.tree import Tree
    from trialbook.model import Document
    from trialbook.services.context import Call

_PACKAGE = Path(__file__).parents[1]
_PROGRAM, _SUBMIT = "SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY"
_FRAMEWORKS = {
    "huggingface": "huggingface",
    "pytorch": "pytorch",
    "scikit-learn": "sklearn",
    "xgboost": "xgboost",
}
_CODE = "/opt/ml/code"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a container that belongs to no job lies."""

    call: Call
    tree: Tree
    url: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """A command that serves; it listens on the port that SAGEMAKER_BIND_TO_PORT in its environment says.

    Attributes
    ----------
    python
        The interpreter that serves.
    algorithm
        The built-in algorithm whose own server this is, when nothing of the user's has a part in it: no script, no
        command, no packages, no variables but SAGEMAKER_*. None otherwise.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    python: Path
    algorithm: str | None = None


@dataclass(frozen=True, slots=True)
class Kitchen:
    """What recipes are made with: the table of images and the environments."""

    images: Images
    environments: Environments

    def prepare(
        self, place: Placed, container: Document, say: Callable[[str], None], check: Callable[[], None]
    ) -> Recipe:
        """Fill a container's folder, which is there and empty, and say what to start.

        Raises
        ------
        JobFailure
            Nothing serves the image, or the model data or its code are not what they must be.
        """
        image = self.images.resolve(_image_of(container))
        own = dict(container.get("Environment", {}))
        _bring_model(place, container, say, check)
        code = _bring_code(place, own)
        scripted = bool(own.get(_PROGRAM)) or (place.tree.ml / "model" / "code" / "inference.py").is_file()
        argv = _argv(image, container, scripted=scripted)
        plain = image.command is None and not scripted and all(name.startswith("SAGEMAKER_") for name in own)
        python = self.environments.python_for(image, say, check)
        requirements = code / "requirements.txt"
        if requirements.is_file() and requirements.read_text().strip():
            python, plain = self.environments.with_packages(python, [], say, check, requirements), False
        say(f"the line '{image.pattern}' of the table of images serves the model, with {python}")
        layer = self.environments.layer(python, place.tree.folder / "venv")
        variables = {
            "SAGEMAKER_REGION": place.call.scope.region,
            "TRIALBOOK_FRAMEWORK": _framework(container["Image"]),
            **own,
        }
        if image.python is not None:
            variables["PYTHONPATH"] = ":".join(filter(None, [library(place.tree), own.get("PYTHONPATH", "")]))
        env = contract.environment(place, [layer.parent, python.parent], variables)
        return Recipe(argv, env, python, image.algorithm if plain else None)


def _image_of(container: Document) -> str:
    if "Image" in container:
        return str(container["Image"])
    package = container.get("ModelPackageName")
    if package:
        raise JobFailure(
            f"ClientError: the model package '{package}' is not in this record, or its InferenceSpecification has no "
            "container: register it with CreateModelPackage first."
        )
    raise JobFailure("ClientError: the model's container names no Image, and there is nothing to serve it with.")


def _bring_model(place: Placed, container: Document, say: Callable[[str], None], check: Callable[[], None]) -> None:
    folder = place.tree.ml / "model"
    folder.mkdir(parents=True, exist_ok=True)
    if container.get("Mode") == "MultiModel":
        raise JobFailure(
            "ClientError: containers of Mode MultiModel are not served here: give each model a variant or an endpoint "
            "of its own."
        )
    source = container.get("ModelDataSource", {}).get("S3DataSource")
    uri = container.get("ModelDataUrl") or (source or {}).get("S3Uri")
    if not uri:
        return
    check()
    if source is not None and not container.get("ModelDataUrl") and source.get("CompressionType") == "None":
        items = places.listed(place.call, "S3Prefix", uri, "The model data")
        size = places.fetch(place.call, items, folder, check)
        say(f"model: {len(items)} files, {size:,} bytes from {uri}")
        return
    unpack(place, uri, folder, "The model data")
    say(f"model: {sum(path.stat().st_size for path in places.files_of(folder)):,} bytes from {uri}")


def unpack(place: Placed, uri: str, folder: Path, what: str) -> None:
    """Bring a tar.gz of the object store and unpack it. Raises `JobFailure` when it is none."""
    archive = place.tree.folder / "archive.tar.gz"
    places.fetch_object(place.call, uri, archive, what)
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise JobFailure(
            f"ClientError: {what} ({uri}) cannot be unpacked: it must be a tar.gz whose paths stay in it: {error}"
        ) from None
    finally:
        archive.unlink(missing_ok=True)


def _bring_code(place: Placed, own: dict[str, str]) -> Path:
    """Bring the script's folder where it is not in the model data; gives where it lies."""
    submitted = own.get(_SUBMIT, "").removeprefix("file://")
    if submitted.startswith("s3://"):
        folder = place.tree.ml / "code"
        folder.mkdir(exist_ok=True)
        unpack(place, submitted, folder, f"The source of the script ({_SUBMIT})")
        own[_SUBMIT] = _CODE
        return folder
    if submitted.startswith("/opt/ml/"):
        return place.tree.place(submitted, _SUBMIT)
    return place.tree.ml / "model" / "code"


def _argv(image: Image, container: Document, *, scripted: bool) -> tuple[str, ...]:
    programs = ("python", "-m", "trialbook.algorithms")
    if image.command is not None:
        return (*image.command, "serve")
    if image.algorithm is not None and not scripted:
        return (*programs, image.algorithm, "serve")
    if not scripted and not container.get("ModelDataUrl") and not container.get("ModelDataSource"):
        raise JobFailure(
            f"ClientError: the image '{container['Image']}' serves scripts, and the model has neither an inference "
            f"script nor data: set {_PROGRAM} and {_SUBMIT}, or put code/inference.py with a model_fn into the "
            "model.tar.gz."
        )
    return (*programs, "serve-script")


def _framework(image: str) -> str:
    name = short_name(image)
    return next((framework for part, framework in _FRAMEWORKS.items() if part in name), "")


def library(tree: Tree) -> str:
    """Give a folder that holds this package and nothing else, for interpreters of other environments."""
    folder = tree.folder / "library"
    folder.mkdir(exist_ok=True)
    link = folder / _PACKAGE.name
    if not link.exists():
        link.symlink_to(_PACKAGE)
    return str(folder)
