"""A script of ModelTrainer's: reads its channel and the absolute paths of the container, and leaves a model."""

import json
import os
from pathlib import Path

hyperparameters = json.loads(Path("/opt/ml/input/config/hyperparameters.json").read_text())
rows = [line for file in sorted(Path("/opt/ml/input/data/train").glob("*.csv")) for line in file.read_text().split()]
print("rows:", len(rows), "hyperparameters:", sorted(hyperparameters), "SM_MODEL_DIR:", os.environ["SM_MODEL_DIR"])
print(f"train loss: {1 / len(rows):.4f};")
Path("/opt/ml/model/model.json").write_text(json.dumps({"rows": len(rows)}))
