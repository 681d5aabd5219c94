"""To whom a cell applies: by kind, language, way in and stated fields, with add-ons, from a day on and until another."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.customers import load_customers
from helpdesk.errors import ConfigurationError
from helpdesk.lab.scenario import read_scenario
from helpdesk.lab.simulate import simulate
from helpdesk.offering.files.read import PolicyText, read_policy, survey_policy
from helpdesk.offering.policy import NoPromise

POLICY = """
key = "cover"
name = "Cover"
languages = ["en", "de"]
follows = ["channel", "language"]
[plans.basic]
name = "Basic"
[plans.old]
name = "Old"
until = 2026-12-01
[addons.night]
name = "Night cover"
calendar = "24x7"
[addons.fast]
name = "Fast lane"
plans = ["basic"]
[addons.fast.targets.first_response]
high = "30m"
[regions.de]
calendar = "office"
[calendars.office]
timezone = "Europe/Berlin"
hours = "mon-fri 09:00-17:00"
[calendars.tokyo]
timezone = "Asia/Tokyo"
hours = "mon-fri 09:00-17:00"
[severities]
high = { rank = 1, name = "High" }
low = { rank = 3, name = "Low" }
[kinds.incident]
is = "defect"
[kinds.request]
is = "enhancement"
aliases = ["service request"]
words = ["please set up"]
[channels.phone]
name = "the phone"
[channels.form]
kind = "request"
[targets.basic.first_response.high]
within = "1h"
by_language = { en = "24x7", ja = "tokyo", other = "office" }
by_channel = { phone = "15m" }
[targets.basic.first_response.low]
within = "4h"
by_kind = { request = "8h", question = "none" }
by_field = { coverage = { "24x7" = "24x7", office = { within = "6h", calendar = "office" } } }
[targets.basic.resolution]
low = [{ within = "8h", until = 2026-12-01 }, { within = "4h", from = 2026-12-01, by_kind = { request = "5bd" } }]
[targets.basic.follow_up]
high = { within = "30m", calendar = "24x7", by_hours = { office = "15m" } }
low = { within = "2h", by_hours = { tokyo = "none", office = { within = "1h", calendar = "24x7" } } }
[targets.old.first_response]
low = "2h"
[classifier]
default = "low"
stated = "initial"
[[intake]]
key = "priority"
label = "Priority"
required = false
[[intake]]
key = "coverage"
label = "Coverage"
required = false
[[intake]]
key = "kind"
label = "Kind"
required = false
"""
DESK = """
[desk]
name = "Desk"
policies = "policies"
customers = "customers.toml"
operators = ["ops@desk.example"]
[smtp_out]
url = "maildir:out"
[[mailbox]]
address = "help@cover.example"
policy = "cover"
team = "it"
[[mailbox]]
address = "phone@cover.example"
policy = "cover"
team = "it"
channel = "phone"
[[mailbox]]
address = "form@cover.example"
policy = "cover"
team = "it"
channel = "form"
[[mailbox]]
address = "orders@cover.example"
policy = "cover"
team = "it"
kind = "request"
[[team]]
name = "it"
[[agent]]
name = "Ann"
email = "ann@desk.example"
teams = ["it"]
"""
CUSTOMERS = """
[[customer]]
key = "acme"
name = "Acme"
policy = "cover"
domains = ["acme.example"]
contacts = [{ email = "jo@acme.example", registered = true }]
[[customer]]
key = "owl"
name = "Owl"
policy = "cover"
addons = ["night", "fast"]
domains = ["owl.example"]
contacts = [{ email = "olly@owl.example", registered = true }]
"""
MONDAY = "2026-11-30T15:30:00+01:00"  # 90 minutes before the office closes


@pytest.fixture
def cover():
    return read_policy(PolicyText("cover.toml", POLICY))


@pytest.fixture
def tell(tmp_path):
    """The only case of a story of these steps, a minute apart, and what was sent."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/cover.toml").write_text(POLICY)
    (tmp_path / "helpdesk.toml").write_text(DESK)
    (tmp_path / "customers.toml").write_text(CUSTOMERS)

    def told(*steps):
        start = datetime.fromisoformat(MONDAY)
        lines = ['config = "helpdesk.toml"', f"until = {(start + timedelta(minutes=30)).isoformat()}"]
        for minute, step in enumerate(steps):
            lines += ["[[step]]", f"at = {(start + timedelta(minutes=minute)).isoformat()}", step]
        (tmp_path / "story.toml").write_text("\n".join(lines))
        shape = simulate(read_scenario(tmp_path / "story.toml"))
        assert len(shape["cases"]) == 1
        return shape["cases"][0], [one for one in shape["sent"] if one["to"] == ["ann@desk.example"]]

    return told


