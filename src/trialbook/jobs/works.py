"""Which kinds of job a runner works on, and starting one beside a server."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trialbook.jobs.endpoints import Deploying
from trialbook.jobs.environments import Environments, environments_folder
from trialbook.jobs.hosting import Hosting
from trialbook.jobs.images import Images, images_file
from trialbook.jobs.processing import Processing
from trialbook.jobs.runner import Runner
from trialbook.jobs.serving_recipe import Kitchen
from trialbook.jobs.training import Training
from trialbook.jobs.transform import Transform
from trialbook.jobs.tree import jobs_folder
from trialbook.jobs.tuning import Tuning
from trialbook.model import Kind
from trialbook.services.queueing import QueueLauncher

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trialbook.jobs.runner import Work
    from trialbook.services.context import Workspace


def make_works(kitchen: Kitchen, hosting: Hosting) -> Mapping[Kind, Work]:
    """Make the work of each kind that runs."""
    return {
        Kind.TRAINING_JOB: Training(kitchen.images, kitchen.environments),
        Kind.PROCESSING_JOB: Processing(kitchen),
        Kind.TRANSFORM_JOB: Transform(kitchen),
        Kind.TUNING_JOB: Tuning(),
        Kind.ENDPOINT: Deploying(hosting),
    }


@contextmanager
def running_jobs(workspace: Workspace, url: str) -> Iterator[Workspace]:
    """Run jobs for the block, as the settings say; gives the workspace whose launcher queues them.

    At the end of the block the jobs' programs go on; the next runner over the store takes them up.
    """
    if workspace.settings.launcher != "process":
        yield workspace
        return
    settings = workspace.settings
    kitchen = Kitchen(Images(images_file(settings)), Environments(environments_folder(settings)))
    folder = jobs_folder(settings, workspace.store.database_id)
    hosting = Hosting(workspace, url, kitchen, folder / "hosting")
    works = make_works(kitchen, hosting)
    # The runner's own work makes jobs too (a tuning job's), so that it needs the launcher which wakes it.
    launcher = QueueLauncher(works, lambda: runner.wake())  # noqa: PLW0108 (it is made below)
    serving = dataclasses.replace(workspace, launcher=launcher, host=hosting)
    runner = Runner(serving, url, works)
    runner.start()
    hosting.start()
    try:
        yield serving
    finally:
        workspace.watch.close()
        runner.close()
        hosting.close()
