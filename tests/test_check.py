"""`helpdesk check`: what will hurt is said in one line with what to do. The servers are real: Dovecot, sockets, our own authority."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace

import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from helpdesk.store.claims import WorkLock
from helpdesk.store.engine import Database
from helpdesk.wires.imap_session import Patience
from helpdesk.wires.smtp_out import Deadlines
from tests.certificates import make_certificate, serving
from tests.test_cli import run  # noqa: F401
from tests.wire.imap_servers import PASSWORD, Dovecot, Liar, mailbox  # noqa: F401
from tests.wire.smarthost import ScriptedSmarthost, closed_port

NOW = datetime.now(UTC).replace(microsecond=0)
MAILDIR = 'url = "maildir:outgoing"'


@pytest.fixture
def edit(tmp_path):
    """Change the office's files, each change once."""

    def change(*changes, file="helpdesk.toml"):
        text = (tmp_path / file).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / file).write_text(text, encoding="utf-8")

    return change


@pytest.fixture(autouse=True)
def name_servers(monkeypatch):
    """No name server outside of this host is asked; gives what our own publishes, by name and type."""
    zone = {}

    class Resolver(dns.resolver.Resolver):
        def __init__(self):
            super().__init__(configure=False)
            self.nameservers, self.port = ["127.0.0.1"], server.getsockname()[1]

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        answering = threading.Thread(target=answer_questions, args=(server, zone), daemon=True)
        answering.start()
        monkeypatch.setattr("dns.resolver.Resolver", Resolver)
        yield zone
        server.sendto(b"", server.getsockname())  # which ends it
        answering.join(120)


def answer_questions(server, zone):
    """A name server of what `zone` says, and silent about the names under SILENT."""
    while octets := (received := server.recvfrom(4096))[0]:
        question = dns.message.from_wire(octets)
        (asked,) = question.question
        reply = dns.message.make_response(question)
        name, kind = asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype)
        if name in zone.get(SILENT, ()):
            continue
        if records := zone.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *records))
        elif not any(known[0] == name for known in zone):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        server.sendto(reply.to_wire(), received[1])


def with_imap(edit, host, port, user="user1", **more):
    table = {"host": host, "port": port, "username": user, "password_env": "IMAP_PASSWORD", **more}
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items())
    edit(('name = "Logik Support"', f'name = "Logik Support"\n[mailbox.imap]\n{lines}'))


def with_smarthost(edit, url, *more):
    edit((MAILDIR, "\n".join([f'url = "{url}"', *more])))


# --- the twelve mistakes of a first hour


def misspelt_key(edit, **_):
    edit(("[desk]\n", '[desk]\nkustomers = "x"\n'))
    return 2, "helpdesk.toml: desk.kustomers: no such key; did you mean customers?"


def wrong_zone(edit, **_):
    edit(('email = "ann@desk.example"', 'email = "ann@desk.example"\ntimezone = "Europe/Berlyn"'))
    return (
        2,
        "helpdesk.toml: agent.1.timezone: expected a zone of the IANA database (\"Europe/Berlin\"), not 'Europe/Berlyn'",
    )


def unknown_team(edit, **_):
    edit(('team = "first line"', 'team = "frist line"'))
    return 2, "helpdesk.toml: mailbox.1.team: expected the name of a [[team]] (first line), not 'frist line'"


def bad_customer(edit, **_):
    edit(('domains = ["acme.example"]', 'domains = "acme.example"'), file="customers.toml")
    return 2, "customers.toml: customer.1.domains: expected a list, not 'acme.example'"


def template_variable(edit, tmp_path, **_):
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "ack.txt").write_text("Subject: x\n{{ subjct }}\n", encoding="utf-8")
    edit(("[desk]\n", '[desk]\ntemplates = "words"\n'))
    return 2, 'templates/ack.txt: line 2: there is no name "subjct" here; the nearest is "subject"'


