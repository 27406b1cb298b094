"""What is served, can be called or can be set is documented; what the README tells readers to type exists."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from docs._ext import generated

import trialbook
from trialbook import errors
from trialbook.handlers import native
from trialbook.services import forms
from trialbook.settings import Settings
from trialbook.store import schema
from trialbook.wire.operations import OPERATIONS, Served

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md"))
MAKEFILE = (ROOT / "Makefile").read_text()


def page(name: str) -> str:
    return generated.expand((DOCS / name).read_text())


@pytest.mark.parametrize("served", OPERATIONS, ids=lambda served: f"{served.service}.{served.operation}")
def test_every_served_operation_says_what_it_does(served: Served) -> None:
    summary = generated.handler_summary(served)
    assert summary.endswith("."), f"the handler of {served.operation} needs a docstring: {summary!r}"
    assert f"| `{served.operation}` | {summary.replace('|', chr(92) + '|')}" in page("reference/operations.md")


@pytest.mark.parametrize("operation", sorted(generated.running()))
def test_an_operation_whose_job_really_runs_is_marked(operation: str) -> None:
    assert re.search(rf"\| `{operation}` \| .+ \*\*Runs\.\*\* \|", page("reference/operations.md"))


@pytest.mark.parametrize(("name", "command"), list(generated.commands()), ids=str)
def test_every_option_of_every_command_is_explained(name: str, command: object) -> None:
    text = page("reference/cli.md")
    assert f"## trialbook {name}" in text
    for parameter in getattr(command, "params"):  # noqa: B009 (a click.Command)
        for option in parameter.opts if parameter.param_type_name == "option" else ():
            assert parameter.help, f"{option} of `trialbook {name}` needs a help text"
            assert f"`{option}" in text


@pytest.mark.parametrize("name", generated.public_names())
def test_every_public_name_and_method_says_what_it_does(name: str) -> None:
    text = page("reference/sdk.md")
    assert f"## {name}\n" in text
    value = getattr(trialbook, name)
    assert value.__doc__
    for method, function in generated.methods(value) if isinstance(value, type) else ():
        assert function.__doc__, f"{name}.{method} needs a docstring"
        assert f"### {name}.{method}\n" in text


@pytest.mark.parametrize("name", [*native.OPERATIONS, *native.MESSAGES])
def test_every_operation_of_our_own_api_and_its_members_are_explained(name: str) -> None:
    text = page("reference/api.md")
    assert f"## {name}\n" in text
    for member in forms.members(native.FORMS[name]) if name in native.FORMS else ():
        assert f"| `{member}` |" in text


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Settings)])
def test_every_setting_is_explained(field: str) -> None:
    assert f"| `{field}` |" in page("reference/settings.md")


VARIABLE = re.compile(r"\bTRIALBOOK_[A-Z_]*[A-Z]\b")
PROGRAMS = [ROOT / "Makefile", ROOT / "hatch_build.py", *sorted((ROOT / "src").rglob("*.py"))]


@pytest.mark.parametrize("variable", sorted({name for path in PROGRAMS for name in VARIABLE.findall(path.read_text())}))
def test_every_environment_variable_is_explained(variable: str) -> None:
    assert f"| `{variable}` |" in page("reference/settings.md")


def test_every_page_of_the_console_is_explained_and_no_other() -> None:
    routes = (ROOT / "console" / "src" / "app" / "routes.ts").read_text()
    table = (DOCS / "howto" / "console.md").read_text().partition("## Pages")[2].partition("\n## ")[0]
    pages = set(re.findall(r'^  "?([a-z-]+)"?: lazy', routes, re.MULTILINE))
    assert pages
    assert pages == set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))


def test_every_key_of_the_console_is_explained() -> None:
    source = (ROOT / "console" / "src" / "app" / "keys.ts").read_text().partition("SHORTCUTS")[2].partition("];")[0]
    keys = {key for keys in re.findall(r'^  \["(.+?)", "', source, re.MULTILINE) for key in keys.split(", ")}
    table = (DOCS / "howto" / "console.md").read_text().partition("## Keys")[2]
    assert keys
    assert not keys - set(re.findall(r"`([^`]+)`", table))


def test_every_page_is_reached_from_the_first() -> None:
    text = (DOCS / "index.md").read_text()
    listed = re.findall(r"^((?:howto|reference|explanation)/[a-z]+)$", text, re.MULTILINE)
    assert sorted(listed) == sorted(
        str(path.relative_to(DOCS).with_suffix("")) for path in PAGES if path.parent != DOCS
    )


def test_every_layer_of_the_architecture_is_drawn() -> None:
    text = page("explanation/architecture.md")
    drawing = text.partition("```text")[2].partition("```")[0]
    for layer in re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE):
        assert re.search(rf"\b{layer}(?:/|\.py)", drawing), f"the picture lacks {layer}"


def test_the_files_that_newcomers_are_sent_to_exist() -> None:
    table = (DOCS / "explanation" / "architecture.md").read_text().partition("| question |")[2].partition("\n\n")[0]
    for name in re.findall(r"`([\w/]+(?:/|\.\w+))`", table):
        assert (ROOT / name).exists() or (ROOT / "src" / "trialbook" / name).exists(), name


def test_every_error_code_is_explained() -> None:
    text = page("reference/errors.md")
    for error in errors.ApiError.__subclasses__():
        assert error is errors.CodedError or f"| `{error.code}` | {error.status} |" in text


def test_every_table_of_the_database_is_drawn_and_listed() -> None:
    text = page("reference/store.md")
    drawing = text.partition("```text")[2].partition("```")[0]
    for name in schema.metadata.tables:
        assert f"| `{name}` |" in text
        assert re.search(rf"\b{name}\b", drawing), f"the drawing of the schema lacks {name}"


def test_a_mark_that_names_no_part_is_an_error() -> None:
    with pytest.raises(KeyError):
        generated.expand("<!-- generated: nothing -->")


@pytest.mark.parametrize("source", ["README.md", "CONTRIBUTING.md", "docs/tutorial.md"])
def test_every_make_target_that_readers_are_told_of_exists(source: str) -> None:
    text = (ROOT / source).read_text()
    targets = set(re.findall(r"^(?:make)(?: ([a-z0-9-]+))?(?: |$)", text, re.MULTILINE))
    targets |= set(re.findall(r"`make ([a-z0-9-]+)", text))
    assert targets
    for target in targets - {""}:
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), f"{source} tells of `make {target}`"


def test_every_make_target_is_explained_by_make_help() -> None:
    phony = MAKEFILE.partition(".PHONY:")[2].partition("\n")[0].split()
    explained = re.findall(r"^([a-z0-9-]+):.*## \S", MAKEFILE, re.MULTILINE)
    assert sorted(phony) == sorted(explained)


@pytest.mark.parametrize(
    "source", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES], ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_command_and_file_that_readers_are_told_of_exists(source: Path) -> None:
    text = source.read_text()
    known = {name for name, _ in generated.commands()}
    for name in re.findall(r"(?:^|`|\$\()trialbook ([a-z]+)\b", text, re.MULTILINE):
        assert name in known, f"{source.name} tells of `trialbook {name}`"
    for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        assert "://" in link or (source.parent / link).exists(), f"{source.name} links to {link}"
    for example in re.findall(r"\bexamples/[\w./-]+\w", text):
        assert (ROOT / example).exists(), f"{source.name} tells of {example}"


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
