"""Who reaches the server, under which name and path, and what they may do there."""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import SettingError

_ROOT_PATH = re.compile(r"(/[\w.~-]+)*")
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Access:
    """Who reaches the server, and how.

    Args:
        auth_file: file of users and hashed passwords, one of which every request must carry; None to ask for none.
        read_only: nothing can be changed through the page or its interfaces.
        root_path: path that a reverse proxy serves it under, such as "/pullquote"; empty for the root.
        trusted_proxies: addresses or networks of reverse proxies, whose word on the client's address and on the
            host and scheme that it asked for is taken.
        allowed_hosts: names that it goes by besides the machine's own.
        allow_paths: files and folders of this machine may be added by their paths even by other machines.

    Raises:
        SettingError: a path, an address or a name is not one.
    """

    auth_file: Path | None = None
    read_only: bool = False
    root_path: str = ""
    trusted_proxies: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    allow_paths: bool = False

    @property
    def is_for_others(self) -> bool:
        """Whether it is set up for more than the person who started it, whatever host it listens on."""
        return bool(self.trusted_proxies or self.root_path or self.allowed_hosts or self.auth_file)

    def __post_init__(self) -> None:
        path = self.root_path.rstrip("/")
        object.__setattr__(self, "root_path", path)
        if not _ROOT_PATH.fullmatch(path) or "/.." in path:
            raise SettingError(f"{path!r} is no path to be served under; give one such as /pullquote")
        for address in self.trusted_proxies:
            try:
                ipaddress.ip_network(address)
            except ValueError as error:
                raise SettingError(
                    f"{address!r} is no proxy's address ({error}); give one such as 127.0.0.1 or 10.0.0.0/8"
                ) from error
        object.__setattr__(self, "allowed_hosts", tuple(name.lower() for name in self.allowed_hosts))
        for name in self.allowed_hosts:
            if not _NAME.fullmatch(name):
                raise SettingError(
                    f"{name!r} is no host's name; give one such as docs.example.org, without scheme or port"
                )
