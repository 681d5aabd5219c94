"""Any bytes give a message: who, what, when, the readable text and what came with it."""

# ruff: noqa: RUF001  letters of many scripts are the point

from __future__ import annotations

import base64
import codecs
import encodings
import pkgutil
from datetime import UTC, datetime
from encodings import aliases
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.mail.read.codec import clean, codec_of, decode
from helpdesk.mail.read.headers import base64_bytes, base64_size, decode_words, message_ids, parameters, people
from helpdesk.mail.read.parse import attachment, parse
from helpdesk.person import Person


def part(*head: str, body: str = "x") -> str:
    return "\n".join(head) + f"\n\n{body}\n"


def multipart(kind: str, *parts: str, mark: str = "b") -> bytes:
    inside = "".join(f"--{mark}\n{one}" for one in parts)
    return f'Subject: s\nContent-Type: multipart/{kind}; boundary="{mark}"\n\n{inside}--{mark}--\n'.encode()


def test_a_plain_mail_is_read_whole():
    message = parse(
        b'From: Kim Lee <Kim@Acme.example>\r\nTo: support@desk.example, "Berg, Ann" <ann@desk.example>\r\n'
        b"Cc: =?utf-8?q?J=C3=BCrgen?= <j@acme.example>\r\nReply-To: it@acme.example\r\nSubject: Printer\r\n"
        b"Date: Tue, 26 May 2026 11:12:13 +0200\r\nMessage-ID: <1@acme.example>\r\nIn-Reply-To: <0@desk.example>\r\n"
        b"References: <a@desk.example>\r\n <0@desk.example>\r\nDelivered-To: support+1.ctoken@desk.example\r\n\r\nIt burns.\r\n"
    )
    assert message.sender == Person("kim@acme.example", "Kim Lee")
    assert message.to == (Person("support@desk.example"), Person("ann@desk.example", "Berg, Ann"))
    assert message.cc == (Person("j@acme.example", "Jürgen"),)
    assert message.reply_to == (Person("it@acme.example"),)
    assert message.subject == "Printer"
    assert message.date == datetime(2026, 5, 26, 9, 12, 13, tzinfo=UTC)
    assert message.message_id == "<1@acme.example>"
    assert message.in_reply_to == ("<0@desk.example>",)
    assert message.references == ("<a@desk.example>", "<0@desk.example>")
    assert message.delivered_to == ("support+1.ctoken@desk.example",)
    assert message.text == message.reply == "It burns."
    assert message.robot is None
    assert message.damage == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\r\n\r\n",
        b"x",
        b"From",
        b"From:",
        b"From: \n",
        b": \n\nx",
        b"\0",
        b"\xff\xfe",
        b"Subject: a\rb",
        b"--",
        b"From x\n",
    ],
)
def test_hardly_anything_is_a_message_too(raw):
    """C03, C12: missing From, Date, Message-ID and body are accepted."""
    message = parse(raw)
    assert message.sender is None
    assert message.date is None


def test_a_mail_without_a_blank_line_keeps_its_text():
    message = parse(b"Subject: s\nHello there\nit is down\n")
    assert message.subject == "s"
    assert message.text == "Hello there\nit is down\n".strip() or "it is down" in message.text
    assert message.damage


def test_a_line_that_is_no_field_among_the_fields_is_left_out():
    message = parse(b"Subject: s\nwhat is this\nFrom: a@b.example\n\ntext")
    assert message.sender == Person("a@b.example")
    assert message.text == "text"


def test_mbox_lines_blanks_and_old_macintosh_line_ends_are_read():
    assert parse(b"From kim Tue May 26\nSubject: s\n\ntext").subject == "s"
    assert parse(b"\n\nSubject: s\n\ntext").subject == "s"
    assert parse(b"Subject: s\rFrom: a@b.example\r\rtext\rmore\r").text == "text\nmore"


# --- text -----------------------------------------------------------------------------------------------------------


def two_forms(plain: str, rich: str) -> bytes:
    return multipart("alternative", part(body=plain), part("Content-Type: text/html; charset=utf-8", body=rich))


