"""Who may use the server: a file of names and hashed passwords, one `name:hash` a line."""

import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from corpus.errors import InputError, SettingError
from index.files import replace_file

if TYPE_CHECKING:
    from argon2 import PasswordHasher

NAME_CHARACTERS = 100
PASSWORD_LEAST, PASSWORD_MOST = 8, 1_000  # characters
_ABOUT = "# Who may use Pullquote: name:hash, made by `pullquote user add NAME --auth-file FILE`."


class Users:
    """The users that a file lists, as it stands now: who is added or removed there is let in or kept out at once.

    Args:
        path: the file; lines that are blank or begin with `#` say nothing.

    Raises:
        InputError: the file is missing or cannot be read, or a line is not `name:hash`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._stamp = _stamp(path)
        self._hashes = read_users(path)

    @property
    def hashes(self) -> Mapping[str, str]:
        """Each user's hash; another object when the file has changed.

        Raises:
            InputError: the file has become one that cannot be used.
        """
        with self._lock:
            if (stamp := _stamp(self.path)) != self._stamp:
                self._hashes = read_users(self.path)
                self._stamp = stamp
            return self._hashes


def read_users(path: Path) -> Mapping[str, str]:
    """Return each user's hash.

    Raises:
        InputError: the file is missing or cannot be read, or a line is not `name:hash`.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise InputError(
            f"there is no file of users {path}; make it with `pullquote user add NAME --auth-file {path}`"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the file of users {path} cannot be read ({error}); see that it is text you own") from error
    users = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, hashed = line.strip().partition(":")
        if not name or not hashed.startswith("$argon2"):
            raise InputError(
                f"line {number} of {path} is not name:hash; write it with `pullquote user add NAME --auth-file {path}`"
            )
        users[name] = hashed
    return MappingProxyType(users)


def add_user(path: Path, name: str, password: str) -> None:
    """Add a user, or give one another password; the file is made where it is missing, for its owner's eyes only.

    Raises:
        SettingError: the name or the password is not one.
        InputError: the file cannot be used.
    """
    check_name(name)
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        raise SettingError(
            f"the password has {len(password):,} characters; it must have {PASSWORD_LEAST} to {PASSWORD_MOST:,}"
        )
    if path.exists():
        read_users(path)
    _write(path, [*_others(path, name), f"{name}:{_hasher().hash(password)}"])


def remove_user(path: Path, name: str) -> None:
    """Take a user out of the file.

    Raises:
        InputError: there is no such user, or the file cannot be used.
    """
    if name not in read_users(path):
        raise InputError(f"there is no user {name!r} in {path}; `pullquote user list --auth-file {path}` lists them")
    _write(path, _others(path, name))


def check_name(name: str) -> None:
    """Raise a SettingError if a user cannot be called that."""
    if not name or len(name) > NAME_CHARACTERS or not name.isprintable() or name != name.strip() or ":" in name:
        raise SettingError(
            f"{name!r} is no user's name; it has 1 to {NAME_CHARACTERS} characters, no colon, and no space at its ends"
        )
    if name.startswith("#"):
        raise SettingError(f"{name!r} is no user's name; what begins with # is a remark in the file of users")


def is_password(hashed: str | None, password: str) -> bool:
    """Tell whether a password is the one that was hashed; takes as long where there is none to compare it with.

    Args:
        hashed: a user's hash; None for a user that does not exist.
        password: what was typed.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(hashed or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


@cache
def _hasher() -> "PasswordHasher":
    """Return the hasher: Argon2id with the library's settings, which follow RFC 9106."""
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(os.urandom(16).hex())


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino


def _others(path: Path, name: str) -> list[str]:
    """Return the lines of the file that are not about a user: the other users and the remarks."""
    if not path.exists():
        return [_ABOUT]
    return [line for line in path.read_text("utf-8").splitlines() if line.strip().partition(":")[0] != name]


def _write(path: Path, lines: Sequence[str]) -> None:
    def write(temporary: Path) -> None:
        temporary.touch(mode=0o600)
        temporary.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        with suppress(FileNotFoundError, PermissionError):  # a file that another account reads stays readable to it
            before = path.stat()
            os.chown(temporary, before.st_uid, before.st_gid)
            temporary.chmod(before.st_mode)

    try:
        replace_file(path, write)
    except OSError as error:
        raise InputError(f"the file of users {path} cannot be written ({error}); choose another") from error
