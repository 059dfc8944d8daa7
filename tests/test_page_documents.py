"""The documents' tab without a browser: what its server does, on a real index with the small encoder."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import WordEncoder
from fastapi import FastAPI
from starlette.testclient import TestClient

from corpus.records import Limits
from qa import Chatbot, Settings
from qa.page.access import Access
from qa.page.app import application
from qa.page.changes import Changes, picks
from qa.page.guard import BODY_BYTES
from qa.page.uploads import BYTES_AT_ONCE, Uploads
from qa.page.work import Work, WorkState

FILE_BYTES = 1_000


@pytest.fixture
def bot(folder: Path, encoder: WordEncoder, tmp_path: Path) -> Iterator[Chatbot]:
    settings = Settings(reader=False, limits=Limits(file_bytes=FILE_BYTES))
    with Chatbot.open(folder, index=tmp_path / "index", encoder=encoder, settings=settings) as bot:
        yield bot


@pytest.fixture
def changes(bot: Chatbot) -> Iterator[Changes]:
    work = Work()
    yield Changes(bot, work, Uploads(bot.index_folder, FILE_BYTES), "own")
    work.close()


def done(work: Work, count: int) -> WorkState:
    for _ in range(2_000):
        if work.state().finished >= count:
            return work.state()
        time.sleep(0.01)
    raise AssertionError(f"still {work.state()}")


def names(bot: Chatbot) -> list[str]:
    return sorted(Path(document.source).name for document in bot.documents)


def test_uploads_are_read_removed_and_restored(changes: Changes, bot: Chatbot, tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"arrived{number}").write_text(f"The lease of house {number} ends in 2031.", "utf-8")
    files = [(f"lease{number}.txt", tmp_path / f"arrived{number}") for number in range(2)]
    assert changes.take_in(files) == ""
    assert done(changes.work, 1).outcome == "Done: 2 files added."
    sources = [document.source for document in bot.documents]
    leases = [source for source in sources if "lease" in source]
    tower = next(source for source in sources if "tower" in source)
    changes.remove([*leases, tower])
    assert done(changes.work, 2).outcome == "Removed 3 documents."
    assert names(bot) == ["harbour.txt", "museum.html"]
    changes.restore([*leases, tower])
    assert done(changes.work, 3).outcome == "Done: 3 files added."
    assert "lease0.txt" in names(bot)
    changes.remove([leases[0]])
    changes.restore([leases[0]])
    assert done(changes.work, 5).outcome == "Done: 1 file added."
    assert len(names(bot)) == 5


def test_a_refused_upload_changes_nothing(changes: Changes, bot: Chatbot, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    assert changes.take_in([("x.png", tmp_path / "x")]).startswith("x.png: there is no reader")
    assert changes.work.state().waiting == changes.work.state().finished == 0
    assert len(bot.documents) == 3


def test_documents_are_read_again_and_all_files_checked(changes: Changes, bot: Chatbot, folder: Path) -> None:
    changes.read_again([str(folder / "tower.md")])
    assert done(changes.work, 1).outcome == "Done: 1 file read again."
    changes.check_all()
    assert done(changes.work, 2).outcome == "Done: every file is as it was."
    changes.read_again(["/nowhere"])
    assert done(changes.work, 3).failed


@pytest.mark.parametrize(
    ("path", "told"), [(" ", "Type the path"), ("papers", "no full path"), ("/nowhere/at/all", "does not exist")]
)
def test_a_path_that_cannot_be_added(changes: Changes, path: str, told: str) -> None:
    assert told in changes.add_path(path, "127.0.0.1", {})


def test_a_path_is_added(changes: Changes, bot: Chatbot, tmp_path: Path) -> None:
    (tmp_path / "mill.txt").write_text("The mill burnt down.", "utf-8")
    assert changes.add_path(f" {tmp_path / 'mill.txt'} ", "::1", {}) == ""
    assert done(changes.work, 1).outcome == "Done: 1 file added."
    assert "mill.txt" in names(bot)


@pytest.mark.parametrize(
    ("paths", "client", "headers", "may"),
    [
        ("own", "127.0.0.1", {}, True),
        ("own", "192.168.0.9", {}, False),
        ("own", "", {}, False),
        ("own", "127.0.0.1", {"X-Forwarded-For": "192.168.0.9"}, False),
        ("own", "::1", {"forwarded": "for=192.168.0.9"}, False),
        ("all", "192.168.0.9", {}, True),
        ("none", "127.0.0.1", {}, False),
    ],
)
def test_who_may_add_paths(
    bot: Chatbot, tmp_path: Path, paths: str, client: str, headers: dict[str, str], may: bool
) -> None:
    work = Work()
    changes = Changes(bot, work, Uploads(tmp_path, 1), paths)
    assert changes.may_add_paths(client, headers) is may
    assert may or "only from the machine" in changes.add_path(str(tmp_path), client, headers)
    work.close()


@pytest.mark.parametrize("text", ["", "{", "7", "null", "[1, {}]", "[" * 100_000])
def test_anything_may_be_said_to_be_ticked(text: str) -> None:
    assert picks(text, ["a"]) == []


def test_ticked_documents_are_known_ones_in_their_order() -> None:
    assert picks('["c", "zebra", "a", "a"]', ["a", "b", "c"]) == ["a", "c"]


class Page:
    """The page's own requests, by the event that causes them."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.config = client.get("/config").json()
        self.elements = {part["id"]: part["props"] for part in self.config["components"]}

    def element(self, name: str) -> int:
        """The id of the component with an element id, a label, or a caption."""
        return next(
            i
            for i, props in self.elements.items()
            if name in (props.get("elem_id"), props.get("label"), props.get("value"))
        )

    def send(self, name: str, event: str, *data: Any, which: int = 0) -> list[Any]:
        """Return what the page's components become: the new values, or their changes."""
        target = [self.element(name), event]
        found = [d for d in self.config["dependencies"] if target in [list(t) for t in d["targets"]]]
        body = {"fn_index": found[which]["id"], "data": list(data), "session_hash": "s", "trigger_id": target[0]}
        response = self.client.post("/gradio_api/run/predict", json=body)
        assert response.status_code == 200, response.text
        return response.json()["data"]