def expired_certificate(edit, monkeypatch, expired, **_):
    monkeypatch.setenv("SSL_CERT_FILE", str(expired.home / "cert.pem"))
    with_imap(edit, "127.0.0.1", expired.tls_port)
    return 1, (
        f"FAILED: mailbox support@logik.example: 127.0.0.1:{expired.tls_port}: its certificate is not accepted: "
        "certificate has expired; its operator has to renew it"
    )


def port_in_use(edit, request, **_):
    taken = socket.create_server(("127.0.0.1", 0))
    request.addfinalizer(taken.close)
    port = taken.getsockname()[1]
    edit(("[smtp_out]", f'[smtp_in]\nlisten = "127.0.0.1:{port}"\n[smtp_out]'))
    return 1, (
        f"FAILED: incoming mail: cannot listen on 127.0.0.1:{port}: another program has this port; "
        f"find it with: ss -ltnp 'sport = :{port}', and stop it, or give [smtp_in] listen another port"
    )


def unreachable_host(edit, **_):
    port = closed_port()
    with_smarthost(edit, f"smtp://127.0.0.1:{port}?starttls=yes")
    return 1, (
        f"FAILED: outgoing mail: 127.0.0.1:{port}: nobody listens there; is the server running, and the port that of "
        "SMTP, usually 587 with STARTTLS?"
    )


def tls_on_a_plain_port(edit, mailbox, **_):  # noqa: F811
    with_imap(edit, "127.0.0.1", mailbox.port)
    return 1, (
        f"FAILED: mailbox support@logik.example: 127.0.0.1:{mailbox.port}: this port speaks plain IMAP: "
        'tls = "starttls"?'
    )


def wrong_password(edit, mailbox, monkeypatch, **_):  # noqa: F811
    monkeypatch.setenv("IMAP_PASSWORD", "wrong")
    with_imap(edit, "127.0.0.1", mailbox.port, tls="none")
    return 1, (
        f"FAILED: mailbox support@logik.example: 127.0.0.1:{mailbox.port}: the server refuses 'user1' with the password "
        "from the environment variable IMAP_PASSWORD ([AUTHENTICATIONFAILED] Authentication failed.): correct either, "
        'or does it want TLS first (tls = "starttls")?'
    )


def missing_variable(edit, mailbox, monkeypatch, **_):  # noqa: F811
    monkeypatch.delenv("IMAP_PASSWORD")
    with_imap(edit, "127.0.0.1", mailbox.port, tls="none")
    return 1, (
        f"FAILED: mailbox support@logik.example: 127.0.0.1:{mailbox.port}: expected a secret in the environment variable "
        "IMAP_PASSWORD, which is not set; put it there, or name another place with password_file or password_env"
    )


def contradicting_policy(run, tmp_path, edit, **_):  # noqa: F811
    assert run("policy", "init", "policies/mine.toml")[0] == 0
    edit(('at = "due", send = "breach"', 'at = "90%", send = "breach"'), file="policies/mine.toml")
    edit(("[desk]\n", '[desk]\npolicies = "policies"\n'), ('policy = "logik"', 'policy = "mine"'))
    return 0, "warning: policies/mine.toml: ladder.2.at: a breach before anything is late"


MISTAKES = [
    misspelt_key, wrong_zone, unknown_team, expired_certificate, port_in_use, unreachable_host, tls_on_a_plain_port,
    wrong_password, missing_variable, contradicting_policy, template_variable, bad_customer,
]  # fmt: skip


@pytest.fixture(scope="module")
def expired():
    """A Dovecot whose certificate ended yesterday."""
    try:
        server = Dovecot()
        make_certificate(server.home, NOW - timedelta(days=9), NOW - timedelta(days=1))
        server.start()
    except FileNotFoundError:
        pytest.skip("no dovecot here")
    yield server
    server.remove()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.__name__)
def test_a_mistake_is_said_in_one_line_with_what_to_do(run, edit, monkeypatch, tmp_path, request, mistake):  # noqa: F811
    monkeypatch.setenv("IMAP_PASSWORD", PASSWORD)
    lazy = {
        name: request.getfixturevalue(name) for name in ("expired", "mailbox") if name in mistake.__code__.co_varnames
    }
    status, line = mistake(run=run, edit=edit, monkeypatch=monkeypatch, tmp_path=tmp_path, request=request, **lazy)
    code, out, err = (said if isinstance(said, int) else said.replace(f"{tmp_path}/", "") for said in run("check"))

    assert (code, err.splitlines()) == (status, [line] if status else [])
    assert line in (err + out).splitlines()


