"""PDFs written by hand, for tests: words at places, a title, bookmarks, a bitmap font."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Words to print at a place, in points from the lower left corner."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False
    bitmap: bool = False

    @property
    def font(self) -> int:
        """Number of the font in the resources of a page."""
        return 2 if self.bitmap else int(self.bold)


def make_pdf(
    pages: Sequence[Sequence[Words]],
    title: str = "",
    outline: Sequence[tuple[str, int]] = (),
) -> bytes:
    """Write a PDF by hand: pages of words in Helvetica, a title, bookmarks as (title, page index)."""
    objects: list[bytes] = []

    def add(body: str) -> int:
        objects.append(body.encode("cp1252"))
        return len(objects)

    catalog, tree, info = add(""), add(""), add(f"<< /Title ({title}) >>")
    fonts = [
        add(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>")
        for name in ("Helvetica", "Helvetica-Bold")
    ]
    drawn = "500 0 0 0 400 700 d1 0 0 400 700 re f"
    glyph = add(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    codes = range(1, 127)
    fonts.append(
        add(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [.001 0 0 .001 0 0] /FirstChar 1"
            f" /LastChar {codes[-1]} /Widths [{'500 ' * len(codes)}]"
            f" /Encoding << /Type /Encoding /Differences [1 {' '.join(f'/a{code}' for code in codes)}] >>"
            f" /CharProcs << {' '.join(f'/a{code} {glyph} 0 R' for code in codes)} >> >>"
        )
    )
    kids = []
    for page in pages:
        content = "\n".join(f"BT /F{w.font} {w.size} Tf {w.x} {w.y} Td ({_escaped(w.text)}) Tj ET" for w in page)
        stream = add(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream")
        kids.append(
            add(
                f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 400 600] /Contents {stream} 0 R"
                f" /Resources << /Font << {' '.join(f'/F{at} {font} 0 R' for at, font in enumerate(fonts))} >> >> >>"
            )
        )
    objects[tree - 1] = (
        f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    )
    root = ""
    if outline:
        top = len(objects) + 1
        first, last = top + 1, top + len(outline)
        add(f"<< /Type /Outlines /First {first} 0 R /Last {last} 0 R /Count {len(outline)} >>")
        for at, (name, page) in enumerate(outline, first):
            siblings = (f" /Prev {at - 1} 0 R" if at > first else "") + (f" /Next {at + 1} 0 R" if at < last else "")
            where = f" /Dest [{kids[page]} 0 R /Fit]" if page >= 0 else ""
            add(f"<< /Title ({name}) /Parent {top} 0 R{siblings}{where} >>")
        root = f" /Outlines {top} 0 R"
    objects[catalog - 1] = f"<< /Type /Catalog /Pages {tree} 0 R{root} >>".encode()
    raw, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(raw))
        raw += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = f"<< /Size {len(objects) + 1} /Root {catalog} 0 R /Info {info} 0 R >>".encode()
    start = len(raw)
    return raw + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
        trailer,
        start,
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def column(*lines: str, x: float = 50, top: float = 500, size: float = 10, bold: bool = False) -> list[Words]:
    """Lines under each other, 1.2 times their size apart."""
    return [Words(x, top - at * size * 1.2, line, size, bold) for at, line in enumerate(lines)]
