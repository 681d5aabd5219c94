"""What becomes of a mail, whatever the smarthost does: the outcome table (threats O01, O02, O03, O05).

Every row is a real dialogue over a real socket. Deadlines are injected; only the rows about them are hurried.
"""

import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from helpdesk import failpoints
from helpdesk.errors import Unavailable
from helpdesk.wires.courier import Failed, Outgoing, Retry, Sent, Smarthost
from helpdesk.wires.smtp_out import Deadlines, SmtpCourier
from tests.wire.smarthost import DROP, HANG, OK, RESET, Accepting, Drip, ScriptedSmarthost, closed_port

CONTENT = (
    b"From: support@desk.example\r\nTo: bob@client.example\r\nSubject: Payroll-Incident\r\n"
    b"Message-ID: <1@desk.example>\r\n\r\nThe password is swordfish-42.\r\n"
)
MAIL = Outgoing("support@desk.example", "bob@client.example", CONTENT, "<1@desk.example>")
SOON = timedelta(milliseconds=500)  # a busy smarthost takes less, one that hangs takes for ever


@pytest.fixture
def courier_to():
    """Couriers that are closed in the end; `hurried` names the stretches of dialogue with a short deadline."""
    couriers = []

    def make(smarthost, *, hurried=(), **more):
        deadlines = replace(Deadlines(), **dict.fromkeys(hurried, SOON))
        where = Smarthost("127.0.0.1", smarthost.port, greet_as="desk.example")
        couriers.append(SmtpCourier(where, deadlines=deadlines, **more))
        return couriers[-1]

    yield make
    for courier in couriers:
        courier.close()


def at(sender="support@desk.example", recipient="bob@client.example"):
    return replace(MAIL, mail_from=sender, recipient=recipient)


# The table: what the smarthost does, what becomes of the mail, how many it has taken.

