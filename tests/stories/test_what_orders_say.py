"""What an agent reads of an order that was done, and of one that was so already; and what stands on the record then."""

from __future__ import annotations

import pytest

from helpdesk.desk import load_rules
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, STRANGER, UTE, VIC, TestDesk, write_office

MEDIUM = "Priority: Medium\n\nFor one product only.\nSince this morning."


@pytest.fixture
def desk(desk):
    """Jo's case is Ann's."""
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", MEDIUM)
    return desk


def said(desk, who=ANN):
    return " ".join(desk.last(who, "echo").text.split())


@pytest.mark.parametrize(
    "dialogue",
    [
        [
            ("#kind question", "kind question, was defect; severity stays Medium"),
            ("#kind question", "kind question, as it was"),
        ],
        [
            ("#area matrix loader", "area matrix-loader, was rule"),
            ("#area matrix-loader", "area matrix-loader, as it was"),
        ],
        [
            ("#tag vip", "tagged vip"),
            ("#tag vip refund", "tagged refund was already tagged vip"),
            ("#tag off vip late", "no longer tagged vip was not tagged late"),
        ],
        [
            (f"#cc add {KIM}", f"{KIM} gets the answers from now on, and nothing of before"),
            (f"#cc add {KIM}", f"{KIM} was on the case already"),
            (f"#cc remove {KIM}", f"{KIM} gets no more answers"),
            (f"#cc remove {KIM}", f"{KIM} was off the case already"),
        ],
        [
            ("#reopen", "was open already"),
            ("#resolve", "resolved, and the customer is told"),
            ("#resolve", "was resolved already; nobody is told again"),
            ("#wait 3d", "waiting for the customer until 2026-05-22 09:15"),
            ("#reopen", "open again"),
        ],
        [("#spam", "a case that may be spam: this one is of a customer, acme")],
        [("#link HD-1", "another case than this one"), ("#merge HD-1", "another case than this one")],
        [(f"#requester {JO}", f"{JO} is the requester already")],
        [
            ("#snooze fri", "you are reminded 2026-05-22 09:00 CDT; no clock stops; due before that: first response"),
            ("#snooze 1h", "you are reminded 2026-05-19 10:15 CDT; no clock stops"),
        ],
    ],
)
def test_an_agent_reads_what_was_done_and_what_was_so_already(desk, dialogue):
    for order, expected in dialogue:
        desk.reply(ANN, order, to_kind="assigned")
        assert expected in said(desk)


def test_what_was_so_already_stands_on_the_record_once(desk):
    orders = f"#tag vip\n#area matrix loader\n#kind question\n#cc add {KIM}"
    for _ in range(2):
        desk.reply(ANN, orders, to_kind="assigned")
    desk.reply(ANN, f"#tag off vip late\n#cc remove {KIM}", to_kind="assigned")

    types = ("tagged", "area_set", "kind_set", "participant_added", "participant_removed")
    assert [len(desk.events(one)) for one in types] == [2, 1, 1, 1, 1]
    case = desk.case()
    assert (case.labels, case.area, case.kind, case.participants) == ((), "matrix-loader", "question", ())


def test_a_case_that_is_over_and_waits_by_an_order_is_open_before(desk):
    desk.reply(ANN, "#resolve\nDone.", to_kind="assigned")
    desk.reply(ANN, "#wait vendor 3d their fix", to_kind="assigned")

    assert desk.case().status == "waiting"
    assert [fact["because"] for fact in desk.facts("reopened")] == ["by Ann Berg"]
    assert "waiting for a third party until 2026-05-22 09:15 CDT: their fix" in said(desk)


def test_what_is_nobodys_and_unanswered_may_be_spam(desk):
    desk.mail(STRANGER, "Offer", "Buy our lists of addresses.")
    agent = desk.case(2).assignee
    desk.reply(agent, "#spam", to_kind="assigned")
    assert "closed as spam, and nobody outside is told" in said(desk, agent)
    assert (desk.case(2).status, "spam" in desk.case(2).tags) == ("closed", True)
    desk.reply(agent, "#spam", to_kind="assigned")
    assert "was closed already" in said(desk, agent)

    desk.mail("other@elsewhere.example", "Another", "What does it cost?")
    agent = desk.case(3).assignee
    desk.reply(agent, "It costs nothing.", to_kind="assigned")
    desk.reply(agent, "#spam", to_kind="assigned")
    assert "a case that may be spam: this one was answered" in said(desk, agent)


# --- two cases


@pytest.fixture
def two(desk):
    """Ute's case is Bob's; Kim is on both."""
    desk.mail(f"Ute Orth <{UTE}>", "Rules are dead", MEDIUM)
    assert (desk.case(1).assignee, desk.case(2).assignee) == (ANN, BOB)
    for agent in (ANN, BOB):
        desk.reply(agent, f"#cc add {KIM}\n#wait 3d\nWhich rules are it?", to_kind="assigned")
    return desk


