"""Buckets: names that are unique over all regions of the account, each with the region it was made in.

The SageMaker SDK keeps its files in `sagemaker-<region>-<account>` and fails in one of its paths when that bucket is
missing, so these are there in every region: the first look at one makes it, wherever that look comes from.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from trialbook.errors import CodedError, StoreError

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.store.interface import Reader, Transaction

_NAME = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}")
LEGACY_REGION = "us-east-1"
"""The region that LocationConstraint writes as nothing, and where making a bucket of one's own again succeeds."""


def default_bucket(region: str, account: str) -> str:
    """Give the name of the SageMaker SDK's bucket in a region."""
    return f"sagemaker-{region}-{account}"


def require_bucket(call: Call, request: Document, member: str = "Bucket", owner: str = "ExpectedBucketOwner") -> str:
    """Give the name of the request's bucket once it is known to be there, and of the expected owner.

    Raises
    ------
    CodedError
        NoSuchBucket, 404; AccessDenied, 403, when ExpectedBucketOwner is another account.
    """
    name = str(request[member])
    check_owner(find_bucket(call, name), request.get(owner), name)
    return name


def find_bucket(call: Call, name: str) -> Document:
    """Give a bucket's document. Raises `CodedError` NoSuchBucket; a default bucket is made when it is not there."""
    found = call.store.bucket(name)
    if found is None and (region := _region_of_default(call, name)):
        found = call.store.write(lambda tx: _make(tx, call, name, region))
    if found is None:
        raise no_such_bucket(call, name)
    return found


def recheck_bucket(tx: Reader, call: Call, name: str) -> None:
    """Raise NoSuchBucket when the bucket went away since the request began."""
    if tx.bucket(name) is None:
        raise no_such_bucket(call, name)


def check_owner(bucket: Document, expected: str | None, name: str) -> None:
    """Raise AccessDenied, as S3 does, when the client expects the bucket to be another account's."""
    if expected is not None and expected != bucket["Account"]:
        raise CodedError(
            "AccessDenied", f"Bucket '{name}' belongs to account {bucket['Account']}, not to {expected}.", 403
        )


def no_such_bucket(call: Call, name: str) -> CodedError:
    """Make the error for a bucket that is not there; it names the bucket with the most similar name."""
    near = difflib.get_close_matches(name, call.store.buckets(), n=1, cutoff=0.8)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return CodedError("NoSuchBucket", f"The specified bucket does not exist: '{name}'.{hint}", 404)


def list_buckets(call: Call, request: Document) -> Document:
    """Give the buckets in order of name, page by page when MaxBuckets is given."""
    if _REGION.fullmatch(call.scope.region):
        find_bucket(call, default_bucket(call.scope.region, call.scope.account))
    prefix, region, after = (request.get(member, "") for member in ("Prefix", "BucketRegion", "ContinuationToken"))
    limit = request.get("MaxBuckets", 10_000)
    matching = [
        {"Name": name, "CreationDate": doc["CreationDate"], "BucketRegion": doc["Region"]}
        for name, doc in call.store.buckets().items()
        if name.startswith(prefix) and name > after and region in {"", doc["Region"]}
    ]
    answer: Document = {"Buckets": matching[:limit], "Owner": owner(call)}
    if len(matching) > limit:
        answer["ContinuationToken"] = matching[limit - 1]["Name"]
    return answer


def owner(call: Call) -> Document:
    """Give the account as an owner of buckets and objects."""
    return {"DisplayName": "trialbook", "ID": call.scope.account.rjust(64, "0")}


def create_bucket(call: Call, request: Document) -> Document:
    """Make a bucket; its region is the LocationConstraint, else that of the call."""
    name = request["Bucket"]
    if not _NAME.fullmatch(name):
        raise CodedError(
            "InvalidBucketName",
            f"The specified bucket is not valid: '{name[:100]}'. A name has 3 to 63 characters, which are lower-case "
            "letters, digits, dots and hyphens, and begins and ends with a letter or a digit.",
        )
    region = request.get("CreateBucketConfiguration", {}).get("LocationConstraint") or call.scope.region
    region = "eu-west-1" if region == "EU" else region

    def make(tx: Transaction) -> None:
        if tx.bucket(name) is None:
            _make(tx, call, name, region)
        elif call.scope.region != LEGACY_REGION:
            raise CodedError(
                "BucketAlreadyOwnedByYou",
                f"Your previous request to create the named bucket succeeded and you already own it: '{name}'.",
                409,
            )

    call.store.write(make)
    return {"Location": f"/{name}"}


def head_bucket(call: Call, request: Document) -> Document:
    """Say where a bucket is."""
    name = require_bucket(call, request)
    return {"BucketRegion": find_bucket(call, name)["Region"]}


def get_bucket_location(call: Call, request: Document) -> Document:
    """Say where a bucket is, as LocationConstraint does: nothing for us-east-1."""
    region = find_bucket(call, require_bucket(call, request))["Region"]
    return {} if region == LEGACY_REGION else {"LocationConstraint": region}


def delete_bucket(call: Call, request: Document) -> Document:
    """Remove an empty bucket, and its unfinished uploads. A default bucket comes back, empty, at the next look."""
    name = require_bucket(call, request)

    def remove(tx: Transaction) -> None:
        recheck_bucket(tx, call, name)
        try:
            tx.delete_bucket(name)
        except StoreError as error:
            raise CodedError(
                "BucketNotEmpty", f"The bucket you tried to delete is not empty: '{name}'.", 409
            ) from error

    call.store.write(remove)
    return {}


def _make(tx: Transaction, call: Call, name: str, region: str) -> Document:
    found = tx.bucket(name)
    if found is None:
        found = {"CreationDate": call.now(), "Region": region, "Account": call.scope.account}
        tx.put_bucket(name, found)
    return found


def _region_of_default(call: Call, name: str) -> str | None:
    """Give the region of an SDK's default bucket; None for any other name."""
    prefix, suffix = "sagemaker-", f"-{call.scope.account}"
    region = name.removeprefix(prefix).removesuffix(suffix)
    if name == f"{prefix}{region}{suffix}" and _REGION.fullmatch(region):
        return region
    return None
