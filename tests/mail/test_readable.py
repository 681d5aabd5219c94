"""What is read inside attachments, for looking through it: text, office files, PDF, mails; and nothing holds it up."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.mail.inside.office import text_of_archive
from helpdesk.mail.inside.pdf import text_of_pdf
from helpdesk.mail.inside.readable import readable
from helpdesk.mail.inside.sensitive import look_through
from helpdesk.mail.read.parse import parse
from tests.desk import ANN, JO
from tests.effort import at_most

from .files import docx, odt, packed, pdf_of_glyphs, pdf_of_letters, pptx, stream, xlsx


def mail(*files: tuple[str, str, bytes]) -> bytes:
    """A mail with these files: name, type, content."""
    parts = [
        f"--b\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content).decode()
        for name, kind, content in files
    ]
    head = f"From: {JO}\r\nTo: support@logik.example\r\nSubject: Import\r\nMIME-Version: 1.0\r\n"
    return f'{head}Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nSee the file.\r\n{"".join(parts)}--b--\r\n'.encode()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
SECRET = "Password: hunter2!"
NESTED = b"From: kim@acme.example\r\nSubject: Access\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(
    SECRET.encode()
)
NESTED_FILE = mail(("config.docx", "application/octet-stream", docx((SECRET,))))

FILES = [
    ("config.docx", docx(("Hello",), ("Pass", "word: hun", "ter2!")), "password in config.docx"),
    ("cells.docx", docx(cells=("Password", "hunter2!")), "password in cells.docx"),
    ("table.xlsx", xlsx(("User", "Password"), ("jo", "correcthorse"), ("kim", "battery")), "password in table.xlsx"),
    ("label.xlsx", xlsx(("User", "jo"), ("Password", "hunter2!")), "password in label.xlsx"),
    ("cards.xlsx", xlsx(("Name", "Number"), ("Jo", "4111111111111111")), "card number in cards.xlsx"),
    ("slides.pptx", pptx(SECRET), "password in slides.pptx"),
    ("text.odt", odt(SECRET), "password in text.odt"),
    ("letters.pdf", pdf_of_letters(SECRET), "password in letters.pdf"),
    ("glyphs.pdf", pdf_of_glyphs(SECRET), "password in glyphs.pdf"),
    ("kerned.pdf", pdf_of_glyphs(SECRET, kerned=True), "password in kerned.pdf"),
    ("form.pdf", b"%PDF-1.4\n1 0 obj\n<< /FT /Tx /V (Password: hunter2!) >>\nendobj\n", "password in form.pdf"),
    ("macro.docm", docx((SECRET,)), "password in macro.docm"),
    ("macro.xlsm", xlsx((SECRET,)), "password in macro.xlsm"),
    ("show.ppsx", pptx(SECRET), "password in show.ppsx"),
    ("old.doc", OLE + SECRET.encode() + b"\r\x00", "password in old.doc"),
    ("old.msg", OLE + SECRET.encode("utf-16-le") + b"\0\0", "password in old.msg"),
    ("note.rtf", rb"{\rtf1\ansi Pass{\b word}: hunter2!\par}", "password in note.rtf"),
    ("page.html", b"<p>Pass<b>word</b>: hunter2!</p>", "password in page.html"),
    ("conf.json", b'{\n"password": "hunter2!"\n}', "password in conf.json, line 2"),
    ("users.csv", b"name;password\njo;x\nkim;correcthorse", "password in users.csv, line 3"),
    ("app.log", b"start\nAuthorization: Bearer abcdef0123456789abcdef\n", "API key or token in app.log, line 2"),
    ("conf.xml", b"<a>\n<b/>\npassword=hunter2!\n</a>", "password in conf.xml, line 3"),
    ("kept.eml", NESTED, "password in kept.eml"),
    ("sent.eml", NESTED_FILE, "password in config.docx in sent.eml"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "told"), FILES, ids=[name for name, _, _ in FILES])
def test_a_secret_in_an_attachment_is_told_by_kind_and_place(name, content, told):
    """LAI-11: by what the file is, whatever type the sender's program gave it."""
    raw = mail((name, "application/octet-stream", content))
    assert look_through(raw, parse(raw)) == (told,)


