"""One case goes into another: one conversation, every promise kept, and nobody shown to anybody."""

from __future__ import annotations

import io
import json
import sys
import threading
import zipfile
from contextlib import nullcontext

import pytest
import sqlalchemy as sa

from helpdesk.core.clocks.overview import overview
from helpdesk.core.words.case import case_from
from helpdesk.core.words.message import Envelope
from helpdesk.report.export import export
from helpdesk.store import cases, queue
from helpdesk.store.learning import label_of
from helpdesk.store.queue import Wanted
from helpdesk.store.spool import Accepted
from helpdesk.store.tables import spool
from tests.desk import ANN, BOB, JO, KIM, STRANGER, UTE, VIC, TestDesk, measure

MEDIUM = "Priority: Medium\n\nFor one product only.\nSince this morning."
JOS, UTES = b"JO-CANARY", b"UTE-CANARY"


@pytest.fixture
def desk(desk):
    """Jo's case (Acme, from Chicago, until 17:15) is Ann's, Ute's of the same kind (Orion, from Berlin) is Bob's."""
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", f"{MEDIUM} JO-CANARY")
    desk.mail(
        f"Ute Orth <{UTE}>", "Rules are dead", f"{MEDIUM} UTE-CANARY", headers={"Message-ID": "<u1@UTE-CANARY.example>"}
    )
    assert (desk.case(1).assignee, desk.case(2).assignee) == (ANN, BOB)
    return desk


def merged(desk):
    """Ute's case goes into Jo's."""
    desk.reply(BOB, "#merge HD-1", to_kind="assigned")
    return desk


def said(desk, who):
    return " ".join(desk.last(who, "echo").text.split())


def whole(mail):
    return mail.raw + mail.text.encode() + mail.subject.encode()


def test_a_merged_case_is_listed_until_its_customer_has_an_answer(desk):
    merged(desk)
    policy = desk.rules.book.policy("logik")

    def listed():
        return sorted(line.ref for line in overview([(desk.case(one), policy) for one in (1, 2)], desk.now).lines)

    assert listed() == ["HD-1", "HD-2"]
    desk.reply(ANN, "We are on it.")
    assert listed() == ["HD-1"]


# --- the order


def test_the_case_that_is_answered_goes_into_the_one_that_is_named(desk):
    merged(desk)

    assert (desk.case(2).merged_into, desk.case(1).merged) == ("HD-1", (2,))
    assert desk.facts("merged", number=1) == [{"from": "HD-2", "cases": ["HD-2"]}]
    assert desk.case(2).assignee == ANN, "whoever has the one has the other"
    assert "HD-2 goes into HD-1: The rules do not fire" in said(desk, BOB)
    told = desk.last(ANN, "assigned")
    assert "HD-2 went into" in told.subject
    assert "> For one product only." in told.text
    assert desk.kinds_to(JO) == desk.kinds_to(UTE) == ["ack"]


def test_both_ledgers_tell_the_whole_case_by_themselves(desk):
    merged(desk)
    desk.reply(ANN, "We are on it.", to_kind="assigned")

    for number in (1, 2):
        assert case_from(number, desk.case(number).events) == desk.case(number)


@pytest.mark.parametrize(
    ("prepare", "order", "hint"),
    [
        ("", "#merge HD-2", "another case than this one"),
        ("", "#merge HD-77", "the number of a case of your team"),
        ("", "#merge", "the number of a case of your team"),
        ("", "#merge HD-1\n#close", "#merge or #close, not both in one mail"),
        ("", "#merge HD-1\n#assign ann", "not both in one mail"),
        ("#close", "#merge HD-1", "#merge on a case that is open; HD-2 is closed"),
    ],
)
def test_a_mistake_merges_nothing(desk, prepare, order, hint):
    if prepare:
        desk.reply(BOB, prepare, to_kind="assigned")
    desk.reply(BOB, f"{order}\nHello Ute.", to_kind="assigned")

    assert hint in said(desk, BOB)
    assert desk.case(2).merged_into == ""
    assert "relay" not in desk.kinds_to(UTE)


