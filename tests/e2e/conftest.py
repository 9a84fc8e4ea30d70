"""A real browser for the pages: one Chromium a module, a context of its own for each person."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.product import Product

PHONE, DESKTOP = (390, 844), (1280, 800)
SHOWN_WITHIN_MS = 20_000
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
OpenPage = Callable[[str, tuple[int, int]], Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that IEUM_CHROMIUM names."""
    path = os.environ.get("IEUM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "the browser tests need Chromium: run `sudo apt-get install chromium fonts-noto-cjk`"
    expect.set_options(timeout=SHOWN_WITHIN_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, running: Product) -> Iterator[OpenPage]:
    """Open a path of the running product in a browser context of its own; a script error fails the test."""
    contexts, errors = [], []

    def open_page(path: str, size: tuple[int, int]) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="ko-KR", timezone_id="Asia/Seoul"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SHOWN_WITHIN_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(running.base_url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
