"""CreateModelCard, DescribeModelCard, UpdateModelCard, DeleteModelCard, ListModelCards, ListModelCardVersions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import model_cards
from trialbook.services.listing import DEFAULT_PAGE, Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

MODEL_CARDS = Listing(
    Kind.MODEL_CARD, "ModelCardSummaries", equals={"ModelCardStatus": "ModelCardStatus"}, descending=False
)


def create_model_card(call: Call, request: Document) -> Document:
    """Add a card."""
    return pick(model_cards.create_card(call, *rest(request, "ModelCardName")), "ModelCardArn")


def describe_model_card(call: Call, request: Document) -> Document:
    """Give a card, or one of its versions."""
    metadata_only = request.get("IncludedData") == "MetadataOnly"
    name, version = request["ModelCardName"], request.get("ModelCardVersion")
    return model_cards.describe_card(call, name, version, metadata_only=metadata_only)


def update_model_card(call: Call, request: Document) -> Document:
    """Make another version of a card."""
    return pick(model_cards.update_card(call, *rest(request, "ModelCardName")), "ModelCardArn")


def delete_model_card(call: Call, request: Document) -> Document:
    """Remove a card."""
    model_cards.delete_card(call, request["ModelCardName"])
    return {}


def list_model_cards(call: Call, request: Document) -> Document:
    """List cards."""
    return list_page(call, MODEL_CARDS, request)


def list_model_card_versions(call: Call, request: Document) -> Document:
    """List a card's versions by number. The token is the version that came last."""
    after, before = request.get("CreationTimeAfter", -math.inf), request.get("CreationTimeBefore", math.inf)
    found = [
        doc
        for doc in model_cards.versions_of(call, request["ModelCardName"])
        if after < doc["CreationTime"] < before
        and request.get("ModelCardStatus", doc["ModelCardStatus"]) == doc["ModelCardStatus"]
    ]
    backwards = request.get("SortOrder") == "Descending"
    if "NextToken" in request:
        last = _token(request["NextToken"])
        found = [
            doc for doc in found if (doc["ModelCardVersion"] < last if backwards else doc["ModelCardVersion"] > last)
        ]
    if backwards:
        found.reverse()
    page = found[: request.get("MaxResults", DEFAULT_PAGE)]
    answer: Document = {"ModelCardVersionSummaryList": page}
    if len(page) < len(found):
        answer["NextToken"] = str(page[-1]["ModelCardVersion"])
    return answer


def _token(token: str) -> int:
    if not token.isascii() or not token.isdigit() or len(token) > 9:
        raise ValidationError(
            f'Invalid pagination token because "{token[:100]}" is not one that ListModelCardVersions gave.'
        )
    return int(token)
