"""Operators answer the desk's own mail: what they order by mail is done, and what others write in their name is not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import typer

from helpdesk.cli import app
from helpdesk.core.words.block import Mistake
from helpdesk.core.words.message import Envelope
from helpdesk.desk import load_rules
from helpdesk.operators.declaration import FORMS, form_of, read_declaration
from helpdesk.store import attempts, declarations
from helpdesk.store.spool import Accepted
from tests.desk import ANN, JO, KEY, LOGIK, OPS, STRANGER, TestDesk, alert, wall, write_office
from tests.policies.offices import customer, open_desk
from tests.soak import products

EVA, RAY, OLA = "eva@nord.example", "ray@gate.example", "ola@desk.example"
COMPLETE = "Organisation: Nord\nProject: shop\n\n"
GUARDED = '\n[smtp_in]\nauthserv_id = "mx.desk.example"\n'
PASS = "Authentication-Results: mx.desk.example; dmarc=pass header.from=desk.example\r\n"


def hears(desk, key="test"):
    """The desk has something to say, and every operator may answer it."""
    desk.laboratory.desk.alert(alert(key, headline="something", what="Something is.", todo="Nothing to do."))
    desk.laboratory.deliver()


@pytest.fixture
def desk(desk):
    hears(desk)
    return desk


@pytest.fixture
def laioutr(tmp_path):
    customers = customer("nord", "laioutr", contacts=[{"email": EVA, "registered": True}])
    desk = open_desk(
        tmp_path, policy="laioutr", channels=("email", "website"), customers=customers, start="2026-05-19 09:15"
    )
    hears(desk)
    return desk


def words(mail):
    return " ".join(mail.text.split())


def order(desk, body, **how):
    return desk.reply(OPS, body, to_kind="alert", **how)


def standing(desk):
    with desk.database.read() as connection:
        return declarations.declared_state(connection, desk.now)


def echo(desk):
    return words(desk.last(OPS, "echo"))


# --- what is ordered is done


def test_lai_5_the_website_is_down_by_mail_and_e_mail_is_warranted_until_it_is_up_again(laioutr):
    """LAI-5: as `helpdesk status set website down` does it."""
    assert order(laioutr, "#status set website down", quote=True).outcome == "ordered"
    laioutr.mail(EVA, "Editor", COMPLETE + "The editor shows an error.", to="email@laioutr.example")
    assert "Website is down: new mail by e-mail to laioutr is warranted until it is up again." in echo(laioutr)

    order(laioutr, "#status set website up")
    laioutr.mail(EVA, "Studio", COMPLETE + "The studio shows an error.", to="email@laioutr.example")
    assert [laioutr.first_response(number).warranted for number in (1, 2)] == [True, False]
    assert "is not warranted any more" in echo(laioutr)


def test_lai_6_an_incident_is_opened_and_closed_by_mail(laioutr):
    """LAI-6: the next mail about it is linked, and exempt by an agent's order; the one after its end is not linked."""
    order(laioutr, '#incident open checkout --title "Orders fail at the checkout" --words "checkout, orders"')
    laioutr.mail(EVA, "Orders", COMPLETE + "Our orders fail at the checkout.", to="website@laioutr.example")
    said = echo(laioutr)
    assert 'mail to laioutr with "checkout" and "orders" in it is linked to it' in said
    assert "until an agent says #incident checkout: then what laioutr promises does not apply" in said

    laioutr.reply(ANN, "#incident checkout", to_kind="assigned")
    order(laioutr, "#incident close checkout")
    laioutr.mail(EVA, "Orders", COMPLETE + "Our orders fail at the checkout.", to="website@laioutr.example")
    assert [laioutr.state(number) for number in (1, 2)] == ["exempt", "running"]


