"""What an agent reads of a case: what else is open, orders to click, and times on their own wall."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.desk import ANN, JO, KIM, STRANGER
from tests.golden.letters import html_of


def test_other_open_cases_of_the_customer_are_told_and_no_others(desk):
    desk.mail(f"Kim Roe <{KIM}>", "A second thing", "Please look at the prices.")
    desk.mail(STRANGER, "Mine", "It is broken.")
    desk.mail(f"Jo Park <{JO}>", "A third thing", "The cart is slow.")
    told = desk.sent[-1].text if desk.sent[-1].kind == "assigned" else desk.last(desk.case(3).assignee, "assigned").text

    assert f"- HD-1 A second thing ({KIM})" in told
    assert "Mine" not in told


def test_of_somebody_whom_nobody_knows_their_own_cases_are_told(desk):
    desk.mail(STRANGER, "First", "It is broken.")
    desk.mail("another@unknown.example", "Of another", "It is broken.")
    desk.mail(STRANGER, "Second", "It is broken.")
    told = desk.last(desk.case(3).assignee, "assigned").text

    assert "- HD-1 First" in told
    assert "Of another" not in told


@pytest.mark.parametrize(("order", "done"), [("#ack", "acknowledged"), ("#wait", "waiting"), ("#note", "")])
def test_a_click_on_an_order_writes_a_mail_that_does_just_that(desk, order, done):
    """What a mail program adds below it stays in the team."""
    desk.mail(f"Jo Park <{JO}>", "Rules", "The rules do not fire.")
    agent = desk.case().assignee
    links = re.findall(r'href="(mailto:[^"]+)"', html_of(desk.last(agent, "assigned")))
    found = {parse_qs(urlsplit(link).query)["body"][0].strip(): link for link in map(unescaped, links)}
    to = unquote(urlsplit(found[order]).path)
    desk.mail(agent, "Re: [HD-1]", f"{order}\n\nRegards, Ann", to=to)

    assert not [mail for mail in desk.sent_to(JO) if mail.kind == "relay"]
    assert done in desk.last(agent, "echo").text


def unescaped(link):
    return link.replace("&amp;", "&")


def test_what_was_said_stands_in_a_warning(desk):
    desk.mail(f"Jo Park <{JO}>", "Rules", "Case Priority: Urgent\n\nThe rules do not fire.")
    desk.at("2026-05-19 10:51")

    assert "> The rules do not fire." in desk.last(ANN, "warning").text
