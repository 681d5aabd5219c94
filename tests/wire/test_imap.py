"""The IMAP poller against a real server: Dovecot, or pymap where none is installed."""

from __future__ import annotations

import random
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from helpdesk.wires.imap import Fetched, Interrupted, MailboxUnavailable, Patience, Renumbered, probe
from tests.process import until
from tests.wire.imap_desk import Desk, desk, running
from tests.wire.imap_servers import PASSWORD, Dovecot, Mailbox, Proxy, mail, mailbox, real_server

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["desk", "mailbox"]  # fixtures


def test_every_mail_is_taken_octet_by_octet_and_moved_to_a_folder_that_was_not_there(
    mailbox: Mailbox, desk: Desk
) -> None:
    sent = [mail(number) for number in range(120)]
    mailbox.fill(sent)

    assert desk.poll(mailbox.account()) == 120
    assert desk.cases == [*sent[70:], *sent[20:70], *sent[:20]]  # the newest first, in the order in which they came
    assert mailbox.flags() == {}
    assert sorted(mailbox.raws(mailbox.processed)) == sorted(sent)
    assert desk.reports == []


def test_a_mail_with_every_octet_in_it_arrives_as_it_was_sent(mailbox: Mailbox, desk: Desk) -> None:
    odd = (
        b"Subject: \xe9\x80 {12}\r\n\r\n"
        + bytes(sorted(set(range(1, 256)) - {10, 13}))
        + b"\r\n* 1 FETCH (\r\nA1 OK\r\n)\r\n"
    )
    mailbox.fill([odd, mail(1, body="x" * 300_000)])

    desk.poll(mailbox.account())

    assert desk.cases == [odd, mail(1, body="x" * 300_000)]


def test_the_moment_of_receipt_is_the_servers_in_utc(mailbox: Mailbox, desk: Desk) -> None:
    mailbox.append(
        mail(1),
        received_at=datetime(2026, 3, 29, 1, 30, 7, tzinfo=timezone(timedelta(hours=-5, minutes=-30))),
    )

    desk.poll(mailbox.account())

    (fetched,) = desk.fetched
    assert fetched.received_at == datetime(2026, 3, 29, 7, 0, 7, tzinfo=UTC)
    assert fetched.received_at.tzinfo is UTC
    assert fetched.folder == mailbox.folder


def test_an_empty_mailbox_gives_nothing_and_makes_no_folder(mailbox: Mailbox, desk: Desk) -> None:
    assert desk.poll(mailbox.account()) == 0
    with mailbox.client() as client:
        assert not client.folder_exists(mailbox.processed)


def test_a_mail_that_a_person_has_already_read_is_still_taken(mailbox: Mailbox, desk: Desk) -> None:
    mailbox.fill([mail(1)], flags=[rb"\Seen", rb"\Answered", rb"\Flagged"])

    assert desk.poll(mailbox.account()) == 1


def test_a_database_that_refuses_leaves_the_mailbox_untouched_and_later_all_arrive_once(
    mailbox: Mailbox, desk: Desk
) -> None:
    """I04."""
    sent = [mail(number) for number in range(70)]
    mailbox.fill(sent)
    poller = desk.poller(mailbox.account())
    desk.down = True

    for _ in range(3):
        with pytest.raises(OSError, match="database is locked"):
            poller.poll()
        assert list(mailbox.flags().values()) == [set()] * 70

    desk.down = False
    assert poller.poll() == 70
    assert sorted(desk.cases) == sorted(sent)
    assert len(desk.fetched) == 70
    assert mailbox.flags() == {}
    poller.close()


def test_reading_a_mail_sets_no_flag_before_it_is_accepted(mailbox: Mailbox, desk: Desk) -> None:
    """I04."""
    mailbox.fill([mail(1)])
    seen_meanwhile = []

    def accept(mails: Sequence[Fetched]) -> None:
        seen_meanwhile.append(mailbox.flags())

    desk.poll(mailbox.account(), accept=accept)

    assert list(seen_meanwhile[0].values()) == [set()]


