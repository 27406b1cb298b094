"""Parts of the documentation that are made from the code, so that they cannot fall behind it.

A page asks for a part with a line of its own, `<!-- generated: cli -->`; the part takes the line's place as Markdown
before the page is parsed. `PARTS` lists what there is.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from docs._ext import algorithm_tables

import trialbook
from trialbook import errors
from trialbook.clarify import metrics as bias
from trialbook.clarify.gauges import STAGE_TITLES
from trialbook.clarify.schema import ROOT, Node
from trialbook.cli import group
from trialbook.handlers import native
from trialbook.jobs.environments import Environments
from trialbook.jobs.images import Images
from trialbook.jobs.serving_recipe import Kitchen
from trialbook.jobs.works import make_works
from trialbook.model import NOUNS
from trialbook.server import openapi
from trialbook.services import forms
from trialbook.store import schema
from trialbook.wire.operations import OPERATIONS, Served, function_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sphinx.application import Sphinx

MARK = re.compile(r"^<!-- generated: ([a-z-]+) -->$", re.MULTILINE)

SERVICES = {
    "sagemaker": "SageMaker",
    "sagemaker-metrics": "SageMaker Metrics",
    "sagemaker-runtime": "SageMaker Runtime",
    "s3": "S3",
    "sts": "STS",
    "iam": "IAM",
    "logs": "CloudWatch Logs",
    "cloudwatch": "CloudWatch",
    "resourcegroupstaggingapi": "Resource Groups Tagging",
}


def operations() -> str:
    """Every served operation with the first sentence of its handler's docstring, by service and resource."""
    lines: list[str] = []
    for service in dict.fromkeys(served.service for served in OPERATIONS):
        lines += ["", f"## {SERVICES[service]}"]
        groups = dict.fromkeys(served.group for served in OPERATIONS if served.service == service)
        for name in groups:
            lines += ["", "| operation | what it does |", "|---|---|"]
            chosen = [served for served in OPERATIONS if (served.service, served.group) == (service, name)]
            lines += [
                f"| `{served.operation}` | {_cell(handler_summary(served))}{_runs(served)} |" for served in chosen
            ]
    return "\n".join(lines)


def _runs(served: Served) -> str:
    """Mark the operations that start what really runs."""
    return " **Runs.**" if served.operation in running() else ""


@cache
def running() -> frozenset[str]:
    """Name the operations whose jobs and endpoints really run: those whose kind a runner has work for."""
    kitchen = Kitchen(Images(Path("images.toml")), Environments(Path("environments")))
    kinds = make_works(kitchen, cast("Any", None))
    return frozenset(f"Create{NOUNS[kind].name.removesuffix('Name')}" for kind in kinds)


def handler_summary(served: Served) -> str:
    """Give the first sentence of the handler's docstring; empty when it has none."""
    module = importlib.import_module(f"trialbook.handlers.{served.group}")
    handler = getattr(module, function_name(served.operation))
    return (inspect.getdoc(handler) or "").split("\n\n")[0].replace("\n", " ")


def cli() -> str:
    """Every command with its arguments and options, as click knows them."""
    lines: list[str] = []
    for name, command in commands():
        context = click.Context(command, info_name=name, parent=click.Context(group, info_name="trialbook"))
        usage = " ".join([f"trialbook {name}", *command.collect_usage_pieces(context)])
        lines += ["", f"## trialbook {name}", "", "```text", usage, "```", "", inspect.cleandoc(command.help or "")]
        options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
        if options:
            lines += ["", "| option | meaning |", "|---|---|"]
            lines += [f"| {_option_names(option)} | {_cell(_option_help(option))} |" for option in options]
    return "\n".join(lines)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Give every command of `trialbook` by its name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield name, command


def _option_names(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.metavar or option.type.name.upper()}"
    if isinstance(option.type, click.Choice):
        value = f" {'|'.join(str(choice) for choice in option.type.choices)}"
    return ", ".join(f"`{_cell(name + value)}`" for name in (*option.opts, *option.secondary_opts))


def _option_help(option: click.Option) -> str:
    notes = []
    if option.show_default and option.default is not None:
        notes.append(f"Default: `{option.default}`.")
    if isinstance(option.envvar, str):
        notes.append(f"Environment variable: `{option.envvar}`.")
    if option.multiple:
        notes.append("Can be given more than once.")
    return " ".join([option.help or "", *notes])


def sdk() -> str:
    """Every public name of the package, and what can be called on it."""
    lines: list[str] = []
    for name in public_names():
        value = getattr(trialbook, name)
        lines += ["", f"## {name}", *_described(name, value)]
        if inspect.isclass(value):
            for method, function in methods(value):
                lines += ["", f"### {name}.{method}", *_described(method, function)]
    return "\n".join(lines)


def public_names() -> list[str]:
    """Name what `trialbook` offers, classes first."""
    names = [name for name in trialbook.__all__ if not name.startswith("_")]
    return sorted(names, key=lambda name: (not inspect.isclass(getattr(trialbook, name)), name))


