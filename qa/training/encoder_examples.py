"""The examples that the encoder's adapter is trained on: a question, and what our own search finds for it."""

import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.search import Candidate
from index.stopwords import content_words
from qa.chatbot import Chatbot
from qa.evaluate import holds, read_questions, sample
from qa.records import quote_of
from qa.settings import Settings

NEGATIVES = 2  # passages without an answer, for each question
FOUND = 16  # passages that they are drawn from, the better the more often

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    """A question, and what was found for it.

    Args:
        question: its words.
        found: the passages, best first.
        gold: for each of them, which sentences answer.
        turns: what was said before that the question leans on, the last one first.
    """

    question: str
    found: tuple[Candidate, ...]
    gold: tuple[Bools, ...]
    turns: tuple[str, ...] = ()

    @property
    def answering(self) -> list[int]:
        """Places in `found` of the passages that answer."""
        return [n for n, gold in enumerate(self.gold) if gold.any()]

    @property
    def others(self) -> list[int]:
        """Places of those that do not."""
        return [n for n, gold in enumerate(self.gold) if not gold.any()]

    def drawn(self, draw: random.Random) -> list[int]:
        """Return places: of a passage that answers, then of NEGATIVES that do not."""
        answering, others = self.answering, self.others
        chosen = [answering[0] if draw.random() < 0.8 else draw.choice(answering)]
        for _ in range(NEGATIVES):
            chosen.append(draw.choices(others, [1 / (2 + n) for n in others])[0])
            others.remove(chosen[-1])
        return chosen


def asked(folder: Path, limit: int | None = None) -> Iterator[Example]:
    """Ask the questions of which it is known what answers them, if anything does; at most `limit`, evenly spread."""
    questions = read_questions(folder)  # before the documents: whether they can be read shows at once
    questions = [question for question in questions if question.answers or question.answerable is False]
    with (
        tempfile.TemporaryDirectory() as scratch,
        Chatbot.open(folder / "documents.jsonl", index=Path(scratch) / "index", settings=Settings(reader=False)) as bot,
    ):
        for question in questions if limit is None else sample(questions, limit):
            found = bot.candidates(question.text, question.history)[:FOUND]
            said = [turn.text for turn in found[0].asked.turns] if found else []
            gold = []
            for passage in (candidate.passage for candidate in found):
                quotes = [quote_of(passage, n, n, 0.0) for n in range(len(passage.sentences))]
                gold.append(np.array([any(holds(quote, answer) for answer in question.answers) for quote in quotes]))
            yield Example(said[0] if said else question.text, found, tuple(gold), tuple(said[1:]))


def examples(folder: Path) -> Iterator[Example]:
    """Ask a set's answerable questions, and yield those for which there is something to tell apart."""
    for example in asked(folder):
        if example.answering and len(example.others) >= NEGATIVES:
            yield example


def varied(question: str, draw: random.Random) -> str:
    """Return a question as people also type it: without its mark, in small letters, or its content words alone."""
    chance = draw.random()
    if chance < 0.12:
        return question.rstrip("? ")
    if chance < 0.2:
        return question.rstrip("? ").lower()
    words = content_words(question)
    return words if chance < 0.26 and len(words.split()) > 1 else question
