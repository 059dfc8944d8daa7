"""A document -> the HTML of the viewer: its pages as they are printed, or its text; the quote marked in either."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from corpus.records import Document, Span
from corpus.views import Sheet, Sheets
from index.records import KeptDocument
from qa.page.escape import name
from qa.page.links import viewer_link

CHANGED_SINCE = "The document has changed since this was quoted: the quote no longer stands at this place."
NOT_FOUND = "The quote's place on the page could not be found; it is marked in the page's text, below the picture."
PART = 200_000  # characters of a text that are shown at once
BEFORE = 20_000  # of them before the quote
_UNTITLED = "Pullquote"


@dataclass(frozen=True, slots=True)
class Viewed:
    """What is shown.

    Args:
        kept: the document, as it is stored.
        quote: where the quote stands in its text, or None.
        check: the quote's fingerprint, for further links; may be empty.
        theme: "light", "dark", or anything else for the system's choice.
        notices: what a reader should know beforehand.
    """

    kept: KeptDocument
    quote: Span | None
    check: str
    theme: str
    notices: tuple[str, ...] = ()

    def link(self, at: int) -> str:
        """Return the address of the same document and quote, beginning somewhere else."""
        start, end = (self.quote.start, self.quote.end) if self.quote else (None, None)
        return viewer_link(self.kept.document.source, start, end, self.check, at=at, theme=self.theme or None)

    def marked(self, start: int, end: int) -> str:
        """Return a stretch of the text, the quote in it marked."""
        text = self.kept.document.text
        if self.quote is None or self.quote.end <= start or self.quote.start >= end:
            return escape(text[start:end])
        begin, stop = max(start, self.quote.start), min(end, self.quote.end)
        place = ' id="quote"' if begin == self.quote.start else ""
        return f"{escape(text[start:begin])}<mark{place}>{escape(text[begin:stop])}</mark>{escape(text[stop:end])}"


def message_page(message: str, theme: str) -> str:
    """Return a page that says why there is nothing to see."""
    return _page(_UNTITLED, theme, f'<main class="message"><h1>Nothing to show</h1><p>{escape(message)}</p></main>')


def printed_page(viewed: Viewed, sheets: Sheets) -> str:
    """Return some pages of a printed document, one below the other.

    Args:
        viewed: what is shown.
        sheets: the pages, with the quote's places on them.
    """
    notices = list(viewed.notices)
    numbers = [sheet.number for sheet in sheets.sheets]
    quoted = [
        page for page in viewed.kept.document.pages if viewed.quote and _meets(viewed.quote, page.start, page.end)
    ]
    found = any(sheet.marks for sheet in sheets.sheets)
    unplaced = not found and any(page.number in numbers for page in quoted)
    if unplaced:
        notices.append(NOT_FOUND)
    body: list[str] = []
    marked = False
    for sheet in sheets.sheets:
        body.append(_sheet(viewed, sheet, sheets, first_mark=bool(sheet.marks) and not marked, unfold=unplaced))
        marked = marked or bool(sheet.marks)
    form = _page_form(viewed, sheets)
    return _document_page(viewed, notices, form, f'<main class="sheets">{"".join(body)}</main>')


def _sheet(viewed: Viewed, sheet: Sheet, sheets: Sheets, *, first_mark: bool, unfold: bool) -> str:
    number, document = sheet.number, viewed.kept.document
    version = viewed.kept.file.hash[:12]
    address = viewer_link(document.source, None, None, page=number, v=version).replace("view?", "view/page?", 1)
    path = "".join(
        f"M{mark.left:.5f} {mark.top:.5f}h{mark.width:.5f}v{mark.height:.5f}h-{mark.width:.5f}z" for mark in sheet.marks
    )
    marks = (
        f'<svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true"><path d="{path}"/></svg>' if path else ""
    )
    if first_mark:
        marks += f'<span id="quote" style="top:{sheet.marks[0].top:.2%}"></span>'
    page = next((page for page in document.pages if page.number == number and page.end > page.start), None)
    text = ""
    if page:
        # the mark on the picture is the place to go to, unless there is none
        words = viewed.marked(page.start, page.end)
        words = words if unfold else words.replace('<mark id="quote">', "<mark>", 1)
        is_open = " open" if unfold and "<mark" in words else ""
        text = f'<details{is_open}><summary>Text of page {number:,}</summary><p dir="auto">{words}</p></details>'
    turns = "".join(
        f'<a href="{escape(_turn(viewed, sheets, to))}">{label}</a>'
        for to, label in ((number - 1, "Previous page"), (number + 1, "Next page"))
        if 1 <= to <= sheets.count
    )
    return (
        f'<figure id="page-{number}"><div class="sheet" style="aspect-ratio:{sheet.width:.2f}/{sheet.height:.2f}">'
        f'<img src="{escape(address)}" alt="Page {number:,}" loading="lazy">{marks}</div>'
        f"<figcaption><span>Page {number:,} of {sheets.count:,}</span>{turns}</figcaption>{text}</figure>"
    )


def _turn(viewed: Viewed, sheets: Sheets, to: int) -> str:
    shown = any(sheet.number == to for sheet in sheets.sheets)
    return f"#page-{to}" if shown else f"{viewed.link(to)}#page-{to}"


def _page_form(viewed: Viewed, sheets: Sheets) -> str:
    hidden = "".join(
        f'<input type="hidden" name="{field}" value="{escape(str(value))}">'
        for field, value in (
            ("source", viewed.kept.document.source),
            ("start", viewed.quote.start if viewed.quote else ""),
            ("end", viewed.quote.end if viewed.quote else ""),
            ("check", viewed.check),
            ("theme", viewed.theme),
        )
        if value != ""
    )
    first = next((sheet.number for sheet in sheets.sheets if sheet.marks or not viewed.quote), sheets.sheets[0].number)
    return (
        f'<form action="view">{hidden}<label>Page <input name="at" type="number" min="1" max="{sheets.count}" '
        f'value="{first}" required></label> of {sheets.count:,} <button>Go</button></form>'
    )


def text_page(viewed: Viewed, at: int | None) -> str:
    """Return a document's text, or as much of a long one as is shown at once.

    Args:
        viewed: what is shown.
        at: code point to begin at; None for a little before the quote.
    """
    document = viewed.kept.document
    start = at if at is not None else max(0, viewed.quote.start - BEFORE) if viewed.quote else 0
    if len(document.text) <= PART and at is None:
        start = 0
    start = _block_start(document.text, min(start, len(document.text)))
    end = _block_end(document.text, min(len(document.text), start + PART))
    if viewed.quote and start <= viewed.quote.start < end:
        end = _block_end(document.text, max(end, viewed.quote.end))
    earlier = later = ""
    if start > 0:
        back = max(0, start - PART)
        earlier = f'<nav><a href="{escape(viewed.link(back))}">Earlier part</a></nav>'
    if end < len(document.text):
        later = f'<nav><a href="{escape(viewed.link(end))}">Later part</a></nav>'
    blocks = "".join(_blocks(viewed, start, end))
    return _document_page(viewed, list(viewed.notices), "", f'{earlier}<main class="text">{blocks}</main>{later}')


def _blocks(viewed: Viewed, start: int, end: int) -> Iterator[str]:
    """Yield the blocks of a stretch of the text as HTML, with the headings and page numbers above them."""
    document = viewed.kept.document
    printed = {section.start: section for section in document.sections if section.body > section.start}
    outermost = min((section.level for section in document.sections), default=1)
    unprinted = [section for section in document.sections if section.body == section.start]
    pages = [page for page in document.pages if start <= page.start < end]
    noun = "Slide" if document.format == "pptx" else "Page"
    at = start
    while at < end:
        stop = document.text.find("\n\n", at, end)
        stop = end if stop < 0 else stop
        if document.text[at:stop].strip():
            while pages and pages[0].start <= at:
                yield f'<p class="page-number">{noun} {pages.pop(0).number:,}</p>'
            for section in unprinted:
                if section.start == at:
                    rank = _rank(section.level, outermost)
                    yield f"<h{rank}>{name(section.title)}</h{rank}>"
            tag = f"h{_rank(printed[at].level, outermost)}" if at in printed else "p"
            yield f'<{tag} dir="auto">{viewed.marked(at, stop)}</{tag}>'
        at = stop
        while at < end and document.text[at] == "\n":
            at += 1


def _rank(level: int, outermost: int) -> int:
    """Return the rank of a heading below the page's own, which is 1."""
    return min(level - outermost + 2, 6)


