"""Trialbook's own API over HTTP: tables, properties, values, groups, matrices, and what describes them."""

from __future__ import annotations

import json
import math
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from tests.conftest import LiveServer, serve

from trialbook.errors import ApiError
from trialbook.handlers import native
from trialbook.sdk.transport import HttpTransport, LocalTransport
from trialbook.services import forms
from trialbook.settings import Settings

RUNS = 12


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Twelve runs over two experiments: Run-0 ... Run-11; lr in nine of them, optimizer a number in one."""
    folder: Path = tmp_path_factory.mktemp("native")
    with serve(Settings(store=str(folder / "store"))) as live:
        api = HttpTransport(live.url)
        for experiment in ("One", "Two"):
            api.aws("CreateExperiment", {"ExperimentName": experiment})
            api.aws("CreateTrial", {"TrialName": f"T-{experiment}", "ExperimentName": experiment})
        for run in range(RUNS):
            parameters: dict[str, Any] = {"optimizer": {"StringValue": ("adam", "sgd", "Adamax")[run % 3]}}
            if run % 4:
                parameters["lr"] = {"NumberValue": run / 10}
            if run == 11:
                parameters["optimizer"] = {"NumberValue": 3.0}
            name = f"Run-{run}"
            api.aws("CreateTrialComponent", {"TrialComponentName": name, "Parameters": parameters})
            trial = f"T-{('One', 'Two')[run % 2]}"
            api.aws("AssociateTrialComponent", {"TrialComponentName": name, "TrialName": trial})
        yield live


@pytest.fixture
def api(server: LiveServer) -> HttpTransport:
    return HttpTransport(server.url)


def test_a_table_holds_what_was_asked_for_and_no_more(api: HttpTransport) -> None:
    columns = ["Parameters.lr", "Parameters.optimizer", "Parents.ExperimentName"]
    asked = {"where": "Parameters.lr > 0.2", "sort": ["-Parameters.lr"], "columns": columns, "limit": 3}
    found = api.call("table", asked)
    assert found["total"] == 7
    assert found["names"] == ["Run-11", "Run-10", "Run-9"]
    assert found["arns"][0] == "arn:aws:sagemaker:us-east-1:000000000000:experiment-trial-component/run-11"
    assert found["columns"] == {
        "Parameters.lr": [1.1, 1.0, 0.9],
        "Parameters.optimizer": [3.0, "sgd", "adam"],
        "Parents.ExperimentName": [["Two"], ["One"], ["Two"]],
    }
    assert found["types"] == {
        "Parameters.lr": "number", "Parameters.optimizer": "mixed", "Parents.ExperimentName": "text",
    }  # fmt: skip


def test_a_table_pages_by_token_and_by_offset_alike(api: HttpTransport) -> None:
    asked = {"sort": ["Parameters.optimizer", "-Parameters.lr"], "limit": 5}
    every = api.call("table", {**asked, "limit": 1000})
    assert every["token"] is None
    by_token: list[str] = []
    token = None
    while True:
        page = api.call("table", {**asked, "token": token})
        by_token += page["names"]
        token = page["token"]
        if token is None:
            break
    by_offset = [name for start in (0, 5, 10, 15) for name in api.call("table", {**asked, "offset": start})["names"]]
    assert by_token == by_offset == every["names"]
    assert len(every["names"]) == RUNS


def test_a_where_may_be_an_expression_of_aws(api: HttpTransport) -> None:
    filters = [{"Name": "Parameters.optimizer", "Operator": "Contains", "Value": "adam"}]
    by_expression = api.call("table", {"where": {"expression": {"Filters": filters}}, "sort": ["TrialComponentName"]})
    by_text = api.call("table", {"where": "Parameters.optimizer contains adam", "sort": ["TrialComponentName"]})
    assert by_expression["names"] == by_text["names"]
    assert by_text["total"] == 4


def test_properties_have_types_groups_and_counts(api: HttpTransport) -> None:
    found = {one["name"]: one for one in api.call("properties", {})["properties"]}
    assert found["Parameters.lr"] == {"name": "Parameters.lr", "type": "number", "group": "Parameters", "count": 9}
    assert found["Parameters.optimizer"]["type"] == "mixed"
    assert found["CreationTime"]["type"] == "time"
    assert found["Parents.ExperimentName"]["count"] == RUNS
    assert [one["name"] for one in api.call("properties", {"q": "OPTIM"})["properties"]] == ["Parameters.optimizer"]
    few = api.call("properties", {"where": "Parameters.lr < 0.3", "q": "parameters.lr"})["properties"]
    assert [one["count"] for one in few] == [2]


def test_values_have_counts_a_range_and_what_lacks_them(api: HttpTransport) -> None:
    found = api.call("values", {"property": "Parameters.lr"})
    assert (found["count"], found["missing"], found["distinct"]) == (9, 3, 9)
    assert (found["range"]["min"], found["range"]["max"], found["range"]["quantiles"]["0.5"]) == (0.1, 1.1, 0.6)
    texts = api.call("values", {"property": "Parameters.optimizer", "q": "ADAM"})
    assert texts["values"] == [{"value": "adam", "count": 4}, {"value": "Adamax", "count": 3}]
    assert texts["range"] == {"min": 3.0, "max": 3.0, "quantiles": dict.fromkeys(texts["range"]["quantiles"], 3.0)}
    assert api.call("values", {"property": "Tags.none"})["range"] is None


def test_groups_have_aggregates_and_an_order(api: HttpTransport) -> None:
    functions = ("mean", "min", "max", "std", "count", "median")
    found = api.call(
        "groups",
        {
            "by": ["Parents.ExperimentName", "Parameters.optimizer"],
            "aggregates": [{"property": "Parameters.lr", "function": one} for one in functions],
            "sort": ["Parents.ExperimentName", "-max(Parameters.lr)"],
        },
    )
    assert found["total"] == 7
    assert found["by"]["Parents.ExperimentName"] == ["One"] * 3 + ["Two"] * 4
    told = {one["function"]: one["values"] for one in found["aggregates"]}
    sgd = found["by"]["Parameters.optimizer"].index("sgd")  # runs 4 (no lr) and 10
    assert found["counts"][sgd] == 2
    assert [told[one][sgd] for one in functions] == [1.0, 1.0, 1.0, None, 1, 1.0]
    assert told["max"][:3] == sorted(told["max"][:3], reverse=True)


def test_a_matrix_gives_the_named_records_in_their_order(api: HttpTransport) -> None:
    found = api.call("matrix", {"names": ["run-7", "Run-4"], "columns": ["Parameters.lr"]})
    assert found["names"] == ["Run-7", "Run-4"]
    assert found["columns"] == {"Parameters.lr": [0.7, None]}
    assert len(api.call("matrix", {"columns": ["Parameters.lr"]})["columns"]["Parameters.lr"]) == RUNS
    with pytest.raises(ApiError, match="no trial component named 'run-99'"):
        api.call("matrix", {"names": ["run-99"], "columns": []})


def test_numbers_that_json_lacks_travel_as_text(api: HttpTransport, server: LiveServer) -> None:
    values = {"a": math.nan, "b": math.inf, "c": -math.inf}
    parameters = {name: {"NumberValue": value} for name, value in values.items()}
    api.aws("CreateTrialComponent", {"TrialComponentName": "odd", "Parameters": parameters})
    try:
        columns = [f"Parameters.{name}" for name in values]
        found = api.call("table", {"where": "TrialComponentName = ODD", "columns": columns})
        assert list(found["columns"].values()) == [["NaN"], ["Infinity"], ["-Infinity"]]
        assert api.call("values", {"property": "Parameters.a"})["values"] == [{"value": "NaN", "count": 1}]
    finally:
        api.aws("DeleteTrialComponent", {"TrialComponentName": "odd"})


def test_half_of_a_surrogate_pair_travels(api: HttpTransport, server: LiveServer) -> None:
    parameters = {"half": {"StringValue": "\ud800"}}
    LocalTransport(server.workspace).aws(
        "CreateTrialComponent", {"TrialComponentName": "half", "Parameters": parameters}
    )
    try:
        found = api.call("table", {"where": "exists Parameters.half", "columns": ["Parameters.half"]})
        assert found["columns"] == {"Parameters.half": ["\ud800"]}
    finally:
        api.aws("DeleteTrialComponent", {"TrialComponentName": "half"})


@pytest.mark.parametrize(
    ("operation", "request_", "words"),
    [
        ("table", {"colums": []}, "no member 'colums' here. Did you mean 'columns'"),
        ("table", {"limit": 5000}, "'limit' is 5000; it must be a whole number between 0 and 1000"),
        ("table", {"limit": "5"}, "'limit' must be a whole number between 0 and 1000, not '5'"),
        ("table", {"columns": "lr"}, "'columns' must be a list, each of it text, not 'lr'"),
        ("table", {"columns": [3]}, r"'columns\[0\]' must be text, not 3"),
        ("table", {"where": {"Filters": []}}, "no member 'where.Filters' here"),
        ("table", {"where": {"expression": {"Filters": 3}}}, "[Ff]ilters"),
        ("table", {"where": "Parametrs.lr > 3"}, "Unknown property name: Parametrs.lr. Did you mean Parameters."),
        ("table", {"columns": ["Status"]}, "Status is not a single value: ask for one of its members"),
        ("table", {"resource": "runn"}, "Did you mean 'run'"),
        ("table", {"token": "nonsense"}, "pagination token"),
        ("values", {}, "'property' must be given: text"),
        ("groups", {"by": []}, "'by' must name at least one property"),
        ("groups", {"by": ["Parameters.lr"], "sort": ["size"]}, "cannot be sorted by size: there are count, Param"),
        (
            "groups",
            {"by": ["Parameters.lr"], "aggregates": [{"property": "Metrics.a", "function": "Mean"}]},
            "function' is 'Mean'; it must be one of mean, .* Did you mean 'mean'",
        ),
        ("matrix", {"names": ["a"], "where": "b", "columns": []}, "not both"),
    ],
)
def test_a_bad_request_is_told_its_member_and_its_rule(
    api: HttpTransport, operation: str, request_: dict[str, Any], words: str
) -> None:
    with pytest.raises(ApiError, match=words):
        api.call(operation, request_)


def get_document(server: LiveServer) -> dict[str, Any]:
    with urllib.request.urlopen(f"{server.url}/api/v1/openapi.json", timeout=30) as answer:
        assert answer.headers["content-type"] == "application/json"
        document: dict[str, Any] = json.load(answer)
        return document


def test_the_openapi_document_is_valid_and_has_every_operation(server: LiveServer) -> None:
    document = get_document(server)
    validate(document)
    assert document["openapi"].startswith("3.1")
    posted = {path for path, methods in document["paths"].items() if "post" in methods}
    assert posted == {f"/api/v1/{name}" for name in (*native.OPERATIONS, *native.VIEWS, *native.MESSAGES)}
    assert set(document["paths"]) - posted == {"/api/v1/events", "/api/v1/openapi.json"}
    for path, methods in document["paths"].items():
        for method in methods.values():
            assert method["summary"].endswith("."), f"{path} needs a docstring"


@pytest.mark.parametrize("name", native.FORMS)
def test_every_member_of_a_form_says_what_it_means(name: str) -> None:
    for member in forms.members(native.FORMS[name]).values():
        assert member.says, f"{name}.{member.name} needs a Says"


def test_a_condition_is_told_in_both_forms(api: HttpTransport) -> None:
    told = api.call("translate", {"where": "Parameters.lr > 0.2 or exists Tags.x"})
    assert told["expression"]["Operator"] == "Or"
    assert api.call("translate", {"where": {"expression": told["expression"]}})["text"] == told["text"]
    assert api.call("translate", {"where": ""}) == {"text": "", "expression": None, "problem": None}


def test_what_sagemakers_form_cannot_say_is_said(api: HttpTransport) -> None:
    told = api.call("translate", {"where": "adult"})
    assert told["expression"] is None
    assert told["problem"]