def mail(body, *, sender="jo@acme.example", to="help@cover.example", subject="Scanner", more=""):
    return f'from = "{sender}"\nto = "{to}"\nsubject = "{subject}"\n{more}\nbody = """{body}"""'


def order(body):
    return f'answer = {{ to = "ann@desk.example", kind = "assigned" }}\nbody = """{body}"""'


def due(case, target="first_response"):
    clock = next(one for one in case["clocks"] if one["target"] == target)
    return clock["due_at"] and datetime.fromisoformat(clock["due_at"]) - datetime.fromisoformat(MONDAY)


HOURS = timedelta(hours=1)
NIGHT = 16 * HOURS


@pytest.mark.parametrize(
    ("given", "severity", "target", "expected"),
    [
        ({}, "low", "first_response", "4 hours of office"),
        ({"kind": "request"}, "low", "first_response", "8 hours of office"),
        ({"kind": "Service-Request"}, "low", "first_response", "8 hours of office"),
        ({"kind": "enhancement"}, "low", "first_response", "4 hours of office"),
        ({"kind": "incident"}, "low", "first_response", "4 hours of office"),
        ({"kind": "question"}, "low", "first_response", None),
        ({"fields": {"coverage": "24X7"}}, "low", "first_response", "4 hours of 24x7"),
        ({"fields": {"coverage": "office"}}, "low", "first_response", "6 hours of office"),
        ({"fields": {"coverage": "not 24x7"}}, "low", "first_response", "4 hours of office"),
        ({"kind": "request", "fields": {"coverage": "24x7"}}, "low", "first_response", "8 hours of 24x7"),
        ({"kind": "request", "fields": {"coverage": "office"}}, "low", "first_response", "6 hours of office"),
        ({"language": "en"}, "high", "first_response", "1 hour of 24x7"),
        ({"language": "ja"}, "high", "first_response", "1 hour of tokyo"),
        ({"language": "fr"}, "high", "first_response", "1 hour of office"),
        ({"language": ""}, "high", "first_response", "1 hour of office"),
        ({"addons": ["night"]}, "low", "first_response", "4 hours of 24x7"),
        ({"addons": ["fast"], "language": "fr"}, "high", "first_response", "30 minutes of office"),
        ({"addons": ["night", "fast"]}, "high", "first_response", "30 minutes of 24x7"),
        ({"at": "2026-11-30T08:59:59+01:00"}, "high", "follow_up", "30 minutes of 24x7"),
        ({"at": "2026-11-30T09:00:00+01:00"}, "high", "follow_up", "15 minutes of 24x7"),
        ({"at": "2026-11-30T16:59:59+01:00"}, "high", "follow_up", "15 minutes of 24x7"),
        ({"at": "2026-11-30T17:00:00+01:00"}, "high", "follow_up", "30 minutes of 24x7"),
        ({"at": "2026-11-28T12:00:00+01:00"}, "high", "follow_up", "30 minutes of 24x7"),
        ({}, "high", "follow_up", "30 minutes of 24x7"),
        ({"at": "2026-11-30T08:00:00+09:00"}, "low", "follow_up", "2 hours of office"),
        ({"at": "2026-11-30T10:00:00+09:00"}, "low", "follow_up", None),
        ({"at": "2026-11-30T10:00:00+01:00"}, "low", "follow_up", "1 hour of 24x7"),
        ({"at": "2026-11-30T23:59:59+01:00"}, "low", "resolution", "8 hours of office"),
        ({"at": "2026-12-01T00:00:00+01:00"}, "low", "resolution", "4 hours of office"),
        ({"at": "2026-12-01T00:00:00+00:00", "kind": "request"}, "low", "resolution", "5 business days of office"),
    ],
)
def test_what_is_promised_to_whom(cover, given, severity, target, expected):
    at = given.get("at")
    counts = cover.circumstances(**{**given, "at": datetime.fromisoformat(at) if at else None})
    promise = cover.promise(target, plan="basic", severity=severity, region="de", channel="email", given=counts)
    assert (None if isinstance(promise, NoPromise) else f"{promise.within} of {promise.calendar.name}") == expected


@pytest.mark.parametrize(("day", "promised"), [("2026-11-30", True), ("2026-12-01", False), ("2027-05-01", False)])
def test_a_plan_is_over_on_its_last_day(cover, day, promised):
    counts = cover.circumstances(at=datetime.fromisoformat(f"{day}T12:00:00+01:00"))
    promise = cover.promise("first_response", plan="old", severity="low", region="de", channel="email", given=counts)
    assert isinstance(promise, NoPromise) is not promised


