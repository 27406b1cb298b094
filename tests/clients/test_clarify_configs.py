"""What version 2 of the sagemaker SDK writes into analysis_config.json is taken as it is."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from trialbook.clarify.config import load_config

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-clients" / "bin" / "python"


@pytest.mark.clients
@pytest.mark.skipif(not PYTHON.exists(), reason="make clients makes the environment")
def test_every_configuration_of_the_sdk_is_valid() -> None:
    command = [str(PYTHON), str(Path(__file__).parent / "clarify_configs.py")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    configs = json.loads(done.stdout.strip().splitlines()[-1])
    assert len(configs) == 7
    for config in configs.values():
        settled = load_config(config)
        assert settled["methods"]
