"""What is asked of the pages of a printed document to show them, and what is answered.

Pages are counted from 1. Places on a page are fractions of its width and height, 0..1, from its upper left corner as
it is shown: turned and cropped as the document says.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """Words to find on a page.

    Args:
        page: number of the page.
        text: the page's part of the document's stored text.
        start: code point in `text` where the words start.
        end: code point after them.
    """

    page: int
    text: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.page < 1 or not 0 <= self.start < self.end <= len(self.text):
            raise ValueError(f"no words at {self.start}..{self.end} of {len(self.text)} characters, page {self.page}")


@dataclass(frozen=True, slots=True)
class Layout:
    """Ask how pages look: their sizes, and where words stand on them.

    Args:
        first: the first page asked for.
        last: the last; beyond the end of the document is no mistake.
        marks: what to find.
    """

    first: int
    last: int
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Ask for a page as a picture."""

    page: int


View = Layout | Picture


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A place on a page."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """How one page looks.

    Args:
        number: of the page.
        width: in points.
        height: in points.
        marks: where the words asked for stand, line by line; empty where none were asked for or found.
    """

    number: int
    width: float
    height: float
    marks: tuple[Rectangle, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheets:
    """How the pages look that were asked for, and how many the document has."""

    count: int
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """A page as a picture, in PNG."""

    png: bytes


Seen = Sheets | Image
