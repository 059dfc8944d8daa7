"""Text from anywhere -> HTML in which it can do nothing but be read."""

import html

# Gradio cleans up the indentation of a message and may read Markdown into a new line; a character that is
# written as a number is past both when it becomes a line break or a tab again.
_WHITESPACE = str.maketrans({"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})

# Characters that turn the writing direction round: in a name they make "exe.txt" of "txt.exe".
_BIDI_CONTROLS = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), "\ufffd"
)


def literal(text: str) -> str:
    """Return text as HTML that shows exactly its characters, on one line of source.

    Markup that is one line and begins with a block element (`<div>`) is passed over by Markdown, so that no
    asterisk, bracket or address in the text is taken for formatting.

    Args:
        text: anything: a quote, a title, a file's name, an error's message, a question.
    """
    return html.escape(text).translate(_WHITESPACE)


def name(text: str) -> str:
    """Return a name (a title, a heading, a file) as an inline element that keeps its writing direction to itself.

    A name is no quote: controls of the writing direction in it are shown as U+FFFD instead of being obeyed.

    Args:
        text: the name.
    """
    return f"<bdi>{literal(text.translate(_BIDI_CONTROLS))}</bdi>"
