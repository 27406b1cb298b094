"""SageMaker's factorization machines: a linear model with an interaction of every two features, by Rendle (2010).

No well-kept Python library fits them, so training is NumPy's; only the features that occur in a mini-batch are moved,
which lets sparse data have millions of them.
"""

from __future__ import annotations

from trialbook.algorithms.factorization.parameters import RULES
from trialbook.algorithms.factorization.training import load, train

__all__ = ["RULES", "load", "train"]