@pytest.mark.parametrize(
    ("plain", "rich", "shown"),
    [
        ("It is *so* slow\nhere", "<p>It is <b>so</b> slow here</p>", "It is *so* slow\nhere"),
        ("See the page", "<p>See <a href='https://x.example/1'>the page</a></p>", "See the page"),
        ("\u201cNo\u201d <https://x.example/1>", '<p>"No"</p>', "\u201cNo\u201d <https://x.example/1>"),
        ("\u652f\u4ed8\u5931\n\u8d25", "<p>\u652f\u4ed8\u5931\u8d25</p>", "\u652f\u4ed8\u5931\n\u8d25"),
        ("[image: a.png]", "<p><img alt='a.png'>It says 17</p>", "[a.png]It says 17"),
        ("-- \nKim Lee\nAcme", "<p>It says 17</p><p>-- <br>Kim Lee<br>Acme</p>", "It says 17\n\n--\nKim Lee\nAcme"),
        ("\u00a0\u200b\n\u00a0", "<p>It says 17</p>", "It says 17"),
        ("Su programa no lo muestra.", "<p>It says 17</p>", "Su programa no lo muestra.\n\nIt says 17"),
        ("It says 17", "", "It says 17"),
        ("It fails for us since noon", "<p>It fails</p>Kim", "It fails for us since noon\n\nIt fails\n\nKim"),
        ("It fails <https://x.example/1> [cid:a]", "<p>It fails</p><p>Kim</p>", "It fails\n\nKim"),
    ],
)
def test_of_two_forms_the_plain_one_is_shown_unless_the_rich_one_says_more(plain, rich, shown):
    """Law 16: some programs leave out of the plain form what it has no place for, or put a remark of theirs there."""
    message = parse(two_forms(plain, rich))
    assert message.text == shown
    assert message.attachments == ()


def test_a_long_plain_form_is_not_compared():
    assert parse(two_forms("It fails. " * 60, "<p>otherwise</p>")).text == ("It fails. " * 60).strip("\n")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (("Content-Type: text/plain", "Content-Disposition: attachment"), "It says 17"),
        (("Content-Type: text/html", "Content-Disposition: attachment"), "<p>It says 17</p>"),
        (("Content-Type: plain/text",), "It says 17"),
        (("Content-Type: text/utf-8",), "It says 17"),
        (("Content-Type: text/x-log",), "It says 17"),
        (("Content-Type: text/csv",), "It says 17"),
        (("Content-Type: text/rtf",), r"{\rtf1\ansi It says 17\par}"),
        (("Content-Type: application/json",), '{"why": "It says 17"}'),
        (("Content-Type: application/vnd.acme+xml",), "<why>It says 17</why>"),
        (("Content-Type: application/octet-stream",), "It says 17"),
    ],
)
def test_text_that_stands_in_a_part_of_another_kind_is_read_where_there_is_no_other(head, body):
    alone = parse(part("Subject: s", *head, body=body).encode())
    assert "It says 17" in alone.text
    beside = parse(multipart("mixed", part(body="See below"), part(*head, body=body)))
    assert beside.text.split("\n")[0] == "See below"


@pytest.mark.parametrize(
    "head",
    [
        ('Content-Type: text/csv; name="a.csv"',),
        ("Content-Type: text/plain", "Content-Disposition: attachment; filename=a.log"),
        ("Content-Type: image/svg+xml",),
        ("Content-Type: application/pdf",),
        ("Content-Type: text/vcard",),
    ],
)
def test_a_file_is_a_file_also_where_there_is_no_text(head):
    message = parse(part("Subject: s", *head, body="It says 17").encode())
    assert message.text == ""
    assert len(message.attachments) == 1


@pytest.mark.parametrize("stub", ["", "   ", "Your mail program cannot show HTML.", "Please view this in a browser"])
def test_a_plain_form_that_says_nothing_gives_way_to_html(stub):
    html = part("Content-Type: text/html", body="<p>The <b>real</b> text</p>")
    assert parse(multipart("alternative", part(body=stub), html)).text == "The real text"


