"""Tables of data to lines that can be understood alone: each value stands behind its column's name."""

from collections.abc import Iterable, Sequence

from corpus.formats.titles import one_line

_LONGEST_NAME = 60


def as_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return one line for each row: `Name: Ada | Age: 36`, or the bare values where no row reads like names.

    Args:
        rows: cells as text; the first row with more than one value names the columns, if it can.
    """
    lines: list[str] = []
    names: list[str] | None = None
    looked = False
    for row in rows:
        cells = [one_line(cell) for cell in row]
        filled = sum(map(bool, cells))
        if not filled:
            continue
        if not looked and filled > 1:
            looked = True
            if _are_names(cells):
                names = cells
                continue
        label = filled == 1 and cells[0]  # stands over the rows below it rather than under its column's name
        lines.append(_line(cells, None if label else names))
    if not lines and names:
        lines.append(_line(names, None))
    return lines


def _line(cells: Sequence[str], names: Sequence[str] | None) -> str:
    if not names:
        return " | ".join(cell for cell in cells if cell)
    named = zip(cells, [*names, *[""] * len(cells)], strict=False)
    return " | ".join(f"{name.rstrip(':')}: {cell}" if name else cell for cell, name in named if cell)


def _are_names(cells: Sequence[str]) -> bool:
    """Tell whether cells can be the names of columns: words, all different, no number among them."""
    words = [cell for cell in cells if cell]
    return len(set(words)) == len(words) and all(
        len(word) <= _LONGEST_NAME and any(map(str.isalpha, word)) for word in words
    )
