"""A container's folders in a temporary one, programs run in this process, and a server on a free port."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trialbook.algorithms import catalog, container, program
from trialbook.algorithms.log import Log
from trialbook.algorithms.program import main
from trialbook.algorithms.serving import Server


@dataclass
class Job:
    """One training job under `root`; `log` is what it printed."""

    root: Path
    capture: Callable[[], str]
    environment: dict[str, str] = field(default_factory=dict)
    log: str = ""

    def give(self, channel: str, data: bytes | str, content_type: str | None = "text/csv", name: str = "part-0") -> Job:
        folder = self.root / "input" / "data" / channel
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        described = {"TrainingInputMode": "File", "S3DistributionType": "FullyReplicated", "RecordWrapperType": "None"}
        self.configure(
            "inputdataconfig.json", {channel: described | ({"ContentType": content_type} if content_type else {})}
        )
        return self

    def configure(self, name: str, values: Mapping[str, Any]) -> Job:
        path = self.root / "input" / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = json.loads(path.read_bytes()) if path.exists() else {}
        path.write_text(json.dumps({**before, **values}))
        return self

    def train(self, name: str, **hyperparameters: object) -> int:
        self.configure("hyperparameters.json", {key: str(value) for key, value in hyperparameters.items()})
        code = main([name, "train"], {"TRIALBOOK_ML_ROOT": str(self.root), **self.environment})
        self.log = self.capture()
        return code

    @property
    def failure(self) -> str:
        return (self.root / "output" / "failure").read_text()

    @property
    def model(self) -> Path:
        return self.root / "model"

    def metrics(self, name: str) -> dict[str, float]:
        """Give the last value of each metric that the catalog's expressions find in the log, as CloudWatch shows it."""
        import re

        text = self.log.replace("\t", "#011")
        found = {}
        for metric in catalog.by_name(name).metrics:
            matches = [match[1] for line in text.splitlines() if (match := re.search(metric.regex, line))]
            if matches:
                found[metric.name] = float(matches[-1])
        return found


@pytest.fixture
def job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Job:
    return Job(tmp_path / "ml", lambda: capsys.readouterr().out)


@dataclass(frozen=True)
class Served:
    port: int

    def post(
        self, body: bytes | str, content_type: str | None = "text/csv", accept: str | None = None
    ) -> tuple[int, str, bytes]:
        """Give status, Content-Type and body of one invocation."""
        headers = {name: value for name, value in (("Content-Type", content_type), ("Accept", accept)) if value}
        return self.request("POST", "/invocations", body if isinstance(body, bytes) else body.encode(), headers)

    def json(self, body: bytes | str, content_type: str = "text/csv", accept: str = "application/json") -> Any:
        status, _, answer = self.post(body, content_type, accept)
        assert status == 200, answer
        return json.loads(answer)

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return response.status, response.getheader("Content-Type", ""), response.read()
        finally:
            connection.close()


@contextmanager
def serving(predictor: Any) -> Iterator[Served]:
    with Server(("127.0.0.1", 0), predictor, Log()) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Served(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def served(name: str, model: Path, environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Serve a trained model as `<name> serve` does."""
    module = program.module_of(catalog.by_name(name))
    with serving(module.load(container.model_folder({"SM_MODEL_DIR": str(model)}), environment or {})) as server:
        yield server


def csv(*columns: Any) -> str:
    """Write arrays side by side as CSV without a header, with every digit."""
    rows = np.column_stack(columns)
    return "".join(",".join(repr(float(value)) for value in row) + "\n" for row in rows)


@pytest.fixture(scope="session")
def two_classes() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """500 rows of 4 features, and labels that a linear rule gives but for some noise."""
    random = np.random.default_rng(7)
    x = random.normal(size=(500, 4)).astype(np.float32)
    y = (x[:, 0] * 2 - x[:, 1] + random.normal(scale=0.5, size=500) > 0.3).astype(np.float32)
    return x, y