VIEW = ("", "All types", "Any state", "Name", None, "")  # the fifth is the page, which the server keeps


@pytest.fixture
def client(bot: Chatbot) -> Iterator[TestClient]:
    async def built() -> FastAPI:
        return application(bot, "127.0.0.1")

    with TestClient(asyncio.run(built()), base_url="http://127.0.0.1:7860") as client:
        yield client


def upload(client: TestClient, name: str, content: bytes):
    return client.post("/gradio_api/upload", files={"files": (name, content)})


def test_an_upload_is_taken_up_to_its_limit(client: TestClient, bot: Chatbot) -> None:
    taken = upload(client, "a.txt", b"x" * FILE_BYTES)
    assert taken.status_code == 200
    assert Path(taken.json()[0]).is_relative_to(bot.index_folder)
    assert upload(client, "a.txt", b"x" * (FILE_BYTES + 1)).status_code == 413
    for size, code in ((BYTES_AT_ONCE + 1, 413), (BODY_BYTES + 1, 400)):
        headers = {"Content-Length": str(size), "Content-Type": "text/plain"}
        assert client.post("/gradio_api/upload", content=b"", headers=headers).status_code == code
    assert client.get("/gradio_api/upload").status_code == 404
    assert client.post("/upload", content=b"x").status_code == 404
    foreign = {"Origin": "http://evil.example"}
    assert client.post("/gradio_api/upload", files={"files": b"x"}, headers=foreign).status_code == 403


def test_a_page_that_is_only_read_has_nothing_that_changes(bot: Chatbot) -> None:
    async def built() -> FastAPI:
        return application(bot, "127.0.0.1", Access(read_only=True))

    with TestClient(asyncio.run(built()), base_url="http://127.0.0.1:7860") as client:
        assert upload(client, "a.txt", b"x").status_code == 404
        page = Page(client)
        shown = {props.get("elem_id") for props in page.elements.values()}
        assert {"pq-rows", "pq-picked"} <= shown
        assert not {"pq-upload", "pq-path", "pq-add", "pq-sure", "pq-limits"} & shown
        values = {props.get("value") for props in page.elements.values() if isinstance(props.get("value"), str)}
        assert "Ask only these" in values
        assert not {"Remove…", "Remove", "Read again", "Check all files", "Undo the removal"} & values
        told = page.send("pq-picked", "change", json.dumps([bot.documents[0].source]))
        assert told[0]["value"] == "Ask only this document"


