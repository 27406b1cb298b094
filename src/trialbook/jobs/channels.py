"""A training job's channels: their data in `/opt/ml/input/data/<channel>`, or through pipes of that name.

==========  ===========================================================================================
File        the files are there before the program starts
FastFile    the same: what SageMaker streams on demand is a copy here
Pipe        `<channel>_0`, `<channel>_1` ...: one epoch each, all files one after the other
==========  ===========================================================================================

Every host of a job is this machine, so a sharded channel has all its data too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.jobs import places
from trialbook.jobs.failure import JobFailure
from trialbook.jobs.process import Pipe
from trialbook.jobs.recordio import augmented_records

if TYPE_CHECKING:
    from pathlib import Path

    from trialbook.jobs.job import Job
    from trialbook.jobs.joblog import JobLog
    from trialbook.model import Document


def bring(job: Job, doc: Document, log: JobLog) -> list[Pipe]:
    """Bring every channel's data; gives the pipes to feed."""
    pipes = []
    for channel in doc.get("InputDataConfig", []):
        name = channel["ChannelName"]
        what = f"The channel '{name}'"
        source = channel.get("DataSource", {}).get("S3DataSource")
        if source is None:
            raise JobFailure(f"ClientError: {what} has no S3DataSource: other data sources are not served here.")
        job.check()
        data_type = source.get("S3DataType", "S3Prefix")
        mode = channel.get("InputMode") or doc.get("AlgorithmSpecification", {}).get("TrainingInputMode", "File")
        items = places.listed(job.call, data_type, source["S3Uri"], what)
        place = job.tree.ml / "input" / "data" / name
        tally = job.ledger.reads(name, source["S3Uri"])
        if mode != "Pipe":
            size = places.fetch(job.call, items, place, job.check, tally)
            log.say(f"channel '{name}': {len(items)} files, {size:,} bytes from {source['S3Uri']}")
            continue
        held = job.tree.folder / "pipe" / name
        if data_type == "AugmentedManifestFile":
            files = [augmented_records(job, source, held, what)]
        else:
            places.fetch(job.call, items, held, job.check, tally)
            files = [held / item.path for item in items]
        pipes.append(_pipe(place, files, channel))
        log.say(f"channel '{name}': {len(files)} files through the pipes {name}_0, {name}_1 ...")
    return pipes


def _pipe(place: Path, files: list[Path], channel: Document) -> Pipe:
    place.parent.mkdir(parents=True, exist_ok=True)
    seed = channel.get("ShuffleConfig", {}).get("Seed")
    return Pipe(str(place), [str(file) for file in files], channel.get("CompressionType") == "Gzip", seed)
