"""The operator's files: what is wrong is said all at once, and the environment lies over them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.config import load_configuration, read_size, read_span
from helpdesk.customers import load_customers
from helpdesk.desk import load_rules
from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import load_policies
from tests.desk import CONFIGURATION, CUSTOMERS, write_office


@pytest.fixture(scope="module")
def policies():
    return load_policies().policies


def problems(tmp_path, text, environment=None):
    (tmp_path / "helpdesk.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(tmp_path / "helpdesk.toml", environment=environment or {})
    return [problem.removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'address = "support@logik.example"',
            'address = "support+x@logik.example"',
            "mailbox.1.address: expected an address without +",
        ),
        ('address = "support@logik.example"', 'address = "support"', "mailbox.1.address: expected a bare address"),
        (
            'address = "support@logik.example"',
            'address = "Ann <ann@desk.example>"',
            "mailbox.1.address: expected a bare address",
        ),
        (
            'address = "support@logik.example"',
            'address = "ANN@desk.example"',
            "ann@desk.example: expected once among mailboxes and agents",
        ),
        ("[desk]", '[desk]\nkeep = "a year"', 'desk.keep: expected an age such as "400d" or "60w"'),
        ("[desk]", '[desk]\nkeep = "4w"', "desk.keep: expected 30d or more, not '4w'"),
        ('lead = "lena@desk.example"', 'lead = "lena"', "team.1.lead: expected a bare address"),
        ("[[team]]", '[[level]]\nname = "manager"\nto = ["boss"]\n[[team]]', "level.1.to: expected a bare address"),
        ("[desk]", '[desk]\npublic_url = "http://["', "desk.public_url: Invalid IPv6 URL"),
        ('team = "first line"', 'team = "second line"', "mailbox.1.team: expected the name of a [[team]]"),
        ('teams = ["first line"]', 'teams = ["second line"]', "agent.1.teams: expected the name of a [[team]]"),
        ('url = "maildir:outgoing"', 'url = "http://x"', "smtp_out.url: expected smtp://"),
        ("[[agent]]", f'[[agent]]\nsignature = "{"x" * 73}"', "agent.1.signature: expected at most 10 lines of 72"),
        ("[[agent]]", f"[[agent]]\nsignature = {[*'abcdefghijk']}", "agent.1.signature: expected text or a table"),
        ("[[agent]]", '[[agent]]\nsignature = "a\\tb"', "agent.1.signature: expected text without control"),
        ("[[agent]]", '[[agent]]\nsignature = { xx = "Ann" }', "agent.1.signature: expected languages such as"),
        (
            "[[mailbox]]",
            '[[mailbox]]\nsignature = { en = "Write to Ann@desk.example" }',
            "mailbox.1.signature: expected no address of an agent, past which no case goes on, not 'ann@desk.example'",
        ),
        ("[desk]", "[desk]\nworkers = -1", "desk.workers: expected 0 to 64 or 'auto', not -1"),
        ("[smtp_out]", "[smtp_out]\nconnections = 0", "smtp_out.connections: expected 1 to 50, not 0"),
        (
            'url = "maildir:outgoing"',
            'url = "smtp://x"\nusername = "u"',
            "smtp_out: expected exactly one of password_env",
        ),
        ("[smtp_out]", '[smtp_in]\nlisten = "2525"\n[smtp_out]', "smtp_in.listen: expected an address and a port"),
        *(
            (
                "[smtp_out]",
                f'[smtp_in]\nlisten = "{mail}"\n[web]\nlisten = "{pages}"\n[smtp_out]',
                "web.listen: expected another port than that of smtp_in.listen",
            )
            for mail, pages in (("127.0.0.1:8080", "127.0.0.1:8080"), ("lmtp:0.0.0.0:8080", "127.0.0.1:8080"))
        ),
        ("[smtp_out]", '[smtp_in]\nmax_size = "big"\n[smtp_out]', "smtp_in.max_size: expected a size"),
        (
            "[smtp_out]",
            "[smtp_in]\nrequire_tls = true\n[smtp_out]",
            "smtp_in.require_tls: expected tls_cert and tls_key",
        ),
        (
            "[smtp_out]",
            '[smtp_in]\ntls_cert = "x"\n[smtp_out]',
            "smtp_in.tls_key: expected tls_cert and tls_key together",
        ),
        ("[smtp_out]", "[smtp_nowhere]\n[smtp_out]", "smtp_nowhere: no such key"),
        (
            "[[team]]",
            '[mailbox.imap]\nhost = "h"\nusername = "u"\n[[team]]',
            "mailbox.4.imap: expected exactly one of password_env",
        ),
        (
            "[[team]]",
            '[mailbox.imap]\nhost = "h"\nusername = "u"\npassword_env = "P"\npoll = "often"\n[[team]]',
            "mailbox.4.imap.poll: expected a span",
        ),
        ("[desk]", '[desk]\nrequire_authentication = "perhaps"', "desk.require_authentication: expected"),
        ("[[team]]", 'forms = ["Web <w@shop.example>"]\n[[team]]', "mailbox.4.forms: expected a bare address"),
        ("[[team]]", 'groups = ["Ann@desk.example"]\n[[team]]', "mailbox.4.groups: expected the address of a group"),
        ("[[team]]", 'forms = ["Ann@desk.example"]\n[[team]]', "mailbox.4.forms: expected the address that a form"),
    ],
)
def test_each_mistake_is_named_with_its_key_and_what_was_expected(tmp_path, old, new, expected):
    assert old in CONFIGURATION
    found = problems(tmp_path, CONFIGURATION.replace(old, new, 1))

    assert any(problem.startswith(expected) or f": {expected}" in problem for problem in found), found


def test_an_operator_who_is_an_agent_has_their_name(tmp_path):
    """Else their cases would be called the operators'."""
    both = 'operators = ["ANN@desk.example", "ops@desk.example"]'
    path = write_office(tmp_path)
    path.write_text(CONFIGURATION.replace('operators = ["ops@desk.example"]', both, 1), encoding="utf-8")
    named = [(one.address, one.name) for one in load_configuration(path, environment={}).operators]
    assert named == [("ann@desk.example", "Ann Berg"), ("ops@desk.example", "Operators")]


