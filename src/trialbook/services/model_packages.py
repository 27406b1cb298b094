"""Model packages: versions of a group, numbered upwards and never twice, or unversioned ones with a name.

A versioned package is named `<group>/<version>`, as in its ARN, and can be asked for by either. A repeat of a create
with the same ClientToken (botocore makes one for each call and keeps it over retries) answers what the first made.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trialbook.errors import ApiError, ValidationError
from trialbook.model import Document, Kind
from trialbook.services import auto_lineage, records
from trialbook.services.model_links import data_uri
from trialbook.services.model_package_groups import LAST_VERSION, VERSION_OF, context_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

_TOKENS = "_tokens"
_TOKENS_KEPT = 32
_STARTS: Document = {
    "ModelPackageStatus": "Completed",
    "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
}


def create_package(call: Call, members: Document) -> Document:
    """Add the next version of a group, or an unversioned package."""
    if ("ModelPackageGroupName" in members) == ("ModelPackageName" in members):
        raise ValidationError(
            "A model package takes either ModelPackageGroupName (a version of that group) or ModelPackageName "
            "(an unversioned package): give one of the two."
        )
    given = {member: value for member, value in members.items() if member != "ClientToken"}
    token = members.get("ClientToken")
    if "ModelPackageGroupName" in members:
        return call.store.write(lambda tx: _add_version(tx, call, given, token))
    return call.store.write(lambda tx: _add_unversioned(tx, call, given, token))


def update_package(call: Call, name: str, members: Document) -> Document:
    """Change a package: metadata properties merge, inference specifications are added, the rest is replaced."""

    def change(tx: Transaction) -> Document:
        package = records.require(tx, call, Kind.MODEL_PACKAGE, name)
        doc = _merged(records.document(package), members)
        saved = records.save(tx, call, package, doc)
        _trace(tx, call, saved)
        return records.document(saved)

    return call.store.write(change)


def delete_package(call: Call, name: str) -> None:
    """Remove a package. Its version number is not given again."""

    def remove(tx: Transaction) -> None:
        tx.delete(records.require(tx, call, Kind.MODEL_PACKAGE, name).id)

    call.store.write(remove)


def describe_package(call: Call, name: str, *, metadata_only: bool = False) -> Document:
    """Give a package; with `metadata_only` the content of its embedded model card is cut to its public members."""
    doc = records.document(records.require(call.store, call, Kind.MODEL_PACKAGE, name))
    if metadata_only and "ModelCardContent" in doc.get("ModelCard", {}):
        doc["ModelCard"] = {
            **doc["ModelCard"],
            "ModelCardContent": public_content(doc["ModelCard"]["ModelCardContent"]),
        }
    return doc


def describe_packages(call: Call, arns: Sequence[str]) -> tuple[dict[str, Document], dict[str, ApiError]]:
    """Give packages by ARN, and what is wrong with the ARNs that name none."""
    found: dict[str, Document] = {}
    errors: dict[str, ApiError] = {}
    for arn in arns:
        try:
            found[arn] = describe_package(call, arn)
        except ApiError as error:
            errors[arn] = error
    return found, errors


PUBLIC_CONTENT = {
    "model_overview": ("model_id", "model_name"),
    "intended_uses": ("risk_rating",),
    "model_package_details": ("model_package_group_name", "model_package_arn"),
}
"""What of a model card's content IncludedData=MetadataOnly leaves."""


def public_content(content: str) -> str:
    """Give the part of a model card's content that needs no key; all else is left out."""
    try:
        card = json.loads(content)
    except ValueError:
        return "{}"
    kept = {
        section: {member: card[section][member] for member in members if member in card[section]}
        for section, members in PUBLIC_CONTENT.items()
        if isinstance(card, dict) and isinstance(card.get(section), dict)
    }
    return json.dumps({section: members for section, members in kept.items() if members})


