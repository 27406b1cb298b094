"""The table that jobs read."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from trialbook.algorithms import catalog


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("246618743249.dkr.ecr.us-west-2.amazonaws.com/sagemaker-xgboost:1.7-1", "xgboost"),
        ("433757028032.dkr.ecr.us-west-2.amazonaws.com/xgboost:1", "xgboost"),
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1", "linear-learner"),
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/factorization-machines@sha256:0a", "factorization-machines"),
        ("000000000000.dkr.ecr.us-east-1.amazonaws.com/my-xgboost:1", None),
    ],
)
def test_an_image_names_its_algorithm(image: str, name: str | None) -> None:
    found = catalog.find(image)
    assert (found and found.name) == name


@pytest.mark.parametrize("algorithm", catalog.ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_names_of_metrics_are_unique_and_their_expressions_have_one_group(algorithm: catalog.Algorithm) -> None:
    names = [metric.name for metric in algorithm.metrics]
    assert len(names) == len(set(names))
    for metric in algorithm.metrics:
        assert re.compile(metric.regex).groups == 1


def test_the_table_is_read_without_any_library() -> None:
    code = (
        "import sys; import trialbook.algorithms.catalog;"
        "print([m for m in ('numpy', 'xgboost', 'sklearn', 'scipy', 'botocore') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "[]"