def test_a_file_that_is_not_there_or_is_no_toml_is_said(tmp_path):
    assert "line 1: expected [name] for a table" in problems(tmp_path, "[desk")[0]
    with pytest.raises(ConfigurationError, match="expected a file, there is none"):
        load_configuration(tmp_path / "none.toml", environment={})


def test_the_environment_lies_over_the_file(tmp_path):
    path = write_office(tmp_path)
    environment = {
        "HELPDESK_DATABASE_URL": "postgresql+psycopg://db/helpdesk",
        "HELPDESK_SMTP_IN_LISTEN": "127.0.0.1:2626",
        "HELPDESK_DESK_NAME": "Other",
        "HELPDESK_LOG_LEVEL": "error",
        "HELPDESK_FAILPOINTS": "x",
        "HELPDESK_SOMETHING_ELSE": "x",
        "PATH": "x",
    }
    loaded = load_configuration(path, environment=environment)

    assert loaded.database_url == "postgresql+psycopg://db/helpdesk"
    assert loaded.file.smtp_in.listen == "127.0.0.1:2626"
    assert loaded.file.desk.name == "Other"
    assert loaded.file.log.level == "error"


def test_a_misspelt_key_of_the_environment_is_not_ignored(tmp_path):
    found = problems(tmp_path, CONFIGURATION, {"HELPDESK_SMTP_IN_LSITEN": "127.0.0.1:2626"})

    assert any("smtp_in.lsiten: no such key" in problem for problem in found)


@pytest.mark.parametrize(
    ("mail", "pages"),
    [("127.0.0.1:0", "127.0.0.1:0"), ("[::]:8080", "127.0.0.1:8080"), ("0.0.0.0:8080", "[::1]:8080")],
)
def test_ports_that_only_look_like_one_are_two(tmp_path, mail, pages):
    path = write_office(tmp_path)
    listening = f'[smtp_in]\nlisten = "{mail}"\n[web]\nlisten = "{pages}"\n[smtp_out]'
    path.write_text(CONFIGURATION.replace("[smtp_out]", listening, 1), encoding="utf-8")

    assert load_configuration(path, environment={}).file.web.listen == pages


def test_paths_are_relative_to_the_file(tmp_path):
    loaded = load_configuration(write_office(tmp_path), environment={})

    assert loaded.database_url == f"sqlite:///{tmp_path / 'helpdesk.db'}"
    assert loaded.smtp_out_url == f"maildir:{tmp_path / 'outgoing'}"


def test_addresses_are_compared_without_their_capitals(tmp_path):
    path = write_office(tmp_path)
    path.write_text(CONFIGURATION.replace("ann@desk", "Ann@Desk").replace("support@logik", "Support@Logik"))
    loaded = load_configuration(path, environment={})

    assert loaded.mailbox("support@logik.example")
    assert loaded.teams["first line"].agent("ann@desk.example")


@pytest.mark.parametrize(("text", "size"), [("25 MiB", 26_214_400), ("1kB", 1000), ("10", 10), ("2 GiB", 2**31)])
def test_sizes(text, size):
    assert read_size(text) == size


@pytest.mark.parametrize(("text", "seconds"), [("60s", 60), ("5m", 300), ("1 h", 3600)])
def test_spans(text, seconds):
    assert read_span(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "0", "0s", "-1 MiB", "1.5h", "ten"])
def test_what_is_no_amount_is_refused(text):
    for read in (read_size, read_span):
        with pytest.raises(ValueError, match="expected"):
            read(text)


# --- the secret


def test_the_secret_is_made_once_for_its_owner_only(tmp_path):
    path = write_office(tmp_path)
    first = load_rules(path, environment={}).signer
    again = load_rules(path, environment={}).signer
    address = {"case": 1, "person": "jo@acme.example", "purpose": "customer"}

    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert first.reply_address("s@x.example", **address) == again.reply_address("s@x.example", **address)


