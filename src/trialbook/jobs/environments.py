"""Environments for jobs: an interpreter, and layers of packages on top of it, made once and kept.

A layer is a virtual environment that sees, behind its own packages, those of the interpreter it stands on: making one
takes a millisecond, and pip installs into it only what is missing. Layers of the same packages on the same interpreter
are made once and shared; each job has an empty one of its own on top, so that `pip install` within a job works and
leaves nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.jobs.failure import JobFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from trialbook.jobs.images import Image
    from trialbook.settings import Settings

TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
"""Where the builds for CPUs are: the ones on PyPI bring gigabytes of CUDA along."""
_SITE = "import site, sys, sysconfig, json; print(json.dumps([sysconfig.get_path('purelib'), \
[p for p in sys.path if p.endswith('-packages')], '%d.%d' % sys.version_info[:2]]))"
_MEETS = """
import sys, json
from importlib.metadata import version, PackageNotFoundError
try:
    from packaging.requirements import Requirement
except ImportError:
    from pip._vendor.packaging.requirements import Requirement
missing = []
for text in sys.argv[1:]:
    wanted = Requirement(text)
    if wanted.marker is not None and not wanted.marker.evaluate():
        continue
    try:
        if not wanted.specifier.contains(version(wanted.name), prereleases=True):
            missing.append(text)
    except PackageNotFoundError:
        missing.append(text)