TOML = {
    "name = Acme": 'line 2: expected text between quotes: name = "..."',
    "name = Acme Support  # of us": 'line 2: expected text between quotes: name = "..."',
    'name = "Acme': "line 2: expected a quote at the end of the text, too",
    "name = 'Acme": "line 2: expected a quote at the end of the text, too",
    "name = \u201cAcme\u201d": 'line 2: expected " for a quote, not \u201c',
    'name = "Acme" Support': "line 2: expected nothing behind the value of name; text with quotes in it stands between the other ones",
    "name: Acme": "line 2: expected KEY = VALUE, not KEY: VALUE",
    "name Acme": "line 2: expected KEY = VALUE, or # before a remark",
    "name =": "line 2: expected a value behind name =",
    "second_voter = True": "line 2: expected true or false in small letters for second_voter",
    "second_voter = yes": "line 2: expected true or false in small letters for second_voter",
    'name = "a"\nname = "b"': "line 3: expected each key and each [table] once; this one stands above already",
    "[desk]": "line 2: expected each key and each [table] once; this one stands above already",
    'operators = ["a@x.example" "b@x.example"]': "line 2: expected a comma between the entries of a list, and ] at its end",
    "[web": "line 2: expected [name] for a table, [[name]] for one of several, with nothing behind it",
    "[[agent]": "line 2: expected [name] for a table, [[name]] for one of several, with nothing behind it",
    'templates = "C:\\Users"': "line 2: expected no \\ between double quotes; write the text between single ones",
    'templates = "a\\d"': "line 2: expected no \\ between double quotes; write the text between single ones",
    "keep = 400 d": 'line 2: expected text between quotes: keep = "..."',
    "listen = 127.0.0.1:80": 'line 2: expected text between quotes: listen = "..."',
    "= 3": "line 2: expected KEY = VALUE, [table], or # and a remark",
}


@pytest.mark.parametrize(("line", "said"), TOML.items())
def test_what_is_no_toml_is_said_in_words(run, tmp_path, line, said):  # noqa: F811
    (tmp_path / "helpdesk.toml").write_text(f"[desk]\n{line}\n[web]\n", encoding="utf-8")
    assert run("check") == (2, "", f"helpdesk.toml: {said}\n")


# --- what is odd


SILENT = "silent"  # names about which nothing is answered
TXT = partial(lambda text: [f'"{text}"'])


def domains_of(run):  # noqa: F811
    (found,) = [part for part in json.loads(run("check", "--json")[1])["checks"] if part["part"] == "domains"]
    return found


def test_what_our_domains_do_not_publish_is_named(run, edit):  # noqa: F811
    with_smarthost(edit, f"smtp://127.0.0.1:{closed_port()}")
    found = domains_of(run)

    assert found["ok"]
    assert found["warnings"][:3] == [
        "logik.example: it takes no mail (no MX): nobody can write to the desk there; publish one",
        "logik.example: no SPF record: publish a TXT (v=spf1 ... -all) naming your smarthost, as its provider says",
        'logik.example: no DMARC policy: publish a TXT at _dmarc.logik.example, for a beginning "v=DMARC1; p=none"',
    ]
    assert {warning.partition(":")[0] for warning in found["warnings"]} == {"logik.example", "threekit.example"}


