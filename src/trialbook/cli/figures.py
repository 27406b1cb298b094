"""The figures of an analysis, and of a drift between two, as they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from trialbook.cli.tables import print_table
from trialbook.errors import TrialbookError

if TYPE_CHECKING:
    from pathlib import Path


def show(analysis: dict[str, Any], out: Path) -> None:
    """Print the figures of an analysis, and where its files are."""
    from trialbook.clarify.drift import bias_values, importances
    from trialbook.clarify.gauges import number

    values = bias_values(analysis)
    if values:
        rows = [(name.removeprefix("bias."), number(value)) for name, value in values.items()]
        print_table(("bias metric", "value"), rows, right=(1,))
    try:
        shared = importances(analysis)
    except TrialbookError:
        shared = {}
    if shared:
        ranked = sorted(shared, key=lambda feature: -abs(shared[feature]))
        print_table(("feature", "importance"), [(name, number(shared[name])) for name in ranked], right=(1,))
    click.echo(f"Reports are in {out}")


def show_drift(found: dict[str, Any]) -> None:
    """Print how far bias metrics moved, and whether the features rank as they did."""
    from trialbook.clarify.gauges import number

    if "bias" in found:
        rows = [
            (
                one.name.removeprefix("bias."),
                *(number(value) for value in (one.baseline, one.current, one.change)),
                "drifted" if one.drifted else "",
            )
            for one in found["bias"].metrics
        ]
        print_table(("bias metric", "baseline", "current", "change", ""), rows, right=(1, 2, 3))
    if "attributions" in found:
        one = found["attributions"]
        word = "drifted" if one.drifted else "as before"
        click.echo(f"features rank {word}: NDCG {one.ndcg:.4f}, limit {one.limit:g}")
    if not found:
        click.echo("The baseline holds nothing to compare.")
