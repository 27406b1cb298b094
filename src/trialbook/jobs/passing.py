"""Passing one request on to a variant's containers, and what comes back of it.

A model's own error is a ModelError (424) with its status and text. When a process dies under a request, the request
is sent once more, to the process that is started in its place.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import urllib3

from trialbook.errors import CodedError
from trialbook.services.hosting import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.jobs.variants import Running, Variant
    from trialbook.services.context import Call
    from trialbook.services.hosting import Invocation

WHOLE = 1 << 20
"""Bytes of an answer that is read whole; a longer one is passed on in pieces as it comes."""
_PIECE = 64 * 1024
_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"


def pass_on(call: Call, endpoint: str, variant: Variant, invocation: Invocation, start_wait: float) -> Reply:
    """Send a request through a variant and give the answer.

    Raises
    ------
    CodedError
        ModelError: the model answered with an error, died twice, or took too long.
    Retired, JobFailure, TimeoutError
        As `Variant.held`.
    """
    for last in (False, True):
        with ExitStack() as held:
            containers = held.enter_context(variant.held(start_wait))
            try:
                return _through(call, endpoint, variant, containers, invocation, held)
            except urllib3.exceptions.ReadTimeoutError:
                seconds = call.workspace.settings.invocation_seconds
                raise _model_error(
                    call,
                    endpoint,
                    containers[0],
                    0,
                    f"Your invocation timed out while waiting for a response from the container: {seconds:g} s passed",
                ) from None
            except urllib3.exceptions.HTTPError as error:
                gone = next((one for one in containers if one.process.wait(2.0)), None)
                if gone is None or last:
                    text = f"the process broke the connection off ({type(error).__name__})"
                    if gone is not None:
                        text = gone.process.reason(f"Variant {variant.name}").replace("did not start", "died")
                    raise _model_error(call, endpoint, gone or containers[0], 500, text) from None
    raise AssertionError


def _through(
    call: Call, endpoint: str, variant: Variant, containers: list[Running], invocation: Invocation, held: ExitStack
) -> Reply:
    chosen = _chosen(variant, containers, invocation)
    body, content_type = invocation.body, invocation.content_type
    for number, one in enumerate(chosen):
        final = number == len(chosen) - 1
        headers = _headers(invocation, content_type, final=final)
        response = one.process.post(body, headers, call.workspace.settings.invocation_seconds)
        if not 200 <= response.status < 300:
            text = response.data.decode("utf-8", "replace")
            raise _model_error(call, endpoint, one, response.status, text)
        content_type = response.headers.get("Content-Type") or "application/octet-stream"
        length = response.headers.get("Content-Length", "")
        attributes = response.headers.get(_ATTRIBUTES)
        if final and not (length.isdigit() and int(length) <= WHOLE):
            return Reply(_pieces(response, held.pop_all()), content_type, variant.name, attributes)
        body = response.data
    return Reply(body, content_type or "", variant.name, attributes)


def _chosen(variant: Variant, containers: list[Running], invocation: Invocation) -> list[Running]:
    if variant.plan.get("mode") != "Direct":
        return containers
    names = [one.hostname for one in containers]
    if invocation.container not in names:
        raise CodedError(
            "ValidationError",
            f"The containers of variant {variant.name} are called directly: name one as TargetContainerHostname, of "
            f"{', '.join(name or '(unnamed)' for name in names)}.",
        )
    return [one for one in containers if one.hostname == invocation.container]


def _headers(invocation: Invocation, content_type: str | None, *, final: bool) -> dict[str, str]:
    given = {
        "Content-Type": content_type,
        "Accept": invocation.accept if final else None,
        _ATTRIBUTES: invocation.custom_attributes,
        "X-Amzn-SageMaker-Inference-Id": invocation.inference_id,
        "X-Amzn-SageMaker-Session-Id": invocation.session_id,
    }
    return {name: value for name, value in given.items() if value is not None}


def _pieces(response: urllib3.BaseHTTPResponse, held: ExitStack) -> Iterator[bytes]:
    with held:
        yield from response.stream(_PIECE)
        response.release_conn()


def _model_error(call: Call, endpoint: str, one: Running, status: int, text: str) -> CodedError:
    kind = "client" if 400 <= status < 500 else "server"
    group = f"/aws/sagemaker/Endpoints/{endpoint}"
    stream = f"arn:aws:logs:{call.scope.region}:{call.scope.account}:log-group:{group}:log-stream:{one.log.stream}"
    one.log.ship()
    message = (
        f'Received {kind} error ({status}) from primary with message "{text[:4000]}". See the log group {group} in '
        f"account {call.scope.account} for more information."
    )
    members = {"OriginalStatusCode": status, "OriginalMessage": text[:4000], "LogStreamArn": stream}
    return CodedError("ModelError", message, 424, members)
