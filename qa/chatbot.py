"""Ask documents a question."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from corpus.errors import IndexLockedError, InputError, PathError, QuestionError, SettingError
from corpus.records import Failure
from index import feedback as stored
from index.encoder import Encoder, Floats, SentenceTransformerEncoder
from index.feedback import Vote
from index.freshness import stale
from index.landscape import Landscape, survey, vectors_of
from index.records import KeptDocument
from index.search import Candidate
from index.store import Index
from index.sync import OnProgress, SyncReport, is_within
from qa import examples, feedback, followup
from qa.answering import Found, OnStage, answer_to, quotes_for, searched_for, understand
from qa.places import BUNDLED_DOCUMENTS, EXAMPLE_QUESTIONS, Paths, absolute_paths, default_index, nothing_to_read
from qa.records import Answer, DocumentRecord, Hit
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
        history: earlier messages of the conversation, oldest first, as for `Chatbot.ask`.

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
        self._landscape: tuple[int, int, Landscape] | None = None

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
        empty: bool = False,
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
            empty: True to go on without a single document, for somebody who will add some.

        Raises:
            PathError: a path does not exist, or (unless `empty`) holds nothing that can be read.
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
                if not empty:
                    bot.check_not_empty()
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

    def ask(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        *,
        sources: Paths | None = None,
        on_stage: OnStage | None = None,
    ) -> Answer:
        """Return the sentences that answer a question.

        Args:
            question: what to ask.
            history: earlier messages, oldest first, each with "role" ("user" or "assistant") and "content"; the
                assistant's, `str(answer)` or the text of its first quote, may be left out, but the last one helps.
            sources: documents, files or folders to ask, of those in the index; None for all.
            on_stage: is told what is being done as it begins: "searching", then "reading" if there is a reader.

        Raises:
            QuestionError: the question is empty or too long.
            PathError: one of the sources is not in the index.
        """
        self._check(question)
        chosen, tell = self._chosen(sources), on_stage or _say_nothing
        return answer_to(self._index, self.settings, question, history, sources=chosen, tell=tell)

    def quotes(
        self, question: str, history: Sequence[Mapping[str, str]] = (), *, sources: Paths | None = None
    ) -> list[Found]:
        """Return the quotes for a question, best first, each with how it was chosen and the evidence for it.

        Args:
            question: what to ask.
            history: earlier messages, as for `ask`.
            sources: as for `ask`.

        Raises:
            QuestionError: the question is empty or too long.
            PathError: one of the sources is not in the index.
        """
        meant = self._understood(question, history)
        return quotes_for(self._index, self.settings, meant, sources=self._chosen(sources), tell=_say_nothing)

    def understood(self, question: str, history: Sequence[Mapping[str, str]] = ()) -> str:
        """Return what is searched for when a question is asked: with what it leans on, without misspelled words.

        Args:
            question: what to ask.
            history: earlier messages, as for `ask`.

        Raises:
            QuestionError: the question is empty or too long.
        """
        return searched_for(self._understood(question, history), question)

    def search(
        self,
        question: str,
        k: int = 10,
        history: Sequence[Mapping[str, str]] = (),
        *,
        sources: Paths | None = None,
    ) -> tuple[Hit, ...]:
        """Return the best passages, best first: no quoting, no refusal.

        Args:
            question: what to look for.
            k: how many passages, 1 to 1,000.
            history: earlier messages, as for `ask`.
            sources: documents, files or folders to search, as for `ask`.

        Raises:
            QuestionError: the question is empty or too long.
            SettingError: `k` is outside its range.
            PathError: one of the sources is not in the index.
        """
        asked, before, given = self._understood(question, history)
        if not 1 <= k <= MOST_PASSAGES:
            raise SettingError(f"k is {k}; it must be between 1 and {MOST_PASSAGES:,}")
        found = self._index.search(asked, before, max(k, self.settings.candidates), self._chosen(sources), given)
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

    def candidates(
        self, question: str, history: Sequence[Mapping[str, str]] = (), *, sources: Paths | None = None
    ) -> tuple[Candidate, ...]:
        """Return the passages that are considered for an answer, best first, each with the evidence for it.

        Args:
            question: what to ask.
            history: earlier messages, as for `ask`.
            sources: as for `ask`.

        Raises:
            QuestionError: the question is empty or too long.
            PathError: one of the sources is not in the index.
        """
        asked, before, given = self._understood(question, history)
        return tuple(self._index.search(asked, before, self.settings.candidates, self._chosen(sources), given))

    def landscape(self, most: int = 10_000) -> Landscape:
        """Return the passages as points on a plane.

        Args:
            most: passages to take at the most; of more, so many evenly spread.
        """
        made_from = self._index.catalog.generation
        if not self._landscape or self._landscape[:2] != (made_from, most):
            self._landscape = (made_from, most, survey(self._index.catalog, most))
        return self._landscape[2]

    def vectors(
        self, question: str, history: Sequence[Mapping[str, str]], passages: Sequence[int]
    ) -> tuple[Floats, Floats]:
        """Return the vector of a question, (1, dimension) float32, and those of passages, (n, dimension), by id."""
        vector = self._index.vector(*understand(self._index, question, history))
        return vector[None], vectors_of(self._index.catalog, passages, len(vector))

    def _chosen(self, sources: Paths | None) -> tuple[str, ...] | None:
        """Return the documents that are, or are within, some sources; None stays None, for all."""
        if sources is None:
            return None
        known = self._index.catalog.sources
        chosen: dict[str, None] = {}
        for given in [sources] if isinstance(sources, str | os.PathLike) else sources:
            names = dict.fromkeys((os.fspath(given), str(Path(given).expanduser().absolute())))
            found = next((hits for n in names if (hits := [s for s in known if is_within(s, n)])), None)
            if not found:
                raise self._not_there(given)
            chosen |= dict.fromkeys(found)
        if not chosen:
            raise PathError("no document was chosen to ask; name at least one, or leave the choice out to ask all")
        return tuple(chosen)

    @staticmethod
    def _not_there(source: str | os.PathLike[str]) -> PathError:
        return PathError(
            f"no document {os.fspath(source)!r} in the index; its documents are listed by `pullquote status`"
        )

    def example_questions(self) -> tuple[str, ...]:
        """Return a few questions that the documents answer, six at the most.

        They are made of titles and headings and asked, so that the first call takes seconds; until the documents
        change, they are then kept beside the index. For the bundled documents they are chosen by hand.
        """
        if all(Path(document.source).parent == BUNDLED_DOCUMENTS for document in self.documents):
            return EXAMPLE_QUESTIONS
        return examples.questions(self._index, self.ask)

    # What people say of the answers.

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
        """Keep what somebody says of an answer, in the index's own catalog.

        Args:
            answer: one of this chatbot's.
            verdict: "up" or "down".
            reason: empty, or a short name: of an answer "exact" or "in-part" (up), "no-answer", "wrong-place",
                "wrong-sentence", "misunderstood" or "other" (down); of a refusal "not-there" (up), "is-there" or
                "other" (down).
            comment: anything in words, at most 2,000 characters.
            history: the messages that the question was asked with.
            replaces: id of an earlier vote, which this one takes the place of.

        Returns:
            the vote as it is kept.

        Raises:
            SettingError: there is no such verdict or reason, or the comment is too long.
            InputError: a quote does not stand in the documents as it says, because they have changed since.
            IndexFolderError: the catalog cannot be written to.
        """
        alone = answer.understood == self.understood(answer.question)
        before = () if alone else feedback.leant_on(history)
        given = feedback.vote(answer, verdict, reason=reason, comment=comment, before=before, replaces=replaces)
        for quote in answer.quotes:
            if (self._index.catalog.text(quote.source) or "")[quote.start : quote.end] != quote.text:
                raise InputError(
                    f"{quote.source} has changed since this answer; ask again, and vote on what it says now"
                )
        stored.keep(self._index.catalog, given)
        return given

    @property
    def votes(self) -> tuple[Vote, ...]:
        """What people said of answers, oldest first."""
        return stored.votes(self._index.catalog)

    def retract(self, vote_id: str) -> bool:
        """Forget a vote; return whether there was one.

        Raises:
            IndexFolderError: the catalog cannot be written to.
        """
        return stored.retract(self._index.catalog, vote_id)

    def export_votes(self, folder: str | os.PathLike[str]) -> int:
        """Write votes and documents as a labelled set, which `pullquote evaluate` reads.

        Args:
            folder: for documents.jsonl, questions.jsonl and meta.json; made when it is missing.

        Returns:
            the number of questions.

        Raises:
            PathError: the folder cannot be written to.
        """
        documents = [(document.source, document.title) for document in self.documents]
        return feedback.export(self.votes, documents, self.text, Path(folder).expanduser())

    def _understood(self, question: str, history: Sequence[Mapping[str, str]]) -> followup.Understood:
        """Check a question and return it as it is to be searched for."""
        self._check(question)
        return understand(self._index, question, history)

    def _check(self, question: str) -> None:
        limit = self.settings.question_characters
        if not question.strip():
            raise QuestionError("the question is empty; ask something")
        if followup.HALF_CHARACTER.search(question):
            raise QuestionError(
                "the question holds half a character (a lone surrogate), which is no text; leave it out"
            )
        if len(question) > limit:
            raise QuestionError(f"the question has {len(question):,} characters, the limit is {limit:,}; shorten it")

    # The documents.

    @property
    def documents(self) -> tuple[DocumentRecord, ...]:
        """Every document, by source."""
        return tuple(
            DocumentRecord(d.source, d.title, d.format, d.pages or None, d.passages, d.indexed_at, d.notes, d.language)
            for d in self._index.catalog.documents
        )

    @property
    def encoder(self) -> Encoder:
        """The model that questions and passages are encoded by."""
        return self._index.encoder

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
            raise self._not_there(source)
        return text

    def document(self, source: str) -> KeptDocument:
        """Return a whole document: its stored text, where pages and sections begin in it, and what file it is from.

        Raises:
            PathError: there is no such document.
        """
        kept = self._index.catalog.document(source)
        if kept is None:
            raise self._not_there(source)
        return kept

    def add(self, paths: Paths, progress: OnProgress | None = None) -> SyncReport:
        """Add files or folders, and keep the index equal to them from now on.

        Args:
            paths: files or folders.
            progress: as for `sync`.

        Raises:
            PathError: a path does not exist.
            IndexLockedError: another process is writing.
        """
        added = [str(path) for path in absolute_paths(paths)]
        with self._index.writing(self.settings.wait_seconds):
            return self._index.sync(added, progress or self._progress)

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
        raise self._not_there(source)

    def restore(self, sources: Sequence[str], progress: OnProgress | None = None) -> SyncReport:
        """Undo a `remove`, and make the index equal to the files.

        Args:
            sources: what was removed, as `documents` named it.
            progress: as for `sync`.

        Raises:
            IndexLockedError: another process is writing.
        """
        with self._index.writing(self.settings.wait_seconds):
            self._index.restore(sources)
            return self._index.sync((), progress or self._progress)

    def sync(self, again: bool | Paths = False, progress: OnProgress | None = None) -> SyncReport:
        """Make the index equal to the files: read what is new or changed, forget what is gone.

        Args:
            again: True to read every file, changed or not; or the documents, files or folders to read again.
            progress: is told how far it is; None for the one that the chatbot was opened with.

        Raises:
            PathError: one of those to read again is not in the index.
            IndexLockedError: another process is writing.
        """
        doubted = again if isinstance(again, bool) else self._files_of(again)
        with self._index.writing(self.settings.wait_seconds):
            return self._index.sync((), progress or self._progress, doubted)

    def _files_of(self, sources: Paths) -> frozenset[str]:
        origins = self._index.catalog.origins(self._chosen(sources) or ())
        return frozenset(file.source for file in origins.values())

    def stale(self, sources: Sequence[str] | None = None) -> dict[str, str]:
        """Return the documents whose files have changed, or gone, since they were read; by size and time of change.

        Args:
            sources: the documents to look at, as `documents` names them; None for all.

        Returns:
            "changed" or "gone", by the document's source; the others are left out.
        """
        catalog = self._index.catalog
        return stale(catalog.origins(catalog.sources if sources is None else sources))


@cache
def _encoder(model: str | None) -> Encoder:
    """Return the encoder of a model; one is enough for a process, whatever the number of chatbots."""
    return SentenceTransformerEncoder(model)


def _say_nothing(progress: object) -> None:
    """Tell nobody how far the indexing, or the asking, is."""
