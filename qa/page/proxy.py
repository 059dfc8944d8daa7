"""A reverse proxy in front: its word on who asked for what is taken if it is trusted, and nobody else's."""

from collections.abc import Sequence
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

# Gradio would believe the last three whoever sends them.
_WORD_OF_A_PROXY = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")


class BehindProxy:
    """Put the client's address, the host, the scheme and the path that it asked for where everything behind looks.

    Args:
        app: the application behind it.
        root_path: path that the proxy serves it under, without a slash at its end; the proxy may leave it on or
            cut it off.
        trusted: addresses or networks of proxies. What they say in X-Forwarded-For, -Host and -Proto is taken;
            these headers are dropped from all requests, so that nothing behind reads them once more.
    """

    def __init__(self, app: ASGIApp, root_path: str, trusted: Sequence[str]) -> None:
        self._app = app
        self._root_path = root_path
        self._client = ProxyHeadersMiddleware(self._cleaned, list(trusted))  # type: ignore[arg-type]
        self._trusted = self._client.trusted_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope = {**scope, "headers": list(scope["headers"])}
        headers = MutableHeaders(scope=scope)
        asked = headers.get("x-forwarded-host", "").partition(",")[0].strip()
        if asked and scope.get("client") and scope["client"][0] in self._trusted:
            headers["host"] = asked
        await self._client(scope, receive, send)  # type: ignore[arg-type]

    async def _cleaned(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = MutableHeaders(scope=scope)
        for name in _WORD_OF_A_PROXY:
            del headers[name]
        root, path = self._root_path, scope["path"]
        if root and path == root:
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(quote(f"{root}/") + (f"?{query}" if query else ""))(scope, receive, send)
            return
        if root:
            scope["root_path"] = root
            scope["path"] = path if path.startswith(f"{root}/") else root + path
        await self._app(scope, receive, send)
