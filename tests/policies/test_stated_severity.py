"""What states a severity: impact and urgency, a mailbox or channel, a plan that lacks some, five of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lab.scenario import read_scenario
from helpdesk.lab.simulate import simulate
from helpdesk.offering.files.read import PolicyText, read_policy, survey_policy

POLICY = """
key = "campus"
name = "Campus IT"
[plans.staff]
name = "Staff"
[plans.guest]
name = "Guest"
severities = ["p3", "p5"]
[regions.here]
calendar = "24x7"
[calendars]
[severities]
p1 = { rank = 1, name = "P1" }
p2 = { rank = 2, name = "P2" }
p3 = { rank = 3, name = "P3" }
p4 = { rank = 4, name = "P4" }
p5 = { rank = 4, name = "P5", aliases = ["whenever"] }
[targets.staff.first_response]
p1 = "1h"
p2 = "2h"
p3 = "3h"
p4 = "4h"
p5 = "5h"
[targets.guest.first_response]
p3 = "30h"
p5 = "50h"
[channels.hotline]
severity = "p2"
[classifier]
default = "p3"
stated = "initial"
[[classifier.caps]]
name = "maintenance waits"
when = "kind:maintenance"
at_most = "p5"
[classifier.matrix.table]
campus = { critical = "p1", high = "p1", low = "p2" }
several_groups = { critical = "p1", high = "p2", low = "p3" }
one = { critical = "p2", high = "p3", low = "p5" }
[classifier.matrix.words]
one = ["one person", "just me"]
critical = ["work stopped"]
[[intake]]
key = "impact"
label = "Impact"
[[intake]]
key = "urgency"
label = "Urgency"
[[intake]]
key = "priority"
label = "Priority"
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
address = "help@campus.example"
policy = "campus"
team = "it"
[[mailbox]]
address = "urgent@campus.example"
policy = "campus"
team = "it"
severity = "p1"
[[mailbox]]
address = "hotline@campus.example"
policy = "campus"
team = "it"
channel = "hotline"
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
policy = "campus"
domains = ["acme.example"]
contacts = [{ email = "jo@acme.example", registered = true }]
[[customer]]
key = "visitors"
name = "Visitors"
policy = "campus"
plan = "guest"
domains = ["guest.example"]
contacts = [{ email = "vi@guest.example", registered = true }]
"""


@pytest.fixture
def campus():
    return read_policy(PolicyText("campus.toml", POLICY))


@pytest.fixture
def tell(tmp_path):
    """The only case of a story of these steps."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/campus.toml").write_text(POLICY)
    (tmp_path / "helpdesk.toml").write_text(DESK)
    (tmp_path / "customers.toml").write_text(CUSTOMERS)

    def told(*steps):
        lines = ['config = "helpdesk.toml"', "until = 2026-06-09T13:00:00Z"]
        for minute, step in enumerate(steps):
            lines += ["[[step]]", f"at = 2026-06-09T12:{minute:02}:00Z", step]
        (tmp_path / "story.toml").write_text("\n".join(lines))
        return simulate(read_scenario(tmp_path / "story.toml"))["cases"][0]

    return told


def mail(body, *, sender="jo@acme.example", to="help@campus.example"):
    return f'from = "{sender}"\nto = "{to}"\nsubject = "Scanner"\nbody = """{body}"""'


def reply(body, *, of='to = "ann@desk.example", kind = "assigned"'):
    return f'answer = {{ {of} }}\nbody = """{body}"""'


@pytest.mark.parametrize(
    ("impact", "urgency", "severity"),
    [
        ("campus", "critical", "p1"),
        ("Campus", "LOW", "p2"),
        ("several groups", "high", "p2"),
        ("Several-Groups (two of them)", "1 - Critical", "p1"),
        ("just me", "Critical: work stopped", "p2"),
        ("one", "low, when you have time", "p5"),
        ("one", "not critical", None),
        ("one", "high or critical", None),
        ("one", "high / critical", None),
        ("nobody", "low", None),
        ("one", "", None),
        ("campus, one", "low", None),
    ],
)
def test_impact_and_urgency_make_the_severity(campus, impact, urgency, severity):
    found = campus.severity.computed({"impact": impact, "urgency": urgency})
    assert (found.severity if found else None) == severity


def test_both_fields_count_as_a_severity_that_is_stated(tell):
    case = tell(mail("The scanner is odd.\nImpact: one person\nUrgency: critical"))
    assert (case["severity"], case["stated"]) == ("p2", "impact one, urgency critical")


def test_urgency_alone_is_no_severity(tell):
    case = tell(mail("The scanner of room 7 squeaks.\nUrgency: critical"))
    assert (case["severity"], case["stated"], case["missing"]) == ("p3", None, ["impact"])


def test_the_customer_says_the_other_field_later(tell):
    answer = reply("Impact: one\nUrgency: low", of='to = "jo@acme.example", kind = "ack"')
    case = tell(mail("The scanner of room 7 squeaks.\nUrgency: critical"), answer)
    assert (case["severity"], case["rank"]) == ("p5", 4)


def test_an_agent_changes_impact_and_urgency_in_one_mail_and_the_severity_once(tell):
    case = tell(
        mail("The scanner is odd.\nImpact: campus\nUrgency: low"),
        reply("#detail impact one\n#detail urgency low\n\nWe look."),
    )
    sets = [event["facts"] for event in case["events"] if event["type"] == "severity_set"]
    assert [(one["severity"], one["reason"]) for one in sets] == [("p5", "impact one, urgency low")]


