"""Train the encoder's adapter: low-rank changes to the packaged model, for late interaction.

    python -m qa.training.encoder DATA FOLDER [--sets NAME ...] [--start FILE] [--epochs 1] [--rate 4e-4] [--seed 0]

DATA holds a folder a set, with `documents.jsonl` and `questions.jsonl`; FOLDER receives `adapter.safetensors` and its
record `adapter.json`. The shipped adapter comes from `squadshifts_new_wiki`, `squad2_devhalf` (those of
`qa.training.reader`) and questions that `qa.training.headings` makes. XQuAD is kept for measuring, never among them.

Question and passages go through the same model. The loss is the cross entropy, over the sentences of all passages of a
batch, of the score that `index.search` ranks them by, plus a share of that over the passages' vectors. A batch has each
question's passage and passages that our own search finds for it and that do not answer it.
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

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import normalize
from transformers import AutoTokenizer, BertModel

from index.adapter import LAYERS
from index.late import tokens_of_each
from index.models import PACKAGED_SHA256, packaged_folder
from index.search import Weights
from index.stopwords import token_weights
from qa.training import arguments_of, say
from qa.training.encoder_examples import NEGATIVES, Example, examples, varied

RANK = 16
BATCH = 12  # questions
AT_ONCE = 12  # texts of like length in one pass
MAX_TOKENS = 256
DROPOUT = 0.05
NO_CONTEXT = 0.15  # share of passages that are read without title and headings
WARM_UP = 60  # steps
DENSE = 0.3  # weight of the loss over the passages' vectors
CLIP = 1.0
CHECKPOINT = 200  # steps after which what there is, is written: a run that is stopped is not lost


class LowRank(torch.nn.Module):
    """A linear layer that stays as it is, and a low-rank change to it that is trained."""

    def __init__(self, linear: Any) -> None:
        super().__init__()
        self.linear = linear
        self.A = torch.nn.Parameter(torch.randn(RANK, linear.in_features) / math.sqrt(linear.in_features))
        self.B = torch.nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (..., outputs)."""
        changed: torch.Tensor = self.linear(x) + (x @ self.A.T) @ self.B.T
        return changed


@dataclass(frozen=True, slots=True)
class Tokens:
    """Unit vectors of a text's tokens, (n, dimension), and where in it they stand, (n, 2)."""

    vectors: torch.Tensor
    spans: npt.NDArray[np.int32]


