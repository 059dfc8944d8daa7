"""Why these quotes, and why so sure: what ranked them, what matched, what the confidence is made of.

An answer keeps a few numbers of each quote, which are there anyway; all else is worked out when it is asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from index.encoder import Encoder
from index.matches import TokenMatch, token_matches
from index.search import Weights
from qa.choose import ELSEWHERE, OVERLAP_WEIGHT, READER_WEIGHT, Choice, counted
from qa.confidence import Evidence, factors

if TYPE_CHECKING:
    from qa.records import Answer, Quote


@dataclass(frozen=True, slots=True)
class Part:
    """A number that went into a sum.

    Args:
        name: of what it measures, as `Evidence` and `Candidate` have it.
        value: the number.
        weight: what it was multiplied by.
    """

    name: str
    value: float
    weight: float

    @property
    def adds(self) -> float:
        """What it adds to the sum."""
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Odds:
    """One of the two probabilities whose product is a quote's confidence.

    Args:
        name: "topic": the documents speak of what was asked; "sentence": if so, this sentence says it.
        intercept: log-odds without any evidence.
        evidence: each piece with its coefficient; what they add and the intercept make `log_odds`.
        log_odds: logarithm of the odds.
        probability: 1 / (1 + exp(-log_odds)).
    """

    name: str
    intercept: float
    evidence: tuple[Part, ...]
    log_odds: float
    probability: float


@dataclass(frozen=True, slots=True)
class WordMatch:
    """A content word of the question.

    Args:
        word: as the question spells it.
        rarity: inverse document frequency, as in BM25; of a word of an earlier question, times that one's share.
        place: where it stands: in the sentence, only in the rest of its passage, title or headings, or nowhere there.
    """

    word: str
    rarity: float
    place: Literal["sentence", "passage", "nowhere"]


@dataclass(frozen=True, slots=True)
class QuoteExplanation:
    """Why a quote was chosen.

    Args:
        quote: which.
        sentence: the one that was ranked; the quote may be wider.
        score: what it was ranked by, comparable within one answer; the sum of `ranking`.
        ranking: the scores that it was ranked by. The passage's score is the sum of `passage`. The last one is how
            many better quotes come from the same document, where there are any.
        passage: late interaction of the passage's best sentence and of its second best, coverage, its heading's match.
        dense: cosine of question and passage: it only proposes passages, and is evidence for the confidence.
        words: content words of the question, rarest first.
        tokens: every token of the question, those that add most to the sentence's late-interaction score first.
        odds: the probabilities whose product is the quote's confidence, and what they are made of.
    """

    quote: "Quote"
    sentence: str
    score: float
    ranking: tuple[Part, ...]
    passage: tuple[Part, ...]
    dense: float
    words: tuple[WordMatch, ...]
    tokens: tuple[TokenMatch, ...]
    odds: tuple[Odds, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation in plain JSON types."""
        record = asdict(self)
        sums: list[tuple[dict[str, Any], str, Sequence[Part | TokenMatch]]] = [
            (record, "ranking", self.ranking),
            (record, "passage", self.passage),
            (record, "tokens", self.tokens),
            *((kept, "evidence", odds.evidence) for kept, odds in zip(record["odds"], self.odds, strict=True)),
        ]
        for holder, name, parts in sums:
            holder[name] = [{**kept, "adds": part.adds} for kept, part in zip(holder[name], parts, strict=True)]
        return record


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an answer is what it is; a table of at most 80 columns when it is printed.

    Args:
        answer: what is explained.
        threshold: probability, 0..1, from which on a question counts as answered.
        quotes: one for each of the answer's quotes, in their order.
    """

    answer: "Answer"
    threshold: float
    quotes: tuple[QuoteExplanation, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation in plain JSON types."""
        return {
            **{name: getattr(self.answer, name) for name in ("question", "understood", "answered", "confidence")},
            "threshold": self.threshold,
            "quotes": [quote.to_dict() for quote in self.quotes],
        }

    def __str__(self) -> str:
        from qa.explain_text import explanation_text

        return explanation_text(self)


def explainer(
    encoder: Encoder, weights: Weights, threshold: float, chosen: Sequence[tuple[Choice, Evidence]]
) -> "Callable[[Answer], Explanation]":
    """Return what explains an answer when it is called with it; until then it costs nothing.

    Args:
        encoder: of the model that the index was made with.
        weights: that the candidates were ranked with.
        threshold: probability from which on the question counts as answered.
        chosen: how each quote of the answer was chosen, and the evidence for it.
    """

    # A function of its own and no `partial`: copying an answer copies no model with it.
    def explain(answer: "Answer") -> Explanation:
        places = [(choice.candidate.passage, choice.sentence) for choice, _ in chosen]
        tokens = token_matches(encoder, chosen[0][0].candidate.asked, places) if chosen else []
        sources = [quote.source for quote in answer.quotes]
        quotes = (
            _quote(quote, choice, evidence, weights, tuple(matches), before=sources[:rank].count(quote.source))
            for rank, (quote, (choice, evidence), matches) in enumerate(zip(answer.quotes, chosen, tokens, strict=True))
        )
        return Explanation(answer, threshold, tuple(quotes))

    return explain


def _quote(
    quote: "Quote",
    choice: Choice,
    evidence: Evidence,
    weights: Weights,
    tokens: tuple[TokenMatch, ...],
    *,
    before: int,
) -> QuoteExplanation:
    candidate, sentence = choice.candidate, choice.sentence
    overlap = weights.overlap if choice.margin is None else weights.overlap + OVERLAP_WEIGHT
    ranking = [
        Part("late", float(candidate.late[sentence]), 1.0),
        *([Part("place", float(candidate.place[sentence]), 1.0)] if candidate.place[sentence] else []),
        Part("sentence_coverage", float(candidate.overlap[sentence]), overlap),
        Part("passage_score", candidate.score, weights.passage),
    ]
    if choice.margin is not None:
        ranking.append(Part("reader", counted(choice.margin), READER_WEIGHT))
    if before:
        ranking.append(Part("same_document", float(before), -ELSEWHERE))
    return QuoteExplanation(
        quote=quote,
        sentence=candidate.passage.sentence_texts[sentence],
        score=choice.score - ELSEWHERE * before,
        ranking=tuple(ranking),
        passage=(
            Part("best_late", float(candidate.likeness.max()), 1.0),
            Part("second_late", candidate.second, weights.second),
            Part("passage_coverage", candidate.coverage, weights.coverage),
            *([Part("heading", candidate.heading, weights.heading)] if candidate.heading else []),
        ),
        dense=candidate.dense,
        words=tuple(_words(choice)),
        tokens=tokens,
        odds=tuple(
            Odds(
                factor.name,
                factor.intercept,
                tuple(Part(name, value, coefficient) for name, (value, coefficient) in factor.weighed.items()),
                factor.log_odds,
                factor.probability,
            )
            for factor in factors(evidence)
        ),
    )


def _words(choice: Choice) -> list[WordMatch]:
    candidate = choice.candidate
    asked = candidate.asked
    found = []
    for word, rarity in sorted(asked.rarity.items(), key=lambda item: -item[1]):
        here = word in candidate.in_sentences[choice.sentence]
        place: Literal["sentence", "passage", "nowhere"] = (
            "sentence" if here else "passage" if word in candidate.in_passage else "nowhere"
        )
        found.append(WordMatch(asked.spelled.get(word, word), rarity, place))
    return found
