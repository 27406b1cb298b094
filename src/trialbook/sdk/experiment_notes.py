"""What is noted of an experiment: Markdown notes and its hypothesis, read and written at once (a run's are spooled)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.sdk.parameters import clean
from trialbook.sdk.target import Target

if TYPE_CHECKING:
    from trialbook.model import Document


class ExperimentNotes:
    """The part of `Experiment` that describes it."""

    experiment_name: str
    _store: str | None
    _region: str | None

    def describe(self) -> Document:
        """Give the experiment as DescribeExperiment does, with `notes` and `hypothesis`."""
        return self._call("experiment", {})

    @property
    def notes(self) -> str:
        """Markdown notes; empty without."""
        return str(self.describe().get("notes", ""))

    @property
    def hypothesis(self) -> str:
        """What the experiment is to show; empty without."""
        return str(self.describe().get("hypothesis", ""))

    def note(self, *, notes: str | None = None, hypothesis: str | None = None) -> None:
        """Keep Markdown notes, or the hypothesis, in place of the ones before.

        The experiment is made when it is not there. Unlike a run's, they are written at once.

        Raises
        ------
        TrialbookError
            The store cannot be reached.
        """
        told = {"notes": notes, "hypothesis": hypothesis}
        self._call("experiment_note", {key: clean(value) for key, value in told.items() if value is not None})

    def _call(self, operation: str, members: Document) -> Document:
        transport = Target.of_environment(self._store, self._region).transport()
        return transport.call(operation, {"name": self.experiment_name, **members})