def test_html_alone_becomes_text_with_lists_links_and_quotes():
    html = (
        "<html><head><style>p{}</style><title>t</title></head><body><p>Hello&nbsp;<b>Kim</b>,</p><ul><li>one<li>two</ul>"
        '<ol><li>first</li><li>second</li></ol><a href="https://x.example/a">the page</a> '
        '<a href="https://x.example">https://x.example/</a><script>alert(1)</script><div style="display:none">hidden</div>'
        "<blockquote>old</blockquote><table><tr><td>a<td>b</tr></table><img alt='logo'><img src=x></body></html>"
    )
    text = parse(part("Subject: s", "Content-Type: text/html", body=html).encode()).text
    assert text == (
        "Hello\u00a0Kim,\n\n- one\n- two\n\n1. first\n2. second\n\nthe page <https://x.example/a> https://x.example/\n\n"
        "> old\n\na  b\n[logo]"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>You can <s>not</s> export <b>now</b></p>", "You can ~~not~~ export now"),
        ("<del>7.1</del> 7.2", "~~7.1~~ 7.2"),
        ("<ul><li><strike>done</strike></li><li>open</li></ul>", "- ~~done~~\n- open"),
        ("It<s></s> works.", "It works."),
        ("</s>It works.</del>", "It works."),
        ("<s>one<br>two</s> three", "~~one\ntwo~~ three"),
        ("<s>a <del>b</del> c</s> d", "~~a b c~~ d"),
        ("<del><s>a</s></del> b", "~~a~~ b"),
        ("a<s><del></del></s> b", "a b"),
        ("<s>a<del></del></s> b", "~~a~~ b"),
        ("<section>It</section><span>works</span>", "It\nworks"),
    ],
)
def test_what_is_struck_out_does_not_read_as_if_it_were_said(html, text):
    assert parse(f"Subject: x\r\nContent-Type: text/html\r\n\r\n{html}".encode()).text == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>ask <kim@acme.example> now</p>", "ask <kim@acme.example> now"),
        ("<p>open <https://x.example/a?b=1>, then go</p>", "open <https://x.example/a?b=1>, then go"),
        ("<p>set <host_name> and <db.user></p>", "set <host_name> and <db.user>"),
        ("<p>I <3 it</p>", "I <3 it"),
        ("<p>It<o:p></o:p> <st1:place w:st='on'>fails</st1:place><br/>now<BR ></p>", "It fails\nnow"),
        ("<p>a</p><textarea>typed</textarea><object>instead</object>", "a\n\ntypedinstead"),
        ("<ol start=3><li>c<li>d</ol><ol start=x><li>a</ol>", "3. c\n4. d\n\n1. a"),
        ("<p>Fahr&shy;karten\u200bauto&#8288;mat</p>", "Fahrkartenautomat"),
    ],
)
def test_what_is_no_element_of_html_is_text(html, text):
    """Programs put plain text into HTML as it is: an address in angle brackets vanished."""
    assert parse(part("Subject: s", "Content-Type: text/html; charset=utf-8", body=html).encode()).text == text


def test_html_that_is_hidden_as_a_whole_is_shown_after_all():
    assert parse(b"Content-Type: text/html\n\n<div style='display:none'>text</div>").text == "text"


def test_texts_around_an_image_are_joined_and_the_image_is_inline():
    image = part("Content-Type: image/png; name=a.png", "Content-Disposition: inline", "Content-ID: <1@x>", body="png")
    message = parse(multipart("mixed", part(body="above"), image, part(body="below")))
    assert message.text == "above\n\nbelow"
    assert [(one.name, one.inline) for one in message.attachments] == [("a.png", True)]


def test_flowed_lines_are_joined_and_a_signature_is_not():
    body = "This is one \nparagraph.\n> quoted \n> too\n-- \nKim"
    message = parse(f"Content-Type: text/plain; format=flowed\n\n{body}".encode())
    assert message.text == "This is one paragraph.\n> quoted too\n-- \nKim"


def test_a_mail_passed_on_as_an_attachment_without_a_word_gives_its_text():
    inner = part("Subject: the printer", "From: kim@acme.example", body="It burns.")
    message = parse(multipart("mixed", part("Content-Type: message/rfc822", body=inner)))
    assert message.text == "It burns."
    assert [(one.name, one.type) for one in message.attachments] == [("the printer.eml", "message/rfc822")]


