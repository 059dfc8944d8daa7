"""The lines of a printed page, and the paragraphs that they make."""

from dataclasses import dataclass, field

# What a sentence, or a line that stands alone, ends with.
ENDS = tuple('.!?:;"\u201d\u00bb)]。！？：；」』）।॥؟۔')


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is printed: places in points, from the page's lower left corner.

    Args:
        broken: it ends inside a word; the hyphen is not in the text.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    bold: bool = False
    broken: bool = False

    @property
    def size(self) -> float:
        """Height of the line's letters, in points."""
        return max(self.top - self.bottom, 1.0)


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together; `level` is above 0 in a heading."""

    lines: list[Line] = field(default_factory=list)
    level: int = 0

    @property
    def page(self) -> int:
        """Number of the page on which it begins."""
        return self.lines[0].page
