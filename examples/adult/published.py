"""What Studio prints of SageMaker's Clarify example, to two significant digits.

Source: aws/amazon-sagemaker-examples, tracking_bias_explainability.ipynb.
"""

from __future__ import annotations

PUBLISHED = {
    "pre": {"CDDL": ".21", "CI": ".35", "DPL": ".2", "JS": ".031", "KL": ".14", "KS": ".2", "LP": ".28", "TVD": ".2"},
    "post": {
        "AD": "-.11",
        "CDDPL": ".2",
        "DAR": "-.0074",
        "DCA": "-.23",
        "DCR": ".13",
        "DI": ".33",
        "DPPL": ".092",
        "DRR": ".14",
        "FT": "-.0046",
        "GE": ".087",
        "RD": ".036",
    },
}


def printed(value: float | None) -> str:
    """Write a value as Studio does: two significant digits, no zero before the point."""
    return "-" if value is None else f"{float(f'{value:.2g}'):g}".replace("0.", ".", 1)
