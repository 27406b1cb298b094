"""Batch transform: a model is started for the job, asked about every record of the input, and ended with it.

An input object becomes one output object, `<S3OutputPath>/<its path below the input's prefix>.out`. How many are done
is kept in the claim: after a restart the job goes on with the next one, with the model that still runs.
"""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import json
import socket
from functools import partial
from typing import TYPE_CHECKING, Any

import urllib3

from trialbook.jobs import places, splitting
from trialbook.jobs.failure import JobFailure
from trialbook.jobs.job import Left
from trialbook.jobs.joblog import JobLog
from trialbook.jobs.joining import Processing
from trialbook.jobs.serving_process import ServingProcess
from trialbook.services.job_states import Ending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.jobs.job import Job
    from trialbook.jobs.places import Item
    from trialbook.jobs.serving_recipe import Kitchen
    from trialbook.model import Document

PAYLOAD_MB = 6
TIMEOUT, RETRIES = 600, 3
"""Seconds and repeats of one request, where the job's ModelClientConfig does not say."""
LOOK = 0.3
"""Seconds between two looks at the job while the model works."""
_WHAT = "The transform input"
_END = 12.0


class Transform:
    """The work of a transform job."""

    slots = 1

    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen

    def run(self, job: Job) -> Ending:
        """Run one transform job."""
        doc = job.document()
        log = JobLog(job)
        course = _Course(job, doc, log)
        process: ServingProcess | None = None
        try:
            process = self._serving(job, doc, log)
            course.run(process)
        except Left:
            raise  # the process goes on, and the next runner finds it
        except BaseException:
            _end(process, log)
            raise
        _end(process, log)
        return Ending("Completed")

    def _serving(self, job: Job, doc: Document, log: JobLog) -> ServingProcess:
        found = ServingProcess.find(job.tree.folder) if job.phase == "running" else None
        if found is None:
            if job.phase == "running":
                job.note(offset=0)  # its log begins anew
            job.tree.make()
            job.begin("InProgress", "Preparing the model")
            recipe = self._kitchen.prepare(job, _container(doc), log.say, job.check)
            places.require_bucket(job.call, doc["TransformOutput"]["S3OutputPath"], "The transform output")
            found = ServingProcess.start(job.tree.folder, recipe, job.settings)
            job.note(phase="running", host=socket.gethostname())
        found.wait_ready(job.settings.endpoint_start, "The model", job.check, log.ship)
        return found


