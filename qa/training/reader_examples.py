"""The examples that the reader is trained on: a question, a passage, and where in it the answers stand.

About half of an epoch's examples have no answer: the sets' own unanswerable questions, other paragraphs of the same
document and of other documents that a search would find (lexically nearest, or nearest by the packaged encoder), and
other sentences of the same paragraph. Passages are cut to random runs of whole sentences, drawn anew each epoch. A few
questions are made here: "What is X?" for a sentence that says "X is a ...".
"""

import collections
import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sentencex import get_sentence_boundaries

from index.encoder import SentenceTransformerEncoder
from index.stopwords import content_words
from qa.reader import about
from qa.training import read_rows

NO_ANSWER_SHARE = 0.5  # of the examples of an epoch
NEAREST = 4  # paragraphs found by the encoder, in the same document and in others
WORD = re.compile(r"\w+")
DEFINITION = re.compile(
    r"(?:The |An? )?((?!This|That|These|There|It|He|She|They|Some|Only|One|Most|Many|Other|Another)[A-Z][\w'’-]*"
    r"(?: [\w'’-]+){0,3}?)(?: \([^)]*\))?,? (?:is|are|was|were) (?:an?|the|one of) \w"
)
DEFINITION_QUESTIONS = ("What is {}?", "What is {}?", "What does {} mean?", "{} definition", "Define {}.", "{}")
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a labelled set: its paragraph, the answers in it, and negatives worth drawing (characters).

    `near` are the lexically nearest paragraphs of the same document; `found`, with their documents, what the encoder
    finds; `whole`: the answers are whole sentences, and not the very words.
    """

    text: str
    document: str
    paragraph: Range
    answers: tuple[Range, ...]
    near: tuple[Range, ...]
    found: tuple[tuple[str, Range], ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """What the model sees: a question, a passage, its sentences and the answers as its characters (none: no answer).

    `whole`: the answers are whole sentences, and not the very words.
    """

    question: str
    passage: str
    sentences: tuple[Range, ...]
    answers: tuple[Range, ...]
    whole: bool = False


def paragraphs(text: str) -> list[Range]:
    """Blocks between line breaks, of more than 40 characters."""
    return [m.span() for m in re.finditer(r"[^\n]+", text) if len(m.group()) > 40]


def sentences(text: str, within: Range) -> list[Range]:
    """Sentence spans inside a range of the text, in its offsets."""
    a, b = within
    found = ((x["start_index"], x["end_index"]) for x in get_sentence_boundaries("en", text[a:b]))
    return [(a + s, a + e) for s, e in found if text[a + s : a + e].strip()]


class Sets:
    """The labelled sets, and the examples drawn from them."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.texts: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.questions: list[Question] = []
        rows = []
        for folder in folders:
            documents = read_rows(folder / "documents.jsonl")
            self.texts |= {row["id"]: row["text"] for row in documents}
            self.titles |= {row["id"]: row["title"] for row in documents}
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
        self._search()
        self.definitions = [
            Question(match.group(1), d, p, ((a, b),), ())
            for (d, p), spans in self.cuts.items()
            for a, b in spans
            if (match := DEFINITION.match(self.texts[d][a:b]))
        ]

    def _search(self) -> None:
        """Give every answerable question the paragraphs that the packaged encoder finds and that don't answer it."""
        encoder = SentenceTransformerEncoder()
        texts = [self.texts[d][slice(*self.blocks[d][n])] for d, n in self.everywhere]
        vectors = np.stack([e.vector for e in encoder.encode_passages(texts, [""] * len(texts))])
        asked = [q for q in self.questions if q.answers]
        questions = np.stack([e.vector for e in encoder.encode_passages([q.text for q in asked], [""] * len(asked))])
        found = {}
        for q, vector in zip(asked, questions, strict=True):
            said = {self.texts[q.document][s:e].lower() for s, e in q.answers}
            here: list[tuple[str, Range]] = []
            elsewhere: list[tuple[str, Range]] = []
            for i in np.argsort(-(vectors @ vector))[:50]:
                d, p = self.everywhere[i][0], self.blocks[self.everywhere[i][0]][self.everywhere[i][1]]
                place = here if d == q.document else elsewhere
                if (d, p) != (q.document, q.paragraph) and not any(x in texts[i].lower() for x in said):
                    place.append((d, p))
            found[q] = (*here[:NEAREST], *elsewhere[:NEAREST])
        self.questions = [replace(q, found=found.get(q, ())) for q in self.questions]

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
        whole = row.get("answers_are") == "sentences"
        self.questions.append(Question(row["question"], document, own, tuple(answers), near, whole=whole))

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
        """(document, range) of a passage without the answer: found 45%, near 25%, same paragraph 20%, elsewhere 10%."""
        kind = draw.random()
        if kind < 0.45 and q.found:
            other, paragraph = draw.choice(q.found)
            return other, self._passage(draw, other, paragraph)
        if kind < 0.7 and q.near:
            return q.document, self._passage(draw, q.document, draw.choices(q.near, (3, 2, 1)[: len(q.near)])[0])
        if kind < 0.9:
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

    def _example(
        self, question: str, document: str, within: Range, answers: tuple[Range, ...], *, whole: bool = False
    ) -> Example:
        a, b = within
        before = about(self.titles[document])
        cuts = [c for p in self.blocks[document] if p[0] < b and a < p[1] for c in self.cuts[document, p]]
        shift = len(before) - a
        return Example(
            question,
            before + self.texts[document][a:b],
            tuple((s + shift, e + shift) for s, e in cuts if a <= s and e <= b),
            tuple((s + shift, e + shift) for s, e in answers if a <= s and e <= b),
            whole,
        )

    def epoch(self, draw: random.Random) -> list[Example]:
        """The examples of one epoch, in random order."""
        out = []
        asked = [q for q in self.questions if q.answers]
        wanted = int(len(asked) * NO_ANSWER_SHARE / (1 - NO_ANSWER_SHARE)) - (len(self.questions) - len(asked))
        for q in self.questions:
            within = self._passage(draw, q.document, q.paragraph, draw.choice(q.answers) if q.answers else None)
            out.append(self._example(_as_typed(draw, q.text), q.document, within, q.answers, whole=q.whole))
        for q in self.definitions:
            within = self._passage(draw, q.document, q.paragraph, q.answers[0])
            asks = draw.choice(DEFINITION_QUESTIONS).format(q.text)
            out.append(self._example(_as_typed(draw, asks), q.document, within, q.answers))
        for q in draw.sample(asked, min(max(wanted, 0), len(asked))):
            found = self._negative(draw, q)
            if found:
                out.append(self._example(_as_typed(draw, q.text), *found, ()))
        draw.shuffle(out)
        return out


def _as_typed(draw: random.Random, question: str) -> str:
    """The question as people type into a search box: one in seven without its mark, one in sixteen its words alone."""
    kind = draw.random()
    if kind < 1 / 16:
        return content_words(question) or question
    return question.rstrip("? ") if kind < 1 / 16 + 1 / 7 else question
