"""The examples that the reader is trained on: a question, a passage, and where in it the answers stand.

About 42% of an epoch's examples have no answer: the set's own unanswerable questions, the lexically nearest other
paragraphs of the same document, other sentences of the same paragraph, and paragraphs of other documents. Passages are
cut to random runs of whole sentences, drawn anew each epoch.
"""

import collections
import json
import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentencex import get_sentence_boundaries

NO_ANSWER_SHARE = 0.42  # of the examples of an epoch
WORD = re.compile(r"\w+")
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a labelled set: its paragraph, the answers in it, and negatives worth drawing (characters)."""

    text: str
    document: str
    paragraph: Range
    answers: tuple[Range, ...]
    near: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """What the model sees: a question, a passage, and the answers as characters of the passage (none: no answer)."""

    question: str
    passage: str
    answers: tuple[Range, ...]


def paragraphs(text: str) -> list[Range]:
    """Blocks between line breaks, of more than 40 characters."""
    return [m.span() for m in re.finditer(r"[^\n]+", text) if len(m.group()) > 40]


def sentences(text: str, within: Range) -> list[Range]:
    """Sentence spans inside a range of the text, in its offsets."""
    a, b = within
    found = ((x["start_index"], x["end_index"]) for x in get_sentence_boundaries("en", text[a:b]))
    return [(a + s, a + e) for s, e in found if text[a + s : a + e].strip()]


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class Sets:
    """The labelled sets, and the examples drawn from them."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.texts: dict[str, str] = {}
        self.questions: list[Question] = []
        rows = []
        for folder in folders:
            self.texts |= {row["id"]: row["text"] for row in read_rows(folder / "documents.jsonl")}
            rows += read_rows(folder / "questions.jsonl")
        self.blocks = {d: paragraphs(t) for d, t in self.texts.items()}
        self.words = {d: [set(WORD.findall(self.texts[d][a:b].lower())) for a, b in v] for d, v in self.blocks.items()}
        seen_in = collections.Counter(w for v in self.words.values() for words in v for w in words)
        total = sum(map(len, self.words.values()))
        self.rarity = {w: math.log(total / n) for w, n in seen_in.items()}
        self.everywhere = [(d, n) for d, v in self.blocks.items() for n in range(len(v))]
        self.cuts = {(d, p): sentences(self.texts[d], p) for d, v in self.blocks.items() for p in v}
        for row in rows:
            self._add(row)

    def _add(self, row: dict[str, Any]) -> None:
        document = row["document_id"][0]
        text = self.texts[document]
        answers = [(x["start"], x["start"] + len(x["text"])) for x in row["answers"]] if row["answerable"] else []
        at = row["paragraph"][0] if "paragraph" in row else answers[0][0]
        own = next((p for p in self.blocks[document] if p[0] <= at < p[1]), None)
        if own is None:
            return
        answers = [(s, e) for s, e in answers if own[0] <= s < e <= own[1]]
        if row["answerable"] and not answers:
            return
        said = {text[s:e].lower() for s, e in answers}
        asked = set(WORD.findall(row["question"].lower()))
        scored = sorted(
            (
                (sum(self.rarity[w] for w in asked & words), p)
                for p, words in zip(self.blocks[document], self.words[document], strict=True)
                if p != own and not any(x in text[p[0] : p[1]].lower() for x in said)
            ),
            reverse=True,
        )
        near = tuple(p for _, p in scored[:3]) if answers else ()
        self.questions.append(Question(row["question"], document, own, tuple(answers), near))

    def _run(self, draw: random.Random, spans: list[Range], first: int, last: int) -> Range:
        """A run of whole sentences that holds spans first..last, grown at random to 60-750 characters."""
        budget = draw.randint(60, 750)
        while True:
            left = first > 0 and spans[last][1] - spans[first - 1][0] <= budget
            right = last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= budget
            if not (left or right):
                return spans[first][0], spans[last][1]
            if left and (not right or draw.random() < 0.5):
                first -= 1
            else:
                last += 1

    def _passage(self, draw: random.Random, document: str, paragraph: Range, must: Range | None = None) -> Range:
        """The whole paragraph (one time in three), or a run of its sentences that holds `must`."""
        spans = self.cuts[document, paragraph]
        if draw.random() < 0.33 or not spans:
            return paragraph
        if must is None:
            first = last = draw.randrange(len(spans))
        else:
            held = [n for n, (a, b) in enumerate(spans) if a < must[1] and must[0] < b]
            if not held:
                return paragraph
            first, last = held[0], held[-1]
        return self._run(draw, spans, first, last)

    def _negative(self, draw: random.Random, q: Question) -> tuple[str, Range] | None:
        """(document, range) of a passage that does not hold the answer: near 50%, same paragraph 30%, elsewhere 20%."""
        kind = draw.random()
        if kind < 0.5 and q.near:
            return q.document, self._passage(draw, q.document, draw.choices(q.near, (3, 2, 1)[: len(q.near)])[0])
        if kind < 0.8:
            spans = self.cuts[q.document, q.paragraph]
            free = [all(b <= s or e <= a for s, e in q.answers) for a, b in spans]
            runs: list[list[Range]] = [[]]
            for span, ok in zip(spans, free, strict=True):
                if ok:
                    runs[-1].append(span)
                else:
                    runs.append([])
            run = max(runs, key=len)
            return (q.document, (run[0][0], run[-1][1])) if run else None
        asked = set(WORD.findall(q.text.lower()))
        pool = [x for x in draw.sample(self.everywhere, min(200, len(self.everywhere))) if x[0] != q.document]
        other, n = max(pool, key=lambda x: sum(self.rarity[w] for w in asked & self.words[x[0]][x[1]]))
        return other, self._passage(draw, other, self.blocks[other][n])

    def epoch(self, draw: random.Random) -> list[Example]:
        """The examples of one epoch, in random order."""
        out = []
        asked = [q for q in self.questions if q.answers]
        wanted = int(len(asked) * NO_ANSWER_SHARE / (1 - NO_ANSWER_SHARE)) - (len(self.questions) - len(asked))
        for q in self.questions:
            a, b = self._passage(draw, q.document, q.paragraph, draw.choice(q.answers) if q.answers else None)
            held = tuple((s - a, e - a) for s, e in q.answers if a <= s and e <= b)
            out.append(Example(_as_typed(draw, q.text), self.texts[q.document][a:b], held))
        for q in draw.sample(asked, min(max(wanted, 0), len(asked))):
            found = self._negative(draw, q)
            if found:
                document, (a, b) = found
                out.append(Example(_as_typed(draw, q.text), self.texts[document][a:b], ()))
        draw.shuffle(out)
        return out


def _as_typed(draw: random.Random, question: str) -> str:
    """The question, one time in six without its question mark, as people type into a search box."""
    return question.rstrip("? ") if draw.random() < 1 / 6 else question
