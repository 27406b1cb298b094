"""Where a lineage query starts: at a lineage entity's ARN, as in AWS, or at a job's, a model's or an endpoint's own.

Such a thing is no lineage entity itself. It is stood for by whatever has it as its source: a job by its trial
component (and the run it was tracked in, as a run by its jobs' components), an endpoint by its context and actions, a
package by its artifact; a model by the artifacts of the data it serves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import NotFoundError, ValidationError
from trialbook.model import KIND_OF_PATH, NOUNS, Kind
from trialbook.names import parse_arn
from trialbook.search.tree import Condition, Operator, Query
from trialbook.services import records, search
from trialbook.services.associations import LINEAGE_TYPES
from trialbook.services.model_links import SERVES

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        return [entity, *_tracked_jobs(call, entity)]
    found = [*_tracked_run(call, entity), *_served_data(call, entity), *_stand_ins(call, arn_text)]
    if not found:
        what = "does not exist" if entity is None else "has no lineage: no entity has it as its source"
        raise NotFoundError(f"{NOUNS[kind].word.capitalize()} '{arn_text}' {what}.")
    return found


def _stand_ins(call: Call, arn_text: str, kinds: Sequence[Kind] = tuple(_SOURCES)) -> list[Entity]:
    found: list[Entity] = []
    for kind in kinds:
        where = Condition(_SOURCES[kind], Operator.EQUALS_FOLDED, arn_text)
        found += search.find(call, Query(kind=kind, scope=call.scope.text, where=where, limit=_MOST))[0]
    return found


def _served_data(call: Call, model: Entity | None) -> list[Entity]:
    edges = call.store.edges(source=model.id, label=SERVES) if model else []
    return call.store.get_many([edge.target for edge in edges])


def _tracked_jobs(call: Call, run: Entity) -> list[Entity]:
    """Give the components of the jobs that were tracked in a run: what they read and wrote is the run's lineage too."""
    sources = records.document(run).get("Sources", [])
    return [found for source in sources for found in _stand_ins(call, source["SourceArn"], (Kind.TRIAL_COMPONENT,))]


def _tracked_run(call: Call, job: Entity | None) -> list[Entity]:
    """Give the run that a job was tracked in, if its ExperimentConfig names one."""
    run = records.document(job).get("ExperimentConfig", {}).get("RunName") if job else None
    component = records.lookup(call.store, call, Kind.TRIAL_COMPONENT, run) if run else None
    return [component] if component else []
