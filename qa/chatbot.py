"""Ask documents a question."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus.errors import IndexLockedError, PathError, QuestionError, SettingError
from corpus.records import Failure
from index.encoder import Encoder, SentenceTransformerEncoder
from index.store import Index
from index.sync import OnProgress, SyncReport
from qa import followup
from qa.choose import Choice, choose, read
from qa.confidence import Evidence, default_threshold, gather, probability
from qa.places import BUNDLED_DOCUMENTS, EXAMPLE_QUESTIONS, Paths, absolute_paths, default_index, nothing_to_read
from qa.reader import Reader
from qa.records import Answer, DocumentRecord, Hit, Quote
from qa.settings import Settings

MOST_PASSAGES = 1_000
"""That one search may ask for."""


def ask(
    question: str,
    documents: Paths | None = None,
    *,
    index: str | os.PathLike[str] | None = None,
    settings: Settings | None = None,
    history: Sequence[Mapping[str, str]] = (),
) -> Answer:
    """Ask documents one question.

    Args:
        question: what to ask, at most 2,000 characters.
        documents: a file, a folder, or several; None for the bundled documents.
        index: folder of the index; None for one of its own in the user's cache directory.
        settings: None for the defaults.
        history: earlier messages of the conversation, oldest first, each with "role" and "content".

    Returns:
        the answer; `answered` is False when the documents don't seem to say.

    Raises:
        InputError: the question is empty or too long, or a path does not exist.
        IndexFolderError: the index belongs to another model or version, or is in use.
        ModelError: the model is missing or damaged.
    """
    with Chatbot.open(documents, index=index, settings=settings) as bot:
        return bot.ask(question, history)


class Chatbot:
    """Documents, their index, and the answers in them. Open it with `Chatbot.open`; close it, or use it in `with`.

    Args:
        index: an open index; the chatbot closes it.
        settings: how to answer.
        progress: is told how far an indexing run is.
    """

    def __init__(self, index: Index, settings: Settings, progress: OnProgress) -> None:
        self.settings = settings
        self._index = index
        self._progress = progress

    @classmethod
    def open(
        cls,
        documents: Paths | None = None,
        *,
        index: str | os.PathLike[str] | None = None,
        settings: Settings | None = None,
        encoder: Encoder | None = None,
        progress: OnProgress | None = None,
        sync: bool = True,
    ) -> Self:
        """Open documents for questions; only what changed since the last time is read.

        Args:
            documents: a file, a folder, or several, added to those that the index already keeps; None for what the
                index keeps, or for the bundled documents when no index is named.
            index: folder of the index; None for one of its own, for these paths, in the user's cache directory.
            settings: None for the defaults.
            encoder: a model of one's own; None for the one that the settings name.
            progress: is told how far the indexing is.
            sync: False to leave the index as it is for now; `documents` only say which index it is.

        Raises:
            PathError: a path does not exist, or holds nothing that can be read.
            IndexFolderError: the index belongs to another model or version, or is in use.
            ModelError: the model is missing or damaged.
        """
        settings = settings or Settings()
        paths = absolute_paths(documents)
        folder = Path(index).expanduser().absolute() if index is not None else None
        if not paths and not (folder and (folder / "catalog.sqlite").exists()):
            paths = [BUNDLED_DOCUMENTS]
        encoder = encoder or _encoder(settings.model)
        opened = Index(
            folder or default_index(paths, settings),
            encoder,
            settings.limits,
            settings.passage_tokens,
            settings.weights,
        )
        bot = cls(opened, settings, progress or _say_nothing)
        try:
            if sync:
                bot._bring_up_to_date(paths)
        except BaseException:
            bot.close()
            raise
        return bot

    def _bring_up_to_date(self, paths: Sequence[Path]) -> None:
        known = bool(self._index.catalog.documents)
        try:
            # Whoever holds the lock is doing what this would do; an index that has something is asked as it is.
            with self._index.writing(0 if known else self.settings.wait_seconds):
                self._index.sync([str(path) for path in paths], self._progress)
        except IndexLockedError:
            if not known:
                raise
        self.check_not_empty()

    def check_not_empty(self) -> None:
        """Raise a PathError that says why, if there is not a single document."""
        if not self._index.catalog.count_passages():
            raise PathError(nothing_to_read(self._index.catalog.roots, self.failures))

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Asking.

    def ask(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> Answer:
        """Return the sentences that answer a question.

        Args:
            question: what to ask.
            history: earlier messages, oldest first, each with "role" ("user" or "assistant") and "content"; the
                assistant's may be left out.

        Raises:
            QuestionError: the question is empty or too long.
        """
        self._check(question)
        before = followup.leans_on(question, history)
        understood = " ".join([*reversed(before), question])
        quotes = tuple(quote for quote, _ in self.quotes(question, before))
        sure = quotes[0].confidence if quotes else 0.0
        threshold = self.settings.threshold
        answered = bool(quotes) and sure >= (
            default_threshold(reader=self.settings.reader) if threshold is None else threshold
        )
        return Answer(question, understood, answered, sure, quotes)

    def quotes(self, question: str, before: Sequence[str] = ()) -> list[tuple[Quote, Evidence]]:
        """Return the quotes for a question, best first, each with the evidence for it.

        Args:
            question: what to ask.
            before: earlier questions that it leans on, the last one first.
        """
        found = self._index.search(question.strip(), before, self.settings.candidates)
        whole = " ".join([*reversed(before), question.strip()])
        reader = _reader() if self.settings.reader else None  # loaded at the first question, as is the encoder
        reading = read(whole, found, reader, self.settings.reader_passages)
        chosen = [(choice, gather(choice, found)) for choice in choose(found, reading, self.settings.quotes)]
        return [(_quote(choice, probability(evidence)), evidence) for choice, evidence in chosen]

    def search(self, question: str, k: int = 10, history: Sequence[Mapping[str, str]] = ()) -> tuple[Hit, ...]:
        """Return the best passages, best first: no quoting, no refusal.

        Args:
            question: what to look for.
            k: how many passages, 1 to 1,000.
            history: earlier messages, as for `ask`.

        Raises:
            QuestionError: the question is empty or too long.
            SettingError: `k` is outside its range.
        """
        self._check(question)
        if not 1 <= k <= MOST_PASSAGES:
            raise SettingError(f"k is {k}; it must be between 1 and {MOST_PASSAGES:,}")
        before = followup.leans_on(question, history)
        found = self._index.search(question.strip(), before, max(k, self.settings.candidates))
        return tuple(
            Hit(
                text=passage.text,
                source=passage.source,
                title=passage.title,
                page=passage.pages[0] if passage.pages else None,
                heading=passage.headings[-1] if passage.headings else None,
                start=passage.start,
                end=passage.end,
                score=candidate.score,
            )
            for candidate in found[:k]
            for passage in (candidate.passage,)
        )

    def example_questions(self) -> tuple[str, ...]:
        """Return questions that the documents answer: for the bundled documents some chosen by hand, else none."""
        bundled = all(Path(document.source).parent == BUNDLED_DOCUMENTS for document in self.documents)
        return EXAMPLE_QUESTIONS if bundled else ()

    def _check(self, question: str) -> None:
        limit = self.settings.question_characters
        if not question.strip():
            raise QuestionError("the question is empty; ask something")
        if len(question) > limit:
            raise QuestionError(f"the question has {len(question):,} characters, the limit is {limit:,}; shorten it")

    # The documents.

    @property
    def documents(self) -> tuple[DocumentRecord, ...]:
        """Every document, by source."""
        return tuple(
            DocumentRecord(d.source, d.title, d.format, d.pages or None, d.passages, d.indexed_at, d.notes)
            for d in self._index.catalog.documents
        )

    @property
    def index_folder(self) -> Path:
        """Where the index is kept."""
        return self._index.folder

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Files that could not be read, and why."""
        return self._index.catalog.failures

    def text(self, source: str) -> str:
        """Return the stored text that a document's offsets refer to.

        Raises:
            PathError: there is no such document.
        """
        text = self._index.catalog.text(source)
        if text is None:
            raise PathError(f"no document {source!r} in the index; its documents are listed by `pullquote status`")
        return text

    def add(self, paths: Paths) -> SyncReport:
        """Add files or folders, and keep the index equal to them from now on.

        Raises:
            PathError: a path does not exist.
            IndexLockedError: another process is writing.
        """
        added = [str(path) for path in absolute_paths(paths)]
        with self._index.writing(self.settings.wait_seconds):
            return self._index.sync(added, self._progress)

    def remove(self, source: str | os.PathLike[str]) -> tuple[str, ...]:
        """Take a document, a file or a folder out of the index, for good; `add` brings it back.

        Args:
            source: as `documents` names it, or a path.

        Returns:
            the sources that were removed.

        Raises:
            PathError: there is nothing of that name in the index.
            IndexLockedError: another process is writing.
        """
        with self._index.writing(self.settings.wait_seconds):
            for name in dict.fromkeys((os.fspath(source), str(Path(source).expanduser().absolute()))):
                if gone := self._index.remove(name):
                    return tuple(gone)
        raise PathError(
            f"no document {os.fspath(source)!r} in the index; its documents are listed by `pullquote status`"
        )

    def sync(self, again: bool = False) -> SyncReport:
        """Make the index equal to the files: read what is new or changed, forget what is gone.

        Args:
            again: read every file, changed or not.

        Raises:
            IndexLockedError: another process is writing.
        """
        with self._index.writing(self.settings.wait_seconds):
            return self._index.sync((), self._progress, again)


@cache
def _encoder(model: str | None) -> Encoder:
    """Return the encoder of a model; one is enough for a process, whatever the number of chatbots."""
    return SentenceTransformerEncoder(model)


@cache
def _reader() -> Reader:
    """Return the packaged reader; one is enough for a process."""
    return Reader.load()


def _say_nothing(progress: object) -> None:
    """Tell nobody how far the indexing is."""


def _quote(choice: Choice, confidence: float) -> Quote:
    passage = choice.candidate.passage
    span = passage.sentences[choice.sentence]
    return Quote(
        text=choice.text,
        source=passage.source,
        title=passage.title,
        page=passage.pages[choice.sentence] if passage.pages else None,
        heading=passage.headings[-1] if passage.headings else None,
        start=span.start,
        end=span.end,
        confidence=confidence,
        passage_start=passage.start,
        passage_end=passage.end,
    )