def test_an_invitation_without_a_text_says_what_it_is():
    event = "BEGIN:VEVENT\nDTSTART;TZID=Europe/Berlin:20260526T091200\nSUMMARY:Look at the\n  printer\nDESCRIPTION:a\\, b\\nc\nEND:VEVENT"
    body = f"BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nDTSTART:16010101T020000\nEND:VTIMEZONE\n{event}\nEND:VCALENDAR"
    message = parse(multipart("mixed", part("Content-Type: text/calendar; method=REQUEST", body=body)))
    assert message.text == "Invitation: Look at the printer\nWhen: Tue 26 May 2026 09:12 Europe/Berlin\na, b\nc"
    assert [one.name for one in message.attachments] == ["invite.ics"]


@pytest.mark.parametrize(
    ("kind", "parts", "names", "damage"),
    [
        ("signed", [part(body="t"), part("Content-Type: application/pgp-signature")], ["signature.asc"], ""),
        ("signed", [part(body="t"), part("Content-Type: application/pkcs7-signature")], ["smime.p7s"], ""),
        ("encrypted", [part("Content-Type: application/pgp-encrypted"), part("Content-Type: application/octet-stream; name=encrypted.asc")],
         ["version.asc", "encrypted.asc"], "encrypted"),
        ("mixed", [part("Content-Type: application/pkcs7-mime; smime-type=enveloped-data")], ["smime.p7m"], "encrypted"),
        ("mixed", [part("Content-Type: application/pkcs7-mime; smime-type=signed-data")], ["smime.p7m"], "signed"),
        ("alternative", [part(body="t"), part("Content-Type: text/calendar; method=REQUEST", body="BEGIN:VCALENDAR")], ["invite.ics"], ""),
    ],
)  # fmt: skip
def test_signed_encrypted_and_calendar_parts_are_named_as_such(kind, parts, names, damage):
    message = parse(multipart(kind, *parts))
    assert [one.name for one in message.attachments] == names
    assert any(damage in word for word in message.damage) if damage else not message.damage


def test_a_multipart_that_names_no_boundary_is_taken_apart_all_the_same():
    raw = b"Content-Type: multipart/mixed\n\n--guess\nContent-Type: text/plain\n\ntext\n--guess--\n"
    message = parse(raw)
    assert message.text == "text"
    assert any("guessed" in word for word in message.damage)


def test_text_above_the_first_boundary_is_shown_when_there_is_no_other():
    file = part("Content-Disposition: attachment; filename=a.txt")
    raw = multipart("mixed", file).replace(b"\n\n--b", b"\n\nHi\n--b", 1)
    assert parse(raw).text == "Hi"


# --- charsets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Grüße".encode(), "utf-8", "Grüße"),
        ("Grüße".encode(), "iso-8859-1", "Grüße"),  # mislabelled
        ("Grüße".encode(), "", "Grüße"),
        ("Grüße".encode("latin-1"), "us-ascii", "Grüße"),
        ("Grüße".encode("latin-1"), "utf-8", "Grüße"),
        ("“Grüße” – €".encode("cp1252"), "iso-8859-1", "“Grüße” – €"),
        ("Grüße".encode("latin-1"), "x-unknown", "Grüße"),
        ("Grüße".encode("latin-1"), "nonsense\0", "Grüße"),
        ("Привет".encode("koi8-r"), "KOI8-R", "Привет"),
        ("日本語".encode("iso-2022-jp"), "ISO-2022-JP", "日本語"),
        ("日本語".encode("euc-jp"), "iso-2022-jp", "日本語"),  # mislabelled
        ("中文".encode("gb18030"), "gb2312", "中文"),
        ("한국".encode("cp949"), "ks_c_5601-1987", "한국"),
        ("šest".encode("iso-8859-2"), "iso-8859-2", "šest"),
        ("x".encode("utf-16"), "utf-16", "x"),
        *(
            ("Größe 規則\n".encode("utf-16"), charset, "Größe 規則\n")
            for charset in ("", "utf-8", "iso-8859-1", "x-odd")
        ),
        (codecs.BOM_UTF16_BE + "Größe\n".encode("utf-16-be"), "", "Größe\n"),
        ("Größe".encode("utf-16") + b"\r\n", "us-ascii", "Größe"),  # the line end is the mail's
        ("Größe".encode("utf-16") + b"\n", "us-ascii", "Größe"),
        (codecs.BOM_UTF16_LE + b"\0\xd8", "", "\u00ff\u00fe\u00d8"),  # none, all the same
    ],
)
def test_text_is_read_in_the_charset_it_claims_or_must_have_meant(data, charset, text):
    assert clean(decode(data, charset)[0]) == text


