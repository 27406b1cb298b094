"""Walks a page by Tab alone, and says what it found: every stop with its focus ring, and what no key reaches.

A script in the page listens to focus and compares how a stop looks with the focus and after it has lost it: what looks
the same has no visible focus. What takes part in a group that the arrow keys walk (tabs, menus, radio buttons, cells
of a grid) needs one stop for the group; a closed list needs none beside its field. The browser draws a slider's thumb
where no script reads how it looks: `test_keyboard.py` compares its pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

MOST = 400
"""Presses of Tab after which a page is taken for endless."""
STEP = 20
SCRIPT = (Path(__file__).parent / "walk.js").read_text()


@dataclass(frozen=True)
class Walk:
    """What a walk found.

    Attributes
    ----------
    stops
        What got the focus, in order: tag, role and words.
    missed
        What can be used with a mouse and got no focus.
    unseen
        Stops that look the same with and without the focus.
    disorder
        Stops that come before what stands before them.
    ended
        Whether Tab came round to the first stop; if not, something keeps the focus.
    """

    stops: list[str]
    missed: list[str]
    unseen: list[str]
    disorder: list[str]
    ended: bool


def settle(page: Page) -> None:
    """Wait until a page has all that it will have: nothing loads, and no control has come for a while."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
    expect(page.locator("main [class*=spinner]:visible")).to_have_count(0)
    page.evaluate(f"() => {{ {SCRIPT}; Object.assign(window, {{ still, watch, report }}) }}")
    page.wait_for_function("() => still()", polling=100)


def walk(page: Page) -> Walk:
    """Press Tab on a page that has settled until the first stop comes again."""
    page.evaluate("watch()")
    ended = False
    for _ in range(0, MOST, STEP):
        for _ in range(STEP):
            page.keyboard.press("Tab")
        if page.evaluate("() => window.__walk.laps") >= 2:
            ended = True
            break
    return Walk(**page.evaluate("report()"), ended=ended)