def test_two_that_wait_are_one_that_is_open_once_they_are_merged(two):
    two.reply(BOB, "#merge HD-1", to_kind="assigned")

    assert (two.case(1).status, two.case(2).merged_into, two.case(2).assignee) == ("open", "HD-1", ANN)
    assert [fact["because"] for fact in two.facts("reopened", number=1)] == ["HD-2 was merged into it"]
    assert [fact["because"] for fact in two.facts("reopened", number=2)] == ["it was merged into HD-1"]
    assert [fact["shared"] for fact in two.facts("merged_into", number=2)] == [[KIM]]
    assert two.facts("assigned", number=2)[-1]["because"] == "merged into HD-1"
    assert "HD-2 went into" in two.last(ANN, "assigned").subject
    assert [mail.kind for mail in two.sent_to(BOB)][-1] == "echo"
    told = said(two, BOB)
    assert "HD-2 goes into HD-1: The rules do not fire" in told
    assert "Whoever writes to HD-2 writes to HD-1 from now on." in told
    assert "#assign on it" not in told
    two.reply(BOB, "#merge HD-1", to_kind="assigned")
    assert "HD-1 and HD-1 are one case already" in said(two, BOB)


def test_who_merges_their_own_two_cases_is_told_once_and_keeps_both(two):
    two.reply(BOB, "#assign ann", to_kind="assigned")
    before = len(two.sent_to(ANN))
    two.reply(ANN, "#merge HD-2", to_kind="assigned")

    assert [mail.kind for mail in two.sent_to(ANN)[before:]] == ["echo"]
    assert len(two.facts("assigned", number=1)) + len(two.facts("assigned", number=2)) == 3


def test_what_goes_into_the_case_of_somebody_away_says_so(desk_database, tmp_path):
    path = write_office(tmp_path)
    away = f'email = "{BOB}"\nabsences = [{{from = 2026-05-20, to = 2026-05-29}}]\n'
    path.write_text(path.read_text(encoding="utf-8").replace(f'email = "{BOB}"\n', away, 1), encoding="utf-8")
    desk = TestDesk(load_rules(path, environment={}, signing_key=KEY), desk_database)
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", MEDIUM)
    first = desk.last(ANN, "assigned")
    desk.mail(f"Ute Orth <{UTE}>", "Rules are dead", MEDIUM)
    desk.at("2026-05-20 09:30")
    if desk.case(2).assignee != BOB:
        desk.reply(ANN, "#assign! bob", to_kind="assigned")
    desk.receive(desk.reply_to(first, ANN, "#merge HD-2"))

    assert "HD-2 is with Bob Cole, who is away until 2026-05-29: #assign on it" in said(desk)


def test_cases_are_linked_once_and_from_both_sides(two):
    two.reply(ANN, "#link HD-2", to_kind="assigned")
    assert "linked to HD-2: Rules are dead" in said(two)
    two.reply(BOB, "#link HD-1", to_kind="assigned")
    assert "was linked to HD-1 already" in said(two, BOB)

    assert (two.case(1).links, two.case(2).links) == (("HD-2",), ("HD-1",))
    assert [len(two.events("linked", number=number)) for number in (1, 2)] == [1, 1]


@pytest.mark.parametrize(
    ("prepare", "hint"),
    [("offering", "a case of the same offering as this one, "), ("closed", "a case that is open; HD-2 is closed")],
)
def test_what_cannot_be_merged_says_why(desk, prepare, hint):
    if prepare == "offering":
        desk.mail(VIC, "The editor", "It does not open.", to="support@threekit.example")
    else:
        desk.mail(UTE, "Rules are dead", MEDIUM)
        desk.reply(desk.case(2).assignee, "#close", to_kind="assigned")
    desk.reply(ANN, "#merge HD-2", to_kind="assigned")

    assert hint in said(desk)
    assert desk.case(1).merged_into == ""


def test_a_case_that_is_given_to_somebody_is_told_them_and_nobody_else(desk):
    before = len(desk.sent)
    desk.reply(ANN, "#assign bob", to_kind="assigned")
    assert "assigned to Bob Cole" in said(desk)
    assert [(mail.kind, mail.to) for mail in desk.sent[before:]] in (
        [("assigned", BOB), ("echo", ANN)],
        [("echo", ANN), ("assigned", BOB)],
    )
    assert "Ann Berg" in desk.last(BOB, "assigned").message.senders[0].name
    desk.reply(BOB, "#assign bob", to_kind="assigned")
    assert "was with Bob Cole already" in said(desk, BOB)
    assert not desk.sent_to(LENA)
