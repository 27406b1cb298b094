"""A finding in words, the same in the terminal, in the console and in a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialbook.model import Document


def sentence(finding: Document) -> str:
    """Say a finding in one sentence."""
    return f"{_relation(finding)} {_users(finding['uses'], finding['count'])}."


def _relation(finding: Document) -> str:
    relation = finding["relation"]
    uri = next((use["uri"] for use in finding["uses"] if use["uri"]), "")
    if relation == "rows":
        return _rows(finding)
    files = finding.get("files", {"shared": 0, "asked": 0, "used": 0})
    shared, asked, used = files["shared"], files["asked"], files["used"]
    return {
        "exact": f"the very same bytes, at {uri},",
        "copied": f"the same bytes, from another place ({uri}),",
        "renamed": f"the same bytes under another name ({uri})",
        "subset": f"it is {shared} of the {used} files of {uri}, which",
        "superset": f"{shared} of its {asked} files are all of {uri}, which",
        "overlap": f"{shared} of its {asked} files are among the {used} of {uri}, which",
        "changed": f"other bytes than are there now, at {uri} ({shared} of {used} files are as they were),",
        "place": "its URI is named as an input, though what was read there is not known: it",
    }[relation]


def _rows(finding: Document) -> str:
    rows, name = finding["rows"], finding["names"][0]["used"]
    share = rows["shared"] / max(rows["asked"], 1)
    about = "" if rows["exact"] else "about "
    narrow = " (rows of one or two values, which coincide by chance)" if rows["narrow"] else ""
    return (
        f"{about}{share:.1%} of the distinct rows of {rows['file']} ({rows['shared']:,} of {rows['asked']:,}) are rows "
        f"of {name}{narrow}, which"
    )


def _users(uses: list[Document], count: int) -> str:
    if not uses:
        return "was used by nothing that is still there"
    read = [use for use in uses if use["direction"] == "read"] or uses
    first = read[0]
    verb = "was read by" if first["direction"] == "read" else "was written by"
    who = f"{first['by']['type']} '{first['by']['name']}'" + (f" as {first['name']}" if first["name"] else "")
    hidden = count - len(uses)
    more = f" and {len(read) - 1 + hidden} more" if len(read) + hidden > 1 else ""
    below = {one["name"]: one["type"] for use in read for one in use["downstream"]}
    served = ", ".join(f"{kind} '{name}'" for name, kind in below.items())
    return f"{verb} {who}{more}" + (f"; downstream are {served}" if served else "")
