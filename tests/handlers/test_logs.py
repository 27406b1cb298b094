"""CloudWatch Logs: what the SDK relies on, with and without events."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import LiveServer

from trialbook.errors import CodedError
from trialbook.services.logs import Event, page_events

GROUP = "/aws/sagemaker/TrainingJobs"
EVENTS = [Event(time, f"line {time}") for time in range(10)]


@pytest.fixture
def logs(live_server: LiveServer) -> Any:
    return live_server.client("logs")


def test_a_group_without_logs_does_not_exist_yet(logs: Any) -> None:
    for action, request in (
        (logs.describe_log_streams, {"logStreamNamePrefix": "job/"}),
        (logs.get_log_events, {"logStreamName": "job/algo-1"}),
        (logs.filter_log_events, {}),
    ):
        with pytest.raises(ClientError, match=GROUP) as caught:
            action(logGroupName=GROUP, **request)
        # The SDK goes on polling on this code, and gives up on any other.
        assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_no_group_is_listed_before_it_holds_anything(logs: Any) -> None:
    assert logs.describe_log_groups(logGroupNamePrefix="/aws/sagemaker")["logGroups"] == []


@pytest.mark.parametrize("limit", [1, 3, 10, 100])
def test_reading_forwards_gives_every_event_and_then_an_empty_page_for_ever(limit: int) -> None:
    page = page_events(EVENTS, None, limit, from_head=True)
    found = list(page.events)
    for _ in itertools.count():
        page = page_events(EVENTS, page.forward, limit)
        if not page.events:
            break
        found += page.events
    assert found == EVENTS
    assert page_events(EVENTS, page.forward, limit) == page


def test_reading_goes_on_when_events_come_after_the_end() -> None:
    end = page_events(EVENTS, None, 100, from_head=True).forward
    assert page_events([*EVENTS, Event(10, "late")], end, 100).events == [Event(10, "late")]


def test_reading_from_the_tail_goes_backwards() -> None:
    last = page_events(EVENTS, None, 4)
    before = page_events(EVENTS, last.backward, 4)
    assert [event.time for event in [*before.events, *last.events]] == list(range(2, 10))


def test_a_stream_without_events_is_one_empty_page() -> None:
    assert page_events([], None, from_head=True) == page_events([], "f/0")


@pytest.mark.parametrize("token", ["", "x/1", "f/", "f/-1", "f/٣", "f/" + "9" * 30])
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(CodedError, match="nextToken") as caught:
        page_events(EVENTS, token)
    assert caught.value.code == "InvalidParameterException"
