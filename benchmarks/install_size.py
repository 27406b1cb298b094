"""What an install takes on disk: `python benchmarks/install_size.py [--extras server,postgres] [--keep FOLDER]`.

Makes a fresh virtual environment, installs this checkout into it as `pip install trialbook` would, bytecode included,
and prints the MB (millions of bytes) of each package as JSON. numpy, pip and setuptools are listed apart: the target
of 60 MB is beside them. The console is built on the way when it is not there (`TRIALBOOK_CONSOLE=skip` leaves it out).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
APART = ("numpy", "pip", "setuptools")
TARGET_MB = 60


def install(folder: Path, extras: str = "") -> Path:
    """Make an environment with the package in it; give its interpreter. Raises `CalledProcessError`."""
    venv.create(folder, with_pip=True)
    python = folder / "bin/python"
    wanted = f"{ROOT}[{extras}]" if extras else str(ROOT)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted],
        check=True,
        stdout=sys.stderr,
    )
    return python


def sizes(folder: Path) -> dict[str, int]:
    """Give the bytes of each distribution of an environment; what belongs to none is under "unowned"."""
    (site,) = folder.glob("lib/python3*/site-packages")
    owner = {path: one for one in distributions(path=[str(site)]) for path in files(one)}
    found: dict[str, int] = {}
    for path in site.rglob("*"):
        if path.is_file() and not path.is_symlink():
            one = owner.get(path.resolve())
            name = one.metadata["Name"].lower() if one else top(path.relative_to(site).parts[0])
            found[name] = found.get(name, 0) + path.stat().st_size
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def files(one: Distribution) -> list[Path]:
    """Give the files that a distribution's record names."""
    return [Path(str(one.locate_file(file))).resolve() for file in one.files or []]


def top(name: str) -> str:
    """Name what no record has: pip and setuptools of the environment compile themselves."""
    return {"pkg_resources": "setuptools", "_distutils_hack": "setuptools"}.get(
        name, name if name in APART else "unowned"
    )


def measured(folder: Path) -> dict[str, object]:
    """Give the MB of each package, and of all beside numpy and the installers."""
    each = {name: size / 1e6 for name, size in sizes(folder).items()}
    beside = sum(size for name, size in each.items() if name not in APART)
    return {
        "beside_numpy_mb": round(beside, 1),
        "target_mb": TARGET_MB,
        "packages_mb": {name: round(size, 2) for name, size in each.items() if name not in APART},
        "apart_mb": {name: round(each[name], 1) for name in APART if name in each},
    }


def main() -> None:
    """Install, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extras", default="", help="extras to install too, with commas")
    parser.add_argument("--keep", type=Path, help="make the environment here and keep it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary) / "venv"
        install(folder, arguments.extras)
        print(json.dumps({"extras": arguments.extras, **measured(folder)}, indent=2))


if __name__ == "__main__":
    main()
