"""A sentence that cannot be understood alone -> the sentences around it that it needs.

A quote is one stretch of whole sentences of one passage, so what is added always stands directly before or after:
the sentence before, for one that opens with a pronoun or with "During this"; the question before a mere reply; the
sentence after a few words that head a paragraph; the line that introduces a list, and its items; the whole of a block
of code; the whole of an entry in a list of works, its authors and its title.
"""

import re

from corpus.sentence_ends import follows_question, is_question
from index.records import StoredPassage
from index.structure import lists_works

PRONOUN_CHARACTERS = 320
"""Length of a quote, at the most, that takes in the sentence before."""

REPLY_CHARACTERS = 80
"""Length of a sentence, at the most, that is taken for a mere reply to the question before it."""

BLOCK_CHARACTERS = 600
"""Length of a quote, at the most, that takes in a list, a block of code or an entry of a list of works."""

_MEANT_BEFORE = r"this|these|those(?! (?:who|whose|which|that|of|in|with)\b)|such|the (?:former|latter|same)"
_LEANS_BACK = re.compile(
    r"[\"'“‘(]?(?:(?:However|But|And|So|Thus|Then|Also|Instead|Therefore|Moreover|Furthermore|Nevertheless|Still),? )?"
    rf"(?:{_MEANT_BEFORE}|he|she|they|his|her|hers|its|their|theirs|both|neither|here|"
    r"it(?! (?:is|was|seems|follows|appears) (?:\w+ )?that\b)|that(?! (?:the|an?|it|he|she|they)\b)|"
    rf"(?:all|each|few|many|most|much|none|one|part|several|some|two) of (?:them|{_MEANT_BEFORE})|"
    r"(?:about|after|against|among|as (?:a result|part) of|at|because of|before|by|despite|due to|during|following|for|"
    rf"from|in|instead of|like|of|on|since|through|to|under|unlike|until|with|without) (?:that|{_MEANT_BEFORE}))\b",
    re.IGNORECASE,
)
_REPLY = re.compile(r"\W*(?:a(?:nswer)?: |yes\b|no,|not\b|because\b)", re.IGNORECASE)
_LABEL = re.compile(
    r"(?!(?:The|An?|He|She|It|I|We|You|They|This|That|These|Those)\b)[A-Z][^\W\d]*(?:[ /-][^\W\d]+){1,5}\."
)
_ITEM = re.compile(r"(?:[-*+•‣◦–—]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
_ENTRY = re.compile(r"\[\w{1,8}\]\s|\d{1,3}\.\s")  # of a list of works that is numbered
_CODE = re.compile(
    r"^(?:\$|>>>|#!|//|\s{2,}\S|\t)|[;{}]$|^(?:[}\])]|</?\w+[^>]*>$)|\w\(.*\)[:;]?$|"
    r"^\w[\w.\[\]]* ?(?:[-+*/|&]?=|<-|:=) ?\S"
)


def widen(passage: StoredPassage, sentence: int) -> tuple[int, int]:
    """Return the first and the last sentence to quote for one of a passage's sentences.

    Args:
        passage: the passage.
        sentence: which of its sentences is to be quoted; always within what is returned.
    """
    texts = passage.sentence_texts
    in_block = _same_block(passage, sentence)
    if len(in_block) > 1 and _CODE.search(texts[sentence]):
        return _introduced(passage, texts, in_block[0], in_block[-1], sentence)
    if lists_works(passage.heading):
        return _entry(passage, texts, in_block, sentence)
    if texts[sentence].endswith(":"):
        return sentence, _end_of_list(passage, texts, sentence)
    answers = follows_question(texts, sentence)
    if answers and _ITEM.match(texts[sentence]):
        return sentence - 1, _end_of_list(passage, texts, sentence - 1)
    if not answers and _is_item(passage, texts, sentence):
        return _introduced(passage, texts, sentence, sentence, sentence)
    if not answers and len(in_block) > 1 and sentence == in_block[0] and _LABEL.fullmatch(texts[sentence]):
        last = sentence + 1
        return (sentence, last) if _length(passage, sentence, last) <= PRONOUN_CHARACTERS else (sentence, sentence)
    first = sentence
    while first > 0 and _needs_the_one_before(texts[first - 1], texts[first], same_block=first > in_block[0]):
        if _length(passage, first - 1, sentence) > PRONOUN_CHARACTERS:
            break
        first -= 1
    return first, sentence


def _needs_the_one_before(before: str, sentence: str, *, same_block: bool) -> bool:
    """Tell whether a sentence can't be understood without the one before it."""
    leans = bool(_LEANS_BACK.match(sentence))
    if is_question(before):
        return leans or len(sentence) <= REPLY_CHARACTERS or bool(_REPLY.match(sentence))
    return leans and same_block


def _introduced(passage: StoredPassage, texts: list[str], first: int, last: int, sentence: int) -> tuple[int, int]:
    """Return a stretch together with the line with a colon that introduces it, if all of that is not too long."""
    if _length(passage, first, last) > BLOCK_CHARACTERS:
        first = last = sentence
    lead = first
    while lead > 0 and not texts[lead].endswith(":") and (lead == first or _is_item(passage, texts, lead)):
        lead -= 1
    if texts[lead].endswith(":") and _length(passage, lead, last) <= BLOCK_CHARACTERS:
        return lead, last
    return first, last


def _end_of_list(passage: StoredPassage, texts: list[str], lead: int) -> int:
    """Return the last sentence of what a line introduces: the items, or the one sentence after it."""
    last = lead
    for n in range(lead + 1, len(texts)):
        if _length(passage, lead, n) > BLOCK_CHARACTERS or not (n == lead + 1 or _is_item(passage, texts, n)):
            break
        last = n
    return last


def _entry(passage: StoredPassage, texts: list[str], block: range, sentence: int) -> tuple[int, int]:
    """Return an entry of a list of works, its first and last sentence: as far as the next number, or the block."""
    first = max((n for n in block if n <= sentence and _ENTRY.match(texts[n])), default=block[0])
    last = min((n - 1 for n in block if n > sentence and _ENTRY.match(texts[n])), default=block[-1])
    return (first, last) if _length(passage, first, last) <= BLOCK_CHARACTERS else (sentence, sentence)


def _is_item(passage: StoredPassage, texts: list[str], sentence: int) -> bool:
    """Tell whether a sentence is an item: marked as one, or on a line of its own among others."""
    return bool(_ITEM.match(texts[sentence])) or (
        sentence > 0 and "\n" in _between(passage, sentence) and "\n\n" not in _between(passage, sentence)
    )


def _same_block(passage: StoredPassage, sentence: int) -> range:
    """Return the sentences that no blank line parts from a sentence."""
    first = last = sentence
    while first > 0 and "\n\n" not in _between(passage, first):
        first -= 1
    while last + 1 < len(passage.sentences) and "\n\n" not in _between(passage, last + 1):
        last += 1
    return range(first, last + 1)


def _between(passage: StoredPassage, sentence: int) -> str:
    """Return the white space before a sentence that is not the first."""
    return passage.text[
        passage.sentences[sentence - 1].end - passage.start : passage.sentences[sentence].start - passage.start
    ]


def _length(passage: StoredPassage, first: int, last: int) -> int:
    return passage.sentences[last].end - passage.sentences[first].start
