"""What the page asks of the bot."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from corpus.records import Failure
from index.encoder import Floats
from index.feedback import Vote
from index.landscape import Landscape
from index.records import KeptDocument
from index.search import Candidate
from index.sync import OnProgress, SyncReport
from qa.places import Paths
from qa.records import Answer, DocumentRecord, Hit
from qa.settings import Settings


class Bot(Protocol):
    """The part of `qa.chatbot.Chatbot` that the page uses."""

    @property
    def settings(self) -> Settings:
        """How it reads and answers."""

    @property
    def index_folder(self) -> Path:
        """Where its index is kept."""

    @property
    def documents(self) -> Sequence[DocumentRecord]:
        """The documents that are searched."""

    @property
    def failures(self) -> Sequence[Failure]:
        """The files that could not be read."""

    def ask(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        *,
        sources: Paths | None = None,
        on_stage: Callable[[str], None] | None = None,
    ) -> Answer:
        """Return the answer to a question, understood with the messages before it; tell what is being done."""

    def understood(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> str:
        """Return what is searched for when a question is asked."""

    def search(self, question: str, k: int = 10, history: Sequence[Mapping[str, str]] = ()) -> Sequence[Hit]:
        """Return the best passages, best first."""

    def candidates(
        self, question: str, history: Sequence[Mapping[str, str]] = (), *, sources: Paths | None = None
    ) -> Sequence[Candidate]:
        """Return the passages that are considered for an answer."""

    def landscape(self, most: int = ...) -> Landscape:
        """Return the passages as points on a plane."""

    def vectors(
        self, question: str, history: Sequence[Mapping[str, str]], passages: Sequence[int]
    ) -> tuple[Floats, Floats]:
        """Return the vector of a question and those of passages."""

    def text(self, source: str) -> str:
        """Return the stored text of a document."""

    def stale(self, sources: Sequence[str] | None = None) -> Mapping[str, str]:
        """Return the state of the documents whose files are no longer as they were read."""

    def add(self, paths: Paths, progress: OnProgress | None = None) -> SyncReport:
        """Add files or folders."""

    def remove(self, source: str) -> Sequence[str]:
        """Take a document out."""

    def restore(self, sources: Sequence[str], progress: OnProgress | None = None) -> SyncReport:
        """Undo that."""

    def sync(self, again: bool | Paths = False, progress: OnProgress | None = None) -> SyncReport:
        """Make the index equal to the files."""

    def document(self, source: str) -> KeptDocument:
        """Return a whole document of the index; raise `PathError` when there is none of that source."""

    def example_questions(self) -> Sequence[str]:
        """Return questions that the documents answer."""

    def feedback(
        self,
        answer: Answer,
        verdict: str,
        *,
        reason: str = "",
        comment: str = "",
        history: Sequence[Mapping[str, str]] = (),
        replaces: str | None = None,
    ) -> Vote:
        """Keep what somebody says of an answer."""

    def retract(self, vote_id: str) -> bool:
        """Forget a vote."""
