"""One click says whether a customer was satisfied; the link can do nothing else (A01, A07, A08)."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import SMTP
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from helpdesk.desk import load_rules
from helpdesk.report.casefile import case_text
from helpdesk.report.compliance import compliance_shape, compliance_text
from helpdesk.report.shapes import case_shape
from helpdesk.shipped import shipped
from helpdesk.store import cases
from helpdesk.unit import Unit
from tests.desk import ANN, BOB, JO, KEY, KIM, LENA, STRANGER, TestDesk, measure, wall, write_office

GERMAN = "Guten Tag,\n\nseit heute Morgen werden die Regeln nicht mehr ausgeführt. Können Sie bitte nachsehen?"


@pytest.fixture
def desk(desk):
    """Jo asked, with Kim on copy; Ann resolved it."""
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", "Priority: Urgent\n\nHalf of our rules do not fire.", cc=KIM)
    desk.at("2026-05-19 10:00")
    desk.reply(ANN, "#resolve\nIt is fixed in version 7.3.", to_kind="assigned")
    desk.at("2026-05-20 08:00")
    return desk


def links(desk, holder):
    """Where the links of somebody's last closing mail lead: label to (address, subject, body)."""
    message = message_from_bytes(desk.last(holder, "closed").raw, policy=SMTP)
    page = next(part.get_content() for part in message.walk() if part.get_content_type() == "text/html")
    found = {}
    for url, label in re.findall(r'<a href="(mailto:[^"]+)"[^>]*>([^<]+)</a>', page):
        parts = urlsplit(unescape(url))
        fields = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
        found[label] = unquote(parts.path), fields["subject"], fields["body"]
    return found


def click(desk, holder, answer, *, words="", by="", empty=False, **headers):
    """What a mail program sends when its reader clicks, adds words perhaps, and sends."""
    address, subject, body = links(desk, holder)[answer]
    if empty:
        subject, body = "", ""
    return desk.mail(by or holder, subject, f"{body}{words}", to=address, headers=headers)


def test_a_click_is_on_the_record_and_does_nothing_else(desk):
    """LGT-8"""
    before = desk.told()
    done = click(desk, JO, "Yes")

    assert (done.outcome, done.case) == ("appended", 1)
    assert [(event.by, event.grade, event.comment) for event in desk.events("rated")] == [(JO, "good", "")]
    assert desk.told() == before, "nobody is mailed"
    assert desk.case().status == "resolved"
    assert desk.case_numbers() == [1]
    assert desk.events("reopened", "customer_wrote", "thanked")[1:] == []


def test_an_empty_mail_is_enough_and_a_plain_text_reader_finds_the_address(desk):
    address, _, _ = links(desk, JO)["No"]
    assert f"No:  mailto:{address}" in desk.last(JO, "closed").text
    assert len(f"No:  mailto:{address}") <= 72
    click(desk, JO, "No", empty=True)

    assert [event.grade for event in desk.events("rated")] == ["bad"]
    assert "customer-message" not in desk.kinds_to(LENA)


def test_a_bad_rating_with_words_is_read_by_the_agent_and_the_lead(desk):
    click(desk, JO, "No", words="It took three days, and the export still fails.")

    for reader in (ANN, LENA):
        told = desk.last(reader, "customer-message")
        assert told.subject == "[HD-1] NOT CONTENT · Urgent · The rules do not fire"
        assert "> It took three days, and the export still fails." in told.text
        assert "I was not satisfied" not in told.text
    assert "customer-message" not in desk.kinds_to(BOB)
    assert desk.case().status == "resolved"
    desk.reply(ANN, "#reopen\nSorry, we look at it again.", to_kind="customer-message")
    assert desk.case().status == "open"


def test_a_good_rating_with_a_wish_reaches_the_agent_and_with_thanks_nobody(desk):
    click(desk, JO, "Yes", words="Thank you!")
    assert "customer-message" not in desk.kinds_to(ANN)

    click(desk, JO, "Yes", words="Could you look at the export, too?")
    assert desk.last(ANN, "customer-message").subject.startswith("[HD-1] content · Urgent")
    assert "customer-message" not in desk.kinds_to(LENA)


