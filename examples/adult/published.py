"""What Studio prints of SageMaker's Clarify example, to two significant digits.

Source: aws/amazon-sagemaker-examples, tracking_bias_explainability.ipynb.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


FIGURES = sum(map(len, PUBLISHED.values()))


@dataclass(frozen=True)
class Line:
    """A metric as it was measured, and as it was published (None: it was not)."""

    stage: str
    key: str
    description: str
    value: float | None
    published: str | None

    @property
    def printed(self) -> str:
        """The value as Studio prints it."""
        return printed(self.value)

    @property
    def differs(self) -> bool:
        """Whether a published figure is missed."""
        return self.published is not None and self.published != self.printed


def compared(analysis: dict[str, Any]) -> list[Line]:
    """Put every metric of an analysis, in the shape of analysis.json, beside its published figure."""
    return [
        Line(
            stage,
            one["name"],
            one["description"].removesuffix(f" ({one['name']})"),
            None if one["value"] is None else float(one["value"]),
            known.get(one["name"]),
        )
        for stage, known in PUBLISHED.items()
        for one in analysis[f"{stage}_training_bias_metrics"]["facets"]["Sex"][0]["metrics"]
    ]


def printed(value: float | None) -> str:
    """Write a value as Studio does: two significant digits, no zero before the point."""
    return "-" if value is None else f"{float(f'{value:.2g}'):g}".replace("0.", ".", 1)
