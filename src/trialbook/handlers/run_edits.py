"""Runs by `/api/v1`, as people change them from outside: notes, moves, deletion; and the test of which is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from trialbook.services import comparison, run_edits
from trialbook.services.forms import Says, read
from trialbook.services.notes import NOTES

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call


@dataclass(frozen=True, slots=True)
class RunNoteForm:
    """What to note of a run."""

    name: Annotated[str, Says("The name of the run.")]
    notes: Annotated[str | None, Says("Markdown notes, in place of those before.")] = None
    hypothesis: Annotated[str | None, Says("What it is to show, in place of what was said before.")] = None


@dataclass(frozen=True, slots=True)
class RunNameForm:
    """Which run."""

    name: Annotated[str, Says("The name of the run.")]


@dataclass(frozen=True, slots=True)
class RunMoveForm:
    """Where to move a run."""

    name: Annotated[str, Says("The name of the run.")]
    experiment: Annotated[str, Says("The experiment that it is to belong to.")]
    trial: Annotated[str | None, Says("The run group (trial) in it; by default the experiment's default group.")] = None


def note_run(call: Call, request: Document) -> Document:
    """Set a run's `notes` or `hypothesis`."""
    form = read(RunNoteForm, request)
    told = {key: getattr(form, key) for key in NOTES if getattr(form, key) is not None}
    return run_edits.note_run(call, form.name, told)


def weigh_run(call: Call, request: Document) -> Document:
    """Say what deleting a run would take along."""
    return run_edits.weigh(call, read(RunNameForm, request).name)


def delete_run(call: Call, request: Document) -> Document:
    """Delete a run, wherever it belongs; `restore` brings it back for 30 days."""
    return run_edits.delete_run(call, read(RunNameForm, request).name)


def move_run(call: Call, request: Document) -> Document:
    """Move a run to another experiment."""
    form = read(RunMoveForm, request)
    return run_edits.move_run(call, form.name, form.experiment, form.trial)


def compare(call: Call, request: Document) -> Document:
    """Group runs that differ only by their seed, and test which group is better."""
    return comparison.compare(call, read(comparison.CompareForm, request))
