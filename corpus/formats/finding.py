"""Words of the stored text -> the printed characters that they were read from.

The reader has mended broken words, left out running heads and moved footnotes; so the two texts are compared by their
letters and figures alone, first exactly, and where something stands between, by aligning the words of the page.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

# Inside a word a hyphen, and the line end after it, is a matter of typesetting; the control is PDFium's own sign.
_HYPHENS = frozenset("-\u2010\u2011\u00ad\ufffe\x02")
_ENOUGH = 0.5  # of the letters; words of which less is found are not marked at all
_SURE_RUN = 3  # letters; shorter runs that agree within a word that differs may do so by chance
_MOST_LETTERS = 2_000  # of a stretch that is compared letter by letter


@dataclass(frozen=True, slots=True)
class Folded:
    """A text's letters and figures.

    Args:
        letters: without case, accents and ligatures.
        places: position in the text of each.
        words: where in `letters` each word begins.
    """

    letters: str
    places: Sequence[int]
    words: Sequence[int]

    def word(self, at: int) -> str:
        """Return a word by its number."""
        return self.letters[self.words[at] : self.end_of(at)]

    def end_of(self, at: int) -> int:
        """Return where in `letters` a word ends."""
        return self.words[at + 1] if at + 1 < len(self.words) else len(self.letters)


def fold(text: str) -> Folded:
    """Return the letters and figures of a text."""
    letters: list[str] = []
    places: list[int] = []
    words: list[int] = []
    inside = hyphen = False
    for at, character in enumerate(text):
        folded = _letters(character)
        if folded:
            if not inside:
                words.append(len(letters))
            letters.extend(folded)
            places.extend([at] * len(folded))
            inside, hyphen = True, False
        elif character in _HYPHENS:
            hyphen = True
        elif not (hyphen and character in "\r\n") and not unicodedata.combining(character):
            inside = hyphen = False
    return Folded("".join(letters), places, words)


@cache
def _letters(character: str) -> str:
    folded = unicodedata.normalize("NFKD", "i" if character == "\u0131" else character).casefold()
    return "".join(filter(str.isalnum, folded))


def find(printed: str, stored: str, start: int, end: int) -> list[int]:
    """Return the positions of the printed characters that some words of the stored text were read from.

    Args:
        printed: a page's characters, in the order of the file.
        stored: the page's part of the stored text.
        start: code point in `stored` where the words start.
        end: code point after them.

    Returns:
        positions in `printed`, ascending; empty when the words are not to be found there.
    """
    page, text = fold(printed), fold(stored)
    first = sum(place < start for place in text.places)
    last = sum(place < end for place in text.places)
    wanted = text.letters[first:last]
    if not wanted:
        return []
    at = _nth(page.letters, wanted, text.letters, first)
    found = list(range(at, at + len(wanted))) if at is not None else _aligned(page, text, first, last)
    if len(found) < _ENOUGH * len(wanted):  # they may have been moved away from what is beside them on the page
        found = _aligned(page, fold(stored[start:end]), 0, len(wanted))
    if len(found) < _ENOUGH * len(wanted):
        return []
    places = sorted({page.places[letter] for letter in found})
    return _with_punctuation(printed, places, stored[start:end])


def _nth(page: str, wanted: str, text: str, first: int) -> int | None:
    """Return where words stand that both texts have equally often, the same time around; else None."""
    on_page, in_text = _all(page, wanted), _all(text, wanted)
    if not on_page or len(on_page) != len(in_text):
        return on_page[0] if len(on_page) == 1 else None
    return on_page[in_text.index(first)] if first in in_text else None


def _all(text: str, wanted: str) -> list[int]:
    found: list[int] = []
    at = text.find(wanted)
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + len(wanted))
    return found


def _aligned(page: Folded, text: Folded, first: int, last: int) -> list[int]:
    """Return the letters of the page that agree with some of the text when their words are laid side by side."""
    ours = [text.word(at) for at in range(len(text.words))]
    theirs = [page.word(at) for at in range(len(page.words))]
    found: list[int] = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs).get_opcodes():
        if kind == "insert" or text.end_of(b - 1) <= first or text.words[a] >= last:
            continue
        begin, other = text.words[a], page.words[c] if c < len(page.words) else len(page.letters)
        if kind == "equal":
            runs = [(begin, other, text.end_of(b - 1) - begin)]
        elif d > c:
            runs = [
                (begin + mine, other + its, length)
                for mine, its, length in _alike(
                    text.letters[begin : text.end_of(b - 1)], page.letters[other : page.end_of(d - 1)]
                )
            ]
        else:
            runs = []
        for mine, its, length in runs:
            found += [its + step for step in range(length) if first <= mine + step < last]
    return found


def _alike(ours: str, theirs: str) -> list[tuple[int, int, int]]:
    """Return runs of letters that agree in a stretch whose words don't, as (place, place, length)."""
    if max(len(ours), len(theirs)) > _MOST_LETTERS:
        return []
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [(mine, its, size) for mine, its, size in blocks if size >= min(_SURE_RUN, len(ours))]


def _with_punctuation(printed: str, places: list[int], words: str) -> list[int]:
    """Add the marks between the words, and those that they begin and end with if they are printed right beside."""
    after = len(words) - len(_rstripped(words))
    before = len(words) - len(_rstripped(words[::-1]))
    begin, end = places[0], places[-1] + 1
    while before and begin and not printed[begin - 1].isspace() and not _letters(printed[begin - 1]):
        begin, before = begin - 1, before - 1
    while after and end < len(printed) and not printed[end].isspace() and not _letters(printed[end]):
        end, after = end + 1, after - 1
    whole = list(range(begin, places[0] + 1))
    for place in places[1:]:
        between = range(whole[-1] + 1, place)
        whole += [*(between if not any(_letters(printed[at]) for at in between) else ()), place]
    return [*whole, *range(places[-1] + 1, end)]


def _rstripped(words: str) -> str:
    """Return words without what is behind their last letter or figure."""
    end = len(words)
    while end and not _letters(words[end - 1]):
        end -= 1
    return words[:end]
