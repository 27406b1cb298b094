"""Tagged resources, as the Resource Groups Tagging API gives them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from tests.conftest import LiveServer


@pytest.mark.parametrize("size", [-(2**31), -1, 0, 101])
def test_a_page_of_no_size_is_refused(live_server: LiveServer, size: int) -> None:
    with pytest.raises(ClientError, match="it must be from 1 to 100") as caught:
        live_server.client("resourcegroupstaggingapi").get_resources(ResourcesPerPage=size)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterException"


def test_pages_hold_every_tagged_resource_once(live_server: LiveServer) -> None:
    sagemaker = live_server.client("sagemaker")
    for name in ("a", "b", "c"):
        sagemaker.create_experiment(ExperimentName=name, Tags=[{"Key": "k", "Value": name}])
    client = live_server.client("resourcegroupstaggingapi")
    found, token = [], ""
    while True:
        page = client.get_resources(ResourcesPerPage=2, PaginationToken=token)
        found += [one["ResourceARN"].rpartition("/")[2] for one in page["ResourceTagMappingList"]]
        token = page["PaginationToken"]
        if not token:
            break
    assert found == ["a", "b", "c"]