RETRY, FAILED = "retry", "failed"
LATER, NEVER = "451 4.3.0 later", "550 5.1.1 never"
BEFORE_THE_DOT = [
    # no connection, no mail: nothing here is about the mail, so nothing here is permanent
    ("drops before the greeting", {"GREETING": DROP}, "greeting: the server closed the connection"),
    # The reset may overtake the end of our own connect().
    ("resets before the greeting", {"GREETING": RESET}, ("greeting: Connection reset by peer", "connect: ")),
    ("4xx greeting", {"GREETING": "421 4.3.2 shutting down"}, "greeting: 421 4.3.2 shutting down"),
    ("5xx greeting", {"GREETING": "554 5.3.2 no mail here"}, "greeting: 554 5.3.2 no mail here"),
    ("greeting is not SMTP", {"GREETING": "SSH-2.0-OpenSSH_9"}, "greeting: the reply is not SMTP"),
    (
        "greeting is binary",
        {"GREETING": b"\x15\x03\x01\x00\x02\x02\x46\n"},
        "greeting: the reply is not SMTP",
    ),
    ("4xx EHLO", {"EHLO": LATER}, "EHLO: 451 4.3.0 later"),
    ("5xx EHLO", {"EHLO": "502 5.5.1 no such thing"}, "EHLO: 502 5.5.1 no such thing"),
    ("drops at EHLO", {"EHLO": DROP}, "EHLO: the server closed the connection"),
    ("empty reply to EHLO", {"EHLO": b"\r\n"}, "EHLO: the server closed the connection"),
    # 4xx at each verb
    ("4xx MAIL", {"MAIL": LATER}, "MAIL: 451 4.3.0 later"),
    ("4xx RCPT", {"RCPT": "450 4.2.1 greylisted"}, "RCPT: 450 4.2.1 greylisted"),
    ("4xx DATA", {"DATA": LATER}, "DATA: 451 4.3.0 later"),
    ("421 at RCPT", {"RCPT": "421 4.7.0 too many"}, "RCPT: 421 4.7.0 too many"),
    # 5xx that speaks of the dialogue or the login and so proves nothing against the mail
    ("5xx MAIL", {"MAIL": "550 5.1.8 bad sender"}, "MAIL: 550 5.1.8 bad sender"),  # it names no recipient: about us
    ("530 MAIL", {"MAIL": "530 5.7.0 Authentication required"}, "MAIL: 530 5.7.0 Authentication required"),
    ("503 RCPT", {"RCPT": "503 5.5.1 order"}, "RCPT: 503 5.5.1 order"),
    ("500 DATA", {"DATA": "500 Error: (RuntimeError) x"}, "DATA: 500 Error: (RuntimeError) x"),
    # lost in between
    ("drops at MAIL", {"MAIL": DROP}, "MAIL: the server closed the connection"),
    ("drops at RCPT", {"RCPT": DROP}, "RCPT: the server closed the connection"),
    ("drops at DATA", {"DATA": DROP}, "DATA: the server closed the connection"),
    ("half a reply to RCPT", {"RCPT": (b"250 2.1.5 o", DROP)}, "RCPT: the server closed the connection"),
    # garbled
    ("garbage at MAIL", {"MAIL": b"\xff\xfe\x00?\r\n"}, "MAIL: the reply is not SMTP"),
    ("garbage at RCPT", {"RCPT": "hello"}, "RCPT: the reply is not SMTP"),
    ("1xx at RCPT", {"RCPT": "150 odd"}, "RCPT: the reply is not SMTP"),
    ("250 instead of 354", {"DATA": "250 ok"}, "DATA: 250 ok"),
    ("a line of 20 kB", {"RCPT": b"250 " + b"x" * 20_000 + b"\r\n"}, "RCPT: SMTPResponseException"),
    ("a reply of 100 kB", {"RCPT": b"250-x\r\n" * 15_000}, "RCPT: the reply does not end"),
    # while the content is on its way
    ("drops in the content", {"CONTENT": DROP}, "content: "),
    ("resets in the content", {"CONTENT": RESET}, "content: "),
    ("4xx before the dot", {"CONTENT": "452 4.3.1 disk full"}, "content: 452 4.3.1 disk full"),
    ("250 before the dot", {"CONTENT": "250 2.0.0 fine"}, "content: 250 2.0.0 fine"),
    ("250 sent along with the 354", {"DATA": "354 go\r\n250 2.0.0 taken"}, "content: 250 2.0.0 taken"),
]
REFUSED_BEFORE_THE_DOT = [
    ("552 MAIL", {"MAIL": "552 5.3.4 too big"}, "MAIL: 552 5.3.4 too big"),
    ("5xx RCPT", {"RCPT": NEVER}, "RCPT: 550 5.1.1 never"),
    ("556 RCPT", {"RCPT": "556 5.1.10 null MX"}, "RCPT: 556 5.1.10 null MX"),
    ("5xx DATA", {"DATA": "554 5.7.1 policy"}, "DATA: 554 5.7.1 policy"),
    ("5xx before the dot", {"CONTENT": "552 5.3.4 too big"}, "content: 552 5.3.4 too big"),
    ("5xx in several lines", {"RCPT": "550-5.1.1 not\r\n550 5.1.1 known"}, "RCPT: 550 5.1.1 not 5.1.1 known"),
]
LATE = [
    ("silent greeting", {"GREETING": HANG}, "opening", "greeting: timed out"),
    ("dripping greeting", {"GREETING": Drip("220-wait\r\n")}, "opening", "greeting: timed out"),
    ("dripping EHLO", {"EHLO": Drip("2")}, "opening", "EHLO: timed out"),
    ("silent MAIL", {"MAIL": HANG}, "envelope", "MAIL: timed out"),
    ("silent RCPT", {"RCPT": HANG}, "envelope", "RCPT: timed out"),
    ("dripping RCPT", {"RCPT": Drip("250-wait\r\n")}, "envelope", "RCPT: timed out"),
    ("silent DATA", {"DATA": HANG}, "envelope", "DATA: timed out"),
]
AFTER_THE_DOT = [
    ("4xx", "452 4.3.1 disk full", Retry("final dot: 452 4.3.1 disk full"), 0),
    ("421", "421 4.3.2 closing", Retry("final dot: 421 4.3.2 closing"), 0),
    ("5xx", "554 5.7.1 spam", Failed("final dot: 554 5.7.1 spam"), 0),
    ("500", "500 line too long", Failed("final dot: 500 line too long"), 0),
    ("several lines", "250-2.0.0 Ok\r\n250 queued as 7", Sent("250 2.0.0 Ok queued as 7"), 1),
    ("drops", DROP, Retry("final dot: the server closed the connection", uncertain=True), 0),
    (
        "takes it and drops",
        Accepting(DROP),
        Retry("final dot: the server closed the connection", uncertain=True),
        1,
    ),
    (
        "takes it and resets",
        Accepting(RESET),
        Retry("final dot: Connection reset by peer", uncertain=True),
        1,
    ),
    ("half a reply", (b"250", DROP), Retry("final dot: the server closed the connection", uncertain=True), 0),
    ("garbage", Accepting("thanks!"), Retry("final dot: the reply is not SMTP", uncertain=True), 1),
    ("354 again", Accepting("354 go on"), Retry("final dot: 354 go on", uncertain=True), 1),
    ("silence", Accepting(HANG), Retry("final dot: timed out", uncertain=True), 1),
    ("dripping", Accepting(Drip("250-wait\r\n")), Retry("final dot: timed out", uncertain=True), 1),
]


