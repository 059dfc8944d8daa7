"""What stands between the network and Gradio: which requests come in, and what the browser may do with a page."""

import ipaddress
import re
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio's doors that this page does not use: fetching an address or a file for the caller, keeping uploads and
# links to conversations on the disk, watching the server.
CLOSED = re.compile(r"(?i)/+(gradio_api/+)?(file[=/]|proxy=|stream/|runs|run-history|deep_link|dev/|monitoring)")
UPLOAD = re.compile(r"(?i)/+(gradio_api/+)?upload")
UPLOADS = {("POST", "/gradio_api/upload"), ("GET", "/gradio_api/upload_progress")}
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# The browser sends a whole conversation back with each event.
BODY_BYTES = 8 * 2**20
UNKNOWN_NAME = (
    "This server does not go by that name. If it should, start it with --allowed-host and the name, and behind a "
    "reverse proxy with --trusted-proxy and the proxy's address."
)

_SCRIPT = re.compile(rb"<script\b")


def policy(nonce: str) -> str:
    """Return the Content-Security-Policy: everything from this server, and of scripts in the page its own alone.

    Args:
        nonce: the word that the page's own scripts carry.
    """
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",  # Gradio styles its components in place
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


class Guard:
    """Refuse what the page does not need, and tell the browser to run and fetch nothing foreign.

    Args:
        app: the application behind it.
        names: what the machine may be called, in lower case. Addresses are always accepted: only a name can be
            pointed at this server by somebody else's domain (DNS rebinding). Starlette's own check knows no
            "any address", which a server on all interfaces needs.
        upload_bytes: what one upload may have; 0 where nothing may be uploaded.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str], upload_bytes: int = 0) -> None:
        self._app = app
        self._names = names
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, _Dressed(send))

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if not self._is_this_machine(headers.get("host", "")):
            return PlainTextResponse(UNKNOWN_NAME, status_code=400)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        is_upload = bool(UPLOAD.match(path))
        if is_upload and not (self._upload_bytes and (scope["method"], path) in UPLOADS):
            return PlainTextResponse("Not part of this page", status_code=404)
        if CLOSED.match(path):
            return PlainTextResponse("Not part of this page", status_code=404)
        if scope["method"] in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        # another site, open in the same browser, must not be able to ask on the user's behalf
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return PlainTextResponse("Requests come from the page itself", status_code=403)
        length = headers.get("content-length", "" if "transfer-encoding" in headers else "0")
        if not length.isdecimal():
            return PlainTextResponse("A request states its length", status_code=411)
        limit = self._upload_bytes if is_upload else BODY_BYTES
        if int(length) > limit:
            return PlainTextResponse(f"A request has at most {limit:,} bytes", status_code=413)
        return None

    def _is_this_machine(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self._names
        return True


class _Dressed:
    """Send a response on with the headers that protect it; a page of HTML also with a nonce in its scripts."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message | None = None
        self._page = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", policy(self._nonce))  # a route may have a stricter one
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer"
            if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
                self._start = message  # its length is known when its scripts have been given the nonce
                return
        elif self._start is not None and message["type"] == "http.response.body":
            self._page += message.get("body", b"")
            if message.get("more_body"):
                return
            page = _SCRIPT.sub(b'<script nonce="%s"' % self._nonce.encode(), self._page)
            MutableHeaders(scope=self._start)["Content-Length"] = str(len(page))
            await self._send(self._start)
            message = {"type": "http.response.body", "body": page}
            self._start = None
        await self._send(message)
