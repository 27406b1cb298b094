"""Documents and keys as the text that both databases hold.

A document is JSON. orjson reads and writes it, ten times as fast as json,
but it knows neither NaN
and infinities (it writes null for them) nor integers past 64 bits nor lone surrogates. Documents with such values go
through the standard library, whose text we mark with a leading blank (which JSON allows), so that reading never
guesses.

PostgreSQL's text cannot hold U+0000, so keys are stored with U+0000 and U+0001 escaped in a way that keeps their
order: U+0000 as U+0001 U+0001, U+0001 as U+0001 U+0002. U+0001 followed by anything else is free for our own use.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import orjson

from trialbook.errors import StoreError

if TYPE_CHECKING:
    from trialbook.model import Document

_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_MARK = " "


def document_to_text(document: Document) -> str:
    """Write a document. Raises `TypeError` for a value that JSON has no form for (a datetime, bytes)."""
    try:
        text = orjson.dumps(document, option=_OPTIONS).decode()
    except TypeError:
        return _MARK + json.dumps(document)
    return _MARK + json.dumps(document) if "null" in text and _has_special(document) else text


def text_to_document(text: str) -> Document:
    """Read what `document_to_text` wrote."""
    return cast("Document", json.loads(text) if text.startswith(_MARK) else orjson.loads(text))


def _has_special(document: Document) -> bool:
    """Tell whether a float in the document is NaN or infinite: orjson wrote null for it."""
    try:
        json.dumps(document, allow_nan=False)
    except ValueError:
        return True
    return False


def key_to_text(key: str) -> str:
    """Escape a key (of an entity, an object, a metric) for a text column; keeps order and prefixes."""
    if not key.isascii():
        try:
            key.encode()
        except UnicodeEncodeError as error:
            message = f"{key!r} is not Unicode text: it holds half of a surrogate pair at {error.start}"
            raise StoreError(message) from error
    if "\x00" in key or "\x01" in key:
        return key.replace("\x01", "\x01\x02").replace("\x00", "\x01\x01")
    return key


def text_to_key(text: str) -> str:
    """Undo `key_to_text`."""
    return text.replace("\x01\x01", "\x00").replace("\x01\x02", "\x01") if "\x01" in text else text


def after_prefix(prefix: str) -> str | None:
    """Give the least text above every text that starts with `prefix`; None when there is none."""
    while prefix:
        last = ord(prefix[-1])
        if last < 0x10FFFF:
            # The code points of surrogates are no characters: after U+D7FF comes U+E000.
            return prefix[:-1] + chr(0xE000 if last == 0xD7FF else last + 1)
        prefix = prefix[:-1]
    return None