TYPES = {
    "message/rfc822": NESTED,
    "application/pdf": pdf_of_glyphs(SECRET),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": docx((SECRET,)),
    "application/vnd.oasis.opendocument.text": odt(SECRET),
    "application/vnd.ms-excel.sheet.macroenabled.12": xlsx((SECRET,)),
    "application/msword": OLE + SECRET.encode() + b"\0",
    "image/png": b"{\\rtf1 " + SECRET.encode() + b"}",  # by its first bytes
}


@pytest.mark.parametrize("kind", TYPES)
def test_the_type_says_as_much_as_the_name(kind):
    content = TYPES[kind]
    raw = mail(("x", kind, content))
    assert [told.partition(" in ")[0] for told in look_through(raw, parse(raw))] == ["password"]


def test_an_archive_is_not_opened_nor_one_that_is_called_a_document_by_a_mail_inside():
    """C07"""
    raw = mail(("files.zip", "application/zip", packed({"word/document.xml": SECRET, "notes.txt": SECRET})))
    assert look_through(raw, parse(raw)) == ()


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 500, docx((SECRET,))[:-30], b"%PDF-1.4", OLE]
)
@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pdf", "a.doc", "a.eml"])
def test_a_broken_file_reads_as_nothing_and_costs_no_mail(name, content):
    """C03"""
    raw = mail((name, "application/octet-stream", content))
    assert look_through(raw, parse(raw)) == ()


def zeros(name: str, head: bytes = b"") -> bytes:
    return packed({name: head + b"a" * 200_000_000})


def pdf(*objects: bytes) -> bytes:
    return b"%PDF-1.7\n" + b"".join(objects)


def plain_stream(content: bytes) -> bytes:
    return b"1 0 obj<<>>stream\nBT Tf " + content + b"\nendstream endobj\n"


