"""The defaults file of the `sagemaker` SDK: with a bucket in it, the SDK need not ask STS at an address of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_DEFAULTS = """\
# Written by `trialbook env`; read through SAGEMAKER_USER_CONFIG_OVERRIDE.
# With a default bucket the SDK need not ask STS, and without telemetry nothing leaves this machine.
SchemaVersion: '1.0'
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
      Session:
        DefaultS3Bucket: {bucket}
"""


def write_defaults(folder: Path, region: str, account: str) -> Path:
    """Write the SDK's defaults file for a region and give its absolute path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder.absolute() / f"sagemaker-{region}.yaml"
    text = _DEFAULTS.format(bucket=f"sagemaker-{region}-{account}")
    if not path.exists() or path.read_text() != text:
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.write_text(text)
        draft.replace(path)
    return path