print(json.dumps(missing))
"""


_LIBRARIES = ("numpy", "scipy", "scikit-learn", "xgboost", "xgboost-cpu")
_VERSIONS = """
import platform, sys, json
from importlib.metadata import version, PackageNotFoundError
found = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))
"""


class Environments:
    """Makes and finds environments. Thread-safe, and safe against other processes on the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Our own interpreter need not be asked, which takes as long as a short job.
        here = [path for path in sys.path if path.endswith("-packages")]
        own = list(dict.fromkeys([sysconfig.get_path("purelib"), *here]))
        version = "{}.{}".format(*sys.version_info[:2])
        self._sites: dict[str, tuple[list[str], str]] = {sys.executable: (own, version)}
        self._met: dict[tuple[str, tuple[str, ...]], int] = {}
        self._versions: dict[str, tuple[int, dict[str, str]]] = {}
        self._lock = threading.Lock()

    def python_for(self, image: Image, say: Callable[[str], None], check: Callable[[], None] = lambda: None) -> Path:
        """Give the interpreter that serves an image, made when it is not there.

        `say` is told of the progress; `check` is called meanwhile, and what it raises ends the making.

        Raises
        ------
        JobFailure
            The interpreter is not there, or pip cannot install the packages; the reason has pip's last lines.
        """
        base = Path(image.python or sys.executable)
        if not base.exists():
            raise JobFailure(
                f"ClientError: the table of images names the interpreter '{base}' for '{image.pattern}', which is not "
                "there: correct it with trialbook images --add."
            )
        if not image.packages:
            return base
        missing = self._missing(base, image.packages)
        return self.with_packages(base, missing, say, check) if missing else base

    def with_packages(
        self,
        base: Path,
        packages: Sequence[str],
        say: Callable[[str], None],
        check: Callable[[], None] = lambda: None,
        requirements: Path | None = None,
    ) -> Path:
        """Give the interpreter of a layer over `base` with packages, or those of a requirements file."""
        text = requirements.read_text() if requirements is not None else "\n".join(sorted(packages))
        name = hashlib.sha256(json.dumps([str(base), self._site(base)[1], text]).encode()).hexdigest()[:16]
        layer = self.folder / name
        python = layer / "bin" / "python"
        with self._held(name):
            if (layer / "ready").exists():
                return python
            what = f"the packages of {requirements.name}" if requirements is not None else ", ".join(packages)
            say(f"making an environment with {what} (once; it is kept in {layer})")
            shutil.rmtree(layer, ignore_errors=True)
            self.layer(base, layer)
            arguments = ["-r", str(requirements)] if requirements is not None else list(packages)
            if any(one.partition("=")[0].strip() == "torch" for one in packages):
                arguments += ["--extra-index-url", TORCH_INDEX]
            try:
                _pip(python, arguments, say, check)
            except BaseException:
                shutil.rmtree(layer, ignore_errors=True)
                raise
            (layer / "ready").write_text(text)
            say("the environment is ready")
        return python

    def layer(self, base: Path, folder: Path) -> Path:
        """Make an empty layer over an interpreter; gives the layer's own interpreter."""
        sites, version = self._site(base)
        site = folder / "lib" / f"python{version}" / "site-packages"
        site.mkdir(parents=True)
        (folder / "bin").mkdir()
        home = Path(os.path.realpath(base))
        for alias in ("python", "python3", f"python{version}"):
            (folder / "bin" / alias).symlink_to(home)
        (folder / "pyvenv.cfg").write_text(
            f"home = {home.parent}\ninclude-system-site-packages = false\nversion = {version}\n"
        )
        # The line that is code adds the packages of `.pth` files there too: editable installs are such.
        lines = [f"import site; site.addsitedir({one!r})" for one in sites]
        (site / "trialbook-base.pth").write_text("\n".join(lines) + "\n")
        for alias in ("pip", "pip3"):
            script = folder / "bin" / alias
            script.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m pip "$@"\n')
            script.chmod(0o755)
        return folder / "bin" / "python"

    def versions(self, python: Path) -> dict[str, str]:
        """Give the versions of an interpreter and of what the built-in algorithms stand on, as far as it has it.

        Remembered until something is installed or removed. Raises `JobFailure` when the interpreter does not run.
        """
        now = self._changed(python)
        with self._lock:
            when, known = self._versions.get(str(python), (-1, {}))
        if when != now:
            done = subprocess.run([python, "-c", _VERSIONS, *_LIBRARIES], capture_output=True, text=True, check=False)
            if done.returncode:
                raise JobFailure(f"ClientError: '{python}' does not run as a Python interpreter: {done.stderr[-300:]}")
            known = json.loads(done.stdout)
            with self._lock:
                self._versions[str(python)] = (now, known)
        return known

    def _missing(self, base: Path, packages: Sequence[str]) -> list[str]:
        """Give those of the packages that an interpreter lacks, or has in another version.

        That nothing is missing is remembered until something is installed or removed.
        """
        known, now = (str(base), tuple(packages)), self._changed(base)
        with self._lock:
            if self._met.get(known) == now:
                return []
        done = subprocess.run([base, "-c", _MEETS, *packages], capture_output=True, text=True, check=False)
        if done.returncode:
            return list(packages)
        missing: list[str] = json.loads(done.stdout)
        if not missing:
            with self._lock:
                self._met[known] = now
        return missing

    def _changed(self, base: Path) -> int:
        """Give a number that changes when packages of an interpreter do: the latest time of its package folders."""
        return max((Path(one).stat().st_mtime_ns for one in self._site(base)[0] if Path(one).is_dir()), default=0)

    def _site(self, base: Path) -> tuple[list[str], str]:
        """Give an interpreter's package folders and its version."""
        with self._lock:
            known = self._sites.get(str(base))
        if known is None:
            done = subprocess.run([base, "-c", _SITE], capture_output=True, text=True, check=False)
            if done.returncode:
                raise JobFailure(f"ClientError: '{base}' does not run as a Python interpreter: {done.stderr[-300:]}")
            own, sites, version = json.loads(done.stdout)
            known = (list(dict.fromkeys([own, *sites])), version)
            with self._lock:
                self._sites[str(base)] = known
        return known

    @contextmanager
    def _held(self, name: str) -> Iterator[None]:
        """Hold the making of one layer against other threads and processes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def environments_folder(settings: Settings) -> Path:
    """Say where environments are kept: as set, else in the user's cache folder."""
    if settings.environments:
        return Path(settings.environments).absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "trialbook" / "environments"


def _pip(python: Path, arguments: Sequence[str], say: Callable[[str], None], check: Callable[[], None]) -> None:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            try:
                check()
            except BaseException:
                process.kill()
                raise
            text = line.strip()
            lines.append(text)
            if text.startswith(("Collecting", "Downloading", "Installing", "Successfully", "ERROR")):
                say(f"pip: {text}")
    if process.returncode:
        wrong = [line for line in lines if line.startswith("ERROR")] or lines[-4:]
        raise JobFailure(f"ClientError: pip could not install {' '.join(arguments)}: {' '.join(wrong)[:700]}")
