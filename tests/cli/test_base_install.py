"""The base install, without any extra, records and searches, and says which extra brings the rest."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

from trialbook.cli import COMMANDS
from trialbook.store import open_store

BARE = Path(__file__).with_name("bare.py")


def bare(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module where nothing is installed but what the base install brings."""
    return subprocess.run(
        [sys.executable, BARE, "-", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def record(folder: Path, program: str) -> None:
    """Run a program there, which must succeed."""
    (folder / "record.py").write_text(program)
    done = bare(folder, "record")
    assert done.returncode == 0, done.stderr


def test_it_records_and_searches(tmp_path: Path) -> None:
    record(
        tmp_path,
        "from trialbook import Run, search\n"
        "with Run('plain', 'one', store='.trialbook') as run:\n"
        "    run.log_parameter('lr', 0.1)\n"
        "    run.log_metric('loss', 0.5, step=1)\n"
        "assert list(search('Parameters.lr = 0.1', store='.trialbook')['name']) == ['plain-one']\n",
    )
    found = bare(tmp_path, "trialbook", "search", "Parameters.lr = 0.1", "--column", "Metrics.loss")
    assert found.returncode == 0, found.stderr
    assert "plain-one  0.5" in found.stdout


def test_it_keeps_what_a_run_gives_it_in_the_folder(tmp_path: Path) -> None:
    record(
        tmp_path,
        "import sys\n"
        "from trialbook import Run, search\n"
        "with Run('plain', 'one', store='.trialbook', capture=False) as run:\n"
        "    run.log_text('hello', 'note.txt')\n"
        "assert 'obstore' not in sys.modules\n"
        "from pathlib import Path\n"
        "files = [path for path in Path('.trialbook/objects/blobs').glob('*/*')]\n"
        "assert [path.read_text() for path in files] == ['hello'], files\n",
    )


def test_an_older_store_is_refused_by_the_name_of_the_extra_that_upgrades_it(tmp_path: Path) -> None:
    open_store(str(tmp_path / "old")).close()
    with closing(sqlite3.connect(tmp_path / "old" / "trialbook.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    done = bare(tmp_path, "trialbook", "search", "exists Metrics.a", "--store", "old")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "pip install 'trialbook[server]'" in done.stderr


def test_an_object_store_is_refused_by_the_name_of_its_extra(tmp_path: Path) -> None:
    (tmp_path / "open_it.py").write_text(
        "from trialbook.services.blobs import Blobs\n"
        "try:\n"
        "    Blobs.open('s3://bucket/prefix')\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    done = bare(tmp_path, "open_it")
    assert done.stdout.strip() == (
        "StoreError objects in 's3://bucket/prefix' need obstore: pip install 'trialbook[server]'"
    ), done.stderr


def test_it_explains_every_command(tmp_path: Path) -> None:
    program = (
        "from trialbook.cli import COMMANDS, group\n"
        "for words in [['--help'], *([name, '--help'] for name in COMMANDS)]:\n"
        "    group(words, standalone_mode=False)\n"
    )
    (tmp_path / "explain.py").write_text(program)
    done = bare(tmp_path, "explain")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Usage:") == len(COMMANDS) + 1


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (["serve", "--port", "0"], "server"),
        (["env", "--tls-proxy", "8443"], "server"),
        (["search", "--store", "postgresql://127.0.0.1:1/none"], "postgres"),
        (["clarify", "config.json", "--data", "rows.csv"], "clarify"),
    ],
)
def test_what_it_cannot_do_is_one_line_that_names_the_extra(tmp_path: Path, words: list[str], extra: str) -> None:
    (tmp_path / "rows.csv").write_text("y,sex\n1,0\n0,1\n")
    (tmp_path / "config.json").write_text(
        json.dumps(
            {
                "dataset_type": "text/csv",
                "label": "y",
                "label_values_or_threshold": [1],
                "facet": [{"name_or_index": "sex", "value_or_threshold": [0]}],
                "methods": {"pre_training_bias": {"methods": "all"}},
            }
        )
    )
    done = bare(tmp_path, "trialbook", *words)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"pip install 'trialbook[{extra}]'" in done.stderr


def test_with_the_server_extra_alone_it_serves(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(BARE),
        "server",
        "trialbook",
        "serve",
        "--port",
        "0",
        "--store",
        str(tmp_path / "store"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as served:
        assert served.stdout is not None
        said: list[str] = []
        try:
            for line in served.stdout:
                said.append(line)
                if found := re.search(r"http://[\d.:]+", line):
                    with urlopen(f"{found[0]}/health", timeout=30) as answer:
                        assert answer.status == 200
                    break
            else:
                pytest.fail("".join(said))
        finally:
            served.terminate()
