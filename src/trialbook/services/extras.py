"""Libraries that the base install does not have, asked for where they are used."""

from __future__ import annotations

import importlib
from typing import Any


def need(module: str, extra: str) -> Any:
    """Import a library that an extra brings.

    Raises
    ------
    ImportError
        It is not installed; the message says what to install.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        wanted = f"pip install 'trialbook[{extra}]'" if extra else f"pip install {module.partition('.')[0]}"
        message = f"This needs {module.partition('.')[0]}, which is not installed: {wanted}"
        raise ModuleNotFoundError(message, name=error.name) from None
