"""RecordIO, for augmented manifests: the attributes of each line, one record after the other.

A record is a magic number, a 29-bit length, the bytes, and zeros up to a multiple of four, as MXNet writes it.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

from trialbook.jobs import places
from trialbook.jobs.failure import JobFailure

if TYPE_CHECKING:
    from pathlib import Path

    from trialbook.jobs.job import Job
    from trialbook.model import Document

_MAGIC = 0xCED7230A


def record(data: bytes) -> bytes:
    """Wrap bytes as one record."""
    return struct.pack("<II", _MAGIC, len(data)) + data + b"\0" * (-len(data) % 4)


def augmented_records(job: Job, source: Document, folder: Path, what: str) -> Path:
    """Write the records of an augmented manifest into a file; gives the file.

    An attribute whose name ends in `-ref` gives the bytes of the object it names, any other its value as text.
    """
    names = source.get("AttributeNames", [])
    if not names:
        raise JobFailure(f"ClientError: {what}: an AugmentedManifestFile needs AttributeNames.")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "records"
    text = places.read_object(job.call, source["S3Uri"], what).decode("utf-8", "replace")
    with file.open("wb") as target:
        for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
            job.check()
            try:
                told = json.loads(line)
                values = [(name, told[name]) for name in names]
            except (ValueError, KeyError, TypeError) as error:
                raise JobFailure(
                    f"ClientError: {what}: line {number} of {source['S3Uri']} is not a JSON object with the attributes "
                    f"{', '.join(names)}: {error}"
                ) from None
            for name, value in values:
                if name.endswith("-ref"):
                    target.write(record(places.read_object(job.call, str(value), what)))
                else:
                    target.write(record((value if isinstance(value, str) else json.dumps(value)).encode()))
    return file
