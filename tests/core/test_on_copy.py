"""Who comes onto a case because a mail has them on copy, who does not, and what its agent reads of that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.core.receive.participants import (
    answered_instead,
    by_first_mail,
    by_person_of_case,
    proven,
    unreachable,
)
from helpdesk.core.words.addressee import Addressee
from helpdesk.core.words.events import (
    CaseFlagged,
    CaseUnflagged,
    ParticipantAdded,
    ParticipantRemoved,
    RequesterSet,
    ThirdPartyAsked,
)
from helpdesk.core.words.placement import Placement
from helpdesk.person import Person
from tests.core.mill import ACME, ANN, JO, KIM, MAILBOX, STRANGER, arrival, on, opened, terms, utc

NOW = utc("22 12:00")
OUR_ALIAS = Person("billing@mill.example")
SIX = tuple(Person(f"p{number}@elsewhere.example") for number in range(6))


def mail(*, cc=(), to=(), reply_to=(), authenticated=False, verified=True, **others):
    came = arrival(placement=Placement(1, "customer", "test", verified=verified, authenticated=authenticated), **others)
    message = replace(came.message, to=to or came.message.to, cc=cc, reply_to=reply_to)
    return replace(came, message=message)


def told(events):
    """Who joins, and what the agent reads."""
    joined = [event.address for event in events if isinstance(event, ParticipantAdded)]
    return joined, [event.tag for event in events if isinstance(event, CaseFlagged)]


def left_out(names):
    return f"on copy, not added: {names} (#cc add ADDRESS adds them)"


MALLORY = left_out(STRANGER.address)


# --- the mail that opens a case


@pytest.mark.parametrize(
    ("facts", "joins", "notes"),
    [
        ({"cc": (KIM,)}, [KIM.address], []),
        ({"cc": (KIM, STRANGER)}, [KIM.address], [MALLORY]),
        ({"cc": (KIM, STRANGER), "authenticated": True}, [KIM.address, STRANGER.address], []),
        ({"to": (Person(MAILBOX.address), KIM, STRANGER)}, [KIM.address], [MALLORY]),
        ({"to": (KIM, STRANGER)}, [KIM.address], []),  # what stands there is an alias that leads to us
        ({"to": (Person("list@elsewhere.example"),), "cc": (STRANGER,)}, [], [MALLORY]),
        ({"cc": (JO, ANN.person, Person(MAILBOX.address))}, [], []),  # the author, one of us, the mailbox
        ({"cc": (KIM, KIM)}, [KIM.address], []),
        ({"cc": (Person(""),)}, [], []),
        ({"cc": (OUR_ALIAS,), "authenticated": True}, [], [left_out(OUR_ALIAS.address)]),
        ({"cc": (OUR_ALIAS,), "authenticated": True, "customers": {OUR_ALIAS.address: ACME}}, [OUR_ALIAS.address], []),
        ({"cc": SIX[:5]}, [], [left_out(", ".join(one.address for one in SIX[:5]))]),
        ({"cc": SIX}, [], [left_out(", ".join(one.address for one in SIX[:5]) + " and 1 more")]),
    ],
)
def test_the_mail_that_opens_a_case_brings_in_colleagues_and_others_where_it_is_proven(facts, joins, notes):
    assert told(list(by_first_mail(mail(**facts), terms(), NOW))) == (joins, notes)


def test_fifty_people_come_onto_a_case():
    crowd = tuple(Person(f"p{number}@acme.example") for number in range(52))
    joined, notes = told(list(by_first_mail(mail(cc=crowd), terms(), NOW)))
    assert (len(joined), notes) == (50, [left_out("p50@acme.example, p51@acme.example")])


# --- a further mail


FULL = tuple(on(ParticipantAdded, "22 10:10", address=f"p{number}@acme.example") for number in range(50))
ROOM = FULL[:49]


@pytest.mark.parametrize(
    ("events", "facts", "joins", "notes"),
    [
        ((), {"cc": (STRANGER,)}, [STRANGER.address], []),
        ((), {"cc": (STRANGER,), "verified": False}, [], [MALLORY]),
        ((on(ParticipantAdded, "22 10:10", address=STRANGER.address),), {"cc": (STRANGER,)}, [], []),  # is there
        (
            (
                on(ParticipantAdded, "22 10:10", address=STRANGER.address),
                on(ParticipantRemoved, "22 10:20", address=STRANGER.address),
            ),
            {"cc": (STRANGER,)},
            [],
            [],
        ),  # whom an agent took off the case only an agent brings back
        ((on(ThirdPartyAsked, "22 10:10", address=STRANGER.address, key="mail/3"),), {"cc": (STRANGER,)}, [], [MALLORY]),
        ((on(ThirdPartyAsked, "22 10:10", address=KIM.address, key="mail/3"),), {"cc": (STRANGER,)}, [STRANGER.address], []),
        ((), {"cc": (OUR_ALIAS,)}, [], [left_out(OUR_ALIAS.address)]),
        ((), {"reply_to": (Person("jo@home.example"),)}, ["jo@home.example"], []),
        ((), {"reply_to": (JO,)}, [], []),
        ((), {"reply_to": (JO, Person("jo@home.example"))}, ["jo@home.example"], []),
        (ROOM, {"cc": (STRANGER, KIM)}, [STRANGER.address], [left_out(KIM.address)]),
        (FULL, {"cc": (STRANGER,)}, [], [MALLORY]),
        ((), {"cc": (Person("a b@acme.example"),)}, ["a b@acme.example"], ["cannot be written to"]),
    ],
)  # fmt: skip
def test_a_person_of_the_case_brings_in_whom_they_like(events, facts, joins, notes):
    joined, read = told(list(by_person_of_case(opened(*events), mail(**facts), terms(), NOW)))
    assert joined == joins
    assert len(read) == len(notes)
    assert all(one.startswith(note) for one, note in zip(read, notes, strict=True))


def test_an_address_that_takes_no_mail_is_said_to_the_agent():
    events = list(unreachable(Person("a b@acme.example"), (), mail(), NOW))
    assert [event.tag.partition("(")[0] for event in events] == ["cannot be written to: a b@acme.example "]
    assert not list(unreachable(JO, (), mail(), NOW))


@pytest.mark.parametrize(
    ("instead", "joins", "notes"),
    [
        (Addressee(JO, JO), [], []),
        (Addressee(JO, KIM), [KIM.address], []),
        (Addressee(JO, STRANGER), [], []),  # somebody else than who is answered
        (Addressee(JO, None), [], []),
        (
            Addressee(JO, JO, STRANGER.address),
            [],
            [f"not answered at {STRANGER.address}, which its Reply-To names (#requester {STRANGER.address})"],
        ),
    ],
)
def test_who_is_answered_in_the_place_of_the_author_joins(instead, joins, notes):
    came = replace(mail(), addressee=instead)
    assert told(list(answered_instead(KIM.address, came, NOW))) == (joins, notes)


def test_an_agent_is_told_why_a_reply_to_cannot_be_used():
    came = replace(mail(), addressee=Addressee(JO, JO, "a b@acme.example"))
    (note,) = told(list(answered_instead(KIM.address, came, NOW)))[1]
    assert "(#requester" not in note


# --- a copy of the mail that proves its sender


def becomes(case, came, one):
    decision = proven(case, came, one, NOW)
    gone = [event.tag for event in decision.events if isinstance(event, CaseUnflagged)]
    joined = [event.address for event in decision.events if isinstance(event, ParticipantAdded)]
    return decision.case.customer, joined, gone, [type(event) for event in decision.events].count(RequesterSet)


@pytest.mark.parametrize(
    ("facts", "cc", "becomes_whose", "joins", "gone"),
    [
        ({"customer": "", "tags": ("unverified",)}, (), "acme", [], ["unverified"]),
        ({"tags": ("unverified", "maintenance")}, (), "acme", [], ["unverified"]),
        ({"tags": (MALLORY,)}, (STRANGER,), "acme", [STRANGER.address], [MALLORY]),
        ({"tags": (MALLORY, "maintenance")}, (STRANGER,), "acme", [STRANGER.address], [MALLORY]),
        ({"customer": "", "requester": KIM.address}, (), "", [], []),  # it is somebody else's
        ({"tags": ("maintenance",)}, (), "acme", [], []),
    ],
)
def test_a_proven_copy_makes_of_a_case_what_it_would_have_been(facts, cc, becomes_whose, joins, gone):
    came = mail(cc=cc, authenticated=True)
    whose, joined, without, given = becomes(opened(**facts), came, terms())
    assert (whose, joined, without) == (becomes_whose, joins, gone)
    assert given == (facts.get("customer") == "" and becomes_whose == "acme")


def test_a_copy_brings_in_nobody_who_is_there_or_was_taken_off():
    there = on(ParticipantAdded, "22 10:10", address=STRANGER.address)
    off = on(ParticipantRemoved, "22 10:20", address=STRANGER.address)
    came = mail(cc=(STRANGER,), authenticated=True)
    for events in ((there,), (there, off)):
        assert becomes(opened(*events, tags=(MALLORY,)), came, terms()) == ("acme", [], [], 0)


def test_a_copy_of_somebody_who_is_no_customer_gives_the_case_to_nobody():
    case = opened(customer="", requester=STRANGER.address)
    came = replace(mail(authenticated=True), addressee=Addressee(STRANGER, STRANGER))
    came = replace(came, message=replace(came.message, senders=(STRANGER,)))
    assert becomes(case, came, terms(customer=None)) == ("", [], [], 0)
