"""The server as others meet it: behind a proxy, over its JSON, through `gradio_client` and over MCP."""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from gradio_client import Client as PageClient
from mcp import Client as McpClient
from mcp import StdioServerParameters, stdio_client
from starlette.testclient import TestClient
from test_page import Bot

import qa.mcp_server
from corpus.errors import IndexLockedError
from qa.cli import main
from qa.page import Access, is_open
from qa.page.app import application
from qa.page.users import add_user

SIGNED = "President Heydar Aliyev signed the Partnership for Peace document for Azerbaijan in 1994."
QUESTION = "Who signed the Partnership for Peace document?"
HEADERS = {"Authorization": "Basic " + b64encode(b"ann:correct horse").decode()}


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let what a page that takes uploads makes in its index's folder be made in the test's own."""
    monkeypatch.setattr(Bot, "index_folder", tmp_path)


@contextmanager
def served(folder: Path, *options: str) -> Iterator[str]:
    """Run `pullquote chat` on the bundled documents; yield the address that it prints."""
    log = folder / "chat.log"
    command = [sys.executable, "-m", "qa", "chat", "--no-browser", "--port", "0", "--index", str(folder / "index")]
    with log.open("w") as output, subprocess.Popen([*command, *options], stderr=output) as server:
        try:
            deadline = time.monotonic() + 180
            while not (ready := re.search(r"http://127\.0\.0\.1:\S+/", log.read_text())):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(log.read_text())
                time.sleep(0.1)
            yield ready.group()
        finally:
            server.terminate()
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for users, behind a proxy, on the real model."""
    folder = tmp_path_factory.mktemp("served")
    add_user(folder / "users", "ann", "correct horse")
    options = ("--auth-file", str(folder / "users"), "--root-path", "/pullquote", "--trusted-proxy", "127.0.0.1")
    with served(folder, *options, "--allowed-host", "docs.example.org", "--read-only") as address:
        assert address.endswith("/pullquote/")
        yield address


def test_nothing_is_served_without_a_password(address: str) -> None:
    for path in (
        "",
        "pullquote.js",
        "api/documents",
        "api/openapi.json",
        "mcp",
        "config",
        "gradio_api/info",
        "theme.css",
    ):
        assert httpx.get(address + path).status_code == 401, path


@pytest.mark.parametrize("cut", [False, True])
def test_behind_a_proxy_the_page_goes_by_the_address_that_was_asked_for(address: str, cut: bool) -> None:
    """Whether the proxy leaves its path on or cuts it off."""
    inner = address.replace("/pullquote/", "/") if cut else address
    headers = {**HEADERS, "X-Forwarded-Host": "docs.example.org", "X-Forwarded-Proto": "https"}
    assert httpx.get(f"{inner}config", headers=headers).json()["root"] == "https://docs.example.org/pullquote"
    assert httpx.get(f"{inner}pullquote.js", headers=headers).status_code == 200
    asked = {"json": {"question": QUESTION}, "headers": {**headers, "Origin": "https://docs.example.org"}}
    assert httpx.post(f"{inner}api/ask", timeout=60, **asked).json()["quotes"][0]["text"] == SIGNED
    assert httpx.get(f"{inner}config", headers={**headers, "X-Forwarded-Host": "evil.example"}).status_code == 400
    assert httpx.get(f"{inner}gradio_api/file=/etc/hostname", headers=headers).status_code == 404


def test_the_bare_path_leads_to_the_page(address: str) -> None:
    assert httpx.get(f"{address[:-1]}?q=a", headers=HEADERS).headers["location"] == "/pullquote/?q=a"


def test_gradio_client_asks_and_sessions_do_not_mix(address: str) -> None:
    """Each user's follow-up leans on the user's own question."""
    found: dict[int, str] = {}

    def talk(number: int) -> None:
        client = PageClient(address, headers=HEADERS, verbose=False)
        client.predict(f"What does paper number {number}00{number} say of peace?", api_name="/chat")
        found[number] = str(client.predict("And when was that?", api_name="/chat"))

    users = [threading.Thread(target=talk, args=(number,)) for number in range(1, 6)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert {n: set(re.findall(r"paper number (\d+)", found[n])) for n in found} == {
        n: {f"{n}00{n}"} for n in range(1, 6)
    }


async def uses_tools(client: McpClient) -> None:
    async with client:
        assert {tool.name for tool in (await client.list_tools()).tools} == {"ask", "search", "list_documents"}
        answer = await client.call_tool("ask", {"question": QUESTION})
        assert answer.structured_content["quotes"][0]["text"] == SIGNED
        assert SIGNED in answer.content[0].text
        later = await client.call_tool("ask", {"question": "And when?", "earlier_questions": [QUESTION]})
        assert later.structured_content["understood"] == f"{QUESTION} And when?"
        given = {"question": "And when?", "earlier_questions": [QUESTION], "last_quote": SIGNED}
        leaning = (await client.call_tool("ask", given)).structured_content
        assert leaning["understood"] == later.structured_content["understood"]
        assert leaning["confidence"] != later.structured_content["confidence"]
        hits = (await client.call_tool("search", {"question": "peace", "k": 2})).structured_content["hits"]
        assert len(hits) == 2
        corrected = (await client.call_tool("search", {"question": "the partnershp for peace"})).content[0].text
        assert corrected.startswith("Searched for: the partnership for peace\n")
        assert len((await client.call_tool("list_documents", {})).structured_content["documents"]) == 6
        wrong = await client.call_tool("ask", {"question": " "})
        assert wrong.is_error
        assert "the question is empty" in wrong.content[0].text


def test_an_mcp_client_uses_the_tools_over_http(address: str) -> None:
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    async def talk() -> None:
        async with httpx2.AsyncClient(headers=HEADERS, timeout=60) as http:
            await uses_tools(McpClient(streamable_http_client(f"{address}mcp", http_client=http)))

    asyncio.run(talk())


def test_an_mcp_client_uses_the_tools_over_stdio(tmp_path: Path) -> None:
    arguments = ["-m", "qa", "mcp", "--index", str(tmp_path / "index")]
    parameters = StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ))
    with (tmp_path / "err").open("w") as errors:
        asyncio.run(uses_tools(McpClient(stdio_client(parameters, errlog=errors))))
    assert "Traceback" not in (tmp_path / "err").read_text()


