"""Facts of one moment: the command, the packages, the host, the seeds, and on request the environment.

Nothing here needs more than the standard library and psutil; what cannot be known is left out. Values whose names look
like those of secrets are masked wherever a command line or the environment shows them.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialbook.sdk.capture.shared import changed_at
from trialbook.sdk.parameters import clean
from trialbook.sdk.process import host as host_name

if TYPE_CHECKING:
    from trialbook.model import Document

MASK = "***"
_SECRET = re.compile(r"pass(word|wd)?|secret|token|api.?key|credential|private|auth", re.IGNORECASE)
_URL_USER = re.compile(r"(?<=://)[^/@\s:]+:[^/@\s]+@")
_DISTRIBUTION = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)(-[^-]+)?\.(dist|egg)-info$")
_LONGEST = 2000


def command() -> Document:
    """Give the command line with secrets masked, the script or notebook, the folder, and Python's version."""
    told: Document = {"line": masked(_arguments()), "folder": _folder(), "python": platform.python_version()}
    told["executable"] = sys.executable
    notebook = notebook_name()
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    if notebook:
        told["notebook"] = notebook
    elif script:
        told["script"] = str(script)
    return told


def masked(arguments: list[str]) -> list[str]:
    """Give a command line without the values of options that look like secrets, and without passwords in URLs."""
    shown: list[str] = []
    hide = False
    for argument in arguments:
        text = _URL_USER.sub("", clean(argument))[:_LONGEST]
        name, sign, _ = text.partition("=")
        if hide and not text.startswith("-"):
            shown.append(MASK)
        else:
            shown.append(f"{name}={MASK}" if sign and _SECRET.search(name) else text)
        hide = text.startswith("-") and not sign and bool(_SECRET.search(text))
    return shown


def notebook_name() -> str | None:
    """Give the notebook's file where the kernel can tell: in VS Code, under Jupyter's own variable, or in Colab."""
    main = sys.modules.get("__main__")
    named = getattr(main, "__vsc_ipynb_file__", None) or os.environ.get("JPY_SESSION_NAME")
    if named:
        return Path(str(named)).name
    shell = sys.modules.get("IPython")
    kernel = shell is not None and "ipykernel" in sys.modules and getattr(shell, "get_ipython", lambda: None)()
    return "notebook" if kernel else None


def package_state() -> tuple[tuple[str, int], ...]:
    """Give the folders that packages are looked for in, with the time of their last change: installing changes it."""
    return tuple((place, changed_at(Path(place or "."))) for place in sys.path)


def packages() -> list[str]:
    """Give the installed packages as `name==version`, by name, as their folders tell them."""
    found: dict[str, str] = {}
    for place in sys.path:
        try:
            entries = sorted(os.listdir(place or "."))  # noqa: PTH208 - a hundredth of what importlib.metadata takes
        except OSError:
            continue
        for entry in entries:
            match = _DISTRIBUTION.match(entry)
            if match is not None:
                name = match["name"].replace("_", "-")
                found.setdefault(name.lower(), f"{name}=={match['version']}")
    return [found[name] for name in sorted(found)]


def host() -> Document:
    """Describe the machine: its name, system, processors, memory in bytes, and user."""
    import psutil

    told: Document = {
        "name": host_name(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "cores": psutil.cpu_count(logical=False),
        "memory": psutil.virtual_memory().total,
    }
    processor = _processor()
    if processor:
        told["processor"] = processor
    with contextlib.suppress(KeyError, OSError):
        told["user"] = getpass.getuser()
    return told


def seeds() -> Document:
    """Give the seeds that can be seen: options named like one, PYTHONHASHSEED, and PyTorch's first seed."""
    told: Document = {}
    arguments = _arguments()
    for option, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, sign, value = option.lstrip("-").partition("=")
        if option.startswith("-") and re.fullmatch(r"(.*[-_.])?seed", name, re.IGNORECASE):
            told[name] = value if sign else following
    if os.environ.get("PYTHONHASHSEED"):
        told["PYTHONHASHSEED"] = os.environ["PYTHONHASHSEED"]
    torch: Any = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "initial_seed"):
        told["torch"] = torch.initial_seed()
    return told


def environment() -> Document:
    """Give the environment's variables, those that look like secrets masked."""
    return {
        clean(name): MASK if _SECRET.search(name) else _URL_USER.sub("", clean(value))[:_LONGEST]
        for name, value in sorted(os.environ.items())
    }


def _arguments() -> list[str]:
    """Give the whole command line, of the interpreter too."""
    return list(getattr(sys, "orig_argv", None) or sys.argv)


def _folder() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return ""


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "")
    except OSError:
        return platform.processor()
