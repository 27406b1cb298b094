"""From an operation's name to its function: the served operations are `wire.operations.OPERATIONS`, nothing else.

Both the HTTP server and the in-process client call `dispatch`, so that they share every line of the rules.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, cast

from trialbook.errors import UnknownOperationError
from trialbook.model import Document
from trialbook.wire import operations
from trialbook.wire.catalog import operation as operation_model
from trialbook.wire.project import project
from trialbook.wire.validate import validate

if TYPE_CHECKING:
    from trialbook.services.context import Call

STATUS = "_status"
Handler = Callable[["Call", Document], Document]


@cache
def handler(service: str, operation: str) -> Handler:
    """Give the function that serves an operation. Raises `UnknownOperationError` when none does."""
    for served in operations.OPERATIONS:
        if served.service == service and served.operation == operation:
            module = importlib.import_module(f"trialbook.handlers.{served.group}")
            return cast("Handler", getattr(module, operations.function_name(operation)))
    raise UnknownOperationError(f"Trialbook does not serve {service}.{operation}.")


def dispatch(call: Call, service: str, operation: str, request: Document) -> Document:
    """Validate a request and run its operation; the answer has only members that the operation's output has.

    A handler may say the HTTP status that goes with its answer (206, 304) in the private member `_status`.
    """
    model = operation_model(service, operation)
    if model is None:
        raise UnknownOperationError(f"AWS's {service} has no operation {operation}.")
    if model.input_shape is not None:
        validate(model.input_shape, request, strict=call.strict)
    answer = handler(service, operation)(call, request)
    projected = {} if model.output_shape is None else project(model.output_shape, answer)
    return {**projected, STATUS: answer[STATUS]} if STATUS in answer else projected
