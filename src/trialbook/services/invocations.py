"""Invoking endpoints: what is wrong with the endpoint is said here, the rest is up to the host of its models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import CodedError
from trialbook.model import Kind
from trialbook.services.endpoint_states import IN_SERVICE, UPDATING

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.services.hosting import Invocation, Reply


def invoke_endpoint(call: Call, name: str, invocation: Invocation) -> Reply:
    """Send a request to the model behind an endpoint. One that is being updated goes on serving.

    Raises
    ------
    CodedError
        ValidationError, 400, when the endpoint is not there or not in service; ModelError, 424, when the model fails
        (no 5xx, which clients would send again).
    """
    entity = call.store.find(Kind.ENDPOINT, call.scope.key(name))
    if entity is None or entity.doc is None:
        message = f"Endpoint {name} of account {call.scope.account} not found in region {call.scope.region}."
        raise CodedError("ValidationError", message)
    status = entity.doc.get("EndpointStatus", "")
    if status not in {IN_SERVICE, UPDATING}:
        why = f" Its FailureReason: {entity.doc['FailureReason']}" if "FailureReason" in entity.doc else ""
        message = f"Endpoint {name} of account {call.scope.account} is {status}; it must be {IN_SERVICE}.{why}"
        raise CodedError("ValidationError", message)
    return call.workspace.host.invoke(call, name, invocation)