def _block_start(text: str, at: int) -> int:
    before = text.rfind("\n\n", 0, at)
    return at if at == 0 or at - before > BEFORE else before + 2


def _block_end(text: str, at: int) -> int:
    after = text.find("\n\n", at)
    return len(text) if after < 0 and len(text) - at < BEFORE else after if 0 <= after - at < BEFORE else at


def _meets(quote: Span, start: int, end: int) -> bool:
    return quote.start < end and start < quote.end


def _document_page(viewed: Viewed, notices: list[str], tools: str, body: str) -> str:
    document = viewed.kept.document
    told = "".join(f'<p class="notice" role="status">{escape(notice)}</p>' for notice in notices)
    quoted = ""
    if viewed.quote:
        words = document.text[viewed.quote.start : viewed.quote.end]
        quoted = f'<p class="quoted"><a href="#quote">Back to the quote</a><q dir="auto">{escape(words)}</q></p>'
    head = (
        f'<header><div class="title"><h1>{name(document.title)}</h1><p>{name(_file_name(document))}</p>{tools}</div>'
        f"{quoted}{told}</header>"
    )
    return _page(document.title, viewed.theme, head + body)


def _file_name(document: Document) -> str:
    return document.source.rsplit("/", 1)[-1]


def _page(title: str, theme: str, body: str) -> str:
    kind = f' class="{theme}"' if theme in {"light", "dark"} else ""
    return (
        f'<!doctype html><html lang="en"{kind}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="view/viewer.css"></head><body>{body}</body></html>'
    )