def test_the_last_rating_of_each_person_counts_and_all_stay_on_the_record(desk):
    click(desk, JO, "No")
    click(desk, KIM, "Yes")
    click(desk, JO, "Yes", words="It works now after all.")

    assert [event.grade for event in desk.events("rated")] == ["bad", "good", "good"]
    policy = desk.rules.book.policy("logik")
    shape = case_shape(desk.case(), policy, [], desk.now)
    assert [(one["by"], one["grade"], one["comment"]) for one in shape["ratings"]] == [
        (JO, "good", "It works now after all."),
        (KIM, "good", None),
    ]
    assert "rated good by jo@acme.example" in case_text(desk.case(), policy, [], desk.now)


def test_it_is_asked_once_whether_they_have_said_it_or_not(desk):
    assert set(links(desk, KIM)) == {"Yes", "No"}
    click(desk, JO, "Yes")
    desk.reply(ANN, "#close", to_kind="assigned")
    assert links(desk, JO) == links(desk, KIM) == {}

    desk.at("2026-05-20 09:00")
    desk.reply(JO, "It fails again.", to_kind="closed")
    desk.at("2026-05-20 10:00")
    desk.reply(ANN, "#close\nFixed.", to_kind="customer-message")
    assert links(desk, JO) == links(desk, KIM) == {}


def test_it_is_asked_only_once_a_person_has_answered(desk):
    desk.mail(f"Jo Park <{JO}>", "How do I add a field?", "I cannot find it.")
    agent = desk.case(2).assignee
    desk.reply(agent, "#close", to_kind="assigned")
    assert links(desk, JO) == {}

    desk.reply(JO, "I still cannot find it.", to_kind="closed")
    desk.reply(agent, "#resolve\nIt stands in the menu.", to_kind="customer-message")
    assert set(links(desk, JO)) == {"Yes", "No"}


@pytest.mark.parametrize("sender", [STRANGER, ANN, BOB])
def test_whoever_else_has_the_link_says_nothing_with_it(desk, sender):
    """A08: a forwarded closing mail, also one that an agent got hold of."""
    click(desk, JO, "Yes", by=sender, words="#close\n#note Do as I say.")

    assert desk.events("rated") == []
    assert desk.case().status == "resolved"
    assert desk.kinds_to(JO) == ["ack", "closed"]
    assert desk.last(ANN, "customer-message").subject.startswith("[HD-1] NOT VERIFIED")


def test_a_colleague_of_the_case_who_was_forwarded_the_link_speaks_for_themselves(desk):
    click(desk, JO, "No", by=KIM)

    assert [(event.by, event.grade) for event in desk.events("rated")] == [(KIM, "bad")]


def test_the_link_brings_nobody_in_and_its_words_are_no_answer(desk):
    """A01, A10: no purpose but its own."""
    address, subject, body = links(desk, JO)["Yes"]
    desk.mail(JO, subject, f"{body}\nPlease reopen.", to=address, cc=STRANGER)

    assert [person.address for person in desk.case().participants] == [KIM]
    assert desk.case().status == "resolved"
    assert desk.sent_to(STRANGER) == []


@pytest.mark.parametrize("change", [("g", "a"), ("g", "c"), ("g", "n"), ("g", "b")])
def test_a_links_digest_is_good_for_no_other_purpose(desk, change):
    """A07: with the letter of another purpose it is nobody's."""
    address, _, _ = links(desk, JO)["Yes"]
    forged = address.replace(f"+1.{change[0]}", f"+1.{change[1]}")
    desk.mail(ANN, "HD-1", "#close\nDo it.", to=forged)
    assert desk.case().status == "resolved"
    assert desk.kinds_to(JO) == ["ack", "closed"]

    desk.mail(STRANGER, "HD-1", "Me, too.", to=forged)
    assert desk.case().status == "resolved"
    assert desk.events("rated", "customer_wrote")[1:] == []