def test_tkt_9_lgk_11_lgt_9_maintenance_is_planned_and_announced_by_mail(tmp_path):
    """TKT-9, LGK-11, LGT-9: in lines that the mail program has wrapped."""
    customers = customer("gate", "logicgate", contacts=[{"email": RAY}])
    desk = open_desk(tmp_path, policy="logicgate", customers=customers, start="2026-05-19 09:15")
    hears(desk)
    order(
        desk,
        '#maintenance add logicgate "Database move" --from 2026-05-30T20:00-05:00\n'
        '--to "2026-05-30 23:00 America/Chicago" --sector Production',
    )
    assert "Maintenance 1 is planned: Database move (Production), Sat 30 May 2026, 20:00 CDT to Sat 30" in echo(desk)
    assert "Nobody knows yet: maintenance announce 1 tells 1 contact." in echo(desk)
    assert desk.sent_to(RAY) == []

    order(desk, "#maintenance announce 1")
    assert "Database move" in desk.last(RAY, "maintenance").subject
    assert f"Maintenance 1: 1 contact told: {RAY}." in echo(desk)
    order(desk, "#maintenance announce 1\n#maintenance list")
    assert len(desk.sent_to(RAY)) == 1
    assert "nobody is told now, the contacts were told before" in echo(desk)
    assert "- 1: logicgate, Database move (Production)" in echo(desk)
    assert "customers told" in echo(desk)


def test_what_is_declared_says_by_whom(desk):
    order(desk, "#status set shop down\n#incident open slow --title Slow\n\nRegards,\nOps")

    with desk.database.read() as connection:
        assert [row.by for row in declarations.switches(connection)] == [OPS]
        assert [row.opened_by for row in declarations.incidents(connection)] == [OPS]
    assert "Shop is down: no offering asks for it, so nothing else changes." in echo(desk)


def test_questions_change_nothing_and_are_answered(desk):
    order(desk, '#incident open slow --title "All is slow" --words slow\n#status set shop down')
    before = standing(desk)
    order(desk, "#incident list\n#status show\n#maintenance list\n#quarantine list\n#outbox list\n#help")

    said = echo(desk)
    assert f"1 known problem: - slow: All is slow, since Tue 19 May 2026, 14:15 UTC, by {OPS}; words: slow" in said
    assert f"- shop: down since Tue 19 May 2026, 14:15 UTC, by {OPS}" in said
    assert re.search(r"- \d{10}: logik, Routine maintenance", said)
    assert '- #incident open KEY --title "TITLE"' in said
    assert standing(desk) == before


def test_what_was_set_aside_is_worked_again_by_mail(desk):
    """What an alert tells of needs no terminal."""
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: x\r\nMessage-ID: <1@acme.example>\r\n\r\nHelp.\r\n".encode()
    desk.laboratory.desk.accept([Accepted(LOGIK, raw, Envelope(JO, (LOGIK,)), "smtp", desk.now)])
    with desk.database.write() as connection:
        (mail,) = attempts.claim(connection, desk.database.owner, now=desk.now, limit=1)
        assert attempts.quarantine(connection, mail, error="ValueError: no", now=desk.now)
    order(desk, "#quarantine list")
    assert f"1 mail set aside: - {mail.id}: to {LOGIK}, received Tue 19 May 2026, 14:15 UTC: ValueError: no" in echo(
        desk
    )
    order(desk, f"#quarantine retry {mail.id}")

    assert f"Mail {mail.id} waits to be worked again" in echo(desk)
    assert desk.case().requester.address == JO


def test_an_answer_to_the_answer_is_obeyed_too_and_stays_in_the_thread(desk):
    order(desk, "#status set shop down")
    first = desk.last(OPS, "echo")
    desk.reply(OPS, "#status set shop up", to_kind="echo")

    assert standing(desk).down == ()
    assert desk.last(OPS, "echo").message.references[-3:-1] == (
        *first.message.references[-1:],
        first.message.message_id,
    )


@pytest.mark.parametrize(
    "body",
    [
        "#Incident Open slow —title “All is slow” —words “slow, rules”",  # as phones write
        '#\u0130NC\u0130DENT open slow --title "All is slow" --words "slow, rules".',
        '\uff03incident open slow --title "All is slow" --words "slow, rules"',
        '#incident open slow --title "All is slow"\n   --words "slow, rules"\n\nSent from my phone',
        '\n\n#incident open slow --title="All is slow" --words="slow, rules"\n-- \nOps',
        '#incident\u00a0open slow\u00a0 --title "All is slow"\u00a0--words "slow,\u00a0rules"\u00a0\n\u00a0',
    ],
)
def test_what_phones_and_mail_programs_make_of_an_order_is_read_as_it_was_meant(desk, body):
    order(desk, body)

    (incident,) = standing(desk).incidents
    assert (incident.key, incident.title, incident.words) == ("slow", "All is slow", ("slow", "rules"))


# --- all or nothing


