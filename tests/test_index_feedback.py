"""Votes in the catalog: kept, changed, taken back, and none of the index's business."""

import sqlite3
import threading
from pathlib import Path

import pytest

from corpus.errors import IndexFolderError
from index.catalog import Catalog
from index.feedback import QuotedPlace, Vote, keep, retract, votes

VOTE = Vote(
    id="a",
    given_at="2026-01-02T03:04:05.000+00:00",
    verdict="up",
    reason="exact",
    comment="“good”",
    question="And when?",
    understood="Who signed it? And when?",
    before=("Who signed it?",),
    answered=True,
    confidence=0.75,
    quotes=(QuotedPlace("/a.txt", 3, 8, "words"), QuotedPlace("/b.txt", 0, 4, "more")),
)


def changed(**values: object) -> Vote:
    return Vote(**{**VOTE.to_dict(), "quotes": VOTE.quotes, **values})


def test_a_vote_is_kept_as_it_was_given(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    assert votes(catalog) == ()
    keep(catalog, VOTE)
    keep(catalog, changed(id="b", given_at="2026-01-01T00:00:00+00:00", answered=False, quotes=(), before=()))
    catalog.close()
    catalog = Catalog(tmp_path)
    assert [vote.id for vote in votes(catalog)] == ["b", "a"]
    assert votes(catalog)[1] == VOTE
    assert votes(catalog)[0].answered is False
    catalog.close()


def test_a_vote_is_changed_and_taken_back(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    assert not retract(catalog, "a")
    keep(catalog, VOTE)
    keep(catalog, changed(verdict="down", reason="other"))
    assert [(vote.verdict, vote.reason) for vote in votes(catalog)] == [("down", "other")]
    assert retract(catalog, "a")
    assert not retract(catalog, "a")
    assert votes(catalog) == ()
    catalog.close()


def test_a_vote_is_no_change_of_the_contents(tmp_path: Path) -> None:
    """The views stay as they are, and an index of an older version, which has no such table, takes it too."""
    catalog = Catalog(tmp_path)
    generation = catalog.generation
    assert not catalog.rows("SELECT 1 FROM sqlite_schema WHERE name = 'feedback'")
    keep(catalog, VOTE)
    assert catalog.generation == generation
    catalog.close()


def test_a_vote_waits_for_a_batch_that_is_being_written(tmp_path: Path) -> None:
    """Another process is in the middle of a transaction; neither loses anything."""
    catalog, indexing = Catalog(tmp_path), Catalog(tmp_path)
    voting = threading.Thread(target=keep, args=(catalog, VOTE))
    with indexing.changing():
        indexing.set_setting("x", 1)
        voting.start()
        voting.join(0.2)
        assert voting.is_alive()
    voting.join(20)
    assert not voting.is_alive()
    assert votes(indexing) == (VOTE,)
    assert indexing.setting("x") == 1
    catalog.close()
    indexing.close()


def test_a_catalog_that_cannot_be_written_to_says_so(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    keep(catalog, VOTE)
    catalog.note(("PRAGMA query_only = ON", ()))
    with pytest.raises(IndexFolderError, match="cannot be changed"):
        keep(catalog, changed(id="b"))
    assert [vote.id for vote in votes(catalog)] == ["a"]
    catalog.close()


def test_the_table_is_as_documented(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path)
    keep(catalog, VOTE)
    catalog.close()
    with sqlite3.connect(tmp_path / "catalog.sqlite") as database:
        assert database.execute("SELECT verdict, quotes FROM feedback").fetchall() == [
            ("up", '[["/a.txt", 3, 8, "words"], ["/b.txt", 0, 4, "more"]]')
        ]
    database.close()
