"""E-mail: who, to whom, when and about what; then the message, its text rather than its HTML."""

import email
import re
from email.message import EmailMessage
from email.policy import default

from corpus.decode import decode
from corpus.errors import DamagedDocumentError
from corpus.formats.draft import Draft
from corpus.formats.markup import blocks, write
from corpus.formats.titles import choose_title, one_line
from corpus.formats.trees import html_tree
from corpus.formats.web import decode_page
from corpus.records import Document, File, Limits

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_QUOTE = re.compile(r"^(?:> ?)+")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_WRAPPED = 60  # characters; a line at least this long was broken by the program, not by its author


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read a message; what is attached to it is named in the notes, not read."""
    message = email.message_from_bytes(raw, policy=default)
    headers = {name: one_line(str(message[name])) for name in _HEADERS if message[name]}
    if not headers:
        raise DamagedDocumentError(
            "it has none of the headers of an e-mail (From, To, Date, Subject); save it again as .eml"
        )
    draft = Draft(limits)
    draft.block("\n".join(f"{name}: {value}" for name, value in headers.items()))
    notes = _body(message, draft)
    return (draft.document(file, choose_title(file, headers.get("Subject")), "mail", notes),)


def _body(message: EmailMessage, draft: Draft) -> tuple[str, ...]:
    part = message.get_body(("plain", "html"))
    notes: tuple[str, ...] = ()
    if part is not None:
        raw = part.get_payload(decode=True)
        if isinstance(raw, bytes) and part.get_content_subtype() == "html":
            root = html_tree(
                (decode(raw, declared) if (declared := part.get_content_charset()) else decode_page(raw)).text
            )
            if root is not None:
                write(blocks(root), draft)
        elif isinstance(raw, bytes):
            decoded = decode(raw, part.get_content_charset())
            notes = decoded.notes
            for paragraph in _PARAGRAPHS.split(decoded.text):
                draft.block(_unwrapped(paragraph))
    names = [name for attached in message.iter_attachments() if (name := attached.get_filename())]
    if names:
        notes += (f"attachments are not read: {one_line(', '.join(names))}",)
    return notes


def _unwrapped(paragraph: str) -> str:
    """Join the lines that were broken to fit, within one depth of quotation; keep the marks of quotation."""
    lines: list[str] = []
    depth_before, open_line = -1, False
    for raw in paragraph.strip("\n").split("\n"):
        quote = _QUOTE.match(raw)
        depth = quote[0].count(">") if quote else 0
        words = raw[quote.end() :] if quote else raw
        if open_line and depth == depth_before and words.strip() and not words[:1].isspace():
            lines[-1] += " " + words.strip()
        else:
            lines.append(">" * depth + " " * bool(depth) + words.strip())
        depth_before, open_line = depth, len(raw.rstrip()) >= _WRAPPED
    return "\n".join(line for line in lines if line.strip("> "))