def test_a_mistake_changes_nothing_and_comes_back_with_the_right_form(desk):
    order(desk, "#status set shop down\n#incident opn slow --title Slow\n#maintenance announce soon")

    assert standing(desk).down == ()
    mail = desk.last(OPS, "echo")
    assert mail.subject == "[Acme Support] not done: #incident opn slow --title Slow"
    said = words(mail)
    assert '- #incident opn slow --title Slow - expected #incident open KEY --title "TITLE"' in said
    assert "- #maintenance announce soon - expected a number, not 'soon': #maintenance announce NUMBER" in said
    assert "Understood, but not done either: - #status set shop down" in said


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("#status set shop down\n#incident close slow", "no incident 'slow' is open"),
        ('#status set shop down\n#incident open x --title "X" --policy nosuch', "there is no policy 'nosuch'"),
        ("#status set shop down\n#maintenance announce 7", "there is no maintenance 7"),
        ("#status set shop down\n#quarantine drop 99", "mail 99 is not in quarantine"),
        ("#status set shop down\n#outbox retry 99", "there is no mail 99 in the outbox"),
    ],
)
def test_what_cannot_be_done_undoes_what_was_done_before_it(desk, body, why):
    """Both databases take it back as a whole."""
    order(desk, body)

    assert standing(desk).down == ()
    assert why in echo(desk)
    assert desk.last(OPS, "echo").subject.startswith("[Acme Support] not done: ")


def test_an_order_sees_what_the_one_above_it_did(desk):
    order(desk, "#incident open a --title A\n#incident close a\n#incident open a --title B")

    assert [incident.title for incident in standing(desk).incidents] == ["B"]


def test_words_without_an_order_are_answered_with_how_to_write_one(desk):
    assert order(desk, "Thanks, I am on it.").outcome == "ignored"
    assert "- Thanks, I am on it. - expected orders at the very top, such as #status show" in echo(desk)
    assert desk.case_numbers() == []


def test_l03_a_machine_behind_an_operators_address_is_not_answered_for_ever(desk):
    """L03: one that says of itself that it is a person; orders are obeyed as ever."""
    for number in range(30):
        desk.reply(OPS, f"#{number} was opened for your request.")
    assert len(desk.sent_to(OPS, "echo")) == 10
    assert order(desk, "#status set shop down").outcome == "ordered"
    assert len(desk.sent_to(OPS, "echo")) == 11

    desk.laboratory.now += timedelta(days=1)
    order(desk, "Thanks")
    assert len(desk.sent_to(OPS, "echo")) == 12


@pytest.mark.parametrize(
    "body",
    [
        "Hello,\n\n#status set shop down",
        "> #status set shop down",
        "On Tue, 19 May 2026 at 09:15, Acme Support wrote:\n#status set shop down",
        "-----Original Message-----\nFrom: Acme Support\nSent: Tuesday\n\n#status set shop down",
    ],
)
def test_a13_an_order_counts_only_at_the_very_top_above_any_quote(desk, body):
    """A13"""
    order(desk, body)

    assert standing(desk).down == ()


# --- who is obeyed (A01)


def made(desk, person=OPS, purpose="operator", case=0):
    return desk.rules.signer.reply_address(LOGIK, case=case, person=person, purpose=purpose)


def flipped(address):
    at = address.index("@") - 1
    return address[:at] + ("a" if address[at] != "a" else "b") + address[at + 1 :]


@pytest.fixture
def guarded(tmp_path, story_databases, request):
    """Two operators, behind a border that writes Authentication-Results."""
    path = write_office(tmp_path, more=GUARDED)
    text = path.read_text(encoding="utf-8").replace(f'["{OPS}"]', f'["{OPS}", "{OLA}"]')
    path.write_text(text, encoding="utf-8")
    desk = TestDesk(load_rules(path, environment={}, signing_key=KEY), story_databases.of("memory", request))
    hears(desk)
    return desk


TOKENS = {
    "good": made,
    "absent": lambda _desk: LOGIK,
    "another operator's": lambda desk: made(desk, OLA),
    "an agent's": lambda desk: made(desk, OPS, "agent"),
    "of a case": lambda desk: made(desk, case=1),
    "bit-flipped": lambda desk: flipped(made(desk)),
}


PROOFS = [PASS, "", PASS.replace("pass", "fail"), PASS.replace("mx.desk", "mx.elsewhere")]
OBEYED = [("good", OPS, PASS), ("another operator's", OLA, PASS)]


