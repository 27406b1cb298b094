"""Shipping: threads take what is logged from this process's spools and send it, off the training thread.

One thread goes round all runs. Another sends what somebody waits for, so that a run's end waits for no other run's
files; runs that began before and that the store does not know yet go first, for the store lists runs as they arrive.

One message a batch (`wire.points`), with the points and with the changes of the same moment. A batch that is not
acknowledged is sent again, the very same; the store ignores the second. While a target does not answer, the thread
leaves it alone for longer and longer (0.5 s to 30 s) and warns once; nothing is lost, for the spool holds it.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trialbook.errors import ApiError, TrialbookError
from trialbook.sdk.drain import Drain
from trialbook.sdk.target import Target
from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.model import Document
    from trialbook.sdk.drain import Batch, Source
    from trialbook.sdk.spool import Spool
    from trialbook.sdk.transport import Transport

INTERVAL = 0.5
"""Seconds between two looks at the spools: the points of so long share a message."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
ROUND = 16
"""Batches of one run before the next has its turn."""
GIVE_WAY = 0.05
"""Seconds that what nobody waits for stands back, before each batch, for what somebody waits for."""
_SERVER_ERROR = 500
_PASSING = frozenset({"ThrottlingException", "RequestTimeout"})


class RefusedError(TrialbookError):
    """The store will never take this: its run was deleted, or a member breaks a rule."""


class Shipment:
    """One spool on its way to one target.

    Attributes
    ----------
    target
        Where it goes.
    answer
        What the store said last: `run`, `arn`, `bucket`; None before the first batch arrived.
    """

    def __init__(self, source: Source, drain: Drain, open_transport: Callable[[], Transport] | None = None) -> None:
        self.source = source
        self.drain = drain
        self.answer: Document | None = None
        self.refused: str | None = None
        self.target = Target.of_head(source.head)
        self._open = open_transport or self.target.transport
        self._uploaded: dict[str, tuple[str, str]] = {}
        self._sending = threading.Lock()

    def send(self) -> bool:
        """Send one batch; False when there is none. Of threads that ask at once, one sends after the other.

        Raises
        ------
        RefusedError
            The store says no for good.
        TrialbookError, OSError
            It cannot be reached, or has no room; the same batch goes out again with the next call.
        """
        with self._sending:
            return self._send()

    def begin(self) -> None:
        """Send the first batch, unless it was sent. Raises the same as `send`."""
        with self._sending:
            if self.answer is None and self.refused is None:
                self._send()

    def _send(self) -> bool:
        transport = self._open()
        batch = self.drain.next(self._hold)
        if batch is None:
            return False
        try:
            self.answer = self._deliver(transport, batch)
        except ApiError as error:
            if error.status >= _SERVER_ERROR or error.code in _PASSING:
                raise
            raise RefusedError(error.message) from error
        self.drain.acknowledge()
        self._forget_files(batch)
        return True

    def _hold(self, change: Document) -> bool:
        """Keep uploads back until the store has said which bucket is theirs."""
        return self.answer is None and "upload" in change

    def _deliver(self, transport: Transport, batch: Batch) -> Document:
        from trialbook.wire import points

        if self.answer is None and any("upload" in change for change in batch.changes):
            self._greet(transport)
        changes = [one for change in batch.changes for one in self._resolve(transport, change)]
        head: Document = {**self._names(batch.seq), "names": batch.names}
        if changes:
            head["changes"] = changes
        return points.read(transport.exchange("points", points.write(head, batch.columns))).head

    def _greet(self, transport: Transport) -> None:
        """Learn the bucket before a batch with uploads is sent again by a process that sent none before it."""
        from trialbook.wire import points

        head = {**self._names(0), "writer": f"{self.source.head['writer']}-hello", "names": []}
        head["start"].pop("provenance")
        self.answer = points.read(transport.exchange("points", points.write(head, (b"", b"", b"", b"")))).head

    def _names(self, seq: int) -> Document:
        told = self.source.head["run"]
        names: Document = {"run": told["component"], "writer": self.source.head["writer"], "seq": seq}
        if self.answer is None:
            start = {key: value for key, value in told.items() if key != "component" and value is not None}
            provenance = {key: self.source.head.get(key) for key in ("pid", "host", "rank", "joins", "created")}
            names["start"] = {**start, "provenance": {key: one for key, one in provenance.items() if one is not None}}
        return names

    def _resolve(self, transport: Transport, change: Document) -> list[Document]:
        """Turn an upload into the changes that name the object, once it is there."""
        if "upload" not in change:
            return [change]
        told = change["upload"]
        if told["file"] not in self._uploaded:
            assert self.answer is not None
            bucket = told.get("bucket") or self.answer["bucket"]
            path = Path(told["file"])
            if not path.exists():
                warn_once("upload", f"Trialbook could not keep the artifact {told['name']!r}: its file {path} is gone.")
                return []
            etag = transport.find(bucket, told["key"]) if told.get("shared") else None
            if etag is None:
                etag = transport.upload(path, bucket, told["key"], told.get("media_type"))
            self._uploaded[told["file"]] = f"s3://{bucket}/{told['key']}", etag
        uri, etag = self._uploaded[told["file"]]
        if told.get("graph"):
            return [{"lineage": {**told["graph"], "uri": uri, "etag": etag}}]
        artifact = {"Value": uri, **({"MediaType": told["media_type"]} if told.get("media_type") else {})}
        side = "OutputArtifacts" if told.get("output", True) else "InputArtifacts"
        names = [told["name"], *([told["also"]] if "also" in told else [])]
        return [{"update": {side: dict.fromkeys(names, artifact)}}]

    def _forget_files(self, batch: Batch) -> None:
        for change in batch.changes:
            if "upload" in change and change["upload"].get("ours"):
                Path(change["upload"]["file"]).unlink(missing_ok=True)


