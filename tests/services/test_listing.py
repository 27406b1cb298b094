"""Whether "after" and "before" include the time itself: what the model's documentation says, kind by kind."""

from __future__ import annotations

import pytest

from trialbook.handlers.dispatch import dispatch
from trialbook.services.context import Call


@pytest.mark.parametrize(
    ("create", "members", "listing", "summaries", "created", "includes"),
    [
        (
            "CreateExperiment",
            {"ExperimentName": "e"},
            "ListExperiments",
            "ExperimentSummaries",
            "Created",
            (False, False),
        ),
        (
            "CreateContext",
            {"ContextName": "c", "ContextType": "t", "Source": {"SourceUri": "u"}},
            "ListContexts",
            "ContextSummaries",
            "Created",
            (True, True),
        ),
        (
            "CreateModel",
            {"ModelName": "m", "PrimaryContainer": {"Image": "i", "ModelDataUrl": "s3://b/model.tar.gz"}},
            "ListModels",
            "Models",
            "CreationTime",
            (True, False),
        ),
    ],
)
def test_a_time_itself_is_on_the_documented_side(
    call: Call,
    create: str,
    members: dict[str, object],
    listing: str,
    summaries: str,
    created: str,
    includes: tuple[bool, bool],
) -> None:
    dispatch(call, "sagemaker", create, members)
    (found,) = dispatch(call, "sagemaker", listing, {})[summaries]
    moment = found["CreationTime"]
    after = dispatch(call, "sagemaker", listing, {f"{created}After": moment})[summaries]
    before = dispatch(call, "sagemaker", listing, {f"{created}Before": moment})[summaries]
    assert (bool(after), bool(before)) == includes