@pytest.mark.parametrize(
    ("records", "warning"),
    [
        ({}, None),
        ({("logik.example", "MX"): ["0 ."]}, "it takes no mail"),
        ({("logik.example", "MX"): (), ("logik.example", "A"): ["192.0.2.1"]}, None),
        ({("logik.example", "TXT"): [*TXT("v=spf1 mx -all"), *TXT("v=spf1 -all")]}, "there are 2 records where one may be"),
        ({("logik.example", "TXT"): TXT("v=spf1 ip4:192.0.2.0/24 +all")}, "+all lets everybody send"),
        ({("logik.example", "TXT"): TXT("v=spf1 mx mail.logik.example -all")}, "is no term of SPF"),
        ({("_dmarc.logik.example", "TXT"): TXT("v=DMARC1; p=maybe")}, "says p=maybe"),
        ({("_dmarc.logik.example", "TXT"): TXT("v=DMARC1; p=none") * 1 + TXT("v=DMARC1; p=reject")}, "2 DMARC policies"),
        ({("logik.example", "TXT"): (), ("_dmarc.logik.example", "TXT"): TXT("v=DMARC1; p=reject")}, "no SPF record"),
    ],
)  # fmt: skip
def test_what_our_domains_publish_is_read(run, edit, name_servers, records, warning):  # noqa: F811
    for domain in ("logik.example", "threekit.example"):
        name_servers[domain, "MX"] = [f"10 mx.{domain}."]
        name_servers[domain, "TXT"] = TXT("v=spf1 mx -all")
        name_servers[f"_dmarc.{domain}", "TXT"] = TXT("v=DMARC1; p=none")
    name_servers.update(records)
    with_smarthost(edit, f"smtp://127.0.0.1:{closed_port()}")
    found = domains_of(run)["warnings"]

    assert bool(found) == bool(warning), found
    assert not warning or (warning in found[0] and found[0].startswith("logik.example: "))


def test_the_key_that_is_published_is_that_of_our_signatures(run, edit, name_servers, tmp_path):  # noqa: F811
    keys = []
    for name in ("dkim.pem", "other.pem"):
        made = f"openssl genrsa -out {name} 2048".split()
        subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
        public = f"openssl rsa -in {name} -pubout -outform DER".split()
        der = subprocess.run(public, cwd=tmp_path, check=True, capture_output=True).stdout
        key = base64.b64encode(der).decode()
        keys.append([f'"v=DKIM1; k=rsa; p={key[:200]}" "{key[200:]}"'])
    sign = 'dkim_domain = "logik.example"', 'dkim_selector = "desk"', 'dkim_key_file = "dkim.pem"'
    with_smarthost(edit, f"smtp://127.0.0.1:{closed_port()}", *sign)
    name = "desk._domainkey.logik.example"
    said = []
    for published in (None, *keys):
        name_servers[name, "TXT"] = published
        said.append([warning for warning in domains_of(run)["warnings"] if warning.startswith(name)])

    assert [len(one) for one in said] == [1, 0, 1]
    assert "there is no DKIM key" in said[0][0]
    assert "is not that of dkim_key_file" in said[2][0]


def test_a_policy_of_the_domain_above_counts(run, edit, name_servers):  # noqa: F811
    name_servers["_dmarc.logik.example", "TXT"] = TXT("v=DMARC1; p=none")
    edit(("support@logik.example", "support@help.logik.example"))
    with_smarthost(edit, f"smtp://127.0.0.1:{closed_port()}")
    said = domains_of(run)["warnings"]
    assert not [warning for warning in said if "logik.example: no DMARC" in warning]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (2**20, "FAILED: disk: the disk is full: 1 MiB free"),
        (2**29, "warning: the disk is nearly full: 512 MiB free"),
        (2**40, ""),
    ],
)
def test_a_disk_without_room_for_mail_is_named(run, edit, monkeypatch, left, said):  # noqa: F811
    monkeypatch.setattr("helpdesk.watch.disk.shutil.disk_usage", lambda _place: SimpleNamespace(free=left))
    code, out, err = run("check")
    assert said in out + err
    assert code == ("FAILED" in said)
    assert ("the disk is" in out + err) == bool(said)


def test_a_name_server_that_is_silent_is_noted_and_is_no_problem(run, edit, name_servers, monkeypatch):  # noqa: F811
    monkeypatch.setattr("helpdesk.diagnosis.published._SECONDS", 0.5)
    name_servers[SILENT] = ["logik.example", "_dmarc.logik.example"]
    with_smarthost(edit, f"smtp://127.0.0.1:{closed_port()}")
    found = domains_of(run)

    assert found["ok"]
    assert found["notes"] == ["no name server answered for _dmarc.logik.example, logik.example: not looked at"]
    assert not any(warning.startswith("logik.example") for warning in found["warnings"])


