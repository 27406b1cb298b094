"""Endpoints: create, describe, update (another configuration, or weights and counts), delete, list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import endpoints
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

ENDPOINTS = Listing(
    Kind.ENDPOINT, "Endpoints", equals={"StatusEquals": "EndpointStatus"}, sorts={"Status": "EndpointStatus"}
)


def create_endpoint(call: Call, request: Document) -> Document:
    """Add an endpoint."""
    return pick(endpoints.create_endpoint(call, *rest(request, "EndpointName")), "EndpointArn")


def describe_endpoint(call: Call, request: Document) -> Document:
    """Give an endpoint."""
    return endpoints.describe_endpoint(call, request["EndpointName"])


def update_endpoint(call: Call, request: Document) -> Document:
    """Deploy another configuration."""
    return pick(endpoints.update_endpoint(call, *rest(request, "EndpointName")), "EndpointArn")


def update_endpoint_weights_and_capacities(call: Call, request: Document) -> Document:
    """Change weights and instance counts."""
    wanted = request["DesiredWeightsAndCapacities"]
    return pick(endpoints.update_weights_and_capacities(call, request["EndpointName"], wanted), "EndpointArn")


def delete_endpoint(call: Call, request: Document) -> Document:
    """Remove an endpoint."""
    endpoints.delete_endpoint(call, request["EndpointName"])
    return {}


def list_endpoints(call: Call, request: Document) -> Document:
    """List endpoints."""
    return list_page(call, ENDPOINTS, request)
