"""The trackers that are compared, behind one face: each works on a folder of its own, with no network and no server.

Every one runs with its defaults, but for being told to stay offline and quiet. `log` is the call that a training loop
would make; `count` reads what a dead process left, by the tracker's own means where it has any.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

METRIC = "loss"


class Tracker:
    """A tracker on a folder."""

    package = ""
    statement = ""
    searches = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, name: str) -> None:
        """Begin a run."""
        raise NotImplementedError

    def parameters(self, values: dict[str, float]) -> None:
        """Set parameters."""

    def log(self, value: float, step: int) -> None:
        """Log one point."""
        raise NotImplementedError

    def log_many(self, values: list[float], first: int) -> None:
        """Log points as fast as the tracker can take them."""
        for at, value in enumerate(values):
            self.log(value, first + at)

    def finish(self) -> None:
        """End the run and wait until it is kept."""
        raise NotImplementedError

    def count(self, name: str) -> int:
        """Read a run's series whole; give how many points there are."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Do what runs need before they can be searched."""

    def search(self) -> int:
        """Find the runs with lr < 0.5, best loss first; give how many of the first hundred there are."""
        raise NotImplementedError


class Trialbook(Tracker):
    """This project, in folder mode."""

    package, statement, searches = "trialbook", "from trialbook import Run", True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        os.environ["TRIALBOOK_STORE"] = str(folder / "store")

    def start(self, name: str) -> None:
        from trialbook import Run

        self.run = Run("bench", name)
        self.log = self._log  # type: ignore[method-assign]

    def _log(self, value: float, step: int) -> None:
        self.run.log_metric(METRIC, value, step=step)

    def parameters(self, values: dict[str, float]) -> None:
        self.run.log_parameters(values)

    def finish(self) -> None:
        if not self.run.finish(timeout=300):
            raise TimeoutError("the points did not arrive")

    def count(self, name: str) -> int:
        from trialbook.sdk.reading import open_reading, read_metrics

        return len(read_metrics(open_reading(), f"bench-{name}", [METRIC])[METRIC].value)

    def search(self) -> int:
        from trialbook import search

        return len(search("Parameters.lr < 0.5", sort=f"Metrics.{METRIC}", columns=f"Metrics.{METRIC}"))


class Mlflow(Tracker):
    """MLflow on SQLite, synchronous calls as by default."""

    package, statement, searches = "mlflow", "import mlflow", True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder}/mlflow.db"

    def start(self, name: str) -> None:
        import mlflow

        mlflow.set_experiment("bench")
        self.mlflow, self.run = mlflow, mlflow.start_run(run_name=name)

    def parameters(self, values: dict[str, float]) -> None:
        self.mlflow.log_params(values)

    def log(self, value: float, step: int) -> None:
        self.mlflow.log_metric(METRIC, value, step=step)

    def log_many(self, values: list[float], first: int) -> None:
        from mlflow.entities import Metric

        client, run = self.mlflow.MlflowClient(), self.run.info.run_id
        for start in range(0, len(values), 1000):
            part = values[start : start + 1000]
            client.log_batch(run, [Metric(METRIC, one, 0, first + start + at) for at, one in enumerate(part)])

    def finish(self) -> None:
        self.mlflow.end_run()

    def count(self, name: str) -> int:
        import mlflow

        found = mlflow.search_runs(experiment_names=["bench"], filter_string=f"run_name = '{name}'")
        return len(mlflow.MlflowClient().get_metric_history(found["run_id"].iloc[0], METRIC))

    def search(self) -> int:
        # Parameters are texts to MLflow: a number is asked for as a metric.
        return len(
            self.mlflow.search_runs(
                experiment_names=["bench"],
                filter_string="metrics.lr < 0.5",
                order_by=[f"metrics.{METRIC}"],
                max_results=100,
            )
        )


class Trackio(Tracker):
    """Trackio, local."""

    package, statement = "trackio", "import trackio"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        os.environ["TRACKIO_DIR"] = str(folder)

    def start(self, name: str) -> None:
        import trackio

        self.trackio = trackio
        trackio.init(project="bench", name=name)

    def log(self, value: float, step: int) -> None:
        self.trackio.log({METRIC: value}, step=step)

    def finish(self) -> None:
        self.trackio.finish()

    def count(self, name: str) -> int:
        from trackio.sqlite_storage import SQLiteStorage

        return sum(METRIC in row for row in SQLiteStorage.get_logs("bench", name))