@pytest.mark.parametrize(
    ("first", "hours"),
    [
        (mail("It prints slowly."), NIGHT + 4 * HOURS),
        (mail("It prints slowly.\nCoverage: 24x7"), 4 * HOURS),
        (mail("It prints slowly.\nCoverage: 24x7", sender="bob@acme.example"), NIGHT + 4 * HOURS),
        (mail("It prints slowly.\nCoverage: 24x7", more="authenticated = false"), NIGHT + 4 * HOURS),
        (mail("It prints slowly.\nCoverage: 24x7", sender="eve@elsewhere.example"), NIGHT + 4 * HOURS),
        (mail("It prints slowly.\nKind: Service request"), NIGHT + 8 * HOURS),
        (mail("It prints slowly.\nKind: Service request", sender="bob@acme.example"), NIGHT + 4 * HOURS),
        (mail("It prints slowly.", to="form@cover.example"), NIGHT + 8 * HOURS),
        (mail("It prints slowly.", to="orders@cover.example", sender="eve@elsewhere.example"), NIGHT + 8 * HOURS),
        (mail("Please set up a scanner for Kim."), NIGHT + 4 * HOURS),
        (mail("How can I scan on both sides of a page?"), NIGHT + 4 * HOURS),
        (mail("Nothing prints.\nPriority: High"), HOURS),
        (mail("Es druckt nichts mehr, und wir können nicht arbeiten.\nPriority: High"), HOURS),
        (mail("Nothing prints.\nPriority: High", to="phone@cover.example"), HOURS / 4),
        (mail("It prints slowly.", sender="olly@owl.example"), 4 * HOURS),
        (mail("Nothing prints.\nPriority: High", sender="olly@owl.example"), HOURS / 2),
    ],
)
def test_what_a_first_mail_binds(tell, first, hours):
    case, _ = tell(first)
    assert due(case) == hours


def test_japanese_is_told_by_its_script(tell):
    """Half past three in Berlin is half past eleven at night in Tokyo."""
    case, _ = tell(mail("プリンターが動きません。誰も印刷できません。\nPriority: High"))
    assert due(case) == timedelta(hours=10, minutes=30)


@pytest.mark.parametrize(
    ("first", "said", "orders", "hours"),
    [
        (mail("Slow.\nCoverage: 24x7", sender="bob@acme.example"), "#detail coverage 24x7", "#detail coverage 24x7", 4),
        (mail("Slow.\nKind: request", sender="bob@acme.example"), "#kind request", "#kind request", 24),
        (mail("Please set up a scanner for Kim."), "#kind request", "#kind service request", 24),
        (mail("Slow.\nCoverage: weekends"), "coverage is none of 24x7, office", "#detail coverage 24x7", 4),
        (mail("Slow."), "", "#detail kind request", 24),
    ],
)
def test_an_agent_takes_over_what_is_proposed(tell, first, said, orders, hours):
    case, heard = tell(first, order(orders))
    assert said in " ".join(heard[0]["text"].split())
    assert due(case) == hours * HOURS


@pytest.mark.parametrize(
    ("sender", "said"),
    [
        ("jo@acme.example", "Coverage: 24x7"),
        ("bob@acme.example", "You ask for Coverage 24x7. We will look whether that holds for this case."),
        ("eve@elsewhere.example", ""),
    ],
)
def test_the_acknowledgment_says_what_was_chosen_and_what_is_still_to_be_decided(tell, tmp_path, sender, said):
    tell(mail("It prints slowly.\nCoverage: 24x7", sender=sender))
    sent = simulate(read_scenario(tmp_path / "story.toml"))["sent"]
    words = " ".join(next(one["text"] for one in sent if one["kind"] == "ack").split())
    assert " ".join(said.split()) in words
    assert said or "24x7" not in words


def test_who_may_state_it_makes_what_a_colleague_stated_count(tell):
    again = 'answer = { to = "bob@acme.example", kind = "ack" }\nbody = "Nothing new."'
    first = mail("Slow.\nCoverage: 24x7", sender="bob@acme.example").replace(
        "subject", 'cc = "jo@acme.example"\nsubject', 1
    )
    joined = mail("Coverage: 24x7", subject="Re: Scanner [HD-1]")
    case, _ = tell(first, again, joined)
    assert due(case) == 4 * HOURS


def test_kind_changes_what_runs_and_says_to_whom_that_is(tell):
    case, _ = tell(mail("It prints slowly."), order("#kind request"))
    clock = case["clocks"][0]
    assert (clock["promised"], clock["applies"]) == ("8 hours", ["of kind request"])


