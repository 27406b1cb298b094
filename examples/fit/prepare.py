"""A processing job: the Adult data as CSV for XGBoost, the label first and no header, in three parts."""

import argparse
from pathlib import Path

import pandas as pd

LABEL, POSITIVE = "Target", ">50K"
INPUT, OUTPUT = Path("/opt/ml/processing/input/data"), Path("/opt/ml/processing/output")

options = argparse.ArgumentParser()
options.add_argument("--validation-share", type=float, default=0.2)
given = options.parse_args()

everyone, test = pd.read_parquet(INPUT / "adult.parquet"), pd.read_parquet(INPUT / "adult_test.parquet")
for name in everyone.columns.drop(LABEL):
    if not pd.api.types.is_numeric_dtype(everyone[name]):
        values = sorted(everyone[name].dropna().unique())
        for table in (everyone, test):
            table[name] = table[name].map({value: code for code, value in enumerate(values)})
for table in (everyone, test):
    table.insert(0, "label", (table.pop(LABEL) == POSITIVE).astype(int))
shuffled = everyone.sample(frac=1.0, random_state=0)
cut = int(len(shuffled) * given.validation_share)
for part, table in {"train": shuffled[cut:], "validation": shuffled[:cut], "test": test}.items():
    folder = OUTPUT / part
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / f"{part}.csv", header=False, index=False)
    print(f"{part}: {len(table)} rows of {table.shape[1]} columns")