def test_nothing_goes_into_a_case_that_is_closed(desk):
    desk.reply(ANN, "#close\nDone.", to_kind="assigned")
    merged(desk)

    assert "a case that is open; HD-1 is closed" in said(desk, BOB)
    assert desk.case(2).merged_into == ""


def test_cases_of_different_offerings_stay_apart(desk):
    desk.mail(VIC, "The editor", "It does not open.", to="support@threekit.example")
    agent = desk.case(3).assignee
    desk.reply(agent, "#merge HD-1", to_kind="assigned")

    assert "a case of the same offering as this one" in said(desk, agent)


def test_merging_twice_is_merging_once_and_there_is_no_circle(desk):
    merged(desk)
    desk.reply(BOB, "#merge HD-1", to_kind="assigned")
    assert "HD-1 and HD-1 are one case already" in said(desk, BOB)
    desk.reply(ANN, "#merge HD-2", to_kind="assigned")
    assert "HD-2 and HD-1 are one case already" in said(desk, ANN)

    assert desk.case(1).merged_into == ""
    assert len(desk.events("merged", number=1)) == len(desk.events("merged_into", number=2)) == 1


def test_into_a_case_that_was_merged_itself_means_into_the_one_that_goes_on(desk):
    merged(desk)
    desk.mail(KIM, "Rules again", MEDIUM)
    third = desk.case(3).assignee
    desk.reply(third, "#merge HD-2", to_kind="assigned")

    assert desk.case(3).merged_into == "HD-1"
    assert desk.case(1).merged == (2, 3)


def test_what_was_merged_into_a_case_goes_along_with_it(desk):
    desk.mail(KIM, "Rules again", MEDIUM)
    desk.reply(desk.case(3).assignee, "#merge HD-2", to_kind="assigned")
    desk.reply(BOB, "#merge HD-1", to_kind="assigned")
    desk.reply(ANN, "We are on it.", to_kind="assigned")

    assert desk.case(1).merged == (2, 3)
    for person, ref in ((JO, "HD-1"), (UTE, "HD-2"), (KIM, "HD-3")):
        assert ref in desk.last(person, "relay").subject
    assert {desk.state(number) for number in (1, 2, 3)} == {"met"}


# --- what customers see


def test_an_answer_goes_to_the_people_of_both_each_alone_and_under_their_own_number(desk):
    """P01, P03: in no byte of a mail is anything of the other customer."""
    merged(desk)
    desk.reply(ANN, "We are on it.", to_kind="assigned")

    to_jo, to_ute = desk.last(JO, "relay"), desk.last(UTE, "relay")
    assert to_jo.subject == "Re: The rules do not fire [HD-1]"
    assert to_ute.subject == "Re: Rules are dead [HD-2]"
    assert to_ute.message.in_reply_to == ("<u1@UTE-CANARY.example>",)
    for ours in (UTE.encode(), UTES, b"HD-2", b"orion"):
        assert ours not in whole(to_jo)
    for theirs in (JO.encode(), JOS, b"HD-1", b"acme"):
        assert theirs not in whole(to_ute)


def test_who_is_on_both_gets_one_answer(desk):
    desk.mail(JO, "Rules, once more", MEDIUM)
    third = desk.case(3).assignee
    desk.reply(third, "#merge HD-1", to_kind="assigned")
    desk.reply(ANN, "We are on it.", to_kind="assigned")

    assert desk.kinds_to(JO).count("relay") == 1
    assert (desk.state(1), desk.state(3)) == ("met", "met")


def test_whoever_writes_to_the_merged_case_writes_to_the_one_that_goes_on(desk):
    """Peers: a reply to a merged case must not open it again."""
    merged(desk)
    desk.reply(ANN, "We are on it.", to_kind="assigned")
    became = desk.reply(UTE, "How long will it take? UTE-CANARY")

    assert (became.outcome, became.case) == ("appended", 1)
    mail = desk.last(ANN, "customer-message")
    assert mail.subject.startswith("[HD-1]")
    assert "wrote on HD-2, which went into this case:" in " ".join(mail.text.split())
    with desk.database.read() as connection:
        assert "How long" in cases.messages(connection, 1)[-1].reply
    desk.reply(ANN, "Until tonight.", to_kind="customer-message")
    to_jo = desk.last(JO, "relay")
    for ours in (UTE.encode(), UTES, b"HD-2"):
        assert ours not in whole(to_jo)


