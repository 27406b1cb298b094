"""Script mode: the user's source folder, its requirements, and the variables of SageMaker's training toolkit.

A framework estimator uploads `sourcedir.tar.gz` and says in hyperparameters of its own (`sagemaker_program`,
`sagemaker_submit_directory`) what to run; every hyperparameter is then JSON. The program is started as SageMaker's
toolkit starts it, `python train.py --epochs 3`, with the variables that it sets.
"""

from __future__ import annotations

import json
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialbook.jobs import places
from trialbook.jobs.contract import HOST, resources
from trialbook.jobs.failure import JobFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.jobs.job import Job
    from trialbook.model import Document

_OURS = "sagemaker_"
_OBJECTIVE = "_tuning_objective_metric"
"""What a tuning job adds; the toolkit does not pass it on to a script."""
PROGRAM, SUBMIT = "sagemaker_program", "sagemaker_submit_directory"
CODE = "/opt/ml/code"


@dataclass(frozen=True, slots=True)
class Script:
    """What to run. `hyperparameters` are decoded, without SageMaker's own."""

    program: str
    hyperparameters: Mapping[str, Any]
    submitted: str
    level: int = 20

    def argv(self, code: Path) -> list[str]:
        """Give the command. A folder that is a package is run as the module of its program."""
        words = [word for name, value in self.hyperparameters.items() for word in _words(name, value)]
        if self.program.endswith(".sh"):
            return [
                "/bin/bash",
                "-c",
                f'exec ./{self.program} "$@"'
                if os.access(code / self.program, os.X_OK)
                else f'exec bash ./{self.program} "$@"',
                self.program,
                *words,
            ]
        if not self.program.endswith(".py") and (code / self.program).is_file():
            return [f"./{self.program}", *words]
        return ["python", self.program, *words]


def script_of(hyperparameters: Mapping[str, str]) -> Script | None:
    """Read script mode's hyperparameters; None when they name no program."""
    if PROGRAM not in hyperparameters:
        return None
    decoded = {name: _decoded(text) for name, text in hyperparameters.items()}
    level = decoded.get("sagemaker_container_log_level", 20)
    return Script(
        program=str(decoded[PROGRAM]),
        hyperparameters={
            name: value for name, value in decoded.items() if not name.startswith(_OURS) and name != _OBJECTIVE
        },
        submitted=str(decoded.get(SUBMIT, "")),
        level=int(level) if str(level).isdigit() else 20,
    )


def unpack(job: Job, script: Script) -> Path:
    """Bring the source folder to `/opt/ml/code`; gives where that lies.

    Raises
    ------
    JobFailure
        The archive is none, holds paths that lead out of the folder, or lacks the program.
    """
    code = job.tree.ml / "code"
    code.mkdir(exist_ok=True)
    if script.submitted.startswith("s3://"):
        archive = job.tree.folder / "sourcedir.tar.gz"
        places.fetch_object(job.call, script.submitted, archive, f"The source of the script ({SUBMIT})")
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(code, filter="data")
        except (tarfile.TarError, OSError, EOFError) as error:
            raise JobFailure(f"ClientError: {script.submitted} is not a tar.gz of a source folder: {error}") from None
        archive.unlink()
    if not (code / script.program).exists():
        there = sorted(path.relative_to(code).as_posix() for path in places.files_of(code))[:20]
        raise JobFailure(
            f"ClientError: the source folder has no '{script.program}' ({PROGRAM}); it holds: "
            f"{', '.join(there) or 'nothing'}."
        )
    return code


def toolkit_variables(doc: Document, script: Script | None) -> dict[str, str]:
    """Give the `SM_*` variables of a training job."""
    values = dict(script.hyperparameters) if script is not None else dict(doc.get("HyperParameters", {}))
    channels = [one["ChannelName"] for one in doc.get("InputDataConfig", [])]
    config = resources(doc.get("ResourceConfig", {}))
    words = [word for name, value in values.items() for word in _words(name, value)]
    program = script.program if script is not None else ""
    variables: dict[str, Any] = {
        "SM_HOSTS": config["hosts"],
        "SM_CURRENT_HOST": HOST,
        "SM_CURRENT_INSTANCE_TYPE": config["current_instance_type"],
        "SM_CURRENT_INSTANCE_GROUP": config["current_group_name"],
        "SM_NETWORK_INTERFACE_NAME": config["network_interface_name"],
        "SM_NUM_CPUS": os.cpu_count() or 1,
        "SM_NUM_GPUS": _gpus(),
        "SM_NUM_NEURONS": 0,
        "SM_CHANNELS": sorted(channels),
        "SM_HPS": values,
        "SM_USER_ARGS": words,
        "SM_USER_ENTRY_POINT": program,
        "SM_MODULE_NAME": program.removesuffix(".py"),
        "SM_MODULE_DIR": script.submitted if script is not None else CODE,
        "SM_INPUT_DIR": "/opt/ml/input",
        "SM_INPUT_CONFIG_DIR": "/opt/ml/input/config",
        "SM_OUTPUT_DIR": "/opt/ml/output",
        "SM_OUTPUT_DATA_DIR": "/opt/ml/output/data",
        "SM_OUTPUT_INTERMEDIATE_DIR": "/opt/ml/output/intermediate",
        "SM_MODEL_DIR": "/opt/ml/model",
        "SM_LOG_LEVEL": script.level if script is not None else 20,
        "SM_RESOURCE_CONFIG": config,
        "SM_INPUT_DATA_CONFIG": {one["ChannelName"]: channel_entry(one, doc) for one in doc.get("InputDataConfig", [])},
        "SM_FRAMEWORK_PARAMS": {},
        "SM_IS_MASTER": True,
    }
    variables |= {f"SM_CHANNEL_{name.upper()}": f"/opt/ml/input/data/{name}" for name in channels}
    variables |= {f"SM_HP_{name.upper()}": value for name, value in values.items()}
    variables["SM_TRAINING_ENV"] = {
        "channel_input_dirs": {name: f"/opt/ml/input/data/{name}" for name in channels},
        "current_host": HOST,
        "hosts": [HOST],
        "hyperparameters": values,
        "input_dir": "/opt/ml/input",
        "job_name": doc["TrainingJobName"],
        "model_dir": "/opt/ml/model",
        "module_name": variables["SM_MODULE_NAME"],
        "output_data_dir": "/opt/ml/output/data",
        "resource_config": config,
        "user_entry_point": program,
    }
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in variables.items()}


def channel_entry(channel: Document, doc: Document) -> Document:
    """Give a channel's entry in inputdataconfig.json."""
    mode = channel.get("InputMode") or doc.get("AlgorithmSpecification", {}).get("TrainingInputMode", "File")
    source = channel.get("DataSource", {}).get("S3DataSource", {})
    entry = {
        "TrainingInputMode": mode,
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
    }
    if "ContentType" in channel:
        entry["ContentType"] = channel["ContentType"]
    return entry


def _words(name: str, value: Any) -> list[str]:
    option = f"-{name}" if len(name) == 1 else f"--{name}"
    return [
        option,
        value if isinstance(value, str) else json.dumps(value) if isinstance(value, dict | list) else str(value),
    ]


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _gpus() -> int:
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return len([one for one in visible.split(",") if one.strip() not in {"", "-1"}])
    return len([one for one in Path("/dev").glob("nvidia[0-9]*") if one.name.removeprefix("nvidia").isdigit()])
