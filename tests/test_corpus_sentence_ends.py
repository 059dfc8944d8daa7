"""Sentences end where their language says so: what the segmenter parts at abbreviations and quotes is made whole."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.read import read_file
from corpus.records import File, Limits
from corpus.sentences import SENTENCE_CHARACTERS, split_sentences

SENTENCES = [
    ("ar", "ولد د. أحمد في 26 فبراير. | قال: «أنا سعيد.» | ثم ذهب. | هل هذا صحيح؟ | نعم! | وصل أ.د. محمد."),
    ("de", "Am 3. Oktober kam Dr. Meyer. | Im 19. Jahrhundert war das z. B. anders. | Siehe Abb. 5 oben. | Er ging."),
    ("de", "Karl V. regierte bis 1556. | Er starb 1558. | Es war kalt."),
    (
        "en",
        "It burns approx. 4 kg, at max. load. | See Vol. 3. | dpkg needs 2 MB. | 1. Open it. | It was 1932. | 40 came.",
    ),
    (
        "en",
        (
            "It raises requests.exceptions.SSLError, not urllib3.HTTPError. | Write Example.Group(x) or <!DOCTYPE x>. "
            "| Copies (m1, . . ., mj) follow. | 3.2. Adding a sheet."
        ),
    ),
    (
        "es",
        "El Sr. García llegó. | ¿Cuándo abrió? | ¡Ayer! | Mide 93 m. de largo. | Véase núm. 5 y el 3.º piso. | Fin.",
    ),
    ("fr", "M. Dupont est né en 1932. | Voir art. 5 de la loi. | Il dit: « Oui. » | Puis il partit."),
    ("hi", 'डॉ. शर्मा 5 मई को आए। | श्री. वर्मा ने कहा, "मैं चलूँगा।" | फिर वे गए॥ | क्या यह सच है? | हाँ!'),
    ("ja", "「行きます。」と彼は言った。|彼は「来る。」と言い、帰った。|本当？|はい！|価格は3.5円です。"),
    ("ko", "서울은 수도이다. | “간다.”라고 말했다. | 인구는 3.5백만 명이다."),
    (
        "ru",
        "В 1995 г. он переехал в г. Москву. | См. рис. 5. | «Иди!» — крикнула она. | Проф. А. Б. Иванов приехал. | Да!",
    ),
    (
        "zh",
        (
            "他说：“我来了。我要走了。”|然后走了。|价格是3.5元。|真的吗？|太好了！|1925年开放。|"
            "2. 第二条。|他问：“谁？”|3月。|结束了。"
        ),
    ),
]


@pytest.mark.parametrize(("language", "marked"), SENTENCES)
def test_sentences_of_a_language(language: str, marked: str):
    """A bar stands where one sentence ends and the next begins."""
    expected = [part.strip() for part in marked.split("|")]
    text = marked.replace(" | ", " ").replace("|", "")
    assert [text[s.start : s.end] for s in split_sentences(text, language=language)] == expected


def test_a_space_that_is_missing_between_two_sentences():
    text = "The town is known for its beer.Carlsberg has been brewed there (since 1847).It is sold abroad."
    ends = [text[: span.end].rsplit(maxsplit=1)[-1] for span in split_sentences(text)]
    assert ends == ["beer.", "1847).", "abroad."]


@given(
    st.text('a京が。.「」"5 \nдА\u064bक्।؟د'), st.sampled_from(["ar", "de", "es", "hi", "ja", "ko", "ru", "zh", "xx"])
)
def test_nothing_is_lost_or_said_twice(text: str, language: str):
    """Whatever the text, sentences are in order, do not overlap, and hold all that is visible."""
    spans = split_sentences(text, language=language)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    held = {place for span in spans for place in range(span.start, span.end)}
    assert {place for place, letter in enumerate(text) if not letter.isspace()} <= held


def test_chinese_lines_that_an_editor_wrapped():
    """A full line of Chinese goes on in the next one; a short one ends."""
    line = "北京是中华人民共和国的首都也是全国政治文化和国际交往的中心"
    assert len(split_sentences(f"{line}\n{line}\n的城市。", language="zh")) == 1
    assert len(split_sentences(f"{line}\n短\n{line}", language="zh")) > 1


def test_a_chinese_text_without_ends_is_cut_at_a_comma():
    """Where no sentence ends for two thousand characters, a semicolon or a comma of Chinese is the next best."""
    for mark in "，；":
        text = "北京" * 900 + mark + "上海" * 900
        first, *_ = split_sentences(text, language="zh")
        assert first.end == 1801
        assert len(text) > SENTENCE_CHARACTERS


def test_lines_of_chinese_are_joined_without_a_space(tmp_path: Path):
    """Markdown and HTML that wrap Chinese do not put spaces into its words."""
    for name, text in (("a.md", "中国的\n首都\n是 here\n北京。"), ("a.html", "<p>中国的\n首都\n是 here\n北京。</p>")):
        (tmp_path / name).write_text(text, "utf-8")
        (document,) = read_file(File(name, tmp_path / name, 1, 1), Limits())
        assert document.text.strip() == "中国的首都是 here 北京。"
