"""What surrounds the text of a web page: menus, banners, footers, and what is never shown."""

import re
from typing import Any

_UNSEEN = frozenset(
    str.split(
        "script style noscript template svg math canvas iframe object embed audio video select datalist button input "
        "textarea head title meta link map area frame frameset noframes applet dialog rp rt"
    )
)
_AROUND = frozenset(str.split("nav footer menu"))
_AROUND_OUTSIDE_ARTICLES = frozenset(str.split("header aside"))
_AROUND_ROLES = frozenset(
    str.split("navigation banner contentinfo search complementary dialog alertdialog menu menubar tablist toolbar")
)
# Whole words of class and id; a longer name that merely contains one of them stays.
_AROUND_NAMES = frozenset(
    str.split(
        "nav navbar navigation navbox breadcrumb breadcrumbs sidebar footer site-footer page-footer site-header "
        "cookie cookies cookie-banner cookie-bar cookie-consent cookie-notice cookiebanner cookieconsent gdpr "
        "consent-banner advert advertisement ads social-share share-buttons newsletter-signup popup skip-link skip-nav "
        "skip-to-content sr-only visually-hidden screen-reader-text toc catlinks printfooter mw-editsection "
        "mw-jump-link mw-cite-backlink mw-portlet vector-menu vector-dropdown mw-indicators "
        "geo-nondefault geo-multi-punct noprint headerlink vertical-navbox sistersitebox"
    )
)
_NEVER_BY_NAME = frozenset(str.split("html body main article h1"))
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def left_out(element: Any, *, picky: bool) -> bool:
    """Tell whether an element's words are no part of the text.

    Args:
        element: of an HTML tree.
        picky: leave out what stands around the text as well; else only what is never shown.
    """
    tag = element.tag
    if not isinstance(tag, str) or tag in _UNSEEN or element.get("hidden") is not None:
        return True
    if element.get("aria-hidden") == "true" or _HIDDEN_STYLE.search(element.get("style") or ""):
        return True
    if not picky:
        return False
    if tag in _AROUND or element.get("role") in _AROUND_ROLES:
        return True
    if tag in _AROUND_OUTSIDE_ARTICLES:
        inside = next(element.iterancestors("article", "main"), None) is not None
        return not inside and next(element.iter("h1"), None) is None
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()
    if tag == "sup" and "reference" in names:
        return True
    if tag in _NEVER_BY_NAME or _AROUND_NAMES.isdisjoint(names):
        return False
    return next(element.iter("h1", "article", "main"), None) is None
