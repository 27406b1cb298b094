"""Hosting of users' scripts: model_fn, input_fn, predict_fn, output_fn, transform_fn as SageMaker's toolkits call them.

What a script leaves out is filled by its framework's defaults (`frameworks.py`); `hosting.py` finds the script and
calls it; `payloads.py` turns bodies into arrays and back.
"""

from __future__ import annotations

from trialbook.algorithms.scripts.hosting import load

__all__ = ["load"]