class AdaptedEncoder(torch.nn.Module):
    """The packaged model, its linear layers changed; and the temperatures of the two losses.

    Args:
        start: changes to begin with, as `write` leaves them; without, they begin with none.
    """

    def __init__(self, start: Path | None = None) -> None:
        super().__init__()
        folder = packaged_folder()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.bert = BertModel.from_pretrained(folder, add_pooling_layer=False)
        self.bert.requires_grad_(requires_grad=False)
        for layer in self.bert.encoder.layer:
            for name in LAYERS:
                layer.set_submodule(name, LowRank(layer.get_submodule(name)))
        if start:
            changes = load_file(start)
            for key, parameter in self.changes():
                parameter.data.copy_(changes[key])
        for module in self.bert.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = DROPOUT
        self.temperatures = torch.nn.Parameter(torch.tensor([0.04, 0.05]).log())

    def changes(self) -> Iterator[tuple[str, torch.nn.Parameter]]:
        """Yield what is trained of the layers, by the names that `index.adapter` reads."""
        for number, layer in enumerate(self.bert.encoder.layer):
            for name in LAYERS:
                for side in "AB":
                    yield f"{number}.{name}.{side}", getattr(layer.get_submodule(name), side)

    def encode(self, texts: Sequence[str], contexts: Sequence[str]) -> tuple[list[Tokens], torch.Tensor]:
        """Return each text's tokens, and (texts, dimension) unit vectors; as `index.encoder` makes them."""
        order = sorted(range(len(texts)), key=lambda n: -len(contexts[n]) - len(texts[n]))
        tokens, vectors = dict[int, Tokens](), dict[int, torch.Tensor]()
        for first in range(0, len(order), AT_ONCE):
            chosen = order[first : first + AT_ONCE]
            batch = self.tokenizer(
                [contexts[n] + texts[n] for n in chosen],
                padding=True,
                truncation=True,
                max_length=MAX_TOKENS,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
            offsets = batch.pop("offset_mapping").numpy()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                states = self.bert(**batch).last_hidden_state
            states, mask = states.float(), batch["attention_mask"][:, :, None]
            pooled = normalize((states * mask).sum(1) / mask.sum(1), dim=-1)
            for row, n in enumerate(chosen):
                places = offsets[row]
                kept = (places[:, 1] > places[:, 0]) & (places[:, 0] >= len(contexts[n]))
                spans = (places[kept] - len(contexts[n])).astype(np.int32)
                tokens[n] = Tokens(normalize(states[row][torch.from_numpy(kept)], dim=-1), spans)
                vectors[n] = pooled[row]
        return [tokens[n] for n in range(len(texts))], torch.stack([vectors[n] for n in range(len(texts))])


def loss_of(model: AdaptedEncoder, batch: Sequence[Example], draw: random.Random) -> torch.Tensor:
    """Return the mean loss of a batch of examples."""
    drawn = [example.drawn(draw) for example in batch]
    found = [example.found[n] for example, places in zip(batch, drawn, strict=True) for n in places]
    contexts = [f"{c.passage.context}\n" if draw.random() > NO_CONTEXT else "\n" for c in found]
    passages, vectors = model.encode([c.passage.text for c in found], contexts)
    questions = [varied(example.question, draw) for example in batch]
    asked, wanted = model.encode(questions, [""] * len(batch))

    counts = [
        tokens_of_each(tokens.spans, candidate.passage.start, candidate.passage.sentences)
        for tokens, candidate in zip(passages, found, strict=True)
    ]
    lengths = np.concatenate(counts)
    seen = torch.from_numpy(lengths > 0)
    owner = torch.from_numpy(np.repeat(np.arange(len(found)), [len(c) for c in counts]))[seen]
    cosines = torch.cat([p.vectors for p in passages]) @ torch.cat([q.vectors for q in asked]).T
    best = torch.segment_reduce(cosines, "max", lengths=torch.from_numpy(lengths[lengths > 0]), axis=0)
    columns = iter(torch.split(best, [len(q.spans) for q in asked], dim=1))

    sharp, dense = (-model.temperatures).exp()
    total = torch.zeros(())
    for n, (example, places) in enumerate(zip(batch, drawn, strict=True)):
        own = range(n * (1 + NEGATIVES), (n + 1) * (1 + NEGATIVES))
        weights = torch.from_numpy(token_weights(questions[n], asked[n].spans))
        late = next(columns) @ (weights / weights.sum())
        coverage = torch.tensor([found[at].coverage if at in own else 0.0 for at in range(len(found))])
        overlap, gold = ([np.zeros(len(c), kind) for c in counts] for kind in (np.float32, np.bool_))
        for at, place in zip(own, places, strict=True):
            overlap[at], gold[at] = example.found[place].overlap, example.gold[place]
        scores = _ranked(late, owner, coverage, torch.from_numpy(np.concatenate(overlap))[seen])
        right = torch.from_numpy(np.concatenate(gold))[seen]
        if not right.any():  # the answer stands behind what the model reads
            continue
        # Another example's copy of a passage that this one has, or of one that answers it, is no negative.
        held = {example.found[place].passage.text for place in {*places, *example.answering}}
        twice = torch.tensor([at not in own and c.passage.text in held for at, c in enumerate(found)])
        scores = (scores * sharp).masked_fill(twice[owner], -1e4)
        near = ((vectors @ wanted[n]) * dense).masked_fill(twice, -1e4)
        total = total + scores.logsumexp(0) - scores[right].logsumexp(0)
        total = total + DENSE * (near.logsumexp(0) - near[own[0]])
    return total / len(batch)


def _ranked(late: torch.Tensor, owner: torch.Tensor, coverage: torch.Tensor, overlap: torch.Tensor) -> torch.Tensor:
    """Return what sentences are ranked by; see `index.search.Weights`."""
    weights = Weights()
    best = torch.full_like(coverage, -1.0).scatter_reduce(0, owner, late, "amax")
    return late + weights.passage * (best + weights.coverage * coverage)[owner] + weights.overlap * overlap


def train(
    found: Sequence[Example], epochs: float, rate: float, seed: int, start: Path | None = None
) -> Iterator[tuple[AdaptedEncoder, int]]:
    """Yield the model and the steps so far, after every CHECKPOINT of them and after the last.

    The learning rate rises for WARM_UP steps, then falls to 0.
    """
    torch.manual_seed(seed)
    draw = random.Random(seed)  # noqa: S311 (no secret is drawn)
    model = AdaptedEncoder(start).train()
    changes = [parameter for _, parameter in model.changes()]
    groups = [{"params": changes, "lr": rate}, {"params": [model.temperatures], "lr": 1e-3, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    peaks = [group["lr"] for group in optimizer.param_groups]
    size = min(BATCH, len(found))
    steps = max(1, int(len(found) * epochs / size))
    began, smooth, left = time.monotonic(), 0.0, list[Example]()
    for step in range(steps):
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * min(1.0, (step + 1) / WARM_UP) * (1 - step / steps)
        if len(left) < size:
            left = draw.sample(found, len(found))
        batch, left = left[:size], left[size:]
        loss = loss_of(model, batch, draw)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(changes, CLIP)
        optimizer.step()
        smooth = 0.98 * smooth + 0.02 * loss.item() if smooth else loss.item()
        if (step + 1) % 50 == 0:
            say(f"step {step + 1} of {steps}, loss {smooth:.3f}, {time.monotonic() - began:.0f} s")
        if (step + 1) % CHECKPOINT == 0 or step + 1 == steps:
            yield model, step + 1


def write(model: AdaptedEncoder, path: Path, **how: Any) -> None:
    """Write the changes in 16 bits, and the record that `index.adapter` checks."""
    save_file({key: parameter.detach().half().contiguous() for key, parameter in model.changes()}, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    record = {"sha256": digest, "model_sha256": PACKAGED_SHA256, "trained": how}
    path.with_suffix(".json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and train."""
    p = arguments_of("Train the encoder's adapter.", rate=4e-4)
    p.add_argument("data", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("--sets", nargs="+", default=["squad2_devhalf", "squadshifts_new_wiki", "headings"])
    p.add_argument("--start", type=Path, help="changes to train further")
    p.add_argument("--epochs", type=float, default=1.0)
    a = p.parse_args(arguments)
    torch.set_num_threads(a.threads)
    found = [example for name in a.sets for example in examples(a.data / name)]
    say(f"{len(found)} examples")
    a.out.mkdir(parents=True, exist_ok=True)
    began_with = hashlib.sha256(a.start.read_bytes()).hexdigest() if a.start else None
    how = {"start": began_with, "data": a.sets, "seed": a.seed, "rate": a.rate}
    for model, steps in train(found, a.epochs, a.rate, a.seed, a.start):
        write(model, a.out / "adapter.safetensors", **how, steps=steps)
    say(f"{steps} steps")


if __name__ == "__main__":
    main()