@pytest.mark.parametrize("how", ["token", "thread", "number"])
def test_every_way_to_the_merged_case_leads_there(desk, how):
    merged(desk)
    ack = desk.last(UTE, "ack")
    if how == "token":
        became = desk.reply(UTE, "Any news?")
    elif how == "thread":
        became = desk.mail(UTE, "Rules", "Any news?", headers={"In-Reply-To": ack.message.message_id})
    else:
        became = desk.mail(UTE, "Rules [HD-2]", "Any news?")

    assert (became.outcome, became.case) == ("appended", 1)


def test_a_reply_after_the_end_opens_the_one_that_goes_on(desk):
    merged(desk)
    desk.reply(ANN, "#close\nIt is fixed.", to_kind="assigned")
    assert (desk.case(1).status, desk.case(2).status) == ("closed", "closed")
    for person, ref in ((JO, "HD-1"), (UTE, "HD-2")):
        assert f"We have closed case {ref}." in " ".join(desk.last(person, "closed").text.split())
    desk.reply(UTE, "It is not fixed at all.", to_kind="closed")

    assert desk.case(1).status == "open"
    assert desk.last(ANN, "customer-message").subject.startswith("[HD-1] OPEN AGAIN")


def test_a_stranger_with_the_merged_number_is_a_stranger(desk):
    merged(desk)
    became = desk.mail(STRANGER, "Re: Rules [HD-2]", "Let me in.")

    assert became.case == 3
    assert "customer_wrote" not in [event.type for event in desk.case(1).events[-1:]]


def test_a_note_reaches_nobody_of_either(desk):
    """P01"""
    merged(desk)
    desk.reply(ANN, "#note\nHopeless. SECRET-CANARY", to_kind="assigned")
    desk.reply(ANN, "#close\n#note\nHopeless. SECRET-CANARY", to_kind="assigned")

    for mail in [*desk.sent_to(JO), *desk.sent_to(UTE)]:
        assert b"SECRET-CANARY" not in whole(mail)


# --- promises


def test_every_promise_of_the_merged_case_is_kept_by_the_answer_to_both(desk):
    desk.reply(BOB, "#severity urgent", to_kind="assigned")  # two hours from 09:15 in Berlin's evening
    before = desk.first_response(2).due_at
    merged(desk)

    assert desk.state(2) == "running"
    assert desk.first_response(2).due_at == before
    desk.reply(ANN, "We are on it.", to_kind="assigned")
    assert (desk.state(1), desk.state(2)) == ("met", "met")
    assert desk.events("agent_answered", number=2)[0].on == "HD-1"


def test_what_was_late_stays_late_and_counts_once(desk):
    desk.at("2026-05-20 17:15")
    breaches = [len(desk.events("breached", number=number)) for number in (1, 2)]
    assert breaches == [1, 1]
    merged(desk)
    desk.reply(ANN, "We are on it.", to_kind="assigned")

    assert [len(desk.events("breached", number=number)) for number in (1, 2)] == [1, 1]
    assert (desk.state(1), desk.state(2)) == ("breached", "breached")
    policy = desk.rules.book.policy("logik")
    counted = measure([(desk.case(number), policy) for number in (1, 2)], desk.now).totals["first_response"]
    assert (counted.breached, counted.clocks) == (2, 2)


def test_a_promise_of_the_merged_case_that_runs_out_is_told_to_who_answers(desk):
    merged(desk)
    desk.at("2026-05-20 12:00")

    warned = [
        mail for mail in desk.sent_to(ANN) if mail.subject.startswith("[HD-2]") and mail.kind in {"warning", "breach"}
    ]
    assert warned
    assert "into HD-1" in " ".join(warned[-1].text.split())
    became = desk.reply(ANN, "Sorry, we are on it.", to_kind=warned[-1].kind)
    assert became.case == 1
    assert ["Sorry, we are" in desk.sent_to(who, "relay")[-1].text for who in (JO, UTE)] == [True, True]


