"""Charts: frames while fifty runs in four charts are zoomed and moved, a million points to raw, a thousand metrics.

Frames are those that the page itself sees (`requestAnimationFrame`), each after a turn of the wheel; beside them the
main thread's CPU a frame and the longest task, which say less of what else the machine does.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import charts_store
from browser import Line, Tab, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser import Served
    from playwright.sync_api import Browser

SECONDS = 5
LEAST_FRAMES = 30

_TURNS = """
(seconds) => new Promise((done) => {
  const over = document.querySelector('.u-over');
  const box = over.getBoundingClientRect();
  const tasks = [];
  const watcher = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration)));
  watcher.observe({ entryTypes: ['longtask'] });
  const begun = performance.now();
  let frames = 0;
  const turn = (now) => {
    const spent = now - begun;
    if (spent > seconds * 1000) {
      watcher.disconnect();
      done({ frames: frames / spent * 1000, longest: Math.max(0, ...tasks) });
      return;
    }
    const part = spent / seconds / 1000;
    const wheel = { bubbles: true, cancelable: true, clientX: box.left + box.width * 0.4, clientY: box.top + 50 };
    if (part < 0.4) over.dispatchEvent(new WheelEvent('wheel', { ...wheel, ctrlKey: true, deltaY: -12 }));
    else if (part < 0.6) over.dispatchEvent(new WheelEvent('wheel', { ...wheel, shiftKey: true, deltaX: 15 }));
    else over.dispatchEvent(new WheelEvent('wheel', { ...wheel, ctrlKey: true, deltaY: 12 }));
    frames += 1;
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
})"""


def measure(browser: Browser, _stores: list[Path]) -> Iterator[Line]:
    """Yield each figure as it is found, of a store that is made for it; `_stores` are not read."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "charts"
        charts_store.make(store)
        with serving(store) as server:
            yield from many_lines(browser, server)
            yield from long_curve(browser, server)
            yield from many_metrics(browser, server)


def many_lines(browser: Browser, server: Served) -> Iterator[Line]:
    """Zoom in, move and zoom out, a turn a frame, with all charts of fifty runs in sight."""
    tab = Tab(browser, server, 1600, 1300)
    page = tab.open(f"#/compare?view=charts&runs={','.join(charts_store.many_names())}")
    for number in range(charts_store.SHOWN):
        page.get_by_role("img", name=re.compile(rf"^m{number}: 50 lines.* 100,000 points")).wait_for()
    page.locator(".uplot").first.scroll_into_view_if_needed()
    told = turned(tab)
    more = {"CPU ms a frame": told["cpu"] / told["count"], "longest task ms": told["longest"], "heap MB": tab.heap_mb()}
    yield Line("50 runs x 4 charts, zoomed and moved", told["frames"], "fps", least=LEAST_FRAMES, more=more)
    tab.close()


def turned(tab: Tab) -> dict[str, Any]:
    """Turn the wheel for some seconds; frames a second, their count, CPU of the main thread and the longest task."""
    cpu = tab.cpu_ms()
    told: dict[str, Any] = tab.page.evaluate(_TURNS, SECONDS)
    return {**told, "count": told["frames"] * SECONDS, "cpu": tab.cpu_ms() - cpu}


def long_curve(browser: Browser, server: Served) -> Iterator[Line]:
    """Open a million points, zoom to a few hundred of them by three drags, and turn the wheel over them."""
    tab = Tab(browser, server)
    page = tab.page
    chart = page.get_by_role("region", name="loss", exact=True)
    whole = chart.get_by_role("img", name="1,000,000 points")
    told = tab.timed(lambda: tab.open(f"#/runs/{charts_store.LONG}?tab=metrics"), whole.wait_for)
    yield Line("a curve of 1M points is shown", told["wall"], "ms", most=2500, more=told)
    low, high, box = 0.0, charts_store.LONG_POINTS - 1.0, chart.locator(".u-over").bounding_box()
    assert box is not None
    for reach, points in ((0.02, r"(39|40|41),\d{3}"), (0.06, r"[45],\d{3}"), (0.05, r"[45]\d\d")):
        at = box["x"] + box["width"] * (charts_store.SPIKE - low) / (high - low)
        page.mouse.move(at - reach * box["width"], box["y"] + 100)
        page.mouse.down()
        page.mouse.move(at + reach * box["width"], box["y"] + 100, steps=3)
        shown = chart.get_by_role("img", name=re.compile(rf"[^\d,]{points} points"))
        told = tab.timed(page.mouse.up, shown.wait_for)
        low, high = (float(re.findall(rf"[?&]{end}=([\d.]+)", page.url)[0]) for end in ("from", "to"))
    yield Line("from the last drag to raw points", told["wall"], "ms", most=1000, more=told)
    told = turned(tab)
    more = {"CPU ms a frame": told["cpu"] / told["count"], "longest task ms": told["longest"]}
    yield Line("1M points, zoomed and moved", told["frames"], "fps", least=LEAST_FRAMES, more=more)
    tab.close()


def many_metrics(browser: Browser, server: Served) -> Iterator[Line]:
    """Open the metrics and the charts of a run of a thousand metrics."""
    for name, mark in (("metrics", ".uplot"), ("overview", "[role=img][aria-label^='Course of'] path")):
        tab = Tab(browser, server)
        first = tab.page.locator(mark).first
        told = tab.timed(
            lambda tab=tab, name=name: tab.open(f"#/runs/{charts_store.WIDE}?tab={name}"),
            lambda first=first: first.wait_for(state="attached"),
        )
        more = told | {"elements": tab.nodes(), "heap MB": tab.heap_mb()}
        yield Line(f"1,000 metrics, tab {name}, is ready", told["wall"], "ms", most=2500, more=more)
        tab.close()
