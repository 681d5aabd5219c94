"""The URL under [smtp_out] opens the courier it says, or says what was expected."""

from typing import TYPE_CHECKING

import pytest

from helpdesk.wires.maildir import MaildirCourier
from helpdesk.wires.outgoing import open_courier
from helpdesk.wires.smtp_out import SmtpCourier

if TYPE_CHECKING:
    from helpdesk.wires.courier import Courier


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, "none"),
        ("smtp://mail.example:587?starttls=yes", "mail.example", 587, "starttls"),
        ("smtp://mail.example:25?starttls=no", "mail.example", 25, "none"),
        ("smtps://mail.example:465", "mail.example", 465, "implicit"),
        ("smtps://mail.example:465?starttls=yes", "mail.example", 465, "implicit"),
        ("smtp://[::1]:25", "::1", 25, "none"),
        ("smtp://mail.example", "mail.example", 25, "none"),
        ("smtp://mail.example?starttls=yes", "mail.example", 587, "starttls"),
        ("smtps://mail.example/", "mail.example", 465, "implicit"),
    ],
)
def test_an_smtp_url_is_read(url, host, port, tls):
    courier: Courier = open_courier(url)
    assert isinstance(courier, SmtpCourier)
    smarthost = courier._dialler._smarthost
    assert (smarthost.host, smarthost.port, smarthost.tls) == (host, port, tls)


def test_a_maildir_url_is_read_and_nothing_is_made_yet(tmp_path):
    courier: Courier = open_courier(f"maildir:{tmp_path / 'sent'}")
    assert isinstance(courier, MaildirCourier)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", "expected smtp://HOST:PORT"),
        ("mail.example:25", "expected smtp://HOST:PORT"),
        ("http://mail.example", "expected smtp://HOST:PORT"),
        ("smtp:mail.example:25", "expected smtp://HOST:PORT"),
        ("smtp://", "expected smtp://HOST:PORT"),
        ("smtp://:25", "expected smtp://HOST:PORT"),
        ("smtp://mail.example:port", "expected smtp://HOST:PORT"),
        ("smtp://mail.example:70000", "expected smtp://HOST:PORT"),
        ("smtp://mail.example:0", "expected smtp://HOST:PORT"),
        ("smtp://[::1", "expected smtp://HOST:PORT"),
        ("smtp://mail.example:25/path", "nothing was expected after the port"),
        ("smtp://mail.example:25?tls=yes", "the only option expected after the ? is starttls"),
        ("smtp://mail.example:25?starttls=perhaps", "the only option expected after the ? is starttls"),
        ("smtp://mail.example:25?starttls", "the only option expected after the ? is starttls"),
        ("smtp://desk:hunter2@mail.example:25", "a URL without credentials was expected"),
        ("maildir:", "a path was expected after maildir:"),
        ("maildir:a\0b", "a path was expected after maildir:"),
    ],
    ids=repr,
)
def test_anything_else_is_refused_and_never_repeated(url, expected):
    """P04: a URL may hold a password, so the problem report does not show it."""
    with pytest.raises(ValueError, match=r".") as refused:
        open_courier(url)
    assert expected in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_password_that_would_leave_the_host_in_clear_is_refused_at_the_start():
    """O08: before a first connection shows it."""
    credentials = {"username": "desk", "password": lambda: "hunter2"}
    with pytest.raises(ValueError, match="no password leaves this host in clear"):
        open_courier("smtp://mail.example:25", **credentials)
    for url in ("smtp://localhost:25", "smtp://127.0.0.1:25", "smtp://[::1]:25", "smtps://mail.example"):
        open_courier(url, **credentials)


@pytest.mark.parametrize(
    "half", [{"username": "desk"}, {"password": lambda: "hunter2"}], ids=["no password", "no username"]
)
def test_half_a_login_is_refused(half):
    with pytest.raises(ValueError, match="together, or neither"):
        open_courier("smtps://mail.example", **half)