def test_an_agents_severity_stands_before_what_they_compute_beside_it(tell):
    case = tell(
        mail("The scanner is odd.\nImpact: campus\nUrgency: low"),
        reply("#detail impact one\n#severity p3\n\nWe look."),
    )
    assert case["severity"] == "p3"


def test_a_priority_that_is_stated_besides_is_shown_for_review(tell):
    case = tell(mail("The scanner is odd.\nPriority: P1\nImpact: one\nUrgency: high"))
    assert (case["severity"], case["review"]) == ("p3", True)


@pytest.mark.parametrize(
    ("sender", "to", "body", "severity", "review"),
    [
        ("jo@acme.example", "urgent@campus.example", "The scanner prints slowly.", "p1", False),
        ("jo@acme.example", "hotline@campus.example", "The scanner prints slowly.", "p2", False),
        ("bob@acme.example", "urgent@campus.example", "The scanner prints slowly.", "p3", True),
        ("eve@elsewhere.example", "urgent@campus.example", "The scanner prints slowly.", "p3", True),
        ("jo@acme.example", "urgent@campus.example", "Priority: P3\nThe scanner prints slowly.", "p1", True),
        ("jo@acme.example", "hotline@campus.example", "Priority: P1\nNothing prints.", "p1", True),
        ("vi@guest.example", "urgent@campus.example", "The scanner prints slowly.", "p3", False),
    ],
)
def test_a_mailbox_states_the_severity_of_registered_contacts(tell, sender, to, body, severity, review):
    case = tell(mail(body, sender=sender, to=to))
    assert (case["severity"], case["review"]) == (severity, review)


@pytest.mark.parametrize(("asked", "has"), [("p1", "p3"), ("p2", "p3"), ("p3", "p3"), ("p4", "p5"), ("p5", "p5")])
def test_a_plan_answers_for_the_severities_that_it_has(campus, asked, has):
    terms = {"region": "here", "channel": "email"}
    assert campus.severity_in("guest", asked).key == has
    assert campus.severity_in("staff", asked).key == asked
    promised, of_its_own = (
        campus.promise("first_response", plan="guest", severity=key, **terms) for key in (asked, has)
    )
    assert promised.within == of_its_own.within


def test_a_plan_without_the_worst_severity_is_suspected_of_none_and_an_agent_cannot_set_it(tell):
    case = tell(
        mail("Nothing works for anybody, everything is down!", sender="vi@guest.example"),
        reply("#severity p1"),
    )
    assert (case["severity"], case["s1_suspect"], case["reasons"][0]["rule"]) == ("p3", False, "plan")
    assert not [event for event in case["events"] if event["type"] in {"severity_set", "suspected"}]


@pytest.mark.parametrize(
    ("words", "severity"), [("P5", "p5"), ("whenever", "p5"), ("P4", "p4"), ("4", "p4"), ("low", "p4"), ("p1", "p1")]
)
def test_the_fifth_severity_is_stated_by_its_own_names(tell, words, severity):
    assert tell(mail(f"Priority: {words}\nThe wiki has an odd colour."))["severity"] == severity


def test_a_customer_may_go_from_the_fourth_to_the_fifth(tell):
    answer = reply("Priority: P5", of='to = "jo@acme.example", kind = "ack"')
    assert tell(mail("Priority: P4\nThe wiki has an odd colour."), answer)["severity"] == "p5"


def test_a_rule_lowers_to_the_fifth(tell):
    assert tell(mail("Priority: P4\nA question"), reply("#kind maintenance"))["severity"] == "p5"


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.data())
def test_degrees_stand_in_the_order_of_the_severities(ranks, data):
    levels = "".join(f'k{n} = {{ rank = {rank}, name = "K{n}" }}\n' for n, rank in enumerate(ranks))
    has = data.draw(st.lists(st.sampled_from(range(len(ranks))), min_size=1, unique=True))
    policy = survey_policy(
        PolicyText(
            "p.toml",
            f'key = "p"\n[severities]\n{levels}\n[plans.a]\nname = "A"\nseverities = {[f"k{n}" for n in has]}\n',
        )
    ).policy
    terms, keys = policy.severity, [level.key for level in policy.severity.levels]
    degrees = [terms.degree(key) for key in keys]
    assert degrees == sorted(set(degrees))
    assert [terms.at_degree(degree).key for degree in degrees] == keys
    fitted = [keys.index(policy.severity_in("a", key).key) for key in keys]
    assert fitted == sorted(fitted)  # the plan turns no order round
    assert {keys[place] for place in fitted} <= {f"k{n}" for n in has}


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ('low = "p5" }', 'low = "p9" }', "classifier.matrix.table.one.low: expected one of p1"),
        (', low = "p5" }', " }", "classifier.matrix.table.one: expected a severity for urgency low"),
        ('key = "urgency"', 'key = "hurry"', "classifier.matrix.urgency: expected the key of an [[intake]] field"),
        ('["work stopped"]', '["high"]', "classifier.matrix.words.high: expected 'high' for one value only"),
        ("critical = [", "dreadful = [", "classifier.matrix.words.dreadful: expected a value of the table"),
        ('severities = ["p3"', 'severities = ["px"', "plans.guest.severities: expected one of p1"),
        ('severity = "p2"', 'severity = "px"', "channels.hotline.severity: expected one of p1"),
        ("p5 = { rank = 4", "p5 = { rank = 5", "severities.p5.rank: expected 1 (the worst) to 4, not 5; a fifth"),
    ],
)
def test_each_mistake_is_named(was, becomes, problem):
    assert was in POLICY
    problems = survey_policy(PolicyText("p.toml", POLICY.replace(was, becomes))).problems
    assert any(problem in one for one in problems), problems
