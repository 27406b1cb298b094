"""Invoking endpoints. Models are not served in this version: an endpoint is a record, and says so when invoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import CodedError
from trialbook.model import Kind

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call

IN_SERVICE = "InService"


def invoke_endpoint(call: Call, name: str) -> Document:
    """Refuse to invoke: first for what is wrong with the endpoint, else because no model runs behind it.

    Raises
    ------
    CodedError
        ValidationError, 400, when the endpoint is not there or not in service; ModelError, 424, otherwise (no 5xx,
        which clients would send again).
    """
    entity = call.store.find(Kind.ENDPOINT, call.scope.key(name))
    if entity is None or entity.doc is None:
        message = f"Endpoint {name} of account {call.scope.account} not found in region {call.scope.region}."
        raise CodedError("ValidationError", message)
    status = entity.doc.get("EndpointStatus", "")
    if status != IN_SERVICE:
        message = f"Endpoint {name} of account {call.scope.account} is {status}; it must be {IN_SERVICE}."
        raise CodedError("ValidationError", message)
    error = CodedError(
        "ModelError",
        f"Endpoint {name} is a record and no model runs behind it: `--launcher record` only records. Models are served "
        "from the next release on.",
        424,
    )
    error.members = {"OriginalStatusCode": 501, "OriginalMessage": "No model runs behind this endpoint."}
    raise error
