"""The file of users, the command that writes it, and what a request must carry."""

import asyncio
import io
import stat
from base64 import b64encode
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from corpus.errors import InputError, SettingError
from qa.cli import main
from qa.page import auth
from qa.page.access import Access
from qa.page.auth import FREE_GUESSES, SignedIn
from qa.page.users import Users, add_user, is_password, read_users, remove_user

PASSWORD = "correct horse: ü"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "users"
    add_user(path, "ann", PASSWORD)
    return path


def test_a_user_is_kept_with_a_hash_for_the_owners_eyes_only(file: Path) -> None:
    add_user(file, "bob", "battery staple")
    users = read_users(file)
    assert list(users) == ["ann", "bob"]
    assert "battery" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert is_password(users["bob"], "battery staple")
    assert not is_password(users["bob"], "battery stapl")
    assert not is_password(None, "battery staple")


def test_changing_the_file_keeps_its_remarks_and_its_mode(file: Path) -> None:
    file.chmod(0o640)
    file.write_text(f"# ours\n\n{file.read_text()}")
    add_user(file, "ann", "another password")
    assert file.read_text().startswith("# ours\n\n")
    assert list(read_users(file)) == ["ann"]
    assert is_password(read_users(file)["ann"], "another password")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    remove_user(file, "ann")
    assert not read_users(file)


@pytest.mark.parametrize("name", ["", "a:b", " a", "a\n", "#a", "x" * 101])
def test_what_is_no_name(file: Path, name: str) -> None:
    with pytest.raises(SettingError, match="no user's name"):
        add_user(file, name, PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_what_is_no_password(file: Path, password: str) -> None:
    with pytest.raises(SettingError, match="it must have 8 to 1,000"):
        add_user(file, "bob", password)


def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, file: Path) -> None:
    with pytest.raises(InputError, match=r"there is no file of users .* make it with"):
        read_users(tmp_path / "none")
    with pytest.raises(InputError, match="there is no user 'bob'"):
        remove_user(file, "bob")
    file.write_text("ann:secret\n")
    with pytest.raises(InputError, match=r"line 1 of .* is not name:hash"):
        add_user(file, "bob", PASSWORD)
    file.write_bytes(b"\xff")
    with pytest.raises(InputError, match="cannot be read"):
        read_users(file)
    with pytest.raises(InputError, match="cannot be written"):
        add_user(tmp_path / "no" / "users", "ann", PASSWORD)


def test_the_command_adds_lists_and_removes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--auth-file", str(tmp_path / "users")]
    monkeypatch.setattr("sys.stdin", io.StringIO("battery staple\n"))
    assert main(["user", "add", "bob", *where]) == 0
    assert main(["user", "list", *where]) == 0
    assert capsys.readouterr().out == "bob\n"
    assert main(["user", "remove", "bob", *where]) == 0
    assert main(["user", "add", *where]) == 2
    assert "no user's name" in capsys.readouterr().err


def test_a_password_is_asked_for_twice_at_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["battery staple", "battery stable", "battery staple", "battery staple"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert main(["user", "add", "bob", "--auth-file", str(tmp_path / "users")]) == 2
    assert "the two passwords differ" in capsys.readouterr().err
    assert main(["user", "add", "bob", "--auth-file", str(tmp_path / "users")]) == 0


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def guarded(file: Path, clock: Clock, client: tuple[str, int] = ("192.0.2.7", 1)) -> TestClient:
    return TestClient(SignedIn(PlainTextResponse("in"), Users(file), clock), client=client)


def said(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def test_a_request_without_the_right_password_is_refused(file: Path) -> None:
    client = guarded(file, Clock())
    refused = client.get("/")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith('Basic realm="Pullquote"')
    for wrong in (
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic ?"},
        {"Authorization": "Basic " + "A" * 9999},
    ):
        assert client.get("/", headers=wrong).status_code == 401
    told = {client.get("/", headers=said(name, "wrong password")).text for name in ("ann", "nobody")}
    assert told == {"Wrong name or password"}
    assert client.get("/", headers=said("ann", PASSWORD)).text == "in"
    assert client.get("/", headers=said("ann", PASSWORD)).text == "in"


def test_who_is_removed_is_kept_out_at_once_and_a_broken_file_keeps_out_everyone(file: Path) -> None:
    client = guarded(file, Clock())
    assert client.get("/", headers=said("ann", PASSWORD)).status_code == 200
    add_user(file, "bob", "battery staple")
    remove_user(file, "ann")
    assert client.get("/", headers=said("ann", PASSWORD)).status_code == 401
    assert client.get("/", headers=said("bob", "battery staple")).status_code == 200
    file.write_text("broken")
    assert client.get("/", headers=said("bob", "battery staple")).status_code == 503
    file.unlink()
    assert client.get("/", headers=said("bob", "battery staple")).status_code == 503


def test_guessing_takes_longer_and_longer(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "is_password", lambda hashed, password: password == PASSWORD)
    clock = Clock()
    client = guarded(file, clock)
    statuses = [client.get("/", headers=said("ann", f"guess {n}")).status_code for n in range(FREE_GUESSES + 1)]
    assert statuses == [401] * FREE_GUESSES + [429]
    waiting = client.get("/", headers=said("ann", PASSWORD))
    assert (waiting.status_code, waiting.headers["retry-after"]) == (429, "2")
    clock.now += 1.5
    assert client.get("/", headers=said("ann", "another guess")).status_code == 401
    clock.now += 1.5  # the wait has doubled
    assert client.get("/", headers=said("ann", PASSWORD)).status_code == 429
    clock.now += 1
    assert client.get("/", headers=said("ann", PASSWORD)).status_code == 200
    clock.now += auth.FORGET_SECONDS + 1
    assert [client.get("/", headers=said("ann", f"{n}")).status_code for n in range(FREE_GUESSES)] == [401] * 5


def test_the_same_wrong_password_counts_once(file: Path) -> None:
    client = guarded(file, Clock())
    assert {client.get("/", headers=said("ann", "mistyped")).status_code for _ in range(20)} == {401}
    assert client.get("/", headers=said("ann", PASSWORD)).status_code == 200


def test_addresses_are_counted_by_whom_they_belong_to(monkeypatch: pytest.MonkeyPatch) -> None:
    assert auth._network("2001:db8:1:2:3::4") == auth._network("2001:db8:1:2:ffff::")
    assert auth._network("192.0.2.1") != auth._network("192.0.2.2")
    assert auth._network("") == ""


def test_the_start_and_end_of_the_server_pass(file: Path) -> None:
    passed = []

    async def app(scope: object, receive: object, send: object) -> None:
        passed.append(scope)

    asyncio.run(SignedIn(app, Users(file))({"type": "lifespan"}, None, None))
    assert passed == [{"type": "lifespan"}]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"root_path": "pullquote"}, "is no path"),
        ({"root_path": "/a/../b"}, "is no path"),
        ({"trusted_proxies": ("nginx",)}, "is no proxy's address"),
        ({"allowed_hosts": ("https://docs.example.org",)}, "is no host's name"),
    ],
)
def test_access_that_makes_no_sense(wrong: dict, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Access(**wrong)


def test_access_is_tidied() -> None:
    access = Access(root_path="/pullquote/", allowed_hosts=("Docs.Example.org",), trusted_proxies=("10.0.0.0/8", "::1"))
    assert (access.root_path, access.allowed_hosts) == ("/pullquote", ("docs.example.org",))
