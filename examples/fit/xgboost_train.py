"""Script mode of SageMaker's XGBoost container, which logs to the run around the job by itself."""

import argparse
import os
from pathlib import Path

import xgboost

from trialbook import load_run

options = argparse.ArgumentParser()
options.add_argument("--max_depth", type=int, default=4)
options.add_argument("--eta", type=float, default=0.3)
options.add_argument("--num_round", type=int, default=10)
given = options.parse_args()

matrices = {
    name: xgboost.DMatrix(f"{os.environ[f'SM_CHANNEL_{name.upper()}']}/{name}.csv?format=csv&label_column=0")
    for name in ("train", "validation")
}
parameters = {"objective": "binary:logistic", "eval_metric": "auc", "max_depth": given.max_depth, "eta": given.eta}
history: dict[str, dict[str, list[float]]] = {}
booster = xgboost.train(
    {**parameters, "nthread": 1},
    matrices["train"],
    given.num_round,
    evals=[(matrix, name) for name, matrix in matrices.items()],
    evals_result=history,
    verbose_eval=5,
)
with load_run() as run:
    for step, value in enumerate(history["validation"]["auc"]):
        run.log_metric("script:auc", value, step=step)
booster.save_model(Path(os.environ["SM_MODEL_DIR"]) / "xgboost-model")
