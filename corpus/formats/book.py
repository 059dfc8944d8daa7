"""EPUB: the pages of the spine, in its order; each is a web page."""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from corpus.errors import DamagedDocumentError, ProtectedDocumentError
from corpus.formats.archive import open_archive
from corpus.formats.draft import Draft
from corpus.formats.markup import blocks, write
from corpus.formats.titles import choose_title
from corpus.formats.trees import html_tree, xml_tree
from corpus.formats.web import decode_page, page_title
from corpus.records import Document, File, Limits

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/rights.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})


def read(file: File, raw: bytes, limits: Limits) -> tuple[Document, ...]:
    """Read an electronic book."""
    with open_archive(raw, limits) as archive:
        if _RIGHTS in archive.namelist():
            raise ProtectedDocumentError("it is locked by its seller (DRM); get a copy without a lock")
        package, folder = _package(archive)
        draft = Draft(limits)
        for name in _spine(package, folder):
            _chapter(archive, name, draft)
    named = next((element.text for element in package.iter("{*}title") if (element.text or "").strip()), None)
    return (draft.document(file, choose_title(file, named), "epub"),)


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        return xml_tree(archive.read(name), name)
    except (KeyError, zipfile.BadZipFile) as error:
        raise DamagedDocumentError(f"it is damaged: {name} cannot be read ({error}); get a fresh copy") from error


def _package(archive: zipfile.ZipFile) -> tuple[Any, str]:
    """Return the book's package (its list of parts), and the folder that the list counts from."""
    rootfile = next(_xml(archive, _CONTAINER).iter("{*}rootfile"), None)
    path = rootfile.get("full-path") if rootfile is not None else None
    if not path:
        raise DamagedDocumentError(f"it is damaged: {_CONTAINER} names no package; get a fresh copy")
    return _xml(archive, path), posixpath.dirname(path)


def _spine(package: Any, folder: str) -> Iterator[str]:
    """Yield the archive's names of the pages, in reading order, but for the table of contents."""
    parts = {item.get("id"): item for item in package.iter("{*}item")}
    for reference in package.iter("{*}itemref"):
        item = parts.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGES or "nav" in (item.get("properties") or "").split():
            continue
        yield posixpath.normpath(posixpath.join(folder, unquote(urlsplit(item.get("href") or "").path)))


def _chapter(archive: zipfile.ZipFile, name: str, draft: Draft) -> None:
    try:
        root = html_tree(decode_page(archive.read(name)).text)
    except KeyError:
        return  # a page that the list promises and the archive doesn't hold
    if root is None:
        return
    found = blocks(root)
    if found and not any(kind.startswith("h") for kind, _ in found):
        draft.section(page_title(root) or "", 1)
    write(found, draft)