def test_the_merged_customers_question_runs_their_own_clock_and_not_the_other_ones(desk):
    """CEL-9 and its like: a round of follow-up is promised to whoever asked."""
    merged(desk)
    desk.reply(ANN, "We are on it.", to_kind="assigned")
    desk.reply(UTE, "How long will it take?")

    assert [event.by for event in desk.events("customer_wrote", number=2)] == [UTE, UTE]
    assert [event.by for event in desk.events("customer_wrote", number=1)] == [JO]
    assert desk.events("merged_wrote", number=1)[0].case == "HD-2"


def test_waiting_waits_for_both_and_whoever_writes_ends_it(desk):
    merged(desk)
    desk.reply(ANN, "#wait 3d\nWhich version do you run?", to_kind="assigned")
    assert (desk.case(1).status, desk.case(2).status) == ("waiting", "waiting")
    desk.reply(UTE, "Version 7.")

    assert (desk.case(1).status, desk.case(2).status) == ("open", "open")


def test_a_wait_that_is_over_is_told_once(desk):
    merged(desk)
    desk.reply(ANN, "#wait 1d\nWhich version do you run?", to_kind="assigned")
    desk.at("2026-05-20 09:15")

    assert desk.kinds_to(ANN).count("reminder") == 1
    assert (desk.case(1).status, desk.case(2).status) == ("open", "open")


def test_a_snooze_of_the_merged_case_is_over(desk):
    desk.reply(BOB, "#snooze 1d", to_kind="assigned")
    merged(desk)
    desk.at("2026-05-20 10:00")

    assert "reminder" not in desk.kinds_to(BOB)


def test_the_agents_mails_say_what_is_due_for_either(desk):
    merged(desk)
    desk.reply(JO, "Any news?")

    text = " ".join(desk.last(ANN, "customer-message").text.split())
    assert "First response: HD-2, due" in text
    assert "Merged: HD-2 went into this case" in text


def test_closing_the_one_confirms_nothing_about_the_other(desk):
    merged(desk)
    desk.reply(ANN, "#close\nDone.", to_kind="assigned")

    assert label_of(desk.case(2)) is None


def test_who_had_the_merged_case_may_still_answer_it(desk):
    merged(desk)
    became = desk.reply(BOB, "I have seen this before.", to_kind="assigned")

    assert became.case == 1
    assert "I have seen this before." in desk.last(UTE, "relay").text
    assert "I have seen this before." in desk.last(JO, "relay").text


def test_a06_an_answer_that_is_sent_again_after_the_merge_is_not_obeyed(desk):
    """A06"""
    merged(desk)
    raw = desk.written_reply(BOB, "#severity low\nOnce only.", to_kind="assigned")
    desk.receive(raw)
    desk.receive(raw.replace(b"Once only.", b"Once again."))

    assert desk.kinds_to(JO).count("relay") == 1
    assert len(desk.events("severity_set", number=1)) == 1


def test_what_is_erased_on_the_one_is_erased_on_the_other(desk):
    """LAI-11"""
    merged(desk)
    desk.reply(ANN, "#redact", to_kind="assigned")

    with desk.database.read() as connection:
        texts = [message.text for number in (1, 2) for message in cases.messages(connection, number)]
    assert not any("CANARY" in text for text in texts)
    assert desk.kinds_to(UTE)[-1] == desk.kinds_to(JO)[-1] == "resend-anonymised"


def test_the_queue_of_open_cases_has_the_merged_one_only_while_a_promise_runs(desk):
    merged(desk)
    with desk.database.read() as connection:
        assert sorted(queue.numbers(connection, Wanted(only_open=True))) == [1, 2]
    desk.reply(ANN, "We are on it.", to_kind="assigned")
    with desk.database.read() as connection:
        assert [*queue.numbers(connection, Wanted(only_open=True))] == [1]
        assert cases.workloads(connection, [ANN])[ANN].open_cases == 1


