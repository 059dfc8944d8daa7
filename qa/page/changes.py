"""What a person does to the documents -> changes to the index, made one after another."""

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.sync import OnProgress
from qa.page.bot import Bot
from qa.page.progress import report_text
from qa.page.uploads import Uploads
from qa.page.work import Work


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes that the page can make.

    Args:
        bot: whose index is changed.
        work: makes the changes.
        uploads: where uploaded files are kept.
        paths: who may add paths of this machine: "all", "own" (who sits at it), "none".
    """

    bot: Bot
    work: Work
    uploads: Uploads
    paths: str

    def take_in(self, files: Sequence[tuple[str, Path]]) -> str:
        """Keep uploaded files and begin to read them; return why some were refused, a line each.

        Args:
            files: the name that each had where it came from, and where it is now.
        """
        kept, refused = self.uploads.take_in(files)
        if kept:
            folder = self.uploads.folder
            self.work.start(
                f"Reading {_count(len(kept), 'uploaded file')}",
                lambda told: report_text(self.bot.add(folder, told)),
            )
        return "\n".join(refused)

    def add_path(self, path: str, client: str, headers: Mapping[str, str]) -> str:
        """Begin to read a file or folder of this machine; return why not, or nothing.

        Args:
            path: as it was typed.
            client: address of who asks.
            headers: of the request.
        """
        if not self.may_add_paths(client, headers):
            return "Paths are added only from the machine that Pullquote runs on; upload the files instead."
        if not path.strip():
            return "Type the path of a folder or a file first."
        place = Path(path.strip()).expanduser()
        if not place.is_absolute():
            return f"{path.strip()} is no full path; begin with / or ~."
        if not place.exists():
            return f"{place} does not exist; check the spelling."
        self.work.start(f"Reading {place}", lambda told: report_text(self.bot.add(place, told)))
        return ""

    def may_add_paths(self, client: str, headers: Mapping[str, str]) -> bool:
        """Tell whether somebody may add paths; somebody who comes through a proxy may sit anywhere."""
        if self.paths != "own":
            return self.paths == "all"
        return _is_here(client) and not {"forwarded", "x-forwarded-for", "x-real-ip"} & {h.lower() for h in headers}

    def check_all(self) -> None:
        """Begin to look at all files, and to read what is new or changed."""
        self.work.start("Checking all files", lambda told: report_text(self.bot.sync(progress=told)))

    def read_again(self, sources: Sequence[str]) -> None:
        """Begin to read documents again, changed or not."""
        self.work.start(
            f"Reading {_count(len(sources), 'document')} again",
            lambda told: report_text(self.bot.sync(again=list(sources), progress=told)),
        )

    def remove(self, sources: Sequence[str]) -> None:
        """Take documents out of the index; the files stay, but for uploaded ones, which are put aside."""

        def job(told: OnProgress) -> str:
            uploaded = [source for source in sources if self.uploads.holds(source)]
            for source in sources:
                if source not in uploaded:
                    self.bot.remove(source)
            if uploaded:
                self.uploads.discard(uploaded)
                self.bot.sync(progress=told)
            return f"Removed {_count(len(sources), 'document')}."

        self.work.start(f"Removing {_count(len(sources), 'document')}", job)

    def restore(self, sources: Sequence[str]) -> None:
        """Undo that."""

        def job(told: OnProgress) -> str:
            back = self.uploads.bring_back(sources)
            others = [source for source in sources if source not in back]
            report = self.bot.restore(others, told) if others else self.bot.sync(progress=told)
            return report_text(report)

        self.work.start(f"Adding {_count(len(sources), 'document')} back", job)


def picks(text: str, known: Sequence[str]) -> list[str]:
    """Return the sources that a browser says are ticked, as far as there are such documents, in their order.

    Args:
        text: a list in JSON, or nothing.
        known: the sources of all documents.
    """
    try:
        ticked = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    wanted = {source for source in ticked if isinstance(source, str)} if isinstance(ticked, list) else set()
    return [source for source in known if source in wanted]


def _is_here(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
