"""Ask axe-core what a person with a screen reader, a keyboard or weak eyes would stumble over."""

from playwright.sync_api import Page

SERIOUS = {"serious", "critical"}
SETTLED = """Promise.allSettled(
    document.getAnimations().filter(a => a.effect.getTiming().iterations != Infinity).map(a => a.finished)
).then(() => null)"""
# What fades in is there when this is kept: until then its colours are too faint.


def findings(page: Page) -> list[str]:
    """Return the serious and critical violations on a page as it stands, each with where it is and what to do.

    The script comes with the package `axe-playwright-python`; it is given to the browser over its own control
    connection, so that the page's Content-Security-Policy need not be loosened.
    """
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(SETTLED)
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:150]} -- {node['failureSummary']}"
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]
