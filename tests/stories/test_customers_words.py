"""What a customer wrote is seen by an agent: shown, or counted and linked (law 16)."""

from __future__ import annotations

import pytest

from tests.desk import ANN, JO


def shown(desk, kind="customer-message"):
    return desk.last(ANN, kind).text


@pytest.mark.parametrize("mark", ["> ", "", ">> "])
def test_a_first_mail_that_is_indented_is_read_like_any_other(desk, mark):
    body = "Priority: Critical\nProduction is down since nine, nobody can order."
    desk.mail(JO, "How to export", "".join(f"{mark}{line}\n" for line in body.splitlines()) + "\nKind regards\nJo")

    assert desk.case().severity == "critical"
    assert "nobody can order" in shown(desk, "assigned")


def test_what_others_wrote_in_a_first_mail_asks_for_a_look_and_lowers_nothing(desk):
    quote = "On Tue, 19 May 2026 at 09:12, Kim Lee <kim@acme.example> wrote:\n> {}\n"
    own = "Priority: Low\n\nHow do I add a second printer in the settings page?\n\n"
    desk.mail(
        JO, "Printer", own + quote.format("Production is down for everybody, all shops are dead and lose orders.")
    )
    desk.mail(
        JO,
        "Outage",
        "Priority: Critical\n\nProduction is down, nobody can order.\n\n" + quote.format("Not urgent at all."),
    )

    assert (desk.case(1).severity, desk.case(1).review) == ("low", True)
    assert "all shops are dead" in shown(desk, "assigned") or desk.sent_to("bob@desk.example", "assigned")
    assert desk.case(2).severity == "critical"


def test_what_looks_like_a_signature_and_is_none_is_shown_and_rated(desk):
    desk.mail(JO, "How to export", "How do I export a rule?")
    desk.reply(ANN, "Under Rules.", to_kind="assigned")
    desk.reply(JO, "Thanks, found it.\n--\nBut since 10:00 nobody can order in any shop.", to_kind="relay", quote=True)

    assert "> But since 10:00 nobody can order in any shop." in shown(desk)
    assert desk.events("suspected")


def test_what_is_said_in_the_subject_alone_is_shown(desk):
    desk.mail(JO, "How to export", "How do I export a rule?")
    desk.reply(ANN, "Which version?", to_kind="assigned")
    desk.reply(JO, "", to_kind="relay", subject="Re: How to export [HD-1] - it is 7.2")

    assert 'wrote, under the subject "How to export - it is 7.2":\n\n(no text)' in shown(desk)


def test_what_is_quoted_is_counted(desk):
    desk.mail(JO, "How to export", "How do I export a rule?")
    desk.reply(ANN, "\n".join(f"Step {n}: press it." for n in range(30)), to_kind="assigned")
    desk.reply(JO, "It works.\n\nKind regards\nJo Park", to_kind="relay", quote=True)

    text = " ".join(shown(desk).split())
    assert "39 lines of quoted text left out" in text
    assert "http://127.0.0.1:8080/cases/HD-1" in text or 'helpdesk case show HD-1" has them' in text
    assert "Step 3" not in text


def test_a_reply_of_which_nothing_is_left_out_says_nothing_of_it(desk):
    desk.mail(JO, "How to export", "How do I export a rule?")
    desk.reply(JO, "I found it.\nPlease close it.", to_kind="ack")

    assert "left out" not in shown(desk)


def test_an_answer_of_a_word_below_each_question_is_shown_each_time(desk):
    """That they have said "yes" before makes it no quote."""
    desk.mail(JO, "How to export", "How do I export a rule?")
    for question in ("Is the rule saved by its author?", "Is the second printer on the same network?"):
        desk.reply(ANN, f"{question}\n{len(question)} people ask.", to_kind="assigned")
        quoted = f"> Hello,\n>\n> {question}\n> yes\n> {len(question)} people ask.\n"
        desk.reply(JO, f"Hello again.\n\nOn Tue, 19 May 2026 at 09:12, Support wrote:\n{quoted}", to_kind="relay")

        assert "> > yes\n" in shown(desk)
