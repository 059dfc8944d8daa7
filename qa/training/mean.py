"""Write the weighted mean of readers that have come from the same start.

    python -m qa.training.mean OUT FILE=WEIGHT ...

FILE and OUT are `.safetensors` files as `qa.training.reader` writes them, each with its record beside it. Between the
weights before and after further training lie some that are nearly as good at what is new, and better at what was known
before (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
"""

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import load, save_file

from index.weights import read_weights


def weighed(text: str) -> tuple[Path, float]:
    """Read FILE=WEIGHT."""
    file, _, weight = text.rpartition("=")
    return Path(file), float(weight)


def write_mean(out: Path, files: Mapping[Path, float]) -> None:
    """Write the mean of some readers, 16 bits, and its record.

    Args:
        out: the file to write.
        files: each with its weight; these count relative to their sum.

    Raises:
        ModelError: a file is missing, damaged, or not what its record says.
        ValueError: the files do not have the same parts, or not the same word embeddings.
    """
    read = [(*read_weights(path, "train it again with qa.training.reader"), weight) for path, weight in files.items()]
    if len({record["word_embeddings_sha256"] for _, record, _ in read}) != 1:
        raise ValueError("these readers were trained with different word embeddings")
    total = sum(files.values())
    mean: dict[str, torch.Tensor] = {}
    for content, _, weight in read:
        state = load(content)
        if mean and state.keys() != mean.keys():
            raise ValueError("these readers do not have the same parts")
        for name, values in state.items():
            mean[name] = mean.get(name, torch.zeros(values.shape)) + weight / total * values.float()
    out.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: values.half().contiguous() for name, values in mean.items()}, out)
    parts = [{"sha256": record["sha256"], "weight": weight / total, **record["trained"]} for _, record, weight in read]
    record = {
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "word_embeddings_sha256": read[0][1]["word_embeddings_sha256"],
        "trained": {"mean_of": parts},
    }
    out.with_suffix(".json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the arguments and write the mean."""
    p = argparse.ArgumentParser(description="Write the weighted mean of readers.")
    p.add_argument("out", type=Path)
    p.add_argument("files", nargs="+", type=weighed, metavar="FILE=WEIGHT")
    a = p.parse_args(arguments)
    write_mean(a.out, dict(a.files))


if __name__ == "__main__":
    main()
