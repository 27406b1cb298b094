"""XGBoost as SageMaker's built-in algorithm of that name: its channels, hyperparameters, log lines and answers.

These modules run with xgboost 1.3 to 3, in environments that hold nothing but it, NumPy and SciPy: an image's tag
names the xgboost that a job wants, and such an old one has no room for newer packages beside it.
"""

from __future__ import annotations

from trialbook.algorithms.boosting.parameters import RULES
from trialbook.algorithms.boosting.prediction import load
from trialbook.algorithms.boosting.training import train

__all__ = ["RULES", "load", "train"]
