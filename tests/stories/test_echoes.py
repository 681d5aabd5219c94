"""What an agent reads of an order that was obeyed: that it was done, how it is now, and what it leaves as it was."""

from __future__ import annotations

import pytest

from tests.desk import ANN, JO

# The orders before, the order, and what its echo says.
SAID = [
    ((), "#assign bob", "assigned to Bob Cole"),
    (("#assign bob",), "#assign bob", "was with Bob Cole already"),
    ((), "#tag vip, slow", "tagged vip, slow"),
    (("#tag vip",), "#tag vip", "was already tagged vip"),
    (("#tag vip",), "#tag off vip", "no longer tagged vip"),
    ((), "#tag off vip", "was not tagged vip"),
    ((), "#severity urgent", "severity Urgent, was Medium"),
    ((), "#kind question", "kind question, was defect; severity stays Medium"),
    (("#kind defect",), "#kind defect", "kind defect, as it was"),
    ((), "#wait", "waiting for the customer"),
    ((), "#wait vendor", "waiting for a third party; no clock stops"),
    ((), "#wait 3d", "waiting for the customer until 2026-05-22 09:15 CDT"),
    (("#close",), "#wait 3d", "waiting for the customer until 2026-05-22 09:15 CDT"),
    (
        (),
        "#snooze 3d",
        "you are reminded 2026-05-22 09:15 CDT; no clock stops; due before that: first response 2026-05-19 17:15 CDT",
    ),
    ((), "#resolve", "resolved, and the customer is told"),
    (("#resolve",), "#resolve", "was resolved already; nobody is told again"),
    ((), "#close", "closed, and the customer is told"),
    (("#close",), "#close", "was closed already; nobody is told again"),
    (("#close",), "#reopen", "open again"),
    ((), "#reopen", "was open already"),
    ((), "#cc add kim@acme.example", "kim@acme.example gets the answers from now on, and nothing of before"),
    (("#cc add kim@acme.example",), "#cc add kim@acme.example", "kim@acme.example was on the case already"),
    (("#cc add kim@acme.example",), "#cc remove kim@acme.example", "kim@acme.example gets no more answers"),
    (
        (),
        "#requester kim@acme.example",
        "kim@acme.example is the requester now, and no more jo@acme.example, who gets no more mail",
    ),
    (("#requester kim@acme.example",), "#requester kim@acme.example", "kim@acme.example is the requester already"),
    ((), "#link HD-2", "linked to HD-2: Second thing"),
    (("#link HD-2",), "#link HD-2", "was linked to HD-2 already"),
    ((), "#merge HD-2", "HD-1 goes into HD-2: Second thing"),
    ((), "#escalate off", "nothing was to be dismissed"),
    ((), "#exclude off", "nothing was excluded, and nothing is proposed"),
    (
        (),
        "#ask expert@vendor.example\nWhich driver is it?",
        "asked expert@vendor.example: what they answer comes as a note; no promise is met, no clock stops",
    ),
    ((), "#note\nA word.", "noted, in the team only"),
    ((), "#help", "the list of commands"),
    ((), "#ack", "acknowledged: nobody else is called"),
    ((), "#started", "started: on the record"),
]


@pytest.mark.parametrize(("before", "order", "said"), SAID)
def test_an_order_says_what_it_did(desk, before, order, said):
    desk.mail(JO)
    desk.mail(JO, "Second thing", "Another thing does not work.")
    for one in before:
        desk.reply(ANN, one, to_kind="assigned")
    desk.reply(ANN, order, to_kind="assigned")

    echo = " ".join(desk.last(ANN, "echo").text.split())
    assert echo.startswith(f"Your reply stays in the team. {said} "), echo


def test_a_wait_on_a_case_that_is_over_opens_it_again(desk):
    desk.mail(JO)
    desk.reply(ANN, "#close", to_kind="assigned")
    desk.reply(ANN, "#wait 3d", to_kind="assigned")

    assert desk.case().status == "waiting"
    assert [event.because for event in desk.events("reopened")] == ["by Ann Berg"]
