"""CreateEndpointConfig, DescribeEndpointConfig, DeleteEndpointConfig, ListEndpointConfigs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import endpoint_configs
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

ENDPOINT_CONFIGS = Listing(Kind.ENDPOINT_CONFIG, "EndpointConfigs")


def create_endpoint_config(call: Call, request: Document) -> Document:
    """Add an endpoint configuration."""
    return pick(
        endpoint_configs.create_endpoint_config(call, *rest(request, "EndpointConfigName")), "EndpointConfigArn"
    )


def describe_endpoint_config(call: Call, request: Document) -> Document:
    """Give an endpoint configuration."""
    return endpoint_configs.require_config(call.store, call, request["EndpointConfigName"])


def delete_endpoint_config(call: Call, request: Document) -> Document:
    """Remove an endpoint configuration."""
    endpoint_configs.delete_endpoint_config(call, request["EndpointConfigName"])
    return {}


def list_endpoint_configs(call: Call, request: Document) -> Document:
    """List endpoint configurations."""
    return list_page(call, ENDPOINT_CONFIGS, request)
