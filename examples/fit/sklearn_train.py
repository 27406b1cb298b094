"""Script mode of SageMaker's scikit-learn container: a random forest, its accuracy, and the model as a file."""

import argparse
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

options = argparse.ArgumentParser()
options.add_argument("--n-estimators", type=int, default=20)
options.add_argument("--max-depth", type=int, default=8)
options.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
options.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
options.add_argument("--validation", default=os.environ["SM_CHANNEL_VALIDATION"])
given = options.parse_args()


def read(folder: str) -> pd.DataFrame:
    files = sorted(Path(folder).glob("*.csv"))
    return pd.concat(pd.read_csv(file, header=None) for file in files).fillna(-1)


train, validation = read(given.train), read(given.validation)
model = RandomForestClassifier(given.n_estimators, max_depth=given.max_depth, random_state=0, n_jobs=1)
model.fit(train.iloc[:, 1:], train.iloc[:, 0])
print(f"train accuracy: {model.score(train.iloc[:, 1:], train.iloc[:, 0]):.4f};")
print(f"validation accuracy: {model.score(validation.iloc[:, 1:], validation.iloc[:, 0]):.4f};")
joblib.dump(model, Path(given.model_dir) / "model.joblib")
