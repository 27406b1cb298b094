"""Shapley values of 1,000 Adult rows: ours, shap.KernelExplainer and full enumeration in one process. Prints JSON.

    python benchmarks/shap.py [--rows 1000] [--rounds 800] [--skip-shap]

12 features (without fnlwgt and Education, as rows with missing values), the median row as background, the probability
of a `hist` model of XGBoost with 800 trees of depth 5 with the published hyperparameters. The same again for a function
that is no tree: a small tanh network over the standardised features. Times are CPU seconds of the whole process, all
threads; the difference is the largest one to full enumeration of all 4,096 coalitions.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify import kernel_shap

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ADULT = Path(__file__).resolve().parent.parent / "examples" / "adult"
LEFT_OUT = (2, 3)  # fnlwgt, Education
PUBLISHED = {"max_depth": 5, "eta": 0.2, "gamma": 4, "min_child_weight": 6, "subsample": 0.8}


def adult() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the training rows with no value missing (30,162, 12) and their labels."""
    sys.path.insert(0, str(ADULT))
    import data

    parts = data.load()[:2]
    x = np.concatenate([part.x for part in parts])
    y = np.concatenate([part.y for part in parts])
    whole = ~np.isnan(x).any(axis=1)
    return np.delete(x, LEFT_OUT, axis=1)[whole], y[whole]


def enumerate_all(
    predict: Callable[[Any], Any], rows: NDArray[np.float64], base: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Predict every coalition of all features for every row, and weigh by the definition."""
    width = rows.shape[1]
    masks = (np.arange(1 << width)[:, None] >> np.arange(width) & 1).astype(np.bool_)
    values = np.empty((1 << width, len(rows)))
    for start in range(0, 1 << width, 64):
        part = np.where(masks[start : start + 64, None], rows, base).reshape(-1, width)
        values[start : start + 64] = np.asarray(predict(part), np.float64).reshape(-1, len(rows))
    result = np.zeros(rows.shape)
    sizes = masks.sum(axis=1)
    weights = np.array(
        [math.factorial(s) * math.factorial(width - s - 1) / math.factorial(width) for s in range(width)]
    )
    for feature in range(width):
        without = np.flatnonzero(~masks[:, feature])
        result[:, feature] = weights[sizes[without]] @ (values[without | (1 << feature)] - values[without])
    return result


def measured(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Run it; give its answer, CPU and wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return answer, {
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "wall_seconds": round(time.perf_counter() - wall, 3),
    }


def compare(
    predict: Callable[[Any], Any], rows: NDArray[np.float64], base: NDArray[np.float64], *, with_shap: bool
) -> dict[str, Any]:
    """Explain by all three."""
    ours, result = measured(lambda: kernel_shap(predict, rows, base))
    best = min(measured(lambda: kernel_shap(predict, rows, base))[1]["cpu_seconds"] for _ in range(2))
    truth, enumeration = measured(lambda: enumerate_all(predict, rows, base))
    answer: dict[str, Any] = {
        "ours": {
            **result,
            "cpu_seconds_best_of_3": min(best, result["cpu_seconds"]),
            "exact": ours.exact,
            "model_rows": ours.cost.rows,
            "model_calls": ours.cost.calls,
            "largest_difference": float(np.abs(ours.values - truth).max()),
        },
        "full_enumeration": {**enumeration, "model_rows": len(rows) << rows.shape[1]},
    }
    if with_shap:
        # This file's folder is the first place that Python looks in, and this file is named as the package.
        here = str(Path(__file__).resolve().parent)
        sys.path[:] = [place for place in sys.path if place != here]
        import shap

        explainer = shap.KernelExplainer(predict, base[None])
        theirs, cost = measured(lambda: explainer.shap_values(rows, silent=True))
        answer["shap.KernelExplainer"] = {**cost, "largest_difference": float(np.abs(theirs - truth).max())}
        answer["times_less_cpu"] = round(cost["cpu_seconds"] / result["cpu_seconds"], 1)
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=800)
    parser.add_argument("--skip-shap", action="store_true", help="only ours and full enumeration")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    import xgboost

    x, y = adult()
    settings = {**PUBLISHED, "objective": "binary:logistic", "tree_method": "hist", "seed": 0}
    booster = xgboost.train(settings, xgboost.DMatrix(x, y), asked.rounds)
    rows, base = x[: asked.rows], np.median(x, axis=0)
    rng = np.random.default_rng(0)
    spread = x.std(axis=0)
    inner, outer = rng.normal(size=(x.shape[1], 32)), rng.normal(size=32)

    def network(some: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(1 / (1 + np.exp(-np.tanh(((some - base) / spread) @ inner) @ outer)), np.float64)

    print(
        json.dumps(
            {
                "benchmark": "shap",
                "rows": len(rows),
                "features": x.shape[1],
                "varying_features_mean": float((rows != base).sum(axis=1).mean()),
                "trees": asked.rounds,
                "xgboost": xgboost.__version__,
                "python": platform.python_version(),
                "xgboost_probability": compare(booster.inplace_predict, rows, base, with_shap=not asked.skip_shap),
                "tanh_network": compare(network, rows, base, with_shap=not asked.skip_shap),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
