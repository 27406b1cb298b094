"""What a lineage query costs on a graph of 10,000 entities and 19,000 associations: layers of data and jobs.

    python benchmarks/lineage.py

Prints CPU time, the median of seven.
"""

from __future__ import annotations

import random
import tempfile
import time
from typing import TYPE_CHECKING, Any

from trialbook.handlers.dispatch import dispatch
from trialbook.model import Document, Kind
from trialbook.names import Scope
from trialbook.services import auto_lineage, records
from trialbook.services.context import Call
from trialbook.services.trial_components import new_component
from trialbook.services.workspace import open_workspace
from trialbook.settings import DEFAULT_ACCOUNT, Settings

if TYPE_CHECKING:
    from trialbook.store.interface import Entity, Transaction

ENTITIES = 10_000
LAYERS = 10
ROUNDS = 7


def build(call: Call) -> str:
    """Make ten layers, artifacts and components in turn, each with two of the layer before; gives a start."""
    chance = random.Random(7)

    def entity(tx: Transaction, layer: int, index: int) -> Entity:
        if layer % 2:
            source: Document = {"SourceArn": f"arn:aws:x/{layer}-{index}", "SourceType": "SageMakerTrainingJob"}
            doc = new_component(call, f"job-{layer}-{index}", {"Source": source})
            return records.insert(tx, call, Kind.TRIAL_COMPONENT, doc)
        return auto_lineage.ensure_artifact(tx, call, f"s3://b/{layer}/{index}", "DataSet")

    def fill(tx: Transaction) -> str:
        start = before = [auto_lineage.ensure_artifact(tx, call, "s3://b/root", "DataSet")]
        for layer in range(1, LAYERS + 1):
            now = [entity(tx, layer, index) for index in range(ENTITIES // LAYERS)]
            for one in now:
                for source in chance.sample(before, min(2, len(before))):
                    auto_lineage.associate(tx, call, source, "ContributedTo", one)
            before = now
        return str(records.document(start[0])["ArtifactArn"])

    return call.store.write(fill)


def timed(call: Call, operation: str, **request: Any) -> tuple[float, Any]:
    """Give the median CPU time of an operation in milliseconds, and its answer."""
    times, answer = list[float](), None
    for _ in range(ROUNDS):
        start = time.process_time()
        answer = dispatch(call, "sagemaker", operation, request)
        times.append((time.process_time() - start) * 1000)
    return sorted(times)[ROUNDS // 2], answer


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_workspace(Settings(store=folder))
        call = Call(workspace, Scope(DEFAULT_ACCOUNT, "us-east-1"), "bench", "r")
        began = time.perf_counter()
        start = build(call)
        print(f"Lineage: {ENTITIES:,} entities made in {time.perf_counter() - began:.1f} s")
        cases: list[tuple[str, Document]] = [
            ("all, no edges", {}),
            ("all, with edges", {"IncludeEdges": True}),
            ("data sets by a property", {"Filters": {"Types": ["DataSet"], "Properties": {"k": "v"}}}),
            ("jobs, with the paths to them", {"Filters": {"Types": ["TrainingJob"]}, "IncludeEdges": True}),
            ("first page of 50", {"IncludeEdges": True, "MaxResults": 50}),
        ]
        for words, request in cases:
            took, answer = timed(call, "QueryLineage", StartArns=[start], Direction="Descendants", **request)
            print(f"  {words:30} {took:7.0f} ms  {len(answer['Vertices']):6,} vertices {len(answer['Edges']):6,} edges")
        for words, request in (("all", {}), ("by SourceArn", {"SortBy": "SourceArn"})):
            took, _ = timed(call, "ListAssociations", MaxResults=100, **request)
            print(f"  {'100 associations, ' + words:30} {took:7.0f} ms")
        workspace.close()


if __name__ == "__main__":
    main()
