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
from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import content_uses, contents, records
from trialbook.services.artifacts import source_hash
from trialbook.services.content_uses import IDENTITY_OF, READ
from trialbook.services.object_listing import relative
from trialbook.services.row_uses import by_rows
from trialbook.services.trace_steps import job_or_run
from trialbook.services.use_findings import MOST_NAMED, Findings, told_uses
from trialbook.services.use_words import sentence
from trialbook.store.interface import Edge, Entity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.services.asked_data import Asked
    from trialbook.services.contents import File
    from trialbook.services.context import Call

MOST_ARTIFACTS = 100_000
"""Artifacts that are looked through for inputs never seen."""
ORDER = ("exact", "copied", "renamed", "subset", "superset", "overlap", "changed", "rows", "place")


def check(call: Call, asked: Asked, *, ignore_unseen: bool = False) -> Document:
    """Answer whether the data was used; see `asked_data` for how data is named.

    Parameters
    ----------
    ignore_unseen
        Decide over what was seen, although jobs exist whose inputs were not.

    Returns
    -------
    `decision`, `summary`, `asked`, `findings` (uses first, nearest first; each with its `text`), `unchecked`, `tables`
    (with how many rows were compared), and `time` (epoch seconds).
    """
    findings = Findings(unchecked=list(asked.unchecked))
    _by_uri(call, asked, findings)
    _by_content(call, asked, findings)
    tables = by_rows(call, asked, findings)
    large = content_uses.large_folders(call.store, call)
    if large:
        why = f"of folders of more than {content_uses.MOST_FILES:,} files only the root is kept"
        findings.doubt(f"single files and rows of {len(large)} large folders", why)
    unseen = _unseen_inputs(call, findings)
    if unseen and not ignore_unseen:
        shown = ", ".join(unseen[:MOST_NAMED]) + (" ..." if len(unseen) > MOST_NAMED else "")
        findings.doubt(
            f"{len(unseen)} inputs of jobs whose bytes were never seen here",
            f"their jobs were only recorded, ran before contents were kept, or name data elsewhere: {shown}",
        )
    findings.found.sort(key=lambda one: (not _is_used(one), ORDER.index(one["relation"])))
    for one in findings.found:
        one["text"] = sentence(one)
    decision = _decision(findings)
    return {
        "decision": decision,
        "summary": _summary(asked, decision, findings),
        "asked": asked.described(),
        "findings": findings.found,
        "unchecked": findings.unchecked,
        "tables": tables,
        "time": call.now(),
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
            if (told := told_uses(call, _edges(call, one)))["uses"]:
                findings.found.append({**_compared("superset", asked, one), **told})
    for folder in store.get_many(content_uses.folders_of(store, [one.id for one in known])):
        _tell_folder(call, asked, folder, findings)


def _tell_same(call: Call, asked: Asked, content: Entity, findings: Findings) -> None:
    by_place: dict[str, list[Edge]] = {}
    for edge in content_uses.uses_of(call.store, [content.id]):
        by_place.setdefault(_relation_of_place(asked, edge), []).append(edge)
    count = records.document(content)["Count"]
    for relation, edges in by_place.items():
        identity: Document = {"content": asked.identity, "files": _counts(count, count, count)}
        findings.found.append({"relation": relation, **identity, **told_uses(call, edges)})


def _relation_of_place(asked: Asked, edge: Edge) -> str:
    """Compare where the same bytes lay when they were used with where they are asked about."""
    used = str(edge.doc.get("uri", "")).rstrip("/")
    if asked.uri is not None:
        return "exact" if used == asked.uri.rstrip("/") else "copied"
    if asked.whole and asked.name and asked.name != used.rpartition("/")[2]:
        return "renamed"
    return "exact"


def _tell_folder(call: Call, asked: Asked, folder: Entity, findings: Findings) -> None:
    if records.document(folder)["Identity"] == asked.identity:
        return
    before = findings.told
    told = told_uses(call, [one for one in _edges(call, folder) if (one.source, one.label, one.target) not in before])
    if not told["uses"]:
        return
    finding = {**_compared("overlap", asked, folder), **told}
    files = finding["files"]
    if files["shared"] == files["asked"]:
        finding["relation"] = "renamed" if files["asked"] == files["used"] else "subset"
    elif files["shared"] == files["used"]:
        finding["relation"] = "superset"
    findings.found.append(finding)


def _compared(relation: str, asked: Asked, content: Entity) -> Document:
    """Make a finding that compares the files asked about with those of a content that was used."""
    theirs = content_uses.files_of(content)
    mine, other = Counter(one.hash for one in asked.files), Counter(one.hash for one in theirs)
    return {
        "relation": relation,
        "content": records.document(content)["Identity"],
        "files": _counts((mine & other).total(), mine.total(), other.total()),
        "names": _names(asked.files, theirs),
    }


def _edges(call: Call, content: Entity) -> list[Edge]:
    return content_uses.uses_of(call.store, [content.id])


def _names(mine: Sequence[File], theirs: Sequence[File], most: int = 20) -> list[Document]:
    """Give the shared files: what they are called here and what they were called when they were used."""
    called = {one.hash: one.name for one in theirs}
    return [{"asked": one.name, "used": called[one.hash]} for one in mine if one.hash in called][:most]


def _by_uri(call: Call, asked: Asked, findings: Findings) -> None:
    """Tell what was used from this place, or from a prefix that holds it, when its bytes were others, or unseen."""
    if asked.uri is None:
        return
    for uri in _places(asked.uri):
        artifact = call.store.find(Kind.ARTIFACT, call.scope.key(source_hash({"SourceUri": uri})))
        if artifact is None:
            continue
        had = [edge.source for edge in call.store.edges(target=artifact.id, label=IDENTITY_OF)]
        for content in call.store.get_many(had):
            if _changed(asked, content, uri):
                there = [one for one in _edges(call, content) if one.doc["uri"].rstrip("/") == uri.rstrip("/")]
                findings.told.update((one.source, one.label, one.target) for one in there)
                if (told := told_uses(call, there))["uses"]:
                    findings.found.append({**_compared("changed", asked, content), **told})
        if not had and (told := _named_by(call, artifact))["uses"]:
            findings.found.append({"relation": "place", "uri": uri, **told})


def _places(uri: str) -> list[str]:
    """Give the URIs by which a place may have been named: its own, and every prefix of it in its bucket."""
    own = [uri, uri.rstrip("/"), f"{uri.rstrip('/')}/"]
    bucket = uri.find("/", len("s3://"))
    above = [uri[:end] for end in range(len(uri) - 1, bucket - 1, -1)] if uri.startswith("s3://") and bucket > 0 else []
    return list(dict.fromkeys([*own, *above]))


def _changed(asked: Asked, content: Entity, uri: str) -> bool:
    """Say whether what was used from `uri` had other bytes at the place asked about."""
    assert asked.uri is not None
    if uri.rstrip("/") == asked.uri.rstrip("/"):
        return str(records.document(content)["Identity"]) != asked.identity
    name = relative(asked.uri, uri)
    then = [one.hash for one in content_uses.files_of(content) if one.name == name]
    return bool(then) and then != [one.hash for one in asked.files]


def _named_by(call: Call, artifact: Entity) -> Document:
    """Give the jobs and runs that name an artifact as an input."""
    edges = {edge.target: edge for edge in call.store.edges(source=artifact.id, label="ContributedTo")}
    named = [one for one in call.store.get_many(list(edges)) if one.kind == Kind.TRIAL_COMPONENT]
    uri = records.document(artifact)["Source"]["SourceUri"]
    uses = [
        Edge(artifact.id, f"{READ}:", job_or_run(call, one).id, {"uri": uri, "time": edges[one.id].doc["CreationTime"]})
        for one in named
    ]
    return told_uses(call, uses)


def _unseen_inputs(call: Call, findings: Findings) -> list[str]:
    """Give the URIs of data that jobs name as inputs and that were never seen: no identity was ever kept of them."""
    store, since, left = call.store, 0, MOST_ARTIFACTS
    found: list[str] = []
    while left > 0:
        page = store.changes(since, [Kind.ARTIFACT], 2_000)
        if not page:
            return found
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
    findings.doubt(f"artifacts beyond the first {MOST_ARTIFACTS:,}", "so many are looked through for inputs never seen")
    return found


def _counts(shared: int, asked: int, used: int) -> Document:
    return {"shared": shared, "asked": asked, "used": used}


def _summary(asked: Asked, decision: str, findings: Findings) -> str:
    what = asked.title
    if decision == "used":
        first = next(one for one in findings.found if _is_used(one))
        return f"{what} was used: {first['text']}"
    if decision == "undecided":
        return f"No use of {what} was found, but not everything could be checked."
    made = ". It was written by a job, and read by none" if findings.found else ""
    return f"{what} was not used by any job or run here{made}."
