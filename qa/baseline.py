"""What one would write by hand, to measure against: the same model, cosines, no more.

Each passage and each sentence is a vector of its own, made without a context; the sentence nearest to the question is
the answer, the documents are ranked by their nearest passage, and the cosine is all there is of a confidence.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from index.catalog import Catalog
from index.encoder import Encoder, Floats
from qa.evaluate import OnQuestion, Outcome, Question, document_id
from qa.records import Answer, quote_of

QUOTES = 3
AT_ONCE = 256  # texts encoded between two reports of progress


def run(folder: Path, encoder: Encoder, questions: Sequence[Question], told: OnQuestion) -> Iterator[Outcome]:
    """Ask every question and yield what came back, as `qa.evaluate.run` does; how long it takes is not measured.

    Args:
        folder: of an index, whose passages and sentences are taken.
        encoder: makes their vectors anew.
        questions: to ask.
        told: is given how much is done, of what total: the encoding and the questions together.
    """
    catalog = Catalog(folder)
    try:
        passages = [passage for batch in catalog.passages_since(0) for passage in batch]
    finally:
        catalog.close()
    places = [(p, n) for p, passage in enumerate(passages) for n in range(len(passage.sentences))]
    texts = [passage.text for passage in passages] + [passages[p].sentence_texts[n] for p, n in places]
    total = len(texts) + len(questions)
    vectors: list[Floats] = []
    for first in range(0, len(texts), AT_ONCE):
        told(first, total)
        some = texts[first : first + AT_ONCE]
        vectors.extend(encoded.vector for encoded in encoder.encode_passages(some, [""] * len(some)))
    whole = np.stack(vectors)
    for done, question in enumerate(questions, len(texts)):
        told(done, total)
        cosines = whole @ encoder.encode_question(question.text).vector
        near = np.argsort(-cosines[len(passages) :], kind="stable")[:QUOTES]
        quotes = tuple(
            quote_of(passages[p], n, n, float(cosines[len(passages) + at].clip(0, 1)))
            for at, (p, n) in ((at, places[at]) for at in near)
        )
        order = np.argsort(-cosines[: len(passages)], kind="stable")
        yield Outcome(
            question=question,
            answer=Answer(question.text, question.text, True, quotes[0].confidence if quotes else 0.0, quotes),
            ranking=tuple(dict.fromkeys(document_id(passages[p].source) for p in order)),
            verbatim=None,
            seconds=None,
        )
    told(total, total)