def test_one_mail_that_is_always_refused_does_not_hold_up_its_neighbours(mailbox: Mailbox, desk: Desk) -> None:
    """I05."""
    sent = [mail(number) for number in range(20)]
    mailbox.fill(sent)

    def accept(mails: Sequence[Fetched]) -> None:
        if sent[0] in [mail.raw for mail in mails]:
            raise ValueError("a mail that nobody foresaw")
        desk.accept(mails)

    poller = desk.poller(mailbox.account(), accept=accept)
    for _ in range(3):
        with pytest.raises(ValueError, match="nobody foresaw"):
            poller.poll()
    poller.close()

    assert sorted(desk.cases) == sorted(sent[1:])
    assert len(mailbox.flags()) == 1


def test_mail_that_was_accepted_before_a_crash_is_only_put_away(mailbox: Mailbox, desk: Desk) -> None:
    """I01."""
    mailbox.fill([mail(number) for number in range(3)])
    with mailbox.client() as client:
        uidvalidity = client.select_folder(mailbox.folder)[b"UIDVALIDITY"]
        uids = client.search("ALL")
    desk.known = lambda validity, asked: {uids[0], uids[2]} & set(asked) if validity == uidvalidity else set()  # type: ignore[method-assign]

    assert desk.poll(mailbox.account()) == 1
    assert [fetched.uid for fetched in desk.fetched] == [uids[1]]
    assert mailbox.flags() == {}
    assert len(mailbox.flags(mailbox.processed)) == 3


def test_without_a_folder_for_processed_mail_it_is_flagged_and_a_second_poll_takes_nothing(
    mailbox: Mailbox, desk: Desk
) -> None:
    mailbox.fill([mail(number) for number in range(3)])
    account = mailbox.account(processed=None)

    assert desk.poll(account) == 3
    assert desk.poll(account) == 0
    flags = {rb"\Seen", b"$HelpdeskTaken"} if mailbox.server == "dovecot" else {rb"\Seen"}  # pymap keeps no keywords
    assert list(mailbox.flags().values()) == [flags] * 3

    mailbox.fill([mail(3)])
    assert desk.poll(account) == 1
    assert len(desk.fetched) == 4


def test_a_crash_before_the_flag_is_made_good_and_a_person_may_mark_mail_as_unread_again(
    mailbox: Mailbox, desk: Desk
) -> None:
    """I01."""
    mailbox.fill([mail(number) for number in range(3)])
    account = mailbox.account(processed=None)
    desk.poll(account)
    with mailbox.client() as client:
        client.select_folder(mailbox.folder)
        first, second, _ = client.search("ALL")
        client.remove_flags([first], [rb"\Seen", b"$HelpdeskTaken"])  # as if killed before
        client.remove_flags([second], [rb"\Seen"])

    assert desk.poll(account) == 0

    assert rb"\Seen" in mailbox.flags()[first]
    if mailbox.server == "dovecot":
        assert mailbox.flags()[second] == {b"$HelpdeskTaken"}
    assert len(desk.fetched) == 3


def test_the_keyword_alone_is_no_evidence_a_mail_with_it_is_taken_when_it_is_not_known(
    mailbox: Mailbox, desk: Desk
) -> None:
    mailbox.fill([mail(1)], flags=[b"$HelpdeskTaken", rb"\Seen"])

    assert desk.poll(mailbox.account(processed=None)) == 1


