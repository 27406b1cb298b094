"""Counts the rows of CSV files."""

from pathlib import Path


def count(folder: Path) -> int:
    """Give the number of rows in a folder's files."""
    return sum(len(file.read_text().splitlines()) for file in folder.glob("*.csv"))
