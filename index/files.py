"""Files that appear whole or not at all."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Let a function write a file under another name, then put it in its place; a crash leaves the old one.

    Args:
        path: the file to replace.
        write: is given the temporary path.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace a file by a record in JSON."""
    replace_file(path, lambda temporary: temporary.write_text(json.dumps(value), "utf-8"))


def read_json(path: Path) -> dict[str, Any]:
    """Return the record in a file; an empty one when the file is missing or damaged."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):  # the last: brackets without end
        return {}
    return value if isinstance(value, dict) else {}
