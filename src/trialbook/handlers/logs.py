"""CloudWatch Logs: groups, streams and events of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import CodedError
from trialbook.services import logs

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.services.logs import Stream


def describe_log_groups(call: Call, request: Document) -> Document:
    """Give the groups that hold anything."""
    prefix, pattern = request.get("logGroupNamePrefix", ""), request.get("logGroupNamePattern", "").lower()
    groups = [
        {
            "logGroupName": name,
            "creationTime": min(stream.created for stream in streams),
            "arn": f"{_arn(call, name)}:*",
            "logGroupArn": _arn(call, name),
            "storedBytes": 0,
        }
        for name in logs.find_groups(call)
        if name.startswith(prefix) and pattern in name.lower() and (streams := logs.find_streams(call, name))
    ]
    return {"logGroups": groups}


def describe_log_streams(call: Call, request: Document) -> Document:
    """Give a group's streams, by name or by their last event, page by page."""
    streams = logs.require_streams(call, _group(request), request.get("logStreamNamePrefix", ""))
    by_time = request.get("orderBy") == "LastEventTime"
    streams.sort(key=lambda one: (one.last if by_time else 0, one.name), reverse=request.get("descending", False))
    start, limit = _offset(request), request.get("limit", 50)
    answer: Document = {"logStreams": [_describe(call, stream) for stream in streams[start : start + limit]]}
    if start + limit < len(streams):
        answer["nextToken"] = str(start + limit)
    return answer


def get_log_events(call: Call, request: Document) -> Document:
    """Give a page of a stream's events; the page behind the last one is empty and repeats its token."""
    stream = logs.require_stream(call, _group(request), request["logStreamName"])
    events = stream.events.between(request.get("startTime"), request.get("endTime"))
    page = logs.page_events(
        events,
        request.get("nextToken"),
        request.get("limit", 10_000),
        from_head=request.get("startFromHead", False),
    )
    shown = [{"timestamp": event.time, "message": event.message, "ingestionTime": event.time} for event in page.events]
    return {"events": shown, "nextForwardToken": page.forward, "nextBackwardToken": page.backward}


def filter_log_events(call: Call, request: Document) -> Document:
    """Give the events of a group's streams in order of time; the pattern is plain text that a line holds."""
    wanted, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix", "")
    text = request.get("filterPattern", "").strip().strip('"')
    found = [
        {
            "logStreamName": stream.name,
            "timestamp": event.time,
            "message": event.message,
            "ingestionTime": event.time,
            "eventId": f"{stream.name}/{number}",
        }
        for stream in logs.require_streams(call, _group(request), prefix)
        if wanted is None or stream.name in wanted
        for number, event in enumerate(stream.events.between(request.get("startTime"), request.get("endTime")))
        if text in event.message
    ]
    found.sort(key=lambda event: (event["timestamp"], event["eventId"]))
    start, limit = _offset(request), request.get("limit", 10_000)
    answer: Document = {"events": found[start : start + limit], "searchedLogStreams": []}
    if start + limit < len(found):
        answer["nextToken"] = str(start + limit)
    return answer


def _group(request: Document) -> str:
    name = request.get("logGroupName") or request.get("logGroupIdentifier")
    if not name:
        raise CodedError("InvalidParameterException", "Give the group as logGroupName.")
    return str(name).rpartition(":log-group:")[2]


def _describe(call: Call, stream: Stream) -> Document:
    answer: Document = {
        "logStreamName": stream.name,
        "creationTime": stream.created,
        "arn": f"{_arn(call, stream.group)}:log-stream:{stream.name}",
        "storedBytes": 0,
    }
    if stream.events:
        times = {"firstEventTimestamp": stream.created, "lastEventTimestamp": stream.last}
        answer.update(times, lastIngestionTime=stream.last)
    return answer


def _arn(call: Call, group: str) -> str:
    return f"arn:aws:logs:{call.scope.region}:{call.scope.account}:log-group:{group}"


def _offset(request: Document) -> int:
    token = request.get("nextToken", "0")
    if not (token.isascii() and token.isdigit() and len(token) < 18):
        raise CodedError("InvalidParameterException", f"The specified nextToken is invalid: '{token[:100]}'.")
    return int(token)
