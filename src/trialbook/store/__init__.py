"""The store: entities, edges, series and object rows in one SQL database."""

from trialbook.store.opening import open_store

__all__ = ["open_store"]