def methods(value: type) -> list[tuple[str, Any]]:
    """Give the public methods and properties of a class and what it inherits, by name."""
    return [(name, member) for name, member in inspect.getmembers(value) if not name.startswith("_")]


def _described(name: str, value: Any) -> list[str]:
    signature = "" if isinstance(value, property) else _without_self(str(inspect.signature(value)))
    text = inspect.getdoc(value) or ""
    summary, _, rest = text.partition("\n\n")
    body = [] if not rest else ["", "```text", rest, "```"]
    return ["", "```python", f"{name}{signature}", "```", "", summary.replace("\n", " "), *body]


def _without_self(signature: str) -> str:
    unquoted = re.sub(r"(: |-> )'([^']*)'", r"\1\2", signature)
    return re.sub(r"^\(self(?:, )?", "(", unquoted)


def error_codes() -> str:
    """Every error that a client is told about, from the error tree."""
    lines = ["| code | HTTP status | meaning |", "|---|---|---|"]
    told = [error for error in errors.ApiError.__subclasses__() if error is not errors.CodedError]
    lines += [f"| `{error.code}` | {error.status} | {_cell(inspect.getdoc(error) or '')} |" for error in told]
    return "\n".join(lines)


def api() -> str:
    """Every operation of Trialbook's own API with the members of its request."""
    lines: list[str] = []
    for name, operation in {**native.OPERATIONS, **native.MESSAGES}.items():
        lines += ["", f"## {name}", "", openapi.summary(operation)]
        known = forms.members(native.FORMS[name]) if name in native.FORMS else {}
        if known:
            lines += ["", "| member | type | default | meaning |", "|---|---|---|---|"]
        for member in known.values():
            default = "required" if member.required else f"`{json.dumps(member.default)}`"
            lines.append(f"| `{member.name}` | {_cell(forms.words(member))} | {default} | {_cell(member.says)} |")
    return "\n".join(lines)


def tables() -> str:
    """Every table of the database with its columns."""
    lines = ["| table | columns |", "|---|---|"]
    for table in schema.metadata.sorted_tables:
        columns = ", ".join(f"`{column.name}`" for column in table.columns)
        lines.append(f"| `{table.name}` | {columns} |")
    drawing = (inspect.getdoc(schema) or "").partition("::\n")[2].partition("\n\nDocuments are")[0]
    return "\n".join(["```text", inspect.cleandoc(drawing), "```", "", *lines])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").strip()


def bias_metrics() -> str:
    """Every bias metric with its explanation, from the docstring of the function that computes it."""
    titles = {"Zero": "at 0", "One": "at 1", "Above": "above it", "Below": "below it", "Ours": "note"}
    lines: list[str] = []
    for stage, heading in STAGE_TITLES.items():
        lines += ["", f"## {heading}"]
        for one in bias.metrics(stage):
            found = one.lines
            lines += ["", f"### {one.title} ({one.key})", "", one.text, "", "| | |", "|---|---|"]
            lines += [f"| formula | `{_cell(found['Formula'])}` |", f"| range | {_cell(found['Range'])} |"]
            lines += [f"| {title} | {_cell(found[name])} |" for name, title in titles.items() if name in found]
            lines += [f"| source | [AWS's documentation]({found['Source']}) |"]
    return "\n".join(lines)


def analysis_config() -> str:
    """Every member of analysis_config.json, from the shape that documents are validated with."""
    return "\n".join(["| member | what it holds |", "|---|---|", *_members(ROOT, "")])


def _members(node: Node, path: str) -> Iterator[str]:
    for name, member in (node.members or {}).items():
        place = f"{path}.{name}" if path else name
        needed = "; required" if name in node.required else ""
        yield f"| `{place}` | {_cell(member.says)}{needed} |"
        inner = member.items if member.items is not None else member
        yield from _members(inner, f"{place}[]" if inner is member.items else place)


def layers() -> str:
    """Every layer of the package with the first line of its docstring, top first, as import-linter checks them."""
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["tool"]["importlinter"]
    checked = next(one["layers"] for one in settings["contracts"] if one["type"] == "layers")
    lines = ["| layer | what it holds |", "|---|---|"]
    for layer in checked:
        for module in re.findall(r"[\w.]+", layer):
            summary = (inspect.getdoc(importlib.import_module(module)) or "").split("\n\n")[0]
            lines.append(f"| `{module.removeprefix('trialbook.')}` | {_cell(summary)} |")
    return "\n".join(lines)


PARTS: dict[str, Callable[[], str]] = {
    "layers": layers,
    "operations": operations,
    "api": api,
    "cli": cli,
    "sdk": sdk,
    "errors": error_codes,
    "tables": tables,
    "bias-metrics": bias_metrics,
    "analysis-config": analysis_config,
    **algorithm_tables.PARTS,
}


def expand(source: str) -> str:
    """Put the generated parts in the place of their marks. An unknown part is a KeyError."""
    return MARK.sub(lambda mark: PARTS[mark[1]](), source)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""

    def read(_app: Sphinx, _page: str, source: list[str]) -> None:
        source[0] = expand(source[0])

    app.connect("source-read", read)
    return {"parallel_read_safe": True}
