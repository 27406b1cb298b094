"""What can be set, and its defaults.

A store is named by one text: a folder, or a `postgresql://` URL. The folder is looked for upwards from the current
one, as git looks for its own, so that a script in `src/` and a server started at the top share a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

STORE_FOLDER = ".trialbook"
DEFAULT_PORT = 8817
DEFAULT_ACCOUNT = "000000000000"
DEFAULT_REGION = "us-east-1"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

LauncherName = Literal["process", "record"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How one server, or one in-process client, runs.

    Attributes
    ----------
    store
        A folder, or a `postgresql://` URL.
    objects
        Where objects lie: a folder or a URL that obstore opens; None means `objects/` in the store folder.
    launcher
        `process` runs jobs as processes of this machine, `record` keeps a job as a record that is Completed at once.
    aws_limits
        Whether SageMaker's quotas and patterns are enforced.
    account
        The AWS account id that ARNs carry.
    max_body
        The largest request body in bytes outside S3.
    body_timeout
        Seconds to wait for the next bytes of a request's body.
    job_slots
        Jobs that run at the same time; 0: one a processor.
    job_memory
        MiB that a job's processes may hold together; None: all there is.
    job_seconds
        The longest a job may run, whatever its request allows; None: as its request says.
    jobs_folder
        Where the folders of running jobs lie; None means `jobs/` in the store folder.
    job_keep
        Seconds that the folder of a failed job is kept.
    job_private
        Whether jobs get a private mount namespace with their own /opt/ml, where the system allows it.
    job_confine
        Whether a job can write to its own folder and /tmp alone, where the system can see to it.
    images
        The file that says what serves which image; None means `images.toml` in the store folder.
    environments
        Where the environments that images need are made; None means the user's cache folder.
    describe_wait
        Seconds at most that a describe call of a client which polls waits for a job to end.
    endpoint_start
        Seconds that a model's server has to answer its first ping, when the variant does not say.
    endpoint_idle
        Seconds after its last request at which an endpoint's processes end, to be started again on demand.
    invocation_seconds
        Seconds that a model has to answer a request.
    column_memory
        Bytes that the columns of search may take in memory between two searches.
    """

    store: str
    objects: str | None = None
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    launcher: LauncherName = "process"
    aws_limits: bool = False
    account: str = DEFAULT_ACCOUNT
    tls_proxy: int | None = None
    max_body: int = 16 * 1024 * 1024
    body_timeout: float = 20.0
    job_slots: int = 0
    job_memory: int | None = None
    job_seconds: float | None = None
    jobs_folder: str | None = None
    job_keep: float = 86400.0
    job_private: bool = True
    job_confine: bool = True
    images: str | None = None
    environments: str | None = None
    describe_wait: float = 10.0
    endpoint_start: float = 300.0
    endpoint_idle: float = 1800.0
    invocation_seconds: float = 60.0
    column_memory: int = 512 << 20


def find_store_folder(start: Path) -> tuple[Path, bool]:
    """Find the store folder for `start`.

    Returns
    -------
    The nearest existing `.trialbook` folder at or above `start` and True; or the one that would be made in `start`
    and False.
    """
    for folder in (start, *start.parents):
        candidate = folder / STORE_FOLDER
        if candidate.is_dir():
            return candidate, True
    return start / STORE_FOLDER, False
