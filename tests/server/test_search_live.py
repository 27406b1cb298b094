"""Search of a live server against the reference, while a second process writes to the same store.

One server answers searches; a second one over the same store takes another client's writes all the while, so every
search is at another revision. The other client's records have a tag that the tested queries leave out.
"""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialbook.search.expression import to_wire
from trialbook.search.tree import Condition, Group, Node, Operator, SortKey
from trialbook.testing import search_reference as reference
from trialbook.testing.processes import ServerProcess

RECORDS = 60
OTHERS = {"Key": "others", "Value": "yes"}
NOW = 1_795_404_960


def post(url: str, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    message = urllib.request.Request(
        url,
        json.dumps(request).encode(),
        {"X-Amz-Target": f"SageMaker.{operation}", "Content-Type": "application/x-amz-json-1.1"},
        method="POST",
    )
    with urllib.request.urlopen(message, timeout=30) as answer:
        document: dict[str, Any] = json.load(answer)
        return document


def put_points(url: str, component: str, name: str, series: list[float]) -> None:
    data = [
        {"MetricName": name, "Timestamp": NOW + step, "Step": step, "Value": value} for step, value in enumerate(series)
    ]
    body = json.dumps({"TrialComponentName": component, "MetricData": data}).encode()
    message = urllib.request.Request(f"{url}/BatchPutMetrics", body, {"Content-Type": "application/json"}, method="PUT")
    with urllib.request.urlopen(message, timeout=30) as answer:
        assert "Errors" not in json.load(answer)


@dataclass
class Setting:
    """A server with known records, and a second process that writes others."""

    url: str
    records: list[reference.Record]
    written: list[int]


def make_records(url: str) -> list[reference.Record]:
    """Draw the records once; every example queries them."""
    records: list[reference.Record] = []

    @settings(
        max_examples=RECORDS, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(reference.documents(), reference.points)
    def make(doc: dict[str, Any], points: dict[str, list[float]]) -> None:
        row = len(records)
        name = f"Record-{row}"
        # Parents come from associations, and creation times from the clock: both are tested on the engine itself.
        given_members: dict[str, Any] = {key: doc[key] for key in ("Tags", "Parameters", "DisplayName") if key in doc}
        post(url, "CreateTrialComponent", {"TrialComponentName": name, **given_members})
        for metric, series in points.items():
            put_points(url, name, metric, series)
        metrics = {metric: reference.statistics(series) for metric, series in points.items()}
        # The server names what has no display name after itself.
        known = {"DisplayName": name, **doc, "TrialComponentName": name, "Parents": [], "CreationTime": 0.0}
        records.append(reference.Record(row, known, metrics))

    make()
    return records


def write_others(url: str, written: list[int], ended: threading.Event) -> None:
    number = 0
    while not ended.is_set():
        name = f"other-{number % 50}"
        if number >= 50:
            post(url, "DeleteTrialComponent", {"TrialComponentName": name})
        parameters = {"p": {"NumberValue": float(number)}, "alpha": {"StringValue": "a"}}
        post(url, "CreateTrialComponent", {"TrialComponentName": name, "Parameters": parameters, "Tags": [OTHERS]})
        number += 1
        written.append(number)


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    folder: Path = tmp_path_factory.mktemp("live")
    with ServerProcess(folder / "store") as first, ServerProcess(folder / "store") as second:
        records = make_records(first.url)
        written: list[int] = []
        ended = threading.Event()
        thread = threading.Thread(target=write_others, args=(second.url, written, ended))
        thread.start()
        yield Setting(first.url, records, written)
        ended.set()
        thread.join(60)


def without_unknowable(node: Node) -> bool:
    """Whether a tree asks only what the reference knows of these records."""
    if isinstance(node, Group):
        return all(without_unknowable(one) for one in node.nodes)
    return isinstance(node, Condition) and not node.name.startswith(("Parents", "CreationTime"))


def agree(setting: Setting, node: Node, sort: SortKey, sizes: list[int]) -> None:
    only_mine = Group(every=True, nodes=(Condition("Tags.others", Operator.NOT_EXISTS), node))
    request: dict[str, Any] = {
        "Resource": "ExperimentTrialComponent",
        "SearchExpression": to_wire(only_mine),
        "SortBy": sort.name,
        "SortOrder": "Descending" if sort.descending else "Ascending",
    }
    expected = [
        record.doc["TrialComponentName"]
        for record in reference.order(setting.records, (sort,))
        if reference.holds(record, node)
    ]
    names: list[str] = []
    page = 0
    while True:
        answer = post(setting.url, "Search", {**request, "MaxResults": sizes[page % len(sizes)]})
        names += [one["TrialComponent"]["TrialComponentName"] for one in answer["Results"]]
        assert answer["TotalHits"] == {"Value": len(expected), "Relation": "EqualTo"}
        page += 1
        if "NextToken" not in answer:
            break
        request["NextToken"] = answer["NextToken"]
    assert names == expected


CASES = given(
    node=reference.trees(with_not=False).filter(without_unknowable),
    sort=reference.sort_keys.filter(lambda key: key.name != "CreationTime"),
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=3),
)
CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]


@settings(max_examples=60, deadline=None, suppress_health_check=CHECKS)
@CASES
def test_a_live_search_agrees_with_the_reference_while_another_process_writes(
    setting: Setting, node: Node, sort: SortKey, sizes: list[int]
) -> None:
    before = len(setting.written)
    agree(setting, node, sort, sizes)
    assert len(setting.written) >= before


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=2000, deadline=None, suppress_health_check=CHECKS)
@CASES
def test_a_live_search_agrees_with_the_reference_two_thousand_times(
    setting: Setting, node: Node, sort: SortKey, sizes: list[int]
) -> None:
    agree(setting, node, sort, sizes)


def test_the_other_process_did_write(setting: Setting) -> None:
    assert len(setting.written) > 10
