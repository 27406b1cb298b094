"""Which kinds of job a runner works on, and starting one beside a server."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trialbook.jobs.environments import Environments, environments_folder
from trialbook.jobs.images import Images, images_file
from trialbook.jobs.processing import Processing
from trialbook.jobs.runner import Runner
from trialbook.jobs.training import Training
from trialbook.model import Kind
from trialbook.services.queueing import QueueLauncher

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trialbook.jobs.runner import Work
    from trialbook.services.context import Workspace
    from trialbook.settings import Settings


def make_works(settings: Settings) -> Mapping[Kind, Work]:
    """Make the work of each kind that runs."""
    images = Images(images_file(settings))
    environments = Environments(environments_folder(settings))
    return {
        Kind.TRAINING_JOB: Training(images, environments),
        Kind.PROCESSING_JOB: Processing(images, environments),
    }


@contextmanager
def running_jobs(workspace: Workspace, url: str) -> Iterator[Workspace]:
    """Run jobs for the block, as the settings say; gives the workspace whose launcher queues them.

    At the end of the block the jobs' programs go on; the next runner over the store takes them up.
    """
    if workspace.settings.launcher != "process":
        yield workspace
        return
    works = make_works(workspace.settings)
    runner = Runner(workspace, url, works)
    launcher = QueueLauncher(works, runner.wake)
    runner.start()
    try:
        yield dataclasses.replace(workspace, launcher=launcher)
    finally:
        workspace.watch.close()
        runner.close()
