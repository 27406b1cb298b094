"""Tags of every taggable resource: they lie in the resource's own document, so that Search sees them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import NOUNS, Document
from trialbook.names import parse_arn
from trialbook.services import records
from trialbook.services.quotas import check_quota

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Reader, Transaction


def add_tags(call: Call, arn: str, tags: Sequence[Document]) -> list[Document]:
    """Add tags, replacing the values of keys that are there; gives the full resulting list."""
    if call.strict:
        _refuse_reserved(tags)

    def change(tx: Transaction) -> list[Document]:
        entity = _tagged(tx, arn)
        doc = records.document(entity)
        merged = records.merge_tags(doc.get("Tags", []), list(tags))
        check_quota(call, "tags of a resource", len(merged))
        records.save(tx, call, entity, {**doc, "Tags": merged})
        return merged

    return call.store.write(change)


def delete_tags(call: Call, arn: str, keys: Sequence[str]) -> None:
    """Remove the tags with these keys; keys that are not there are no error."""

    def change(tx: Transaction) -> None:
        entity = _tagged(tx, arn)
        doc = records.document(entity)
        kept = [tag for tag in doc.get("Tags", []) if tag["Key"] not in set(keys)]
        records.save(tx, call, entity, {**doc, "Tags": kept})

    call.store.write(change)


def list_tags(call: Call, arn: str) -> list[Document]:
    """Give all tags, in the order in which their keys first came."""
    tags: list[Document] = records.document(_tagged(call.store, arn)).get("Tags", [])
    return tags


def list_page(call: Call, arn: str, limit: int | None, token: str | None) -> Document:
    """Give one page of a resource's tags; all of them when no limit is given. The token is the next tag's place."""
    found = list_tags(call, arn)
    start = _place(token, len(found))
    end = len(found) if limit is None else start + limit
    answer: Document = {"Tags": found[start:end]}
    if end < len(found):
        answer["NextToken"] = str(end)
    return answer


def _place(token: str | None, count: int) -> int:
    if token is None:
        return 0
    if not token.isascii() or not token.isdigit() or int(token[:9]) > count:
        raise ValidationError(f'Invalid pagination token because "{token[:100]}" is not one that ListTags gave.')
    return int(token)


def _tagged(reader: Reader, arn_text: str) -> Entity:
    entity = records.find_arn(reader, arn_text)
    if entity is not None:
        return entity
    if parse_arn(arn_text) is None:
        raise ValidationError(
            f"'{arn_text}' is not the ARN of a SageMaker resource: expected "
            "arn:aws:sagemaker:<region>:<account>:<type>/<name>."
        )
    kinds = ", ".join(sorted(noun.path for noun in NOUNS.values()))
    raise ValidationError(f"Could not find resource '{arn_text}'. Resources that can be tagged are those of: {kinds}.")


def _refuse_reserved(tags: Sequence[Document]) -> None:
    for tag in tags:
        if tag["Key"].lower().startswith("aws:"):
            raise ValidationError(f"Tag key '{tag['Key']}' is invalid: keys that start with 'aws:' are reserved.")
