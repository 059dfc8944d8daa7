"""Bytes become text with plain newlines, and what was guessed or replaced is said."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.decode import decode, normalise

POLISH = "Zażółć gęślą jaźń: chrząszcz brzmi w trzcinie, a Szczebrzeszyn z tego słynie od wieków. " * 5
RUSSIAN = "Съешь ещё этих мягких французских булок, да выпей чаю. Широка страна моя родная. " * 5
JAPANESE = "これは日本語の文章です。文字コードの判定を試すために書かれています。東京は日本の首都です。" * 5


def test_newlines_are_made_plain():
    assert decode(b"a\r\nb\rc\nd").text == "a\nb\nc\nd"


def test_control_characters_become_spaces_one_for_one():
    decoded = decode(b"a\x00b\x07c\td\x7fe\x0cf")
    assert decoded.text == "a b c\td e f"
    assert decoded.notes == ("3 control characters replaced by spaces",)


def test_a_form_feed_alone_is_nothing_to_note():
    assert decode(b"page\x0cpage").notes == ()


def test_one_replaced_character_is_said_in_the_singular():
    assert decode(b"a\x07b").notes == ("1 control character replaced by spaces",)


def test_lone_surrogates_become_the_replacement_character():
    assert normalise("a\ud800b\udfffc") == "a\ufffdb\ufffdc"


@given(st.text())
def test_normalising_keeps_the_length_but_for_crlf(text: str):
    assert len(normalise(text)) == len(text) - text.count("\r\n")


@given(st.text())
def test_normalising_twice_changes_nothing(text: str):
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_utf8_is_read_as_it_is(text: str):
    assert decode(text.encode()).text == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_is_taken_off(mark: bytes, encoding: str):
    decoded = decode(mark + "naïve 文書".encode(encoding))
    assert decoded.text == "naïve 文書"
    assert decoded.notes == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_recognised_and_noted(encoding: str):
    decoded = decode("Plain words, nothing else.\n".encode(encoding))
    assert decoded.text == "Plain words, nothing else.\n"
    assert decoded.notes == (f"read as {encoding.upper()}, which it doesn't declare",)


def test_a_few_nul_bytes_do_not_make_utf16():
    assert decode(b"The tower is\x00 93 metres high.\x00").text == "The tower is  93 metres high. "


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(POLISH, "cp1250"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp")],
)
def test_an_old_encoding_is_detected_in_a_long_text(text: str, encoding: str):
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.notes == (f"read as {encoding}, a guess from its bytes",)


def test_where_two_encodings_fit_the_commonest_is_taken():
    text = "Über die Größe der Tür ließ sich trefflich streiten; schließlich war sie für Bären gemacht. " * 5
    assert decode(text.encode("cp1252")).text == text


def test_short_text_that_is_not_utf8_is_windows_1252():
    decoded = decode("The café closes at five € sharp.".encode("cp1252"))
    assert decoded.text == "The café closes at five € sharp."
    assert decoded.notes == ("read as windows-1252, because it is not UTF-8",)


def test_bytes_that_windows_1252_lacks_are_counted():
    decoded = decode(b"caf\xe9 \x81\x8d")
    assert decoded.text == "café \ufffd\ufffd"
    assert "2 characters could not be decoded and stand as U+FFFD" in decoded.notes


def test_a_bad_byte_in_a_text_that_is_otherwise_utf8_does_not_spoil_the_rest():
    decoded = decode(("Größe für Bären " * 5).encode() + b"\xff end")
    assert decoded.text == "Größe für Bären " * 5 + "\ufffd end"
    assert decoded.notes == ("1 character could not be decoded and stand as U+FFFD",)


def test_bytes_that_fit_no_encoding_fall_back_to_windows_1252():
    noise = bytes(range(1, 256)) * 4
    assert "read as" in decode(noise).notes[0]


def test_a_declared_encoding_is_believed_where_it_fits():
    assert decode("Größe".encode("cp1252"), "ISO-8859-1").text == "Größe"
    assert decode("日本".encode("cp932"), "Shift_JIS").text == "日本"


@pytest.mark.parametrize("declared", ["utf-16", "no-such-encoding", "ascii\0", "unicode_escape", "rot13"])
def test_a_declared_encoding_that_cannot_be_true_is_passed_over(declared: str):
    assert decode("Größe".encode(), declared).text == "Größe"


def test_escapes_need_a_declaration():
    assert decode("日本".encode("iso2022_jp"), "ISO-2022-JP").text == "日本"


def test_valid_utf8_is_believed_before_a_declaration():
    assert decode("Größe".encode(), "us-ascii").text == "Größe"


def test_a_declared_encoding_that_does_not_fit_is_passed_over():
    assert decode(b"caf\xe9", "utf-8").text == "café"
