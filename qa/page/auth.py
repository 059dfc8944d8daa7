"""HTTP Basic authentication (RFC 7617) in front of everything, with guessing slowed down."""

import base64
import hashlib
import hmac
import ipaddress
import logging
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus.errors import InputError
from qa.page.users import PASSWORD_MOST, Users, is_password

_log = logging.getLogger(__name__)

FREE_GUESSES = 5
LONGEST_WAIT_SECONDS = 300.0
FORGET_SECONDS = 3_600.0
ADDRESSES_KEPT = 10_000
KNOWN_KEPT = 1_000  # pairs of name and password that were right
WRONG_KEPT = 20  # of an address: a browser sends the same wrong pair with each file of a page
HEADER_CHARACTERS = 4 * (PASSWORD_MOST + 200)


@dataclass(slots=True)
class _Guesses:
    """What was guessed from one address.

    Args:
        count: different wrong pairs of name and password.
        last: time of the last one, in seconds of the clock.
        wrong: fingerprints of the latest ones.
    """

    count: int = 0
    last: float = 0.0
    wrong: deque[bytes] = field(default_factory=lambda: deque(maxlen=WRONG_KEPT))

    def wait(self, now: float) -> float:
        """Return the seconds that the next guess has to wait: none for the first few, then twice as long each time."""
        if self.count < FREE_GUESSES:
            return 0.0
        pause = min(2.0 ** min(self.count - FREE_GUESSES, 30), LONGEST_WAIT_SECONDS)
        return max(0.0, self.last + pause - now)


class SignedIn:
    """Let in whoever says a name and password of the file of users, and nobody else.

    Args:
        app: the application behind it.
        users: the file.
        clock: seconds that only go forward.
    """

    def __init__(self, app: ASGIApp, users: Users, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._users = users
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._hashes: object = None
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._guesses: OrderedDict[str, _Guesses] = OrderedDict()
        self._checking = anyio.Lock()  # one at a time: each check costs 64 MB of memory and a moment of every core

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            refusal = await self._refusal(scope)
        except InputError as error:
            _log.error("%s", error)
            refusal = PlainTextResponse("The list of users cannot be read; the terminal says why", status_code=503)
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        hashes = self._users.hashes
        if hashes is not self._hashes:  # who was right may be so no longer
            self._hashes = hashes
            self._right.clear()
        said = _name_and_password(Headers(scope=scope).get("authorization", ""))
        if said is None:
            return _asked("Sign in with your name and password")
        address = _network(scope["client"][0] if scope.get("client") else "")
        fingerprint = hmac.digest(self._key, "\0".join(said).encode("utf-8", "surrogatepass"), hashlib.sha256)
        if wait := self._wait(address):
            return _told_to_wait(wait)
        if fingerprint in self._right:
            self._right.move_to_end(fingerprint)
            return None
        async with self._checking:
            if wait := self._wait(address):  # of guesses sent all at once, the others have been counted meanwhile
                return _told_to_wait(wait)
            guesses = self._guesses.get(address)
            if guesses is None or fingerprint not in guesses.wrong:
                name, password = said
                if await anyio.to_thread.run_sync(is_password, hashes.get(name), password):
                    if hashes is self._hashes:
                        self._right[fingerprint] = None
                        _shorten(self._right, KNOWN_KEPT)
                    return None
                self._count(address, fingerprint)
                _log.warning("wrong name or password from %s", address)
        return _asked("Wrong name or password")

    def _wait(self, address: str) -> float:
        guesses, now = self._guesses.get(address), self._clock()
        if guesses is None:
            return 0.0
        if now - guesses.last > FORGET_SECONDS:
            del self._guesses[address]
            return 0.0
        return guesses.wait(now)

    def _count(self, address: str, fingerprint: bytes) -> None:
        guesses = self._guesses.setdefault(address, _Guesses())
        guesses.count += 1
        guesses.last = self._clock()
        guesses.wrong.append(fingerprint)
        self._guesses.move_to_end(address)
        _shorten(self._guesses, ADDRESSES_KEPT)


def _asked(text: str) -> Response:
    realm = {"WWW-Authenticate": 'Basic realm="Pullquote", charset="UTF-8"', "Cache-Control": "no-store"}
    return PlainTextResponse(text, status_code=401, headers=realm)


def _told_to_wait(seconds: float) -> Response:
    whole = int(seconds) + 1
    return PlainTextResponse(
        f"Too many wrong passwords from your address; try again in {whole} s",
        status_code=429,
        headers={"Retry-After": str(whole)},
    )


def _name_and_password(header: str) -> tuple[str, str] | None:
    """Return what an Authorization header says; None if it is missing or is not Basic."""
    kind, _, coded = header.partition(" ")
    if kind.lower() != "basic" or len(header) > HEADER_CHARACTERS:
        return None
    try:
        name, colon, password = base64.b64decode(coded.strip(), validate=True).decode("utf-8").partition(":")
    except ValueError:  # no base64, or no UTF-8
        return None
    return (name, password) if colon and len(password) <= PASSWORD_MOST else None


def _network(address: str) -> str:
    """Return whose guesses are counted together: an address, of IPv6 the network that one customer gets."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def _shorten(kept: "OrderedDict[bytes, None] | OrderedDict[str, _Guesses]", most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
