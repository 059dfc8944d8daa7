"""The language of a document and of a question, told offline from a few words; scripts without spaces."""

import sys

import pytest

from corpus import language
from corpus.language import detect_language, detect_question, language_name
from corpus.scripts import glue, is_unspaced, without_line_breaks

SENTENCES = {
    "ar": "افتتح المتحف في المدينة القديمة في عام 1932 وهو مفتوح كل يوم.",
    "de": "Das Museum in der alten Stadt wurde im Jahr 1932 eröffnet und ist täglich geöffnet.",
    "en": "The museum in the old town was opened in 1932 and is open every day.",
    "es": "El museo de la ciudad vieja fue inaugurado en 1932 y está abierto todos los días.",
    "fr": "Le musée de la vieille ville a été inauguré en 1932 et il est ouvert tous les jours.",
    "hi": "पुराने शहर का संग्रहालय 1932 में खोला गया था और यह हर दिन खुला रहता है।",
    "ja": "旧市街の博物館は1932年に開館し、毎日開いています。",
    "ko": "구시가지의 박물관은 1932년에 문을 열었으며 매일 개방됩니다.",
    "ru": "Музей в старом городе был открыт в 1932 году и работает каждый день.",
    "zh": "老城区的博物馆于1932年开放，每天都可以参观。",
}


@pytest.mark.parametrize("code", list(SENTENCES))
def test_a_sentence_is_enough(code: str):
    """Of ten languages each is told from one sentence, and has a name."""
    assert detect_language(SENTENCES[code]) == code
    assert not language_name(code).startswith("the language")


@pytest.mark.parametrize("text", ["", "1932 | 93 | 3.5", "?! — …", "Smith Meyer Rossi", "x = f(a, b); y += 1"])
def test_too_little_to_tell(text: str):
    """Figures, marks, names and code are of no language that is known."""
    assert detect_language(text) == language.UNKNOWN


def test_plain_english_needs_no_detector(monkeypatch: pytest.MonkeyPatch):
    """A quarter of its words give it away; the detector, which is slow to load, is left alone."""
    monkeypatch.setattr(language, "_identifier", lambda: pytest.fail("loaded"))
    assert detect_language(SENTENCES["en"] * 3) == "en"


def test_a_long_text_is_judged_from_all_of_it():
    """A licence in English before a German book does not make the book English."""
    assert detect_language(SENTENCES["en"] * 10 + SENTENCES["de"] * 100) == "de"


@pytest.mark.parametrize(
    ("question", "expected", "code"),
    [
        ("Wann wurde das Museum eröffnet?", {"en"}, "de"),
        ("Wann wurde das Museum eröffnet?", {"de", "en"}, "de"),
        ("Who opened the museum?", {"de", "fr"}, "en"),
        ("संग्रहालय कब खुला?", {"hi"}, "hi"),
        ("Кто основал город?", {"ru"}, "ru"),
        ("谁建立了博物馆？", {"en"}, "zh"),
        ("متى افتتح المتحف؟", set(), "ar"),
        ("Kubernetes", {"en"}, "en"),
        ("1932?", {"de"}, "en"),
        ("?", {"de"}, "en"),
    ],
)
def test_questions(question: str, expected: set[str], code: str):
    """A short question is in a language of the documents or in English, unless its words or letters say otherwise."""
    assert detect_question(question, expected) == code


def test_a_language_without_a_name_here():
    """Its code stands in for it."""
    assert language_name("xx") == "the language 'xx'"


def test_importing_loads_no_detector():
    """The detector is loaded when a text asks for it; this module alone imports it."""
    import subprocess

    script = "import sys, corpus.language; print('py3langid' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
    )


@pytest.mark.parametrize(
    ("letter", "expected"),
    [("京", True), ("の", True), ("。", True), ("ก", True), ("a", False), ("한", False), ("", False)],
)
def test_scripts_without_spaces(letter: str, expected: bool):
    """Chinese, Japanese and Thai do without; Korean and Latin do not."""
    assert is_unspaced(letter) is expected


def test_lines_become_one():
    """Between two lines goes a space, in Chinese nothing; breaks within Chinese vanish, others stay."""
    assert (glue("中国的", "首都"), glue("the", "首都"), glue("a", "b")) == ("", " ", " ")
    assert without_line_breaks("中国的\n  首都\nis\nhere。\n好") == "中国的首都\nis\nhere。好"
