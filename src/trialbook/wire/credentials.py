"""Who signed a request, for which region and service: the scope of SigV4, read but not verified.

The three places where a signature can stand::

    Authorization: AWS4-HMAC-SHA256 Credential=AK/20261124/us-east-1/sagemaker/aws4_request, SignedHeaders=..., ...
    ?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20261124%2Fus-east-1%2Fs3%2Faws4_request&...  (presigned)
    ?AWSAccessKeyId=AK&Signature=...&Expires=...                               (presigned with SigV2, S3 only)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialbook.errors import ApiError, CodedError

if TYPE_CHECKING:
    from collections.abc import Mapping

_REGION = re.compile(r"[a-z0-9-]{1,40}")
_ACCESS_KEY = re.compile(r"[\x21-\x2e\x30-\x7e]{1,256}")
_PARAMETERS = ("Credential", "SignedHeaders", "Signature")


@dataclass(frozen=True, slots=True)
class Credential:
    """A scope as signed. `region` and `service` are None where the form of the signature does not carry them."""

    access_key: str
    region: str | None
    service: str | None


def read(headers: Mapping[str, str], query: Mapping[str, str]) -> Credential | None:
    """Give the scope that a request was signed for; None when it is not signed.

    Parameters
    ----------
    headers
        Names in lower case.
    query
        The decoded query string.
    """
    authorization = headers.get("authorization", "").strip()
    if authorization:
        return _from_header(authorization)
    if "X-Amz-Credential" in query:
        return _from_scope(query["X-Amz-Credential"])
    if "AWSAccessKeyId" in query:
        return Credential(_checked_key(query["AWSAccessKeyId"]), None, "s3")
    return None


def _from_header(text: str) -> Credential:
    scheme, _, rest = text.partition(" ")
    if scheme == "AWS":  # SigV2: "AWS <access key>:<signature>"
        return Credential(_checked_key(rest.partition(":")[0]), None, "s3")
    if not scheme.startswith("AWS4-"):
        raise CodedError(
            "MissingAuthenticationTokenException",
            f"Missing Authentication Token: the Authorization header starts with '{scheme[:40]}', "
            "expected 'AWS4-HMAC-SHA256'.",
            status=403,
        )
    pairs = (part.strip().partition("=") for part in rest.split(","))
    parameters = {name: value for name, _, value in pairs}
    missing = [name for name in _PARAMETERS if not parameters.get(name)]
    if missing:
        raise _incomplete(" ".join(f"Authorization header requires '{name}' parameter." for name in missing))
    return _from_scope(parameters["Credential"])


def _from_scope(text: str) -> Credential:
    parts = text.split("/")
    if len(parts) == 4:  # SigV4a signs for a set of regions and leaves the region out
        parts.insert(2, "")
    if len(parts) != 5 or parts[4] != "aws4_request":
        raise _incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/aws4_request, "
            f"got '{text[:200]}'."
        )
    region = parts[2].lower()
    if region and not _REGION.fullmatch(region):
        raise _incomplete(f"Credential should be scoped to a valid region, not '{parts[2][:60]}'.")
    return Credential(_checked_key(parts[0]), region or None, parts[3])


def _checked_key(text: str) -> str:
    if not _ACCESS_KEY.fullmatch(text):
        raise _incomplete("Credential must start with an access key id of visible ASCII characters.")
    return text


def _incomplete(message: str) -> ApiError:
    return CodedError("IncompleteSignatureException", message, status=403)
