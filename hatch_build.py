"""Builds the console when the package is built, and stands alone as `python hatch_build.py` (`make console`).

Nothing happens when `static/.stamp` holds the hash of the console's sources, so a second install, and an install from
an sdist (which carries the built files), need neither Node nor npm. `TRIALBOOK_CONSOLE=skip` leaves the console out.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run as a script
    BuildHookInterface = object

ROOT = Path(__file__).parent
SOURCE = ROOT / "console"
STATIC = ROOT / "src" / "trialbook" / "server" / "console" / "static"
STAMP = STATIC / ".stamp"
NODE = (20, 19)
_SOURCES = ("package*.json", "vite.config.ts", "packing/*.ts", "tsconfig.json", "index.html", "src/**/*", "public/**/*")


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc, valid-type]
    """Hatchling's hook: builds before the files of the wheel or the sdist are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the console unless it is there, or not wanted."""
        del version, build_data
        build()


def build() -> None:
    """Build the console into `static/`; ends the program with one line when that cannot be done."""
    if os.environ.get("TRIALBOOK_CONSOLE") == "skip":
        sys.stderr.write("TRIALBOOK_CONSOLE=skip: installing without the web console.\n")
        return
    wanted = source_hash()
    if STAMP.is_file() and (wanted is None or STAMP.read_text().strip() == wanted):
        return
    npm = shutil.which("npm")
    if wanted is None or npm is None or node_version() < NODE:
        sys.exit(
            f"The web console is not built, and building it needs Node {NODE[0]}.{NODE[1]} or later with npm. "
            "Install them, or set TRIALBOOK_CONSOLE=skip for an installation with the API alone."
        )
    install = [npm, "ci", "--ignore-scripts", "--silent"]
    for command in (install, [npm, "run", "--silent", "build", "--", "--logLevel", "warn"]):
        if subprocess.run(command, cwd=SOURCE, check=False, stdout=sys.stderr).returncode:
            sys.exit(f"Building the web console failed: {' '.join(command[1:])} in {SOURCE}.")
    STAMP.write_text(f"{wanted}\n")


def source_hash() -> str | None:
    """Hash the console's sources, names and bytes; None where they are not there."""
    if not (SOURCE / "package.json").is_file():
        return None
    digest = hashlib.sha256()
    files = {path for pattern in _SOURCES for path in SOURCE.glob(pattern) if path.is_file()}
    for path in sorted(files):
        digest.update(f"{path.relative_to(SOURCE).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def node_version() -> tuple[int, int]:
    """Give Node's version; (0, 0) when there is none."""
    node = shutil.which("node")
    if node is None:
        return (0, 0)
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major, minor, *_ = (*told.removeprefix("v").split("."), "0", "0")
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else (0, 0)


if __name__ == "__main__":
    build()
