"""Which tables that were used share rows with the data asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import asked_data, content_uses, contents, records, row_sketches
from trialbook.services.content_uses import PENDING, WROTE
from trialbook.services.use_findings import MOST_NAMED, told_uses

if TYPE_CHECKING:
    from trialbook.services.asked_data import Asked
    from trialbook.services.context import Call
    from trialbook.services.row_sketches import Sketch
    from trialbook.services.use_findings import Findings

MOST_TABLES = 2_000
"""Tables whose rows one question is compared with; more are told as not checked."""
MOST_PENDING = 50
"""Tables of runs whose rows one question reads for the first time."""


def by_rows(call: Call, asked: Asked, findings: Findings) -> int:
    """Compare rows with every table that was read; gives how many tables there were."""
    if not asked.rows:
        return 0
    own = {one.hash for one in asked.files}
    together = row_sketches.union(asked.rows.values())
    compared = since = made = 0
    unread: list[str] = []
    while compared < MOST_TABLES:
        page = call.store.changes(since, [Kind.CONTENT_ROWS], 50)
        if not page:
            break
        since = page[-1].rev
        for entity in page:
            doc = records.document(entity) if entity.doc is not None else {}
            if doc.get("_scope") != call.scope.text or doc["Hash"] in own or not doc["Table"]:
                continue
            if PENDING in doc and made < MOST_PENDING:
                doc, made = _made(call, doc), made + 1
            other = row_sketches.from_document(doc)
            if other is None and _is_model(call, doc["Hash"]):
                continue
            if other is None:
                unread.append(f"{contents.file_identity(doc['Hash'])[:19]}: {doc['Why']}")
                continue
            compared += 1
            if row_sketches.compare(together, other).shared:
                _tell_rows(call, asked, doc["Hash"], other, findings)
    if unread:
        findings.doubt(f"the rows of {len(unread)} tables that were used", "; ".join(unread[:MOST_NAMED]))
    if compared >= MOST_TABLES:
        findings.doubt(f"tables beyond the first {MOST_TABLES:,}", "one question compares rows with so many at most")
    return compared


def _is_model(call: Call, file_hash: str) -> bool:
    """Say whether a file is the model that a training job made: no table, though it is an archive."""
    content = content_uses.find(call.store, call, contents.file_identity(file_hash))
    edges = [] if content is None else content_uses.uses_of(call.store, [content.id])
    return any(edge.label == f"{WROTE}:SageMaker.ModelArtifact" for edge in edges)


def _made(call: Call, doc: Document) -> Document:
    """Make a row sketch that was left for later, if the object is still what it was."""
    sketch = asked_data.rows_of(call, doc[PENDING], doc["Hash"])
    if sketch is None:
        return doc
    call.store.write(lambda tx: content_uses.keep_rows(tx, call, doc["Hash"], sketch))
    return {**sketch, "Hash": doc["Hash"]}


def _tell_rows(call: Call, asked: Asked, file_hash: str, other: Sketch, findings: Findings) -> None:
    for name, mine in asked.rows.items():
        overlap = row_sketches.compare(mine, other)
        if not overlap.shared:
            continue
        content = content_uses.find(call.store, call, contents.file_identity(file_hash))
        if content is None:
            continue
        ids = [content.id, *content_uses.folders_of(call.store, [content.id])]
        rows = {
            "file": name,
            "shared": overlap.shared,
            "asked": overlap.asked,
            "used": overlap.other,
            "exact": overlap.exact,
            "narrow": min(mine.columns, other.columns) < 3,
        }
        held = content_uses.files_of(content)
        told = told_uses(call, content_uses.uses_of(call.store, ids))
        if told["uses"]:
            findings.found.append(
                {
                    "relation": "rows",
                    "content": contents.file_identity(file_hash),
                    "rows": rows,
                    "names": [{"asked": name, "used": held[0].name if held else ""}],
                    **told,
                }
            )