@pytest.mark.parametrize(
    ("charset", "codec"),
    [("windows-874", "cp874"), ("x-windows-949", "cp949"), ("windows-936", "gb18030"), ("windows-31j", "cp932"),
     ("x-euc-jp", "euc_jp"), ("x-big5", "big5hkscs"), ("dos-862", "cp862"), ("ibm850", "cp850"), ("x-cp1251", "cp1251"),
     ("x-mac-cyrillic", "mac_cyrillic"), ("x-mac-ce", "mac_latin2"), ("koi8-ru", "koi8_u"), ("x-sjis", "cp932"),
     ("iso-8859-6-e", "iso8859_6"), ("iso-8859-8-i", "iso8859_8"), ("visual", "iso8859_8"), ("windows-1252", "cp1252")],
)  # fmt: skip
def test_a_charset_is_known_by_the_names_that_vendors_give_it(charset, codec):
    assert codec_of(charset) == codec


def test_only_codecs_of_text_are_ever_used():
    """C04: `unicode_escape` would decode, `idna` and `punycode` take quadratic time."""
    every = {name for _, name, _ in pkgutil.iter_modules(encodings.__path__)} | set(aliases.aliases)
    used = {codecs.lookup(codec_of(name)).name for name in every if codec_of(name)}
    bad = {"unicode_escape", "raw_unicode_escape", "punycode", "idna", "rot13", "hex", "base64", "zlib", "bz2", "quopri", "uu", "undefined", "charmap", "mbcs", "oem"}  # fmt: skip
    assert not bad & {name.replace("-", "_") for name in used}
    assert codec_of("unicode_escape") is None
    assert parse(b"Content-Type: text/plain; charset=unicode_escape\n\n\\x41").text == "\\x41"


def test_an_override_of_direction_is_shown_and_other_controls_go():
    """C12."""
    assert clean("txt\u202eexe\0\x1b[2J\r\nx\u2028y") == "txt<U+202E>exe[2J\nx\ny"


# --- headers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvA==?= =?UTF-8?B?w59l?=", "Grüße"),
        ("=?utf-8?b?R3LD?=\n =?utf-8?b?vMOfZQ==?=", "Grüße"),  # a character cut in two
        ("a =?iso-8859-1?q?b=E4?= c", "a bä c"),
        ("=?utf-8?q?a_b?= =?iso-8859-1?q?_c?=", "a b c"),
        ("=?utf-8*de?q?x?=", "x"),
        ("=?utf-8?q?really??=", "really?"),
        ("=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?b?!!!?=", ""),
        ("plain", "plain"),
    ],
)
def test_encoded_words_are_decoded(text, decoded):
    assert decode_words(text) == decoded


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@b.example", [("a@b.example", "")]),
        ("A <a@b.example>, B <c@d.example>", [("a@b.example", "A"), ("c@d.example", "B")]),
        ('"Berg, Ann" <a@b.example>', [("a@b.example", "Berg, Ann")]),
        ("a@b.example (Ann (the) Berg)", [("a@b.example", "Ann the Berg")]),
        ("Team: a@b.example, c@d.example;", [("a@b.example", ""), ("c@d.example", "")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:a@b.example>", [("a@b.example", "")]),
        ('"say \\"hi\\"" <a@b.example>', [("a@b.example", 'say "hi')]),
        ("=?utf-8?q?J=C3=BC=2C_x?= <a@b.example>", [("a@b.example", "Jü, x")]),
        ("nobody", []),
        ("a@b.example; c@d.example", [("a@b.example", ""), ("c@d.example", "")]),
        ("ann@desk.example <eve@else.example>", [("eve@else.example", "ann@desk.example")]),
        ("", []),
        # As people and their programs write them all the same.
        ("Lea Orth <lea@a.example", [("lea@a.example", "Lea Orth")]),
        ("Lea <lea@a.example, Max <max@b.example>", [("lea@a.example", "Lea"), ("max@b.example", "Max")]),
        ("[lea@a.example]", [("lea@a.example", "")]),
        ("'lea@a.example'", [("lea@a.example", "")]),
        ("Lea <mailto:lea@a.example>", [("lea@a.example", "Lea")]),
        ("Lea Orth [mailto:lea@a.example]", [("lea@a.example", "Lea Orth")]),
        ("ann@desk.example [mailto:eve@else.example]", []),  # two of them
        ("Lea Orth lea@a.example", [("lea@a.example", "Lea Orth")]),
        ("lea @ a.example", [("lea@a.example", "")]),
        ("o'neill@a.example", [("o'neill@a.example", "")]),
        # Addresses that few servers take.
        ("lea..o@a.example", [("lea..o@a.example", "")]),
        ('"lea."@a.example', [("lea.@a.example", "")]),
        ('"Lea O"@a.example', [('"lea o"@a.example', "")]),
        ('Lea <"lea \\"o\\""@a.example>', [('"lea \\"o\\""@a.example', "Lea")]),
        ("jörg@a.example", [("jörg@a.example", "")]),
        ("lea@[192.0.2.1]", [("lea@[192.0.2.1]", "")]),
        ("lea@mail_1", [("lea@mail_1", "")]),
        # What nobody can tell apart, or is no address.
        ("ann@desk.example eve@else.example", []),
        ('"ann@desk.example" eve@else.example', []),
        ("x" * 400 + "@a.example", []),
        ('""@a.example', []),
    ],
)
def test_people_are_read_from_every_form_of_address_list(value, expected):
    assert [(one.address, one.name) for one in people([value.encode()])] == expected


