"""Bytes to normalised text: which encoding, and what had to be replaced.

The order is: byte order mark, UTF-16 without one (by its pattern of NUL bytes), the encoding that the document
declares, strict UTF-8, a detector where there is enough to detect from, and windows-1252 in the end.
"""

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What browsers take these declarations to mean (WHATWG Encoding Standard, "labels").
_MEANT = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "utf-16": "utf-8",  # a declaration that could be read as ASCII cannot have been true
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
}
_DETECTABLE = 256  # bytes; below that a detector's guess is worse than windows-1252
_SAMPLE = 1_000_000  # bytes; more doesn't make the guess better

_LINE_END = re.compile("\r\n?")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Normalised text, and one sentence for each thing about it that a reader should know."""

    text: str
    notes: tuple[str, ...] = ()


def normalise(text: str) -> str:
    """Return text with plain newlines, no control characters and no lone surrogates; all but CR LF one for one."""
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", _LINE_END.sub("\n", text)))


def decode(raw: bytes, declared: str | None = None) -> Decoded:
    """Return the text of some bytes, normalised.

    Args:
        raw: the bytes of a text file.
        declared: the encoding that the document says it has, in its header say.
    """
    text, notes = _decode(raw, declared)
    replaced = text.count("\ufffd")
    if replaced:
        notes.append(f"{_characters(replaced)} could not be decoded and stand as U+FFFD")
    plain = _LINE_END.sub("\n", text)
    controls = len(_CONTROL.findall(plain.replace("\f", " ")))
    if controls:
        notes.append(f"{_control_characters(controls)} replaced by spaces")
    return Decoded(normalise(plain), tuple(notes))


def _decode(raw: bytes, declared: str | None) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace"), []
    if wide := _wide(raw):
        return raw.decode(wide, "replace"), [f"read as {wide.upper()}, which it doesn't declare"]
    if declared and (text := _as_declared(raw, declared)) is not None:
        return text, []
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    if _mostly_utf8(text):
        return text, []
    if len(raw) >= _DETECTABLE and (guess := _detect(raw)):
        return raw.decode(guess, "replace"), [f"read as {guess}, a guess from its bytes"]
    return raw.decode("cp1252", "replace"), ["read as windows-1252, because it is not UTF-8"]


def _wide(raw: bytes) -> str | None:
    """Recognise UTF-16 without a mark: in most scripts every other byte of it is often NUL, or always small."""
    sample = raw[: 4096 & ~1]
    if len(sample) < 4 or len(raw) % 2:
        return None
    high_first, low_first = sample[0::2].count(0), sample[1::2].count(0)
    enough = len(sample) // 2 * 0.4
    if low_first > enough and high_first * 20 <= low_first:
        return "utf-16-le"
    if high_first > enough and low_first * 20 <= high_first:
        return "utf-16-be"
    return None


def _as_declared(raw: bytes, declared: str) -> str | None:
    label = declared.strip().lower()
    try:
        return raw.decode(_MEANT.get(label, label))
    except (UnicodeError, LookupError):
        return None


def _mostly_utf8(text: str) -> bool:
    """Tell whether a few bad bytes stand in a text that is otherwise UTF-8 beyond ASCII."""
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return good > 4 * bad


def _detect(raw: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:_SAMPLE]).best()
    return best.encoding if best else None


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count} characters"


def _control_characters(count: int) -> str:
    return "1 control character" if count == 1 else f"{count} control characters"
