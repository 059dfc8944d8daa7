"""A message is its headers' lines and its words."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from corpus.errors import DamagedDocumentError
from corpus.formats.mail import read
from corpus.records import Document, File, Limits

HERE = File("/mail/letter.eml", Path("/mail/letter.eml"), 1, 0)


def message(body: str = "", **headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in {"From": "Ada <ada@example.org>", "To": "bob@example.org", "Subject": "Höhe", **headers}.items():
        made[name] = value
    if body:
        made.set_content(body)
    return made


def read_mail(made: EmailMessage | bytes) -> Document:
    (document,) = read(HERE, made if isinstance(made, bytes) else made.as_bytes(), Limits())
    return document


def test_headers_come_first_and_the_subject_is_the_title():
    document = read_mail(message("The tower is 93 metres high.\n", Date="Mon, 02 Feb 2026 10:00:00 +0000"))
    assert document.text == (
        "From: Ada <ada@example.org>\nTo: bob@example.org\nDate: Mon, 02 Feb 2026 10:00:00 +0000\nSubject: Höhe\n\n"
        "The tower is 93 metres high."
    )
    assert (document.title, document.format, document.notes) == ("Höhe", "mail", ())


def test_the_text_is_preferred_to_the_html():
    made = message("As text.")
    made.add_alternative("<p>As HTML.</p>", subtype="html")
    assert read_mail(made).text.endswith("\n\nAs text.")


def test_html_is_read_where_there_is_no_text():
    made = message()
    made.set_content("<p>Größe <b>93</b> m</p><style>p{}</style>", subtype="html", charset="iso-8859-1")
    assert read_mail(made).text.endswith("\n\nGröße 93 m")
    raw = b"From: a@b.c\nContent-Type: text/html\n\n<meta charset=cp1252><p>Gr\xf6\xdfe"
    assert read_mail(raw).text.endswith("\n\nGröße")
    assert read_mail(b"From: a@b.c\nContent-Type: text/html\n\n").text == "From: a@b.c"


def test_attachments_are_named():
    made = message("See the plan.")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    made.add_attachment(b"x", maintype="application", subtype="octet-stream")
    assert read_mail(made).notes == ("attachments are not read: plan.pdf",)


def test_wrapped_lines_are_joined_and_short_ones_kept():
    body = (
        "This line was broken by the program because it was too long for\na line.\n\nDear Bob,\nkind regards\nAda\n"
        "\n> What I wrote before was broken by the program in the same\n> way.\n> Short.\n>> Older.\n>\n"
    )
    assert read_mail(message(body)).text.split("\n\n")[1:] == [
        "This line was broken by the program because it was too long for a line.",
        "Dear Bob,\nkind regards\nAda",
        "> What I wrote before was broken by the program in the same\n> way.\n> Short.\n>> Older.",
    ]


def test_a_message_without_a_body_is_its_headers():
    made = message()
    made.add_attachment(b"x", maintype="image", subtype="png", filename="t.png")
    assert read_mail(made).text.endswith("Subject: Höhe")


def test_what_is_no_message_is_refused():
    with pytest.raises(DamagedDocumentError, match="none of the headers"):
        read_mail(b"just words")