def test_an_order_binds_the_kind_that_the_desk_had_found(tell):
    """Nothing is promised for questions; what looks like one still has the time of any case until an agent agrees."""
    asked, _ = tell(mail("How can I scan on both sides of a page?"))
    assert (asked["kind"], due(asked)) == ("question", NIGHT + 4 * HOURS)
    agreed, _ = tell(mail("How can I scan on both sides of a page?"), order("#kind question"))
    assert (agreed["kind"], due(agreed)) == ("question", None)


EVERYBODY_WAITS = "Nothing prints at all, and everybody here is waiting.\nPriority: High"
GERMAN = "Es ist noch schlimmer geworden, und wir können gar nicht mehr arbeiten."


@pytest.mark.parametrize(
    ("body", "to", "promised", "calendar"),
    [
        ("It is worse now than it was.", "help@cover.example", "1 hour", "24x7"),
        ("It is worse now than it was.", "phone@cover.example", "15 minutes", "24x7"),
        (GERMAN, "help@cover.example", "1 hour", "office"),
        (GERMAN, "phone@cover.example", "15 minutes", "office"),
        ("ok", "help@cover.example", "1 hour", "24x7"),
    ],
)
def test_a_later_mail_changes_way_in_and_language(tell, body, to, promised, calendar):
    """A case goes on by telephone, or in German, which is answered in office hours."""
    case, _ = tell(mail(EVERYBODY_WAITS), mail(body, to=to, subject="Re: Scanner [HD-1]"))
    clock = case["clocks"][0]
    assert (clock["promised"], clock["calendar"]) == (promised, calendar)


ANSWERS = st.text(alphabet="247x oficeNOT,.-", max_size=12)


@settings(max_examples=60)
@given(
    kind=st.sampled_from(["", "incident", "request"]), answer=ANSWERS, language=st.sampled_from(["", "en", "de", "ja"])
)
def test_an_answer_chooses_only_by_saying_a_value_outright(kind, answer, language):
    policy = read_policy(PolicyText("cover.toml", POLICY))
    asked = {"plan": "basic", "severity": "low", "region": "de", "channel": "email"}
    without = policy.promise("first_response", **asked, given=policy.circumstances(kind=kind, language=language))
    counts = policy.circumstances(kind=kind, language=language, fields={"coverage": answer})
    promise = policy.promise("first_response", **asked, given=counts)
    chosen = answer.casefold().strip(" ,.-") in {"24x7", "office"}
    assert chosen or (promise.within, promise.calendar) == (without.within, without.calendar)


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ('request = "8h"', 'wish = "8h"', "by_kind: expected one of defect"),
        ('ja = "tokyo"', 'xx = "tokyo"', "by_language: expected one of ar"),
        ('coverage = { "24x7"', 'hours = { "24x7"', "by_field.hours: expected one of coverage"),
        ('ja = "tokyo"', 'ja = "kyoto"', "calendar: expected one of 24x7, office, tokyo, not 'kyoto'"),
        ("from = 2026-12-01", "from = 2026-11-15", "until: expected the day on which the next of the list begins"),
        ("until = 2026-12-01 }", "from = 2026-12-02, until = 2026-12-01 }", "until: expected a day after 2026-12-02"),
        ('high = "30m"', 'hih = "30m"', "addons.fast.targets.first_response.hih: expected one of high, low"),
        ('plans = ["basic"]', 'plans = ["basc"]', "addons.fast.plans: expected one of basic, old"),
        ('aliases = ["service request"]', 'aliases = ["question"]', "kinds.request: expected 'question' for one kind"),
        ('{ office = "15m" }', '{ offce = "15m" }', "by_hours: expected one of 24x7, office, tokyo, not 'offce'"),
        ('kind = "request"', 'kind = "requst"', "channels.form.kind: expected one of defect"),
        ('within = "4h"\n', "", "low.by_field.coverage.24x7: expected an amount"),
    ],
)
def test_each_mistake_is_named(was, becomes, problem):
    assert was in POLICY
    problems = survey_policy(PolicyText("p.toml", POLICY.replace(was, becomes, 1))).problems
    assert any(problem in one for one in problems), problems


def test_an_addon_must_be_one_of_the_policy_and_go_with_the_plan(tmp_path):
    policy = read_policy(PolicyText("cover.toml", POLICY))
    path = tmp_path / "customers.toml"
    path.write_text(CUSTOMERS.replace('addons = ["night", "fast"]', 'plan = "old"\naddons = ["nigt", "fast"]'))
    with pytest.raises(ConfigurationError) as wrong:
        load_customers(path, {"cover": policy})
    assert [problem.split("addons: ")[1] for problem in wrong.value.problems] == [
        "expected one of night, fast, not 'nigt'",
        "expected one that goes with plan old: fast goes with basic",
    ]
