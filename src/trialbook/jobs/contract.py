"""What a program finds when it starts: the environment variables that every job has, and the configuration files.

The variables of the server itself are not passed on, but for those that say how to reach the network, the processors
and the locale: they may hold secrets.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Protocol

from trialbook.services.sdk_defaults import write_defaults

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from trialbook.jobs.tree import Tree
    from trialbook.model import Document
    from trialbook.services.context import Call

HOST = "algo-1"
_PASSED_ON = (
    "LANG",
    "LANGUAGE",
    "TZ",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)
_PASSED_ON_PREFIXES = ("LC_", "PIP_", "UV_", "CUDA_", "NVIDIA_", "HF_ENDPOINT")
_PROXIES = frozenset({"http_proxy", "https_proxy", "no_proxy", "all_proxy"})


class Placed(Protocol):
    """A program's place: whose it is, its folder, and where the server answers. A `Job` is one."""

    @property
    def call(self) -> Call:
        """Who asked for the program."""

    @property
    def tree(self) -> Tree:
        """Its folder."""

    @property
    def url(self) -> str:
        """Where the server answers."""


def environment(job: Placed, bins: Sequence[Path], own: Mapping[str, str]) -> dict[str, str]:
    """Give a program's environment: what all have, what reaches this server, and `own` (the job's) over both.

    Parameters
    ----------
    bins
        Folders that come first in PATH.
    """
    region = job.call.scope.region
    tree = job.tree.folder
    defaults = write_defaults(tree / "aws", region, job.call.scope.account)
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES) or name.lower() in _PROXIES
    }
    return {
        # Jobs share processors: threads that wait for each other by spinning take many times as long.
        "OMP_WAIT_POLICY": "passive",
        **passed,
        "PATH": os.pathsep.join([*map(str, bins), os.environ.get("PATH", os.defpath)]),
        "VIRTUAL_ENV": str(bins[0].parent),
        "HOME": str(tree / "home"),
        "TMPDIR": str(tree / "tmp"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_ENDPOINT_URL": job.url,
        "AWS_ACCESS_KEY_ID": job.call.user,
        "AWS_SECRET_ACCESS_KEY": "trialbook",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(defaults),
        "TRIALBOOK_URL": job.url,
        "TRIALBOOK_ML_ROOT": "/opt/ml",
        "NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY", ""), "127.0.0.1,localhost"])),
        **own,
    }


def resources(config: Document) -> Document:
    """Give resourceconfig.json: one host, whatever the job asked for, since all its hosts are this machine."""
    kind = config.get("InstanceType", "local")
    return {
        "current_host": HOST,
        "current_instance_type": kind,
        "current_group_name": "homogeneousCluster",
        "hosts": [HOST],
        "instance_groups": [
            {"instance_group_name": "homogeneousCluster", "instance_type": kind, "hosts": [HOST]},
        ],
        "network_interface_name": "lo",
    }


def write_json(path: Path, document: object) -> None:
    """Write a configuration file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
