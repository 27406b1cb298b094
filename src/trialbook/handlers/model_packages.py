"""Model packages and their groups: create, describe, update, delete, list, and the groups' policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.search.tree import Condition, Node, Operator
from trialbook.services import model_package_groups as groups
from trialbook.services import model_packages as packages
from trialbook.services import records
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

GROUPS = Listing(Kind.MODEL_PACKAGE_GROUP, "ModelPackageGroupSummaryList", descending=False)
PACKAGES = Listing(
    Kind.MODEL_PACKAGE,
    "ModelPackageSummaryList",
    equals={"ModelApprovalStatus": "ModelApprovalStatus"},
    descending=False,
)
_VERSIONED = Condition("ModelPackageVersion", Operator.EXISTS)
_OF_TYPE: dict[str, list[Node]] = {
    "Versioned": [_VERSIONED],
    "Unversioned": [Condition("ModelPackageVersion", Operator.NOT_EXISTS)],
    "Both": [],
}


def create_model_package_group(call: Call, request: Document) -> Document:
    """Add a group."""
    return pick(groups.create_group(call, *rest(request, "ModelPackageGroupName")), "ModelPackageGroupArn")


def describe_model_package_group(call: Call, request: Document) -> Document:
    """Give a group."""
    name = request["ModelPackageGroupName"]
    return records.document(records.require(call.store, call, Kind.MODEL_PACKAGE_GROUP, name))


def delete_model_package_group(call: Call, request: Document) -> Document:
    """Remove an empty group."""
    groups.delete_group(call, request["ModelPackageGroupName"])
    return {}


def list_model_package_groups(call: Call, request: Document) -> Document:
    """List groups. No other account shares any."""
    if request.get("CrossAccountFilterOption") == "CrossAccount":
        return {GROUPS.member: []}
    return list_page(call, GROUPS, request)


def put_model_package_group_policy(call: Call, request: Document) -> Document:
    """Set a group's policy."""
    doc = groups.put_policy(call, request["ModelPackageGroupName"], request["ResourcePolicy"])
    return pick(doc, "ModelPackageGroupArn")


def get_model_package_group_policy(call: Call, request: Document) -> Document:
    """Give a group's policy."""
    return {"ResourcePolicy": groups.get_policy(call, request["ModelPackageGroupName"])}


def delete_model_package_group_policy(call: Call, request: Document) -> Document:
    """Remove a group's policy."""
    groups.delete_policy(call, request["ModelPackageGroupName"])
    return {}


def create_model_package(call: Call, request: Document) -> Document:
    """Add a package."""
    return pick(packages.create_package(call, request), "ModelPackageArn")


def describe_model_package(call: Call, request: Document) -> Document:
    """Give a package by name or ARN."""
    metadata_only = request.get("IncludedData") == "MetadataOnly"
    return packages.describe_package(call, request["ModelPackageName"], metadata_only=metadata_only)


def batch_describe_model_package(call: Call, request: Document) -> Document:
    """Give packages by ARN, and an error for each that is not there."""
    found, errors = packages.describe_packages(call, request["ModelPackageArnList"])
    answer: Document = {"ModelPackageSummaries": found}
    if errors:
        answer["BatchDescribeModelPackageErrorMap"] = {
            arn: {"ErrorCode": error.code, "ErrorResponse": error.message} for arn, error in errors.items()
        }
    return answer


def update_model_package(call: Call, request: Document) -> Document:
    """Change a package."""
    return pick(packages.update_package(call, *rest(request, "ModelPackageArn")), "ModelPackageArn")


def delete_model_package(call: Call, request: Document) -> Document:
    """Remove a package."""
    packages.delete_package(call, request["ModelPackageName"])
    return {}


def list_model_packages(call: Call, request: Document) -> Document:
    """List packages: the versions of a group when one is named, else the unversioned ones, unless a type is given."""
    named = "ModelPackageGroupName" in request
    where = list(_OF_TYPE[request.get("ModelPackageType", "Versioned" if named else "Unversioned")])
    if named:
        group = records.require(call.store, call, Kind.MODEL_PACKAGE_GROUP, request["ModelPackageGroupName"])
        name = records.document(group)["ModelPackageGroupName"]
        where.append(Condition("ModelPackageGroupName", Operator.EQUALS_FOLDED, name))
    return list_page(call, PACKAGES, request, where)