def _add_version(tx: Transaction, call: Call, members: Document, token: str | None) -> Document:
    group = records.require(tx, call, Kind.MODEL_PACKAGE_GROUP, members["ModelPackageGroupName"])
    group_doc = records.document(group)
    group_name, tokens = group_doc["ModelPackageGroupName"], group_doc.get(_TOKENS, {})
    if token in tokens:
        again = records.lookup(tx, call, Kind.MODEL_PACKAGE, f"{group_name}/{tokens[token]}")
        if again is not None:
            return records.document(again)
    version = group_doc.get(LAST_VERSION, 0) + 1
    kept = dict(list(tokens.items())[-_TOKENS_KEPT + 1 :])
    tx.update(group.id, {**group_doc, LAST_VERSION: version, _TOKENS: {**kept, **({token: version} if token else {})}})
    doc = {
        "ModelApprovalStatus": "PendingManualApproval",
        **members,
        "ModelPackageGroupName": group_name,
        "ModelPackageVersion": version,
    }
    package = _insert(tx, call, f"{group_name}/{version}", doc)
    tx.link(package.id, VERSION_OF, group.id, {})
    artifact = _trace(tx, call, package)
    auto_lineage.associate(tx, call, artifact, "AssociatedWith", context_of(tx, call, group))
    return records.document(package)


def _add_unversioned(tx: Transaction, call: Call, members: Document, token: str | None) -> Document:
    name = members["ModelPackageName"]
    present = records.lookup(tx, call, Kind.MODEL_PACKAGE, name)
    if present is not None:
        doc = records.document(present)
        if token is not None and doc.get(_TOKENS) == token:
            return doc
        # The SDK goes on when it reads "ModelPackage already exists".
        raise ValidationError(f"ModelPackage already exists: {doc['ModelPackageArn']}")
    package = _insert(tx, call, name, {**members, _TOKENS: token})
    _trace(tx, call, package)
    return records.document(package)


def _insert(tx: Transaction, call: Call, name: str, members: Document) -> Entity:
    doc = records.new_document(call, Kind.MODEL_PACKAGE, name, {**_STARTS, **members})
    return records.insert(tx, call, Kind.MODEL_PACKAGE, doc)


def _merged(doc: Document, members: Document) -> Document:
    plain = {
        "CustomerMetadataProperties",
        "CustomerMetadataPropertiesToRemove",
        "AdditionalInferenceSpecificationsToAdd",
    }
    unchanged = {"ModelPackageArn", "ClientToken"}
    result = {**doc, **{member: value for member, value in members.items() if member not in plain | unchanged}}
    removed = set(members.get("CustomerMetadataPropertiesToRemove", []))
    metadata = {**doc.get("CustomerMetadataProperties", {}), **members.get("CustomerMetadataProperties", {})}
    if metadata:
        result["CustomerMetadataProperties"] = {key: value for key, value in metadata.items() if key not in removed}
    added = members.get("AdditionalInferenceSpecificationsToAdd", [])
    if added:
        result["AdditionalInferenceSpecifications"] = _with_specifications(doc, added)
    return result


def _with_specifications(doc: Document, added: list[Document]) -> list[Document]:
    present = doc.get("AdditionalInferenceSpecifications", [])
    names = {one["Name"] for one in present}
    twice = next((one["Name"] for one in added if one["Name"] in names), None)
    if twice is not None:
        raise ValidationError(
            f"Model package '{doc['ModelPackageArn']}' has an additional inference specification "
            f"named '{twice}' already."
        )
    return [*present, *added]


def _trace(tx: Transaction, call: Call, package: Entity) -> Entity:
    """Leave the package's lineage: what it holds contributed to its artifact; its approval is an action.

    Returns
    -------
    The package's artifact.
    """
    doc = records.document(package)
    arn, name = doc["ModelPackageArn"], doc["ModelPackageName"]
    artifact = auto_lineage.ensure_artifact(tx, call, arn, "ModelPackage", name)
    for container in doc.get("InferenceSpecification", {}).get("Containers", []):
        for uri, kind in ((data_uri(container), "Model"), (container.get("Image"), "Image")):
            if uri:
                source = auto_lineage.ensure_artifact(tx, call, uri, kind)
                auto_lineage.associate(tx, call, source, "ContributedTo", artifact)
    if "ModelApprovalStatus" in doc:
        label = f"{name.replace('/', '-')}-aws-model-approval"
        action = auto_lineage.ensure_action(tx, call, label, "Approval", arn, doc["ModelApprovalStatus"])
        auto_lineage.associate(tx, call, artifact, "AssociatedWith", action)
    return artifact
