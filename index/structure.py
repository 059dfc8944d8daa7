"""What a sentence's form and place say of it, beyond its words.

A question in a document answers nothing: the sentence after it does. A pointer to another place says what is told
there, in the very words that a question has, and tells none of it. Nor does the title of a work in a list of them, a
comment in a program, or the signature of a function: what it does stands beneath.
"""

import re
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from corpus.sentence_ends import follows_question, is_question
from index.encoder import Floats

LOSES = 0.3
"""Of late interaction, for a sentence that answers nothing; measured on an FAQ, two manuals and three other sets."""

HANDED_ON = 0.05
"""How much less than a question the sentence after it is like what was asked."""

WORKS_LOSE = 0.2
"""Of late interaction, for a sentence in a list of works: it answers who wrote what, and nothing else."""

CODE_LOSES = 0.1
"""Of late interaction, for a listing, whose comments name what it is about and explain nothing."""

SIGNATURE_LOSES = 0.1
"""Of late interaction, for a signature: of 43 that came first on 1,636 questions on manuals and papers, 2 answered."""

CODE_SYMBOLS = 0.06
"""Share of a listing's characters, white space apart, that prose hardly has."""

CODE_CHARACTERS = 60
"""Length of a listing, at the least: a command of one line may well be what was asked for."""

_PART = r"(?:sub)?(?:section|chapter|appendix)(?:e?s)?"
_WORK = (
    r"(?:documentation|document|guide|manual|handbook|faq|website|site|list|entry|description|discussion|definition|"
    r"reference|file|page|section|chapter|appendix|figure|table)s?"
)
_MORE = (
    r"(?:an? |the )?(?:(?:more|further|additional|other|full|complete|detailed) )*"
    r"(?:information|details?|documentation|discussions?|explanations?|descriptions?|examples?|possibilities|overview)"
)
_TOLD = r"(?:described|discussed|explained|covered|documented|detailed|listed|given|found)"
_TELLS = r"(?:describe|discusse|explain|present|introduce|cover|outline|summari[sz]e|review|conclude|evaluate|detail)s?"
_POINTS = (
    # (see) Section 6.10, “What's in the pool directory?”
    rf"\b{_PART} (?-i:[\dA-Z])[\w.]*, [“\"‘'](?-i:[A-Z])",
    r"\b(?:see|refer to) (?:the )?(?:section |chapter )?[“\"‘](?-i:[A-Z])[^”\"’]{8,}[”\"’]",
    # See Section 28.1; see also the manual of git-tag; see perlsyn(1) for details
    rf"^\W*(?:please )?(?:see|refer to) (?:(?:also|below|above)\b|https?:|{_PART} [\dA-Z])",
    rf"^\W*(?:please )?(?:see|refer to) (?:the|our) (?:[\w-]+ ){{0,4}}?{_WORK}\b",
    rf"^\W*(?:please )?(?:see|refer to|consult)\b.{{1,100}}\bfor {_MORE}\b",
    # For more information on Linux, see ...
    rf"^\W*for {_MORE}\b.{{0,100}}\b(?:see|refer to|consult|read)\b",
    # The syntax is described in Section 5.2.
    rf"\b(?:is|are) (?:\w+ )?{_TOLD} (?:\w+ )?in {_PART} [\dA-Z][\w.]*$",
    # In this section, we describe ...; Section 3 discusses ...
    rf"^\W*(?:in|throughout) (?:(?:this|the (?:next|following|rest of this)) )?{_PART}(?: [\d.]+)?,? (?:we|you|i)\b",
    rf"^\W*{_PART} [\d.]+ (?:\w+ )?{_TELLS}\b",
)
_POINTER = re.compile("|".join(_POINTS), re.IGNORECASE)
_WORKS = re.compile(
    r"\W*(?:[\dA-Z]{1,3}\.?\W+)?(?:(?:notes|citations) and )?"
    r"(?:references|bibliography|(?:works|literature|references|sources) cited|further reading|external links)\W*",
    re.IGNORECASE,
)
_SYMBOL = re.compile(r"[{}\[\]=|\\$*+~^&@#]|(?<!:)//")
_ANY_SYMBOL = re.compile(r"[{}\[\]=|\\$*+~^&@#/]")
"""In every listing and in little else; to look for it first takes a fifth of the time."""

_CALLED = re.compile(r"(?:[\w.:*&<>\[\]~]+ )*[*&]?(?:[\w.:~]+|[\w.:~]*(?:_|::)[\w.:~]* ?)")
"""What stands before the brackets: types, then a name, right before them or with an underscore in it."""
_CALLED_CHARACTERS = 80
_AFTER = re.compile(r"(?<=\))(?: (?:const|noexcept|override|final))*(?: -> [\w:<>*&,.\[\] ]+)?$")
"""What may stand after them: qualifiers, and the type of what is returned."""
_TYPE = re.compile(r"(?:class|enum|struct|union) [\w:]*(?:_|::|[A-Z])[\w:]*")
_BRACKETS = {"(": 1, ")": -1}

_CUES = ("section", "chapter", "appendi", "see ", "refer to ", "consult ", "read ")
"""One of these is in every pointer; to look for them first takes a tenth of the time."""


def refers(sentence: str) -> bool:
    """Tell whether an English sentence points to another place that tells what it speaks of."""
    lowered = sentence.lower()
    return any(cue in lowered for cue in _CUES) and bool(_POINTER.search(sentence))


def lists_works(heading: str) -> bool:
    """Tell whether what stands under a heading is a list of works."""
    return bool(_WORKS.fullmatch(heading))


def is_listing(sentence: str) -> bool:
    """Tell whether what was taken for a sentence is a stretch of a program."""
    if len(sentence) < CODE_CHARACTERS or not _ANY_SYMBOL.search(sentence):
        return False
    return len(_SYMBOL.findall(sentence)) >= CODE_SYMBOLS * len("".join(sentence.split()))


def is_signature(sentence: str) -> bool:
    """Tell whether what was taken for a sentence is the signature of a function, or the name of a type, and no more."""
    sentence = sentence.rstrip(" ;\u00b6")
    called, bracket, rest = sentence.partition("(")
    if not bracket:
        return bool(_TYPE.fullmatch(sentence))
    if len(called) > _CALLED_CHARACTERS:
        return False
    rest = _AFTER.sub("", rest)
    if not rest.endswith(")"):
        return False
    if min(accumulate((_BRACKETS.get(character, 0) for character in rest[:-1]), initial=0)) < 0:
        return False  # the first bracket is closed before the end
    return bool(_CALLED.fullmatch(" ".join(called.split()) + " " * called.endswith(" ")))


def placed(sentences: Sequence[str], heading: str, late: Floats) -> Floats:
    """Return what its place adds to each sentence's late interaction.

    Args:
        sentences: of a passage, in order.
        heading: above them.
        late: (sentences,) float32: their late interaction with what was asked.

    Returns:
        (sentences,) float32: above 0 after a question that is more like what was asked, below it for questions
        themselves, for pointers, for listings, for signatures and for works.
    """
    adds = np.full(len(sentences), -WORKS_LOSE if lists_works(heading) else 0, np.float32)
    for number, sentence in enumerate(sentences):
        if is_listing(sentence):
            adds[number] -= CODE_LOSES
        elif is_signature(sentence):
            adds[number] -= SIGNATURE_LOSES
        if is_question(sentence) or refers(sentence):
            adds[number] -= LOSES
        elif follows_question(sentences, number):
            adds[number] += max(0.0, float(late[number - 1] - late[number]) - HANDED_ON)
    return adds
