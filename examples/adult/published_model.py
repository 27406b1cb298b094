"""Train the model of SageMaker's Clarify example on rows, and predict them. Runs under xgboost 1.7, by itself.

    PYTHON published_model.py rows.npz probabilities.npy

Newer versions of XGBoost grow other trees from the same parameters, and with them other predictions: 437 of 30,162
rows fall on the other side of the threshold under 2.1. Versions 1.2.1 and 1.7.6 agree bit for bit.
"""

from __future__ import annotations

import sys

import numpy as np
import xgboost

PARAMETERS = {
    "max_depth": 5,
    "eta": 0.2,
    "gamma": 4,
    "min_child_weight": 6,
    "subsample": 0.8,
    "objective": "binary:logistic",
    "verbosity": 0,
    # The predictions are the same with any number of threads, and on a busy machine several wait for each other
    "nthread": 1,
}
ROUNDS = 800

if __name__ == "__main__":
    rows = np.load(sys.argv[1])
    matrix = xgboost.DMatrix(rows["x"], rows["y"])
    model = xgboost.train(PARAMETERS, matrix, num_boost_round=ROUNDS)
    np.save(sys.argv[2], model.predict(matrix))
    print(xgboost.__version__)
