"""report.ipynb: the report as a notebook whose tables are there to be worked with.

The cells read `analysis.json` beside the notebook and need nothing but pandas; their outputs are stored, so that the
notebook shows everything before it is run.
"""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

from trialbook.clarify.gauges import bias_fragment
from trialbook.clarify.html import date_of, importance_bars, title_of
from trialbook.clarify.wording import explained, facts, faults, notes

if TYPE_CHECKING:
    from trialbook.clarify.findings import Findings

_READ = """import json

import pandas as pd

with open("analysis.json") as file:
    analysis = json.load(file)"""
_BIAS = """rows = [
    {"stage": stage, "facet": name, "value_or_threshold": one["value_or_threshold"], **metric}
    for stage in ("pre_training_bias_metrics", "post_training_bias_metrics")
    for name, values in analysis.get(stage, {}).get("facets", {}).items()
    for one in values
    for metric in one["metrics"]
]
bias = pd.DataFrame(rows)
bias"""
_SHAP = """importance = pd.DataFrame(
    {label: one["global_shap_values"] for label, one in analysis["explanations"]["kernel_shap"].items()}
)
importance.sort_values(importance.columns[0], ascending=False)"""


def notebook_report(findings: Findings) -> str:
    """Write the report of an analysis as a notebook."""
    import nbformat

    v4: Any = nbformat.v4
    cells = [
        v4.new_markdown_cell(
            "\n".join(
                [
                    f"# {title_of(findings)}\n\nMade {date_of(findings.made)} by Trialbook.\n",
                    *(f"- {name}: {text}" for name, text in facts(findings)),
                ]
            )
        ),
        v4.new_code_cell(_READ),
    ]
    told = [f"**{what}** {text}" for what, text in faults(findings)]
    cells += [v4.new_markdown_cell(text) for text in (*told, *(f"*{note}*" for note in notes(findings)))]
    if findings.bias is not None:
        cells.append(v4.new_markdown_cell("## Bias"))
        cells.append(v4.new_code_cell(_BIAS, outputs=[_output(bias_fragment(findings.bias))]))
    bars = importance_bars(findings)
    if bars:
        cells.append(v4.new_markdown_cell(f"## Explanations\n\n{explained(findings)}"))
        cells.append(v4.new_code_cell(_SHAP, outputs=[_output("".join(bars))]))
    curves = [one._repr_html_() for one in findings.pdp if not isinstance(one, dict)]
    curves += [
        f"<p>{html.escape(one['feature_name'])}: {html.escape(one['error'])}</p>"
        for one in findings.pdp
        if isinstance(one, dict)
    ]
    if curves:
        cells.append(v4.new_markdown_cell("## Partial dependence"))
        cells.append(v4.new_code_cell('analysis["explanations"]["pdp"]', outputs=[_output("".join(curves))]))
    for place, cell in enumerate(cells):
        # Given here: new identifiers are random, and a report should only change with what it reports
        cell["id"] = f"cell-{place}"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps(v4.new_notebook(cells=cells, metadata=kernel), indent=1)


def _output(html: str) -> object:
    import nbformat

    v4: Any = nbformat.v4
    return v4.new_output("display_data", data={"text/html": f'<div style="background:#fff;color:#16191f">{html}</div>'})
