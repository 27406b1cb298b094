"""Deploying an endpoint: start what it is to serve, and let it take over once all of it answers.

The new processes stand beside the old ones until they answer pings; the document then names the new deployment, in
one commit, and the old one ends when its last request is answered. So an update drops no request, and one that fails
changes nothing but the FailureReason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.jobs.job import Left
from trialbook.model import Kind
from trialbook.services.endpoint_states import DEPLOYMENT, PENDING
from trialbook.services.job_states import Ending

if TYPE_CHECKING:
    from trialbook.jobs.hosting import Hosting
    from trialbook.jobs.job import Job


class Deploying:
    """The work of an endpoint that is Creating or Updating."""

    slots = 0

    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting

    def run(self, job: Job) -> Ending:
        """Start a deployment; it goes on when this work has ended."""
        doc = job.document()
        plan = doc.get(PENDING, doc)[DEPLOYMENT]
        entity = job.call.store.find(Kind.ENDPOINT, job.key)
        if entity is None:
            raise Left("the endpoint is gone")
        deployment = self._hosting.deployment(job.call, entity, plan)
        number = entity.id

        def check() -> None:
            job.check()
            found = job.call.store.find(Kind.ENDPOINT, job.key)
            if found is None or found.id != number:
                raise Left("the endpoint is gone")

        try:
            deployment.start(check)
        except BaseException:
            self._hosting.discard(deployment)
            raise
        finally:
            self._hosting.wake()
        return Ending("Completed")
