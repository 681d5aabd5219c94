"""What was said before the desk began, as a case that is over and owes nobody anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.receive.past import BECAUSE, PastMail, ended, opened, people_of, requester_of, said
from helpdesk.core.words.events import AgentAnswered, AgentNoted, CustomerWrote, ParticipantAdded
from helpdesk.core.words.message import Message
from helpdesk.person import Person
from tests.core.mill import ANN, JO, KIM, MAILBOX, STRANGER, offering, terms, utc

NOW = utc("22 12:00")
OURS = {ANN.address, MAILBOX.address}
BOX = Person(MAILBOX.address)


def mail(number, at, author, *to, by_us=False, internal=False, cc=()):
    message = Message(f"<{number}@then.example>", to=to, cc=cc, subject=f"Mail {number}")
    return PastMail(number, utc(at), message, author, by_us, internal)


ASKED = mail(1, "01 09:00", JO, BOX)
ANSWERED = mail(2, "02 09:00", ANN.person, JO, by_us=True)
NOTED = mail(3, "03 09:00", ANN.person, STRANGER, by_us=True, internal=True)


@pytest.mark.parametrize(
    ("mails", "whose"),
    [
        ([ASKED, ANSWERED], JO),
        ([ANSWERED], JO),  # we wrote first
        ([mail(1, "01 09:00", ANN.person, BOX, KIM, by_us=True)], KIM),
        ([mail(1, "01 09:00", ANN.person, KIM, by_us=True), mail(2, "02 09:00", JO, BOX)], JO),
        ([mail(1, "01 09:00", None, BOX), ASKED], JO),  # its From names nobody
        ([NOTED], None),  # among ourselves
        ([NOTED, ANSWERED], JO),
        ([mail(1, "01 09:00", ANN.person, BOX, by_us=True)], None),
    ],
)
def test_a_case_of_then_is_the_customers_who_wrote_first_or_whom_we_wrote_to(mails, whose):
    assert requester_of(mails, OURS) == whose


def test_it_tells_who_said_what_and_who_was_there():
    mails = [ASKED, replace(ANSWERED, message=replace(ANSWERED.message, cc=(KIM,))), NOTED]
    case = opened(mails, JO, terms(ours=frozenset(OURS)), NOW)
    words = [event for event in case.events if isinstance(event, CustomerWrote | AgentAnswered | AgentNoted)]
    assert [(type(event), event.at, event.by) for event in words] == [
        (CustomerWrote, ASKED.at, JO.address),
        (AgentAnswered, ANSWERED.at, ANN.address),
        (AgentNoted, NOTED.at, ANN.address),
    ]
    assert [event.key for event in words[1:]] == ["mail/2", "mail/3"]
    assert [one.address for one in case.participants] == [KIM.address]  # whom a note was to is nobody's business
    assert not list(people_of(NOTED))
    assert (case.requester, case.opened_at, case.past) == (JO, ASKED.at, True)
    assert not clocks(case, offering())


@pytest.mark.parametrize(
    ("subject", "severity", "called", "level"),
    [("", "", "Mail 1", ("slow", 2)), ("As it is there", "stopped", "As it is there", ("stopped", 1))],
)
def test_it_is_called_as_its_first_mail_and_rated_as_usual_unless_it_was_otherwise(subject, severity, called, level):
    case = opened([ASKED], JO, terms(), NOW, subject=subject, severity=severity)
    assert (case.subject, (case.severity, case.rank)) == (called, level)


def test_fifty_people_are_on_a_case_and_nobody_comes_onto_a_full_one():
    crowd = tuple(Person(f"p{number}@elsewhere.example") for number in range(60))
    case = opened([mail(1, "01 09:00", JO, BOX, cc=crowd)], JO, terms(), NOW)
    assert len(case.people) == 50
    more = said(case, [mail(2, "02 09:00", STRANGER, BOX)], OURS, NOW)
    assert [type(event) for event in more] == [CustomerWrote]
    beyond = case.after(*(ParticipantAdded(NOW, NOW, "x", address=f"q{n}@elsewhere.example") for n in range(2)))
    assert [type(event) for event in said(beyond, [mail(2, "02 09:00", STRANGER, BOX)], OURS, NOW)] == [CustomerWrote]


@pytest.mark.parametrize("status", ["open", "waiting", "resolved", "closed"])
@pytest.mark.parametrize("at", [None, "05 09:00", "30 09:00"])
def test_it_is_left_as_it_was(status, at):
    """Since its last word, or since then, which cannot be after it was taken."""
    case = ended(opened([ASKED, ANSWERED], JO, terms(), NOW), status, NOW, at=at and utc(at))
    assert case.status == status
    if status != "open":
        assert case.status_since == {None: ANSWERED.at, "05 09:00": utc("05 09:00"), "30 09:00": NOW}[at]
    if status == "waiting":
        assert case.events[-1].seconds == 0  # until they write
    if status in {"resolved", "closed"}:
        assert case.events[-1].because == BECAUSE
