"""What the page asks of the bot."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from corpus.records import Failure
from qa.records import Answer, DocumentRecord


class Bot(Protocol):
    """The part of `qa.chatbot.Chatbot` that the page uses."""

    @property
    def documents(self) -> Sequence[DocumentRecord]:
        """The documents that are searched."""

    @property
    def failures(self) -> Sequence[Failure]:
        """The files that could not be read."""

    def ask(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> Answer:
        """Return the answer to a question, understood with the messages before it."""

    def text(self, source: str) -> str:
        """Return the stored text of a document."""

    def example_questions(self) -> Sequence[str]:
        """Return questions that the documents answer."""