def test_mails_that_others_remove_between_our_commands_cost_no_other_mail(mailbox: Mailbox, desk: Desk) -> None:
    """I02."""
    sent = [mail(number) for number in range(130)]
    mailbox.fill(sent)
    removed: set[bytes] = set()
    draw = random.Random(7)

    def accept(mails: Sequence[Fetched]) -> None:
        desk.accept(mails)
        with mailbox.client() as client:  # another program, while we are in the middle of a poll
            client.select_folder(mailbox.folder)
            gone = draw.sample(client.search("ALL"), 10)
            removed.update(items[b"BODY[]"] for items in client.fetch(gone, ["BODY.PEEK[]"]).values())
            client.delete_messages(gone)
            client.expunge(gone)

    desk.poll(mailbox.account(), accept=accept)

    assert set(sent) - removed <= set(desk.cases)
    assert len(desk.cases) == len(desk.fetched)
    assert mailbox.flags() == {}


def test_a_mailbox_that_was_made_anew_with_the_same_mails_loses_none_and_opens_no_new_case(
    desk: Desk,
) -> None:
    """I03."""
    mailbox = real_server().mailbox(folder="Queue")
    sent = [mail(number) for number in range(80)]
    mailbox.fill(sent)
    account = mailbox.account(processed=None)
    poller = desk.poller(account)
    assert poller.poll() == 80
    poller.close()

    random.Random(3).shuffle(sent)
    with mailbox.client() as client:
        old = client.folder_status(mailbox.folder, ["UIDVALIDITY"])[b"UIDVALIDITY"]
        client.delete_folder(mailbox.folder)
        client.create_folder(mailbox.folder)
        new = client.folder_status(mailbox.folder, ["UIDVALIDITY"])[b"UIDVALIDITY"]
    mailbox.fill([*sent, mail(80)])

    assert poller.poll() == 81
    poller.close()
    assert desk.reports == [Renumbered("support@logik.example", mailbox.folder, old=old, new=new)]
    assert len(desk.cases) == 81


def test_mail_is_taken_when_it_arrives_and_idle_ends_at_once_when_told(mailbox: Mailbox, desk: Desk) -> None:
    mailbox.fill([mail(1)])
    forever = timedelta(hours=1)
    with running(desk.poller(mailbox.account(poll=forever), patience=Patience(idle=forever))):
        until(lambda: len(desk.cases) == 1)
        time.sleep(0.1)  # it is in IDLE by now
        mailbox.fill([mail(2)])
        until(lambda: len(desk.cases) == 2)  # else it would be found in an hour
        time.sleep(0.1)
    assert desk.reports == []
    assert mailbox.flags() == {}


def test_mail_that_arrives_while_other_mail_is_being_taken_does_not_wait_for_the_next_poll(
    mailbox: Mailbox, desk: Desk
) -> None:
    mailbox.fill([mail(1)])

    def accept(mails: Sequence[Fetched]) -> None:
        if not desk.cases:
            mailbox.fill([mail(2)])
        desk.accept(mails)

    assert desk.poll(mailbox.account(), accept=accept) == 2


@pytest.mark.parametrize("moves", [True, False], ids=["moved", "flagged"])
def test_a_mail_that_comes_while_much_old_mail_is_read_does_not_wait_for_it(
    mailbox: Mailbox, desk: Desk, *, moves: bool
) -> None:
    """Somebody reports an outage while last week's mail is being read."""
    sent = [mail(number) for number in range(700)]
    mailbox.fill(sent)
    batches: list[list[bytes]] = []

    def accept(mails: Sequence[Fetched]) -> None:
        batches.append([mail.raw for mail in mails])
        if len(batches) in {1, 2, 12}:
            mailbox.fill([mail(1000 + len(batches))])
        desk.accept(mails)

    assert desk.poll(mailbox.account(processed=mailbox.processed if moves else None), accept=accept) == 703

    assert batches[0] == sent[650:]
    if mailbox.server == "dovecot":
        assert [batches[1], batches[2], batches[12]] == [[mail(1001)], [mail(1002)], [mail(1012)]]
    assert len(desk.fetched) == len({fetched.uid for fetched in desk.fetched}) == 703


