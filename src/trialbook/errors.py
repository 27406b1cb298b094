"""Everything that can go wrong, as one tree.

A service raises the failure where the fact is known; only the wire layer turns it into HTTP. `code` is the
word that AWS clients match on, `status` the HTTP status that carries it.

::

    TrialbookError
    ├── ApiError                     code, status, message: what a client is told
    │   ├── ValidationError          ValidationException
    │   ├── NotFoundError            ResourceNotFound
    │   ├── InUseError               ResourceInUse
    │   ├── ConflictError            ConflictException
    │   ├── LimitExceededError       ResourceLimitExceeded
    │   ├── ThrottlingError          ThrottlingException
    │   ├── UnknownOperationError    UnknownOperationException
    │   ├── MalformedRequestError    SerializationException
    │   ├── TooLargeError            RequestEntityTooLargeException, 413
    │   ├── RequestTimeoutError      RequestTimeout
    │   ├── ForbiddenError           AccessDeniedException, 403
    │   └── CodedError               any other code of AWS's (NoSuchKey, NoSuchEntity, ...)
    ├── StoreError                   the store cannot be opened or used
    │   ├── StoreVersionError        written by a newer Trialbook
    │   └── KeyTakenError            an entity of that kind and key exists (services turn it into AWS's words)
    ├── ClarifyError                 a bias report or an explanation cannot be made as asked
    │   ├── ConfigError              the analysis configuration breaks a rule; names the JSON path
    │   ├── MetricError              one figure cannot be computed; the report around it goes on
    │   └── PredictionError          the model's answer cannot be used; names the rows
    └── UsageError                   the command line or the settings are wrong
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class TrialbookError(Exception):
    """Any failure that Trialbook raises on purpose."""


class ApiError(TrialbookError):
    """A failure that an API client is told about.

    Parameters
    ----------
    message
        Names the thing, the rule and, where there is one, the nearest right answer.

    Attributes
    ----------
    members
        What the client is told beside code and message, such as a ModelError's OriginalStatusCode.
    """

    code = "InternalFailure"
    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.members: Mapping[str, object] = {}


class ValidationError(ApiError):
    """The request breaks a rule of the operation."""

    code = "ValidationException"


class NotFoundError(ApiError):
    """The named thing does not exist."""

    code = "ResourceNotFound"


class InUseError(ApiError):
    """The name is taken, or the thing is in use."""

    code = "ResourceInUse"


class ConflictError(ApiError):
    """The thing is not in a state that allows the change."""

    code = "ConflictException"


class LimitExceededError(ApiError):
    """A quota is reached (quotas hold only under `--aws-limits`)."""

    code = "ResourceLimitExceeded"


class ThrottlingError(ApiError):
    """Too many requests wait already; the client should come back."""

    code = "ThrottlingException"


class UnknownOperationError(ApiError):
    """No such operation is served."""

    code = "UnknownOperationException"


class MalformedRequestError(ApiError):
    """The bytes are not a request of the protocol."""

    code = "SerializationException"


class TooLargeError(ApiError):
    """The request body is over the limit."""

    code = "RequestEntityTooLargeException"
    status = 413


class RequestTimeoutError(ApiError):
    """The body stopped coming before it was whole; the code and status are S3's."""

    code = "RequestTimeout"


class ForbiddenError(ApiError):
    """The request is well formed and may not be done."""

    code = "AccessDeniedException"
    status = 403


class CodedError(ApiError):
    """An error whose code and status are given, for services with codes of their own such as S3 and IAM."""

    def __init__(self, code: str, message: str, status: int = 400, members: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.members = members or {}


class StoreError(TrialbookError):
    """The store cannot be opened or used."""


class StoreVersionError(StoreError):
    """The store was written by a newer version of Trialbook."""


class KeyTakenError(StoreError):
    """An entity of that kind with that key exists already."""


class UsageError(TrialbookError):
    """The command line or the settings are wrong."""


class ClarifyError(TrialbookError):
    """A bias report or an explanation cannot be made as asked."""


class ConfigError(ClarifyError):
    """The analysis configuration breaks a rule.

    Parameters
    ----------
    path
        Where, as a JSON path: `methods.shap.num_samples`, `facet[0].name_or_index`.
    rule
        What must hold, and the nearest right answer where there is one.
    """

    def __init__(self, path: str, rule: str) -> None:
        super().__init__(f"{path}: {rule}" if path else rule)
        self.path = path
        self.rule = rule


class MetricError(ClarifyError):
    """One figure cannot be computed; the report holds this text in its place."""


class PredictionError(ClarifyError):
    """The model failed, or what it answered cannot be used.

    Parameters
    ----------
    reason
        What is wrong.
    rows
        The first row that it concerns and the one after the last, counted from 0; None when it concerns no row.
    """

    def __init__(self, reason: str, rows: tuple[int, int] | None = None) -> None:
        super().__init__(reason if rows is None else f"rows {rows[0]} to {rows[1] - 1}: {reason}")
        self.reason = reason
        self.rows = rows
