"""`trialbook gate`: conditions that a run must meet, for continuous integration; exits with 1 when it does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from trialbook.cli.store_option import store_option
from trialbook.cli.tables import print_table
from trialbook.sdk.reading import open_reading
from trialbook.search.text import format_node, parse
from trialbook.search.tree import Condition, Group, Nested, Node, Not, Operator, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.model import Document
    from trialbook.sdk.transport import Transport

_OF_PRESENCE = (Operator.EXISTS, Operator.NOT_EXISTS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one condition.

    Attributes
    ----------
    condition
        Its text.
    values
        The run's values of the properties in it; None where the run has none.
    outcome
        "holds", "fails", or "missing" when it fails for want of a value.
    """

    condition: str
    values: dict[str, object]
    outcome: str


@click.command()
@click.argument("run")
@click.argument("conditions", nargs=-1, required=True, metavar="CONDITION...")
@store_option
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
def gate(run: str, conditions: tuple[str, ...], store: str | None, as_json: bool) -> None:
    """Check that RUN meets every CONDITION, such as 'Metrics.bias.post.DI.Sex between (0.8, 1.25)'.

    RUN is the name of its trial component (<experiment>-<run>). Prints each condition with the run's value, and exits
    with 1 when one fails; a condition on a metric that the run does not have fails, and says so.
    """
    transport = open_reading(store)
    name = transport.call("run", {"name": run})["TrialComponentName"]
    verdicts = [judge(transport, name, part) for text in conditions for part in parts(parse(text))]
    if as_json:
        click.echo(json.dumps([{"condition": v.condition, "values": v.values, "outcome": v.outcome} for v in verdicts]))
    else:
        print_table(["", "condition", "value"], [_row(one) for one in verdicts])
        failed = sum(v.outcome != "holds" for v in verdicts)
        click.echo(f"{name}: {len(verdicts) - failed} of {len(verdicts)} conditions hold")
    if any(v.outcome != "holds" for v in verdicts):
        raise SystemExit(1)


def parts(node: Node) -> Iterator[Node]:
    """Give the conditions that must all hold, one by one."""
    if isinstance(node, Group) and node.every:
        for one in node.nodes:
            yield from parts(one)
    else:
        yield node


def judge(transport: Transport, run: str, node: Node) -> Verdict:
    """Try a condition on a run, by its full name."""
    named = Condition("TrialComponentName", Operator.EQUALS, run)
    asked = list(_properties(node))
    columns = list(dict.fromkeys(name for name, _ in asked))
    found = transport.call("table", {"where": format_node(named), "columns": columns})
    place = found["names"].index(run)
    values: Document = {name: found["columns"][name][place] for name in columns}
    both = transport.call("table", {"where": format_node(Group(every=True, nodes=(named, node)))})
    holds = run in both["names"]
    lacking = any(values[name] is None for name, of_presence in asked if not of_presence)
    if holds and lacking and _negates(node):  # `not Metrics.x > 1` holds for a run without x, which is no proof
        holds = False
    return Verdict(format_node(node), values, "holds" if holds else "missing" if lacking else "fails")


def _properties(node: Node) -> Iterator[tuple[str, bool]]:
    """Give each property in a condition, and whether only its presence is asked."""
    if isinstance(node, Condition):
        yield node.name, node.operator in _OF_PRESENCE
    elif isinstance(node, Not):
        yield from _properties(node.node)
    elif isinstance(node, Group | Nested):
        for one in node.nodes if isinstance(node, Group) else node.conditions:
            yield from _properties(one)
    else:
        assert isinstance(node, Words)


def _negates(node: Node) -> bool:
    if isinstance(node, Group):
        return any(_negates(one) for one in node.nodes)
    return isinstance(node, Not)


def _row(verdict: Verdict) -> tuple[str, str, str]:
    shown = "\n".join(_value(name, value) for name, value in verdict.values.items())
    return verdict.outcome if verdict.outcome == "holds" else verdict.outcome.upper(), verdict.condition, shown


def _value(name: str, value: object) -> str:
    short = name.removeprefix("Metrics.")
    if value is None:
        return f"the run has no {short}"
    return f"{short} = {value:.6g}" if isinstance(value, float) else f"{short} = {value}"
