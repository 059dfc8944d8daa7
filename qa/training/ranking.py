"""Train a reader further, to choose among all the sentences that a search finds for a question.

    python -m qa.training.ranking START FOLDER --sets SET ... [--rough SET ...] [--beside SET ...]
                                  [--limit N] [--minutes M] [--rate 5e-5] [--seed 0] [--threads 2]

START are weights that `qa.training.reader` wrote. Each SET is a folder with `documents.jsonl` and `questions.jsonl`.
The labels of a `--rough` one (`qa.training.headings`) say what answers, but not that nothing else does. On those
`--beside` it is trained as `qa.training.reader` does, a batch in every second step: that would be forgotten.
FOLDER receives `reader.safetensors` and `reader.json`, and a checkpoint every 500 steps.

Alone with a passage, a reader learns whether the answer is in it. What counts in the end is whether its margins, beside
the scores of the search, put the right sentence of the right passage first, and that they leave it there where the
reader knows nothing. So the loss is the cross entropy of just that score, over the sentences of all passages that are
read for a question (listwise: Cao et al. 2007), and beside it, where labels are exact, the one over the sentences of
each passage and "no answer" (`qa.training.reader.sentence_loss`).
"""

import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import softplus
from transformers import AutoTokenizer

from qa.choose import LEAST_MARGIN, OVERLAP_WEIGHT, READER_WEIGHT, in_context, worth_reading
from qa.reader import TURN, said_before
from qa.training import arguments_of, say
from qa.training.encoder_examples import asked, varied
from qa.training.reader import (
    BASE,
    DECAY,
    WARM_UP,
    SpanModel,
    batches,
    descend,
    encode,
    passage_loss,
    sentence_scores,
    write,
)
from qa.training.reader_examples import Example, Sets

QUESTIONS = 4  # of a step
PASSAGES = 4  # of a question, those with the best sentences
TEMPERATURE = 0.04  # that scores are divided by: late interaction, the largest part of them, is a cosine
REHEARSED = 2  # steps from one that has a batch of the sets beside to the next
ALONE = 1.0  # weight of the loss of each passage alone


@dataclass(frozen=True, slots=True)
class List:
    """What is read for a question.

    Args:
        passages: the question with each of its passages; the answers are whole sentences.
        scores: for each passage, (sentences,) float32: what its sentences are ranked by without the reader.
        exact: whether every answer is marked.
        before: what is read before the question, where it leans on what was said (`qa.reader.said_before`).
    """

    passages: tuple[Example, ...]
    scores: tuple[torch.Tensor, ...]
    exact: bool
    before: str = ""

    @property
    def length(self) -> int:
        """Characters of its longest passage."""
        return max(len(example.passage) for example in self.passages)

    def typed(self, draw: random.Random) -> list[Example]:
        """Return the passages with the question as people also type it."""
        question = self.before + varied(self.passages[0].question, draw)
        return [replace(example, question=question) for example in self.passages]


def lists(folder: Path, limit: int, *, exact: bool) -> Iterator[List]:
    """Ask questions of a set and yield what is read for them, where there is something to learn from it."""
    for example in asked(folder, limit):
        gold = dict(zip((candidate.passage.id for candidate in example.found), example.gold, strict=True))
        passages, scores = [], []
        for candidate in worth_reading(example.found, PASSAGES):
            passage = candidate.passage
            text, places = in_context(passage)
            spans = tuple(places)
            answers = tuple(span for span, right in zip(spans, gold[passage.id], strict=True) if right)
            passages.append(Example(example.question, text, spans, answers))
            scores.append(torch.from_numpy(candidate.sentence_scores + np.float32(OVERLAP_WEIGHT) * candidate.overlap))
        if passages and (exact or any(passage.answers for passage in passages)):
            before = said_before(example.turns) + TURN if example.turns else ""
            yield List(tuple(passages), tuple(scores), exact, before)


def steps(found: Sequence[List], draw: random.Random) -> Iterator[list[List]]:
    """Yield what is read in each step of an epoch: lists of like length, in random order."""
    found = draw.sample(found, len(found))
    out: list[list[List]] = []
    for i in range(0, len(found), 50 * QUESTIONS):
        part = sorted(found[i : i + 50 * QUESTIONS], key=lambda item: item.length)
        out += [part[j : j + QUESTIONS] for j in range(0, len(part), QUESTIONS)]
    draw.shuffle(out)
    yield from out


def rehearsal(sets: Sets, draw: random.Random) -> Iterator[list[Example]]:
    """Yield batches of examples, epoch after epoch without end."""
    while True:
        yield from batches(sets.epoch(draw), draw)


