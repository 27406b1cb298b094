"""The operations of S3 that AWS clients of SageMaker use. Every rule is in the services."""

from __future__ import annotations

from trialbook.services.buckets import create_bucket, delete_bucket, get_bucket_location, head_bucket, list_buckets
from trialbook.services.copies import copy_object
from trialbook.services.object_listing import list_objects, list_objects_v2
from trialbook.services.objects import delete_object, delete_objects, get_object, head_object, put_object
from trialbook.services.upload_listing import list_multipart_uploads, list_parts
from trialbook.services.uploads import (
    abort_multipart_upload,
    complete_multipart_upload,
    create_multipart_upload,
    upload_part,
    upload_part_copy,
)

__all__ = [
    "abort_multipart_upload",
    "complete_multipart_upload",
    "copy_object",
    "create_bucket",
    "create_multipart_upload",
    "delete_bucket",
    "delete_object",
    "delete_objects",
    "get_bucket_location",
    "get_object",
    "head_bucket",
    "head_object",
    "list_buckets",
    "list_multipart_uploads",
    "list_objects",
    "list_objects_v2",
    "list_parts",
    "put_object",
    "upload_part",
    "upload_part_copy",
]
