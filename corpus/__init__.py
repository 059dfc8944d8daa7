"""Documents in: files to text with places, and to passages of whole sentences."""

from corpus.errors import PullquoteError
from corpus.read import SUFFIXES, read_file
from corpus.records import Document, Failure, File, Limits, Page, Passage, Section, Span
from corpus.sandbox import Sandbox
from corpus.walk import walk

__all__ = [
    "SUFFIXES",
    "Document",
    "Failure",
    "File",
    "Limits",
    "Page",
    "Passage",
    "PullquoteError",
    "Sandbox",
    "Section",
    "Span",
    "read_file",
    "walk",
]
