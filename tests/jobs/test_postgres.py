"""Jobs over PostgreSQL: the same claims, leases and logs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import serve
from tests.jobs.conftest import Jobs

from trialbook.settings import Settings
from trialbook.testing.postgres import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def database() -> Iterator[str]:
    with PostgresServer() as server:
        yield server.make_database()


def test_two_servers_over_one_database_share_their_jobs(tmp_path: Path, database: str) -> None:
    def settings(name: str) -> Settings:
        return Settings(
            store=database, objects=str(tmp_path / "objects"), jobs_folder=str(tmp_path / name), job_slots=1
        )

    with serve(settings("one")) as first, serve(settings("two")) as second:
        one, two = Jobs(first), Jobs(second)
        names = [f"job-{number}" for number in range(4)]
        for name in names:
            one.train(name, "import time\nprint('\\tloss=0.5;')\ntime.sleep(0.5)")
        for name in names:
            job = two.ended(name)
            assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
            assert two.lines(name) == ["#011loss=0.5;"]
