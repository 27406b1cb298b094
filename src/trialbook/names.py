"""Names, keys and ARNs.

Names are stored as given and are unique without case per account and region, so an entity's key in the store is
`<account>/<region>/<name without case>`. ARNs carry the name in lower case, as AWS writes them, and are compared
without case.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The account and region that a request speaks of: a name space of its own."""

    account: str
    region: str

    @property
    def text(self) -> str:
        """`<account>/<region>`: what documents carry as `_scope`."""
        return f"{self.account}/{self.region}"

    def key(self, name: str) -> str:
        """Give the store's key for `name` in this scope."""
        return f"{self.account}/{self.region}/{name.casefold()}"

    def arn(self, path: str, name: str) -> str:
        """Give the ARN of a SageMaker resource: `path` is its type ("training-job"), `name` may hold slashes."""
        return f"arn:aws:sagemaker:{self.region}:{self.account}:{path}/{name.lower()}"


@dataclass(frozen=True, slots=True)
class Arn:
    """A SageMaker ARN in its parts: `arn:aws:sagemaker:<region>:<account>:<path>/<name>`."""

    scope: Scope
    path: str
    name: str


def parse_arn(text: str) -> Arn | None:
    """Read a SageMaker ARN; None when `text` is not one."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2].lower() != "sagemaker":
        return None
    path, _, name = parts[5].partition("/")
    if not path or not name:
        return None
    return Arn(Scope(parts[4], parts[3].lower()), path.lower(), name)