@pytest.mark.parametrize(
    ("host", "access", "shown"),
    [
        ("127.0.0.1", Access(), True),
        ("0.0.0.0", Access(), False),
        ("0.0.0.0", Access(allow_paths=True), True),
        ("127.0.0.1", Access(trusted_proxies=("127.0.0.1",)), False),
        ("127.0.0.1", Access(allowed_hosts=("docs.example.org",)), False),
    ],
)
def test_paths_are_offered_where_the_server_allows_them(bot: Chatbot, host: str, access: Access, shown: bool) -> None:
    async def built() -> FastAPI:
        return application(bot, host, access)

    with TestClient(asyncio.run(built()), base_url="http://127.0.0.1:7860") as client:
        page = Page(client)
        assert page.elements[page.element("pq-paths")]["visible"] is shown


def test_the_tab_lists_narrows_and_chooses(client: TestClient, bot: Chatbot) -> None:
    page = Page(client)
    told = page.send("Documents", "select", *VIEW)
    table = next(text for text in told if isinstance(text, str) and "pq-table" in text)
    assert all(name in table for name in ("harbour.txt", "tower.md", "museum.html"))
    told = page.send("Search", "change", "tower", *VIEW[1:])
    assert "harbour.txt" not in told[0]
    assert "tower.md" in told[0]
    assert "Page 1 of 1, 3 documents" in page.send("Next", "click", *VIEW)[2]
    tower = json.dumps([source for d in bot.documents if (source := d.source).endswith("tower.md")])
    offered = page.send("pq-picked", "change", tower)
    assert [change["interactive"] for change in offered] == [True, True, True]
    assert page.send("pq-picked", "change", "")[0]["value"] == "Ask only these"
    chosen = page.send("Ask only these", "click", tower)
    assert "Asking only <bdi>tower.md</bdi>" in chosen[2]
    assert page.send("Ask all documents", "click")[2] == ""


def test_the_tab_removes_and_brings_back(client: TestClient, bot: Chatbot) -> None:
    page = Page(client)
    tower = json.dumps([source for d in bot.documents if (source := d.source).endswith("tower.md")])
    sure = page.send("Remove…", "click", tower)
    assert "Remove this document from the index? The file itself stays where it is." in sure[1]
    assert page.send("Keep", "click")[0]["visible"] is False
    page.send("Remove", "click", tower)
    waited(bot, 2)
    page.send("Undo the removal", "click", None)
    waited(bot, 3)
    page.send("Read again", "click", tower)
    page.send("Check all files", "click")
    for nothing in ("Remove", "Read again"):
        page.send(nothing, "click", "")
    page.send("pq-stop", "click")


def waited(bot: Chatbot, count: int) -> None:
    for _ in range(1_000):
        if len(bot.documents) == count:
            return
        time.sleep(0.01)
    raise AssertionError(names(bot))


def test_the_tab_takes_a_path_and_says_how_far_it_is(client: TestClient, bot: Chatbot, tmp_path: Path) -> None:
    page = Page(client)
    assert "only from the machine" in page.send("pq-add", "click", str(tmp_path))[1]  # the test's client is no machine
    told = page.send("Documents", "select", *VIEW)
    assert any("3 documents" in str(text) for text in told)


def test_the_map_is_drawn_with_and_without_a_question(client: TestClient) -> None:
    page = Page(client)

    def drawn() -> list[Any]:
        target = page.element("Map")
        (event,) = [d for d in page.config["dependencies"] if [target, "select"] in [list(t) for t in d["targets"]]]
        body = {"fn_index": event["id"], "data": [None], "session_hash": "s", "trigger_id": target}
        joined = client.post("/gradio_api/queue/join", json=body)
        assert joined.status_code == 200
        with client.stream("GET", "/gradio_api/queue/data?session_hash=s") as stream:
            for line in stream.iter_lines():
                if '"process_completed"' in line:
                    return json.loads(line.removeprefix("data:"))["output"]["data"]
        raise AssertionError("no answer")

    caption, plane, considered, *_ = drawn()
    assert "3 passages." in caption
    assert json.loads(plane["plot"])["data"]
    assert considered["visible"] is False
