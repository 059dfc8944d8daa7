"""Whether a sentence ends where the segmenter says so: what it takes for an end and is none.

Joining two sentences costs a longer quote; parting one costs a quote that cannot be understood. So doubt joins.
"""

from collections.abc import Sequence

import regex

from corpus.language import ENGLISH

_LOOK = 16  # code points on either side that decide
_ABBREVIATIONS = {
    "hi": frozenset("डॉ डा श्री श्रीमती प्रो पं रु सं स्व कु ई पू कि मी ले मो क्र".split()),
    "mr": frozenset("डॉ डा श्री श्रीमती प्रो पं रु सं स्व कु इ पू कि मी ले मो क्र".split()),
    "ne": frozenset("डा डॉ श्री श्रीमती प्रा पं रु सं स्व कु ई पू कि मी ले मो".split()),
}
"""Words of a script without capitals, whose full stop is no end: these languages end sentences otherwise."""

_BEFORE_NUMBERS = {
    "de": frozenset("abb abs art bd ca kap nr s tab ziff".split()),
    "es": frozenset("art cap fig núm pág págs tab vol".split()),
    "fr": frozenset("art chap fig no p pp tab vol".split()),
    "ru": frozenset("гл им кв оф п пп рис с ст стр табл т".split()),
}
_ENGLISH = frozenset(
    "approx ch chap chs cl cor def ed eds eq eqn eqns eqs esp est ex excl ext figs incl lem max min misc obs para "
    "paras prop pt ref refs regs rp rs sch sched signif suppl tel thm ver vol vols".split()
)
"""Abbreviations before a figure or a small letter that the segmenter does not know."""

_ONE_LETTER = frozenset({"ar", "fa", "ur"})  # languages that abbreviate to one letter (د. for doctor)
_CLOSING = tuple("»”“’\"')]」』）】")
_NO_START = (",", ";", ":", ")", "]", "}", "|", "=")
_ASKING = ("?", "？", "؟")
_PARTICLES = tuple("と って は が を も に の で、 から".split())  # Japanese: they lean on the word before them
_BEFORE_FIGURE = regex.compile(r"(?<=[。！？][”’」』）]?)(?=\d)")  # where the segmenter sees a decimal point
_BRACKETED = regex.compile(r"\s*\(\p{Lu}[^()]{10,}+(?<=[.!?])\)(?=\s+[“\"‘]?\p{Lu})")  # a sentence in brackets
_ITEM = regex.compile(r"(?:\d{1,3}\.)+")  # the number of an item belongs to what follows
_LOWER = regex.compile(r"[-–—,;]?\s*[\p{Ll}ºª]")
_LAST_WORD = regex.compile(r"(?<![\p{L}\p{M}])([\p{L}\p{M}]+)\.$")
_STOPPED = regex.compile(r"[.!?][”\"'’)\]]*$")
_PLAIN_END = regex.compile(r"\s[\p{L}\p{M}\d,'’-]{2,}[”\"’)\]]*[.!?]+[”\"’)\]]*$")
_PLAIN_START = regex.compile(r"(?:\p{Lu}[\p{Ll}\p{M}]+|[AI])(?:[\s,]|$)")
_FEWEST_WORDS = 4  # of a sentence that a full stop ends without a space: else it is inside a name (requests.Session)
_ORDINAL = regex.compile(r"\p{L}[^\d.]*\s\d{1,2}\.$")  # "im 19." of a Jahrhundert; a number alone is a list's


def is_question(sentence: str) -> bool:
    """Tell whether a sentence asks. One that ends with a quoted question does not."""
    return sentence.rstrip().endswith(_ASKING)


def follows_question(sentences: Sequence[str], at: int) -> bool:
    """Tell whether the sentence directly before one of a passage's asks."""
    return at > 0 and is_question(sentences[at - 1])


def ends_inside(text: str, start: int, end: int) -> list[int]:
    """Return the places inside a stretch at which a sentence ends that the segmenter did not see, in order."""
    ends = [found.start() for found in _BEFORE_FIGURE.finditer(text, start, end) if start < found.start() < end]
    bracketed = _BRACKETED.match(text, start, end)
    return sorted([bracketed.end(), *ends]) if bracketed else ends


def goes_on(language: str, first: str, second: str) -> bool:
    """Tell whether two stretches that the segmenter parted are one sentence.

    Args:
        language: ISO 639-1.
        first: the one before, with the white space after it.
        second: the one after it.
    """
    end, head = first[-_LOOK:], second[:_LOOK].lstrip()
    tail = end.rstrip()
    closed = tail.endswith(_CLOSING)
    if language == "ja":
        return closed and head.startswith(_PARTICLES)
    if language == "ko":
        return closed and tail == end
    if head and tail == end and _STOPPED.search(tail) and (head[0].isupper() or head[0].islower()):
        return not (_PLAIN_END.search(tail) and _PLAIN_START.match(head) and len(first.split()) >= _FEWEST_WORDS)
    if not head or not (closed or tail.endswith(".")):
        return False
    if head.startswith(_NO_START):
        return True
    if _ITEM.fullmatch(first.strip()):
        return True
    word = _LAST_WORD.search(tail)
    if language == ENGLISH:  # a sentence may begin with the name of a program, in small letters
        return bool(word and word[1].lower() in _ENGLISH and (head[0].isdigit() or head[0].islower()))
    if _LOWER.match(head):
        return True
    if word is None:
        return language == "de" and bool(_ORDINAL.search(tail))
    if language in _ONE_LETTER:
        return len(word[1]) == 1
    if len(word[1]) == 1 and word[1].isupper() and word[1] not in "IVX":  # an initial; but Karl V. is a king
        return True
    known = _ABBREVIATIONS.get(language) or (_BEFORE_NUMBERS.get(language) if head[0].isdigit() else None) or ()
    return word[1].lower() in known
