"""Scenarios: the desk on virtual time, told by a file."""

from __future__ import annotations

import pytest

from helpdesk.errors import ConfigurationError
from helpdesk.lab.scenario import read_scenario
from helpdesk.lab.simulate import simulate
from tests.desk import write_office

OUTAGE = "From: it@acme.example\nTo: support@logik.example\nSubject: Outage\n\nPriority: Urgent\n\nNo rule fires.\n"
STORY = '''
config = "helpdesk.toml"
until = 2026-05-27T12:00:00-05:00

[[step]]
at = 2026-05-22T16:40:00-05:00
mail = "outage.eml"

[[step]]
at = 2026-05-22T16:55:00-05:00
answer = { to = "ann@desk.example", kind = "assigned" }
body = """
#severity medium
We are on it.
"""
quote = true

[[step]]
at = 2026-05-23T09:00:00-05:00
from = "it@acme.example"
to = "support@logik.example"
subject = "One more"
body = "Another one."
headers = { "X-Mailer" = "test" }

[[step]]
at = 2026-05-26T09:00:00-05:00

[[step]]
at = 2026-05-26T10:00:00-05:00
from = "it@acme.example"
to = "nobody@elsewhere.example"
subject = "Not ours"
'''


@pytest.fixture
def folder(tmp_path):
    write_office(tmp_path)
    (tmp_path / "outage.eml").write_text(OUTAGE)
    return tmp_path


def run(folder, text):
    (folder / "story.toml").write_text(text)
    return simulate(read_scenario(folder / "story.toml"))


def test_a_scenario_gives_the_cases_what_was_sent_and_what_came_in(folder):
    told = run(folder, STORY)

    assert [(mail["step"], mail["file"], mail["outcome"], mail["case"]) for mail in told["inbox"]] == [
        (1, "outage.eml", "opened", "HD-1"),
        (2, "step 2", "appended", "HD-1"),
        (3, "step 3", "opened", "HD-2"),
        (5, "step 5", "rejected", None),
    ]
    first = told["cases"][0]
    assert (first["severity"], first["severity_set_by"]) == ("medium", "ann@desk.example")
    assert first["clocks"][0]["state"] == "met"
    relay = next(mail for mail in told["sent"] if mail["kind"] == "relay")
    assert set(relay) >= {
        "at",
        "kind",
        "case",
        "from",
        "to",
        "subject",
        "message_id",
        "in_reply_to",
        "reply_to",
        "auto_submitted",
        "text",
    }
    assert (relay["at"], relay["case"], relay["to"]) == ("2026-05-22T21:55:00+00:00", "HD-1", ["it@acme.example"])
    assert relay["from"] == "support@logik.example"


def test_what_falls_due_between_steps_happens_at_its_own_instant(folder):
    """The second case: medium from Saturday, so eight hours from Tuesday's opening, half of them at eleven."""
    told = run(folder, STORY)

    assert [(mail["at"], mail["case"]) for mail in told["sent"] if mail["kind"] == "warning"][:1] == [
        ("2026-05-26T16:00:00+00:00", "HD-2")
    ]
    assert [mail["at"] for mail in told["sent"]] == sorted(mail["at"] for mail in told["sent"])


def test_a_scenario_twice_is_the_same_twice(folder):
    assert run(folder, STORY) == run(folder, STORY)


def test_a_scenario_leaves_no_file_behind(folder):
    before = sorted(folder.iterdir())
    run(folder, STORY)

    assert sorted(path for path in folder.iterdir() if path.name != "story.toml") == before


def test_a_mail_that_stands_in_the_scenario_is_authenticated_unless_it_says_no(folder):
    inline = """
[[step]]
at = 2026-05-22T16:4{number}:00-05:00
from = "it@acme.example"
to = "support@logik.example"
subject = "Question {number}"
body = "Where do I find the list of all {what}?"
{said}
"""
    head = STORY.partition("[[step]]")[0]
    names = ["rules", "fields", "layouts", "tables", "quotes", "shops", "users"]

    def acknowledged(said):
        steps = [inline.format(number=number, what=what, said=said) for number, what in enumerate(names)]
        return [mail["kind"] for mail in run(folder, head + "".join(steps))["sent"]].count("ack")

    assert acknowledged("") == 7
    assert acknowledged("authenticated = false") == 5


def test_where_authentication_is_asked_for_answers_count_as_authenticated_unless_they_say_no(folder):
    write_office(folder, more='\n[smtp_in]\nauthserv_id = "mx.desk.example"\n')
    assert run(folder, STORY)["cases"][0]["severity"] == "medium"
    assert run(folder, STORY.replace("quote = true", "authenticated = false"))["cases"][0]["severity"] == "urgent"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('mail = "outage.eml"', 'mail = "../outage.eml"', "expected a file inside the scenario's folder"),
        ('mail = "outage.eml"', 'mail = "none.eml"', "expected a file, there is none"),
        ('config = "helpdesk.toml"', 'config = "/etc/passwd"', "expected a file inside the scenario's folder"),
        ("until = 2026-05-27T12:00:00-05:00", "until = 2026-05-27T12:00:00", "until: expected a time with an offset"),
        (
            "at = 2026-05-26T09:00:00-05:00",
            "at = 2026-05-01T09:00:00-05:00",
            "step.4.at: expected steps in order of time",
        ),
        ("at = 2026-05-26T09:00:00-05:00", "at = 2026-05-26T09:00:00", "step.4.at: expected a time with an offset"),
        ('kind = "assigned"', 'kind = "breach"', "step.2.answer: expected a mail of kind 'breach' to ann@desk.example"),
        ('to = "nobody@elsewhere.example"\n', "", "step.5.to: expected an address"),
        ('mail = "outage.eml"', 'mial = "outage.eml"', "step.1.mial: no such key"),
        (
            'mail = "outage.eml"',
            'mail = "outage.eml"\nfrom = "x@y.example"',
            "step.1: expected one of mail, answer or from",
        ),
    ],
)
def test_what_is_wrong_with_a_scenario_is_said_in_words(folder, old, new, expected):
    assert old in STORY
    with pytest.raises(ConfigurationError) as caught:
        run(folder, STORY.replace(old, new, 1))

    assert any(expected in problem for problem in caught.value.problems), caught.value.problems
