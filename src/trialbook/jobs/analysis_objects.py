"""What an analysis configuration names by S3 URI (baselines, facets, predictions), brought into a temporary folder."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from trialbook.errors import ClarifyError

if TYPE_CHECKING:
    from types import TracebackType


class Fetched:
    """Gives the local path of a URI; a path stays what it is. The copies last as long as its block."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="analysis-")
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def __call__(self, uri: str) -> Path:
        """Bring an object, or all of those below a prefix.

        Raises
        ------
        ClarifyError
            If nothing is there.
        """
        if not uri.startswith("s3://"):
            return Path(uri)
        import botocore.session
        from botocore.exceptions import BotoCoreError, ClientError

        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self._count += 1
        folder = Path(self._folder.name) / str(self._count)
        client = botocore.session.get_session().create_client("s3")
        try:
            listed = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
            keys = [one["Key"] for page in listed for one in page.get("Contents", [])]
            keys = [one for one in keys if one == key or key.endswith("/") or not key or one.startswith(f"{key}/")]
            for one in keys:
                relative = one.removeprefix(key).lstrip("/") or Path(key).name
                path = folder / relative
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    for piece in client.get_object(Bucket=bucket, Key=one)["Body"].iter_chunks(2**20):
                        file.write(piece)
        except (ClientError, BotoCoreError) as error:
            raise ClarifyError(f"{uri} cannot be read: {error}") from error
        if not keys:
            raise ClarifyError(f"{uri} cannot be read: there is no such object")
        return folder / Path(key).name if key in keys else folder
