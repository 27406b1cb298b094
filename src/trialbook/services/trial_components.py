"""Trial components: one run, or one job's part in a run. Parameters, artifacts, status, and the metrics' summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import content_uses, records
from trialbook.services.quotas import check_quota
from trialbook.services.trials import MEMBER_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Summary, Transaction

MAPS = ("Parameters", "InputArtifacts", "OutputArtifacts")
_QUOTA_OF_MAP = {
    "Parameters": "parameters of a trial component",
    "InputArtifacts": "input artifacts of a trial component",
    "OutputArtifacts": "output artifacts of a trial component",
}
STATUS_MESSAGE_LIMIT = 1024
"""Characters of Status.Message that are kept: SDK v3 sends whole tracebacks, and losing a run for one is no answer."""


def create_trial_component(call: Call, name: str, members: Document) -> Document:
    """Add a trial component that belongs to no trial yet."""
    doc = new_component(call, name, members)

    def add(tx: Transaction) -> None:
        component = records.insert(tx, call, Kind.TRIAL_COMPONENT, doc)
        content_uses.note_artifacts(tx, call, component, {})

    call.store.write(add)
    return doc


def new_component(call: Call, name: str, members: Document) -> Document:
    """Start a component's document: its three maps and its parents are always there."""
    empty: Document = {key: {} for key in MAPS}
    doc = records.new_document(
        call, Kind.TRIAL_COMPONENT, name, {"DisplayName": name, **empty, **_cut_status(members), "Parents": []}
    )
    _check_maps(call, doc)
    return doc


def update_trial_component(call: Call, name: str, members: Document) -> Document:
    """Merge into the component: same keys of a map are replaced, the `...ToRemove` lists remove, the rest stays."""

    def change(tx: Transaction) -> Entity:
        entity = records.require(tx, call, Kind.TRIAL_COMPONENT, name)
        before = records.document(entity)
        saved = records.save(tx, call, entity, merged(call, before, members))
        content_uses.note_artifacts(tx, call, saved, before)
        return saved

    return records.document(call.store.write(change))


def merged(call: Call, doc: Document, members: Document) -> Document:
    """Give the document with an update merged in.

    A key that is both set and removed by one request is an error: which of the two was meant cannot be told.
    """
    result = {**doc, **{key: value for key, value in _cut_status(members).items() if not key.endswith("ToRemove")}}
    for key in MAPS:
        added, removed = members.get(key, {}), members.get(f"{key}ToRemove", [])
        both = sorted(set(added) & set(removed))
        if both:
            raise ValidationError(f"'{both[0]}' is in both {key} and {key}ToRemove: name it in one of them.")
        kept = {one: value for one, value in doc[key].items() if one not in set(removed)}
        result[key] = {**kept, **added}
    _check_maps(call, result)
    return result


def delete_trial_component(call: Call, name: str) -> Document:
    """Remove a component that belongs to no trial."""

    def remove(tx: Transaction) -> Document:
        entity = records.require(tx, call, Kind.TRIAL_COMPONENT, name)
        doc = records.document(entity)
        if tx.edges(source=entity.id, label=MEMBER_OF):
            trials = ", ".join(f"'{parent['TrialName']}'" for parent in doc["Parents"])
            raise ValidationError(
                f"Trial component '{name}' belongs to {trials} and cannot be deleted: "
                "disassociate it first (DisassociateTrialComponent)."
            )
        tx.delete(entity.id)
        return doc

    return call.store.write(remove)


def describe_trial_component(call: Call, name: str) -> Document:
    """Give the component's document with the summaries of its metrics."""
    entity = records.require(call.store, call, Kind.TRIAL_COMPONENT, name)
    doc = records.document(entity)
    return {**doc, "Metrics": metric_summaries(doc, call.store.summary(entity.id))}


def metric_summaries(doc: Document, summaries: Mapping[str, Summary]) -> list[Document]:
    """Give AWS's `TrialComponentMetricSummary` list, by name."""
    source = doc.get("Source", {}).get("SourceArn", doc["TrialComponentArn"])
    return [
        {
            "MetricName": name,
            "SourceArn": source,
            "TimeStamp": one.last_time,
            "Max": one.maximum,
            "Min": one.minimum,
            "Last": one.last,
            "Count": one.count,
            "Avg": one.mean,
            "StdDev": one.deviation,
        }
        for name, one in sorted(summaries.items())
    ]


def _cut_status(members: Document) -> Document:
    status = members.get("Status", {})
    message = status.get("Message", "")
    if len(message) <= STATUS_MESSAGE_LIMIT:
        return members
    return {**members, "Status": {**status, "Message": message[:STATUS_MESSAGE_LIMIT]}}


def _check_maps(call: Call, doc: Document) -> None:
    for key, quota in _QUOTA_OF_MAP.items():
        check_quota(call, quota, len(doc[key]))
