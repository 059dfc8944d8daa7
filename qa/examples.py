"""Questions to begin with: made of the documents' own titles and headings, and asked before they are shown.

Only a question whose answer stands in the document that it was made from, with a confidence that counts as answered,
is kept. What was found is written beside the index, as another view of the catalog, and holds until that changes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice, zip_longest

from corpus.errors import PullquoteError
from index.files import read_json, write_json
from index.stopwords import STOP_WORDS
from index.store import Index
from qa.cite import printable
from qa.records import Answer

WANTED = 5
ASKED = 24
"""Questions tried before it rests at what was found; each takes about a tenth of a second."""
DOCUMENTS = 40
"""Documents looked at, evenly spread over the index."""

_FILE = "examples.json"
_VERSION = 2
_NUMBERING = re.compile(
    r"((chapter|section|part|appendix)\s+([\divxlc]+|[a-z])\b|\d+(?=[.)\s])|([ivxlc]+|[a-z])(?=[.)]))[.)\d:]*\s+",
    re.IGNORECASE,
)
# "How the mill works" is a clause and no question
_ASKS = re.compile(
    r"((how|what|why|who|when|where|which)\s+)?(is|are|was|were|do|does|did|can|could|should|will|has|have|may|must)\b",
    re.IGNORECASE,
)
_NOTHING = frozenset(
    "abstract about acknowledgements acknowledgments appendix background bibliography chapter conclusion conclusions "
    "contents copyright discussion footnotes foreword general glossary home index introduction license licence links "
    "misc miscellaneous note notes other overview preface readme references results section sources summary table "
    "untitled".split()
)
_SHORTEST, _LONGEST = 3, 70  # characters of a heading; a longer one is a sentence
_MOST_WORDS = 8


def questions(index: Index, ask: Callable[[str], Answer]) -> tuple[str, ...]:
    """Return a few questions that the documents answer.

    Args:
        index: of the documents; what was found for it as it stands now is read from its folder, or looked for and
            written there.
        ask: asks a question.
    """
    state = {"version": _VERSION, "origin": index.catalog.origin, "generation": index.catalog.generation}
    path = index.folder / _FILE
    kept = read_json(path)
    listed = kept.pop("questions", None)
    if kept == state and isinstance(listed, list):
        return tuple(map(str, listed))
    found = tuple(_best(islice(_candidates(index), ASKED), ask))
    with suppress(OSError):  # a folder that cannot be written to: they are looked for anew the next time
        write_json(path, {**state, "questions": found})
    return found


def _best(candidates: Iterable[tuple[str, str]], ask: Callable[[str], Answer]) -> list[str]:
    """Return the questions answered best by the document they were made from: of each document one, then two."""
    answered: dict[str, list[tuple[float, str]]] = {}
    for source, question in candidates:
        with suppress(PullquoteError):
            answer = ask(question)
            if answer.answered and answer.quotes[0].source == source:
                answered.setdefault(source, []).append((-answer.confidence, question))
    ranked = [(rank, *one) for found in answered.values() for rank, one in enumerate(sorted(found))]
    return list(dict.fromkeys(question for *_, question in sorted(ranked)))[:WANTED]


def _candidates(index: Index) -> Iterator[tuple[str, str]]:
    """Yield (source, question): the best of each document, then the second of each, and so on."""
    documents = [document for document in index.catalog.documents if document.passages]
    step = max(1, len(documents) // DOCUMENTS)
    each = [_of_document(index, document.source, document.title) for document in documents[::step][:DOCUMENTS]]
    for row in chain.from_iterable(zip_longest(*each)):
        if row is not None:
            yield row


def _of_document(index: Index, source: str, title: str) -> Iterator[tuple[str, str]]:
    text = index.catalog.text(source) or ""
    headings = list(dict.fromkeys([*index.catalog.headings(source), title]))
    # those that are questions come first: their authors wrote the answer beneath
    for heading in sorted(headings, key=lambda heading: not _ASKS.match(_bare(heading))):
        question = question_of(heading, text)
        if question:
            yield source, question


def question_of(heading: str, text: str) -> str:
    """Return the question that a heading answers; empty where none can be made of it.

    Args:
        heading: a heading or a title; none can be made of one that turns the direction of its letters, or steers.
        text: of the document; tells whether the heading's first word has its capital letter only there.
    """
    words = _bare(heading)
    if printable(heading) != heading:
        return ""
    if not _SHORTEST <= len(words) <= _LONGEST or set(re.findall(r"[a-z]+", words.lower())) <= _NOTHING | STOP_WORDS:
        return ""
    if words.lower().startswith("how to "):
        return f"How do you {words[7:]}?"
    if heading.rstrip().endswith("?") or _ASKS.match(words):
        return f"{words[0].upper()}{words[1:]}?"
    first, *rest = words.split()
    if len(rest) >= _MOST_WORDS:
        return ""
    alone = first[1:].islower() and re.search(rf"\b{re.escape(first.lower())}\b", text)
    if first.lower() in STOP_WORDS or (alone and not any(word[0].isupper() for word in rest)):
        words = " ".join([first.lower(), *rest])
    return f"What is said about {words}?"


def _bare(heading: str) -> str:
    """Return a heading without its number and its last punctuation mark."""
    return _NUMBERING.sub("", heading.strip(), count=1).rstrip("?:.! ")