def _ids(rows):
    return [row[0].replace(" ", "-") for row in rows]


@pytest.mark.parametrize(("_what", "script", "reason"), BEFORE_THE_DOT, ids=_ids(BEFORE_THE_DOT))
def test_whatever_goes_wrong_before_the_dot_is_worth_another_try_and_leaves_no_copy(courier_to, _what, script, reason):
    """O02: up to the dot we know that the far side does not have the mail."""
    with ScriptedSmarthost(script) as smarthost:
        outcome = courier_to(smarthost).deliver(MAIL, before_dot=_until_interrupted(smarthost, script))
    assert isinstance(outcome, Retry)
    assert outcome.reason.startswith(reason)
    assert not outcome.uncertain
    assert smarthost.accepted == []


@pytest.mark.parametrize(("_what", "script", "reason"), REFUSED_BEFORE_THE_DOT, ids=_ids(REFUSED_BEFORE_THE_DOT))
def test_5xx_for_this_mail_or_recipient_is_permanent(courier_to, _what, script, reason):
    """O05."""
    with ScriptedSmarthost(script) as smarthost:
        outcome = courier_to(smarthost).deliver(MAIL, before_dot=_until_interrupted(smarthost, script))
    assert outcome == Failed(reason)
    assert smarthost.accepted == []


def _until_interrupted(smarthost, script):
    # What the smarthost does in the middle of the content is done before the dot is due.
    return (lambda: smarthost.interrupted.wait(10)) if "CONTENT" in script else (lambda: None)


@pytest.mark.parametrize(("_what", "script", "hurried", "reason"), LATE, ids=_ids(LATE))
def test_a_silent_or_dripping_smarthost_is_left_at_the_deadline(courier_to, _what, script, hurried, reason):
    """O02: a drip every 20 ms would outlive any timeout of a single read; the deadline is over the whole."""
    with ScriptedSmarthost(script) as smarthost:
        outcome = courier_to(smarthost, hurried=[hurried]).deliver(MAIL)
    assert outcome == Retry(reason)


def test_a_smarthost_that_stops_reading_is_left_at_the_deadline(courier_to):
    """O02: more content than any socket buffer holds."""
    large = replace(MAIL, raw=CONTENT + b"x" * 70 + b"\r\n" * 9_000_000)
    with ScriptedSmarthost({"CONTENT": HANG}, offers=()) as smarthost:
        assert courier_to(smarthost, hurried=["content"]).deliver(large) == Retry("content: timed out")


@pytest.mark.parametrize(("_what", "script", "outcome", "taken"), AFTER_THE_DOT, ids=_ids(AFTER_THE_DOT))
def test_after_the_dot_only_a_clear_answer_is_certain(courier_to, _what, script, outcome, taken):
    """O01, O02: what is lost after the dot may have arrived (RFC 1047), and the outcome says so."""
    hurried = ["verdict"] if "timed out" in str(outcome) else ()
    with ScriptedSmarthost({"DOT": script}) as smarthost:
        assert courier_to(smarthost, hurried=hurried).deliver(MAIL) == outcome
    assert len(smarthost.accepted) == taken


def test_a_refused_connection_is_worth_another_try():
    courier = SmtpCourier(Smarthost("127.0.0.1", closed_port(), greet_as="desk.example"))
    assert courier.deliver(MAIL) == Retry("connect: Connection refused")


def test_a_host_name_that_does_not_resolve_is_worth_another_try(monkeypatch):
    def no_name_server(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_name_server)
    courier = SmtpCourier(Smarthost("smarthost.example", 25, greet_as="desk.example"))
    assert courier.deliver(MAIL) == Retry("connect: Temporary failure in name resolution")


def test_a_host_name_that_cannot_be_one_is_worth_another_try():
    """It raises UnicodeError deep in the resolver; an operator's typing error loses no mail."""
    courier = SmtpCourier(Smarthost("x" * 70 + ".example", 25, greet_as="desk.example"))
    assert isinstance(courier.deliver(MAIL), Retry)


