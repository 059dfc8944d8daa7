"""The table of documents: what fits a search, a page at a time, every word of it only text."""

from corpus.records import Failure
from qa.page.documents_list import ANY_KIND, FAILURES_SHOWN, ORDERS, ROWS, STATES, View, failures_list, listing
from qa.records import DocumentRecord

HOSTILE = '"><script>alert(1)</script>\n<b>'


def record(source: str, title: str = "", **changed: object) -> DocumentRecord:
    values = {"format": "pdf", "pages": 3, "passages": 7, "indexed_at": "2026-01-02T03:04:05+00:00", "notes": ()}
    return DocumentRecord(source=source, title=title or source, **{**values, **changed})


DOCUMENTS = (
    record("/b/One.pdf", "Zebra", passages=1),
    record("/a/two.md", "apple", format="markdown", pages=None, indexed_at="2026-05-01T00:00:00+00:00"),
    record("/a/three.pdf", "Mango", passages=1200, notes=("3 pages have no text",)),
)


def shown(view: View, stale: dict[str, str] | None = None) -> list[str]:
    html = listing(DOCUMENTS, stale or {}, view).html
    return sorted((d.title for d in DOCUMENTS if d.title in html), key=html.index)


def test_all_are_shown_by_the_name_of_their_file() -> None:
    assert shown(View()) == ["Zebra", "Mango", "apple"]


def test_a_search_is_for_words_of_title_or_path_in_any_case() -> None:
    assert shown(View(search="ZEB")) == ["Zebra"]
    assert shown(View(search="/a/ mango")) == ["Mango"]
    assert shown(View(search="mango zebra")) == []


def test_types_and_states_are_filtered() -> None:
    assert shown(View(kind="markdown")) == ["apple"]
    assert shown(View(kind=ANY_KIND, state=STATES[1]), {"/a/two.md": "changed"}) == ["Zebra", "Mango"]
    assert shown(View(state=STATES[2]), {"/a/two.md": "gone"}) == ["apple"]
    assert shown(View(state=STATES[3])) == ["Mango"]


def test_they_are_sorted_as_asked() -> None:
    assert shown(View(order=ORDERS[1])) == ["apple", "Mango", "Zebra"]
    assert shown(View(order=ORDERS[2]))[0] == "apple"
    assert shown(View(order=ORDERS[3])) == ["Mango", "apple", "Zebra"]


def test_a_row_says_all_there_is() -> None:
    html = listing(DOCUMENTS, {"/a/three.pdf": "changed", "/a/two.md": "gone"}, View()).html
    for text in ("three.pdf", "<bdi>/a</bdi>", ">3<", ">1,200<", "2026-01-02 03:04 UTC", "3 pages have no text"):
        assert text in html
    assert [html.count(words) for words in ("Changed on disk", "File is gone", "Up to date")] == [1, 1, 1]


def test_ticked_documents_stay_ticked() -> None:
    html = listing(DOCUMENTS, {}, View(picked={"/a/two.md"})).html
    assert 'value="/a/two.md" checked>' in html
    assert html.count(" checked") == 1


def test_many_documents_are_shown_a_page_at_a_time() -> None:
    many = [record(f"/{number:04}.pdf") for number in range(2 * ROWS + 1)]
    first, last = (listing(many, {}, View(page=page)) for page in (0, 99))
    assert (first.page, first.pages, first.found) == (0, 3, 2 * ROWS + 1)
    assert first.html.count('class="pq-pick"') == ROWS
    assert last.page == 2
    assert "/0100.pdf" in last.html
    assert listing(many, {}, View(page=-1)).page == 0


def test_no_document_is_said_in_words() -> None:
    assert "There are no documents yet." in listing([], {}, View()).html
    nothing = listing(DOCUMENTS, {}, View(search="nowhere"))
    assert "No document fits." in nothing.html
    assert (nothing.pages, nothing.found) == (1, 0)


def test_hostile_words_are_only_text() -> None:
    hostile = record(HOSTILE, HOSTILE, format=HOSTILE, indexed_at=HOSTILE, notes=(HOSTILE,))
    for html in (listing([hostile], {}, View()).html, failures_list([Failure(HOSTILE, HOSTILE)], "")):
        assert "<script" not in html
        assert "<b>" not in html
        assert "\n" not in html


def test_what_could_not_be_read_is_listed_and_searched() -> None:
    assert failures_list([], "x") == ""
    failures = [Failure(f"/a/{number}.pdf", "needs a password") for number in range(FAILURES_SHOWN + 2)]
    html = failures_list(failures, "")
    assert "Could not be read: 202" in html
    assert "and 2 more" in html
    found = failures_list([*failures, Failure("/b/c.pdf", "is damaged")], "damaged")
    assert found.count("<tr>") == 2
    assert "c.pdf" in found
    assert "None of them fits" in failures_list(failures, "zebra")
