"""An agent's mail that is encrypted to the desk cannot be read: it comes back, and no clock stops (law 15)."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.desk import ANN, JO, LOGIK, typed_in

ENVELOPED, AUTHENTICATED, SIGNED = (
    bytes.fromhex("308006") + oid
    for oid in (
        bytes.fromhex("092a864886f70d010703"),
        bytes.fromhex("0b2a864886f70d010910010317"),
        bytes.fromhex("092a864886f70d010702"),
    )
)
ARMOUR = "-----BEGIN PGP MESSAGE-----\n\nhQEMA0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH\n=abcd\n-----END PGP MESSAGE-----\n"
VERSION = "Content-Type: application/pgp-encrypted\n\nVersion: 1\n"


def file(kind, content, disposition="attachment"):
    code = b64encode(content + bytes(range(128)) * 3).decode()
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\nContent-Disposition: {disposition}\n\n{code}\n"


def text(body, kind="text/plain"):
    return f"Content-Type: {kind}; charset=utf-8\n\n{body}\n"


def parts(kind, *inner):
    body = "".join(f"--b1\n{one}" for one in inner)
    return f"Content-Type: multipart/{kind}; boundary=b1\n\n{body}--b1--\n"


SMIME = file("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", ENVELOPED)
OCTETS = file("application/octet-stream; name=encrypted.asc", ARMOUR.encode(), "inline")
ENCRYPTED = {
    "enveloped": SMIME,
    "authenticated and enveloped": file("application/pkcs7-mime; smime-type=authEnveloped-data", AUTHENTICATED),
    "an older type": file("application/x-pkcs7-mime; name=smime.p7m", ENVELOPED),
    "renamed by a server": file("application/octet-stream; name=SMIME.P7M", ENVELOPED),
    "said to be signed": file("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", ENVELOPED),
    "with a list's footer": parts("mixed", SMIME, text("Sent through our gateway.")),
    "PGP/MIME": parts("encrypted; protocol=application/pgp-encrypted", VERSION, OCTETS),
    "PGP/MIME taken apart by a server": parts("mixed", text(""), VERSION, OCTETS),
    "a file of armour": parts("mixed", text("\n"), OCTETS),
    "inline PGP": text(ARMOUR),
    "inline PGP with Windows' line ends": text(ARMOUR).replace("\n", "\r\n"),
    "inline PGP in a part of many": text(ARMOUR.replace("MESSAGE", "MESSAGE, PART 1/2", 1)),
    "inline PGP in HTML": text(f"<html><body><pre>{ARMOUR}</pre></body></html>", "text/html"),
    "inline PGP below a banner": text(f"Sent from my phone\n\n{ARMOUR}\n-- \nAnn Berg"),
}


@pytest.fixture
def desk(desk):
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", "Priority: Medium\n\nNo rule fires since nine.")
    return desk


def answered(desk, content, kind="assigned"):
    got = desk.last(ANN, kind)
    head = f"From: {ANN}\nTo: {got.reply_to}\nSubject: Re: {got.subject}\nIn-Reply-To: {got.message.message_id}\n"
    return desk.receive(f"{head}MIME-Version: 1.0\n{content}".encode())


def relayed(desk):
    return [typed_in(mail) for mail in desk.sent_to(JO, "relay")]


@pytest.mark.parametrize("content", ENCRYPTED.values(), ids=ENCRYPTED)
def test_what_cannot_be_read_is_no_answer(desk, content):
    answered(desk, content)

    assert desk.kinds_to(JO) == ["ack"]
    assert desk.state() == "running"
    echo = desk.last(ANN, "echo")
    assert "not done: your mail is encrypted, nobody read it" in echo.subject
    assert "expected the same mail unencrypted" in " ".join(echo.text.split())

    desk.reply(ANN, "#answer\nWe look at it.", to_kind="echo")
    assert relayed(desk) == ["We look at it."]
    assert desk.state() == "met"


def test_nor_is_it_a_note(desk):
    """A reply to an echo stays in the team."""
    desk.reply(ANN, "#severity low", to_kind="assigned")
    answered(desk, SMIME, "echo")

    assert "your mail is encrypted" in " ".join(desk.last(ANN, "echo").text.split())
    assert not desk.events("agent_noted")


@pytest.mark.parametrize(
    "beside",
    [
        file("application/pdf; name=plan.pdf", b"%PDF-1.7"),
        file("application/pkcs7-signature; name=smime.p7s", SIGNED),
        file("application/pkcs7-mime; smime-type=signed-data; name=contract.pdf.p7m", SIGNED),
        file("application/octet-stream; name=dump.gpg", ARMOUR.encode()),
        file("application/pgp-keys; name=key.asc", b"-----BEGIN PGP PUBLIC KEY BLOCK-----"),
    ],
    ids=["a document", "a signature", "a signed document", "a file for the customer alone", "a key"],
)
def test_an_answer_with_a_file_goes(desk, beside):
    answered(desk, parts("mixed", text("Here it is."), beside))

    assert relayed(desk) == ["Here it is."]
    assert desk.state() == "met"


@pytest.mark.parametrize("body", [f"They wrote:\n\n{ARMOUR}", "It is in the file."])
def test_what_is_encrypted_goes_if_the_agent_says_that_it_is_meant(desk, body):
    answered(desk, parts("mixed", text(f"#answer\n{body}"), SMIME))

    assert relayed(desk) == [body.strip()]


def test_a_quote_of_what_the_customer_encrypted_is_not_the_agents(desk):
    desk.mail(JO, "Secret", f"Priority: Medium\n\n{ARMOUR}")
    desk.reply(ANN, "Please send it unencrypted.", holder=ANN, to_kind="assigned", quote=True)

    assert relayed(desk) == ["Please send it unencrypted."]


@pytest.mark.parametrize("content", [SMIME, ENCRYPTED["PGP/MIME"], text(ARMOUR)])
def test_a_customers_encrypted_mail_opens_a_case_as_before(desk, content):
    desk.receive(f"From: {JO}\nTo: {LOGIK}\nSubject: Secret\nMIME-Version: 1.0\n{content}".encode())

    assert desk.case(2).status == "open"
    assert "echo" not in desk.kinds_to(JO)
