"""Whoever mends a file once has mended all of it: no mistake hides another, in its own file or in one beside it."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from itertools import combinations

import pytest

from helpdesk.config import ConfigurationFile, load_configuration
from helpdesk.customers import CustomersFile
from helpdesk.desk import load_rules
from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import PolicyText, read_policy
from helpdesk.offering.files.lint import check_file
from helpdesk.offering.files.schema import PolicyFile
from helpdesk.placeholders import speaks_of_blank
from helpdesk.shipped import shipped
from helpdesk.toml_reader import fill_as_far_as_possible
from tests.desk import CONFIGURATION, CUSTOMERS, write_office
from tests.soak import some

ROTATION = """
[[rotation]]
name = "on-call"
timezone = "America/Chicago"
handover = "mon 09:00"
start = 2026-01-05
primary = ["ann@desk.example", "bob@desk.example"]
overrides = [{from = 2026-05-01, to = 2026-05-03, primary = "bob@desk.example"}]
"""
IMAP = '[mailbox.imap]\nhost = "h"\nusername = "u"\npassword_env = "P"\n'
WHOLE = CONFIGURATION.replace("[[team]]", f"{IMAP}[[team]]", 1) + ROTATION


def refused(folder):
    with pytest.raises(ConfigurationError) as caught:
        load_rules(folder / "helpdesk.toml", environment={})
    return [problem.replace(f"{folder}/", "") for problem in caught.value.problems]


# --- one file


MISTAKES = [
    ('name = "Acme Support"', 'nmae = "Acme Support"', "desk.nmae: no such key; did you mean name?"),
    ('url = "maildir:outgoing"', "", "smtp_out.url: expected this key, which is missing"),
    ('address = "support@logik.example"\n', "", "mailbox.1.address: expected this key, which is missing"),
    ('policy = "logik"', 'policy = "magic"', "mailbox.1.policy: expected one of celigo, "),
    ('policy = "threekit"', "policy = 3", "mailbox.2.policy: expected text, not 3"),
    ('channel = "forum"', 'channel = "pigeons"', "mailbox.3.channel: expected one of "),
    (
        'team = "first line"\nchannel = "ignore"',
        'team = "second line"\nchannel = "ignore"',
        "mailbox.4.team: expected the name of a [[team]]",
    ),
    ('lead = "lena@desk.example"', 'lead = "lena"', "team.1.lead: expected a bare address"),
    ('name = "Ann Berg"\n', "", "agent.1.name: expected this key, which is missing"),
    ('teams = ["first line"]', 'teams = "first line"', "agent.1.teams: expected a list, not 'first line'"),
    ('name = "Bob Cole"', 'name = "Bob Cole"\nhours = "always"\ntimezone = "UTC"', "agent.2.hours: "),
    ('timezone = "America/Chicago"', "", "rotation.1.timezone: expected this key, which is missing"),
    ('handover = "mon 09:00"', 'handover = "soon"', "rotation.1.handover: expected a day and a time"),
    ("from = 2026-05-01, ", "", "rotation.1.overrides.1.from: expected this key, which is missing"),
    ('primary = "bob@desk.example"}', 'primary = "zoe@desk.example"}', "rotation.1.overrides.1.primary: expected the"),
    ('password_env = "P"', 'password_env = "P"\nport = "high"', "mailbox.4.imap.port: expected a whole number"),
]


def with_mistakes(text, mistakes):
    for old, new, _ in mistakes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_every_mistake_of_the_configuration_is_told_at_once_and_nothing_else(tmp_path):
    write_office(tmp_path)
    (tmp_path / "helpdesk.toml").write_text(with_mistakes(WHOLE, MISTAKES))
    found = refused(tmp_path)

    for _, _, expected in MISTAKES:
        assert [line for line in found if line.startswith(f"helpdesk.toml: {expected}")], (expected, found)
    assert len(found) == len(MISTAKES), found


@pytest.mark.parametrize(
    "pair", some(list(combinations(MISTAKES, 2)), 24), ids=lambda pair: " and ".join(one[2][:24] for one in pair)
)
def test_no_two_mistakes_hide_each_other(tmp_path, pair):
    write_office(tmp_path)
    (tmp_path / "helpdesk.toml").write_text(with_mistakes(WHOLE, pair))
    found = refused(tmp_path)

    assert len(found) == 2, found
    for _, _, expected in pair:
        assert [line for line in found if line.startswith(f"helpdesk.toml: {expected}")], (expected, found)


def test_a_table_that_is_none_is_told_and_names_that_it_would_have_are_not_called_wrong(tmp_path):
    write_office(tmp_path)
    text = CONFIGURATION.split("[[team]]", maxsplit=1)[0]
    (tmp_path / "helpdesk.toml").write_text('team = "first line"\n' + text)

    assert refused(tmp_path) == ["helpdesk.toml: team: expected a list, not 'first line'"]


LATER = [
    ('url = "sqlite:///helpdesk.db"', 'url = "mysql://x"', "database.url: expected sqlite or postgresql"),
    ('url = "maildir:outgoing"', 'url = "smtp://x:25?tls=yes"', "smtp_out.url: the only option expected after the ?"),
    (
        "[smtp_out]",
        '[smtp_in]\nlisten = "127.0.0.1:99999"\n[smtp_out]',
        "smtp_in.listen: expected an address and a port",
    ),
    ("[smtp_in]", '[smtp_in]\ntrusted_relays = ["mx"]', "smtp_in.trusted_relays: expected an address or a network"),
    ('password_env = "P"', 'password_env = "P"\nport = 99999', "mailbox.4.imap.port: expected a port such as 993"),
    ("port = 99999", 'port = 99999\nprocessed = "INBOX"', "mailbox.4.imap.processed: expected another folder"),
    ('username = "u"', 'username = "u\\nx"', "mailbox.4.imap.username: expected text without control characters"),
]


def test_what_only_the_wires_would_refuse_is_told_with_the_rest(tmp_path):
    """Not one at a time, at one start after the other."""
    write_office(tmp_path)
    (tmp_path / "helpdesk.toml").write_text(with_mistakes(WHOLE, LATER))
    found = refused(tmp_path)

    for _, _, expected in LATER:
        assert [line for line in found if line.startswith(f"helpdesk.toml: {expected}")], (expected, found)
    assert len(found) == len(LATER), found


# --- a policy


POLICY_MISTAKES = [
    ('key = "threekit"\n', "", "key: expected this key, which is missing"),
    ('timezone = "America/New_York"\n', "", "calendars.eastern.timezone: expected this key, which is missing"),
    ('hours = "mon-fri 03:00-18:00"', 'hours = "mon-fri 3-18"', "calendars.eastern.hours: "),
    ('country = "US"', 'cuontry = "US"', "calendars.eastern.holidays.cuontry: no such key; did you mean country?"),
    ('urgent = "2bd"', 'urgent = "soon"', "targets.standard.first_response.urgent: expected minutes"),
    ('calendar = "24x7" }', 'calendar = "nights" }', "targets.standard.first_response.critical.calendar: expected one"),
    ("rank = 1", 'rank = "first"', "severities.critical.rank: expected a whole number"),
    ('at = "50%"\n', 'at = "half"\nonly = ["horrible"]\n', "ladder.1.at: expected "),
    ('default = "high"', 'default = "tall"', "classifier.default: expected one of"),
]


def test_every_mistake_of_a_policy_is_told_at_once(tmp_path):
    text = with_mistakes((shipped("policies") / "threekit.toml").read_text(encoding="utf-8"), POLICY_MISTAKES)
    (tmp_path / "threekit.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_policy(PolicyText("threekit.toml", text))
    found = list(caught.value.problems)

    for _, _, expected in POLICY_MISTAKES:
        assert [line for line in found if line.startswith(f"threekit.toml: {expected}")], (expected, found)
    assert [line for line in found if "ladder.1.only: expected one of" in line], "what is beside a wrong span"
    assert len([finding for finding in check_file(tmp_path / "threekit.toml") if finding.level == "error"]) == len(
        found
    )


def test_one_wrong_span_hides_no_other_part_of_the_same_target():
    text = (shipped("policies") / "celigo.toml").read_text(encoding="utf-8")
    old = next(line for line in text.splitlines() if "by_channel" in line)
    name = old.partition("=")[0].strip()
    new = f'{name} = {{ within = "2d", calendar = "nights", by_channel = {{ pigeon = "24x7", phone = {{ within = "x" }} }} }}'
    with pytest.raises(ConfigurationError) as caught:
        read_policy(PolicyText("celigo.toml", text.replace(old, new, 1)))
    found = "\n".join(caught.value.problems)

    assert "hours or business days" in found
    assert "not '2d'" in found
    assert "not 'x'" in found
    assert "not 'nights'" in found
    assert "not 'pigeon'" in found


def test_one_entry_with_several_mistakes_says_them_all():
    """A named day and a window: an entry is read in parts, each for itself."""
    text = (shipped("policies") / "threekit.toml").read_text(encoding="utf-8")
    day = 'days = [{ name = "Odd", on = "sometimes", closed = "late", observed = "next" }]\n'
    text = text.replace('timezone = "America/New_York"\n', f'timezone = "America/New_York"\n{day}', 1)
    text += '\n[[maintenance]]\nname = "Odd"\nafter = "nothing"\ntimezone = "Mars"\n'
    with pytest.raises(ConfigurationError) as caught:
        read_policy(PolicyText("threekit.toml", text))
    found = "\n".join(caught.value.problems)

    assert found.count("calendars.eastern.days.1: ") == 3
    window = next(line for line in caught.value.problems if "maintenance.1: " in line)
    for expected in ("after: expected the name", "timezone: expected a zone", "hours: expected how long"):
        assert expected in window


# --- every file


def test_every_file_says_its_mistakes_in_the_same_go(tmp_path):
    """A policy, a customer, a template, a key and the configuration itself: five files, one reading."""
    write_office(tmp_path)
    for folder in ("policies", "templates"):
        (tmp_path / folder).mkdir()
    text = (shipped("policies") / "threekit.toml").read_text(encoding="utf-8")
    (tmp_path / "policies" / "threekit.toml").write_text(text.replace('at = "50%"', 'at = "half"', 1), encoding="utf-8")
    (tmp_path / "templates" / "ack.txt").write_text("Subject: {{ oh", encoding="utf-8")
    (tmp_path / "secret").write_text("guess")
    (tmp_path / "customers.toml").write_text(CUSTOMERS.replace('plan = "standard"', 'plan = "gold"', 1))
    written = CONFIGURATION.replace("[desk]", '[desk]\npolicies = "policies"\ntemplates = "templates"', 1)
    (tmp_path / "helpdesk.toml").write_text(written.replace('lead = "lena@desk.example"', 'lead = "lena"', 1))
    found = refused(tmp_path)

    assert [line.split(": ")[:2] for line in found] == [
        ["helpdesk.toml", "team.1.lead"],
        ["policies/threekit.toml", "ladder.1.at"],
        ["templates/ack.txt", found[2].split(": ")[1]],
        ["customers.toml", "customer.1.plan"],
        ["secret", "expected secrets of at least 32 characters, one a line"],
    ]


def test_names_from_a_policy_file_that_is_no_toml_are_not_called_wrong(tmp_path):
    write_office(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "own.toml").write_text("key = = 1")
    text = CONFIGURATION.replace("[desk]", '[desk]\npolicies = "policies"', 1)
    (tmp_path / "helpdesk.toml").write_text(text.replace('policy = "logik"', 'policy = "own"\nplan = "gold"', 1))
    found = refused(tmp_path)

    assert len(found) == 1
    assert found[0].startswith("policies/own.toml: line ")


def test_a_folder_of_policies_that_is_not_there_makes_no_name_wrong(tmp_path):
    write_office(tmp_path)
    text = CONFIGURATION.replace("[desk]", '[desk]\npolicies = "polices"', 1)
    (tmp_path / "helpdesk.toml").write_text(text.replace('policy = "logik"', 'policy = "own"', 1))
    found = refused(tmp_path)

    assert len(found) == 1
    assert "desk.policies: expected a folder, there is none" in found[0]


# --- whatever somebody may write


def places(data, path=()):
    """Every place of parsed TOML."""
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(data, path, value):
    other = deepcopy(data)
    *way, last = path
    place = other
    for part in way:
        place = place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return other


FILES = [
    (ConfigurationFile, tomllib.loads(WHOLE)),
    (CustomersFile, tomllib.loads(CUSTOMERS)),
    *(
        (PolicyFile, tomllib.loads((shipped("policies") / f"{name}.toml").read_text(encoding="utf-8")))
        for name in ("celigo", "logicgate")
    ),
]


@pytest.mark.parametrize(("shape", "data"), FILES, ids=["configuration", "customers", "celigo", "logicgate"])
@pytest.mark.parametrize("value", [None, 5, "x", [], {}, [5], {"x": 5}, True], ids=str)
def test_a_file_with_anything_at_any_place_is_still_looked_through(shape, data, value):
    """Filling never gives up, never speaks of its own blanks, and says something wherever it put one."""
    there = list(places(data))
    for path in there[:: max(1, len(there) // 60)]:
        filled = fill_as_far_as_possible(shape, changed(data, path, value), "file")
        assert isinstance(filled.table, shape)
        assert not any(map(speaks_of_blank, filled.problems))
        assert bool(filled.problems) == bool(filled.keys)


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, [5], {"x": 5}, True], ids=str)
def test_a_configuration_or_policy_with_anything_at_any_place_is_read_or_refused_in_words(tmp_path, value):
    """No change of any one place ends in anything but a reading or a refusal that names the file."""
    for shape, data in (FILES[0], FILES[2]):
        there = list(places(data))
        for path in there[:: max(1, len(there) // 40)]:
            text = as_toml(changed(data, path, value))
            for problem in refusals(shape, tmp_path / "file.toml", text):
                assert "file.toml: " in problem
                assert not speaks_of_blank(problem)


def refusals(shape, path, text):
    path.write_text(text, encoding="utf-8")
    try:
        if shape is PolicyFile:
            read_policy(PolicyText(str(path), text))
        else:
            load_configuration(path, environment={})
    except ConfigurationError as wrong:
        return wrong.problems
    return ()


def as_toml(data):
    """Parsed TOML as text again, every table inline."""
    return "\n".join(f"{_key(key)} = {_value(value)}" for key, value in data.items())


def _key(key):
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _value(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        return _key(value).replace("\n", "\\n")
    return (
        str(value).lower()
        if isinstance(value, bool)
        else value.isoformat()
        if hasattr(value, "isoformat")
        else str(value)
    )
