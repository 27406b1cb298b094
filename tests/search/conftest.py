"""A shelf: documents put in by hand, searched as a client would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from trialbook.model import Kind
from trialbook.search.engine import Engine
from trialbook.search.schema import MapOf, Schema
from trialbook.search.tree import EVERYTHING, Node, Page, Query, SortKey
from trialbook.store.interface import ROW_BITS, Entity, RunSummary, Summary

SCOPE = "000000000000/us-east-1"
TAGS = [{"Key": "text", "Value": "text"}]
USER = {"UserProfileName": "text", "DomainId": "text"}
SCHEMAS: dict[int, Schema] = {
    Kind.TRAINING_JOB: Schema.from_shape(
        {
            "TrainingJobName": "name",
            "TrainingJobStatus": "text",
            "CreationTime": "time",
            "LastModifiedTime": "time",
            "HyperParameters": MapOf("text"),
            "Environment": MapOf("text"),
            "FinalMetricDataList": [{"MetricName": "text", "Value": "number", "Timestamp": "time"}],
            "InputDataConfig": [
                {"ChannelName": "text", "DataSource": {"S3DataSource": {"S3Uri": "text", "AttributeNames": ["text"]}}}
            ],
            "EnableNetworkIsolation": "flag",
            "CreatedBy": USER,
            "Tags": TAGS,
        },
        record="TrainingJob",
    ),
    Kind.TRIAL_COMPONENT: Schema.from_shape(
        {
            "TrialComponentName": "name",
            "DisplayName": "text",
            "LastModifiedTime": "time",
            "Parameters": MapOf({"StringValue": "text", "NumberValue": "number"}),
            "InputArtifacts": MapOf({"MediaType": "text", "Value": "text"}),
            "Parents": [{"TrialName": "name", "ExperimentName": "name"}],
            "Source": {"SourceArn": "name"},
            "Tags": TAGS,
        },
        summaries=True,
    ),
    Kind.MODEL: Schema.from_shape(
        {"ModelName": "name", "LastModifiedTime": "time", "Tags": TAGS},
        links={"TrainingJob": int(Kind.TRAINING_JOB)},
        record="Model",
    ),
}


@dataclass
class Shelf:
    """Entities in memory, an engine that follows them, and names to speak of them by."""

    engine: Engine = field(default_factory=lambda: Engine(SCHEMAS))
    rev: int = 0
    database_id: str = "shelf"
    entities: list[Entity] = field(default_factory=list)
    summaries: list[RunSummary] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    def last_rev(self) -> int:
        return self.rev

    def changes(self, since: int) -> Sequence[Entity]:
        return [one for one in self.entities if one.rev > since]

    def summary_changes(self, since: int) -> Sequence[RunSummary]:
        return [one for one in self.summaries if one.rev > since]

    def put(self, kind: Kind, name: str, scope: str = SCOPE, **members: Any) -> int:
        """Write a document; a name that is known is updated."""
        self.rev += 1
        taken = sum(one >> ROW_BITS == kind for one in self.ids.values())
        entity = self.ids.setdefault(name, (int(kind) << ROW_BITS) | taken)
        members.setdefault("LastModifiedTime", float(self.rev))
        self.entities.append(Entity(entity, self.rev, name, {"_scope": scope, "Tags": [], **members}))
        return entity

    def delete(self, name: str) -> None:
        self.rev += 1
        self.entities.append(Entity(self.ids[name], self.rev, name, None))

    def log(self, name: str, **series: list[float]) -> None:
        """Summarise series of finite values."""
        self.rev += 1
        told = {
            metric: Summary(
                len(points), len(points), points[-1], min(points), max(points), sum(points),
                sum(one * one for one in points), 0, 0.0,
            )
            for metric, points in series.items()
        }  # fmt: skip
        self.summaries.append(RunSummary(self.ids[name], self.rev, told))

    def ask(self, query: Query) -> tuple[list[str], Page]:
        """Follow and search: the names found, and the page."""
        self.engine.follow(self)
        page = self.engine.search(query)
        names = {entity: name for name, entity in self.ids.items()}
        return [names[one] for one in page.ids], page

    def find(
        self, kind: Kind, where: Node = EVERYTHING, *, strict: bool = False, scope: str | None = SCOPE
    ) -> list[str]:
        """Give the names that satisfy a tree, in order of entry."""
        return self.ask(Query(kind, scope, where, (SortKey("LastModifiedTime"),), limit=100, strict=strict))[0]

    def ranked(self, kind: Kind, *sort: SortKey) -> list[str]:
        """Give all names in an order."""
        return self.ask(Query(kind, SCOPE, sort=sort, limit=100))[0]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()