def test_a_decoded_name_cannot_become_an_address():
    message = parse(b"From: =?utf-8?q?=3Cann=40desk.example=3E?= <eve@else.example>\n\nx")
    assert message.senders == (Person("eve@else.example", "<ann@desk.example>"),)
    assert message.header("From").count("<eve@else.example>") == 1
    assert message.header("From").startswith('"<ann@desk.example>"')


def test_two_from_fields_are_two_senders_and_so_nobody():
    message = parse(b"From: a@b.example\nFrom: c@d.example\n\nx")
    assert len(message.senders) == 2
    assert message.sender is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('text/plain; charset="utf-8"; format=flowed', ("text/plain", {"charset": "utf-8", "format": "flowed"})),
        ("TEXT/HTML;charset=us-ascii;", ("text/html", {"charset": "us-ascii"})),
        ("application/pdf; name*=utf-8'de'%C3%BC.pdf", ("application/pdf", {"name": "ü.pdf"})),
        ("a/b; name*0*=utf-8''%C3; name*1*=%BC; name*2=.pdf", ("a/b", {"name": "ü.pdf"})),
        ('a/b; name="a;b=c"', ("a/b", {"name": "a;b=c"})),
        ("nonsense", ("nonsense", {})),
        ("", ("", {})),
    ],
)
def test_parameters_are_read_with_their_continuations(value, expected):
    assert parameters(value.encode()) == expected


