"""Hosting of the random forest that sklearn_train.py made: the share of trees that say ">50K", and each tree's say."""

import json
import os

import joblib
import numpy as np


def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))


def input_fn(body, content_type):
    if content_type != "text/csv":
        raise ValueError(f"this model takes text/csv, not {content_type}")
    rows = [[float(cell) if cell else np.nan for cell in line.split(",")] for line in body.splitlines() if line]
    return np.nan_to_num(np.array(rows), nan=-1.0)


def predict_fn(rows, model):
    return model.predict_proba(rows)[:, 1]


def output_fn(scores, accept):
    if accept not in ("application/json", "*/*"):
        raise ValueError(f"this model answers application/json, not {accept}")
    return json.dumps({"scores": [round(float(score), 6) for score in scores]}), "application/json"