class Rest(NamedTuple):
    """A target that failed: seconds of the wait, until when it lasts, and the last flush before the attempt.

    Who flushes gives up for an attempt that began after it asked, not for one from before.
    """

    wait: float
    until: float
    failed: int


NO_REST = Rest(0.0, 0.0, 0)


class Shipper:
    """The threads of one process. They start with the first spool and end with the process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._shipments: dict[Spool, Shipment] = {}
        self._door = threading.Lock()
        self._settling = threading.Lock()
        self._bell = threading.Event()
        self._sent = threading.Condition()
        self._thread: threading.Thread | None = None
        self._looked_back: set[Target] = set()
        self._rests: dict[Target, Rest] = {}
        self._flushes = 0
        self._awaited: deque[Shipment] = deque()
        self._call = threading.Event()
        self._calm = threading.Event()
        self._calm.set()
        self._express: threading.Thread | None = None

    def add(self, spool: Spool) -> None:
        """Ship this spool from now on."""
        with self._door:
            self._shipments[spool] = Shipment(spool, Drain(spool))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="trialbook-shipper", daemon=True)
                self._thread.start()
            if self._express is None:
                express = threading.Thread(target=self._work_awaited, name="trialbook-express", daemon=True)
                express.start()
                self._express = express

    def ring(self) -> None:
        """Have the thread look now."""
        self._bell.set()

    def shipment(self, spool: Spool) -> Shipment | None:
        """Give a spool's shipment; None when it is not shipped (any more)."""
        return self._shipments.get(spool)

    def flush(self, spool: Spool, timeout: float) -> bool:
        """Wait until all that was logged before is kept by the store; False when it is not by then, or cannot be."""
        deadline = self._clock() + timeout
        shipment = self._shipments.get(spool)
        if shipment is None:
            return True
        with self._door:
            self._flushes += 1
            mine = self._flushes
        rest = self._rests.get(shipment.target, NO_REST)
        self._rests[shipment.target] = rest._replace(until=0.0)
        self._hasten(shipment)
        with self._sent:
            while not shipment.drain.drained and shipment.refused is None:
                left = deadline - self._clock()
                if left <= 0 or self._rests.get(shipment.target, NO_REST).failed >= mine:
                    return False
                self._sent.wait(min(left, 0.05))
        return shipment.refused is None

    def _hasten(self, shipment: Shipment) -> None:
        if self._express is None:  # the system had no room for the thread
            self.ring()
            return
        self._awaited.append(shipment)
        self._call.set()

    def flush_all(self, timeout: float) -> None:
        """Wait until all that can be is kept by the store, and remove spools that are finished."""
        deadline = self._clock() + timeout
        for spool in list(self._shipments):
            if spool.closed:
                self.flush(spool, max(0.0, deadline - self._clock()))
                self.settle(spool)

    @property
    def busy(self) -> bool:
        """Whether there are spools that are not shipped, finished and gone."""
        return bool(self._shipments)

    def release(self, spool: Spool) -> bool:
        """Ship this spool no more; False when it was not shipped."""
        with self._door:
            return self._shipments.pop(spool, None) is not None

    def _work(self) -> None:
        while True:
            self._bell.wait(INTERVAL)
            self._bell.clear()
            with self._door:
                shipments = list(self._shipments.values())
            while shipments:
                shipments = [shipment for shipment in shipments if self._send(shipment)]
            with self._sent:
                self._sent.notify_all()
            self._remove_finished()

    def _work_awaited(self) -> None:
        """Send what somebody waits for, in turns."""
        while True:
            self._call.wait()
            self._call.clear()
            self._calm.clear()
            while self._awaited:
                shipment = self._awaited.popleft()
                if all(self._begin(one) for one in self._begun_before(shipment)) and self._send(shipment):
                    self._awaited.append(shipment)
                with self._sent:
                    self._sent.notify_all()
            self._calm.set()

    def _begun_before(self, shipment: Shipment) -> list[Shipment]:
        """Give the runs that began before this one and that its store does not know yet."""
        if shipment.answer is not None:
            return []
        with self._door:
            shipments = list(self._shipments.values())
        before = shipments[: shipments.index(shipment)] if shipment in shipments else []
        return [one for one in before if one.answer is None and one.target == shipment.target]

    def _begin(self, shipment: Shipment) -> bool:
        """Have the store know a run; False when its target cannot be reached, and what follows must wait too."""

        def begin() -> bool:
            shipment.begin()
            return True

        return self._attempt(shipment, begin) or shipment.refused is not None

    def _remove_finished(self) -> None:
        for spool in list(self._shipments):
            self.settle(spool)

    def settle(self, spool: Spool) -> None:
        """Delete the folder of a spool if it is finished and shipped."""
        with self._settling:  # whoever asks finds it gone afterwards, whichever thread removes it
            shipment = self._shipments.get(spool)
            if shipment is None or not spool.closed or spool.expecting or not shipment.drain.drained:
                return
            if self.release(spool):
                spool.remove()

    def _send(self, shipment: Shipment) -> bool:
        """Send some batches of a run; False once there is nothing more to send now."""

        def send() -> bool:
            for sent in range(ROUND):
                if threading.current_thread() is not self._express:
                    self._calm.wait(GIVE_WAY)
                if not shipment.send():
                    return sent > 0 and self._arrived(shipment)
            return self._arrived(shipment)

        return self._attempt(shipment, send)

    def _attempt(self, shipment: Shipment, send: Callable[[], bool]) -> bool:
        if shipment.refused is not None or self._clock() < self._rests.get(shipment.target, NO_REST).until:
            return False
        asked = self._flushes
        try:
            return send()
        except RefusedError as error:
            shipment.refused = str(error)
            run = shipment.source.head["run"]["component"]
            warn_once(
                f"refused {run}",
                f"The store takes nothing more for run '{run}': {error} What was logged stays in the spool; "
                "'trialbook sync' tries again.",
            )
            return False
        except Exception as error:  # noqa: BLE001 - whatever fails here must not end the thread
            self._back_off(shipment.target, error, asked)
            return False

    def _arrived(self, shipment: Shipment) -> bool:
        self._rests.pop(shipment.target, None)
        self._look_back(shipment.target)
        return True

    def _look_back(self, target: Target) -> None:
        """Once the store answers, ship what earlier processes left for it."""
        if target not in self._looked_back:
            from trialbook.sdk.recovery import recover_aside

            self._looked_back.add(target)
            recover_aside(target)

    def _back_off(self, target: Target, error: Exception, asked: int) -> None:
        """Leave a target alone for longer and longer; others go on."""
        wait = min(max(self._rests.get(target, NO_REST).wait * 2, FIRST_WAIT), LONGEST_WAIT)
        self._rests[target] = Rest(wait, self._clock() + wait, asked)
        warn_once(
            "shipping",
            f"Trialbook cannot ship what is logged: {type(error).__name__}: {error} It is kept in the spool and "
            "shipped later, at the latest by 'trialbook sync'; the training goes on.",
        )


_shipper: Shipper | None = None
_pid = -1
_making = threading.Lock()


def shipper() -> Shipper:
    """Give this process's shipper: a forked process has one of its own."""
    global _shipper, _pid
    with _making:
        if _shipper is None or _pid != os.getpid():
            _shipper, _pid = Shipper(), os.getpid()
        return _shipper


def _after_fork() -> None:
    global _making  # noqa: PLW0603
    _making = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
