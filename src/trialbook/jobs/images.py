"""Which interpreter and packages serve which image: a short table, the first line that fits wins.

Nothing is pulled from anywhere: an image's URI is read for its repository and its tag, and the table says what stands
in for it on this machine. The lines of `images.toml` come before the ones that are built in::

    [[image]]
    pattern = "*/my-training:*"          # of the whole URI, or of `repository:tag`
    python = "/opt/envs/torch/bin/python"
    packages = ["rich"]                  # made on first use, on top of that interpreter
    command = ["python", "/srv/train.py"]
    algorithm = "xgboost"                # a built-in algorithm, where no script is given
"""

from __future__ import annotations

import fnmatch
import json
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.errors import UsageError
from trialbook.jobs.failure import JobFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.settings import Settings

FILE = "images.toml"
ANALYSIS = ("python", "-m", "trialbook.jobs.analysis_program")
"""The command of images that analyse: see `jobs.analysis`."""
_MEMBERS = {"pattern": str, "python": str, "packages": list, "command": list, "algorithm": str}
_ECR = re.compile(r"^\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com(\.cn)?/")


@dataclass(frozen=True, slots=True)
class Image:
    """One line of the table.

    Attributes
    ----------
    pattern
        With `*` and `?`, of `repository:tag` or of the whole URI, without case.
    python
        The interpreter; None: the one that Trialbook runs on.
    packages
        What must be installed in it, as pip names it. `{version}` is the version that the tag begins with
        ("1.7-1" is 1.7). A requirement that the interpreter meets already is not installed again.
    command
        The program when the job gives none; None: the algorithm's, or the script's.
    algorithm
        The built-in algorithm; None: the image runs scripts only.
    note
        What a reader of the table wants to know.
    """

    pattern: str
    python: str | None = None
    packages: tuple[str, ...] = ()
    command: tuple[str, ...] | None = None
    algorithm: str | None = None
    note: str = ""


BUILT_IN: tuple[Image, ...] = (
    Image("sagemaker-xgboost:3*", packages=("xgboost-cpu>=3",), algorithm="xgboost", note="this environment's version"),
    Image("*xgboost:latest", packages=("xgboost-cpu>=2",), algorithm="xgboost", note="this environment's version"),
    # Its XGBoost is 0.72, which has no build for a Python of today.
    Image("*xgboost:1", packages=("xgboost-cpu>=2",), algorithm="xgboost", note="this environment's version"),
    *(
        # 1.7.6 predicts bit for bit what 1.2.1 does; these themselves need a NumPy before 1.24.
        Image(f"*xgboost:{tag}*", packages=("xgboost==1.7.*",), algorithm="xgboost", note="1.7, which trains as it did")
        for tag in ("0.", "1.0-", "1.2-", "1.3-", "1.5-")
    ),
    Image("*xgboost:*", packages=("xgboost=={version}.*",), algorithm="xgboost", note="the version of the tag"),
    *(
        Image(f"{name}:*", algorithm=name, note="built in")
        for name in ("linear-learner", "kmeans", "pca", "knn", "factorization-machines")
    ),
    Image(
        "sagemaker-clarify-processing:*",
        packages=("scipy", "pyarrow", "jinja2", "nbformat", "fpdf2", "matplotlib"),
        command=ANALYSIS,
        note="Clarify: bias and explanations",
    ),
    Image("sagemaker-scikit-learn:*", packages=("scikit-learn", "pandas"), note="this environment's scikit-learn"),
    Image("pytorch-*:*", packages=("torch",), note="PyTorch for CPUs, any version"),
    Image("huggingface-pytorch-*:*", packages=("torch", "transformers"), note="PyTorch for CPUs and transformers"),
    Image("tensorflow-*:*", packages=("tensorflow-cpu",), note="TensorFlow for CPUs, any version"),
    Image("sagemaker-base-python*:*", note="this environment"),
    Image("sagemaker-distribution*:*", packages=("scikit-learn", "pandas"), note="this environment"),
    Image("sagemaker-data-science*:*", packages=("scikit-learn", "pandas"), note="this environment"),
    Image("python:*", note="this environment, whatever version is asked for"),
)


