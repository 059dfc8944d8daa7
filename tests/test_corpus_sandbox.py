"""A file is read in a child process, which no file can turn against the others."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import hear_ctrl_c
from pdf_maker import column, make_pdf

from corpus import child, sandboxed
from corpus.errors import DocumentLimitError, SettingError
from corpus.records import Document, Failure, File, Limits, Page, Section
from corpus.sandbox import Sandbox
from corpus.views import Image, Layout, Mark, Picture, Sheets


def write(path: Path, text: str = "The tower is 93 metres high.") -> File:
    path.write_text(text, "utf-8")
    return File(str(path), path, path.stat().st_size, 0)


def pipe(path: Path) -> File:
    """A file whose reading never ends: nobody writes into the pipe."""
    os.mkfifo(path)
    return File(str(path), path, 1, 0)


def text_of(reading: object) -> str:
    assert isinstance(reading, tuple), reading
    return reading[0].text


def reason_of(reading: object) -> str:
    assert isinstance(reading, Failure), reading
    return reading.reason


def test_files_come_in_order_with_their_documents(tmp_path: Path):
    files = [write(tmp_path / f"{number}.txt", f"Note {number}.") for number in range(9)]
    with Sandbox(Limits(), workers=2) as sandbox:
        found = list(sandbox.read(files))
    assert [file for file, _ in found] == files
    assert [text_of(reading) for _, reading in found] == [f"Note {number}." for number in range(9)]


def test_a_document_crosses_the_pipe_unchanged(tmp_path: Path):
    text = "# Größe\n\n文書 😀 naïve.\n\n# Zwei\n\nEnde."
    file = write(tmp_path / "a.md", text)
    with Sandbox(Limits()) as sandbox:
        ((_, reading),) = sandbox.read([file])
    assert reading == (
        Document(
            str(tmp_path / "a.md"),
            "Größe",
            "Größe\n\n文書 😀 naïve.\n\nZwei\n\nEnde.",
            "markdown",
            (),
            (Section("Größe", 1, 0, 7), Section("Zwei", 1, 20, 26)),
        ),
    )


def test_a_failure_stops_nothing(tmp_path: Path):
    bad = write(tmp_path / "bad.pdf", "no PDF")
    good = write(tmp_path / "good.txt")
    with Sandbox(Limits()) as sandbox:
        (_, first), (_, second) = sandbox.read([bad, good])
    assert first == Failure(bad.source, reason_of(first))
    assert text_of(second) == "The tower is 93 metres high."


def test_one_process_reads_many_files(tmp_path: Path):
    files = [write(tmp_path / f"{number}.txt") for number in range(3)]
    with Sandbox(Limits()) as sandbox:
        pids = set()
        for _ in sandbox.read(files):
            process = sandbox._children[0]._process
            assert process is not None
            pids.add(process.pid)
    assert len(pids) == 1


def test_reading_is_only_a_little_ahead_of_the_consumer(tmp_path: Path):
    taken = []

    def files() -> Iterator[File]:
        for number in range(50):
            taken.append(number)
            yield write(tmp_path / f"{number}.txt")

    with Sandbox(Limits()) as sandbox:
        next(sandbox.read(files()))
        assert 1 < len(taken) < 6


def test_a_reading_that_takes_too_long_is_ended_and_the_next_file_read(tmp_path: Path):
    with Sandbox(Limits(wall_seconds=1)) as sandbox:
        (_, slow), (_, next_one) = sandbox.read([pipe(tmp_path / "pipe.txt"), write(tmp_path / "a.txt")])
    assert reason_of(slow) == "it took longer than 1 seconds to read, the limit; split it into smaller files"
    assert text_of(next_one) == "The tower is 93 metres high."


def test_processor_time_is_counted_for_each_file_afresh(tmp_path: Path):
    slow = write(tmp_path / "slow.md", "*a **b _c_ `d` [e](f) " * 400_000)
    quick = [write(tmp_path / f"{number}.txt") for number in range(3)]
    with Sandbox(Limits(cpu_seconds=1)) as sandbox:
        readings = [reading for _, reading in sandbox.read([*quick, slow, *quick])]
    assert reason_of(readings[3]) == (
        "it took more than 1 seconds of processor time, the limit; split it into smaller files"
    )
    assert [text_of(reading) for reading in (*readings[:3], *readings[4:])] == ["The tower is 93 metres high."] * 6


def test_a_file_that_needs_too_much_memory_is_refused_and_the_next_read(tmp_path: Path):
    large = write(tmp_path / "large.txt", "a" * 100 * 2**20 + "😀")
    with Sandbox(Limits(memory_bytes=2**20, text_characters=2**30)) as sandbox:
        (_, first), (_, second) = sandbox.read([large, write(tmp_path / "a.txt")])
    assert reason_of(first) == "it needs more than 1 MB of memory, the limit; split it into smaller files"
    assert text_of(second) == "The tower is 93 metres high."


def test_a_child_that_crashes_is_replaced(tmp_path: Path):
    with Sandbox(Limits()) as sandbox:
        readings = sandbox.read([write(tmp_path / "a.txt"), pipe(tmp_path / "pipe.txt"), write(tmp_path / "b.txt")])
        next(readings)
        process = sandbox._children[0]._process
        assert process is not None
        os.kill(process.pid, signal.SIGSEGV)
        crashed = reason_of(next(readings)[1])
        assert crashed.startswith("its reader crashed (signal 11): it is damaged, or it needs more than 2,048 MB")
        assert text_of(next(readings)[1]) == "The tower is 93 metres high."


def test_leaving_early_ends_the_children(tmp_path: Path):
    start = time.monotonic()
    with Sandbox(Limits(), workers=2) as sandbox:
        readings = sandbox.read([write(tmp_path / "a.txt"), pipe(tmp_path / "p1.txt"), pipe(tmp_path / "p2.txt")])
        next(readings)
        processes = [child._process for child in sandbox._children]
    assert time.monotonic() - start < 30
    assert all(process is None or process.poll() is not None for process in processes)
    assert reason_of(next(readings)[1]) == "the reading was stopped"


def test_a_closed_sandbox_reads_nothing(tmp_path: Path):
    handle = child.Child(Limits())
    handle.close()
    assert reason_of(handle.read(write(tmp_path / "a.txt"))) == "the reading was stopped"


def test_at_least_one_worker():
    with pytest.raises(SettingError, match="at least 1 worker, not 0"):
        Sandbox(Limits(), workers=0)


def test_a_reading_that_is_given_up_leaves_the_sandbox_usable(tmp_path: Path):
    files = [write(tmp_path / f"{number}.txt") for number in range(8)]
    with Sandbox(Limits()) as sandbox:
        readings = sandbox.read(files)
        next(readings)
        readings.close()  # type: ignore[attr-defined]
        assert len(list(sandbox.read(files))) == 8


def test_the_child_is_light_and_quick(tmp_path: Path):
    code = (
        "import sys, corpus.sandboxed, corpus.read\n"
        "heavy = {'torch', 'gradio', 'numpy', 'lxml', 'docx', 'pptx', 'openpyxl', 'pypdfium2', 'markdown_it'}\n"
        "sys.exit(str(heavy & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], capture_output=True, check=False)
    assert done.stderr in {b"", b"\n"}


def test_nothing_in_the_folder_that_it_starts_in_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "json.py").write_text("raise SystemExit('taken over')")
    (tmp_path / "email.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *[path for path in sys.path if path != str(Path(__file__).parents[1])]])
    file = write(tmp_path / "a.eml", "From: a@b.c\nSubject: Hi\n\nThe tower is 93 metres high.\n")
    with Sandbox(Limits()) as sandbox:
        ((_, reading),) = sandbox.read([file])
    assert "The tower is 93 metres high." in text_of(reading)


def test_ctrl_c_ends_the_children_without_a_word_from_them(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.txt")
    code = (
        "import sys\nfrom pathlib import Path\nfrom corpus import File, Limits, Sandbox\n"
        "path = Path(sys.argv[1])\n"
        "with Sandbox(Limits()) as sandbox:\n"
        "    readings = sandbox.read([File('x', path / 'a.txt', 1, 0), File('p', path / 'pipe.txt', 1, 0)])\n"
        "    next(readings)\n"
        "    print(sandbox._children[0]._process.pid, flush=True)\n"
        "    try:\n        next(readings)\n    except KeyboardInterrupt:\n        sys.exit(130)\n"
    )
    write(tmp_path / "a.txt")
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=hear_ctrl_c,
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.send_signal(signal.SIGINT)
        _, said = parent.communicate(timeout=20)
    assert (parent.returncode, said) == (130, b"")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


# The child's side, in this process: what it answers, and what it limits.


def serve(monkeypatch: pytest.MonkeyPatch, lines: list[bytes]) -> list[dict[str, object]]:
    answers = io.BytesIO()
    monkeypatch.setattr(sandboxed, "_private_pipes", lambda: (io.BytesIO(b"".join(lines)), answers))
    monkeypatch.setattr(sandboxed, "_limit_memory", lambda size: None)
    monkeypatch.setattr(sandboxed, "_limit_cpu", lambda seconds: None)
    monkeypatch.setitem(sys.modules, "numpy", sys.modules.get("numpy"))
    sandboxed.serve()
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def test_the_child_answers_a_line_for_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    good, bad = write(tmp_path / "a.txt"), write(tmp_path / "b.pdf", "no PDF")
    lines = [sandboxed.pack_limits(Limits()), sandboxed.pack_request(good), sandboxed.pack_request(bad)]
    first, second = serve(monkeypatch, lines)
    assert first["documents"][0]["text"] == "The tower is 93 metres high."  # type: ignore[index]
    assert second["source"] == bad.source
    assert not first["leaving"]
    assert not second["leaving"]


def test_the_child_shows_pages_between_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.pdf"
    path.write_bytes(make_pdf([column("The tower is 93 metres high.")]))
    file = File(str(path), path, 1, 0)
    asked = [Layout(1, 3, (Mark(1, "The tower is 93 metres high.", 4, 9),)), Picture(1), Picture(2), None]
    lines = [sandboxed.pack_limits(Limits()), *[sandboxed.pack_request(file, view) for view in asked]]
    layout, picture, beyond, reading = [
        sandboxed.unpack_answer(json.dumps(line).encode()).result for line in serve(monkeypatch, lines)
    ]
    assert isinstance(layout, Sheets)
    assert (layout.count, len(layout.sheets), len(layout.sheets[0].marks)) == (1, 1, 1)
    assert isinstance(picture, Image)
    assert picture.png.startswith(b"\x89PNG")
    assert reason_of(beyond) == "it has no page 2; its pages are 1 to 1"
    assert text_of(reading) == "The tower is 93 metres high."


def test_the_child_leaves_when_memory_ran_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def exhausted(file: File, limits: Limits) -> tuple[Document, ...]:
        raise DocumentLimitError("too much") from MemoryError()

    monkeypatch.setattr("corpus.read.read_file", exhausted)
    request = sandboxed.pack_request(write(tmp_path / "a.txt"))
    assert serve(monkeypatch, [sandboxed.pack_limits(Limits()), request, request]) == [
        {"source": str(tmp_path / "a.txt"), "reason": "too much", "leaving": True}
    ]


def test_the_child_leaves_when_it_has_swollen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sizes = iter([0, 2**40])
    monkeypatch.setattr(sandboxed, "_address_space", lambda: next(sizes))
    request = sandboxed.pack_request(write(tmp_path / "a.txt"))
    (answer,) = serve(monkeypatch, [sandboxed.pack_limits(Limits()), request, request])
    assert answer["leaving"]


def test_odd_strings_survive_the_messages():
    file = File("a\udce9\u2028\n.txt", Path("/a\udce9.txt"), 1, 2)
    line = sandboxed.pack_request(file)
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"source": file.source, "path": str(file.path), "size": 1, "modified_ns": 2}


def test_an_answer_is_unpacked_into_records():
    document = {
        "source": "s",
        "title": "t",
        "text": "abc",
        "format": "pdf",
        "pages": [{"number": 1, "start": 0, "end": 3}],
        "sections": [{"title": "h", "level": 1, "start": 0, "body": 0}],
        "notes": ["n"],
    }
    line = json.dumps({"documents": [document], "leaving": True}).encode()
    expected = Document("s", "t", "abc", "pdf", (Page(1, 0, 3),), (Section("h", 1, 0, 0),), ("n",))
    assert sandboxed.unpack_answer(line) == sandboxed.Answer((expected,), leaving=True)


def test_limits_are_counted_from_what_is_used_already(monkeypatch: pytest.MonkeyPatch):
    asked = {}
    fake = SimpleNamespace(
        RLIMIT_CORE="core",
        RLIMIT_AS="memory",
        RLIMIT_CPU="cpu",
        RUSAGE_SELF=0,
        getrlimit=lambda what: (5, 1000),
        setrlimit=lambda what, limits: asked.update({what: limits}),
        getrusage=lambda who: SimpleNamespace(ru_utime=3.5, ru_stime=0.2),
    )
    monkeypatch.setitem(sys.modules, "resource", fake)
    sandboxed._limit_memory(77)
    sandboxed._limit_cpu(60)
    assert asked == {"core": (0, 0), "memory": (77, 1000), "cpu": (64, 1000)}


def test_the_pipes_are_taken_from_standard_input_and_output():
    code = (
        "import os, sys\nfrom corpus import sandboxed\nrequests, answers = sandboxed._private_pipes()\n"
        "print('lost')\nanswers.write(requests.readline())\nanswers.close()\nassert os.read(0, 9) == b''"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, input=b"kept\n", capture_output=True, check=True)
    assert done.stdout == b"kept\n"


def test_limits_are_set_in_a_process_of_their_own():
    code = (
        "import resource\nfrom corpus import sandboxed\n"
        "sandboxed._limit_memory(3 * 2**30)\nsandboxed._limit_cpu(7)\n"
        "assert resource.getrlimit(resource.RLIMIT_AS)[0] == 3 * 2**30\n"
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\n"
        "assert 7 <= resource.getrlimit(resource.RLIMIT_CPU)[0] <= 9\n"
        "assert sandboxed._address_space() > 2**20\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], check=True)


def test_a_system_without_such_limits_is_borne(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    sandboxed._limit_memory(1)
    sandboxed._limit_cpu(1)
    monkeypatch.setattr(Path, "read_text", lambda self, encoding: "nonsense")
    assert sandboxed._address_space() == 0
