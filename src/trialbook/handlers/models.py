"""CreateModel, DescribeModel, DeleteModel, ListModels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import models, records
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

MODELS = Listing(Kind.MODEL, "Models")


def create_model(call: Call, request: Document) -> Document:
    """Add a model."""
    return pick(models.create_model(call, *rest(request, "ModelName")), "ModelArn")


def describe_model(call: Call, request: Document) -> Document:
    """Give a model."""
    return records.document(records.require(call.store, call, Kind.MODEL, request["ModelName"]))


def delete_model(call: Call, request: Document) -> Document:
    """Remove a model."""
    models.delete_model(call, request["ModelName"])
    return {}


def list_models(call: Call, request: Document) -> Document:
    """List models."""
    return list_page(call, MODELS, request)
