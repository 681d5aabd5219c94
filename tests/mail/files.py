"""Office files and PDFs as programs write them, small: bytes for tests of what is read in attachments."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib


def packed(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(*paragraphs: tuple[str, ...], cells: tuple[str, ...] = ()) -> bytes:
    """Paragraphs of runs, as Word splits them, and a row of a table."""
    runs = [
        "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in one) + "</w:p>"
        for one in paragraphs
    ]
    row = "".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in cells)
    return packed(
        {
            "word/document.xml": f"<?xml version='1.0'?><w:document><w:body>{''.join(runs)}<w:tbl><w:tr>{row}</w:tr></w:tbl></w:body></w:document>"
        }
    )


def xlsx(*rows: tuple[str, ...]) -> bytes:
    """Texts in the shared table, as Excel writes them, but for numbers."""
    shared: list[str] = []
    written = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for column, value in zip("ABCDEF", row, strict=False):
            if value.isdecimal():
                cells.append(f'<c r="{column}{number}"><v>{value}</v></c>')
            else:
                shared.append(value)
                cells.append(f'<c r="{column}{number}" t="s"><v>{len(shared) - 1}</v></c>')
        written.append(f'<row r="{number}">{"".join(cells)}</row>')
    items = "".join(f"<si><t>{one}</t></si>" for one in shared)
    return packed(
        {
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{''.join(written)}</sheetData></worksheet>",
            "xl/sharedStrings.xml": f"<sst>{items}</sst>",
        }
    )


def pptx(text: str) -> bytes:
    return packed(
        {
            "ppt/slides/slide1.xml": f"<p:sld><a:p><a:r><a:t>{text[:5]}</a:t></a:r><a:r><a:t>{text[5:]}</a:t></a:r></a:p></p:sld>"
        }
    )


def odt(text: str) -> bytes:
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:text><text:p>{text[:4]}<text:span>{text[4:]}</text:span></text:p></office:text>",
        }
    )


def stream(number: int, content: bytes, head: str = "") -> bytes:
    body = zlib.compress(content)
    return b"%d 0 obj\n<< /Filter /FlateDecode /Length %d %s >>\nstream\n%s\nendstream\nendobj\n" % (
        number,
        len(body),
        head.encode(),
        body,
    )


def pdf_of_letters(text: str) -> bytes:
    """One font of the standard ones, text as it is read: what simple programs write; packed twice, as some do."""
    shown = b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % text.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)")
    content = base64.a85encode(zlib.compress(shown)) + b"~>"
    return (
        b"%%PDF-1.4\n1 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n"
        b"2 0 obj\n<< /Type /Page /Resources << /Font << /F1 1 0 R >> >> /Contents 3 0 R >>\nendobj\n"
        b"3 0 obj\n<< /Filter [ /ASCII85Decode /FlateDecode ] /Length %d >>\nstream\n%s\nendstream\nendobj\n%%%%EOF\n" % (len(content), content)
    )  # fmt: skip


def pdf_of_glyphs(text: str, *, kerned: bool = False) -> bytes:
    """Numbers of glyphs of a font's subset, two octets each, with a ToUnicode table: what browsers and Word write.

    The page, its resources and the font lie in an object stream, as since PDF 1.5.
    """
    letters = sorted(set(text))
    table = b"1 begincodespacerange <0000> <FFFF> endcodespacerange %d beginbfchar " % len(letters)
    table += b" ".join(
        b"<%04X> <%s>" % (3 + at, letter.encode("utf-16-be").hex().encode()) for at, letter in enumerate(letters)
    )
    codes = [b"%04X" % (3 + letters.index(letter)) for letter in text]
    show = b" ".join(b"<%s> Tj 6.2 0 Td" % code for code in codes) if kerned else b"[<%s>] TJ" % b"".join(codes)
    objects = [
        (2, b"<< /Type /Page /Resources 4 0 R /Contents 3 0 R >>"),
        (4, b"<< /Font 5 0 R >>"),
        (5, b"<< /F4 6 0 R >>"),
        (6, b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Arial /Encoding /Identity-H /ToUnicode 7 0 R >>"),
    ]
    heads, bodies = b"", b""
    for number, body in objects:
        heads += b"%d %d " % (number, len(bodies))
        bodies += body + b" "
    return (
        b"%PDF-1.7\n" + stream(8, heads + bodies, f"/Type /ObjStm /N {len(objects)} /First {len(heads)}")
        + stream(3, b"BT /F4 12 Tf 1 0 0 1 72 700 Tm " + show + b" ET") + stream(7, table + b" endbfchar") + b"%%EOF\n"
    )  # fmt: skip
