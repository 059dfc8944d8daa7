"""The words of a paragraph from its lines: broken words are mended by what the rest of the document says."""

import re
from collections.abc import Iterable

from corpus.formats.printed import Line, Paragraph
from corpus.scripts import glue as space_between

_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*$")
_FIRST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SHARING = frozenset(str.split("and or to und oder bis et ou y o e"))  # "Ein- und Ausgang": the hyphen stays
_HYPHENS = ("-", "\u2010", "\u00ad")


def vocabulary(found: Iterable[Paragraph]) -> frozenset[str]:
    """Return the words that stand whole in a document, in lower case; compounds with their hyphens."""
    words: set[str] = set()
    for paragraph in found:
        cut = False
        for line in paragraph.lines:
            here = _WORDS.findall(line.text.lower())
            halved = line.broken or line.text.endswith(_HYPHENS)
            words.update(here[cut : len(here) - halved])
            cut = halved
    return frozenset(words)


def by_page(paragraph: Paragraph, known: frozenset[str]) -> list[tuple[int, str]]:
    """Return a paragraph's text, in the pieces that stand on each page; no word is split between pieces."""
    pieces: list[tuple[int, str]] = []
    before: Line | None = None
    for line in paragraph.lines:
        text = line.text
        if before is None:
            pieces.append((line.page, text))
        else:
            page, so_far = pieces[-1]
            glue = _glue(before, so_far, text, known)
            if glue is None:
                joined, rest = so_far + space_between(so_far, text), text
            else:
                word, _, rest = text.partition(" ")
                joined = so_far.rstrip("".join(_HYPHENS)) + glue + word + " "
            if line.page == page:
                pieces[-1] = (page, (joined + rest).rstrip())
            else:
                pieces[-1] = (page, joined.rstrip())
                pieces.append((line.page, rest))
        before = line
    return [(page, text) for page, text in pieces if text]


def _glue(before: Line, so_far: str, text: str, known: frozenset[str]) -> str | None:
    """Return what stands between the halves of a word broken over two lines, or None if no word is broken."""
    hyphen = next((sign for sign in _HYPHENS if so_far.endswith(sign)), "")
    head = _LAST.search(so_far.removesuffix(hyphen))
    tail = _FIRST.match(text)
    if not head or not (before.broken or hyphen):
        return None
    if not tail:
        return "-" if text[:1].isdigit() else None
    if tail[0] in _SHARING and not before.broken:
        return None
    first, second = head[0].lower(), tail[0].lower()
    if hyphen == "\u00ad" or first + second in known:
        return ""
    *others, last = first.split("-")
    if others and last + second in known:  # "not-under-" "stood"
        return ""
    if tail[0][0].isupper() or not known.isdisjoint({f"{first}-{second}", f"{last}-{second}"}):
        return "-"
    return "-" if others and last in known else ""  # "stop-the-" "world", but not "well-docu-" "mented"