@pytest.mark.parametrize(
    ("token", "sender", "proof"),
    [*OBEYED, *products(list(TOKENS), [OPS, OLA], PROOFS), *products(list(TOKENS), [ANN, STRANGER], [PASS])],
)
def test_a01_only_the_operator_with_their_own_address_and_a_proof_is_obeyed(guarded, token, sender, proof):
    """A01: a genuine token in the wrong hands is told to the operator, and nobody else acts."""
    raw = guarded.written_reply(sender, "#status set shop down", holder=OPS, to=TOKENS[token](guarded))
    done = guarded.receive(proof.encode() + raw)

    obeyed = (token, sender) in {each[:2] for each in OBEYED} and proof == PASS
    assert standing(guarded).down == (("shop",) if obeyed else ())
    assert (done.outcome == "ordered") == obeyed
    holder = {"good": OPS, "another operator's": OLA}.get(token, "")  # the reply address of somebody
    warned = {to for to in (OPS, OLA) if "someone wrote in your name" in guarded.last(to, "alert").subject}
    assert warned == (({holder} | {sender} & {OPS, OLA}) if holder and not obeyed else set())


def test_someone_who_wrote_in_an_operators_name_is_told_of_once(guarded):
    for number in range(3):
        raw = guarded.written_reply(OPS, f"#status set shop{number} down", to=made(guarded))
        assert guarded.receive(raw).outcome == "ignored"

    told = [mail for mail in guarded.sent_to(OPS) if "in your name" in mail.subject]
    assert len(told) == 1
    assert "the operator's token is right, but the mail's authentication result is not" in words(told[0])
    assert "Wrote: #status set shop0 down" in words(told[0])
    assert "echo" not in guarded.kinds_to(OPS)


def test_a08_who_answers_an_alert_that_was_passed_on_orders_nothing_and_is_not_lost(desk):
    """A08: the mail is a case like any other, and the operator hears whose hands their address is in."""
    done = desk.reply(JO, "#status set shop down\n\nOur shop is down.", holder=OPS, to_kind="alert")

    assert done.outcome == "opened"
    assert standing(desk).down == ()
    assert f"was not obeyed: {JO} is no operator" in words(desk.last(OPS, "alert"))


def test_a08_an_address_in_many_hands_is_told_of_once_a_day(desk):
    for number in range(5):
        desk.reply(f"m{number}@elsewhere.example", "#status set shop down", holder=OPS, to_kind="alert")
    desk.laboratory.now += timedelta(days=1)
    desk.reply("m@elsewhere.example", "#status set shop down", holder=OPS, to_kind="alert")

    told = [mail for mail in desk.sent_to(OPS, "alert") if "in your name" in mail.subject]
    assert len(told) == 2
    assert standing(desk).down == ()


def test_a06_what_was_obeyed_once_is_not_obeyed_again(desk):
    """A06: the same bytes, the same Message-ID, or a mail that was kept for later."""
    raw = desk.written_reply(OPS, "#status set shop down", to_kind="alert")
    late = desk.written_reply(OPS, "#status set shop down", to_kind="alert")
    assert desk.receive(raw).outcome == "ordered"
    order(desk, "#status set shop up")
    assert desk.receive(raw).outcome == "duplicate"
    assert desk.receive(raw.replace(b"shop down", b"shop down ")).outcome == "duplicate"
    assert desk.receive(raw.replace(b"shop down", b"shop up")).outcome == "ignored"
    assert "it is a repetition" in words(desk.last(OPS, "alert"))
    desk.laboratory.now = wall("2026-05-27 09:16")
    assert desk.receive(late).outcome == "ignored"
    assert "its Date is more than 7 days before its arrival" in words(desk.last(OPS, "alert"))

    assert standing(desk).down == ()


def test_a_mail_of_an_operator_without_the_address_is_a_case_like_any_other(desk):
    assert desk.mail(OPS, "#status set shop down", "#status set shop down").outcome == "opened"
    assert standing(desk).down == ()


def test_an_operators_out_of_office_orders_nothing_opens_nothing_and_is_not_answered(tmp_path):
    """Also where the alert came from a mailbox whose robots open cases."""
    desk = open_desk(tmp_path, policy="logicgate", channels=("monitoring", "email"), start="2026-05-19 09:15")
    hears(desk)
    before = len(desk.sent)
    done = order(desk, "#status set shop down", headers={"Auto-Submitted": "auto-replied"})

    assert done.outcome == "robot"
    assert desk.case_numbers() == []
    assert len(desk.sent) == before
    assert standing(desk).down == ()


