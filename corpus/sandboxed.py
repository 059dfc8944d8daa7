"""The child's side of the sandbox: read or show one file a line, under limits; and the messages of both sides.

A message is a line of ASCII JSON, in which any string survives, lone surrogates of odd file names included.
"""

import json
import os
import sys
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from corpus.errors import DocumentError
from corpus.records import Document, Failure, File, Limits, Page, Section
from corpus.views import Image, Layout, Mark, Picture, Rectangle, Seen, Sheet, Sheets, View

Reading = tuple[Document, ...] | Failure

# Address space that the libraries of all readers together take before they read anything, with room to spare.
_READERS_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child says: what was asked for, and whether it ends after it, to be replaced by a fresh one."""

    result: Reading | Seen
    leaving: bool


def pack_limits(limits: Limits) -> bytes:
    """Return the first line that a child is sent."""
    return _line(asdict(limits))


def pack_request(file: File, view: View | None = None) -> bytes:
    """Return the line that asks for a file's documents, or for a view of its pages."""
    asked = {"view": {"kind": type(view).__name__, **asdict(view)}} if view else {}
    return _line({**asdict(file), "path": os.fspath(file.path), **asked})


def unpack_answer(line: bytes) -> Answer:
    """Return what a line of the child says.

    Raises:
        ValueError, LookupError, TypeError: it is no answer; the child has died, or something speaks in its place.
    """
    message = json.loads(line)
    if "reason" in message:
        return Answer(Failure(message["source"], message["reason"]), message["leaving"])
    if "png" in message:
        return Answer(Image(b64decode(message["png"])), message["leaving"])
    if "sheets" in message:
        return Answer(Sheets(message["count"], tuple(map(_sheet, message["sheets"]))), message["leaving"])
    return Answer(tuple(_document(document) for document in message["documents"]), message["leaving"])


def serve() -> None:
    """Answer requests on standard input until it ends."""
    requests, answers = _private_pipes()
    # openpyxl takes numpy along where it finds it, at the price of time and of much address space.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    limits = Limits(**json.loads(requests.readline()))
    at_start = _address_space()
    _limit_memory(at_start + _READERS_BYTES + limits.memory_bytes)
    for line in requests:
        request = json.loads(line)
        _limit_cpu(limits.cpu_seconds)
        view = request.pop("view", None)
        file = File(**{**request, "path": Path(request["path"])})
        message = _look(file, _view(view)) if view else _read(file, limits)
        swollen = _address_space() - at_start > _READERS_BYTES + limits.memory_bytes // 4
        message["leaving"] = message["leaving"] or swollen
        answers.write(_line(message))
        answers.flush()
        if message["leaving"]:
            return


def _read(file: File, limits: Limits) -> dict[str, Any]:
    from corpus.read import read_file

    try:
        documents = read_file(file, limits)
    except DocumentError as error:
        return {"source": file.source, "reason": str(error), "leaving": isinstance(error.__cause__, MemoryError)}
    return {"documents": [asdict(document) for document in documents], "leaving": False}


def _look(file: File, view: View) -> dict[str, Any]:
    from corpus.formats.pdf_view import look

    try:
        seen = look(file, view)
    except DocumentError as error:
        return {"source": file.source, "reason": str(error), "leaving": isinstance(error.__cause__, MemoryError)}
    if isinstance(seen, Image):
        return {"png": b64encode(seen.png).decode("ascii"), "leaving": False}
    return {**asdict(seen), "leaving": False}


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode("ascii") + b"\n"


def _document(fields: dict[str, Any]) -> Document:
    return Document(
        source=fields["source"],
        title=fields["title"],
        text=fields["text"],
        format=fields["format"],
        pages=tuple(Page(**page) for page in fields["pages"]),
        sections=tuple(Section(**section) for section in fields["sections"]),
        notes=tuple(fields["notes"]),
    )


def _view(fields: dict[str, Any]) -> View:
    if fields.pop("kind") == Picture.__name__:
        return Picture(**fields)
    return Layout(**{**fields, "marks": tuple(Mark(**mark) for mark in fields["marks"])})


def _sheet(fields: dict[str, Any]) -> Sheet:
    return Sheet(**{**fields, "marks": tuple(Rectangle(**mark) for mark in fields["marks"])})


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Take the two pipes away from standard input and output, where a library could write into them."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return requests, answers


def _address_space() -> int:
    """Return the bytes of address space in use, or 0 where the system doesn't say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the clock's still holds
        return
    with suppress(ValueError, OSError):  # macOS refuses some
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size, most))


def _limit_cpu(seconds: int) -> None:
    """Allow this much more processor time from now on: the limit counts from the process's start."""
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    with suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + 1 + seconds, most))
