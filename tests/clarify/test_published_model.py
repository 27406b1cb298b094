"""The kept predictions are what the published model gives today, trained in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.clarify.adult import EXAMPLE, probabilities, training

pytestmark = pytest.mark.slow


@pytest.mark.timeout(900)
def test_xgboost_1_7_6_gives_the_kept_predictions_to_the_last_bit(tmp_path: Path) -> None:
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    wanted = ["xgboost==1.7.6", "numpy<2", "scipy"]
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
    subprocess.run(pip, check=True)
    data = training()
    features = np.column_stack([values for name, values in data.items() if name != "Target"]).astype(np.float64)
    rows, answers = tmp_path / "rows.npz", tmp_path / "answers.npy"
    np.savez(rows, x=features, y=data["Target"])
    script = EXAMPLE / "published_model.py"
    done = subprocess.run(
        [str(python), str(script), str(rows), str(answers)], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "1.7.6"
    assert np.array_equal(np.load(answers), probabilities())
