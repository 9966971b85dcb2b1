"""What can be wrong with any page, whatever it shows: accessibility, contrast, width, structure."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

NARROW = 320
"""CSS pixels: WCAG 2.2, 1.4.10 (a 1280 pixel wide window at 400 %)."""

# Only colours differ between the schemes, so the second round asks about colours alone.
AXE = "(rules) => axe.run(document, {resultTypes: ['violations'], ...(rules && {runOnly: rules})})"
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.tagName.toLowerCase() + (each.className && typeof each.className === 'string'
    ? '.' + each.className.trim().replaceAll(' ', '.') : ''))"""


def faults(page: Page) -> list[str]:
    """Everything that is wrong with the page as it stands; leaves the window as wide and as bright as it was.

    axe in the light scheme, contrast in the dark one, no sideways scrolling at 320 pixels, one main heading.
    """
    found = []
    page.emulate_media(color_scheme="light")
    page.evaluate(AXE_SCRIPT)
    found += [f"light: {each}" for each in _told(page.evaluate(AXE, None))]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in _told(page.evaluate(AXE, ["color-contrast"]))]
    page.emulate_media(color_scheme=None)
    usual = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": 640})
    found += [f"sticks out at {NARROW} pixels: {each}" for each in page.evaluate(TOO_WIDE)[:8]]
    if usual:
        page.set_viewport_size(usual)
    headings = page.locator("h1").count()
    return found if headings == 1 else [*found, f"{headings} main headings"]


def _told(results: dict[str, Any]) -> list[str]:
    return [
        f"{violation['id']} ({violation['help']}): {', '.join(str(node['target']) for node in violation['nodes'][:5])}"
        for violation in results["violations"]
    ]
