"""Files that came through the page: kept in a folder of the index, and read from there like any others."""

import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from corpus.kinds import SUFFIXES

FILES_AT_ONCE = 100
BYTES_AT_ONCE = 500 * 2**20
_NAME_BYTES = 200
_REMOVED = ".removed"  # a folder whose name begins with a dot is not read


class Uploads:
    """The uploaded files of one index.

    Args:
        folder: the folder of the index.
        file_bytes: size of a file, at the most.
    """

    def __init__(self, folder: Path, file_bytes: int) -> None:
        self.folder = folder / "uploads"
        self.arriving = folder / "arriving"
        self.file_bytes = file_bytes

    @property
    def limits(self) -> str:
        """What may be uploaded, for people."""
        kinds = ", ".join(suffix.removeprefix(".") for suffix in SUFFIXES)
        return (
            f"Up to {FILES_AT_ONCE} files at once, {self.file_bytes / 2**20:,.0f} MB each, "
            f"{BYTES_AT_ONCE / 2**20:,.0f} MB together: {kinds}."
        )

    def tidy(self) -> None:
        """Delete what was removed before, and what arrived and was never taken in; make room for what will arrive."""
        for folder in (self.folder / _REMOVED, self.arriving):
            shutil.rmtree(folder, ignore_errors=True)
        self.arriving.mkdir(mode=0o700, parents=True, exist_ok=True)

    def take_in(self, files: Sequence[tuple[str, Path]]) -> tuple[list[str], list[str]]:
        """Keep files that have arrived; one takes the place of an older one of its name.

        Args:
            files: the name that each had where it came from, and where it is now.

        Returns:
            the names of those kept; and of each that was refused a sentence that says why.
        """
        kept, refused = [], []
        for number, (given, path) in enumerate(files):
            name = safe_name(given)
            reason = self._reason(name, path, number)
            if reason:
                refused.append(f"{name}: {reason}")
                path.unlink(missing_ok=True)
                continue
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.replace(self.folder / name)
            kept.append(name)
        return kept, refused

    def _reason(self, name: str, path: Path, number: int) -> str:
        suffix, size = Path(name).suffix.lower(), path.stat().st_size
        if number >= FILES_AT_ONCE:
            return f"only {FILES_AT_ONCE} files are taken at once; upload it by itself"
        if suffix not in SUFFIXES:
            return f"there is no reader for {suffix or 'files without a suffix'}; save it as PDF, DOCX or text"
        if size > self.file_bytes:
            return f"it has {size / 2**20:,.1f} MB, the limit is {self.file_bytes / 2**20:,.1f} MB; split it"
        return "" if size else "it is empty (0 bytes)"

    def holds(self, source: str) -> bool:
        """Tell whether a file was uploaded here."""
        return Path(source).parent == self.folder and Path(source).is_file()

    def discard(self, sources: Iterable[str]) -> None:
        """Put uploaded files aside, where they are not read; `bring_back` undoes it, `tidy` deletes them."""
        aside = self.folder / _REMOVED
        aside.mkdir(exist_ok=True)
        for source in sources:
            Path(source).replace(aside / Path(source).name)

    def bring_back(self, sources: Iterable[str]) -> list[str]:
        """Put files back that were put aside, unless there is a newer one; return those that were."""
        found = []
        for source in sources:
            aside = self.folder / _REMOVED / Path(source).name
            if Path(source).parent == self.folder and aside.exists():
                if not Path(source).exists():
                    aside.replace(source)
                found.append(source)
        return found


def safe_name(given: str) -> str:
    """Return a file's name that any file system takes and no folder hides.

    Args:
        given: as the browser sent it; whatever stands before a slash or backslash is left out.
    """
    name = given.replace("\\", "/").rpartition("/")[2]
    printable = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in ("Cc", "Cs"))
    stem, dot, suffix = printable.lstrip(".~$ ").strip().rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    room = _NAME_BYTES - len(suffix.encode()) - 1
    stem = stem.encode()[: max(room, 1)].decode(errors="ignore").strip() or "document"
    return f"{stem}.{suffix}"[:_NAME_BYTES] if suffix else stem
