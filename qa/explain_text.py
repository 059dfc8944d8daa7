"""An explanation as a table for people, at most 80 columns wide."""

import io
import math
from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from index.matches import TokenMatch
from qa import cite
from qa.explain import Explanation, Odds, Part, QuoteExplanation, WordMatch

COLUMNS = 80
MOST_WORDS, MOST_TOKENS = 8, 5
"""That are shown of a quote; `to_dict` has them all."""

_INDENT, _LABEL, _NUMBER = 3, 41, 10  # columns; with two spaces between any two, three numbers fit into 80
_PLACES = {"sentence": "in the sentence", "passage": "in its passage", "nowhere": "not there"}
_FACTORS = {"topic": "The documents speak of it", "sentence": "If so, this sentence says it"}
_LABELS = {
    "late": "late interaction of the sentence",
    "place": "follows a question, or answers nothing",
    "sentence_coverage": "the question's words in the sentence",
    "passage_score": "score of its passage",
    "best_late": "  late interaction of its best sentence",
    "second_late": "  late interaction of its second best",
    "passage_coverage": "  the question's words in the passage",
    "heading": "  the question's words as its heading",
    "reader": "margin of the reader",
    "same_document": "better quotes from the same document",
    "dense": "cosine with the passage",
    "margin": "lead over other passages, 0.1 at the most",
    "own": "not of another number (MD4 for MD5)",
}
_WITH_PLACE = "late interaction and what its place adds"


def explanation_text(explanation: Explanation) -> str:
    """Return an explanation as text."""
    out = io.StringIO()
    console = Console(file=out, width=COLUMNS, color_system=None, force_terminal=False, highlight=False)
    for part in _parts(explanation):
        console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).rstrip("\n")


def _parts(explanation: Explanation) -> Iterator[RenderableType]:
    answer = explanation.answer
    yield _text(f"Question: {answer.question}")
    if answer.understood != answer.question:
        yield _text(f"Searched for: {answer.understood}")
    if not answer.quotes:
        yield _text("Nothing was found, so there is nothing to explain.")
        return
    verdict, reaches = ("Answered", "reaches") if answer.answered else ("Not answered", "is below")
    sure, enough = f"{answer.confidence:.1%}", f"{explanation.threshold:.1%}"
    yield _text(f"{verdict}: the confidence, {sure}, {reaches} the threshold of {enough}.")
    for number, quote in enumerate(explanation.quotes, 1):
        yield ""
        head = Table.grid(padding=(0, 1, 0, 0))
        head.add_row(f"{number}.", _text(f"“{quote.quote.text}”"))
        head.add_row("", _text(f"— {cite.citation(quote.quote)}"))
        if quote.sentence != quote.quote.text:
            head.add_row("", _text(f"for its sentence “{quote.sentence}”"))
        yield head
        for table in _tables(quote):
            yield ""
            yield Padding(table, (0, 0, 0, _INDENT))


def _tables(quote: QuoteExplanation) -> Iterator[Table]:
    yield _ranking(quote)
    if quote.words:
        yield _words(quote.words)
    if quote.tokens:
        yield _tokens(quote.tokens)
    yield from map(_odds, quote.odds)
    yield _confidence(quote)


def _ranking(quote: QuoteExplanation) -> Table:
    table = _table("Rank", "score", "weight", "adds")
    for part in quote.ranking:
        _add(table, part)
        if part.name == "passage_score":
            for inner in quote.passage:
                table.add_row(_LABELS[inner.name], f"{inner.value:.3f}", f"{inner.weight:.3f}", "")
    table.add_row("sum, which sorts the quotes", "", "", f"{quote.score:.3f}")
    table.add_row(f"{_LABELS['dense']} (only finds it)", f"{quote.dense:.3f}", "", "")
    return table


def _words(words: Sequence[WordMatch]) -> Table:
    table = _table("Words of the question", "rarity", "found")
    for word in words[:MOST_WORDS]:
        table.add_row(_text(word.word), f"{word.rarity:.2f}", _PLACES[word.place])
    if len(words) > MOST_WORDS:
        table.add_row(f"and {len(words) - MOST_WORDS} that are less rare")
    return table


def _tokens(tokens: Sequence[TokenMatch]) -> Table:
    table = _table("Token ~ the sentence's most like it", "cosine", "weight", "adds")
    for match in tokens[:MOST_TOKENS]:
        label = _text(f"{match.question} ~ {match.sentence}")
        table.add_row(label, f"{match.cosine:.3f}", f"{match.share:.3f}", f"{match.adds:.3f}")
    if rest := tokens[MOST_TOKENS:]:
        table.add_row(f"and {len(rest)} that add less", "", "", f"{sum(match.adds for match in rest):.3f}")
    table.add_row(f"sum: {_LABELS['late']}", "", "", f"{sum(match.adds for match in tokens):.3f}")
    return table


def _odds(odds: Odds) -> Table:
    table = _table(_FACTORS.get(odds.name, odds.name), "evidence", "weight", "log-odds")
    table.add_row("without any evidence", "", "", f"{odds.intercept:+.3f}")
    for part in odds.evidence:
        _add(table, part, sign="+", label=_WITH_PLACE if part.name == "late" else "")
    table.add_row("sum", "", "", f"{odds.log_odds:+.3f}")
    table.add_row("probability, 1 / (1 + exp(-sum))", "", "", f"{odds.probability:.1%}")
    return table


def _confidence(quote: QuoteExplanation) -> Table:
    table = _table("Confidence", "", "", "")
    for odds in quote.odds:
        table.add_row(_FACTORS.get(odds.name, odds.name), "", "", f"{odds.probability:.1%}")
    product, sure = math.prod(odds.probability for odds in quote.odds), quote.quote.confidence
    table.add_row("product", "", "", f"{product:.1%}")
    if not math.isclose(product, sure):
        table.add_row("what the better quotes leave of it", "", "", f"{sure:.1%}")
    return table


def _table(label: str, *numbers: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(label, width=_LABEL, overflow="fold")
    for name in numbers:
        table.add_column(name, min_width=_NUMBER, justify="left" if name == "found" else "right", no_wrap=True)
    return table


def _add(table: Table, part: Part, sign: str = "", label: str = "") -> None:
    label = label or _LABELS.get(part.name, part.name.replace("_", " ")).strip()
    table.add_row(label, f"{part.value:.3f}", f"{part.weight:.3f}", f"{part.adds:{sign}.3f}")


def _text(text: str) -> Text:
    """Return a text as it is, with nothing in it taken for markup or obeyed by the terminal."""
    return Text(cite.printable(" ".join(text.split())))
