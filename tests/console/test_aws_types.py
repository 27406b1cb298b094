"""The TypeScript of SageMaker's operations is what the installed botocore says."""

from __future__ import annotations

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "console" / "scripts" / "aws_types.py"


def test_the_types_of_the_console_are_made_from_botocores_model() -> None:
    made = runpy.run_path(str(SCRIPT))
    assert made["TARGET"].read_text() == made["types"](), f"run python {SCRIPT.name} again"
    assert made["MEMBERS_TARGET"].read_text() == made["members"](), f"run python {SCRIPT.name} again"
