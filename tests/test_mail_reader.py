"""A language model as a reader: its budget and memory, its configuration, and `classify --reader`."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from helpdesk.cli import app
from helpdesk.config import load_configuration
from helpdesk.errors import ConfigurationError, Unavailable
from helpdesk.lab.mailer import Sheet, write
from helpdesk.mail.inside.sensitive import masked_for_others
from helpdesk.severity.reader import NOTHING_READ
from helpdesk.unit import load_rules
from helpdesk.unit.mail_reader import MailReader, open_reader
from helpdesk.unit.reader_key import read_key
from tests.desk import JO, write_office
from tests.wire.test_chat import ChatServer, said

NOW = datetime(2026, 5, 19, 9, tzinfo=UTC)
ODD = "Whoever arrives at the front desk goes away without a key card since noon."
FOUND = json.dumps(
    {
        "effect": {"is": "stopped", "quotes": ["goes away without a key card"]},
        "work": {"is": "core", "quotes": ["goes away without a key card"]},
        "state": {"is": "ongoing", "quotes": ["a key card since noon"]},
        "extent": {"is": "all", "quotes": ["goes away without a key card"]},
    }
)


class Chats:
    """A model that answers the same always, and counts."""

    def __init__(self, answer=FOUND):
        self.answer, self.asked = answer, []

    def __call__(self, text):
        self.asked.append(text)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def read(reader, number=0, sender="jo@acme.example", now=NOW):
    return reader.read("Odd", f"{ODD} It is room {number}.", sender=sender, now=now)


def test_the_same_text_is_asked_for_once_and_costs_once():
    chats = Chats()
    reader = MailReader(chats, daily=10, share=0.1)
    assert read(reader) == read(reader) == read(reader, sender="ida@other.example")
    assert read(reader)["effect"].value == "stopped"
    assert len(chats.asked) == 1


@pytest.mark.parametrize("spelled", ["jo@acme.example", "JO@ACME.example"])
def test_a_sender_has_their_share_of_the_day_and_all_have_the_day(spelled):
    chats = Chats()
    reader = MailReader(chats, daily=6, share=0.5)
    mine = [read(reader, number, spelled if number % 2 else "jo@acme.example") for number in range(5)]
    assert [one is NOTHING_READ for one in mine] == [False] * 3 + [True] * 2
    others = [read(reader, number, f"p{number}@b.example") for number in range(5, 10)]
    assert [one is NOTHING_READ for one in others] == [False] * 3 + [True] * 2
    assert read(reader, 20, now=NOW + timedelta(days=1)) is not NOTHING_READ
    assert len(chats.asked) == 7


@pytest.mark.parametrize("answer", ["no JSON", "[]", Unavailable("down")])
def test_what_failed_is_not_remembered_and_costs_all_the_same(answer):
    chats = Chats(answer)
    reader = MailReader(chats, daily=10, share=0.2)
    for _ in range(2):
        with pytest.raises(Unavailable):
            read(reader)
    assert read(reader) is NOTHING_READ
    assert len(chats.asked) == 2


def test_a_mail_without_sentences_of_its_own_is_not_sent():
    chats = Chats()
    assert MailReader(chats, daily=9, share=1).ask("Fwd", "> they said something") is NOTHING_READ
    assert chats.asked == []


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("hunter2!x", "My password is hunter2!x and nothing works."),
        ("sk-abcdefghij0123456789abcd", "We use sk-abcdefghij0123456789abcd for it."),
        ("4111 1111 1111 1111", "The card 4111 1111 1111 1111 is refused."),
        ("DE89 3704 0044 0532 0130 00", "Please pay to DE89 3704 0044 0532 0130 00 today."),
        ("ida.holm@acme.example", "Ask ida.holm@acme.example about it."),
        ("+49 30 1234 5678", "Call +49 30 1234 5678 about it."),
    ],
)
def test_secrets_and_people_are_masked_before_anything_leaves(secret, text):
    chats = Chats()
    MailReader(chats, daily=9, share=1).ask(text, f"{ODD}\n{text}")
    assert secret not in chats.asked[0]
    assert secret not in masked_for_others(secret if "password" not in text else text)


# --- what the operator writes


def configured(folder, more):
    return load_configuration(write_office(folder, more=f"\n[severity.reader]\n{more}"), environment={})


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ('url = "http://ai.example/v1/chat/completions"\nmodel = "m"', "severity.reader.url: expected https"),
        ('url = "http://10.0.0.7/v1"\nmodel = "m"', "severity.reader.url: expected https"),
        ('url = "http://localhost.example/v1"\nmodel = "m"', "severity.reader.url: expected https"),
        ('url = "http://127.0.0.1@ai.example/v1"\nmodel = "m"', "severity.reader.url: expected one without"),
        ('url = "https://me:pass@ai.example/v1"\nmodel = "m"', "severity.reader.url: expected one without"),
        ('url = "ftp://ai.example"\nmodel = "m"', "severity.reader.url: expected"),
        ('url = "file:///etc/passwd"\nmodel = "m"', "severity.reader.url: expected"),
        ('model = "m"', "severity.reader.url: expected"),
        ('url = "https://ai.example/v1"', "severity.reader.model: expected"),
        ('url = "https://ai.example/v1"\nmodel = "m"\ntimeout = "soon"', "severity.reader.timeout: expected"),
        (
            'url = "https://ai.example/v1"\nmodel = "m"\ntimeout = "2h"',
            "severity.reader.timeout: expected at most 5 minutes",
        ),
        ('url = "https://ai.example/v1"\nmodel = "m"\nshare = 0', "severity.reader.share: expected"),
        ('url = "https://ai.example/v1"\nmodel = "m"\nshare = 1.5', "severity.reader.share: expected"),
        ('url = "https://ai.example/v1"\nmodel = "m"\ndaily = 0', "severity.reader.daily: expected"),
        ('url = "https://ai.example/v1"\nmodel = "m"\nrank = 1', "severity.reader.rank"),
    ],
)
def test_what_is_wrong_with_a_reader_is_said(tmp_path, written, wrong):
    with pytest.raises(ConfigurationError) as found:
        configured(tmp_path, written)
    assert wrong in str(found.value)
    assert "me:pass" not in str(found.value)


@pytest.mark.parametrize(
    "url", ["https://ai.example/v1", "http://127.0.0.1:8080/v1", "http://[::1]/v1", "http://localhost/"]
)
def test_https_and_this_host_are_right(tmp_path, url):
    assert open_reader(configured(tmp_path, f'url = "{url}"\nmodel = "m"')) is not None


def test_there_is_none_unless_one_is_named(tmp_path):
    assert open_reader(load_configuration(write_office(tmp_path), environment={})) is None


@pytest.mark.parametrize(
    ("mode", "right"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False), (0o644, False)]
)
def test_a_key_that_others_may_read_is_refused_without_being_repeated(tmp_path, mode, right):
    file = tmp_path / "key"
    file.write_text("k-0123456789\n", encoding="utf-8")
    file.chmod(mode)
    path = write_office(
        tmp_path, more='\n[severity.reader]\nurl = "https://ai.example/"\nmodel = "m"\nkey_file = "key"\n'
    )
    if right:
        assert read_key(file) == "k-0123456789"
        assert load_rules(path, environment={}, signing_key=b"k" * 32)
        return
    with pytest.raises(ConfigurationError, match="0600") as found:
        load_rules(path, environment={}, signing_key=b"k" * 32)
    assert "k-0123456789" not in str(found.value)


@pytest.mark.parametrize("octets", [None, b"\xff\xfe", b"two words", b"two\nlines"])
def test_a_key_that_is_none_is_refused(tmp_path, octets):
    file = tmp_path / "key"
    if octets is not None:
        file.write_bytes(octets)
        file.chmod(0o600)
    with pytest.raises(ConfigurationError, match="key_file"):
        read_key(file)


# --- classify --reader


def classified(folder, url, *options):
    path = write_office(folder, more=f'\n[severity.reader]\nurl = "{url}"\nmodel = "m"\ntimeout = "1s"\n')
    mail = folder / "odd.eml"
    mail.write_bytes(write(Sheet(JO, "support@logik.example", "Odd", ODD), at=NOW, message_id="<o@acme.example>"))
    return CliRunner().invoke(app, ["classify", "logik", str(mail), "-c", str(path), *options])


def test_classify_shows_both_verdicts(tmp_path):
    with ChatServer(said(FOUND)) as server:
        result = classified(tmp_path, server.url, "--reader")
        shape = json.loads(classified(tmp_path, server.url, "--reader", "--json").output)
    assert "with the reader: critical, without: " in result.output
    assert "effect: stopped (goes away without a key card)" in result.output
    assert shape["reader"]["severity"] == "critical" != shape["severity"]
    assert shape["reader"]["findings"]["extent"] == {"is": "all", "quote": "goes away without a key card"}


def test_classify_goes_on_where_the_reader_fails(tmp_path):
    with ChatServer(said("I would rather talk of the weather.")) as server:
        result = classified(tmp_path, server.url, "--reader", "--json")
    shape = json.loads(result.output)
    assert result.exit_code == 0
    assert shape["reader"]["severity"] == shape["severity"]
    assert "something else" in shape["reader"]["problem"]


def test_classify_asks_nobody_unless_it_is_told_to(tmp_path):
    with ChatServer(said(FOUND)) as server:
        assert "reader" not in json.loads(classified(tmp_path, server.url, "--json").output)
    assert server.heads == []


def test_classify_with_a_reader_that_is_not_configured_says_so(tmp_path):
    path = write_office(tmp_path)
    result = CliRunner().invoke(app, ["classify", "logik", str(path), "-c", str(path), "--reader"])
    assert result.exit_code != 0