def test_a_group_whose_domain_takes_no_mail_is_named(run, edit, name_servers):  # noqa: F811
    name_servers["lists.example", "A"] = ["192.0.2.1"]
    edit(('name = "Logik Support"', 'name = "Logik Support"\ngroups = ["a@lists.example", "b@gone.example"]'))
    with_smarthost(edit, f"smtp://127.0.0.1:{closed_port()}")

    groups = [warning for warning in domains_of(run)["warnings"] if warning.startswith("group")]
    assert groups == ["group b@gone.example: gone.example takes no mail (no MX); correct groups"]


def test_of_what_is_not_used_nothing_is_said(run):  # noqa: F811
    parts = [part["part"] for part in json.loads(run("check", "--json")[1])["checks"]][1:]
    assert parts == ["policies", "database", "outgoing mail"]


@pytest.mark.parametrize(
    ("processed", "said"),
    [
        ("Done", "processed: there is no folder 'Done'; the desk makes it with the first mail"),
        ("Archiv", "processed: there is no folder 'Archiv'; did you mean 'Archive'? If not, the desk makes it with the first mail"),
        ("Archive", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_folder_for_processed_mail_that_is_not_there_is_named(run, edit, mailbox, monkeypatch, processed, said):  # noqa: F811
    monkeypatch.setenv("IMAP_PASSWORD", PASSWORD)
    with mailbox.client() as client:
        client.create_folder("Archive")
    with_imap(edit, "127.0.0.1", mailbox.port, mailbox.username, tls="none", folder=mailbox.folder, processed=processed)
    code, out, err = run("check")

    assert (code, err) == (0, "")
    assert [line for line in out.splitlines() if "processed:" in line] == ([f"warning: {said}"] if said else [])


def test_a_server_that_moves_nothing_is_named(run, edit, monkeypatch):  # noqa: F811
    monkeypatch.setenv("IMAP_PASSWORD", PASSWORD)
    with Liar(capabilities="IDLE") as liar:
        with_imap(edit, "127.0.0.1", liar.port, "user", tls="none", processed="Processed")
        _, out, err = run("check")
    assert err == ""
    assert "warning: processed: 127.0.0.1 cannot move mail, so it is marked where it lies; leave processed out" in out


SMARTHOSTS = {
    "TLS on a plain port": ({}, "smtps", "", 'this port speaks plain SMTP: url = "smtp://127.0.0.1:{port}?starttls=yes"?'),
    "no STARTTLS": ({}, "smtp", "?starttls=yes", 'the server offers no STARTTLS at this port: SMTP, usually 465 with TLS? Within this host also without: url = "smtp://127.0.0.1:{port}"'),
    "in clear to TLS": ({"tls": "implicit"}, "smtp", "", 'this port speaks TLS from the first byte: url = "smtps://127.0.0.1:{port}"?'),
    "another authority": ({"tls": "implicit"}, "smtps", "", "its certificate is not accepted: self-signed certificate; where its authority is your own, name that in SSL_CERT_FILE"),
}  # fmt: skip


@pytest.fixture
def impatient(monkeypatch):
    """Whoever waits to be greeted by a server that waits for TLS gives up after a second: that takes as long as is allowed."""
    second = timedelta(seconds=1)
    monkeypatch.setattr("helpdesk.wires.smtp_out.Deadlines", partial(Deadlines, opening=second))
    monkeypatch.setattr("helpdesk.wires.imap.Patience", partial(Patience, connect=second, silence=second))


@pytest.mark.parametrize(("server", "scheme", "query", "said"), SMARTHOSTS.values(), ids=SMARTHOSTS)
def test_how_a_smarthost_speaks_is_found_out(run, edit, request, server, scheme, query, said):  # noqa: F811
    if said.startswith("this port speaks TLS"):
        request.getfixturevalue("impatient")
    with ScriptedSmarthost(**server) as smarthost:
        with_smarthost(edit, f"{scheme}://127.0.0.1:{smarthost.port}{query}")
        code, _, err = run("check")
    where = f"127.0.0.1:{smarthost.port}"
    assert (code, err) == (1, f"FAILED: outgoing mail: {where}: {said.format(port=smarthost.port)}\n")


@pytest.mark.parametrize("missing", [True, False])
def test_a_password_of_the_smarthost_is_named_by_its_place(run, edit, tmp_path, missing):  # noqa: F811
    if not missing:
        (tmp_path / "pass").write_text("wrong")
        (tmp_path / "pass").chmod(0o600)
    with ScriptedSmarthost(users={"desk": "right"}) as smarthost:
        with_smarthost(edit, smarthost.url, 'username = "desk"', 'password_file = "pass"')
        _, _, err = run("check")
    where = f"FAILED: outgoing mail: 127.0.0.1:{smarthost.port}: "
    if missing:
        place = "put it there, or name another place with password_file or password_env"
        assert err == f"{where}expected a secret in {tmp_path}/pass: No such file or directory; {place}\n"
    else:
        assert err == (
            f"{where}the server refuses 'desk' with the password from the file {tmp_path}/pass (535 5.7.8): correct either\n"
        )


def test_a_certificate_that_ends_soon_is_named(run, edit, tmp_path, monkeypatch):  # noqa: F811
    """A server's, as far as it is reached, and the listener's own."""
    until = NOW + timedelta(days=5)
    certificate = make_certificate(tmp_path / "tls", NOW - timedelta(days=30), until)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with ScriptedSmarthost(tls="implicit") as smarthost:
        smarthost.tls_context = serving(certificate)
        with_smarthost(edit, smarthost.url)
        listen = 'tls_cert = "tls/cert.pem"\ntls_key = "tls/key.pem"'
        edit(("[smtp_out]", f'[smtp_in]\nlisten = "127.0.0.1:{closed_port()}"\n{listen}\n[smtp_out]'))
        code, out, err = run("check")

    ours = f"warning: the certificate {certificate} ends on {until:%Y-%m-%d}: renew it, put it there and start the desk anew"
    assert (code, err) == (0, "")
    assert [line for line in out.splitlines() if "ends on" in line] == [
        ours,
        f"warning: the certificate of the smarthost ends on {until:%Y-%m-%d}: its operator has to renew it",
    ]


@pytest.mark.parametrize("wrong", ["ended", "no certificate", "another key", "absent"])
def test_a_certificate_of_our_own_that_is_no_good_is_named(run, edit, tmp_path, wrong):  # noqa: F811
    certificate = make_certificate(tmp_path / "tls", NOW - timedelta(days=30), NOW - timedelta(days=1))
    if wrong == "no certificate":
        certificate.write_text("hello")
    if wrong == "another key":
        make_certificate(tmp_path / "other", NOW, NOW + timedelta(days=90))
        (tmp_path / "other" / "key.pem").replace(tmp_path / "tls" / "key.pem")
    if wrong == "absent":
        certificate.unlink()
    listen = 'tls_cert = "tls/cert.pem"\ntls_key = "tls/key.pem"'
    edit(("[smtp_out]", f'[smtp_in]\nlisten = "127.0.0.1:{closed_port()}"\n{listen}\n[smtp_out]'))
    code, _, err = run("check")

    assert (code, err.count("\n")) == (1, 1)
    assert {
        "ended": f"the certificate {certificate} ended on {NOW - timedelta(days=1):%Y-%m-%d}: renew it",
        "no certificate": "smtp_in.tls_cert: there is no certificate in PEM",
        "another key": "smtp_in.tls_key: the key is that of another certificate",
        "absent": "smtp_in.tls_cert: expected a readable file",
    }[wrong] in err


@pytest.mark.parametrize(
    ("public", "warned"),
    [
        ("", 0),
        ("http://127.0.0.1:8080", 0),
        ("http://localhost", 0),
        ("https://desk.example", 0),
        ("http://desk.example", 1),
    ],
)
def test_a_console_whose_cookies_can_be_read_on_the_way_is_named(run, edit, public, warned):  # noqa: F811
    edit(
        ("[desk]", f'[desk]\npublic_url = "{public}"'),
        ("[smtp_out]", f'[web]\nlisten = "127.0.0.1:{closed_port()}"\n[smtp_out]'),
    )
    _, out, _ = run("check")
    assert out.count("warning: desk.public_url is http: ") == warned


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        (
            'lead = "lena@desk.example"',
            'lead = "Support@logik.example"',
            "team.1.lead: support@logik.example is a mailbox",
        ),
        ('["ops@desk.example"]', '["support@logik.example"]', "desk.operators: support@logik.example is a mailbox"),
        (
            "[[team]]",
            '[[level]]\nname = "manager"\nto = ["support@logik.example"]\n[[team]]',
            "level.1.to: support@logik.example is a mailbox",
        ),
        *(
            ("[desk]", f'[desk]\npublic_url = "{url}"', f"desk.public_url: '{url}' is no URL")
            for url in ("desk.example", "desk.example:8080", "/helpdesk", "ftp://desk.example", "https://")
        ),
    ],
)
def test_what_nobody_hears_of_and_links_that_lead_nowhere_are_warned_of_and_stop_no_desk(
    run,  # noqa: F811
    edit,
    before,
    after,
    place,
):
    edit((before, after))
    _, out, _ = run("check")
    assert out.lower().count(f"warning: {place.lower()}") == 1


@pytest.mark.parametrize(("public", "warned"), [("http://127.0.0.1:8080", 1), ("https://desk.example", 0), ("", 0)])
def test_links_to_this_host_in_mails_that_leave_it_are_named(run, edit, name_servers, public, warned):  # noqa: F811
    public = f'public_url = "{public}"' if public else ""
    edit(("[desk]", f"[desk]\n{public}"), ("[smtp_out]", f'[web]\nlisten = "127.0.0.1:{closed_port()}"\n[smtp_out]'))
    with ScriptedSmarthost() as smarthost:
        edit(('url = "maildir:outgoing"', f'url = "{smarthost.url}"'))
        _, out, _ = run("check")
    assert out.count("warning: desk.public_url names this host: ") == warned


def test_the_port_that_our_own_daemon_has_is_no_problem(run, edit, tmp_path):  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        edit(("[smtp_out]", f'[smtp_in]\nlisten = "{listen}"\n[smtp_out]'))
        assert run("db", "upgrade")[0] == 0
        assert run("check")[0] == 1
        database = Database(f"sqlite:///{tmp_path / 'helpdesk.db'}")
        lock = WorkLock(database)
        lock.take()
        code, out, _ = run("check")
        lock.leave()
        assert code == 0
        assert f"ok: incoming mail: {listen}, where this desk is running" in out.splitlines()
        held = tmp_path / "helpdesk.db-daemons"
        lock.take()
        held.write_text(f"process {os.getppid()} on {socket.gethostname()}, since then\n", encoding="utf-8")
        code, _, err = run("check")
        lock.leave()
        database.close()
    assert code == 1
    assert "another program has this port" in err, "though the desk runs"


def test_a_wrong_configuration_is_said_in_json_too(run, edit):  # noqa: F811
    edit(("[desk]\n", '[desk]\nkustomers = "x"\n'))
    code, out, _ = run("check", "--json")

    assert code == 2
    (found,) = json.loads(out)["checks"]
    assert (json.loads(out)["ok"], found["ok"], found["text"]) == (
        False,
        False,
        "helpdesk.toml: desk.kustomers: no such key; did you mean customers?",
    )


def test_a_mailbox_in_place_of_the_smarthost_is_named(run, edit):  # noqa: F811
    with greeting(b"* OK IMAP4rev1 ready\r\n") as port:
        with_smarthost(edit, f"smtp://127.0.0.1:{port}")
        _, _, err = run("check")
    assert err.endswith(f"127.0.0.1:{port}: IMAP answers there, not SMTP: the port of SMTP, usually 25 without TLS?\n")


def test_a_password_that_the_smarthost_wants_none_of_is_said_so(run, edit, tmp_path):  # noqa: F811
    (tmp_path / "pass").write_text("right")
    (tmp_path / "pass").chmod(0o600)
    with ScriptedSmarthost() as smarthost:
        with_smarthost(edit, smarthost.url, 'username = "desk"', 'password_file = "pass"')
        _, _, err = run("check")
    assert err.endswith(
        "neither PLAIN nor LOGIN: leave username out where it wants none from here; or does it want TLS first?\n"
    )


@contextlib.contextmanager
def greeting(words):
    """Somebody who says so to everybody, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    with server.accept()[0] as peer:
                        peer.sendall(words)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


USUAL = {"implicit": "IMAP, usually 993 with TLS", "starttls": "IMAP, usually 143 with STARTTLS"}
NO_STARTTLS = (
    f'the server offers no STARTTLS at this port: {USUAL["implicit"]}? Within this host also without: tls = "none"'
)
ANSWERS = [
    ("implicit", b"220 mail.example ESMTP\r\n", f"SMTP answers there, not IMAP: the port of {USUAL['implicit']}?"),
    ("starttls", b"+OK POP3 ready\r\n", f"something else answers there, not IMAP: the port of {USUAL['starttls']}?"),
    ("implicit", b"", f"no answer; is the port that of {USUAL['implicit']}, and does a firewall let us through?"),
    ("starttls", b"* OK ready\r\n", NO_STARTTLS),
]


@pytest.mark.parametrize(("tls", "words", "said"), ANSWERS)
def test_what_answers_in_place_of_a_mailbox_is_named(run, edit, tls, words, said):  # noqa: F811
    with greeting(words) as port:
        with_imap(edit, "127.0.0.1", port, tls=tls)
        _, _, err = run("check")
    assert err == f"FAILED: mailbox support@logik.example: 127.0.0.1:{port}: {said}\n"


def test_a_mailbox_without_starttls_and_one_without_the_folder_are_named(run, edit, mailbox, monkeypatch):  # noqa: F811
    monkeypatch.setenv("IMAP_PASSWORD", PASSWORD)
    with Liar() as liar:
        with_imap(edit, "127.0.0.1", liar.port, tls="starttls")
        _, _, err = run("check")
    assert err.endswith(f"{liar.port}: {NO_STARTTLS}\n")
    edit(('tls = "starttls"', 'tls = "none"\nfolder = "Gone"'), (f"port = {liar.port}", f"port = {mailbox.port}"))
    _, _, err = run("check")
    assert "the folder 'Gone' cannot be opened (select failed: " in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("tls", ["starttls", "none"])
def test_a_mailbox_that_speaks_tls_from_the_first_byte_is_named(run, edit, mailbox, tls):  # noqa: F811
    if mailbox.tls_port is None:
        pytest.skip("this server speaks no TLS")
    with_imap(edit, "127.0.0.1", mailbox.tls_port, tls=tls)
    _, _, err = run("check")
    assert err.endswith(f'{mailbox.tls_port}: this port speaks TLS from the first byte: tls = "implicit"?\n')


@pytest.mark.parametrize("host", ["mail.gone.invalid", "mail..example", "x" * 70])
def test_a_host_that_is_none_is_named(run, edit, host):  # noqa: F811
    with_imap(edit, host, 993)
    with_smarthost(edit, f"smtp://{host}:587")
    _, _, err = run("check")
    assert err.splitlines() == [
        f"FAILED: outgoing mail: {host}:587: there is no host of this name; correct it",
        f"FAILED: mailbox support@logik.example: {host}:993: there is no host of this name; correct it",
    ]


def test_a_mailbox_that_nothing_brings_mail_to_is_named(run, edit):  # noqa: F811
    said = "warning: mailbox support@logik.example: no mail comes in there: give it [mailbox.imap], or set [smtp_in] listen"
    assert said in run("check")[1].splitlines()
    edit(("[smtp_out]", f'[smtp_in]\nlisten = "127.0.0.1:{closed_port()}"\n[smtp_out]'))
    assert said not in run("check")[1].splitlines()
