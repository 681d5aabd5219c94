"""Which case a mail belongs to: every combination of who writes and what they show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helpdesk.core.words.case import case_from
from helpdesk.core.words.people import Agent, Team
from helpdesk.core.words.placement import Evidence, TokenSeen, numbers_in_subject, place, place_robot
from helpdesk.person import Person
from tests import ledgers

AT = datetime(2026, 5, 19, 9, 15, tzinfo=UTC)
ANN = Agent("Ann Berg", "ann@desk.example", ("ann@home.example",))
TEAM = Team("first line", (ANN, Agent("Bob Cole", "bob@desk.example")), Person("lena@desk.example"))
JO, KIM, EVE = "jo@acme.example", "kim@acme.example", "eve@elsewhere.example"


def case(number, requester=JO, *participants):
    facts = {
        "mailbox": "support@logik.example",
        "policy": "logik",
        "policy_version": "v",
        "plan": "standard",
        "region": "central",
        "channel": "email",
        "customer": "acme",
        "requester": requester,
        "requester_name": "",
        "subject": "x",
        "language": "en",
        "tags": [],
        "intake": {},
        "missing": [],
        "unwarranted": [],
        "down": [],
    }
    joined = [ledgers.event("participant_added", AT, requester, {"address": who, "name": ""}) for who in participants]
    return case_from(number, [ledgers.event("opened", AT, requester, facts), *joined])


CASES = {1: case(1, JO, KIM), 2: case(2, EVE)}


def token(number=1, purpose="customer", *, mine=True, genuine=True):
    return TokenSeen(number, purpose, given_to_sender=mine, genuine=genuine)


MINE, LENT, FORGED = token(), token(mine=False), token(mine=False, genuine=False)
AGENTS, AGENTS_LENT = token(purpose="agent"), token(purpose="agent", mine=False)

# sender, what the mail shows, then: case, role, verified, linked
TABLE = [
    # somebody of the case
    (JO, {"tokens": (MINE,)}, (1, "customer", True, None)),
    (JO, {"own_ids": (1,)}, (1, "customer", True, None)),
    (JO, {"subject_numbers": (1,)}, (1, "customer", False, None)),
    (JO, {"tokens": (FORGED,)}, (1, "customer", False, None)),
    (JO, {"tokens": (AGENTS_LENT,)}, (1, "customer", False, None)),
    (KIM, {"own_ids": (1,)}, (1, "customer", True, None)),
    (KIM, {"tokens": (LENT,)}, (1, "customer", False, None)),
    (JO, {}, (None, "customer", False, None)),
    # a stranger
    (EVE, {"subject_numbers": (1,)}, (None, "customer", False, 1)),
    (EVE, {"own_ids": (1,)}, (None, "customer", False, 1)),
    (EVE, {"tokens": (FORGED,)}, (None, "customer", False, 1)),
    (EVE, {"tokens": (LENT,)}, (1, "outsider", False, None)),
    (EVE, {"tokens": (AGENTS_LENT,)}, (1, "outsider", False, None)),
    (EVE, {"tokens": (LENT,), "own_ids": (1,), "subject_numbers": (1,)}, (1, "outsider", False, None)),
    # a stranger to the first who has a case of their own: theirs is found, whatever else is named
    (EVE, {"subject_numbers": (1, 2)}, (2, "customer", False, None)),
    (EVE, {"own_ids": (1, 2)}, (2, "customer", True, None)),
    (EVE, {"tokens": (LENT,), "subject_numbers": (2,)}, (2, "customer", False, None)),
    # a number that is no case here
    (JO, {"subject_numbers": (99,)}, (None, "customer", False, None)),
    # the token goes before everything else
    (JO, {"tokens": (MINE,), "own_ids": (2,), "subject_numbers": (2,)}, (1, "customer", True, None)),
    # nobody in From, or several
    ("", {"own_ids": (1,)}, (None, "customer", False, 1)),
    ("", {"tokens": (LENT,)}, (1, "outsider", False, None)),
    # an agent
    (ANN.address, {"tokens": (AGENTS,)}, (1, "agent", True, None)),
    ("ann@home.example", {"tokens": (AGENTS,)}, (1, "agent", True, None)),
    (ANN.address, {"tokens": (AGENTS_LENT,)}, (1, "outsider", False, None)),
    (ANN.address, {"tokens": (MINE,)}, (1, "outsider", False, None)),
    (ANN.address, {"own_ids": (1,)}, (1, "outsider", False, None)),
    (ANN.address, {"subject_numbers": (1,)}, (1, "outsider", False, None)),
    (ANN.address, {}, (None, "customer", False, None)),
    ("lena@desk.example", {"tokens": (AGENTS,)}, (1, "agent", True, None)),
    # an agent where the border's word is asked for
    (ANN.address, {"tokens": (AGENTS,), "authentication_required": True}, (1, "outsider", False, None)),
    (
        ANN.address,
        {"tokens": (AGENTS,), "authentication_required": True, "authenticated": True},
        (1, "agent", True, None),
    ),
    (ANN.address, {"tokens": (MINE,), "authenticated": True}, (1, "outsider", False, None)),
    # a delivery report's address orders nothing for anybody
    (ANN.address, {"tokens": (token(purpose="bounce"),)}, (1, "outsider", False, None)),
    (JO, {"tokens": (token(purpose="bounce"),)}, (1, "customer", False, None)),
    (JO, {"tokens": (token(purpose="agent"),)}, (1, "customer", False, None)),
]


@pytest.mark.parametrize(("sender", "shown", "expected"), TABLE)
def test_who_writes_and_what_they_show_decide_where_it_belongs(sender, shown, expected):
    """A01, A08, A11, A12"""
    placement = place(Evidence(sender=sender, **shown), CASES, TEAM)

    assert (placement.case, placement.role, placement.verified, placement.linked) == expected
    assert placement.because


@pytest.mark.parametrize(("sender", "shown", "expected"), TABLE)
def test_only_the_role_of_an_agent_carries_an_agent_who_acts(sender, shown, expected):
    placement = place(Evidence(sender=sender, **shown), CASES, TEAM)

    if placement.role == "agent":
        assert placement.agent is not None
        assert sender in placement.agent.addresses


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ({"tokens": (LENT,)}, 1),
        ({"tokens": (FORGED,)}, None),
        ({"own_ids": (1,)}, 1),
        ({"subject_numbers": (1,)}, None),
        ({}, None),
    ],
)
def test_for_a_robot_only_what_we_signed_names_a_case(shown, number):
    """L06"""
    assert place_robot(Evidence(sender="shop@robots.example", **shown), CASES).case == number


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: The rules [HD-12]", (12,)),
        ("hd-3 and HD-4", (3, 4)),
        ("Re: [HD\u20117]", (7,)),
        ("hd\u20138 \u2013 total", (8,)),
        ("\uff28\uff24\uff0d\uff19", (9,)),
        ("AHD-5", ()),
        ("HD-5a", ()),
        ("HD-", ()),
        ("HD-1234567890123", ()),
        ("", ()),
    ],
)
def test_case_numbers_are_read_from_the_subject(subject, numbers):
    assert numbers_in_subject(subject) == numbers