def test_an_operator_who_has_left_is_not_obeyed_any_more(desk, tmp_path):
    """The address is as good as the configuration says, from the next mail on."""
    raw = desk.written_reply(OPS, "#status set shop down", to_kind="alert")
    path = write_office(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(OPS, OLA), encoding="utf-8")
    desk.laboratory.desk.exchange(load_rules(path, environment={}, signing_key=KEY))

    assert desk.receive(raw).outcome == "opened"
    assert standing(desk).down == ()


# --- one grammar


def declaring():
    """The commands that declare, by their two words: (values, options)."""
    for group in ("incident", "status", "maintenance"):
        for word, command in typer.main.get_command(app).commands[group].commands.items():
            options = {name for each in command.params for name in each.opts if each.param_type_name == "option"}
            values = sum(each.param_type_name == "argument" for each in command.params)
            yield f"{group} {word}", (values, options - {"--config", "-c", "--json", "--help", "--version"})


@pytest.mark.parametrize(("name", "command"), [*declaring()])
def test_the_command_line_and_a_mail_take_the_same_words(name, command):
    form = FORMS[name]

    assert (form.values, {f"--{option}" for option in (*form.needs, *form.may)}) == command


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#", "expected one of #incident open, "),
        ("#frobnicate", "expected one of #incident open, "),
        ("#help me", "expected no value, not 1; expected: #help"),
        ("#status set shop", "expected 2 values, not 1; expected: #status set NAME up|down"),
        ("#status set shop off", "expected up or down, not 'off': #status set NAME up|down"),
        ("#incident open a --title A B", "expected 1 value, not 2 (quote what has blanks); expected: #incident"),
        ("#incident open a", "--title missing; expected: #incident open KEY"),
        ("#incident open a --title", "--title has no value; expected: #incident open KEY"),
        ('#incident open a --title "A', 'a quote " is not closed; expected: #incident open KEY'),
        ("#incident open a --title A --sector S", "--sector is no option here; expected: #incident open KEY"),
        ("#maintenance add logik X --from 2026-05-01 --to 2026-05-02", "expected a time such as 2026-05-22T16:40-05"),
        ("#maintenance add logik X --from 2026-05-02T00:00Z --to 2026-05-01T00:00Z", "expected --to after --from: #m"),
        ("#quarantine drop -1", "expected a number, not '-1': #quarantine drop NUMBER"),
    ],
)
def test_a_line_that_is_written_wrong_is_answered_with_the_right_form(line, expected):
    mistake = read_declaration(line)

    assert isinstance(mistake, Mistake)
    assert mistake.expected.startswith(expected)


@pytest.mark.parametrize("name", FORMS)
def test_every_order_is_near_enough_to_be_found_when_it_is_mistyped(name):
    mistake = read_declaration(f"#{name[:-1]}")

    assert isinstance(mistake, Mistake)
    assert form_of(name).split()[0] in mistake.expected


def test_every_mail_of_the_desk_to_an_operator_can_be_answered(tmp_path):
    """Alerts, digests, and the hand-over to an operator who comes on call; a hand-over to an agent gives no such power."""
    rotation = f"""
[[rotation]]
name = "on-call"
timezone = "Europe/Berlin"
handover = "tue 08:00"
start = 2026-05-12
primary = ["{OPS}"]
secondary = ["{ANN}"]
"""
    digest = 'digest = "08:00 Europe/Berlin"'
    desk = open_desk(tmp_path, policy="logicgate", start="2026-05-18 02:00", desk=digest, more=rotation)
    hears(desk)
    desk.laboratory.advance(wall("2026-05-19 09:00", "Europe/Berlin"), inclusive=True)

    mails = desk.sent_to(OPS)
    assert [mail.kind for mail in mails] == ["alert", "digest", "digest"]
    assert {mail.reply_to for mail in mails} == {
        desk.rules.signer.reply_address("email@logicgate.example", case=0, person=OPS, purpose="operator")
    }
    assert all('"#help"' in mail.text for mail in mails)
    assert desk.last(ANN, "digest").message.reply_to == ()
    assert "#help" not in desk.last(ANN, "digest").text