class Images:
    """The table: the user's lines, then the built-in ones."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def own(self) -> list[Image]:
        """The user's lines as the file has them now, so that a change holds from the next job on."""
        return read(self.file)

    @property
    def lines(self) -> list[Image]:
        """Every line in the order in which they are tried."""
        return [*self.own, *BUILT_IN]

    def resolve(self, uri: str) -> Image:
        """Give the line for an image, with its packages' versions filled in.

        Raises
        ------
        JobFailure
            No line fits; the reason lists what is served and how to add a line.
        """
        short = short_name(uri)
        for line in self.lines:
            if any(fnmatch.fnmatchcase(name.casefold(), line.pattern.casefold()) for name in (short, uri)):
                version = _version(short)
                return replace(line, packages=tuple(one.replace("{version}", version) for one in line.packages))
        served = ", ".join(dict.fromkeys(line.pattern.rpartition(":")[0] or line.pattern for line in self.lines))
        raise JobFailure(
            f"ClientError: nothing here serves the image '{uri}'. Served are: {served}. Add a line for it: "
            f"trialbook images --add '{short.partition(':')[0]}:*' [--python PATH] [--package NAME ...]"
        )

    def add(self, line: Image) -> None:
        """Put a line first in the user's file; one of the same pattern is replaced."""
        self._write([line, *(one for one in self.own if one.pattern != line.pattern)])

    def remove(self, pattern: str) -> None:
        """Take the user's line of a pattern out. Raises `UsageError` when there is none."""
        lines = self.own
        kept = [one for one in lines if one.pattern != pattern]
        if len(kept) == len(lines):
            raise UsageError(f"'{self.file}' has no line for '{pattern}'; built-in lines can only be overridden.")
        self._write(kept)

    def _write(self, lines: Sequence[Image]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(".draft")
        draft.write_text("".join(_toml(line) for line in lines))
        draft.replace(self.file)


def images_file(settings: Settings) -> Path:
    """Say where the user's lines lie: as set, else in the store folder, else below the current one."""
    if settings.images:
        return Path(settings.images)
    return Path(".trialbook" if "://" in settings.store else settings.store) / FILE


def read(file: Path) -> list[Image]:
    """Read the user's lines; none when there is no such file. Raises `UsageError` for what is wrong in it."""
    if not file.exists():
        return []
    try:
        told = tomllib.loads(file.read_text())
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"'{file}' is not TOML: {error}.") from None
    return [_line(file, one) for one in told.get("image", [])]


def _line(file: Path, told: dict[str, object]) -> Image:
    wrong = [name for name, value in told.items() if name not in _MEMBERS or not isinstance(value, _MEMBERS[name])]
    if wrong or "pattern" not in told:
        known = ", ".join(f"{name} ({kind.__name__})" for name, kind in _MEMBERS.items())
        raise UsageError(f"'{file}': an [[image]] has a pattern, and of {known}; not {', '.join(wrong) or 'nothing'}.")
    packages, command = told.get("packages", []), told.get("command")
    assert isinstance(packages, list)
    return Image(
        pattern=str(told["pattern"]),
        python=None if "python" not in told else str(told["python"]),
        packages=tuple(map(str, packages)),
        command=None if not isinstance(command, list) else tuple(map(str, command)),
        algorithm=None if "algorithm" not in told else str(told["algorithm"]),
        note="yours",
    )


def short_name(uri: str) -> str:
    """Give `repository:tag` of an image: "123.dkr.ecr.r.amazonaws.com/sagemaker-xgboost:1.7-1" without its registry."""
    name = _ECR.sub("", uri).split("@")[0]
    name = name.rpartition("/")[2]
    return name if ":" in name else f"{name}:latest"


def _version(short: str) -> str:
    found = re.match(r"\d+(\.\d+)*", short.partition(":")[2])
    return found[0] if found else "0"


def _toml(line: Image) -> str:
    members: list[tuple[str, str | Sequence[str] | None]] = [
        ("pattern", line.pattern),
        ("python", line.python),
        ("packages", list(line.packages) or None),
        ("command", None if line.command is None else list(line.command)),
        ("algorithm", line.algorithm),
    ]
    # A JSON string or list of strings is one of TOML too.
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in members if value is not None)
    return f"[[image]]\n{text}\n"
