"""Scripts that are written without spaces between words: Chinese, Japanese, Thai and their like."""

import regex

_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u3000-\u303f\uff01-\uff60]"
_CHARACTER = regex.compile(_UNSPACED)
_LINE_BREAK = regex.compile(rf"(?<={_UNSPACED})[ \t]*\r?\n[ \t]*(?={_UNSPACED})")


def is_unspaced(character: str) -> bool:
    """Tell whether a character is of a script written without spaces between words, or of its punctuation."""
    return bool(_CHARACTER.match(character))


def glue(before: str, after: str) -> str:
    """Return what stands between two lines of a paragraph when they become one: a space, or in Chinese nothing."""
    return "" if is_unspaced(before[-1:]) and is_unspaced(after[:1]) else " "


def without_line_breaks(text: str) -> str:
    """Return a text without the line breaks that stand between two characters of such a script."""
    return str(_LINE_BREAK.sub("", text))