def test_a_secret_that_is_no_text_is_refused_in_words(tmp_path):
    path = write_office(tmp_path)
    (tmp_path / "secret").write_bytes(b"\xff" * 64)
    with pytest.raises(
        ConfigurationError, match="secret: expected secrets as text, such as openssl rand -hex 32 makes"
    ):
        load_rules(path, environment={})


@pytest.mark.parametrize("key", ["policies", "templates", "snippets"])
def test_a_folder_that_cannot_be_read_is_refused_where_the_shipped_one_would_be_taken(tmp_path, monkeypatch, key):
    path = write_office(tmp_path)
    (tmp_path / "own").mkdir()
    path.write_text(path.read_text(encoding="utf-8").replace("[desk]", f'[desk]\n{key} = "own"', 1), encoding="utf-8")
    monkeypatch.setattr("helpdesk.unit.rules.os.access", lambda place, _mode: place != tmp_path / "own")  # root may all
    with pytest.raises(ConfigurationError, match=f"desk.{key}: expected a folder that can be read, and user"):
        load_rules(path, environment={})


def test_a_secret_that_is_too_short_is_refused(tmp_path):
    path = write_office(tmp_path)
    (tmp_path / "secret").write_text("guess")
    with pytest.raises(ConfigurationError, match="of at least 32 characters"):
        load_rules(path, environment={})


# --- customers


def test_a_customer_is_found_by_address_before_domain(tmp_path, policies):
    write_office(tmp_path)
    (tmp_path / "customers.toml").write_text(
        CUSTOMERS
        + '[[customer]]\nkey = "one"\nname = "One"\npolicy = "logik"\ncontacts = [{email = "VIP@acme.example"}]\n'
    )
    found = load_customers(tmp_path / "customers.toml", policies)

    assert found.find("jo@acme.example").key == "acme"
    assert found.find("vip@acme.example").key == "one"
    assert found.find("jo@sub.acme.example") is None
    assert found.find("") is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('policy = "logik"', 'policy = "magic"', "customer.1.policy: expected one of"),
        ('plan = "standard"', 'plan = "gold"', "customer.1.plan: expected one of standard, premier"),
        ('region = "central"', 'region = "moon"', "customer.1.region: expected one of central, emea"),
        ('timezone = "America/Chicago"', 'timezone = "Chicago"', "customer.1.timezone: expected a zone"),
        ('key = "orion"', 'key = "acme"', "customer.2: expected 'key acme' with one customer only"),
        (
            'domains = ["orion.example"]',
            'domains = ["ACME.example"]',
            "customer.2: expected 'ACME.example' with one customer only",
        ),
        ("entitled_to = 2026-03-31", 'entitled_to = "spring"', "customer.5.entitled_to: expected"),
        ('domains = ["acme.example"]', 'domain = "acme.example"', "customer.1.domain: no such key"),
        *(
            (
                'domains = ["acme.example"]',
                f'domains = ["{domain}"]',
                "customer.1.domains: expected a plain domain such as",
            )
            for domain in ("@a1.example", "*.a2.example", "", "c4 example", "a..example", ".example", "x@a.example")
        ),
        *(
            ("integrator.example", f"integrator.example{more}", "customer.2.contacts.1.email: expected a bare address")
            for more in (">", " x", ", it@a.example")
        ),
        *(
            ('key = "acme"', f'key = "acme"\n{key} = {value}', f"customer.1.{key}: expected a bare address such as")
            for key, value in (
                ("escalation_contact", '"IT <it@a3.example>"'),
                ("escalation_contact", '"nobody"'),
                ("account_contacts", '["x y"]'),
                ("account_contacts", '[""]'),
            )
        ),
        (
            "entitled_to = 2026-03-31",
            "entitled_from = 2026-04-01\nentitled_to = 2026-03-31",
            "customer.5.entitled_to: expected a date on or after entitled_from (2026-04-01), not 2026-03-31",
        ),
        ('key = "acme"', 'key = "acme"\npaid_up = "no"', "customer.1.paid_up: expected true or false, not 'no'"),
        ("registered = true", "registered = 1", "customer.2.contacts.1.registered: expected true or false, not 1"),
    ],
)
def test_each_mistake_about_customers_is_named(tmp_path, policies, old, new, expected):
    assert old in CUSTOMERS
    (tmp_path / "customers.toml").write_text(CUSTOMERS.replace(old, new, 1))
    with pytest.raises(ConfigurationError) as caught:
        load_customers(tmp_path / "customers.toml", policies)

    assert any(expected in problem for problem in caught.value.problems), caught.value.problems


def test_mistakes_of_every_kind_are_said_at_once(tmp_path):
    """A key that does not exist, a value of the wrong type and a team that nobody defined, in one go."""
    text = CONFIGURATION.replace("[desk]", '[desk]\nnmae = "x"\nsecond_voter = "perhaps"', 1)
    found = "\n".join(problems(tmp_path, text.replace('team = "first line"', 'team = "second line"', 1)))

    assert "desk.nmae: no such key" in found
    assert "desk.second_voter: expected" in found
    assert "mailbox.1.team: expected the name of a [[team]]" in found
