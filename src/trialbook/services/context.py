"""What every service works with: the workspace (one server's or one client's) and the call (one request's).

A service is a module of plain functions `verb_noun(call, ...)`. It takes AWS's members as a dict where the operation
has many, keyword arguments where it has few, and returns a document in AWS's members; handlers pass both through.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trialbook.services.hosting import Host, RecordHost
from trialbook.services.job_watch import Watch
from trialbook.services.launcher import Launcher, RecordLauncher

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.names import Scope
    from trialbook.search.engine import Engine
    from trialbook.services.blobs import Blobs
    from trialbook.settings import Settings
    from trialbook.store.interface import Store


def new_id() -> str:
    """Make a random id of 32 hex digits."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Workspace:
    """All that outlives a request. Everything timed or random is passed in, so that tests can drive it.

    `writer` names this process as a writer of series; `launcher` runs what jobs and endpoints describe,
    `host` answers invocations of endpoints, `watch` is where requests wait for jobs to end.
    """

    settings: Settings
    store: Store
    engine: Engine
    blobs: Blobs
    clock: Callable[[], float] = field(default=time.time)
    new_id: Callable[[], str] = field(default=new_id)
    writer: str = field(default_factory=lambda: f"server-{new_id()}")
    launcher: Launcher = field(default_factory=RecordLauncher)
    host: Host = field(default_factory=RecordHost)
    watch: Watch = field(default_factory=Watch)

    def close(self) -> None:
        """Finish what waits, save the columns of search, and close the store."""
        self.engine.close()
        self.store.close()


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who asks, in which account and region, against which workspace.

    `patience` is how many seconds the client would rather wait than be told that a job still runs.
    """

    workspace: Workspace
    scope: Scope
    user: str
    request_id: str
    patience: float = 0.0

    @property
    def store(self) -> Store:
        """The workspace's store."""
        return self.workspace.store

    @property
    def strict(self) -> bool:
        """Whether SageMaker's own limits hold (`--aws-limits`)."""
        return self.workspace.settings.aws_limits

    def now(self) -> float:
        """Give the time in epoch seconds, to the millisecond as AWS answers it."""
        return round(self.workspace.clock(), 3)

    def arn(self, path: str, name: str) -> str:
        """Give the ARN of a resource in this call's account and region."""
        return self.scope.arn(path, name)

    def created_by(self) -> dict[str, str]:
        """Give the `UserContext` of this call, for CreatedBy and LastModifiedBy."""
        return {
            "UserProfileArn": self.arn("user-profile", f"trialbook/{self.user}"),
            "UserProfileName": self.user,
            "DomainId": "trialbook",
        }
