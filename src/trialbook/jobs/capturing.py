"""Data capture: a share of an endpoint's requests and answers, as lines of JSON in the object store.

Files are `<DestinationS3Uri>/<endpoint>/<variant>/yyyy/mm/dd/hh/mm-ss-<id>.jsonl`, and their lines are what SageMaker's
are (Developer Guide, "Capture data from real-time endpoint"). Lines wait in memory for some seconds; what a killed
server held is lost, and nothing here ever holds up or fails a request.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from trialbook.errors import TrialbookError
from trialbook.jobs import places
from trialbook.jobs.failure import JobFailure
from trialbook.services import objects

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.services.hosting import Invocation, Reply

PERIOD = 5.0
"""Seconds that lines wait before they are written."""
MOST = 5000
"""Lines that wait at the most; more are dropped."""

log = logging.getLogger("trialbook.jobs")


class Capture:
    """The capture of one deployment. Thread-safe."""

    def __init__(self, config: Document, endpoint: str) -> None:
        self._share = float(config["InitialSamplingPercentage"]) / 100 if config.get("EnableCapture") else 0.0
        self._place = str(config.get("DestinationS3Uri", "")).rstrip("/")
        self._modes = {one["CaptureMode"] for one in config.get("CaptureOptions", [])}
        kinds = config.get("CaptureContentTypeHeader", {})
        self._texts = {"CSV": kinds.get("CsvContentTypes", ["text/csv"])}
        self._texts["JSON"] = kinds.get("JsonContentTypes", ["application/json"])
        self._endpoint = endpoint
        self._waiting: dict[str, list[str]] = {}
        self._due = 0.0
        self._lock = threading.Lock()

    def take(self, call: Call, invocation: Invocation, reply: Reply, draw: float) -> None:
        """Take a request and its answer, if `draw` (a random number in [0, 1)) falls into the share."""
        if draw >= self._share:
            return
        data: dict[str, Any] = {}
        if self._modes & {"Input", "InputAndOutput"}:
            data["endpointInput"] = self._side("INPUT", invocation.content_type, invocation.body)
        if self._modes & {"Output", "InputAndOutput"} and isinstance(reply.body, bytes):
            data["endpointOutput"] = self._side("OUTPUT", reply.content_type, reply.body)
        event: dict[str, Any] = {"eventId": call.request_id, "inferenceTime": _stamp(call.now())}
        if invocation.custom_attributes is not None:
            event["customAttributes"] = [invocation.custom_attributes]
        if invocation.inference_id is not None:
            event["inferenceId"] = invocation.inference_id
        line = json.dumps({"captureData": data, "eventMetadata": event, "eventVersion": "0"})
        with self._lock:
            lines = self._waiting.setdefault(reply.variant, [])
            self._due = self._due or time.monotonic() + PERIOD
            if len(lines) < MOST:
                lines.append(line)

    def write(self, call: Call, *, at_once: bool = False) -> None:
        """Write what has waited long enough."""
        with self._lock:
            if not self._waiting or (time.monotonic() < self._due and not at_once):
                return
            waiting, self._waiting, self._due = self._waiting, {}, 0.0
        for variant, lines in waiting.items():
            now = time.gmtime(call.now())
            name = f"{time.strftime('%Y/%m/%d/%H/%M-%S', now)}-{call.workspace.new_id()}.jsonl"
            try:
                place = places.parse(f"{self._place}/{self._endpoint}/{variant}/{name}", "DataCaptureConfig")
                body = io.BytesIO("".join(f"{line}\n" for line in lines).encode())
                objects.put_object(call, {"Bucket": place.bucket, "Key": place.key, "Body": body})
            except (TrialbookError, JobFailure) as error:
                log.warning("%d captured lines of endpoint %s are lost: %s", len(lines), self._endpoint, error)

    def _side(self, mode: str, content_type: str | None, body: bytes) -> Document:
        kind = (content_type or "").partition(";")[0].strip().lower()
        encoding = next((name for name, kinds in self._texts.items() if kind in kinds), "BASE64")
        try:
            text = base64.b64encode(body).decode() if encoding == "BASE64" else body.decode("utf-8")
        except UnicodeDecodeError:
            encoding, text = "BASE64", base64.b64encode(body).decode()
        return {"observedContentType": content_type or "", "mode": mode, "data": text, "encoding": encoding}


def _stamp(now: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
