"""Where a lineage query starts: at a lineage entity's ARN, as in AWS, or at a job's, a model's or an endpoint's own.

Such a thing is no lineage entity itself. It is stood for by whatever has it as its source: a job by its trial
component (and the run it was tracked in), an endpoint by its context, a model or a package by its artifact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import NotFoundError, ValidationError
from trialbook.model import KIND_OF_PATH, NOUNS, Kind
from trialbook.names import parse_arn
from trialbook.search.tree import Condition, Operator, Query
from trialbook.services import records, search
from trialbook.services.associations import LINEAGE_TYPES

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity

_SOURCES = {
    Kind.TRIAL_COMPONENT: "Source.SourceArn",
    Kind.CONTEXT: "Source.SourceUri",
    Kind.ACTION: "Source.SourceUri",
    Kind.ARTIFACT: "Source.SourceUri",
}
_MOST = 100


def find_starts(call: Call, arn_text: str) -> list[Entity]:
    """Give the lineage entities that an ARN names or that stand for what it names; at least one."""
    arn = parse_arn(arn_text)
    kind = KIND_OF_PATH.get(arn.path) if arn else None
    if kind is None:
        raise ValidationError(
            f"'{arn_text}' cannot start a lineage query: expected the ARN of an artifact, a context, an action or a "
            f"trial component, such as '{call.arn('artifact', '<hash>')}', or of a job, a model or an endpoint."
        )
    entity = records.find_arn(call.store, arn_text)
    if kind in LINEAGE_TYPES:
        if entity is None:
            raise NotFoundError(f"{NOUNS[kind].word.capitalize()} '{arn_text}' does not exist.")
        return [entity]
    found = [*_tracked_run(call, entity), *_stand_ins(call, arn_text)]
    if not found:
        what = "does not exist" if entity is None else "has no lineage: no entity has it as its source"
        raise NotFoundError(f"{NOUNS[kind].word.capitalize()} '{arn_text}' {what}.")
    return found


def _stand_ins(call: Call, arn_text: str) -> list[Entity]:
    found: list[Entity] = []
    for kind, name in _SOURCES.items():
        where = Condition(name, Operator.EQUALS_FOLDED, arn_text)
        found += search.find(call, Query(kind=kind, scope=call.scope.text, where=where, limit=_MOST))[0]
    return found


def _tracked_run(call: Call, job: Entity | None) -> list[Entity]:
    """Give the run that a job was tracked in, if its ExperimentConfig names one."""
    run = records.document(job).get("ExperimentConfig", {}).get("RunName") if job else None
    component = records.lookup(call.store, call, Kind.TRIAL_COMPONENT, run) if run else None
    return [component] if component else []