def test_message_ids_are_found_among_rubbish_and_in_encoded_words():
    assert message_ids([b'"x" <a@b> (c) d@e <f@g>\n <a@b>']) == ("<a@b>", "<f@g>")
    assert message_ids([b"=?utf-8?q?=3Ca=40b=3E?="]) == ("<a@b>",)
    assert message_ids([b"a@b, c@d\n e@f "]) == ("<a@b>", "<c@d>", "<e@f>")  # as some programs write them
    assert message_ids([b"Your mail to a@b of Tuesday"]) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 26 May 2026 11:12:13 +0200", datetime(2026, 5, 26, 9, 12, 13, tzinfo=UTC)),
        ("26 May 2026 09:12 GMT", datetime(2026, 5, 26, 9, 12, tzinfo=UTC)),
        ("Tue, 26 May 0001 09:12:13 +0000", None),
        ("Tue, 99 May 2026 09:12:13 +0000", None),
        ("Tue, 26 May 2026 09:12:13 +9999999", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_a_date_is_read_or_is_none(text, expected):
    found = parse(f"Date: {text}\n\nx".encode()).date
    assert found == expected or (text.startswith("Tue, 26 May 0001") and found is not None)


# --- attachments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\\\..\\\\x.exe", "x.exe"),
        ("C:\\\\dir\\\\a.txt", "a.txt"),
        ("a\x00.txt", "a.txt"),
        ("\u200b.htaccess", "htaccess"),
        (".profile", "profile"),
        ("a\u202etxt.exe", "a_U+202E_txt.exe"),
        ("con.txt", "_con.txt"),
        ("a<b>|c?.txt", "a_b__c_.txt"),
        ("=?utf-8?q?=C3=BCbersicht.pdf?=", "übersicht.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("/", "part-1"),
        ("", "part-1"),
        ("...", "part-1"),
        ("  ", "part-1"),
    ],
)
def test_a_name_is_safe_to_show_and_to_save(given, name):
    """C08."""
    raw = multipart("mixed", part(f'Content-Disposition: attachment; filename="{given}"', "Content-Type: a/b"))
    assert [one.name for one in parse(raw).attachments] == [name]


