"""Several processes on one store: nothing acknowledged is lost when one is killed, and a follower misses nothing."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import ExitStack, closing

from trialbook.model import Kind
from trialbook.store import open_store
from trialbook.store.interface import Store

KILLS = {"sqlite": 10, "postgresql": 3}

WRITER = """
import sys, threading
import numpy as np
from trialbook.model import Kind
from trialbook.store import open_store
from trialbook.store.interface import Points

store, name = open_store(sys.argv[1]), sys.argv[2]

def work(thread):
    for number in range(10**9):
        key = f"{name}/{thread}/{number}"
        def action(tx):
            run = tx.insert(Kind.TRIAL_COMPONENT, key, {"filler": "x" * 2000}).id
            trial = tx.insert(Kind.TRIAL, key, {}).id
            tx.link(run, "memberOf", trial, {})
            n = 100
            points = Points(["loss"], np.zeros(n, np.uint32), np.arange(n), np.arange(n) * 1.0, np.arange(n) * 0.5)
            tx.append(run, "w", 0, points)
            return run
        run = store.write(action)
        if number % 7 == 0:
            store.merge(run)
        sys.stdout.write(key + "\\n")
        sys.stdout.flush()

for thread in range(4):
    threading.Thread(target=work, args=(thread,)).start()
"""

COMMITTER = """
import sys
from trialbook.model import Kind
from trialbook.store import open_store

store, name = open_store(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    store.write(lambda tx: [tx.insert(Kind.TRIAL, f"{name}/{number}/{part}", {}) for part in range(2)])
store.close()
"""


MAKER = """
import sys
from trialbook.model import Kind
from trialbook.store import open_store

print("ready", flush=True)
sys.stdin.readline()
store = open_store(sys.argv[1])
store.write(lambda tx: tx.insert(Kind.TRIAL, sys.argv[2], {}))
print(store.database_id)
store.close()
"""


def start_together(stack: ExitStack, script: str, arguments: list[tuple[str, ...]]) -> list[subprocess.Popen[str]]:
    """Start a script several times; each says that it is ready, then all go on at once."""
    processes = [
        stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", script, *each], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        )
        for each in arguments
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return processes


def check_whole(store: Store, keys: set[str]) -> None:
    """See that everything acknowledged is there, and that everything there is whole."""
    components = {entity.key: entity for entity in store.changes(0, [Kind.TRIAL_COMPONENT])}
    trials = {entity.key: entity for entity in store.changes(0, [Kind.TRIAL])}
    assert keys <= components.keys()
    assert components.keys() == trials.keys()
    for key, component in components.items():
        assert [edge.target for edge in store.edges(source=component.id)] == [trials[key].id]
        assert store.summary(component.id)["loss"].count == 100
        assert store.series(component.id, "loss").step.tolist() == list(range(100))


def test_everything_acknowledged_outlives_kill_9_and_nothing_is_half_written(location: str) -> None:
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    acknowledged: set[str] = set()
    kills = KILLS["postgresql" if location.startswith("postgresql") else "sqlite"]
    for kill in range(kills):
        command = [sys.executable, "-c", WRITER, location, f"{kill}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            # By a count of answers: the moment within the commit after it is random by itself.
            for _ in range(rng.randrange(1, 60)):
                acknowledged.add(process.stdout.readline().rstrip("\n"))
            process.kill()
            acknowledged |= {line.rstrip("\n") for line in process.stdout if line.endswith("\n")}
    with closing(open_store(location)) as store:
        check_whole(store, acknowledged)
        assert store.write(lambda tx: tx.insert(Kind.MODEL, "after", {})).row == 0


def test_processes_that_make_a_store_at_once_share_it(location: str) -> None:
    with ExitStack() as stack:
        processes = start_together(stack, MAKER, [(location, str(n)) for n in range(5)])
        outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert all(process.returncode == 0 for process in processes)
    assert len(set(outputs)) == 1
    with closing(open_store(location)) as store:
        assert {entity.key for entity in store.changes(0)} == set("01234")


def test_a_follower_steps_over_no_commit_of_another_process(location: str) -> None:
    processes, commits = 4, 50
    with closing(open_store(location)) as store, ExitStack() as stack:
        running = start_together(stack, COMMITTER, [(location, str(n), str(commits)) for n in range(processes)])
        seen: list[str] = []
        since = 0
        while len(seen) < processes * commits * 2:
            ended = all(process.poll() is not None for process in running)
            page = store.changes(since, limit=3)
            if page:
                assert min(entity.rev for entity in page) > since
                since = page[-1].rev
                seen += [entity.key for entity in page]
            else:
                assert not ended, "the follower stepped over a commit"
        for process in running:
            process.communicate(timeout=30)
            assert process.returncode == 0
        assert len(set(seen)) == len(seen)
        for name in range(processes):
            mine = [key for key in seen if key.startswith(f"{name}/")]
            assert mine == [f"{name}/{number}/{part}" for number in range(commits) for part in range(2)]
