"""A job's folder on the machine that runs it.

::

    <jobs>/<kind>-<row>-<attempt>/
        ml/             /opt/ml to the program
        venv/           its own layer over its environment: `pip install` goes there
        tmp/ home/      TMPDIR and HOME
        aws/            the defaults file of the sagemaker SDK
        spec.json keeper.json log result.json       see `keeper`

Everything a job reads or writes lies in it, so that removing it leaves nothing.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.jobs.failure import JobFailure
from trialbook.jobs.namespace import ML

if TYPE_CHECKING:
    from trialbook.settings import Settings


@dataclass(frozen=True, slots=True)
class Tree:
    """One job's folder. `place` turns a path that the program sees into one that we see."""

    folder: Path

    @property
    def ml(self) -> Path:
        """What is `/opt/ml` to the program."""
        return self.folder / "ml"

    @property
    def log(self) -> Path:
        """The lines of its output, as the keeper writes them."""
        return self.folder / "log"

    def make(self) -> None:
        """Make the folder anew, readable by this user alone."""
        self.remove()
        self.folder.mkdir(parents=True, mode=0o700)
        for name in ("ml", "tmp", "home"):
            (self.folder / name).mkdir()

    def place(self, path: str, what: str) -> Path:
        """Give where a path of the program lies. Raises `JobFailure` for one that is not below `/opt/ml`.

        Parameters
        ----------
        what
            Names the thing that has the path, for the message.
        """
        clean = os.path.normpath(path)
        if not clean.startswith(f"{ML}/"):
            raise JobFailure(
                f"ClientError: {what} has the local path '{path}': local paths lie below {ML}, such as "
                f"{ML}/processing/input."
            )
        return self.folder / "ml" / clean.removeprefix(f"{ML}/")

    def remove(self) -> None:
        """Remove the folder with everything in it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def jobs_folder(settings: Settings, database_id: str) -> Path:
    """Say where jobs' folders lie: as set, else in the store folder, else below the current one.

    Outside of a store folder several stores may share a place, so that each has a folder of its own in it.
    """
    if settings.jobs_folder:
        return Path(settings.jobs_folder).absolute() / database_id
    if "://" in settings.store:
        return Path(".trialbook").absolute() / "jobs" / database_id
    return Path(settings.store).absolute() / "jobs"
