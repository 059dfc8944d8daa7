"""A conversation as a file: complete, and nothing in it but text."""

import json
import re
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest
from markdown_it import MarkdownIt

from corpus.errors import PathError, SettingError
from qa.cite import DIFFERENT, NOT_ANSWERED
from qa.cli import main
from qa.keeping import ALSO, CLOSEST, as_html, as_json, as_markdown, check_suffix, in_format, save
from qa.records import Answer, Quote
from qa.turns import Turn, answer_from, turn_of

HOSTILE = (
    '<script>alert(1)</script> <img src="http://evil.example/a.png"> *a* [b](http://evil.example) `c` # &amp; | $x$ '
    "~~d~~"
)


def quote(text: str = "It was 5 percent.", **changed: object) -> Quote:
    values = {
        "source": "/home/a/report.pdf",
        "title": "Report",
        "page": 3,
        "heading": "Costs",
        "start": 1_200,
        "end": 1_200 + len(text),
        "confidence": 0.9,
        "passage_start": 1_100,
        "passage_end": 9_000,
    }
    return Quote(text=text, **{**values, **changed})


def turn(*quotes: Quote, question: str = "How much?", answered: bool = True, differing: tuple[int, ...] = ()) -> Turn:
    return turn_of(Answer(question, f"Which? {question}", answered, 0.9, quotes, differing))


TURNS = (
    turn(quote(), quote("Six."), quote("Seven."), differing=(1,)),
    turn(quote("Far away."), answered=False),
    turn(answered=False),
    Turn("", "2026-01-01T00:00:00+00:00", problem="The question is empty; ask something."),
)
SAID = ("How much?", "It was 5 percent.", "Six.", "Seven.", "Far away.", "The question is empty; ask something.")


def rendered(markdown: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(f"<div>{MarkdownIt('gfm-like', {'linkify': False}).render(markdown)}</div>")


@pytest.mark.parametrize("make", [as_html, as_markdown])
def test_everything_that_was_said_is_there_with_full_citations(make: object) -> None:
    kept = make(TURNS)
    shown = lxml.html.fromstring(kept) if make is as_html else rendered(kept)
    text = " ".join(shown.text_content().split())
    assert all(words in text for words in SAID)
    assert "— Report, p. 3, “Costs” (report.pdf)" in text
    assert "Very likely answers the question (90%); /home/a/report.pdf, characters 1,200 to 1,217" in text
    assert "Searched for: Which? How much?" in text
    order = [text.index(words) for words in ("5 percent", DIFFERENT, "Six.", ALSO, "Seven.", CLOSEST, "Far away.")]
    assert order == sorted(order)
    assert text.count(NOT_ANSWERED) == 2
    assert "(an empty question)" in text
    assert len(shown.findall(".//blockquote")) == 4


@pytest.mark.parametrize("make", [as_html, as_markdown])
def test_hostile_text_is_text(make: object) -> None:
    hostile = quote(HOSTILE, title=HOSTILE, heading=HOSTILE, source=f"/{HOSTILE}")
    kept = make([turn(hostile, question=HOSTILE), turn(question=f"- a\n1. b\n{HOSTILE}", answered=False)])
    shown = lxml.html.fromstring(kept) if make is as_html else rendered(kept)
    assert not shown.xpath("//script | //img | //a | //em | //code | //s | //table | //ul | //ol")
    assert shown.xpath("string(//blockquote)").strip().startswith(HOSTILE)
    assert "http://evil.example" not in re.sub(r"&lt;.*?&gt;", "", "".join(shown.xpath("//@src | //@href")))


def test_a_quote_of_several_lines_keeps_them() -> None:
    lines = "First line\n- second\n2. third\n+ fourth"
    kept = [turn(quote(lines))]
    assert lxml.html.fromstring(as_html(kept)).xpath("string(//blockquote)") == lines
    breaks = rendered(as_markdown(kept)).xpath("//blockquote/p[1]//text()")
    assert [line.strip() for line in breaks if line.strip()] == lines.split("\n")


def test_html_needs_nothing_from_anywhere() -> None:
    kept = as_html(TURNS)
    shown = lxml.html.fromstring(kept)
    assert shown.xpath("//meta[@http-equiv]/@content") == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert not shown.xpath("//@src | //@href | //link | //script")
    assert "url(" not in kept


def test_json_comes_back_as_it_was() -> None:
    kept = json.loads(as_json(TURNS))
    assert answer_from(kept["turns"][0]["answer"]) == TURNS[0].answer
    assert kept["turns"][0]["answer"]["quotes"][0]["citation"] == "Report, p. 3, “Costs” (report.pdf)"
    assert kept["turns"][3]["problem"].startswith("The question is empty")


def test_the_ending_of_a_name_chooses_the_format(tmp_path: Path) -> None:
    for name, begins in (("a.md", "# "), ("b.HTML", "<!doctype html>"), ("c.json", "{")):
        save(TURNS, tmp_path / name)
        assert (tmp_path / name).read_text("utf-8").startswith(begins)
    with pytest.raises(SettingError, match=r"'a.docx' does not end in .md, .html, .json"):
        check_suffix("a.docx")
    with pytest.raises(SettingError, match="cannot be kept as 'docx'"):
        in_format(TURNS, "docx")
    with pytest.raises(PathError, match="cannot be written"):
        save(TURNS, tmp_path / "no" / "a.md")


def test_halves_of_characters_do_not_stop_it(tmp_path: Path) -> None:
    save([replace(TURNS[3], question="a\ud800b")], tmp_path / "a.html")
    assert "a?b" in (tmp_path / "a.html").read_text("utf-8")


def test_the_command_saves_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paper, index, kept = tmp_path / "a.txt", str(tmp_path / "index"), tmp_path / "kept.md"
    paper.write_text("The tower is 93 metres high.", "utf-8")
    assert main(["ask", "How high is the tower?", str(paper), "--index", index, "--save", str(kept)]) == 0
    assert "The tower is 93 metres high." in kept.read_text("utf-8")
    assert main(["ask", "How high is the tower?", str(paper), "--index", index, "--save", "kept.pdf"]) == 2
    assert "does not end in" in capsys.readouterr().err
