"""Bytes to normalised text: which encoding, and what had to be replaced.

The order is: byte order mark, UTF-16 without one (by its pattern of NUL bytes), strict UTF-8 (what fits it by chance
is rare), the encoding that the document declares, a detector where there is enough to detect from, and windows-1252.
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
# Python knows these as encodings, but nobody writes a file in them.
_NOT_FOR_FILES = frozenset({"unicode_escape", "raw-unicode-escape", "unicode-escape", "idna", "punycode", "utf-7"})
# The encodings that people's files are in; among all that there are, the detector finds too many that fit.
_LIKELY = str.split(
    "cp1252 cp1250 iso8859_2 cp1251 koi8_r koi8_u cp866 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 "
    "cp932 euc_jp iso2022_jp gb18030 big5 cp949 mac_roman cp850"
)
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
    if wide := looks_wide(raw):
        return raw.decode(wide, "replace"), [f"read as {wide.upper()}, which it doesn't declare"]
    plain = raw.isascii()  # or one of the encodings that shift into other letters by escapes, if it declares so
    if declared and plain and (text := _as_declared(raw, declared)) is not None:
        return text, []
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    if declared and (as_declared := _as_declared(raw, declared)) is not None:
        return as_declared, []
    if _mostly_utf8(text):
        return text, []
    if len(raw) >= _DETECTABLE and (guess := _detect(raw)):
        return raw.decode(guess, "replace"), [f"read as {guess}, a guess from its bytes"]
    return raw.decode("cp1252", "replace"), ["read as windows-1252, because it is not UTF-8"]


def looks_wide(raw: bytes) -> str | None:
    """Return the encoding of UTF-16 without a mark, which shows in every other byte being NUL, or None."""
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
        name = codecs.lookup(_MEANT.get(label, label)).name
        return None if name in _NOT_FOR_FILES else raw.decode(name)
    except (ValueError, LookupError):
        return None


def _mostly_utf8(text: str) -> bool:
    """Tell whether a few bad bytes stand in a text that is otherwise UTF-8 beyond ASCII."""
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return good > 4 * bad


def _detect(raw: bytes) -> str | None:
    from charset_normalizer import from_bytes

    matches = list(from_bytes(raw[:_SAMPLE], cp_isolation=_LIKELY))
    if not matches:
        return None
    # Where nothing speaks against the commonest of all, the order of equals is the detector's alphabet.
    equals = [name for match in matches if match.chaos == matches[0].chaos for name in match.could_be_from_charset]
    return "cp1252" if "cp1252" in equals else matches[0].encoding


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count} characters"


def _control_characters(count: int) -> str:
    return "1 control character" if count == 1 else f"{count} control characters"
