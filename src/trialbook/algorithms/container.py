"""The folders and files of one training container, read once.

::

    <root>/                            $TRIALBOOK_ML_ROOT, else /opt/ml
    ├── input/config/                  {hyperparameters,inputdataconfig,resourceconfig,checkpointconfig}.json
    ├── input/data/<channel>/...       File and FastFile mode; in Pipe mode the first-in-first-out file <channel>_0
    ├── checkpoints/                   read at the start, written while training, when the job asks for checkpoints
    ├── model/                         what becomes model.tar.gz
    └── output/{data/,failure}         what becomes output.tar.gz; why the job failed

The training toolkits' variables move single folders: SM_MODEL_DIR, SM_OUTPUT_DATA_DIR, SM_CHANNEL_<NAME>.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialbook.algorithms.failures import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULT_ROOT = "/opt/ml"


@dataclass(frozen=True)
class Channel:
    """One channel of training data.

    Attributes
    ----------
    folder
        Holds the files; in Pipe mode the path to which `_0` is added.
    content_type
        As the job gave it, None when it gave none.
    sharded
        Whether each host gets a part of the files.
    """

    name: str
    folder: Path
    content_type: str | None = None
    mode: str = "File"
    sharded: bool = False

    def files(self) -> list[Path]:
        """List the data files in order of name; names that begin with `.` or `_` are no data.

        Raises
        ------
        ClientError
            When there is none.
        """
        if self.mode == "Pipe":
            return [self.folder.with_name(self.folder.name + "_0")]
        found = sorted(self._walk(self.folder)) if self.folder.is_dir() else []
        if not found:
            message = f'There is no data in channel "{self.name}" ({self.folder} holds no file). Check its S3Uri.'
            raise ClientError(message)
        return found

    def _walk(self, folder: Path) -> Iterator[Path]:
        for path in folder.iterdir():
            if path.name.startswith((".", "_")):
                continue
            if path.is_dir():
                yield from self._walk(path)
            elif path.stat().st_size:
                yield path


@dataclass(frozen=True)
class Container:
    """What a training program is given, and where it writes."""

    root: Path
    model: Path
    output: Path
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    host: str = "algo-1"
    hosts: tuple[str, ...] = ("algo-1",)
    checkpoints: Path | None = None

    def channel(self, name: str) -> Channel | None:
        """Give a channel, None when the job has none of that name."""
        return self.channels.get(name)

    def required(self, name: str = "train") -> Channel:
        """Give a channel that the algorithm cannot do without.

        Raises
        ------
        ClientError
            When the job has no such channel.
        """
        channel = self.channels.get(name)
        if channel is None:
            have = ", ".join(f'"{other}"' for other in sorted(self.channels)) or "none"
            message = f'The job needs a channel named "{name}"; its InputDataConfig has {have}.'
            raise ClientError(message)
        return channel


def ml_root(environment: Mapping[str, str]) -> Path:
    """Give the folder that is `/opt/ml` to this program."""
    return Path(environment.get("TRIALBOOK_ML_ROOT") or DEFAULT_ROOT)


def model_folder(environment: Mapping[str, str]) -> Path:
    """Give the folder of the model files."""
    return Path(environment.get("SM_MODEL_DIR") or ml_root(environment) / "model")


def read(environment: Mapping[str, str]) -> Container:
    """Read the container's configuration.

    Raises
    ------
    ClientError
        When a file of it is not JSON of the contract's shape.
    """
    root = ml_root(environment)
    config = root / "input" / "config"
    given = {name: _text(value) for name, value in _json(config / "hyperparameters.json").items()}
    resources = _json(config / "resourceconfig.json")
    hosts = tuple(str(host) for host in resources.get("hosts") or ("algo-1",))
    channels = {
        name: _channel(name, dict(described or {}), root, environment)
        for name, described in _json(config / "inputdataconfig.json").items()
    }
    return Container(
        root=root,
        model=model_folder(environment),
        output=Path(environment.get("SM_OUTPUT_DATA_DIR") or root / "output" / "data"),
        hyperparameters=given,
        channels=channels,
        host=str(resources.get("current_host") or hosts[0]),
        hosts=hosts,
        checkpoints=_checkpoints(root, config),
    )


def _channel(name: str, described: dict[str, Any], root: Path, environment: Mapping[str, str]) -> Channel:
    moved = environment.get(f"SM_CHANNEL_{name.upper()}")
    return Channel(
        name,
        Path(moved) if moved else root / "input" / "data" / name,
        described.get("ContentType") or None,
        described.get("TrainingInputMode") or "File",
        described.get("S3DistributionType") == "ShardedByS3Key",
    )


def _checkpoints(root: Path, config: Path) -> Path | None:
    """Give the folder of checkpoints: the configured one moved under `root`, or `checkpoints/` when it is there."""
    local = _json(config / "checkpointconfig.json").get("LocalPath")
    if local:
        path = Path(str(local))
        return root / path.relative_to(DEFAULT_ROOT) if path.is_relative_to(DEFAULT_ROOT) else path
    default = root / "checkpoints"
    return default if default.is_dir() else None


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        message = f"{path.name} is not JSON: {error}"
        raise ClientError(message) from error
    if not isinstance(value, dict):
        message = f"{path.name} must be a JSON object."
        raise ClientError(message)
    return value


def _text(value: object) -> str:
    """Give a hyperparameter's text; framework estimators send texts as JSON, with quotes of their own."""
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            inner = json.loads(text)
        except ValueError:
            return text
        return inner if isinstance(inner, str) else text
    return text
