"""AddTags, ListTags, DeleteTags; GetResources of the resource groups tagging API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.services import tagged, tags

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call


def add_tags(call: Call, request: Document) -> Document:
    """Add tags; answers the full list."""
    return {"Tags": tags.add_tags(call, request["ResourceArn"], request["Tags"])}


def delete_tags(call: Call, request: Document) -> Document:
    """Remove tags by key."""
    tags.delete_tags(call, request["ResourceArn"], request["TagKeys"])
    return {}


def list_tags(call: Call, request: Document) -> Document:
    """Give a resource's tags."""
    return tags.list_page(call, request["ResourceArn"], request.get("MaxResults"), request.get("NextToken"))


def get_resources(call: Call, request: Document) -> Document:
    """Give the ARNs and tags of resources by their tags and types."""
    return tagged.find_tagged(call, request)
