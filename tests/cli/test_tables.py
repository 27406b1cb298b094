"""Tables on a terminal, with and without the library that draws them."""

from __future__ import annotations

import pytest

from trialbook.cli.tables import plain_lines, print_table


def test_plain_columns_are_as_wide_as_their_widest_cell() -> None:
    assert plain_lines(["name", "x"], [["a-long-name", "1"], ["b", ""]]) == [
        "name         x",
        "-----------  -",
        "a-long-name  1",
        "b",
    ]
    assert plain_lines(["name", "x"], [["a", "12"], ["b", "3"]], right=(1,))[2:] == ["a     12", "b      3"]


def test_what_looks_like_markup_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["Tags.\n[x]"], [["[bold]a[/bold]"]])
    printed = capsys.readouterr().out
    assert "[x]" in printed
    assert "[bold]a[/bold]" in printed