class _Course:
    """One transform job in progress."""

    def __init__(self, job: Job, doc: Document, log: JobLog) -> None:
        self.job = job
        self.doc = doc
        self.log = log
        self.source: Document = doc["TransformInput"]
        self.output: Document = doc["TransformOutput"]
        data = self.source["DataSource"]["S3DataSource"]
        self.read = job.ledger.reads("SageMaker.TransformInput", data["S3Uri"])
        self.written = job.ledger.writes("SageMaker.TransformOutput", self.output["S3OutputPath"])
        self.processing = Processing.of(doc)
        self.split = self.source.get("SplitType", "None")
        self.gzipped = self.source.get("CompressionType", "None") == "Gzip"
        client = doc.get("ModelClientConfig", {})
        self.timeout = float(client.get("InvocationsTimeoutInSeconds", TIMEOUT))
        self.retries = int(client.get("InvocationsMaxRetries", RETRIES))

    def run(self, process: ServingProcess) -> None:
        """Transform every object that is not done yet."""
        data = self.source["DataSource"]["S3DataSource"]
        items = places.listed(self.job.call, data.get("S3DataType", "S3Prefix"), data["S3Uri"], _WHAT)
        known = _parameters(process)
        at_once = int(self.doc.get("MaxConcurrentTransforms") or known.get("MaxConcurrentTransforms") or 1)
        done = int(self.job.state.get("done", 0))
        for item in items[:done]:
            self._note_done(item)
        pool = concurrent.futures.ThreadPoolExecutor(at_once, "trialbook-transform")
        try:
            for number, item in enumerate(items[done:], done + 1):
                count = self._transform(process, item, pool, at_once, known)
                self.job.note(done=number)
                self.log.say(f"{number} of {len(items)} objects: {item.row.key}, {count:,} requests")
                self.log.ship()
        finally:
            # A stopped job does not wait for what the model is still asked: the model ends with it.
            pool.shutdown(wait=False, cancel_futures=True)

    def _note_done(self, item: Item) -> None:
        """Note by content what was transformed before a restart."""
        uri = f"{self.output['S3OutputPath'].rstrip('/')}/{item.path}.out"
        places.tell(self.job.call, places.parse(f"s3://{item.row.bucket}/{item.row.key}", _WHAT), self.read, item.path)
        places.tell(self.job.call, places.parse(uri, "The transform output"), self.written, f"{item.path}.out")

    def _transform(
        self, process: ServingProcess, item: Item, pool: concurrent.futures.Executor, at_once: int, known: Document
    ) -> int:
        what = f"s3://{item.row.bucket}/{item.row.key}"
        folder = self.job.tree.folder / "transform"
        places.fetch(self.job.call, [item], folder, self.job.check, self.read)
        result = self.job.tree.folder / "result.out"
        waiting: collections.deque[concurrent.futures.Future[list[bytes]]] = collections.deque()
        count = 0
        read = splitting.records(folder / item.path, self.split, gzipped=self.gzipped, what=what)
        with result.open("wb") as target, contextlib.closing(read):
            for records in self._payloads(read, what, known):
                self.job.check()
                count += 1
                waiting.append(pool.submit(partial(self._ask, process, records, f"{what}, request {count}")))
                if len(waiting) >= 2 * at_once:
                    self._write(target, self._answer(waiting.popleft()))
            while waiting:
                self._write(target, self._answer(waiting.popleft()))
        uri = f"{self.output['S3OutputPath'].rstrip('/')}/{item.path}.out"
        places.store_file(self.job.call, result, uri, "The transform output", self.written, f"{item.path}.out")
        (folder / item.path).unlink()
        return count

    def _answer(self, waiting: concurrent.futures.Future[list[bytes]]) -> list[bytes]:
        while not concurrent.futures.wait([waiting], LOOK).done:
            self.job.check()
            self.log.ship()
        return waiting.result()

    def _payloads(self, found: Iterator[bytes], what: str, known: Document) -> Iterator[list[bytes]]:
        megabytes = self.doc.get("MaxPayloadInMB")
        if megabytes is None:
            megabytes = known.get("MaxPayloadInMB", PAYLOAD_MB)
        strategy = self.doc.get("BatchStrategy") or (
            "SingleRecord" if known.get("BatchStrategy") == "SINGLE_RECORD" else "MultiRecord"
        )
        single = strategy == "SingleRecord"
        return splitting.payloads(found, int(megabytes) << 20, single=single, newline=self.split == "Line", what=what)

    def _ask(self, process: ServingProcess, records: list[bytes], what: str) -> list[bytes]:
        taken = [self.processing.before(one, what) for one in records]
        body = (b"\n" if self.split == "Line" else b"").join(taken)
        given = {"Content-Type": self.source.get("ContentType"), "Accept": self.output.get("Accept")}
        headers = {name: value for name, value in given.items() if value}
        for left in range(self.retries, -1, -1):
            try:
                response = process.post(body, headers, self.timeout)
                data, status = response.data, response.status
            except urllib3.exceptions.HTTPError as error:
                if process.wait(1.0):
                    raise JobFailure(process.reason("The model").replace("did not start", "died")) from None
                if left:
                    continue
                raise JobFailure(
                    f"AlgorithmError: the model did not answer {what} within {self.timeout:g} s "
                    f"({type(error).__name__}; ModelClientConfig.InvocationsTimeoutInSeconds)."
                ) from None
            if 200 <= status < 300:
                kind = response.headers.get("Content-Type") or self.output.get("Accept", "")
                return self.processing.after(records, data, kind, what)
            if status < 500 or not left:
                raise JobFailure(_refused(status, data, what))
        raise AssertionError

    def _write(self, target: Any, pieces: list[bytes]) -> None:
        lines = self.output.get("AssembleWith", "None") == "Line"
        # What was joined record by record would run together without line ends.
        for piece in pieces:
            if lines or len(pieces) > 1:
                target.write(piece.rstrip(b"\r\n") + b"\n")
            else:
                target.write(piece)


def _container(doc: Document) -> Document:
    """Give the container to serve, with the job's variables over its own."""
    containers = doc["_plan"]["containers"]
    if len(containers) != 1:
        raise JobFailure(
            f"ClientError: the model '{doc['ModelName']}' has {len(containers)} containers: a transform job serves "
            "models of one here; deploy it to an endpoint instead."
        )
    strategy = doc.get("BatchStrategy", "MultiRecord")
    batch = {
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD" if strategy == "SingleRecord" else "MULTI_RECORD",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(doc.get("MaxPayloadInMB", PAYLOAD_MB)),
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(doc.get("MaxConcurrentTransforms") or 1),
        "TRANSFORM_JOB_NAME": doc["TransformJobName"],
        "TRANSFORM_JOB_ARN": doc["TransformJobArn"],
    }
    own = containers[0].get("Environment", {})
    return {**containers[0], "Environment": {**batch, **own, **doc.get("Environment", {})}}


def _parameters(process: ServingProcess) -> Document:
    """Ask GET /execution-parameters, which a container need not serve."""
    try:
        response = process.get("/execution-parameters")
        told = json.loads(response.data) if response.status == 200 else {}
    except (urllib3.exceptions.HTTPError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _refused(status: int, data: bytes, what: str) -> str:
    kind = "ClientError" if status < 500 else "AlgorithmError"
    text = data.decode("utf-8", "replace").strip()[:700]
    return f"{kind}: the model answered {what} with {status}: {text or 'nothing'}"


def _end(process: ServingProcess | None, log: JobLog) -> None:
    if process is not None:
        process.stop()
        if not process.wait(_END):
            process.kill()
    log.ship(all_of_it=True)
