"""The door of the case engine: which mail is whose to decide, and what is added to each decision."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.core.receive import receive
from helpdesk.core.words.agent_text import AgentText
from helpdesk.core.words.behalf import Behalf
from helpdesk.core.words.events import CustomerThanked, CustomerWrote, MonitorReported, RobotWrote
from helpdesk.core.words.message import Robot
from helpdesk.core.words.people import Team
from helpdesk.core.words.placement import Placement
from helpdesk.core.words.thanks import Thanks
from helpdesk.core.words.watched import Watched
from helpdesk.openhours.walltime import Period
from tests.core.mill import ANN, BOB, JO, LENA, STRANGER, TEAM, arrival, opened, terms, utc

NOW = utc("22 12:00")
AWAY = replace(ANN, absences=(Period(utc("22 09:00"), utc("29 09:00")),))
WITHOUT_ANN = replace(terms(), team=Team(TEAM.name, (AWAY, BOB), LENA))


def mail(sender, text, role, **others):
    placed = {"verified": True, "agent": AWAY if role == "agent" else None, "asked": others.pop("asked", False)}
    written = AgentText(head=text) if role == "agent" else AgentText()
    return arrival(sender, text, "22 12:00", placement=Placement(1, role, "test", **placed), written=written, **others)


@pytest.mark.parametrize(
    ("came", "holder"),
    [
        (mail(JO, "Any news?", "customer"), BOB),  # whom it falls to while Ann is away
        (mail(STRANGER, "Any news?", "outsider"), BOB),
        (mail(STRANGER, "The part is on its way.", "outsider", asked=True), ANN),  # a note, of which others hear
        (mail(ANN.person, "#note\nHm.", "agent"), ANN),  # who has just written is there
    ],
)
def test_somebody_who_is_there_has_a_case_on_which_somebody_wrote(came, holder):
    assert receive(opened(), came, WITHOUT_ANN, NOW).case.assignee == holder.address


@pytest.mark.parametrize(("behalf", "holder"), [(True, ANN), (False, BOB)])
def test_who_opens_a_case_for_somebody_has_it_though_they_should_be_away(behalf, holder):
    for_jo = Behalf("forwarded", AWAY, JO, proven=True) if behalf else None
    came = replace(mail(JO, "It stands still.", "customer"), behalf=for_jo)
    decision = receive(None, came, WITHOUT_ANN, NOW)
    assert (decision.outcome, decision.case.assignee) == ("opened", holder.address)


@pytest.mark.parametrize(
    ("case", "came", "told"),
    [
        (opened(), mail(ANN.person, "#severity stopped", "agent"), ["Slow"]),
        (opened(), mail(ANN.person, "#note\nHm.", "agent"), []),
        (None, mail(JO, "It stands still.", "customer"), []),  # of a case that is new nothing has changed
    ],
)
def test_a_customer_hears_of_progress_where_the_policy_wants_it(case, came, told):
    decision = receive(case, came, terms("[lifecycle]\nprogress_mails = true\n"), NOW)
    progress = [draft for draft in decision.drafts if draft.kind == "progress"]
    assert [draft.content.severity_was for draft in progress] == told
    assert [draft.to for draft in progress] == [JO] * len(told)


@pytest.mark.parametrize(("thanks", "kind"), [(Thanks(), CustomerThanked), (None, RobotWrote)])
def test_a_sign_of_thanks_under_a_mail_of_ours_is_thanks(thanks, kind):
    came = mail(JO, "", "customer", thanks=thanks)
    came = replace(came, message=replace(came.message, robot=Robot("reaction", "a sign", sign="+1")))
    assert [type(event) for event in receive(opened(), came, terms(), NOW).events] == [kind]


@pytest.mark.parametrize(("watched", "kind"), [(Watched("problem", ("web1",)), MonitorReported), (None, CustomerWrote)])
def test_what_a_monitor_says_of_its_case_is_no_word_of_a_customers(watched, kind):
    came = mail(JO, "web1 slow", "customer")
    came = replace(came, placement=replace(came.placement, watched=watched))
    assert type(receive(opened(), came, terms(), NOW).events[0]) is kind
