"""Who answers invocations: a Protocol, and the host of endpoints that are only records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from trialbook.errors import CodedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trialbook.services.context import Call


@dataclass(frozen=True, slots=True)
class Invocation:
    """One request to a model.

    Attributes
    ----------
    variant
        The variant that is to answer; None: one by weight.
    container
        The hostname of the container that is to answer, for a model whose containers are called directly.
    """

    body: bytes
    content_type: str | None = None
    accept: str | None = None
    custom_attributes: str | None = None
    inference_id: str | None = None
    session_id: str | None = None
    variant: str | None = None
    container: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer; `body` is bytes, or their pieces as they come."""

    body: bytes | Iterable[bytes]
    content_type: str
    variant: str
    custom_attributes: str | None = None


class Host(Protocol):
    """Answers invocations of endpoints, from many threads at once."""

    def invoke(self, call: Call, name: str, invocation: Invocation) -> Reply:
        """Send a request to an endpoint that is in service.

        Raises
        ------
        CodedError
            ModelError when the model failed, ValidationError when the request names what is not there.
        """

    def wake(self) -> None:
        """Say that an endpoint was changed or removed. Never blocks."""


class RecordHost:
    """Serves nothing: endpoints are records."""

    def invoke(self, call: Call, name: str, invocation: Invocation) -> Reply:
        """Refuse (424; a 5xx would be sent again)."""
        del call, invocation
        raise CodedError(
            "ModelError",
            f"Endpoint {name} is a record and no model runs behind it: the server runs with --launcher record. With "
            "--launcher process it serves models.",
            424,
            {"OriginalStatusCode": 501, "OriginalMessage": "No model runs behind this endpoint."},
        )

    def wake(self) -> None:
        """Do nothing."""
