"""Was this data used? Answered by content and by URI, with the evidence and with what could not be checked.

==============  ======================================================================================================
``exact``       the same bytes under the same names, from the same place if one was named
``copied``      the same bytes and names from another place
``renamed``     the same bytes under other names
``subset``      all that was asked about is among the files of something that was used
``superset``    all files of something that was used are among those asked about
``overlap``     some files are shared
``changed``     something was used from this URI when its bytes were others: they were changed in place since
``rows``        rows of a table asked about are rows of a table that was used
``place``       a job names this URI as an input, but what it read there was never seen here
==============  ======================================================================================================

Data is *used* when a job or a run read it. What a job only wrote is told as a finding, and decides nothing.
The decision is ``used``, ``unused`` when everything that could show a use was checked, and ``undecided`` when not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import asked_data, content_uses, contents, records, row_sketches
from trialbook.services.artifacts import source_hash
from trialbook.services.content_uses import IDENTITY_OF, PENDING, READ
from trialbook.services.use_evidence import use_document
from trialbook.store.interface import Edge, Entity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trialbook.services.asked_data import Asked
    from trialbook.services.contents import File
    from trialbook.services.context import Call
    from trialbook.services.row_sketches import Sketch

MOST_TABLES = 2_000
"""Tables whose rows one question is compared with; more are told as not checked."""
MOST_PENDING = 50
"""Tables of runs whose rows one question reads for the first time."""
MOST_UNSEEN = 20
"""Inputs never seen that an answer names; it counts them all."""
MOST_ARTIFACTS = 100_000
"""Artifacts that are looked through for inputs never seen."""
ORDER = ("exact", "copied", "renamed", "subset", "superset", "overlap", "changed", "rows", "place")


@dataclass
class Findings:
    """What was found so far, and what could not be checked."""

    found: list[Document] = field(default_factory=list)
    unchecked: list[Document] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def add(self, relation: str, content: Entity | None, uses: list[Document], **more: object) -> None:
        """Add one finding; a content is told once, by its nearest relation."""
        if content is not None:
            if content.id in self.seen:
                return
            self.seen.add(content.id)
        identity = {} if content is None else {"content": records.document(content)["Identity"]}
        self.found.append({"relation": relation, **identity, **more, "uses": uses})

    def doubt(self, what: str, why: str) -> None:
        """Say what could not be checked."""
        self.unchecked.append({"what": what, "why": why})


def check(call: Call, asked: Asked, *, ignore_unseen: bool = False) -> Document:
    """Answer whether the data was used; see `asked_data` for how data is named.

    Parameters
    ----------
    ignore_unseen
        Decide over what was seen, although jobs exist whose inputs were not.

    Returns
    -------
    `decision`, `summary`, `asked`, `findings` (nearest first), `unchecked`, and `tables` (how many were compared).
    """
    findings = Findings(unchecked=list(asked.unchecked))
    _by_content(call, asked, findings)
    _by_uri(call, asked, findings)
    tables = _by_rows(call, asked, findings)
    unseen = _unseen_inputs(call)
    if unseen and not ignore_unseen:
        shown = ", ".join(unseen[:MOST_UNSEEN]) + (" ..." if len(unseen) > MOST_UNSEEN else "")
        findings.doubt(
            f"{len(unseen)} inputs of jobs whose bytes were never seen here",
            f"their jobs were only recorded, ran before contents were kept, or name data elsewhere: {shown}",
        )
    findings.found.sort(key=lambda one: (not _is_used(one), ORDER.index(one["relation"])))
    decision = _decision(findings)
    return {
        "decision": decision,
        "summary": _summary(asked, decision, findings),
        "asked": asked.described(),
        "findings": findings.found,
        "unchecked": findings.unchecked,
        "tables": tables,
    }


def _decision(findings: Findings) -> str:
    if any(_is_used(one) for one in findings.found):
        return "used"
    return "undecided" if findings.unchecked else "unused"


def _is_used(finding: Document) -> bool:
    return any(use["direction"] == READ for use in finding["uses"])


def _by_content(call: Call, asked: Asked, findings: Findings) -> None:
    """Compare with the very content, with what holds its files, and with the files that were used alone."""
    store = call.store
    whole = content_uses.find(store, call, asked.identity) if asked.identity else None
    if whole is not None:
        _tell_same(call, asked, whole, findings)
    held = {one.hash: content_uses.find(store, call, contents.file_identity(one.hash)) for one in asked.files}
    known = [one for one in held.values() if one is not None]
    if len(asked.files) != 1 or not asked.whole:
        for one in known:
            uses = _uses(call, [one.id])
            if uses:
                findings.add("superset", one, uses, files=_counts(1, len(asked.files), 1))
    for folder in store.get_many(content_uses.folders_of(store, [one.id for one in known])):
        _tell_folder(call, asked, folder, findings)


def _tell_same(call: Call, asked: Asked, content: Entity, findings: Findings) -> None:
    by_place: dict[str, list[Edge]] = {}
    for edge in content_uses.uses_of(call.store, [content.id]):
        by_place.setdefault(_relation_of_place(asked, edge), []).append(edge)
    count = records.document(content)["Count"]
    for relation, edges in by_place.items():
        identity: Document = {"content": asked.identity, "files": _counts(count, count, count)}
        findings.found.append({"relation": relation, **identity, "uses": _told(call, edges)})
    findings.seen.add(content.id)


def _relation_of_place(asked: Asked, edge: Edge) -> str:
    """Compare where the same bytes lay when they were used with where they are asked about."""
    used = str(edge.doc.get("uri", "")).rstrip("/")
    if asked.uri is not None:
        return "exact" if used == asked.uri.rstrip("/") else "copied"
    if asked.whole and asked.name and asked.name != used.rpartition("/")[2]:
        return "renamed"
    return "exact"


def _tell_folder(call: Call, asked: Asked, folder: Entity, findings: Findings) -> None:
    if folder.id in findings.seen:
        return
    uses = _uses(call, [folder.id])
    if not uses:
        return
    theirs = content_uses.files_of(folder)
    mine, other = Counter(one.hash for one in asked.files), Counter(one.hash for one in theirs)
    shared = (mine & other).total()
    relation = (
        "renamed"
        if mine == other
        else "subset"
        if shared == mine.total()
        else "superset"
        if shared == other.total()
        else "overlap"
    )
    names = _names(asked.files, theirs)
    findings.add(relation, folder, uses, files=_counts(shared, mine.total(), other.total()), names=names)


def _names(mine: Sequence[File], theirs: Sequence[File], most: int = 20) -> list[Document]:
    """Give the shared files: what they are called here and what they were called when they were used."""
    called = {one.hash: one.name for one in theirs}
    return [{"asked": one.name, "used": called[one.hash]} for one in mine if one.hash in called][:most]


def _by_uri(call: Call, asked: Asked, findings: Findings) -> None:
    """Tell what was used from this place when its bytes were others, or unseen."""
    if asked.uri is None:
        return
    for uri in dict.fromkeys((asked.uri, asked.uri.rstrip("/"), f"{asked.uri.rstrip('/')}/")):
        artifact = call.store.find(Kind.ARTIFACT, call.scope.key(source_hash({"SourceUri": uri})))
        if artifact is None:
            continue
        had = [edge for edge in call.store.edges(target=artifact.id) if edge.label == IDENTITY_OF]
        for content in call.store.get_many([edge.source for edge in had]):
            if records.document(content)["Identity"] != asked.identity:
                uses = [use for use in _uses(call, [content.id]) if use["uri"].rstrip("/") == uri.rstrip("/")]
                if uses:
                    findings.add("changed", content, uses, since=max(use["time"] for use in uses))
        if not had:
            users = _named_by(call, artifact)
            if users:
                findings.found.append({"relation": "place", "uri": uri, "uses": users})


def _named_by(call: Call, artifact: Entity) -> list[Document]:
    edges = [edge for edge in call.store.edges(source=artifact.id) if edge.label == "ContributedTo"]
    uses = [
        Edge(artifact.id, f"{READ}:", edge.target, {"uri": "", "time": edge.doc.get("CreationTime")}) for edge in edges
    ]
    return _told(call, uses)


def _by_rows(call: Call, asked: Asked, findings: Findings) -> int:
    """Compare rows with every table that was read; gives how many tables there were."""
    if not asked.rows:
        return 0
    own = {one.hash for one in asked.files}
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
            if other is None:
                unread.append(f"{contents.file_identity(doc['Hash'])[:19]}: {doc['Why']}")
                continue
            compared += 1
            _tell_rows(call, asked, doc["Hash"], other, findings)
    if unread:
        findings.doubt(f"the rows of {len(unread)} tables that were used", "; ".join(unread[:MOST_UNSEEN]))
    if compared >= MOST_TABLES:
        findings.doubt(f"tables beyond the first {MOST_TABLES:,}", "one question compares rows with so many at most")
    return compared


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
        uses = _uses(call, ids)
        if uses:
            findings.found.append(
                {
                    "relation": "rows",
                    "content": contents.file_identity(file_hash),
                    "rows": rows,
                    "names": [{"asked": name, "used": held[0].name if held else ""}],
                    "uses": uses,
                }
            )


def _uses(call: Call, content_ids: Sequence[int]) -> list[Document]:
    return _told(call, content_uses.uses_of(call.store, content_ids))


def _told(call: Call, edges: Iterable[Edge]) -> list[Document]:
    listed = list(edges)
    users = {one.id: one for one in call.store.get_many([edge.target for edge in listed])}
    return [use_document(call, edge, users[edge.target]) for edge in listed if edge.target in users]


def _unseen_inputs(call: Call) -> list[str]:
    """Give the URIs of data that jobs name as inputs and that were never seen: no identity was ever kept of them."""
    store, found, since, left = call.store, [], 0, MOST_ARTIFACTS
    while left > 0:
        page = store.changes(since, [Kind.ARTIFACT], 2_000)
        if not page:
            break
        since, left = page[-1].rev, left - len(page)
        bare = {
            one.id: str(doc["Source"]["SourceUri"])
            for one in page
            if (doc := one.doc) is not None
            and doc["_scope"] == call.scope.text
            and doc.get("ArtifactType") == "DataSet"
            and content_uses.PROPERTY not in doc.get("Properties", {})
        }
        read = {edge.source for edge in store.edges_of(list(bare)) if edge.label == "ContributedTo"} if bare else set()
        found += [uri for one, uri in bare.items() if one in read]
    return found


def _counts(shared: int, asked: int, used: int) -> Document:
    return {"shared": shared, "asked": asked, "used": used}


def _summary(asked: Asked, decision: str, findings: Findings) -> str:
    from trialbook.services.use_words import sentence

    what = asked.title
    if decision == "used":
        first = next(one for one in findings.found if _is_used(one))
        return f"{what} was used: {sentence(first)}"
    if decision == "undecided":
        return f"No use of {what} was found, but not everything could be checked."
    made = ". It was written by a job, and read by none" if findings.found else ""
    return f"{what} was not used by any job or run here{made}."
