"""InvokeEndpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.services import invocations
from trialbook.services.hosting import Invocation

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call


def invoke_endpoint(call: Call, request: Document) -> Document:
    """Send a request to the model behind an endpoint."""
    reply = invocations.invoke_endpoint(
        call,
        request["EndpointName"],
        Invocation(
            body=_bytes(request.get("Body")),
            content_type=request.get("ContentType"),
            accept=request.get("Accept"),
            custom_attributes=request.get("CustomAttributes"),
            inference_id=request.get("InferenceId"),
            session_id=request.get("SessionId"),
            variant=request.get("TargetVariant"),
            container=request.get("TargetContainerHostname"),
        ),
    )
    answer: Document = {
        "Body": reply.body,
        "ContentType": reply.content_type,
        "InvokedProductionVariant": reply.variant,
    }
    return answer if reply.custom_attributes is None else {**answer, "CustomAttributes": reply.custom_attributes}


def _bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else bytes(body.read()) if hasattr(body, "read") else b""
