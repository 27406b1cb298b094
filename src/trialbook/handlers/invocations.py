"""InvokeEndpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.services import invocations

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call


def invoke_endpoint(call: Call, request: Document) -> Document:
    """Send a request to the model behind an endpoint."""
    return invocations.invoke_endpoint(call, request["EndpointName"])
