"""Opening what a server or an in-process client works on: the store, the objects beside it, the search engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.services.blobs import Blobs
from trialbook.services.context import Workspace
from trialbook.services.search_schemas import make_engine
from trialbook.store import open_store

if TYPE_CHECKING:
    from trialbook.settings import Settings


def open_workspace(settings: Settings) -> Workspace:
    """Open the store that the settings name, making it when it is not there.

    Raises
    ------
    StoreError
        When it cannot be opened, was written by a newer version, or lies on a network file system.
    """
    store = open_store(settings.store)
    return Workspace(
        settings=settings,
        store=store,
        engine=make_engine(),
        blobs=Blobs.open(objects_of(settings)),
    )


def objects_of(settings: Settings) -> str:
    """Say where objects lie: as set, else in the store folder, else beside the current one for a PostgreSQL store."""
    if settings.objects:
        return settings.objects
    if "://" in settings.store:
        return str(Path(".trialbook") / "objects")
    return str(Path(settings.store) / "objects")
