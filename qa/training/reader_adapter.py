"""Write what further training has changed in a reader, as an adapter: low-rank changes, and only a share of them.

    python -m qa.training.reader_adapter START OUT FILE ... [--share 0.9] [--rank 64]

START and each FILE are `.safetensors` files as `qa.training.reader` and `qa.training.ranking` write them, the FILEs
trained from START, with different seeds. OUT is what `index.adapter` adds to START: a share of the mean change of the
FILEs, that to its linear layers cut to a rank by its singular values, that to its vectors and its head as it is.

Between the weights before and after further training lie some that are as good at what is new as those after, and at
what was known as those before (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"). And a change of low
rank is a small file beside a large one that stays as it is.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load, save_file

from index.adapter import HEAD, LAYERS
from index.weights import read_weights

REMEDY = "train it again with qa.training.reader"


def low_rank(change: torch.Tensor, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return A, (rank, inputs), and B, (outputs, rank), so that B A is nearest to a change (Eckart and Young 1936)."""
    left, values, right = torch.linalg.svd(change, full_matrices=False)
    root = values[:rank].sqrt()
    return root[:, None] * right[:rank], left[:, :rank] * root


def write_adapter(start: Path, out: Path, files: Sequence[Path], share: float, rank: int) -> None:
    """Write a reader's adapter, 16 bits, and its record.

    Args:
        start: the weights that it is for.
        out: the file to write.
        files: what came out of training them further; at least one.
        share: of their mean change, 0..1.
        rank: of the change to each linear layer.

    Raises:
        ModelError: a file is missing, damaged, or not what its record says.
    """
    content, before = read_weights(start, REMEDY)
    trained = [read_weights(path, REMEDY) for path in files]
    weights, others = load(content), [load(each) for each, _ in trained]
    mean = {key: torch.stack([other[key].float() for other in others]).mean(0) for key in weights}
    change = {key: share * (mean[key] - weights[key].float()) for key in weights}
    changes = {key: x for key, x in change.items() if x.ndim == 1 or key.startswith(HEAD)}
    for name in (f"{number}.{layer}" for number in range(6) for layer in LAYERS):
        for side, values in zip("AB", low_rank(change[f"encoder.layer.{name}.weight"], rank), strict=True):
            changes[f"{name}.{side}"] = values
    out.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: values.half().contiguous() for key, values in changes.items()}, out)
    record = {
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "reader_sha256": before["sha256"],
        "share": share,
        "rank": rank,
        "mean_of": [after for _, after in trained],
    }
    out.with_suffix(".json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and write the adapter."""
    p = argparse.ArgumentParser(description="Write what further training has changed in a reader, as an adapter.")
    p.add_argument("start", type=Path)
    p.add_argument("out", type=Path)
    p.add_argument("files", nargs="+", type=Path)
    p.add_argument("--share", type=float, default=0.9, help="of the change (default: %(default)s)")
    p.add_argument("--rank", type=int, default=64, help="of the change to each layer (default: %(default)s)")
    a = p.parse_args(arguments)
    write_adapter(a.start, a.out, a.files, a.share, a.rank)


if __name__ == "__main__":
    main()
