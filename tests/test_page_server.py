"""The page's server without a browser: what it lets in, and where it listens."""

import asyncio
import re
import signal
import socket
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from test_page import Bot

from corpus.errors import SettingError
from qa.page import serve, server
from qa.page.access import Access
from qa.page.app import application
from qa.page.guard import BODY_BYTES, Guard


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    async def built() -> FastAPI:
        # Gradio opens a loop of its own where none is running
        return application(Bot(), "127.0.0.1", Access(read_only=True))

    with TestClient(asyncio.run(built()), base_url="http://127.0.0.1:7860") as client:
        yield client


def test_the_page_comes_with_a_policy_that_keeps_the_browser_here(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    rules = dict(rule.split(" ", 1) for rule in response.headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    nonce = rules["script-src"].removeprefix("'self' 'nonce-").removesuffix("'")
    assert response.text.count("<script") == response.text.count(f'<script nonce="{nonce}"') > 0
    assert client.get("/").headers["content-security-policy"] != response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


def test_the_page_asks_nobody_else_for_anything(client: TestClient) -> None:
    theme = client.get("/theme.css").text
    assert "fonts.g" not in theme
    assert set(re.findall(r"url\(.(.{5})", theme)) <= {"data:"}
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False


def test_its_own_script_is_served(client: TestClient) -> None:
    response = client.get("/pullquote.js")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://evil.example/",
        "/gradio_api/file=https://evil.example/",
        "/gradio_api/file=%68ttp://evil.example/",
        "/gradio_api/file=/etc/hostname",
        "/gradio_api/FILE=http://evil.example/",
        "/gradio_api/file/etc/hostname",
        "/gradio_api/proxy=http://evil.example/",
        "/gradio_api/upload",
        "/gradio_api/runs",
        "/gradio_api/deep_link",
        "/monitoring",
    ],
)
def test_doors_that_the_page_does_not_use_are_closed(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, json={}).status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:7860", "[::1]:7860", "192.168.0.7"])
def test_it_answers_to_its_own_names(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "localhost.evil.example:7860"])
def test_it_does_not_answer_to_a_foreign_name(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 400


def test_another_site_cannot_ask(client: TestClient) -> None:
    body = {"data": ["How much?"]}
    assert client.post("/gradio_api/call/chat", json=body, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/gradio_api/call/chat", json=body, headers={"Origin": "null"}).status_code == 403
    own = client.post("/gradio_api/call/chat", json=body, headers={"Origin": "http://127.0.0.1:7860"})
    assert own.status_code == 200


def test_a_request_has_a_length_and_a_limit(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"{}"

    assert client.post("/gradio_api/call/chat", content=pieces()).status_code == 411
    assert client.post("/gradio_api/call/chat", content=b" " * (BODY_BYTES + 1)).status_code == 413


def test_a_page_that_comes_in_pieces_keeps_its_policy() -> None:
    async def pieces(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"<scr", "more_body": True})
        await send({"type": "http.response.body", "body": b"ipt>1</script>"})

    response = TestClient(Guard(pieces, frozenset({"testserver"}))).get("/")
    assert re.fullmatch(r'<script nonce="[\w-]+">1</script>', response.text)
    assert response.headers["content-length"] == str(len(response.text))


def called(client: TestClient, *data: object) -> str:
    event = client.post("/gradio_api/call/chat", json={"data": data}).json()["event_id"]
    return client.get(f"/gradio_api/call/chat/{event}").text


def test_the_interface_for_programs_answers(client: TestClient) -> None:
    assert list(client.get("/gradio_api/info").json()["named_endpoints"]) == ["/chat"]
    told = called(client, "How much?")
    assert "<mark>" in told.partition("event: complete")[2]


@pytest.mark.parametrize("question", [None, 7, ["a"], {"b": 1}])
def test_the_interface_for_programs_takes_anything_for_a_question(client: TestClient, question: object) -> None:
    assert "event: complete" in called(client, question)


def listener(host: str = "127.0.0.1") -> socket.socket:
    taken = socket.socket()
    taken.bind((host, 0))
    taken.listen()
    return taken


def test_a_port_that_is_taken_is_an_error_when_it_was_asked_for() -> None:
    with listener() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingError, match=rf"port {port} of 127.0.0.1 .*already in use.*; choose another"):
            serve(Bot(), port=port)


def test_without_a_port_the_next_free_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with listener() as taken:
        first = taken.getsockname()[1]
        monkeypatch.setattr(server, "FIRST_PORT", first)
        with server._listen("127.0.0.1", None) as found:
            assert first < found.getsockname()[1] < first + server.PORTS_TRIED
        monkeypatch.setattr(server, "PORTS_TRIED", 1)
        with pytest.raises(SettingError, match=f"ports {first} to {first} of 127.0.0.1 cannot be used"):
            server._listen("127.0.0.1", None)


@pytest.mark.parametrize(("host", "port"), [("no.such.host.invalid", 7860), ("127.0.0.1", 70000), ("127.0.0.1", -1)])
def test_a_place_that_cannot_be_listened_on(host: str, port: int) -> None:
    with pytest.raises(SettingError, match=r"no such host|does not exist"):
        serve(Bot(), host=host, port=port)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80/"),
        ("0.0.0.0", "http://127.0.0.1:80/"),
        ("::1", "http://[::1]:80/"),
        ("box", "http://box:80/"),
    ],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, address: str) -> None:
    assert server._address(host, 80) == address


def test_it_serves_until_it_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    ready: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)

    def interrupt(address: str) -> None:
        ready.append(address)
        signal.raise_signal(signal.SIGINT)

    serve(Bot(), port=0, open_browser=True, access=Access(read_only=True), on_ready=interrupt)
    assert ready == opened
    assert ready[0].startswith("http://127.0.0.1:")
