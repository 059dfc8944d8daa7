"""Plain text: the author's line breaks stay, and sections are marked only where they are sure."""

import re
from collections.abc import Iterator

from corpus.decode import decode
from corpus.errors import EmptyDocumentError
from corpus.formats.draft import check_length
from corpus.formats.titles import choose_title
from corpus.records import Document, File, Limits, Section

_LONGEST_HEADING = 100
_UNDERLINE = re.compile(r"(=|-|~|\^|\"|\*|\+)\1{2,}[ \t]*$")
_UNDERLINE_LEVELS = {"=": 1, "-": 2, "~": 3, "^": 4}
_HASHES = re.compile(r"(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*$")
_CHAPTER = re.compile(
    r"(?:part|book|chapter|appendix|kapitel|chapitre)[ \t]+(?:\d{1,3}|[ivxlc]+|[a-z])(?:[.:\u2014 -].*)?$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:\d{1,2}\.){1,3}\d{1,2}\.?[ \t]+[^\W\d_a-z].*[^\s.,;:!]$")
_CLAUSE = re.compile(r"\d{1,3}\.[ \t]+([^\W\d_a-z][^.:;!?]*)\.?$")
_SMALL_WORDS = frozenset(
    "about after among and any before between for from into its over than that the their this under upon with".split()
)
_PROSE = 50  # code points of the line after a clause's title at the least: below that it may be the item of a list
_CAPITALS = re.compile(r"(?=(?:[^A-Z]*[A-Z]){5})\w[^a-z]*[^a-z.,;:!?]$")
_SPACE = re.compile(r"\s*")
_NOT_A_TITLE = re.compile(r"[|\t]|[.,;:!]$")


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a text file."""
    decoded = decode(raw)
    check_length(len(decoded.text), limits)
    if not decoded.text.strip():
        raise EmptyDocumentError("it holds nothing but white space")
    sections = find_sections(decoded.text)
    at_top = sections and not decoded.text[: sections[0].start].strip()
    title = choose_title(file, sections[0].title if at_top else None)
    return (Document(file.source, title, decoded.text, "text", (), sections, decoded.notes),)


def find_sections(text: str) -> tuple[Section, ...]:
    """Return the sections of a plain text, whose headings are lines that can be nothing else.

    Underlined lines; and, standing alone between blank lines, `# Title`, `Chapter 3. Title`, `3.2 Title`, lines in
    capitals and, above prose, `3. Title of a Clause.`
    """
    return tuple(_sections(text))


def _sections(text: str) -> Iterator[Section]:
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    blank = [not line.strip() for line in lines]
    count = len(lines)

    def free(at: int) -> bool:
        return not 0 <= at < count or blank[at]

    for at, line in enumerate(lines):
        title = line.strip()
        if blank[at] or len(title) > _LONGEST_HEADING:
            continue
        if found := _underlined(lines, at):
            first, level = found
            if free(first - 1):
                yield _section(text, title, level, starts[first], starts[at + 2])
        elif free(at - 1) and free(at + 1):
            below = next((lines[n].strip() for n in range(at + 1, count) if not blank[n]), "")
            if named := _alone(title) or _clause(title, below):
                yield _section(text, *named, starts[at], starts[at + 1])


def _underlined(lines: list[str], at: int) -> tuple[int, int] | None:
    """Return the first line of an underlined heading (its overline, where it has one) and its level."""
    title = lines[at].strip()
    below = _UNDERLINE.match(lines[at + 1]) if at + 1 < len(lines) else None
    if not below or _UNDERLINE.match(title) or not any(map(str.isalnum, title)) or title[-1] in ".,;" or "|" in title:
        return None
    if title.startswith("$ "):  # a command between the lines that fence it
        return None
    bar = lines[at + 1].rstrip()
    if len(bar) * 2 < len(title) or (bar[0] not in "=-" and len(bar) < len(title)):
        return None
    over = at > 0 and lines[at - 1].rstrip() == bar
    return at - over, _UNDERLINE_LEVELS.get(bar[0], 5)


def _alone(title: str) -> tuple[str, int] | None:
    """Return the title and level of a line that stands alone, if it can be nothing but a heading."""
    if hashes := _HASHES.match(title):
        return hashes[2], len(hashes[1])
    if _CHAPTER.match(title):
        return title, 1
    if _NOT_A_TITLE.search(title):
        return None
    if _NUMBERED.match(title):
        return title, title.split(maxsplit=1)[0].rstrip(".").count(".") + 1
    if _CAPITALS.match(title):
        return title, 2
    return None


def _clause(title: str, below: str) -> tuple[str, int] | None:
    """Return the title and level of a line above prose that heads a clause: a number, and words with capitals."""
    clause = _CLAUSE.match(title)
    words = re.findall(r"[^\W\d_]{3,}", clause[1]) if clause else []
    if not words or len(below) < _PROSE or not all(word[0].isupper() or word in _SMALL_WORDS for word in words):
        return None
    return title, 1


def _section(text: str, title: str, level: int, start: int, body: int) -> Section:
    beneath = _SPACE.match(text, min(body, len(text)))
    return Section(title, level, start, beneath.end() if beneath else body)