def test_of_two_recipients_the_good_one_gets_the_mail_once_and_the_bad_one_fails(courier_to):
    """O03: one recipient a transaction, so nothing can be refused in part."""
    with ScriptedSmarthost({"RCPT:bad@client.example": NEVER}) as smarthost:
        courier = courier_to(smarthost)
        outcomes = [courier.deliver(at(recipient=f"{name}@client.example")) for name in ("bad", "good")]
    assert outcomes == [Failed("RCPT: 550 5.1.1 never"), Sent("250 2.0.0 Ok: queued as 1-1")]
    assert [mail.rcpt_to for mail in smarthost.accepted] == [("good@client.example",)]


def test_one_poisonous_mail_among_a_hundred_delays_nobody(courier_to):
    """O05: and all hundred and one go over one connection."""
    script = {"RCPT:poison@client.example": "451 4.3.0 crashed"}
    with ScriptedSmarthost(script) as smarthost:
        courier = courier_to(smarthost)
        outcomes = [courier.deliver(at(recipient="poison@client.example"))]
        outcomes += [courier.deliver(at(recipient=f"good{n}@client.example")) for n in range(100)]
    assert [type(outcome) for outcome in outcomes] == [Retry] + [Sent] * 100
    assert (len(smarthost.accepted), smarthost.connections) == (100, 1)


# The moment before the dot


def test_the_mark_is_made_when_all_but_the_dot_is_written_and_before_anything_is_taken(courier_to):
    """O01: what the caller writes down there is true."""
    seen = []
    with ScriptedSmarthost() as smarthost:
        outcome = courier_to(smarthost).deliver(
            MAIL, before_dot=lambda: seen.append((smarthost.verbs[-1], len(smarthost.accepted)))
        )
    assert isinstance(outcome, Sent)
    assert seen == [("DATA", 0)]
    assert smarthost.accepted[0].content == CONTENT


def test_no_mark_is_made_for_a_mail_that_is_refused_before_the_dot(courier_to):
    marks = []
    with ScriptedSmarthost({"DATA": LATER}) as smarthost:
        courier_to(smarthost).deliver(MAIL, before_dot=lambda: marks.append(1))
    assert marks == []


@pytest.mark.parametrize("fault", [RuntimeError, TimeoutError, ConnectionResetError, KeyboardInterrupt])
def test_when_the_mark_fails_the_dot_is_never_sent_and_the_caller_hears_of_it(courier_to, fault):
    """O06: a worker whose lease has gone must not send; also when its error looks like one of the wire."""

    def lost_lease():
        raise fault("another worker has it")

    with ScriptedSmarthost() as smarthost:
        courier = courier_to(smarthost)
        with pytest.raises(fault, match="another worker has it"):
            courier.deliver(MAIL, before_dot=lost_lease)
        smarthost.hang_up_on_all()
        assert smarthost.accepted == []
        assert smarthost.broken_off == [CONTENT]
        assert "QUIT" not in smarthost.verbs
        assert isinstance(courier.deliver(MAIL), Sent)


@pytest.mark.parametrize(("place", "taken"), [("out.pre_data", 0), ("out.post_dot", 1), ("out.post_250", 1)], ids=str)
def test_an_unforeseen_fault_at_each_failpoint_leaves_the_courier_fit_for_the_next_mail(
    courier_to, monkeypatch, place, taken
):
    """O01: the places where the crash tests kill are where their names say."""
    monkeypatch.setattr(failpoints, "_ARMED", {place: ("raise", 1)})
    monkeypatch.setattr(failpoints, "_HITS", {})
    with ScriptedSmarthost() as smarthost:
        courier = courier_to(smarthost)
        with pytest.raises(failpoints.InjectedFault):
            courier.deliver(MAIL)
        smarthost.hang_up_on_all()
        assert len(smarthost.accepted) == taken
        assert isinstance(courier.deliver(MAIL), Sent)


# The connection between two mails


def test_mails_share_a_connection_also_after_refusals(courier_to):
    script = {
        "MAIL": [OK, LATER],
        "RCPT": [OK, NEVER],
        "DATA": [OK, LATER],
        "DOT": [OK, NEVER],
    }
    with ScriptedSmarthost(script) as smarthost:
        courier = courier_to(smarthost)
        outcomes = [courier.deliver(MAIL) for _ in range(6)]
    assert [type(outcome) for outcome in outcomes] == [Sent, Retry, Failed, Retry, Failed, Sent]
    assert smarthost.connections == 1
    assert smarthost.verbs.count("RSET") == 3  # after MAIL, RCPT and DATA; a dot ends its transaction by itself


