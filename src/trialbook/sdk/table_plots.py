"""The plots of a table, as its methods: thin over `sdk.plots`, so that Matplotlib is imported when one is drawn."""

from __future__ import annotations


class TablePlots:
    """The part of a table that draws."""
