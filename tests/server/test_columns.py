"""The columns of a server that is stopped, killed and started again, over one store and beside another server."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from trialbook.sdk.transport import HttpTransport
from trialbook.search.cache import FILE
from trialbook.services.workspace import columns_of
from trialbook.settings import Settings
from trialbook.testing.processes import ServerProcess

RUNS = 1_020


def make(folder: Path, runs: int) -> None:
    """Make a store: p counts up, q is a text."""
    from trialbook.model import Kind
    from trialbook.store import open_store
    from trialbook.store.interface import Transaction

    def fill(tx: Transaction) -> None:
        for row in range(runs):
            parameters = {"p": {"NumberValue": float(row)}, "q": {"StringValue": f"text {row % 10}"}}
            doc = {
                "TrialComponentName": f"Run-{row}",
                "TrialComponentArn": f"arn:aws:sagemaker:us-east-1:000000000000:experiment-trial-component/run-{row}",
                "LastModifiedTime": float(row),
                "Parameters": parameters,
                "Tags": [],
                "_scope": "000000000000/us-east-1",
            }
            tx.insert(Kind.TRIAL_COMPONENT, f"000000000000/us-east-1/run-{row}", doc)

    opened = open_store(str(folder))
    opened.write(fill)
    opened.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store with enough runs for a cache."""
    folder = tmp_path_factory.mktemp("columns") / "store"
    make(folder, RUNS)
    return folder


def best(server: ServerProcess) -> tuple[int, list[str]]:
    found = HttpTransport(server.url).call(
        "table", {"where": "Parameters.q = 'text 3' or Parameters.p >= 2000", "sort": ["-Parameters.p"], "limit": 2}
    )
    return found["total"], found["names"]


def create(server: ServerProcess, name: str, p: float) -> None:
    parameters = {"p": {"NumberValue": p}}
    HttpTransport(server.url).aws("CreateTrialComponent", {"TrialComponentName": name, "Parameters": parameters})


def delete(server: ServerProcess, name: str) -> None:
    HttpTransport(server.url).aws("DeleteTrialComponent", {"TrialComponentName": name})


def test_a_server_finds_the_same_after_a_stop_and_after_kills_and_beside_another(store: Path) -> None:
    with ServerProcess(store) as server:
        assert best(server) == (102, ["Run-1013", "Run-1003"])
        create(server, "new", 5_000.0)
        assert best(server) == (103, ["new", "Run-1013"])
        code, seconds, errors = server.terminate(20)
        assert (code, errors) == (0, "")
        assert seconds < 20
        assert (store / "columns" / "0" / FILE).stat().st_size > 50_000
        server.start()
        assert best(server) == (103, ["new", "Run-1013"])
        delete(server, "new")
        create(server, "newer", 6_000.0)
        assert best(server) == (103, ["newer", "Run-1013"])
        server.kill()
        server.start()
        with ServerProcess(store) as other:
            assert best(other) == best(server) == (103, ["newer", "Run-1013"])
            assert (store / "columns" / "1" / FILE).exists()
            create(other, "newest", 7_000.0)
            assert best(server) == (104, ["newest", "newer"])
        delete(server, "newest")
        delete(server, "newer")


def test_a_server_killed_while_it_saves_finds_all_afterwards(store: Path) -> None:
    with ServerProcess(store) as server:
        for attempt in range(4):
            best(server)
            time.sleep(0.02 * attempt)  # kills at different moments of the first save
            server.kill()
            server.start()
            assert best(server) == (102, ["Run-1013", "Run-1003"])


def test_the_columns_of_a_database_lie_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    there = columns_of(Settings(store="postgresql://host/name"), "an-id")
    assert there == tmp_path / "trialbook" / "columns" / "an-id"
    assert columns_of(Settings(store=str(tmp_path)), "an-id") == tmp_path / "columns"


def test_a_server_that_makes_its_columns_says_so_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    runs = 40_000
    store = tmp_path / "store"
    make(store, runs)
    with ServerProcess(store) as server:
        transport = HttpTransport(server.url)
        told = transport.call("columns", {})
        assert not told["ready"]
        assert 0 <= told["percent"] < 100
        code, seconds, errors = server.terminate(60)
        assert (code, errors) == (0, "")
        assert seconds < 20
        server.start()
        assert transport.aws("Search", {"Resource": "ExperimentTrialComponent", "MaxResults": 1})["TotalHits"] == {
            "Value": runs,
            "Relation": "EqualTo",
        }
        assert transport.call("columns", {}) == {"ready": True, "percent": 100}
