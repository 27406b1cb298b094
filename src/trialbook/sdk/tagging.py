"""Tags and names as the store takes them: cut to length, since a change that it refuses holds up all after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from trialbook.sdk.parameters import clean
from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    from trialbook.model import Document

Tags = Mapping[str, str] | list[dict[str, str]] | None
LONGEST_NAME = 120
LONGEST_KEY, LONGEST_VALUE = 128, 256


def tag_list(tags: Tags) -> list[Document]:
    """Give tags as AWS writes them. Raises TypeError for what has another form."""
    if isinstance(tags, Mapping):
        return [_tag(key, value) for key, value in tags.items()]
    try:
        return [_tag(tag["Key"], tag["Value"]) for tag in tags or []]
    except (TypeError, KeyError):
        message = f"tags are a mapping, or a list of {{'Key': ..., 'Value': ...}}, not {tags!r:.80}"
        raise TypeError(message) from None


def _tag(key: object, value: object) -> Document:
    return {"Key": clean(key)[:LONGEST_KEY] or '""', "Value": clean(value)[:LONGEST_VALUE]}


def shown_name(name: object) -> str | None:
    """Give a name to show as the store takes it; None stays None."""
    return None if name is None else clean(name)[:LONGEST_NAME]


def tags_or_none(tags: Tags) -> list[Document]:
    """Give tags for what is made; those that are none are left out, with a warning."""
    try:
        return tag_list(tags)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        warn_once("tags", f"Trialbook kept no tags: {type(error).__name__}: {error}. Give a mapping of text.")
        return []