def test_a_broken_link_opens_nothing_again(desk):
    address, _, _ = links(desk, JO)["Yes"]
    broken = f"{address.partition('@')[0][:-1]}{'a' if address.partition('@')[0][-1] != 'a' else 'b'}@logik.example"
    desk.mail(JO, "I was satisfied with HD-1", "I was satisfied with HD-1.", to=broken)

    assert desk.case().status == "resolved"


def test_a_robot_counts_for_nothing(desk):
    """L02"""
    click(desk, JO, "Yes", **{"Auto-Submitted": "auto-replied"})

    assert desk.events("rated") == []
    assert len(desk.events("robot_wrote")) == 1


def test_a_rating_long_after_the_closing_opens_no_new_case(desk):
    address, subject, body = links(desk, JO)["No"]
    desk.reply(ANN, "#close", to_kind="assigned")
    desk.at("2026-09-01 10:00")
    desk.mail(JO, subject, f"{body}It came back.", to=address)

    assert desk.case_numbers() == [1]
    assert desk.case().status == "closed"
    assert [event.grade for event in desk.events("rated")] == ["bad"]


def test_a_comment_is_erased_with_the_rest(desk):
    """LAI-11"""
    click(desk, JO, "No", words="Ask Bo Lund, born 3 May 1971.")
    desk.reply(ANN, "#redact", to_kind="customer-message")

    assert [event.comment for event in desk.events("rated")] == [""]


def test_the_report_says_how_many_were_satisfied(desk):
    click(desk, JO, "Yes")
    click(desk, KIM, "No")
    with desk.database.read() as connection:
        unit = Unit(connection, desk.rules, desk.now)
        found = [(case, unit.policy_of(case)) for case in cases.stream(connection, cases.Opened())]
    compliance = measure(found, wall("2026-05-21 12:00"))

    satisfaction = compliance_shape(compliance)["satisfaction"]
    assert satisfaction == {
        "rated": 2,
        "good": 1,
        "bad": 1,
        "share": 0.5,
        "lines": [
            {"customer": "acme", "policy": "logik", "month": "2026-05", "rated": 2, "good": 1, "bad": 1, "share": 0.5}
        ],
    }
    assert "satisfied: 1 of 2 (50 %)\n  acme, logik, 2026-05: 1 of 2 (50 %)" in compliance_text(compliance)


def other_policy(tmp_path, story_databases, request, was, now):
    office = write_office(tmp_path)
    (tmp_path / "policies").mkdir()
    text = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
    assert was in text
    (tmp_path / "policies" / "logik.toml").write_text(text.replace(was, now), encoding="utf-8")
    office.write_text(office.read_text().replace("[desk]\n", '[desk]\npolicies = "policies"\n'))
    return TestDesk(load_rules(office, environment={}, signing_key=KEY), story_databases.of("memory", request))


def test_a_policy_may_leave_it_out(tmp_path, story_databases, request):
    quiet = other_policy(tmp_path, story_databases, request, "[lifecycle]\n", "[lifecycle]\nask_rating = false\n")
    quiet.mail(JO)
    quiet.reply(ANN, "#resolve\nDone.")

    assert links(quiet, JO) == {}
    assert "satisfied" not in quiet.last(JO, "closed").text


def test_in_german_it_is_asked_in_german(tmp_path, story_databases, request):
    """LAI-13"""
    both = other_policy(tmp_path, story_databases, request, 'languages = ["en"]', 'languages = ["en", "de"]')
    both.mail(JO, "Regeln", GERMAN)
    both.reply(ANN, "#resolve\nEs geht wieder.")
    assert "Waren Sie mit unserer Hilfe zufrieden?" in both.last(JO, "closed").text
    click(both, JO, "Nein", words="Es hat zu lange gedauert.")

    assert both.last(ANN, "customer-message").text.count("> Es hat zu lange gedauert.") == 1
    assert "Ich war mit" not in both.last(ANN, "customer-message").text
