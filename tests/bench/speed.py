"""Speed beside what one would write by hand, in one run: `python tests/bench/speed.py [--questions FILE] [PATH...]`.

FILE holds JSON lines, each with a "question"; without it, the passages themselves are asked about. The baseline is
sentence-transformers' `encode` and `faiss.IndexFlatIP` over the same passages, each library with its own defaults.
Ratios are what counts: both sides see the same machine, shared and noisy as it may be, and take turns.
"""

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import faiss
from sentence_transformers import SentenceTransformer

from index.models import packaged_folder
from qa import Chatbot, Settings

QUESTIONS = 60
PASSAGES = 400  # that the baseline encodes; its rate is what is compared


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--questions", type=Path)
    options = parser.parse_args()
    paths = options.paths or None
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        with Chatbot.open(paths, index=Path(folder) / "warm") as bot:  # loads the model and the libraries
            bot.search("warm-up")
        ready = time.perf_counter() - start
        ours, bot = timed(lambda: Chatbot.open(paths, index=Path(folder) / "index"))
        with bot:
            passages = [
                bot.text(d.source)[hit.start : hit.end]
                for d in bot.documents
                for hit in bot.search(d.title, k=1_000)
                if hit.source == d.source
            ]
            count = sum(d.passages for d in bot.documents)
            model = SentenceTransformer(str(packaged_folder()), device="cpu")
            model.encode("warm-up")
            chosen = passages[:PASSAGES]
            theirs, vectors = timed(lambda: model.encode(chosen, normalize_embeddings=True))
            index = faiss.IndexFlatIP(vectors.shape[1])
            index.add(vectors)
            again, _ = timed(bot.sync)
            questions = asked(options.questions) or [f"What is said of {text[:60]}?" for text in passages]
            questions = questions[:: max(1, len(questions) // QUESTIONS)][:QUESTIONS]
            settings = Settings(reader=False)
            with Chatbot.open(paths, index=Path(folder) / "index", settings=settings, sync=False) as quick:
                for ready_bot in (bot, quick):
                    ready_bot.ask(questions[0])  # loads the reader
                times = [
                    (
                        timed(lambda q=q: bot.ask(q))[0],
                        timed(lambda q=q: quick.ask(q))[0],
                        timed(lambda q=q: index.search(model.encode([q], normalize_embeddings=True), 10))[0],
                    )
                    for q in questions
                ]
    mine, without, naive = (statistics.median(1000 * one[side] for one in times) for side in range(3))
    record = {
        "machine": f"{platform.machine()}, {faiss.omp_get_max_threads()} threads",
        "versions": {name: version(name) for name in ("torch", "sentence-transformers", "faiss-cpu", "tantivy")},
        "command": " ".join(["python", *sys.argv]),
        "passages": count,
        "passage_tokens": Settings().passage_tokens,
        "first_open_with_model_s": round(ready, 2),
        "index_passages_per_s": round(count / ours, 1),
        "baseline_passages_per_s": round(len(chosen) / theirs, 1),
        "index_ratio": round((count / ours) / (len(chosen) / theirs), 2),
        "sync_of_unchanged_s": round(again, 3),
        "questions": len(times),
        "ask_p50_ms": round(mine, 1),
        "ask_without_reader_p50_ms": round(without, 1),
        "baseline_p50_ms": round(naive, 1),
        "latency_ratio": round(mine / naive, 2),
        "latency_ratio_without_reader": round(without / naive, 2),
    }
    print(json.dumps(record, indent=2))


def asked(file: Path | None) -> list[str]:
    return [json.loads(line)["question"] for line in file.read_text("utf-8").splitlines()] if file else []


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main()