class TensorboardX(Tracker):
    """tensorboardX event files, read record by record as there is no reader in the package."""

    package, statement = "tensorboardX", "from tensorboardX import SummaryWriter"

    def start(self, name: str) -> None:
        from tensorboardX import SummaryWriter

        self.writer = SummaryWriter(str(self.folder / name))

    def log(self, value: float, step: int) -> None:
        self.writer.add_scalar(METRIC, value, step)

    def finish(self) -> None:
        self.writer.close()

    def count(self, name: str) -> int:
        from tensorboardX.proto import event_pb2

        found = 0
        for path in (self.folder / name).glob("events.*"):
            data, at = path.read_bytes(), 0
            while at + 12 <= len(data):
                size = int.from_bytes(data[at : at + 8], "little")
                body = data[at + 12 : at + 12 + size]
                if len(body) < size:
                    break
                event = event_pb2.Event()
                event.ParseFromString(body)
                found += any(value.tag == METRIC for value in event.summary.value)
                at += size + 16
        return found


class Swanlab(Tracker):
    """SwanLab in its local mode, the one without a cloud whose files can be read."""

    package, statement = "swanlab", "import swanlab"

    def start(self, name: str) -> None:
        import swanlab

        self.swanlab = swanlab
        swanlab.init(project="bench", name=name, mode="local", logdir=str(self.folder / name))

    def log(self, value: float, step: int) -> None:
        self.swanlab.log({METRIC: value}, step=step)

    def finish(self) -> None:
        self.swanlab.finish()

    def count(self, name: str) -> int:
        found = 0
        for path in (self.folder / name).glob("run-*/logs/*/*.log"):
            for line in path.read_text().splitlines():
                with contextlib.suppress(ValueError, KeyError):
                    found += json.loads(line)["data"] is not None
        return found


class Wandb(Tracker):
    """W&B offline, read from its file: records in a log of 32 KiB blocks, each a protobuf."""

    package, statement = "wandb", "import wandb"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        os.environ.update(WANDB_MODE="offline", WANDB_DIR=str(folder), WANDB_SILENT="true")

    def start(self, name: str) -> None:
        import wandb

        self.run = wandb.init(project="bench", name=name, id=name)

    def log(self, value: float, step: int) -> None:
        self.run.log({METRIC: value}, step=step)

    def finish(self) -> None:
        self.run.finish()

    def count(self, name: str) -> int:
        from wandb.proto import wandb_internal_pb2

        found = 0
        for path in self.folder.rglob(f"run-{name}.wandb"):
            for body in _blocks(path.read_bytes()):
                record = wandb_internal_pb2.Record()
                record.ParseFromString(body)
                if record.WhichOneof("record_type") == "history":
                    found += any(METRIC in (item.key, *item.nested_key) for item in record.history.item)
        return found


class Aim(Tracker):
    """Aim in a local repository."""

    package, statement, searches = "aim", "from aim import Run", True

    def start(self, name: str) -> None:
        from aim import Run

        self.run = Run(repo=str(self.folder), experiment="bench")
        (self.folder / f"{name}.hash").write_text(self.run.hash)

    def parameters(self, values: dict[str, float]) -> None:
        self.run["hparams"] = values

    def log(self, value: float, step: int) -> None:
        self.run.track(value, name=METRIC, step=step)

    def finish(self) -> None:
        self.run.close()

    def prepare(self) -> None:
        for path in self.folder.glob("*.hash"):
            self._indexed(path.read_text())

    def count(self, name: str) -> int:
        run = self._indexed((self.folder / f"{name}.hash").read_text())
        return sum(len(metric.values.sparse_list()[0]) for metric in run.metrics() if metric.name == METRIC)

    def _indexed(self, run: str) -> Any:
        """Index a run, which Aim's server would do, and without which it cannot be read; give it."""
        from aim import Repo
        from aim.sdk.index_manager import RepoIndexManager

        repo = Repo.from_path(str(self.folder))
        RepoIndexManager.get_index_manager(repo).index(run)
        return repo.get_run(run)

    def search(self) -> int:
        from aim import Repo

        found = Repo.from_path(str(self.folder)).query_runs("run.hparams.lr < 0.5", report_mode=0).iter_runs()
        best = []
        for one in found:
            best += [(metric.values.sparse_list()[1][-1], one.run.hash) for metric in one.run.metrics()]
        return len(sorted(best)[:100])


def _blocks(data: bytes) -> Any:
    at, part = 7, b""
    while at + 7 <= len(data):
        left = 32_768 - at % 32_768
        if left < 7:
            at += left
            continue
        size, kind = int.from_bytes(data[at + 4 : at + 6], "little"), data[at + 6]
        body = data[at + 7 : at + 7 + size]
        at += 7 + size
        if kind == 0 or len(body) < size:
            return
        part = body if kind in (1, 2) else part + body
        if kind in (1, 4):
            yield part


TRACKERS: dict[str, type[Tracker]] = {
    one.package: one for one in (Trialbook, Mlflow, Trackio, TensorboardX, Swanlab, Wandb, Aim)
}
