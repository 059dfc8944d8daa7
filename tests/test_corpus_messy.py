"""Fifty real and hostile files behave as their manifest says, where they are at hand; none is part of the project."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.records import Failure, Limits
from corpus.sandbox import Reading, Sandbox
from corpus.walk import walk

MESSY = Path(__file__).parents[2] / "shared/data/messy"
SECONDS = 60  # for one file; the slowest takes one
MEGABYTES = 1_000  # resident in the reading process; it takes 100

if not (MESSY / "manifest.jsonl").exists():
    pytest.skip("the messy files are not at hand (../shared/data/messy)", allow_module_level=True)

ROWS = [json.loads(line) for line in (MESSY / "manifest.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits()) as reading:
        yield reading


def read(sandbox: Sandbox, path: Path) -> Reading:
    (file,) = walk([path], Limits())
    if isinstance(file, Failure):
        return file
    ((_, reading),) = sandbox.read([file])
    return reading


def folded(text: str) -> str:
    return " ".join(text.split())


def peak_megabytes(sandbox: Sandbox) -> float:
    process = sandbox._children[0]._process
    status = Path(f"/proc/{process.pid}/status") if process else None
    if status is None or not status.exists():
        return 0.0
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_messy_file_behaves_as_its_manifest_says(row: dict[str, Any], sandbox: Sandbox):
    path = MESSY / "files" / row["file"]
    start = time.monotonic()
    reading = read(sandbox, path)
    assert time.monotonic() - start < SECONDS
    assert peak_megabytes(sandbox) < MEGABYTES
    if isinstance(reading, Failure):
        assert row["outcome"] in {"error", "no_text", "either"}, reading.reason
        assert reading.source == str(path)
        assert len(reading.reason) > 10
        assert "Traceback" not in reading.reason
        return
    assert row["outcome"] in {"text", "either"}
    text = folded("\n".join(document.text for document in reading))
    assert text
    for expected in row["contains"]:
        assert folded(expected) in text
    for unwanted in row.get("absent", ()):
        assert unwanted not in text