FONT = b"%d 0 obj<</Type/Font/BaseFont/X/ToUnicode 1 0 R/Contents 1 0 R/Resources 2 0 R>>endobj "
BOMBS = {
    "zip-of-200-MB.docx": lambda: zeros("word/document.xml", b"<w:t>"),
    "sixty-thousand-members.docx": lambda: packed({f"a{number}": b"" for number in range(60_000)}),
    "two-hundred-sheets.xlsx": lambda: packed({f"xl/worksheets/sheet{n}.xml": b"<row>" * 200_000 for n in range(200)}),
    "entities.docx": lambda: packed({"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">]>' + b"&a;" * 300_000}),
    "one-long-string-in-every-cell.xlsx": lambda: packed(
        {"xl/worksheets/sheet1.xml": b'<row><c t="s"><v>0</v></c>' * 38_000, "xl/sharedStrings.xml": b"<si>" + b"a" * 900_000 + b"</si>"}
    ),
    "strings-that-do-not-end.xlsx": lambda: packed({"xl/sharedStrings.xml": b"<si>" * 240_000}),
    "flate-of-200-MB.pdf": lambda: pdf(stream(1, b"BT /F1 1 Tf " + b"(a)Tj " * 30_000_000)),
    "sixty-streams.pdf": lambda: pdf(*(stream(n, b"BT /F1 1 Tf " + b"(a)Tj " * 150_000) for n in range(60))),
    "parentheses.pdf": lambda: pdf(plain_stream(b"(a" * 480_000)),
    "brackets.pdf": lambda: pdf(plain_stream(b"<00" * 320_000)),
    "backslashes.pdf": lambda: pdf(plain_stream(b"(" + b"\\" * 960_000)),
    "objects.pdf": lambda: pdf(b"1 0 obj " * 2_000_000),
    "fonts-and-pages.pdf": lambda: pdf(*(FONT % number for number in range(3, 20_000)), b"2 0 obj" + b"/F1 3 0 R" * 1_700 + b"endobj "),
    "streams-without-end.pdf": lambda: pdf(b"1 0 obj<<>>stream\n" * 500_000),
    "letters.pdf": lambda: pdf(FONT % 3, stream(1, b"beginbfrange " + b"<0000> <FFFF> <0041> " * 40_000)),
    "tables.pdf": lambda: pdf(FONT % 3, stream(1, b"beginbfchar " * 80_000)),
    "digits.pdf": lambda: pdf(b"1" * 10_000_000),
    "object-stream.pdf": lambda: pdf(stream(1, b" ".join(b"%d 0" % n for n in range(60_000)), "/Type/ObjStm/First 600000")),
    "nothing-for-much.pdf": lambda: pdf(
        *(b"%d 0 obj<</Filter/FlateDecode>>stream\n\x78\x9c" % n + b"\0\0\0\xff\xff" * 200_000 + b"endstream endobj " for n in range(20))
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_file_that_is_built_to_hold_the_reader_up_is_looked_through_in_a_moment(bomb):
    """C05, C07"""
    raw = mail((bomb, "application/octet-stream", BOMBS[bomb]()))
    with at_most(4):
        look_through(raw, parse(raw))


@given(st.lists(st.sampled_from(
    [b"1 0 obj", b"<<", b">>", b"/Type", b"/ObjStm", b"/First 3", b"stream\n", b"endstream", b"endobj", b"BT", b"/F1 1 Tf", b"(a\\", b")Tj",
     b"<41>", b"[", b"]TJ", b"/ToUnicode 1 0 R", b"/BaseFont", b"/Font 2 0 R", b"beginbfrange", b"<00><FF><D8>", b"[<41>]", b"/V(x)", b" 2 0 R", b"\n",
     zlib.compress(b"2 0 <</Font"), b"/FlateDecode", b"'", b'"', b"Td", b"Tm", b"/Contents[1 0 R]", b"/Form/XObject", b"9"]
), max_size=40))  # fmt: skip
def test_any_pieces_of_a_pdf_are_read_without_a_crash(pieces):
    """C03"""
    text_of_pdf(b"%PDF-1.7 " + b" ".join(pieces))


@given(st.lists(st.sampled_from(
    ["<row>", "</row>", '<c r="A1" t="s">', "<c>", "</c>", "<v>", "</v>", "0", "9999999999999999999", "<si>", "</si>", "<t>", "x", "&#0;", "&amp", "<", ">"]
), max_size=40))  # fmt: skip
def test_any_pieces_of_a_sheet_are_read_without_a_crash(pieces):
    """C03"""
    text = "".join(pieces)
    text_of_archive(packed({"xl/worksheets/sheet1.xml": text, "xl/sharedStrings.xml": text, "word/document.xml": text}))


def test_a_defect_of_a_reader_costs_no_mail(monkeypatch):
    """C03"""

    def broken(_tree):
        raise RuntimeError("a defect")

    monkeypatch.setattr("helpdesk.mail.inside.readable.read_body", broken)
    raw = mail(("a.txt", "text/plain", SECRET.encode()))
    assert look_through(raw, parse(raw)) == ()


def test_mails_inside_mails_are_read_some_levels_deep_and_no_further():
    """C01"""
    raw = NESTED_FILE
    for level in range(6):
        raw = mail((f"level{level}.eml", "message/rfc822", raw))
    assert len(list(readable(raw))) <= 6


def test_the_agent_is_told_of_a_secret_in_a_file_and_does_not_see_it(desk):
    """LAI-11: kind and place only."""
    desk.receive(mail(("config.docx", "application/octet-stream", docx((SECRET,)))))

    told = " ".join(desk.last(ANN, "assigned").text.split())
    assert "masked: password in config.docx" in told
    assert not any(b"hunter2" in sent.raw for sent in desk.sent)
