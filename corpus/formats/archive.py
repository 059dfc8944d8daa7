"""Archives (Office files, EPUB) are looked at before they are unpacked."""

import io
import zipfile

from corpus.errors import DamagedDocumentError, DocumentLimitError, ProtectedDocumentError
from corpus.records import Limits

_MEGABYTE = 2**20
_ENCRYPTED = 0x1  # the general purpose flag of an encrypted member (PKWARE APPNOTE 4.4.4)
# Office XML packs 10 to 100 to 1; a small archive may do better without harm.
_RATIO = 400
_HARMLESS_BYTES = 20 * _MEGABYTE


def open_archive(raw: bytes, limits: Limits) -> zipfile.ZipFile:
    """Return an archive that is safe to unpack in memory.

    Args:
        raw: the archive's bytes.
        limits: how many members it may have, and bytes unpacked.

    Raises:
        DamagedDocumentError: it is no archive, or a broken one.
        ProtectedDocumentError: its members are encrypted.
        DocumentLimitError: it would unpack to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise DamagedDocumentError(f"its archive is damaged or cut short ({error}); get a fresh copy") from error
    members = archive.infolist()
    if len(members) > limits.unpacked_entries:
        raise DocumentLimitError(f"its archive has {len(members):,} members; the limit is {limits.unpacked_entries:,}")
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked_bytes:
        raise DocumentLimitError(
            f"it would unpack to {unpacked / _MEGABYTE:,.0f} MB; the limit is "
            f"{limits.unpacked_bytes / _MEGABYTE:,.0f} MB; save it without its large parts, or as several files"
        )
    if unpacked > _HARMLESS_BYTES and unpacked > _RATIO * len(raw):
        raise DocumentLimitError(
            f"it would unpack to {unpacked / len(raw):,.0f} times its size; the limit is {_RATIO} times: this is how"
            " archives are made that are meant to fill a memory"
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise ProtectedDocumentError("it opens only with a password; save a copy without one")
    return archive