def test_the_desk_is_told_where_a_folder_begins_before_any_mail_of_it_and_once_when_it_is_empty(
    mailbox: Mailbox, desk: Desk
) -> None:
    mailbox.fill([mail(number) for number in range(3)])
    told: list[str] = []

    def accept(mails: Sequence[Fetched]) -> None:
        told.extend(str(mail.uid) for mail in mails)
        if len(told) == 4:
            mailbox.fill([mail(9)])
        desk.accept(mails)

    poller = desk.poller(
        mailbox.account(),
        accept=accept,
        begin=lambda uidvalidity, uidnext: told.append(f"begins, {uidnext} is next"),
        emptied=lambda: told.append("emptied"),
    )
    poller.poll()
    poller.poll()
    poller.close()
    assert told == ["begins, 4 is next", "1", "2", "3", "4", "emptied"]


def test_after_a_restart_in_the_middle_of_much_mail_each_is_taken_once(mailbox: Mailbox, desk: Desk) -> None:
    """The new process begins with what came last, too, and leaves nothing that lies below it."""
    sent = [mail(number) for number in range(180)]
    mailbox.fill(sent[:150])

    def accept(mails: Sequence[Fetched]) -> None:
        if desk.cases:
            raise OSError("database is locked")
        desk.accept(mails)

    with pytest.raises(OSError, match="locked"):
        desk.poll(mailbox.account(), accept=accept)
    assert desk.cases == sent[100:150]
    mailbox.fill(sent[150:])

    assert desk.poll(mailbox.account()) == 130
    assert sorted(desk.cases) == sorted(sent)
    assert len(desk.fetched) == 180


def test_without_idle_it_polls_as_often_as_the_account_says(mailbox: Mailbox, desk: Desk) -> None:
    with running(desk.poller(mailbox.account(idle=False, poll=timedelta(milliseconds=50)))):
        time.sleep(0.1)
        mailbox.fill([mail(1)])
        until(lambda: desk.cases == [mail(1)])


def test_two_pollers_on_one_mailbox_open_each_case_once(mailbox: Mailbox, desk: Desk) -> None:
    """I12."""
    sent = [mail(number) for number in range(150)]
    mailbox.fill(sent)
    lock = threading.Lock()

    def accept(mails: Sequence[Fetched]) -> None:
        with lock:
            desk.accept(mails)

    with (
        running(desk.poller(mailbox.account(), accept=accept)),
        running(desk.poller(mailbox.account(), accept=accept)),
    ):
        until(lambda: len(desk.cases) == 150)
        until(lambda: not mailbox.flags())

    assert sorted(desk.cases) == sorted(sent)


@pytest.mark.parametrize("hidden", [[b" MOVE"], [b" MOVE", b" UIDPLUS"]], ids=["no MOVE", "no MOVE, no UIDPLUS"])
def test_without_move_nothing_that_other_people_marked_as_deleted_is_expunged(
    mailbox: Mailbox, desk: Desk, hidden: list[bytes]
) -> None:
    """I12."""
    mailbox.fill([mail(number) for number in range(3)])
    mailbox.fill([mail(3)], flags=[rb"\Deleted"])
    with mailbox.client() as client:
        client.select_folder(mailbox.folder)
        *_, theirs = client.search("ALL")
    desk.known = lambda _, uids: {theirs} & set(uids)  # type: ignore[method-assign]

    with Proxy(mailbox.port, hide=hidden) as proxy:
        account = mailbox.account(port=proxy.port)
        desk.poll(account)

    assert len(desk.cases) == 3
    if b" UIDPLUS" in hidden:
        assert len(mailbox.flags()) == 4
        assert all(rb"\Seen" in flags for uid, flags in mailbox.flags().items() if uid != theirs)
    else:
        assert len(mailbox.flags(mailbox.processed)) == 4


def test_a_refused_login_says_so_and_never_the_password(mailbox: Mailbox, desk: Desk) -> None:
    poller = desk.poller(mailbox.account(password=lambda: "open-sesame"))

    with pytest.raises(MailboxUnavailable) as caught:
        poller.poll()

    assert caught.value.cause == "login"
    assert "open-sesame" not in str(caught.value)
    assert "open-sesame" not in repr(poller.account)