def losses(logits: torch.Tensor, tokens: torch.Tensor, wanted: torch.Tensor, batch: Sequence[List]) -> torch.Tensor:
    """Return the loss of a step.

    Args:
        logits: (passages, tokens, 2).
        tokens: (passages, tokens, sentences + 1) bool: which tokens each sentence has, "no answer" the first.
        wanted: (passages, sentences + 1): what each should get of probability, alone with its passage.
        batch: the lists whose passages these are, one after the other.
    """
    sizes = [len(item.passages) for item in batch]
    found = sentence_scores(logits, tokens)
    total = logits.new_zeros(())
    for item, scored, asked_for in zip(batch, torch.split(found, sizes), torch.split(wanted, sizes), strict=True):
        if item.exact:
            total = total - ALONE * (asked_for * scored.log_softmax(1)).sum(1).mean()
        ranked, right = [], []
        for scores, read, wants in zip(item.scores, scored, asked_for, strict=True):
            sentences = slice(1, len(scores) + 1)
            margin = read[sentences] - read[0]
            counts = LEAST_MARGIN + softplus(margin - LEAST_MARGIN)  # `qa.choose.counted`, but smooth
            ranked.append((scores + READER_WEIGHT * counts) / TEMPERATURE)
            right.append(wants[sentences] > 0)
        among = torch.cat(right)
        if among.any():
            total = total - torch.cat(ranked).log_softmax(0)[among].logsumexp(0)
    return total / len(batch)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to train, and how fast.

    Args:
        minutes: at the most, one epoch otherwise; the learning rate falls with what is nearer its end.
        rate: highest learning rate.
        seed: of everything that is drawn.
    """

    minutes: float
    rate: float
    seed: int


def train(start: Path, found: Sequence[List], known: Sets | None, out: Path, plan: Plan, **how: object) -> None:
    """Train for one epoch of what is found, or until the minutes are over, and write the weights.

    Args:
        start: weights to go on from.
        found: what is read for each question.
        known: the sets of which every second step has a batch of examples as well.
        out: folder to write to.
        plan: how long, how fast.
        how: what the record says besides.
    """
    torch.manual_seed(plan.seed)
    draw = random.Random(plan.seed)  # noqa: S311 (no secret is drawn)
    tokenizer = AutoTokenizer.from_pretrained(BASE)
    model = SpanModel(start).train()
    trained = [x for x in model.parameters() if x.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=plan.rate, weight_decay=DECAY, fused=True)
    others = rehearsal(known, draw) if known else None
    began, smooth, step = time.monotonic(), 0.0, 0
    for batch in steps(found, draw):
        done = max((step + 0.5) * QUESTIONS / len(found), (time.monotonic() - began) / 60 / plan.minutes)
        if done >= 1:
            break
        step += 1
        inputs, _, (tokens, wanted) = encode(tokenizer, [x for item in batch for x in item.typed(draw)])
        optimizer.param_groups[0]["lr"] = plan.rate * min(done / WARM_UP, (1 - done) / (1 - WARM_UP))
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(**inputs)
        loss = losses(logits.float(), tokens, wanted, batch)
        if others and step % REHEARSED == 0:
            loss = loss + passage_loss(model, tokenizer, next(others))
        descend(optimizer, loss)
        smooth += (loss.item() - smooth) * max(0.02, 1 / step)
        if step % 50 == 0:
            say(f"step {step}, {done:.3f} done, loss {smooth:.3f}, {time.monotonic() - began:.0f} s")
        if step % 500 == 0:
            write(model, out / f"step{step}.safetensors", seed=plan.seed, steps=step, finished=False, **how)
    write(model, out / "reader.safetensors", seed=plan.seed, steps=step, finished=True, **how)
    say(f"{step} steps, {(time.monotonic() - began) / 60:.1f} minutes")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and train."""
    p = arguments_of("Train a reader further, to choose among what a search finds.", rate=5e-5)
    p.add_argument("start", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--sets", nargs="+", type=Path, required=True)
    p.add_argument("--rough", nargs="+", type=Path, default=[], help="sets in which other sentences may answer too")
    p.add_argument("--beside", nargs="+", type=Path, default=[], help="sets that are read passage by passage")
    p.add_argument("--limit", type=int, default=4000, help="questions of each set (default: %(default)s)")
    p.add_argument("--minutes", type=float, default=math.inf, help="the schedule ends here at the latest")
    a = p.parse_args(arguments)
    torch.set_num_threads(a.threads)
    a.out.mkdir(parents=True, exist_ok=True)
    found: list[List] = []
    for folder in (*a.sets, *a.rough):
        found += lists(folder, a.limit, exact=folder in a.sets)
        say(f"{folder.name}: {len(found)} questions so far")
    names = [folder.name for folder in (*a.sets, *a.rough)]
    known = Sets(a.beside) if a.beside else None
    plan = Plan(a.minutes, a.rate, a.seed)
    train(a.start, found, known, a.out, plan, data=names, beside=[folder.name for folder in a.beside])


if __name__ == "__main__":
    main()