DIRECTORIES = ("../", "..\\", "/etc/", "C:\\x\\", "\\\\host\\share\\", "a/b/", "./", "file:///", "~/", "%2e%2e/")
NAMES = (
    "passwd",
    ".htaccess",
    "a\x00.txt",
    "x\r\nX-Y: z",
    "nul",
    "aux.txt",
    "a b.pdf",
    "-rf",
    "\u200bx.exe",
    "\ufeff.bashrc",
    "x" * 400,
    "…",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("directory", DIRECTORIES)
def test_no_name_leads_out_of_the_folder_it_is_saved_in(tmp_path, directory, name):
    """C08: whatever the sender calls the file, the name is a name, and a file can be made of it."""
    given = f"{directory}{name}".encode().hex("%").upper()
    raw = multipart("mixed", part(f"Content-Disposition: attachment; filename*=utf-8''%{given}", "Content-Type: a/b"))
    (safe,) = [one.name for one in parse(raw).attachments]

    (tmp_path / safe).write_bytes(b"x")
    assert [path.name for path in tmp_path.iterdir()] == [safe]
    assert safe.isprintable()
    assert not safe.startswith(".")
    assert len(safe) <= 150


def test_an_attachment_is_cut_out_of_the_raw_mail():
    content = bytes(range(256))
    coded = base64.encodebytes(content).decode()
    file = part(
        "Content-Type: a/b; name=f.bin",
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment",
        body=coded,
    )
    raw = multipart("mixed", part(body="t"), file)
    (listed,) = parse(raw).attachments
    assert listed.size == 256
    assert attachment(raw, listed.part) == ("f.bin", "a/b", content)
    with pytest.raises(LookupError):
        attachment(raw, 99)


@given(data=st.binary(max_size=90), damage=st.lists(st.tuples(st.integers(0, 130), st.binary(max_size=2)), max_size=2))
def test_base64_is_counted_as_it_is_decoded(data, damage):
    coded = base64.encodebytes(data).replace(b"\n", b"\r\n")
    for at, other in damage:
        coded = coded[:at] + other + coded[at + 1 :]
    with patch("helpdesk.mail.read.headers._PIECE", 7):
        assert base64_size(b"A=" + coded + b"=A", 2, 2 + len(coded)) == len(base64_bytes(coded))


def test_base64_with_holes_gives_what_there_is():
    raw = multipart("mixed", part("Content-Type: a/b", "Content-Transfer-Encoding: base64", body="aGVs*bG8\n!gd29ybGQ"))
    assert attachment(raw, 1)[2] == b"hello world"


@pytest.mark.parametrize("body", ["It does not work, at all!", "Help me\n", "Hello Kim:\nit fails"])
def test_what_is_said_to_be_base64_and_is_not_is_read_as_it_is(body):
    raw = part("Subject: s", "Content-Type: text/plain", "Content-Transfer-Encoding: base64", body=body).encode()
    assert parse(raw).text == body.strip()


def test_base64_below_which_a_list_has_put_its_lines_is_read():
    coded = base64.encodebytes(b"It fails.").decode()
    raw = part("Subject: s", "Content-Transfer-Encoding: base64", body=f"{coded}\n____\na list of ours").encode()
    assert parse(raw).text.startswith("It fails.")


def tnef(name: bytes, content: bytes) -> bytes:
    """A winmail.dat with one file: rendering data, title, data (MS-OXTNEF 2.1.3)."""

    def attribute(level: int, number: int, value: bytes) -> bytes:
        return bytes([level]) + number.to_bytes(4, "little") + len(value).to_bytes(4, "little") + value + b"\0\0"

    return (
        b"\x78\x9f\x3e\x22\0\0" + attribute(1, 0x0002800C, b"The text\0") + attribute(2, 0x00069002, b"\0" * 14)
        + attribute(2, 0x00018010, name + b"\0") + attribute(2, 0x0006800F, content)
    )  # fmt: skip


def test_winmail_dat_gives_its_text_and_its_files():
    coded = base64.encodebytes(tnef(b"a.doc", b"content")).decode()
    raw = multipart(
        "mixed",
        part("Content-Type: application/ms-tnef; name=winmail.dat", "Content-Transfer-Encoding: base64", body=coded),
    )
    message = parse(raw)
    assert message.text == "The text"
    assert [one.name for one in message.attachments] == ["winmail.dat", "a.doc"]
    assert attachment(raw, message.attachments[1].part) == ("a.doc", "application/octet-stream", b"content")


@pytest.mark.parametrize(
    ("content", "broken"),
    [
        (tnef(b"a.doc", b"content"), False),
        (tnef(b"a.doc", b"content") + b"\r\n", False),
        (tnef(b"a.doc", b"content")[:-2], False),  # only the checksum is missing
        (tnef(b"a.doc", b"content")[:-4], True),
        (b"\x78\x9f\x3e\x22\0\1junk of some program", True),
        (b"PK\3\4 is no winmail.dat", True),
        (b"", True),
    ],
)
def test_a_broken_winmail_dat_is_told(content, broken):
    """Its files are shown in its place: one that cannot be read through was neither shown nor spoken of."""
    coded = base64.encodebytes(content).decode()
    head = ("Content-Type: application/ms-tnef; name=winmail.dat", "Content-Transfer-Encoding: base64")
    message = parse(multipart("mixed", part(body="See attached."), part(*head, body=coded)))
    assert message.text.strip() == "See attached."
    assert any("winmail.dat is broken" in told for told in message.damage) is broken


def test_a_field_that_was_not_folded_goes_on_over_several_lines():
    raw = b"From: pat@pots.example\nSubject: The kiln\nof hall 3\nis cold\nand stays cold\nTo: help@clay.example\n\nText.\n"
    message = parse(raw)
    assert message.subject == "The kiln of hall 3 is cold and stays cold"
    assert [one.address for one in message.to] == ["help@clay.example"]
    assert message.text == "Text."


def test_a_line_without_a_name_adds_nobody_to_who_wrote_it():
    raw = b"From: pat@pots.example\n, <ann@desk.example>\nand more\nTo: help@clay.example\n\nText.\n"
    assert [one.address for one in parse(raw).senders] == ["pat@pots.example"]


def test_header_lines_that_somebody_pastes_below_a_missing_blank_line_are_text():
    raw = b"From: pat@pots.example\nSubject: Kiln\nTo: help@clay.example\nThis came back:\nFrom: me\nSubject: you\nThe end.\n"
    assert parse(raw).text == "This came back:\nFrom: me\nSubject: you\nThe end."


def test_text_beside_the_root_of_related_parts_is_shown_once():
    raw = (
        b"From: pat@pots.example\nSubject: Kiln\nContent-Type: multipart/related; boundary=b\n\n"
        b"--b\nContent-Type: text/html\n\n<p>The kiln is cold.</p>\n"
        b"--b\nContent-Type: text/plain\n\nThe kiln is cold.\n"
        b"--b\nContent-Type: text/plain\n\nSent through the gateway: it is urgent.\n"
        b"--b\nContent-Type: text/html\nContent-ID: <frame@x>\n\n<p>a frame</p>\n--b--\n"
    )
    assert parse(raw).text == "The kiln is cold.\n\nSent through the gateway: it is urgent."