def test_the_password_is_asked_for_at_every_connection(mailbox: Mailbox, desk: Desk) -> None:
    answers = iter(["wrong", "wrong again", PASSWORD])
    mailbox.fill([mail(1)])
    with running(desk.poller(mailbox.account(password=lambda: next(answers)))):
        until(lambda: desk.cases == [mail(1)])


def test_a_probe_counts_what_lies_there_and_changes_nothing(mailbox: Mailbox) -> None:
    mailbox.fill([mail(1), mail(2)])
    assert probe(mailbox.account()).mails == 2
    assert list(mailbox.flags().values()) == [set(), set()]


def test_since_poll_says_how_long_the_mailbox_has_not_been_read(mailbox: Mailbox, desk: Desk) -> None:
    now = 1000.0
    poller = desk.poller(mailbox.account(), clock=lambda: now)
    assert poller.since_poll is None
    poller.poll()
    now += 90
    assert poller.since_poll == timedelta(seconds=90)
    poller.close()


def test_a_server_that_falls_silent_at_any_command_is_left_and_found_again() -> None:
    """I06, in AUTHENTICATE, SELECT, FETCH, MOVE, IDLE and DONE: the outage is told once, and no mail is lost or doubled."""
    silence = timedelta(seconds=3)  # a busy server is slow, and not yet silent
    patience = Patience(silence=silence, idle=timedelta(seconds=0.3))
    with ExitStack() as stack:
        affected = []
        for hole in (b"AUTHENTICATE", b"SELECT", b"FETCH", b"MOVE", b"IDLE", b"DONE"):
            mailbox, desk = real_server().mailbox(), Desk()
            mailbox.fill([mail(1)])
            proxy = stack.enter_context(Proxy(mailbox.port, silent_at=hole))
            stack.enter_context(running(desk.poller(mailbox.account(port=proxy.port), patience=patience)))
            affected.append((mailbox, desk, proxy))
        for mailbox, _, proxy in affected:
            until(lambda proxy=proxy: proxy.spoiled == 1)
            mailbox.fill([mail(2)])
        for mailbox, desk, _ in affected:
            until(lambda desk=desk: len(desk.cases) == 2)
            until(lambda desk=desk: len(desk.reports) == 2)
            until(lambda mailbox=mailbox: not mailbox.flags())

    for _, desk, _ in affected:
        assert [type(report).__name__ for report in desk.reports] == ["Interrupted", "Recovered"]
        assert isinstance(desk.reports[0], Interrupted)
        assert desk.reports[0].cause == "silent"
        assert len(desk.fetched) == 2


def test_it_stops_at_once_even_while_it_waits_for_a_silent_server(mailbox: Mailbox, desk: Desk) -> None:
    """I06, with the patience of real life."""
    mailbox.fill([mail(1)])
    with (
        Proxy(mailbox.port, silent_at=b"FETCH") as proxy,
        running(desk.poller(mailbox.account(port=proxy.port))),
    ):
        until(lambda: proxy.spoiled == 1)
    assert desk.reports == []


@pytest.mark.slow
def test_a_server_that_is_not_there_yet_is_found_when_it_comes(desk: Desk) -> None:
    if not isinstance(real_server(), Dovecot):
        pytest.skip("pymap forgets its mail and its folders when it is restarted")
    server = Dovecot()
    server.start()
    try:
        mailbox = server.mailbox()
        mailbox.fill([mail(1)])
        with running(desk.poller(mailbox.account())):
            until(lambda: len(desk.cases) == 1)
            server.stop()
            until(lambda: len(desk.reports) == 1)
            server.start()
            mailbox.fill([mail(2)])
            until(lambda: len(desk.cases) == 2)
    finally:
        server.remove()
