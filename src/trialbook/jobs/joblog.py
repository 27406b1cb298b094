"""A job's log on its way from the keeper's file to the store, and the metrics in it.

The offset up to where the file is shipped is kept in the job's claim, in the commit that adds the lines and the
points: after a crash shipping goes on where it was, with nothing lost and nothing twice.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from trialbook.jobs.scraper import Scraper
from trialbook.services import job_records, records
from trialbook.services.job_components import COMPONENT, RUN
from trialbook.store.interface import NO_STEP, LogLine, Points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.jobs.job import Job
    from trialbook.jobs.scraper import Found
    from trialbook.model import Document
    from trialbook.store.interface import Entity, Transaction

STREAM = "algo-1"
PIECE = 256 * 1024
"""Bytes that one commit takes."""
FINAL_PERIOD = 2.0
"""Seconds between two writes of FinalMetricDataList into the document of a running job."""
SAY_PERIOD = 0.5
_PREFIX = "[trialbook] "


class JobLog:
    """The log of one job. `say` adds a line of ours, `ship` moves what is new to the store."""

    def __init__(self, job: Job, scraper: Scraper | None = None, stream: str = STREAM) -> None:
        self._job = job
        self._path = job.tree.log
        self.scraper = scraper or Scraper([])
        self._stream = stream
        self._written = 0.0
        self._said = time.monotonic()
        self.final: dict[str, Document] = {one["MetricName"]: one for one in job.state.get("final", [])}

    def say(self, text: str) -> None:
        """Add a line of ours, and ship it if the last one is half a second old."""
        with self._path.open("a") as file:
            file.writelines(
                f"{self._job.call.now():.3f}\t{_PREFIX}{line}\n" for line in text.splitlines() if line.strip()
            )
        if time.monotonic() >= self._said + SAY_PERIOD:
            self._said = time.monotonic()
            self.ship()

    def ship(self, *, all_of_it: bool = False) -> None:
        """Move a piece of what is new to the store; `all_of_it`: to the end of the file."""
        while (piece := self._next()) is not None:
            lines, offset = piece
            found = self.scraper.scan(lines)
            self._store(lines, found, offset)
            if not all_of_it:
                return

    def last(self, count: int = 12) -> list[str]:
        """Give the last lines of the program (not ours) in the file."""
        try:
            with self._path.open("rb") as file:
                file.seek(max(0, self._path.stat().st_size - 16 * 1024))
                lines = read_lines(file.read())
        except OSError:
            return []
        return [line.text for line in lines if not line.text.startswith(_PREFIX)][-count:]

    def final_metrics(self) -> list[Document]:
        """Give what FinalMetricDataList holds: the last value of each metric."""
        return list(self.final.values())

    def _next(self) -> tuple[list[LogLine], int] | None:
        offset = int(self._job.state.get("offset", 0))
        try:
            with self._path.open("rb") as file:
                file.seek(offset)
                data = file.read(PIECE)
        except OSError:
            return None
        whole = data.rfind(b"\n") + 1
        return (read_lines(data[:whole]), offset + whole) if whole else None

    def _store(self, lines: Sequence[LogLine], found: Sequence[Found], offset: int) -> None:
        job, state = self._job, self._job.state
        writer, batch, points = f"job-{job.claim}", int(state.get("lines", 0)), int(state.get("points", 0))
        final = {**self.final, **{one.name: _final(one) for one in found}}
        now = job.call.now()

        def write(tx: Transaction, entity: Entity) -> None:
            tx.append_log(entity.id, self._stream, writer, batch, lines)
            if found:
                doc = records.document(entity)
                for target in tx.get_many([int(doc.get(RUN) or doc[COMPONENT])]):
                    tx.append(target.id, writer, points, _points(found))
                if now >= self._written + FINAL_PERIOD:
                    job_records.change_job(tx, job.call, entity, {**doc, "FinalMetricDataList": list(final.values())})

        notes: Document = {"offset": offset, "lines": batch + 1}
        if found:
            notes |= {"points": points + 1, "final": list(final.values())}
        job.write(write, **notes)
        if found:
            self.final = final
            self._written = now if now >= self._written + FINAL_PERIOD else self._written


def read_lines(data: bytes) -> list[LogLine]:
    """Read lines as the keeper writes them; what is not in that form is passed over."""
    lines = []
    for line in data.split(b"\n"):
        time, tab, text = line.partition(b"\t")
        if tab:
            try:
                lines.append(LogLine(float(time), text.decode("utf-8", "replace")))
            except ValueError:
                continue
    return lines


def _final(one: Found) -> Document:
    return {"MetricName": one.name, "Value": one.value, "Timestamp": one.time}


def _points(found: Sequence[Found]) -> Points:
    names = list(dict.fromkeys(one.name for one in found))
    index = {name: position for position, name in enumerate(names)}
    return Points(
        names=names,
        metric=np.array([index[one.name] for one in found], dtype=np.uint32),
        step=np.full(len(found), NO_STEP, dtype=np.int64),
        time=np.array([one.time for one in found], dtype=np.float64),
        value=np.array([one.value for one in found], dtype=np.float64),
    )