def at_once(desks, raws, database, *, held):
    """Two workers, a mail each, that both come upon a case that somebody holds, and go on when it is let go."""
    box = "support@logik.example"
    for raw in raws:
        desks[0].laboratory.desk.accept([Accepted(box, raw, Envelope("", (box,)), "import", desks[0].now)])
    workers = [threading.Thread(target=desk.laboratory.desk.work) for desk in desks]
    with database.write() if not database.embedded else nullcontext() as connection:
        if connection is not None:
            cases.hold(connection, held)
        for worker in workers:
            worker.start()
        if connection is not None:
            for worker in workers:
                worker.join(timeout=1)
    for worker in workers:
        worker.join()
    while desks[0].laboratory.desk.work():
        pass
    desks[0].laboratory.deliver()


@pytest.fixture
def two_workers(database, rules, monkeypatch):
    """Each takes one mail at a time; Jo's case is Ann's, Ute's is Bob's."""
    monkeypatch.setattr(sys.modules["helpdesk.desk.worker"], "BATCH", 1)
    desks = [TestDesk(rules, database) for _ in range(2)]
    desks[0].mail(JO, "The rules", MEDIUM)
    desks[0].mail(UTE, "Rules are dead", MEDIUM)
    return desks


def test_two_agents_who_merge_into_each_others_case_at_once_make_no_circle(database, two_workers):
    """Several workers on one PostgreSQL: whoever comes second finds the case merged."""
    desk = two_workers[0]
    orders = [
        desk.written_reply(desk.case(1).assignee, "#merge HD-2", to_kind="assigned"),
        desk.written_reply(desk.case(2).assignee, "#merge HD-1", to_kind="assigned"),
    ]
    at_once(two_workers, orders, database, held=[1])

    into = [desk.case(number).merged_into for number in (1, 2)]
    assert sorted(map(bool, into)) == [False, True]
    assert [row.outcome for row in outcomes(database)] == ["opened", "opened", "appended", "appended"]


def test_an_answer_and_a_merge_at_once_are_one_after_the_other(database, two_workers):
    """Whichever is first: nobody is answered twice, every ledger is whole, nothing is set aside."""
    desk = two_workers[0]
    mails = [
        desk.written_reply(desk.case(2).assignee, "#merge HD-1", to_kind="assigned"),
        desk.written_reply(desk.case(1).assignee, "We are on it.", to_kind="assigned"),
        desk.written_reply(UTE, "Any news?", to_kind="ack"),
    ]
    at_once(two_workers, mails, database, held=[1, 2])

    assert desk.case(2).merged_into == "HD-1"
    assert desk.kinds_to(JO).count("relay") == 1
    assert desk.kinds_to(UTE).count("relay") <= 1
    assert {row.outcome for row in outcomes(database)} == {"opened", "appended"}
    for number in (1, 2):
        assert case_from(number, desk.case(number).events) == desk.case(number)


def outcomes(database):
    with database.read() as connection:
        return connection.execute(sa.select(spool.c.outcome).order_by(spool.c.id)).all()


def test_who_looks_at_the_one_has_looked_at_the_other(desk):
    """A suspicion on the merged case is not raised again."""
    desk.mail(KIM, "Orders", "Priority: Medium\n\nNobody can order anything, the whole shop is down for everybody.")
    third = desk.case(3).assignee
    assert desk.events("suspected", number=3)
    desk.reply(third, "#merge HD-1", to_kind="assigned")
    desk.reply(ANN, "#note\nI know.", to_kind="assigned")
    raised = [mail for mail in desk.sent if mail.subject.startswith("[HD-3] MAY BE")]
    desk.at("2026-05-19 14:00")

    assert [mail for mail in desk.sent if mail.subject.startswith("[HD-3] MAY BE")] == raised


def test_whoever_hands_out_a_case_is_told_whose_mails_are_in_it(desk):
    """`helpdesk export`: the one holds what the people of both wrote since."""
    merged(desk)
    told = []
    for number in (1, 2):
        file = io.BytesIO()
        with desk.database.read() as connection:
            case = cases.load(connection, number)
            export(connection, case, desk.rules.book.policy("logik"), desk.now, file)
        told.append(json.loads(zipfile.ZipFile(file).read("manifest.json"))["merged"])

    assert told == [
        "HD-2 went into HD-1: what their people wrote since is in here, too",
        "HD-2 went into HD-1: what its people wrote since is there",
    ]