def test_without_the_extra_the_command_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(qa.mcp_server, "find_spec", lambda name: None)
    assert main(["mcp"]) == 2
    assert "pip install 'pullquote[mcp]'" in capsys.readouterr().err

    async def built() -> FastAPI:
        return application(Bot(), "127.0.0.1")

    with TestClient(asyncio.run(built()), base_url="http://127.0.0.1") as client:
        assert client.post("/mcp", json={}).status_code == 404


@contextmanager
def inside(bot: Bot, access: Access) -> Iterator[TestClient]:
    async def built() -> FastAPI:
        return application(bot, "127.0.0.1", access)  # Gradio opens a loop of its own where none is running

    with TestClient(
        asyncio.run(built()), base_url="http://127.0.0.1", client=("192.0.2.7", 1), raise_server_exceptions=False
    ) as client:
        yield client


def test_nobody_but_a_trusted_proxy_is_believed() -> None:
    with inside(Bot(), Access(trusted_proxies=("127.0.0.1",), allowed_hosts=("docs.example.org",))) as client:
        headers = {"X-Forwarded-Host": "docs.example.org", "X-Forwarded-Proto": "https", "X-Gradio-Server": "http://e"}
        assert client.get("/config", headers=headers).json()["root"] == "http://127.0.0.1"
        assert client.get("/", headers={"Host": "docs.example.org"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"question": 7}', "question: input should be a valid string"),
        ('{"question": null}', "question: input should be a valid string"),
        ("{}", "question: field required"),
        ('{"question": "a", "k": 4}', "k: input should be less than or equal to 3"),
        ('{"question": "a", "history": [{"role": "system", "content": "b"}]}', "history.0.role: input should be"),
        ('{"question": "a", "more": 1}', "more: extra inputs are not permitted"),
        ("nothing", "the request is not JSON"),
        ("[]", "the request is not a JSON object"),
    ],
)
def test_what_cannot_be_asked_is_told_in_words(api: TestClient, body: str, told: str) -> None:
    got = api.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert got.status_code == 422
    assert got.json()["detail"].startswith(told)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    bot = Bot()
    bot.index_folder = tmp_path_factory.mktemp("api")  # `own_folder` comes too late for a fixture of the whole module
    with inside(bot, Access()) as client:
        yield client


@pytest.mark.parametrize("question", ["", " ", "x" * 2001, "\ud800"])
def test_the_limits_of_a_question_hold(address: str, question: str) -> None:
    for path in ("ask", "search"):
        body = json.dumps({"question": question})
        got = httpx.post(
            f"{address}api/{path}", content=body, headers={**HEADERS, "Content-Type": "application/json"}, timeout=60
        )
        assert got.status_code == 422
        assert got.json()["detail"].startswith("the question ")


def test_search_and_documents_are_lists_of_records(address: str) -> None:
    body = {"question": "peace", "k": 2, "history": [{"role": "user", "content": "\u00e4"}]}
    hits = httpx.post(f"{address}api/search", json=body, headers=HEADERS, timeout=60).json()
    assert [set(hit) >= {"text", "source", "score"} for hit in hits] == [True, True]
    listing = httpx.get(f"{address}api/documents", headers=HEADERS).json()
    assert (len(listing["documents"]), listing["failures"]) == (6, [])


def test_the_interface_describes_itself(api: TestClient) -> None:
    described = api.get("/api/openapi.json").json()
    assert set(described["paths"]) == {"/api/ask", "/api/search", "/api/documents"}
    record = api.post("/api/ask", json={"question": "How much?", "k": 1}).json()
    assert set(record) == set(described["components"]["schemas"]["AnswerReply"]["properties"])


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (IndexLockedError("process 7 is writing"), 503, "process 7"),
        (ZeroDivisionError("secret"), 500, "something went"),
    ],
)
def test_a_fault_is_no_fault_of_the_request(
    error: Exception, status: int, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with inside(Bot(error), Access()) as client:
        got = client.post("/api/ask", json={"question": "How much?"})
    assert got.status_code == status
    assert got.json()["detail"].startswith(told)
    assert ("secret" in caplog.text) is (status == 500)


def test_a_server_for_others_without_users_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [is_open(host) for host in ("0.0.0.0", "::", "127.0.0.1", "localhost", "no.such.host.invalid")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["chat", str(tmp_path / "missing"), "--host", "0.0.0.0"]) == 2
    assert "warning: anyone who can reach this machine" in capsys.readouterr().err
    assert main(["chat", str(tmp_path / "missing"), "--host", "0.0.0.0", "--auth-file", str(tmp_path / "u")]) == 2
    assert "warning" not in capsys.readouterr().err
