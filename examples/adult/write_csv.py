"""Write Adult's training rows as SageMaker's Clarify example has them, in a processing job: `--explained N`.

Three outputs: `train` (all rows, the target first, no header), `explained` (the first N of them) and `baseline` (one
row of means, without the target).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import encoded
import numpy as np

OUTPUT = Path("/opt/ml/processing/output")

if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--explained", type=int, default=None)
    given = options.parse_args()
    data = encoded.columns(Path("/opt/ml/processing/input/data/adult.parquet"))
    rows = np.column_stack(list(data.values()))
    parts = {
        "train": rows,
        "explained": rows[: given.explained],
        "baseline": encoded.features(data).mean(axis=0, keepdims=True).round().astype(int),
    }
    for name, part in parts.items():
        (OUTPUT / name).mkdir(parents=True, exist_ok=True)
        np.savetxt(OUTPUT / name / f"{name}.csv", part, fmt="%d", delimiter=",")
    print(",".join(data))