@pytest.mark.parametrize(
    "script",
    [{"RCPT": [LATER], "RSET": [DROP]}, {"RCPT": [LATER], "RSET": ["500 no"]}, {"RCPT": ["421 4.7.0 bye"]}],
    ids=["drops at RSET", "refuses RSET", "421"],
)
def test_a_connection_that_cannot_be_cleared_is_replaced(courier_to, script):
    with ScriptedSmarthost(script) as smarthost:
        courier = courier_to(smarthost)
        assert isinstance(courier.deliver(MAIL), Retry)
        assert isinstance(courier.deliver(MAIL), Sent)
    assert smarthost.connections == 2


@pytest.mark.parametrize(
    "script",
    [
        {"RCPT": ["hello"]},
        {"DATA": ["250 ok"]},
        {"DATA": ["150 odd"]},
        {"DOT": [Accepting("thanks!")]},
        {"DOT": [Accepting("354 go on")]},
    ],
    ids=str,
)
def test_after_a_reply_that_is_no_answer_the_connection_is_not_trusted_again(courier_to, script):
    """Who has answered one question wrongly may answer the next one with what belonged to this."""
    with ScriptedSmarthost(script) as smarthost:
        courier = courier_to(smarthost)
        assert isinstance(courier.deliver(MAIL), Retry)
        assert isinstance(courier.deliver(MAIL), Sent)
    assert smarthost.accepted[-1].connection == 2


def test_a_smarthost_that_was_restarted_in_between_costs_no_try(courier_to):
    with ScriptedSmarthost() as smarthost:
        courier = courier_to(smarthost)
        for _ in range(3):
            assert isinstance(courier.deliver(MAIL), Sent)
            smarthost.hang_up_on_all()
    assert smarthost.connections == 3


@pytest.mark.parametrize(
    "farewell", ["421 4.7.0 a hundred mails are enough", DROP, RESET, "421-4.7.0 that is\r\n421 4.7.0 enough"]
)
def test_a_connection_that_ends_at_the_next_mail_is_replaced_once(courier_to, farewell):
    with ScriptedSmarthost({"MAIL": [OK, farewell]}) as smarthost:
        courier = courier_to(smarthost)
        assert [type(courier.deliver(MAIL)) for _ in range(3)] == [Sent] * 3
    assert smarthost.connections == 2


def test_a_smarthost_that_takes_leave_at_every_mail_is_not_asked_for_ever(courier_to):
    with ScriptedSmarthost({"MAIL": [OK, DROP, DROP]}) as smarthost:
        courier = courier_to(smarthost)
        assert [type(courier.deliver(MAIL)) for _ in range(3)] == [Sent, Retry, Sent]
    assert smarthost.connections == 3


def test_replies_nobody_asked_for_are_not_taken_for_answers(courier_to):
    """Off by one, the 250 to RCPT would be believed for the dot."""
    with ScriptedSmarthost({"DOT": ["250 2.0.0 Ok\r\n250 2.0.0 Ok"], "RCPT": [OK, NEVER]}) as smarthost:
        courier = courier_to(smarthost)
        assert courier.deliver(MAIL) == Sent("250 2.0.0 Ok")
        assert courier.deliver(MAIL) == Failed("RCPT: 550 5.1.1 never")
    assert smarthost.connections == 2


def test_a_connection_that_lay_idle_too_long_is_replaced_before_use(courier_to):
    """A firewall may have forgotten it without telling either side."""
    now = [1000.0]
    with ScriptedSmarthost() as smarthost:
        courier = courier_to(smarthost, monotonic=lambda: now[0])
        for pause in (0, Deadlines().idle.total_seconds() - 1, Deadlines().idle.total_seconds() + 1):
            now[0] += pause
            assert isinstance(courier.deliver(MAIL), Sent)
    assert [mail.connection for mail in smarthost.accepted] == [1, 1, 2]


def test_an_idle_connection_is_closed_politely_and_the_next_mail_opens_another(courier_to):
    left = threading.Event()

    class Watched(ScriptedSmarthost):
        def turn(self, *places):
            if places == ("QUIT",):
                left.set()
            return super().turn(*places)

    with Watched() as smarthost:
        courier = courier_to(smarthost, hurried=["idle"])
        assert isinstance(courier.deliver(MAIL), Sent)
        assert left.wait(10)
        assert isinstance(courier.deliver(MAIL), Sent)
    assert smarthost.connections == 2


