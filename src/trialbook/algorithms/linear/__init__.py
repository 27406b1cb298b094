"""SageMaker's linear learner: linear and logistic regression, multi-class and robust losses, by mini-batches.

Several models with close parameters are trained at the same time, as columns of one array, and the best one on the
validation data is kept. Mini-batch optimisation is NumPy's: scikit-learn's SGDClassifier and SGDRegressor step by
single rows and take no mini-batch size, and `mini_batch_size` is what users of this algorithm vary.
"""

from __future__ import annotations

from trialbook.algorithms.linear.parameters import RULES
from trialbook.algorithms.linear.prediction import load
from trialbook.algorithms.linear.training import train

__all__ = ["RULES", "load", "train"]
