"""From, read strictly, and only the results that our own border wrote (threats A02 to A05)."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from helpdesk.mail.proof.authenticity import TOPMOST, aligned, authenticity, strict_sender
from helpdesk.mail.read.parse import parse

US = "mx.desk.example"
PASS = f"Authentication-Results: {US}; dkim=pass header.d=acme.example; spf=pass smtp.mailfrom=acme.example; dmarc=pass (p=NONE) header.from=acme.example"
BORDER = f"Received: from mail.acme.example (mail.acme.example [192.0.2.1])\n by {US} (Postfix) with ESMTPS id 1; Tue, 26 May 2026 09:12:00 +0000"
FROM = "From: Ann Berg <ann@acme.example>"
REST = "To: support@desk.example\nSubject: x\nDate: Tue, 26 May 2026 09:11:00 +0000\nMessage-ID: <1@acme.example>\n\n#close\n"


def mail(*head: str, rest: str = REST) -> bytes:
    return "\n".join([*head, rest]).encode()


def result(*head: str, authserv_id: str | None = US) -> str:
    return authenticity(parse(mail(*head)), authserv_id=authserv_id).result


@pytest.mark.parametrize(
    "head",
    [
        (PASS, BORDER, FROM),
        (BORDER, PASS, FROM),  # a Postfix filter inserts below Postfix's own Received
        ("Received: from mx.desk.example by mx.desk.example with LMTP id 2", BORDER, PASS, FROM),
        ("Received: from mx.desk.example by mx.desk.example with LMTP id 2", PASS, BORDER, FROM),
        ("Received: by 2002:a17:906:1 with SMTP id x1", "X-Received: by 2002:a17", BORDER, PASS, FROM),  # as Google writes
        (PASS, BORDER, "From: ann@acme.example"),
        (PASS, BORDER, 'From: "Berg, Ann" <ann@acme.example>'),
        (PASS, BORDER, "From: =?utf-8?q?Berg=2C_=C3=84nn?= <ann@acme.example>"),
        (f"Authentication-Results: {US} 1; dmarc=pass header.from=acme.example", BORDER, FROM),
        (f"Authentication-Results: {US};\n\tdkim=pass (2048-bit key; unprotected) header.d=acme.example header.i=@acme.example", BORDER, FROM),
        (f"Authentication-Results: {US}; dkim=pass header.i=@mail.acme.example", BORDER, FROM),
        (f"Authentication-Results: {US}; dkim=fail header.d=other.example; dkim=pass header.d=acme.example", BORDER, FROM),
        (f"Authentication-Results: {US}; spf=pass", f"Authentication-Results: {US}; dmarc=pass header.from=acme.example", BORDER, FROM),
    ],
)  # fmt: skip
def test_a_genuine_mail_passes(head):
    assert result(*head) == "pass"


FORGED = "Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example"
OUTSIDE = "Received: from evil by relay.else.example with ESMTP id 9; Tue, 26 May 2026 09:00:00 +0000"


@pytest.mark.parametrize(
    "head",
    [
        (BORDER, OUTSIDE, FORGED, FROM),  # below a Received that we did not write
        (OUTSIDE, FORGED, FROM),
        (f"Authentication-Results: {US}; dmarc=none", BORDER, FORGED, FROM),  # ours above says otherwise
        (BORDER, f"Authentication-Results: {US}; dmarc=none", FORGED, FROM),  # the topmost below our hop counts
        (BORDER, "Received: from mx.desk.example by mx.desk.example with ESMTP id 7", FORGED, FROM),  # a made-up hop of ours
        (BORDER, OUTSIDE, "Received: from a by mx.desk.example with LMTP id 7", FORGED, FROM),
        ("Authentication-Results: MX.desk.example; dmarc=pass header.from=acme.example", BORDER, FROM),
        ("Authentication-Results: mx.desk.example.else.example; dmarc=pass header.from=acme.example", BORDER, FROM),
        ("Authentication-Results: mx.desk.example (x); dmarc=pass header.from=acme.example", BORDER, FROM),
        ("Authentication-Results: (mx.desk.example;) else.example; dmarc=pass header.from=acme.example", BORDER, FROM),
        ("Authentication-Results: else.example;\n mx.desk.example; dmarc=pass header.from=acme.example", BORDER, FROM),
        ("ARC-Authentication-Results: i=1; mx.desk.example; dmarc=pass header.from=acme.example", BORDER, FROM),
        ("X-Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example", BORDER, FROM),
        ("Authentication-Results: mx.desk.example", BORDER, FROM),
        ("Authentication-Results: mx.desk.example; none", BORDER, FROM),
        (BORDER, FROM),
    ],
)  # fmt: skip
def test_a_result_that_our_border_did_not_write_counts_for_nothing(head):
    """A04."""
    assert result(*head) == "none"


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=fail header.from=acme.example",
        "dmarc=fail (p=reject) header.from=acme.example; dkim=pass header.d=acme.example",
        "dkim=fail header.d=acme.example",
    ],
)
def test_what_our_border_disproved_fails(results):
    assert result(f"Authentication-Results: {US}; {results}", BORDER, FROM) == "fail"


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=pass header.from=other.example",
        "dmarc=pass",
        "dkim=pass header.d=else.example",
        "dkim=pass header.d=example",
        "dkim=pass header.d=notacme.example",
        "spf=pass smtp.mailfrom=acme.example",
        "dkim=neutral header.d=acme.example",
        'spf=pass reason="x; dmarc=pass header.from=acme.example"',
        "spf=pass (dmarc=pass header.from=acme.example)",
        "x-dmarc=pass header.from=acme.example",
        "dmarc=temperror header.from=acme.example",
    ],
)
def test_a_pass_for_somebody_else_is_no_pass(results):
    """A02: aligned with From, or nothing."""
    assert result(f"Authentication-Results: {US}; {results}", BORDER, FROM) != "pass"


@pytest.mark.parametrize(
    "sender",
    [
        "From: ann@acme.example\nFrom: eve@else.example",
        "From: ann@acme.example, eve@else.example",
        "From: eve@else.example, ann@acme.example",
        "From : ann@acme.example\nFrom: eve@else.example",
        'From: "eve@else.example"@acme.example',
        "From: ann@acme.example <eve@else.example>",
        "From: <ann@acme.example> <eve@else.example>",
        "From: ann(@else.example)@acme.example",
        "From: ann@acme.example(comment)",
        "From: group: ann@acme.example;",
        "From: <@else.example:ann@acme.example>",
        "From: ann@acme.example\0@else.example",
        "From: ann@acme.example\x01",
        "From: =?utf-8?q?ann=40acme.example?=",
        "From: <=?utf-8?q?ann?=@acme.example>",
        "From: ann@acme.example.",
        "From: ann@acme",
        "From: ann@[192.0.2.1]",
        "From: ann @acme.example",
        "From: ann@acme.example;",
        "From: \\ann@acme.example",
        "From: ann@äcme.example",
        "From: .ann@acme.example",
        "From: ann@-acme.example",
        "From:",
        "Sender: ann@acme.example",
        "Reply-To: ann@acme.example",
        "From: Ann\u202e <ann@acme.example>",
        "Fr-om: eve@else.example\nFrom: ann@acme.example",
    ],
)
def test_a_from_with_a_second_reading_is_nobody(sender):
    """A02, A03: eighteen attacks of the literature, and more."""
    raw = mail(PASS, BORDER, sender)
    found = authenticity(parse(raw), authserv_id=US)
    assert found.result != "pass"


def test_a_name_that_reads_like_an_address_is_only_a_name():
    message = parse(mail(PASS, BORDER, 'From: "ann@acme.example" <eve@else.example>'))
    assert strict_sender(message) == "eve@else.example"
    assert authenticity(message, authserv_id=US).result == "none"


@pytest.mark.parametrize("double", ["Subject", "To", "Date", "Message-ID", "Reply-To", "Content-Type"])
def test_a_field_that_may_stand_once_and_stands_twice_fails(double):
    """A05: a signature made over one of them says nothing of the other."""
    assert result(PASS, BORDER, FROM, f"{double}: a@b.example", f"{double}: a@b.example") == "fail"


@pytest.mark.parametrize("between", ["no field at all", "X: " + "x" * 110_000])
def test_a_header_that_two_readers_read_differently_fails(between):
    """A02: behind rubbish, or behind more than is read, a second From may hide."""
    assert result(PASS, BORDER, FROM, between, "From: eve@else.example") == "fail"


def test_a_signature_over_a_part_of_the_body_is_none():
    """A05: with `l=` anybody may append a line."""
    signature = "DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=x; l=12; h=from; b=abc"
    assert result(PASS, BORDER, signature, FROM) == "none"
    assert result(PASS, BORDER, signature.replace("l=12; ", ""), FROM) == "pass"


OURS = f"Authentication-Results: {US}; "
SAID_BY_TWO = [
    ("dmarc=pass header.from=acme.example", "dmarc=fail header.from=acme.example"),
    ("dkim=pass header.d=acme.example", "dkim=fail header.d=acme.example"),
    ("dkim=pass header.d=acme.example", "dkim=permerror header.d=mail.acme.example"),
    ("dkim=pass header.d=acme.example", "spf=fail; dmarc=fail (p=none) header.from=acme.example"),
]


@pytest.mark.parametrize("results", [*SAID_BY_TWO, *((second, first) for first, second in SAID_BY_TWO)])
@pytest.mark.parametrize("others", [(), ("Received-SPF: pass",), ("ARC-Seal: i=1; cv=none", "X-Spam: no")])
def test_of_several_fields_of_our_border_one_that_disproves_wins(results, others):
    first, second = (OURS + said for said in results)
    assert result(first, *others, second, BORDER, FROM) == "fail"
    assert result(BORDER, *others, first, second, FROM) == "fail"


def test_a_broken_signature_disproves_nothing_that_dmarc_has_proven_by_other_means():
    """A list that adds a footer breaks the signature; SPF still holds, and DMARC says so."""
    assert (
        result(f"{OURS}dkim=fail header.d=acme.example", PASS.replace("dkim=pass", "dkim=none"), BORDER, FROM) == "pass"
    )


def test_below_our_hop_only_the_topmost_proves_anything():
    assert result(BORDER, f"{OURS}spf=none", FORGED, FROM) == "none"
    assert result(BORDER, f"{OURS}dkim=none", f"{OURS}dkim=pass header.d=acme.example", FROM) == "none"


STORE = "Received: from mx.desk.example (mx.desk.example [198.51.100.7]) by store.desk.example with ESMTPS id 4; Tue, 26 May 2026 09:12:01 +0000"


def handed_on(*head, relays=("198.51.100.7", "2001:db8::7")):
    allowed = {ip_address(one) for one in relays}
    return authenticity(parse(mail(*head)), authserv_id=US, relays=allowed.__contains__).result


@pytest.mark.parametrize(
    "hop",
    [
        STORE,
        STORE.replace("[198.51.100.7]", "[IPv6:2001:db8::7]"),
        "Received: from mx.desk.example (198.51.100.7) by EX01.desk.example (10.0.0.2) with Microsoft SMTP Server id 15.2; Tue",
        "Received: from mx ([198.51.100.7] helo=mx.desk.example)\n by store.desk.example with esmtps (Exim 4.96) id 1; Tue",
        "Received: from unknown (HELO mx.desk.example) (198.51.100.7)\n by store.desk.example with SMTP; Tue",
    ],
)  # fmt: skip
def test_a_server_of_ours_that_had_the_mail_from_our_border_stands_in_nobodys_way(hop):
    assert handed_on(hop, PASS, BORDER, FROM) == "pass"
    assert handed_on(hop, BORDER, PASS, FROM) == "pass"
    assert handed_on(hop, f"{OURS}dmarc=fail", PASS, BORDER, FROM) == "fail"
    assert handed_on(hop, hop, PASS, BORDER, FROM) == "pass"
    assert handed_on(hop, PASS, BORDER, FROM, relays=()) == "none"  # nobody said that it is ours


@pytest.mark.parametrize(
    "hop",
    [
        "Received: from mx.desk.example (evil.example [192.0.2.66]) by mx1.desk.example with ESMTP; Tue",
        "Received: from [198.51.100.7] (evil.example [192.0.2.66]) by mx1.desk.example with ESMTP; Tue",
        "Received: from unknown (HELO [198.51.100.7]) (192.0.2.66) by mx1.desk.example with SMTP; Tue",
        "Received: from 198.51.100.7 ([192.0.2.66] helo=[198.51.100.7]) by mx1.desk.example with esmtp; Tue",
        "Received: from x ([IPv6:2001:db8::66] helo=[198.51.100.7]) by mx1.desk.example with esmtp; Tue",
        "Received: from 198.51.100.7.evil.example by mx1.desk.example with ESMTP; Tue",
        "Received: from 198.51.100.7 by mx1.desk.example with ESMTP; Tue",
        "Received: from [198.51.100.7] by mx1.desk.example with ESMTP; Tue",
        "Received: from x (HELO [198.51.100.7]) by mx1.desk.example with ESMTP; Tue",
        "Received: from x (helo=198.51.100.7) by mx1.desk.example with ESMTP; Tue",
        "Received: from x (EHLO 198.51.100.7 [192.0.2.66]) by mx1.desk.example with ESMTP; Tue",
        "Received: from x (198.51.100.7.evil.example [192.0.2.66]) by mx1.desk.example with ESMTP; Tue",
        "Received: from mx.desk.example by mx1.desk.example with ESMTP; Tue",
        "Received: from x (999.1.1.1 [198.51.100.7]) by mx1.desk.example with ESMTP; Tue",
    ],
)
def test_who_only_says_to_be_our_border_makes_up_no_hop_of_it(hop):
    """A04: the border is named otherwise than its results, and the sender writes a hop with the right name below."""
    assert handed_on(hop, FORGED, BORDER, FROM) == "none"
    assert handed_on(hop, BORDER, FORGED, FROM) == "none"


MICROSOFT = """Authentication-Results: spf=pass (sender IP is 192.0.2.1)
 smtp.mailfrom=acme.example; dkim=pass (signature was verified)
 header.d=acme.example;dmarc=pass action=none
 header.from=acme.example;compauth=pass reason=100"""
EXCHANGE = "Received: from AM0EUR02FT012.eop-EUR02.example (2603:10a6:208:1) by AM0PR08CA0020.example (2603:10a6:208:2) with Microsoft SMTP Server id 15.20; Tue, 26 May 2026 09:12:01 +0000"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ((EXCHANGE, EXCHANGE, MICROSOFT, "Received-SPF: Pass", BORDER, FROM), "pass"),
        ((EXCHANGE, MICROSOFT.replace("dmarc=pass", "dmarc=fail"), BORDER, MICROSOFT, FROM), "fail"),
        ((EXCHANGE, MICROSOFT.replace("dmarc=pass", "dmarc=none").replace("dkim=pass", "dkim=none"), MICROSOFT, FROM), "none"),
        ((EXCHANGE, PASS, BORDER, FROM), "pass"),
        ((EXCHANGE, "Authentication-Results: none", MICROSOFT, FROM), "none"),
        ((EXCHANGE, "Authentication-Results: mx.example; none", FROM), "none"),
        ((EXCHANGE, MICROSOFT.replace("from=acme", "from=else").replace(".d=acme", ".d=else"), FROM), "none"),
        ((EXCHANGE, MICROSOFT.replace("Authentication-Results", "Authentication-Results-Original"), FROM), "none"),
        ((EXCHANGE, FROM), "none"),
    ],
)  # fmt: skip
def test_of_a_border_without_an_id_the_topmost_field_is_read(head, expected):
    assert result(*head, authserv_id=TOPMOST) == expected


def test_an_id_is_looked_for_where_one_is_configured_and_results_without_one_are_nobodys():
    assert result(MICROSOFT, BORDER, FROM) == "none"


def test_without_a_configured_border_nothing_is_believed():
    assert result(PASS, BORDER, FROM, authserv_id=None) == "none"


@pytest.mark.parametrize(
    ("signer", "domain", "expected"),
    [
        ("acme.example", "acme.example", True),
        ("mail.acme.example", "acme.example", True),
        ("acme.example", "mail.acme.example", True),
        ("a.acme.example", "b.acme.example", False),  # unsure without a list of public suffixes: strict
        ("co.uk", "acme.co.uk", False),
        ("example", "acme.example", False),
        ("acme.co.uk", "mail.acme.co.uk", True),
        ("cme.example", "acme.example", False),
        ("", "acme.example", False),
    ],
)
def test_alignment_is_relaxed_only_where_it_is_sure(signer, domain, expected):
    assert aligned(signer, domain) is expected
