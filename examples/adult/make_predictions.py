"""Make `adult_predictions.parquet`: the published model's probabilities for the complete training rows.

    python examples/adult/make_predictions.py [--python INTERPRETER]

The model needs xgboost 1.7.6. Without an interpreter that has it, a virtual environment is made for it once, in
`build/xgboost-1.7.6` (a download of some 190 MB).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import encoded
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

VERSION = "1.7.6"
NEEDED = [f"xgboost=={VERSION}", "numpy<2", "scipy"]
ENVIRONMENT = Path("build") / f"xgboost-{VERSION}"
OUTPUT = encoded.HERE / "adult_predictions.parquet"


def interpreter(folder: Path = ENVIRONMENT) -> Path:
    """Give a Python that has the model's version of XGBoost; makes its environment on first use."""
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    if not ready.exists():
        print(f"Installing xgboost {VERSION} into {folder} (some 190 MB, once) ...", flush=True)
        venv.create(folder, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *NEEDED]
        subprocess.run(command, check=True)
        ready.touch()
    return python


def predict(python: Path) -> NDArray[np.float32]:
    """Train the published model with that Python, and give its probability for each complete training row."""
    data = encoded.columns()
    with tempfile.TemporaryDirectory() as folder:
        rows, answers = Path(folder) / "rows.npz", Path(folder) / "probabilities.npy"
        np.savez(rows, x=encoded.features(data), y=data[encoded.LABEL])
        script = encoded.HERE / "published_model.py"
        command = [str(python), str(script), str(rows), str(answers)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{python} could not train the model:\n{done.stderr}")
        version = done.stdout.strip()
        if not version.startswith("1.7."):
            print(f"warning: {python} has xgboost {version}; only 1.7 gives the published values")
        return np.asarray(np.load(answers), np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, help="an interpreter that has xgboost 1.7")
    arguments = parser.parse_args()
    probabilities = predict(arguments.python or interpreter())
    origin = {
        "model": f"xgboost {VERSION}, parameters and rounds as in published_model.py",
        "rows": "the rows of adult.parquet without a missing value, in their order",
        "made by": "examples/adult/make_predictions.py",
    }
    table = pa.table({"probability": probabilities}).replace_schema_metadata(origin)
    pq.write_table(
        table, OUTPUT, compression="zstd", compression_level=19, use_byte_stream_split=True, use_dictionary=False
    )
    print(f"{OUTPUT}: {len(probabilities)} rows, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