def test_closing_says_quit_and_a_closed_courier_opens_again(courier_to):
    with ScriptedSmarthost() as smarthost:
        courier = courier_to(smarthost)
        courier.close()
        for _ in range(2):
            assert isinstance(courier.deliver(MAIL), Sent)
            courier.close()
    assert smarthost.verbs.count("QUIT") == smarthost.connections == 2


@pytest.mark.parametrize("farewell", [DROP, HANG, RESET, "500 stay"], ids=str)
def test_closing_never_fails(courier_to, farewell):
    with ScriptedSmarthost({"QUIT": farewell}) as smarthost:
        courier = courier_to(smarthost, hurried=["goodbye"])
        courier.deliver(MAIL)
        courier.close()


def test_threads_that_share_a_courier_take_turns(courier_to):
    with ScriptedSmarthost() as smarthost:
        courier = courier_to(smarthost)
        recipients = [f"bob{n}@client.example" for n in range(24)]
        threads = [threading.Thread(target=courier.deliver, args=(at(recipient=to),)) for to in recipients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(mail.rcpt_to[0] for mail in smarthost.accepted) == sorted(recipients)
    assert smarthost.connections == 1


# What may be logged


def test_a_reason_is_one_short_printable_line(courier_to):
    """P04: whatever the server puts into its replies, a log or terminal is not hurt by it."""
    reply = b"550-5.1.1 \x1b[31mred\x07\x00\r\n550 5.1.1 \xff\xfe" + b" caf\xc3\xa9" * 300 + b"\r\n"
    with ScriptedSmarthost({"RCPT": reply}) as smarthost:
        outcome = courier_to(smarthost).deliver(MAIL)
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("RCPT: 550 5.1.1 [31mred")
    assert outcome.reason.isprintable()
    assert outcome.reason.isascii()
    assert len(outcome.reason) < 250


@pytest.mark.parametrize("place", ["CONTENT", "DOT"])
def test_what_a_content_filter_quotes_of_the_mail_does_not_reach_the_log(courier_to, place):
    """P04."""
    reply = '554 5.7.1 Message-ID <1@desk.example> rejected: "Payroll-Incident", (swordfish-42) looks like spam'
    with ScriptedSmarthost({place: reply}) as smarthost:
        outcome = courier_to(smarthost).deliver(MAIL, before_dot=_until_interrupted(smarthost, {place: 1}))
    assert isinstance(outcome, Failed)
    assert "Payroll" not in outcome.reason
    assert "swordfish" not in outcome.reason
    assert outcome.reason.endswith('rejected: "...", (...) looks like spam')


def test_neither_values_nor_outcomes_show_content_when_printed():
    assert "swordfish" not in repr(MAIL)


# Probing


def test_a_probe_of_a_smarthost_that_answers_says_nothing_and_leaves(courier_to):
    with ScriptedSmarthost() as smarthost:
        courier_to(smarthost).probe()
    assert smarthost.verbs == ["EHLO", "QUIT"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"GREETING": "554 5.3.2 no"}, "greeting: 554 5.3.2 no"),
        ({"EHLO": DROP}, "EHLO: the server closed the connection"),
        ({"GREETING": HANG}, "greeting: timed out"),
    ],
)
def test_a_probe_says_what_is_wrong(courier_to, script, reason):
    with ScriptedSmarthost(script) as smarthost, pytest.raises(Unavailable, match=f"^{reason}$"):
        courier_to(smarthost, hurried=["opening"]).probe()


@pytest.mark.parametrize(
    ("script", "slower"),
    [
        ({"GREETING": "421 4.3.2 too many connections"}, True),
        ({"MAIL": "451 4.7.500 server busy"}, True),
        ({"RCPT": "450 4.7.1 slow down"}, True),
        ({"DOT": "421 4.7.0 try later"}, True),
        ({"DOT": "451 4.7.650 throttled"}, True),
        ({"RCPT": "450 4.2.2 mailbox full"}, False),
        ({"DOT": "452 4.3.1 no room"}, False),
        ({"RCPT": "550 5.7.1 no"}, False),
        ({"DOT": DROP}, False),
    ],
)
def test_a_smarthost_that_has_too_much_of_us_is_understood(courier_to, script, slower):
    """421 and 4.7.x, wherever they are said; how the sender goes on is not the wire's (`desk.pace`)."""
    with ScriptedSmarthost(script) as smarthost:
        assert getattr(courier_to(smarthost).deliver(MAIL), "slower", False) is slower
